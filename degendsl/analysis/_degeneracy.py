"""One number for how much the networks of a condition differ, with its interval."""

import numpy as np

from degendsl.measuring import ConditionMeasures
from degendsl.metrics import ood_spread

from ._effects import Degeneracy
from ._intervals import (
    Interval,
    bca_spread,
    jackknife_pair_mean,
    leave_one_out_pair_means,
    leave_one_out_spreads,
)

# By level; the first of each is the primary one, which decides expectations.
METRICS: dict[str, tuple[str, ...]] = {
    "behavior": ("ood_spread", "ood_mse_mean", "ood_log10_sd"),
    "dynamics": ("dsa",),
    "weights": ("pif", "pif_per_parameter", "pif_angle", "pif_ratio"),
}


def compared(metric: str) -> bool:
    """Whether a metric is a mean over pairs of networks."""
    return metric == "dsa" or metric.startswith("pif")


def primary(level: str, factors: tuple[str, ...]) -> str:
    """The metric that decides an expectation about a level.

    Where the number of units is swept the paper divides by the number of parameters.
    """
    if level == "weights" and "model.units" in factors:
        return "pif_per_parameter"
    return METRICS[level][0]


def value_of(one: ConditionMeasures, level: str, metric: str, at: str) -> Interval | None:
    """Value and interval of a metric, or None where the level was not measured."""
    measured = one.levels.get((level, at))
    if measured is None:
        return None
    if compared(metric):
        matrix = _matrix(one, metric, at)
        return None if matrix is None else jackknife_pair_mean(matrix)
    losses = measured.arrays["ood_mse"]
    if metric == "ood_spread":
        # The interval is the bootstrap's; the value is the measure's own.
        return bca_spread(losses)._replace(value=ood_spread(losses))
    if metric == "ood_log10_sd":
        return bca_spread(np.log10(losses))
    # A mean over networks has the interval of its own jackknife, which is the usual t interval.
    sums = losses[:, None] + losses[None, :]
    return jackknife_pair_mean(sums / 2 - np.diag(losses))


def degeneracy_of(one: ConditionMeasures, level: str, metric: str) -> Degeneracy | None:
    """A trained value with each network left out, for effects over conditions."""
    measured = one.levels.get((level, "end"))
    interval = value_of(one, level, metric, "end")
    if measured is None or interval is None or len(measured.seeds) < 3:
        return None
    if compared(metric):
        matrix = _matrix(one, metric, "end")
        assert matrix is not None
        left_out = leave_one_out_pair_means(matrix)
    else:
        losses = measured.arrays["ood_mse"]
        if metric == "ood_mse_mean":
            left_out = (losses.sum() - losses) / (len(losses) - 1)
        else:
            left_out = leave_one_out_spreads(losses if metric == "ood_spread" else np.log10(losses))
    without = {seed: float(v) for seed, v in zip(measured.seeds, left_out, strict=True)}
    return Degeneracy(value=interval.value, without=without)


def _matrix(one: ConditionMeasures, metric: str, at: str) -> np.ndarray | None:
    level = "dynamics" if metric == "dsa" else "weights"
    measured = one.levels[level, at]
    if metric != "pif_ratio":
        return measured.matrix(metric)
    untrained = one.levels.get(("weights", "init"))
    if untrained is None or at == "init":
        return None
    return measured.matrix("pif") / untrained.arrays["pif"].mean()
