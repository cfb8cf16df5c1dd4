"""What a value must be read beside: null, cross, untrained, floor and surrogate."""

import math

import numpy as np

from degendsl.measuring import ConditionMeasures

from ._degeneracy import PairRatio, base_of, compared, finite_mean, quantity_of, tag_of

NAMES: tuple[str, ...] = ("floor", "null", "cross", "untrained", "surrogate")


def references(one: ConditionMeasures, level: str, metric: str, at: str) -> dict[str, float]:
    """The references of one value by the name of their column; NaN where there is none.

    Floor, null, cross and surrogate are of the trained networks and stand beside their values;
    untrained networks stand beside both later times.
    """
    found: dict[str, float] = dict.fromkeys(NAMES, math.nan)
    if at != "init":
        untrained = quantity_of(one, level, metric, "init")
        found["untrained"] = untrained.value if untrained else math.nan
    if at == "end":
        found["floor"] = floor_of(one, level, metric)
        for name in ("null", "cross", "surrogate"):
            found[name] = _mean(one, level, name, metric)
    return found


def floor_of(one: ConditionMeasures, level: str, metric: str) -> float:
    """What networks one bit apart at the start differ by at the end.

    A mean distance of networks from their twins where the metric is a distance; where it is a
    spread, √(½ mean (L_i − L_i′)²), the spread that such differences alone would make. A mean of
    losses has no floor.
    """
    twins = one.references.get((level, "floor"))
    base, tag = base_of(metric), tag_of(metric)
    if twins is None or base == "ood_mse_mean":
        return math.nan
    if compared(metric):
        return _mean(one, level, "floor", metric)
    networks = one.levels.get((level, "end"))
    again = twins.arrays.get("ood_mse" + tag)
    if networks is None or again is None:
        return math.nan
    by_seed = dict(zip(networks.seeds, networks.arrays["ood_mse" + tag], strict=True))
    own = np.array([by_seed[seed] for seed in twins.seeds])
    there = np.isfinite(own) & np.isfinite(again)
    own, again = own[there], again[there]
    if base == "ood_log10_sd":
        if not ((own > 0).all() and (again > 0).all()):
            return math.nan
        own, again = np.log10(own), np.log10(again)
    return math.sqrt(finite_mean((own - again) ** 2) / 2)


def _mean(one: ConditionMeasures, level: str, name: str, metric: str) -> float:
    if base_of(metric) == "pif_ratio":
        found = quantity_of(one, level, metric, "end")
        # What the value itself is divided by.
        below = found.untrained.value if isinstance(found, PairRatio) else math.nan
        return _mean(one, level, name, "pif" + tag_of(metric)) / below
    measured = one.references.get((level, name))
    distances = measured.arrays.get(metric) if measured else None
    return math.nan if distances is None else finite_mean(distances)
