"""One row per condition, level, metric and time of measurement."""

import math
from typing import Any

import polars as pl

from degendsl.measuring import ConditionMeasures

from ._degeneracy import METRICS, compared, value_of
from ._study import F, Study, frame

SCHEMA = {
    "condition": pl.String,
    "level": pl.String,
    "metric": pl.String,
    "at": pl.String,
    "value": F,
    "ci_low": F,
    "ci_high": F,
    "n_networks": pl.Int64,
    "n_pairs": pl.Int64,
    "floor": F,
    "null": F,
    "untrained": F,
}


def degeneracy_table(study: Study) -> pl.DataFrame:
    """Degeneracy with its interval, and what it must be read beside."""
    return frame([row for one in study.measured for row in _rows(one)], SCHEMA)


def _rows(one: ConditionMeasures) -> list[dict[str, Any]]:
    rows = []
    for (level, at), measured in one.levels.items():
        for metric in METRICS[level]:
            interval = value_of(one, level, metric, at)
            untrained = value_of(one, level, metric, "init") if at != "init" else None
            n = len(measured.seeds)
            rows.append(
                {
                    "condition": one.condition.id,
                    "level": level,
                    "metric": metric,
                    "at": at,
                    "value": interval.value if interval else math.nan,
                    "ci_low": interval.low if interval else math.nan,
                    "ci_high": interval.high if interval else math.nan,
                    "n_networks": n,
                    "n_pairs": n * (n - 1) // 2 if compared(metric) else None,
                    "floor": None,
                    "null": None,
                    "untrained": untrained.value if untrained else None,
                }
            )
    return rows
