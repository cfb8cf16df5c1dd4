"""Confidence intervals that know that pairs share networks."""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy import stats

LEVEL = 0.95
_RESAMPLES = 4000


class Interval(NamedTuple):
    """A value and its 95 % confidence interval; the ends are NaN where none can be had."""

    value: float
    low: float
    high: float


def jackknife_pair_mean(distances: Float[np.ndarray, "network network"]) -> Interval:
    """The mean over pairs, with a delete-one-network jackknife and t on n − 1 degrees of freedom.

    Pairs that share a network are not independent, so networks are left out, never pairs.
    """
    n = len(distances)
    value = pair_mean(distances)
    if n < 3:
        return Interval(value, math.nan, math.nan)
    interval = _jackknife(value, leave_one_out_pair_means(distances))
    # No mean distance is negative, so cutting there loses no coverage.
    return interval._replace(low=max(0.0, interval.low))


def mean_interval(numbers: Float[np.ndarray, " network"]) -> Interval:
    """The mean of a number of each network that is never negative, and its t interval."""
    n, value = len(numbers), float(numbers.mean())
    if n < 3:
        return Interval(value, math.nan, math.nan)
    half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * float(numbers.std(ddof=1)) / math.sqrt(n)
    return Interval(value, max(0.0, value - half), value + half)


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
    m = len(distances)
    if n < 3 or m < 3:
        return Interval(value, math.nan, math.nan)
    deviation = distances - value
    per_network = np.bincount(pairs.ravel(), np.repeat(deviation, 2), minlength=n)
    own = (deviation**2).sum()
    shared = (per_network**2).sum() - own
    error = math.sqrt(max(shared, own) / m**2 * n / (n - 1))
    half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * error
    return Interval(value, max(0.0, value - half), value + half)


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


def bca_spread(losses: Float[np.ndarray, " network"], *, seed: int = 0) -> Interval:
    """σ of the losses, with a bias-corrected accelerated bootstrap over networks on log σ.

    Percentile intervals of a standard deviation are biased low at ten networks; BCa corrects for
    bias and skew (Efron 1987). Deterministic given `seed`.
    """
    losses = np.asarray(losses, np.float64)
    n, value = len(losses), float(losses.std())
    if n < 3 or value == 0.0:
        return Interval(value, math.nan, math.nan)
    chosen = np.random.default_rng(seed).integers(0, n, (_RESAMPLES, n))
    spreads = losses[chosen].std(axis=1)
    # A resample of one network only has no spread; its logarithm is left out.
    resampled = np.log(spreads[spreads > 0])
    left_out = leave_one_out_spreads(losses)
    if (left_out <= 0).any():
        return Interval(value, math.nan, math.nan)
    deviation = np.log(left_out).mean() - np.log(left_out)
    scale = 6 * (deviation**2).sum() ** 1.5
    acceleration = (deviation**3).sum() / scale if scale > 0 else 0.0
    share = np.clip((resampled < math.log(value)).mean(), 1 / _RESAMPLES, 1 - 1 / _RESAMPLES)
    bias = stats.norm.ppf(share)
    z = stats.norm.ppf([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    corrected = stats.norm.cdf(bias + (bias + z) / (1 - acceleration * (bias + z)))
    low, high = np.exp(np.quantile(resampled, corrected))
    return Interval(value, float(low), float(high))


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


def _jackknife(value: float, left_out: Float[np.ndarray, " network"]) -> Interval:
    n = len(left_out)
    error = math.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum())
    half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * error
    return Interval(value, value - half, value + half)
