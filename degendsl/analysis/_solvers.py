"""How sure the minimisations behind the distances are of what they found."""

from typing import Any

import numpy as np
import polars as pl

from degendsl.measuring import ConditionMeasures, Measured

from ._degeneracy import base_of, finite_mean, metrics_of, tag_of
from ._study import F, Study, frame

SCHEMA = {
    "condition": pl.String,
    "level": pl.String,
    "metric": pl.String,
    "at": pl.String,
    "starts": F,
    "n_pairs": pl.Int64,
    "agreeing": F,
    "spread": F,
    "gap": F,
}
# The distances that are minima, found from several starts; other metrics follow from them.
_MINIMA = ("dsa", "pif")
_OF_STARTS = ("starts", "agreeing", "spread", "gap")


def solvers_table(study: Study) -> pl.DataFrame:
    """Starts used, and what they say of the minima, averaged over pairs.

    starts: of each pair, of DSA those of both determinants. agreeing: the share of starts that
    ended in the best minimum. spread: the worst end less the best. gap: the next best different
    optimum less the best. What a solver does not say is null.
    """
    rows = [
        _row(one, level, metric, at, measured)
        for one in study.measured
        for (level, at), measured in one.levels.items()
        for metric in metrics_of(level, [measured])
        if base_of(metric) in _MINIMA and metric in measured.arrays
    ]
    return frame(rows, SCHEMA)


def _row(
    one: ConditionMeasures, level: str, metric: str, at: str, measured: Measured
) -> dict[str, Any]:
    numbers = {name: measured.arrays.get(name + tag_of(metric)) for name in _OF_STARTS}
    distance = measured.arrays[metric]
    means = {name: None if array is None else finite_mean(array) for name, array in numbers.items()}
    return {
        "condition": one.condition.id,
        "level": level,
        "metric": metric,
        "at": at,
        **means,
        "n_pairs": int(np.isfinite(distance).sum()),
    }
