"""What a factor does to degeneracy: a slope of logarithms, with an interval over networks."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from ._intervals import LEVEL

Direction = Literal["rises", "falls", "unclear"]


@dataclass(frozen=True, kw_only=True)
class Degeneracy:
    """A value of one condition and the same value with each network left out, by seed."""

    value: float
    without: Mapping[int, float]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The change of degeneracy from the first to the last level of a factor.

    change: e^slope − 1, the slope that of ln(value) against level index/(L − 1), least squares,
        averaged over the slices of the other factors. −0.38 reads "falls by 38 %".
    ratio: the value at the last level over that at the first, averaged geometrically.
    smallest: the change that this many networks would have shown, 80 % power at 5 %.
    """

    change: float
    low: float
    high: float
    p: float
    direction: Direction
    monotone: bool
    ratio: float
    smallest: float


def effect_of_factor(slices: Sequence[Sequence[Degeneracy]]) -> Effect | None:
    """The effect of a factor, from its levels in listed order for each slice of the others.

    Seeds are shared between conditions, which start alike or see the same trials, so a seed is
    left out everywhere at once. None where a value is not positive: there is no logarithm.
    """
    values = [d.value for levels in slices for d in levels]
    if not slices or any(len(levels) < 2 for levels in slices):
        return None
    if not all(math.isfinite(value) and value > 0 for value in values):
        return None
    slope = _mean_slope(slices, None)
    seeds = sorted({seed for levels in slices for d in levels for seed in d.without})
    left_out = np.array([_mean_slope(slices, seed) for seed in seeds])
    low = high = p = smallest = math.nan
    if len(seeds) > 2 and np.isfinite(left_out).all():
        n = len(seeds)
        error = math.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum())
        half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * error
        low, high = math.expm1(slope - half), math.expm1(slope + half)
        p = float(2 * stats.t.sf(abs(slope) / error, n - 1)) if error > 0 else 0.0
        visible = float(stats.t.ppf((1 + LEVEL) / 2, n - 1) + stats.t.ppf(0.8, n - 1)) * error
        smallest = math.expm1(visible)
    direction: Direction = "rises" if low > 0 else "falls" if high < 0 else "unclear"
    ratios = [math.log(levels[-1].value / levels[0].value) for levels in slices]
    return Effect(
        change=math.expm1(slope),
        low=low,
        high=high,
        p=p,
        direction=direction,
        monotone=_monotone(slices),
        ratio=math.exp(float(np.mean(ratios))),
        smallest=smallest,
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values that keep the chance of any false claim at the level (Holm 1979)."""
    order = np.argsort(p_values)
    adjusted = [math.nan] * len(p_values)
    running = 0.0
    for rank, index in enumerate(order):
        if math.isnan(p_values[index]):
            continue
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return adjusted


def _mean_slope(slices: Sequence[Sequence[Degeneracy]], without: int | None) -> float:
    slopes = []
    for levels in slices:
        x = np.arange(len(levels)) / (len(levels) - 1)
        picked = [
            d.without.get(without, d.value) if without is not None else d.value for d in levels
        ]
        y = np.array([math.log(value) if value > 0 else math.nan for value in picked])
        centred = x - x.mean()
        slopes.append(float(centred @ y / (centred @ centred)))
    return float(np.mean(slopes))


def _monotone(slices: Sequence[Sequence[Degeneracy]]) -> bool:
    steps = [np.sign(np.diff([d.value for d in levels])) for levels in slices]
    return len({float(sign) for step in steps for sign in step}) == 1
