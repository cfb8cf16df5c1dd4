"""Confidence intervals that know that pairs share networks."""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy import stats

LEVEL = 0.95


class Interval(NamedTuple):
    """A value and its 95 % confidence interval; the ends are NaN where none can be had."""

    value: float
    low: float
    high: float


def jackknife_pair_mean(distances: Float[np.ndarray, "network network"]) -> Interval:
    """The mean over pairs, with a delete-one-network jackknife and t on n − 1 degrees of freedom.

    Pairs that share a network are not independent, so networks are left out, never pairs.
    """
    left_out = leave_one_out_pair_means(distances) if len(distances) > 2 else np.array([])
    return jackknife(pair_mean(distances), left_out)


def jackknife(value: float, left_out: Float[np.ndarray, " network"]) -> Interval:
    """An interval of a value that is never negative, from those without each network in turn."""
    n = len(left_out)
    if n < 3 or not np.isfinite(left_out).all():
        return Interval(value, math.nan, math.nan)
    error = math.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum())
    return _around(value, error, n)


def mean_interval(numbers: Float[np.ndarray, " network"]) -> Interval:
    """The mean of a number of each network that is never negative, and its t interval."""
    n, value = len(numbers), float(numbers.mean())
    if n < 3:
        return Interval(value, math.nan, math.nan)
    return _around(value, float(numbers.std(ddof=1)) / math.sqrt(n), n)


def pair_mean(distances: Float[np.ndarray, "network network"]) -> float:
    """The mean of the distances below the diagonal."""
    n = len(distances)
    return float(distances[np.tril_indices(n, -1)].mean()) if n > 1 else math.nan


def leave_one_out_pair_means(
    distances: Float[np.ndarray, "network network"],
) -> Float[np.ndarray, " network"]:
    """The pair mean without each network in turn."""
    n = len(distances)
    total = distances[np.tril_indices(n, -1)].sum()
    return (total - distances.sum(axis=1)) / ((n - 1) * (n - 2) / 2)


def subset_pair_mean(
    pairs: Int[np.ndarray, "pair 2"], distances: Float[np.ndarray, " pair"], n: int
) -> Interval:
    """The mean over some of the pairs of `n` networks, and an interval that counts both errors.

    The mean of a subset errs because the networks are a sample and because the pairs are. With e
    the deviations of the distances, E_i their sum over the pairs of network i and m pairs,
    (Σ E_i² − Σ e²) / m² is the variance of the sum over all pairs that share a network, each once:
    the estimator of dyadic data (Fafchamps & Gubert 2007; Aronow et al. 2015). A delete-one
    jackknife would count the sampling of pairs twice. Never less than if pairs were independent.
    """
    value = float(distances.mean())
    return _subset(value, distances - value, pairs, n)


def subset_pair_ratio(
    pairs: Int[np.ndarray, "pair 2"],
    distances: Float[np.ndarray, " pair"],
    before: Float[np.ndarray, " pair"],
    n: int,
) -> Interval:
    """The mean over some pairs over that of the same pairs before, r = mean d / mean b.

    To first order it errs as a mean of (d − r b) / mean b does, so that is what `subset_pair_mean`
    is taken of.
    """
    value = float(distances.mean() / before.mean())
    return _subset(value, (distances - value * before) / before.mean(), pairs, n)


def _subset(
    value: float, deviation: Float[np.ndarray, " pair"], pairs: Int[np.ndarray, "pair 2"], n: int
) -> Interval:
    m = len(deviation)
    if n < 3 or m < 3:
        return Interval(value, math.nan, math.nan)
    per_network = np.bincount(pairs.ravel(), np.repeat(deviation, 2), minlength=n)
    own = (deviation**2).sum()
    shared = (per_network**2).sum() - own
    return _around(value, math.sqrt(max(shared, own) / m**2 * n / (n - 1)), n)


def leave_one_out_subset_means(
    pairs: Int[np.ndarray, "pair 2"], distances: Float[np.ndarray, " pair"], n: int
) -> Float[np.ndarray, " network"]:
    """The mean over the given pairs without those of each network in turn."""
    total = np.bincount(pairs.ravel(), np.repeat(distances, 2), minlength=n)
    count = np.bincount(pairs.ravel(), minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (distances.sum() - total) / (len(distances) - count)


def leave_one_out_spreads(losses: Float[np.ndarray, " network"]) -> Float[np.ndarray, " network"]:
    """The standard deviation without each network in turn."""
    return np.array([np.delete(losses, index).std() for index in range(len(losses))])


def spread_interval(losses: Float[np.ndarray, " network"]) -> Interval:
    """σ of the losses, and Bonett's (2006) interval of the population's, on log σ².

    Its width follows the kurtosis, taken about a trimmed mean so that a heavy tail shows even in
    few networks. At 5 to 20 networks it covers what it says far more often than the bias-corrected
    bootstrap does (docs/statistics.md); with a tail as heavy as a log-normal's nothing does.
    """
    losses = np.asarray(losses, np.float64)
    n, value = len(losses), float(losses.std())
    if n < 3 or value == 0.0:
        return Interval(value, math.nan, math.nan)
    z = float(stats.norm.ppf((1 + LEVEL) / 2))
    variance = losses.var(ddof=1)
    trim = min(0.49, 1 / (2 * math.sqrt(n - 4))) if n > 4 else 0.49
    centre = stats.trim_mean(losses, trim)
    kurtosis = n * ((losses - centre) ** 4).sum() / ((n - 1) * variance) ** 2
    small = n / (n - z)
    error = small * math.sqrt(max(kurtosis - (n - 3) / n, 0.0) / (n - 1))
    middle = math.log(small * variance)
    low, high = (math.exp((middle + sign * z * error) / 2) for sign in (-1, 1))
    return Interval(value, min(low, value), max(high, value))


def _around(value: float, error: float, n: int) -> Interval:
    """t on n − 1 degrees of freedom. What is never negative loses no coverage by a cut at zero."""
    half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * error
    return Interval(value, max(0.0, value - half), value + half)
