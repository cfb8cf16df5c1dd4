"""What measuring takes: how many operators and pairs there are, and about how long they take."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from degendsl._cores import usable_cores
from degendsl.spec import kinds

from ._plan import Condition, Plan

# Seconds on two quiet cores, `benchmarks/costs.py`: of a pair of operators by rank, with
# 16 starts; of a pair of matrices by units, with as many starts as the size asks for, and of one
# start. Random operators and matrices, which no start solves at once.
_CORES = 2
_OPERATORS = {3: 0.0027, 6: 0.0039, 10: 0.0047, 20: 0.0126, 30: 0.029, 50: 0.217}
_STARTS = 16
_MATRICES = {8: 0.017, 16: 0.066, 32: 0.053, 64: 0.025, 128: 0.028, 256: 0.161}
_START = {8: 0.0022, 16: 0.0072, 32: 0.0022, 64: 0.0026, 128: 0.0047, 256: 0.025}
# Of an operator for each (sample, feature), and for each (sample, feature, feature).
_SAMPLE, _PRODUCT = 1e-8, 1.3e-11
# Of what does not depend on pairs: losses, examples, fixed points; of a condition, and a network.
_CONDITION, _NETWORK = 2.0, 0.012
# A rank that is a share of the variance is not known before it is chosen.
_LIKELY_RANK = 20


@dataclass(frozen=True, kw_only=True)
class Measuring:
    """What measuring some conditions takes, if nothing of them is measured yet.

    operators: fits of a network's dynamics. dynamics, weights: minimisations, one a pair, with
    references and settings of the grid. seconds: an estimate, right within a factor of a few.
    """

    conditions: int
    operators: int
    dynamics: int
    weights: int
    seconds: float

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def measuring(plan: Plan, conditions: Sequence[Condition]) -> Measuring:
    """What it takes to measure these conditions of a plan: each level, reference and setting.

    What `measure.also` asks for is not counted.
    """
    measure, n = plan.spec.measure, plan.spec.networks.count
    twins = min(measure.floor.networks, n)
    times, most = len(measure.at), measure.pairs.max
    pairs = min(n * (n - 1) // 2, most or n * n)
    # At each time; then once more on a second set of trials, against themselves and each other.
    operators = n * times + n + twins
    compared = pairs * times + pairs + min(n, most or n) + twins
    found = Measuring(conditions=len(conditions), operators=0, dynamics=0, weights=0, seconds=0.0)
    total = found.plain()
    for condition in conditions:
        science = condition.science
        total["seconds"] += _CONDITION + _NETWORK * n
        for dsa in _asked(measure, "dynamics"):
            total["operators"] += operators
            total["dynamics"] += compared
            total["seconds"] += operators * _operator_seconds(science, measure, dsa)
            total["seconds"] += compared * _pair_seconds(dsa)
        for pif in _asked(measure, "weights"):
            matched = pairs * times + twins + (pairs if pif.surrogate != "none" else 0)
            total["weights"] += matched
            total["seconds"] += matched * _match_seconds(science.model.units, pif.starts)
    return Measuring(**total)


def _asked(measure: kinds.Measure, level: str) -> list[Any]:
    """Every measure of a level, and its first under each setting of the grid; none twice."""
    found = list(getattr(measure, level))
    listed = {
        path.partition(".")[2]: values
        for path, values in measure.sensitivity.items()
        if path.startswith(f"{level}.")
    }
    change = kinds.under_setting if level == "dynamics" else kinds.changed
    for values in itertools.product(*listed.values()):
        one = change(found[0], dict(zip(listed, values, strict=True)))
        if one not in found:
            found.append(one)
    return found


def _operator_seconds(science: kinds.Science, measure: kinds.Measure, dsa: kinds.DSA) -> float:
    steps = max(1, science.n_steps - (dsa.delays - 1) * dsa.interval)
    samples, features = measure.trials.count * steps, science.model.units * dsa.delays
    return samples * features * (_SAMPLE + _PRODUCT * features) * _CORES / usable_cores()


def _pair_seconds(dsa: kinds.DSA) -> float:
    rank = dsa.rank if dsa.rank >= 1 else _LIKELY_RANK
    # Four starts take two thirds as long as sixteen: three of either are finished in float64.
    share = 0.55 + 0.45 * dsa.starts / _STARTS
    return _between(_OPERATORS, rank) * share * _CORES / usable_cores()


def _match_seconds(units: int, starts: int | None) -> float:
    seconds = _between(_MATRICES, units) if starts is None else starts * _between(_START, units)
    return seconds * _CORES / usable_cores()


def _between(costs: dict[int, float], size: int | float) -> float:
    """A cost at another size: along straight lines of logarithms, beyond the ends as they end."""
    sizes = list(costs)
    above = next((index for index, one in enumerate(sizes) if one >= size), len(sizes) - 1)
    low, high = sizes[max(above, 1) - 1], sizes[max(above, 1)]
    slope = math.log(costs[high] / costs[low]) / math.log(high / low)
    return costs[low] * (size / low) ** slope
