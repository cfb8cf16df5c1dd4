"""One number for how much the networks of a condition differ, with its interval."""

import abc
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np

from degendsl.measuring import ConditionMeasures, Measured

from ._intervals import (
    Interval,
    jackknife,
    jackknife_pair_mean,
    leave_one_out_pair_means,
    leave_one_out_spreads,
    leave_one_out_subset_means,
    mean_interval,
    spread_interval,
    subset_pair_mean,
    subset_pair_ratio,
)

# By level; the first of each is the primary one, which decides expectations. There are none about
# representation, which is measured only where `measure.also` asks for it.
METRICS: dict[str, tuple[str, ...]] = {
    "behavior": ("ood_spread", "ood_mse_mean", "ood_log10_sd", "disagreement"),
    "dynamics": ("dsa",),
    "weights": ("pif", "pif_per_parameter", "pif_angle", "pif_ratio"),
    "representation": ("svcca",),
}
_PAIRWISE = frozenset(("disagreement", "dsa", "svcca", *METRICS["weights"]))
# By level, the number whose tags tell its measures apart.
_SOURCES = {"behavior": "ood_mse", "dynamics": "dsa", "weights": "pif", "representation": "svcca"}


def base_of(metric: str) -> str:
    """A metric without the tag that tells it from the first of its level."""
    return metric.partition("[")[0]


def tag_of(metric: str) -> str:
    """What tells a metric from the first of its level; nothing for that one."""
    return metric.removeprefix(base_of(metric))


def compared(metric: str) -> bool:
    """Whether a metric is a mean over pairs of networks."""
    return base_of(metric) in _PAIRWISE


def primary(level: str, factors: tuple[str, ...]) -> str:
    """The metric that decides an expectation about a level.

    Where the number of units is swept the paper divides by the number of parameters.
    """
    if level == "weights" and "model.units" in factors:
        return "pif_per_parameter"
    return METRICS[level][0]


def metrics_of(level: str, measured: Iterable[Measured]) -> tuple[str, ...]:
    """Every metric of a level: each base, for the first measure and for those told by a tag."""
    names = dict.fromkeys(name for one in measured for name in one.arrays)
    tags = dict.fromkeys(["", *(tag_of(n) for n in names if base_of(n) == _SOURCES[level])])
    return tuple(base + tag for tag in tags for base in METRICS[level])


class Quantity(abc.ABC):
    """Numbers of networks or of pairs, and the one number that they come to.

    seeds: of the networks that it is a number of.
    """

    seeds: tuple[int, ...]

    @cached_property
    def interval(self) -> Interval:
        """The value and its 95 % confidence interval."""
        return self._interval()

    @cached_property
    def without(self) -> Mapping[int, float]:
        """The value with each network left out, by its seed."""
        return self._without()

    @abc.abstractmethod
    def _interval(self) -> Interval: ...

    @abc.abstractmethod
    def _without(self) -> Mapping[int, float]: ...

    @property
    def value(self) -> float:
        return self.interval.value


@final
@dataclass(frozen=True, kw_only=True)
class PairMean(Quantity):
    """A mean over pairs of networks, all of them or a subset."""

    seeds: tuple[int, ...]
    pairs: np.ndarray
    distances: np.ndarray
    complete: bool

    @cached_property
    def matrix(self) -> np.ndarray:
        """The distances as a symmetric matrix, of all pairs."""
        full = np.zeros((len(self.seeds), len(self.seeds)))
        full[self.pairs[:, 0], self.pairs[:, 1]] = self.distances
        return full + full.T

    def _interval(self) -> Interval:
        if self.complete:
            return jackknife_pair_mean(self.matrix)
        return subset_pair_mean(self.pairs, self.distances, len(self.seeds))

    def _without(self) -> Mapping[int, float]:
        n = len(self.seeds)
        if n < 3:
            return {}
        left_out = (
            leave_one_out_pair_means(self.matrix)
            if self.complete
            else leave_one_out_subset_means(self.pairs, self.distances, n)
        )
        return dict(zip(self.seeds, left_out.tolist(), strict=True))


@final
@dataclass(frozen=True, kw_only=True)
class PairRatio(Quantity):
    """A mean over pairs of networks over that of the same pairs before training, which errs too."""

    seeds: tuple[int, ...]
    trained: PairMean
    untrained: PairMean

    @property
    def pairs(self) -> np.ndarray:
        return self.trained.pairs

    def _interval(self) -> Interval:
        above, below = self.trained.distances, self.untrained.distances
        if self.trained.complete:
            left_out = np.array(list(self.without.values()))
            return jackknife(float(above.mean() / below.mean()), left_out)
        return subset_pair_ratio(self.pairs, above, below, len(self.seeds))

    def _without(self) -> Mapping[int, float]:
        # Without a network whose pairs alone lay apart before training there is no ratio.
        return {
            seed: above / below if (below := self.untrained.without[seed]) else math.nan
            for seed, above in self.trained.without.items()
        }


@final
@dataclass(frozen=True, kw_only=True)
class Spread(Quantity):
    """A standard deviation over networks."""

    seeds: tuple[int, ...]
    numbers: np.ndarray

    def _interval(self) -> Interval:
        return spread_interval(self.numbers)

    def _without(self) -> Mapping[int, float]:
        left_out = leave_one_out_spreads(self.numbers).tolist()
        return dict(zip(self.seeds, left_out, strict=True)) if len(self.seeds) > 2 else {}


@final
@dataclass(frozen=True, kw_only=True)
class Mean(Quantity):
    """A mean over networks, with the usual t interval."""

    seeds: tuple[int, ...]
    numbers: np.ndarray

    def _interval(self) -> Interval:
        return mean_interval(self.numbers)

    def _without(self) -> Mapping[int, float]:
        n = len(self.seeds)
        left_out = (self.numbers.sum() - self.numbers) / max(n - 1, 1)
        return dict(zip(self.seeds, left_out.tolist(), strict=True)) if n > 2 else {}


def quantity(
    metric: str, measured: Measured | None, untrained: Measured | None = None
) -> Quantity | None:
    """What a metric is made of, of the networks that have it; None where fewer than two have.

    untrained: the same networks before training, which `pif_ratio` divides by.
    """
    if measured is None:
        return None
    if base_of(metric) == "pif_ratio":
        return _pair_ratio("pif" + tag_of(metric), measured, untrained)
    if compared(metric):
        distances = measured.arrays.get(metric)
        return None if distances is None else _pair_mean(measured, distances)
    base = base_of(metric)
    losses = measured.arrays.get("ood_mse" + tag_of(metric))
    if losses is None:
        return None
    there = np.isfinite(losses)
    seeds = tuple(seed for seed, is_there in zip(measured.seeds, there, strict=True) if is_there)
    losses = losses[there]
    if len(losses) < 2:
        return None
    if base == "ood_mse_mean":
        return Mean(seeds=seeds, numbers=losses)
    if base == "ood_spread":
        return Spread(seeds=seeds, numbers=losses)
    return Spread(seeds=seeds, numbers=np.log10(losses)) if (losses > 0).all() else None


def _pair_ratio(metric: str, measured: Measured, untrained: Measured | None) -> PairRatio | None:
    distances = measured.arrays.get(metric)
    before = untrained.arrays.get(metric) if untrained else None
    if distances is None or before is None:
        return None
    # Pairs that have both distances; of the same networks the same pairs are compared.
    both = np.isfinite(distances) & np.isfinite(before)
    trained, start = (
        _pair_mean(measured, np.where(both, one, np.nan)) for one in (distances, before)
    )
    if trained is None or start is None or not start.distances.any():
        return None
    return PairRatio(seeds=trained.seeds, trained=trained, untrained=start)


def _pair_mean(measured: Measured, distances: np.ndarray) -> PairMean | None:
    # A network that could not be measured has no distance from any other.
    kept = np.isfinite(distances)
    pairs, distances = measured.arrays["pairs"][kept], distances[kept]
    if len(pairs) == 0:
        return None
    there = np.unique(pairs)
    return PairMean(
        seeds=tuple(measured.seeds[index] for index in there),
        pairs=np.searchsorted(there, pairs),
        distances=distances,
        complete=len(pairs) == len(there) * (len(there) - 1) // 2,
    )


def rank_of(measured: Measured | None, metric: str) -> int | None:
    """The rank of the operators that a metric compares; None where it compares none."""
    operators = measured.arrays.get("operators" + tag_of(metric)) if measured else None
    return None if operators is None or base_of(metric) != "dsa" else operators.shape[-1]


def finite_mean(numbers: np.ndarray) -> float:
    """The mean of what could be measured; NaN where nothing could."""
    numbers = numbers[np.isfinite(numbers)]
    return float(numbers.mean()) if len(numbers) else float("nan")


def quantity_of(one: ConditionMeasures, level: str, metric: str, at: str) -> Quantity | None:
    """What a metric of a condition is made of; see `quantity`."""
    untrained = one.levels.get((level, "init")) if at != "init" else None
    return quantity(metric, one.levels.get((level, at)), untrained)
