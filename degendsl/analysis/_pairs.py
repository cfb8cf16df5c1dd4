"""One row per condition, metric and pair of networks."""

from typing import Any

import polars as pl

from degendsl.measuring import ConditionMeasures

from ._degeneracy import compared, metrics_of
from ._study import F, Study, frame

SCHEMA = {
    "condition": pl.String,
    "metric": pl.String,
    "at": pl.String,
    "seed_a": pl.Int64,
    "seed_b": pl.Int64,
    "distance": F,
}


def pairs_table(study: Study) -> pl.DataFrame:
    """The distance of every pair compared."""
    return frame([row for one in study.measured for row in _rows(one)], SCHEMA)


def _rows(one: ConditionMeasures) -> list[dict[str, Any]]:
    return [
        {
            "condition": one.condition.id,
            "metric": metric,
            "at": at,
            "seed_a": measured.seeds[j],
            "seed_b": measured.seeds[i],
            "distance": float(distance),
        }
        for (level, at), measured in one.levels.items()
        for metric in metrics_of(level, [measured])
        if compared(metric) and metric in measured.arrays
        for (i, j), distance in zip(measured.arrays["pairs"], measured.arrays[metric], strict=True)
    ]
