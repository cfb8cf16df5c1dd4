"""One row per network and epoch."""

from typing import Any

import polars as pl

from degendsl.measuring import ConditionMeasures

from ._study import F, Study, frame

SCHEMA = {"condition": pl.String, "seed": pl.Int64, "epoch": pl.Int64, "loss": F}


def learning_table(study: Study) -> pl.DataFrame:
    """The training loss of every network."""
    return frame([row for one in study.measured for row in _rows(one)], SCHEMA)


def _rows(one: ConditionMeasures) -> list[dict[str, Any]]:
    return [
        {"condition": one.condition.id, "seed": seed, "epoch": epoch, "loss": float(loss)}
        for seed, record in one.records.items()
        for epoch, loss in enumerate(record.arrays.get("loss", ()), start=1)
    ]
