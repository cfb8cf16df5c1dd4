"""How often the interval of each value holds the truth in simulated studies."""

import math
from collections.abc import Callable, Iterable

import numpy as np
from populations import MANY, Cloud, Losses, Training, apart, distances, mean_distance
from scipy import stats

from degendsl.analysis._degeneracy import quantity
from degendsl.analysis._intervals import (
    LEVEL,
    Interval,
    jackknife_pair_mean,
    leave_one_out_spreads,
    subset_pair_mean,
)
from degendsl.measuring import Measured
from degendsl.metrics import pair_subset

_RESAMPLES = 4000


def coverage(intervals: Iterable[Interval], truth: float) -> float:
    """The share of intervals that hold the truth."""
    return np.mean([one.low <= truth <= one.high for one in intervals]).item()


def pair_mean_coverage(draw: Cloud, n: int, studies: int) -> float:
    """The jackknife over networks, all pairs."""
    random = np.random.default_rng(2)
    found = (jackknife_pair_mean(distances(draw(random, n))) for _ in range(studies))
    return coverage(found, mean_distance(draw))


def disagreement_coverage(draw: Cloud, n: int, studies: int) -> float:
    """The same of squared distances, those of outputs."""
    random = np.random.default_rng(10)
    found = (jackknife_pair_mean(distances(draw(random, n)) ** 2) for _ in range(studies))
    # Of two networks: twice the variance along each axis.
    truth = 2 * (draw(np.random.default_rng(1), MANY // 8) ** 2).sum(axis=1).mean().item()
    return coverage(found, truth)


def subset_coverage(draw: Cloud, n: int, most: int, studies: int) -> tuple[float, float]:
    """The interval of a subset of pairs, and beside it that of pairs taken for independent."""
    random = np.random.default_rng(3)
    ours, naive = [], []
    for study in range(studies):
        points = draw(random, n)
        pairs = np.array(pair_subset(n, most, seed=study))
        d = apart(points, pairs)
        ours.append(subset_pair_mean(pairs, d, n))
        value, half = float(d.mean()), 1.96 * float(d.std(ddof=1)) / math.sqrt(len(d))
        naive.append(Interval(value, value - half, value + half))
    truth = mean_distance(draw)
    return coverage(ours, truth), coverage(naive, truth)


def ratio_coverage(train: Training, n: int, most: int | None, studies: int) -> tuple[float, float]:
    """The ratio to untrained networks, and beside it with their mean taken for exact."""
    random = np.random.default_rng(9)
    ours, naive = [], []
    for study in range(studies):
        pairs = np.array(pair_subset(n, most, seed=study))
        untrained, trained = (
            Measured(seeds=tuple(range(n)), arrays={"pairs": pairs, "pif": apart(points, pairs)})
            for points in train(random, n)
        )
        ratio, mean = quantity("pif_ratio", trained, untrained), quantity("pif", trained)
        assert ratio and mean
        ours.append(ratio.interval)
        exact = float(untrained.arrays["pif"].mean())
        naive.append(Interval(*(end / exact for end in mean.interval)))
    before, after = (mean_distance(lambda r, n, at=at: train(r, n)[at]) for at in (0, 1))
    return coverage(ours, after / before), coverage(naive, after / before)


def losses_coverage(
    losses: Losses,
    interval: Callable[[np.ndarray], Interval],
    truth: float,
    n: int,
    studies: int,
) -> float:
    """Some interval of losses."""
    return coverage(map(interval, losses.draw(np.random.default_rng(4), (studies, n))), truth)


def bca_spread(losses: np.ndarray) -> Interval:
    """σ of the losses, with a bias-corrected accelerated bootstrap over networks on log σ.

    Efron 1987: what `spread_interval` is held against.
    """
    n, value = len(losses), float(losses.std())
    chosen = np.random.default_rng(0).integers(0, n, (_RESAMPLES, n))
    spreads = losses[chosen].std(axis=1)
    # A resample of one network only has no spread; its logarithm is left out.
    resampled = np.log(spreads[spreads > 0])
    left_out = np.log(leave_one_out_spreads(losses))
    deviation = left_out.mean() - left_out
    acceleration = (deviation**3).sum() / (6 * (deviation**2).sum() ** 1.5)
    share = np.clip((resampled < math.log(value)).mean(), 1 / _RESAMPLES, 1 - 1 / _RESAMPLES)
    bias = stats.norm.ppf(share)
    z = stats.norm.ppf([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    corrected = stats.norm.cdf(bias + (bias + z) / (1 - acceleration * (bias + z)))
    low, high = np.exp(np.quantile(resampled, corrected))
    return Interval(value, float(low), float(high))
