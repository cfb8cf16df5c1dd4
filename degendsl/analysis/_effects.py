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
    low, high: the 95 % interval of `change`; error and freedom: standard error of the slope and
        its degrees of freedom.
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
    slope: float
    error: float
    freedom: float


def effect_of_factor(
    slices: Sequence[Sequence[Degeneracy]], *, paired: bool = True
) -> Effect | None:
    """The effect of a factor, from its levels in listed order for each slice of the others.

    paired: whether equal seeds of two conditions are related, as where a seed fixes how a network
    starts or what it sees. A seed is then left out everywhere at once, so what conditions share
    cancels; where nothing is shared the same sum holds too. None where a value is not positive:
    there is no logarithm.
    """
    values = [d.value for levels in slices for d in levels]
    if not slices or any(len(levels) < 2 for levels in slices):
        return None
    if not all(math.isfinite(value) and value > 0 for value in values):
        return None
    weights = _slope_weights(slices)
    slope = sum(
        weight * math.log(d.value)
        for row, levels in zip(weights, slices, strict=True)
        for weight, d in zip(row, levels, strict=True)
    )
    error, freedom = _error_of_slope(slices, weights, paired)
    low = high = p = smallest = math.nan
    if math.isfinite(error):
        t = float(stats.t.ppf((1 + LEVEL) / 2, freedom))
        low, high = math.expm1(slope - t * error), math.expm1(slope + t * error)
        p = _tail(abs(slope), error, freedom) * 2
        smallest = math.expm1((t + float(stats.t.ppf(0.8, freedom))) * error)
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
        slope=slope,
        error=error,
        freedom=freedom,
    )


def p_unchanged(effect: Effect, within: float) -> float:
    """Two one-sided tests that the change lies within ±`within` (Schuirmann 1987).

    The larger of the p-values against a change below −within and against one above +within.
    """
    if not math.isfinite(effect.error):
        return math.nan
    below = _tail(effect.slope - math.log1p(-within), effect.error, effect.freedom)
    above = _tail(math.log1p(within) - effect.slope, effect.error, effect.freedom)
    return max(below, above)


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


def _slope_weights(slices: Sequence[Sequence[Degeneracy]]) -> list[np.ndarray]:
    """What each ln(value) counts for in the mean slope."""
    rows = []
    for levels in slices:
        x = np.arange(len(levels)) / (len(levels) - 1)
        centred = x - x.mean()
        rows.append(centred / (centred @ centred) / len(slices))
    return rows


def _error_of_slope(
    slices: Sequence[Sequence[Degeneracy]], weights: Sequence[np.ndarray], paired: bool
) -> tuple[float, float]:
    """Jackknife standard error of the slope, networks left out, and its degrees of freedom.

    Each condition's deviations carry its own √((n − 1)/n), so conditions in which other numbers of
    networks converged count rightly. Freedom is that of the smallest condition where seeds are
    paired, else Welch's.
    """
    moved: dict[object, float] = {}
    parts: list[tuple[float, int]] = []
    for number, (row, levels) in enumerate(zip(weights, slices, strict=True)):
        for place, (weight, d) in enumerate(zip(row, levels, strict=True)):
            if weight == 0:
                continue
            left_out = np.array([v if v > 0 else math.nan for v in d.without.values()])
            n = len(left_out)
            if n < 3 or not np.isfinite(left_out).all():
                return math.nan, math.nan
            logs = np.log(left_out)
            deviations = weight * math.sqrt((n - 1) / n) * (logs - logs.mean())
            parts.append((float(deviations @ deviations), n - 1))
            for seed, deviation in zip(d.without, deviations, strict=True):
                name = seed if paired else (number, place, seed)
                moved[name] = moved.get(name, 0.0) + float(deviation)
    variance = math.fsum(deviation**2 for deviation in moved.values())
    freedom = float(min(freedom for _, freedom in parts))
    if not paired and variance > 0:
        freedom = variance**2 / math.fsum(part**2 / free for part, free in parts)
    return math.sqrt(variance), freedom


def _tail(distance: float, error: float, freedom: float) -> float:
    """The chance of an estimate at least this far out, were there nothing."""
    if error > 0:
        return float(stats.t.sf(distance / error, freedom))
    return 0.0 if distance > 0 else 0.5 if distance == 0 else 1.0


def _monotone(slices: Sequence[Sequence[Degeneracy]]) -> bool:
    steps = [np.sign(np.diff([d.value for d in levels])) for levels in slices]
    return len({float(sign) for step in steps for sign in step}) == 1
