"""One row per network: where it lies among the others, in two dimensions."""

from typing import Any

import polars as pl

from degendsl.measuring import ConditionMeasures
from degendsl.metrics import mds

from ._degeneracy import PairMean, quantity_of
from ._study import F, Study, frame

SCHEMA = {
    "condition": pl.String,
    "metric": pl.String,
    "at": pl.String,
    "seed": pl.Int64,
    "x": F,
    "y": F,
    "stress": F,
}


def maps_table(study: Study) -> pl.DataFrame:
    """Points whose distances are, as nearly as two dimensions allow, those of the networks."""
    return frame([row for one in study.measured for row in _rows(one)], SCHEMA)


def _rows(one: ConditionMeasures) -> list[dict[str, Any]]:
    rows = []
    for level, metric in (("dynamics", "dsa"), ("weights", "pif")):
        found = quantity_of(one, level, metric, "end")
        if not isinstance(found, PairMean) or not found.complete:
            continue
        embedding = mds(found.matrix)
        rows += [
            {
                "condition": one.condition.id,
                "metric": metric,
                "at": "end",
                "seed": seed,
                "x": float(x),
                "y": float(y),
                "stress": embedding.stress,
            }
            for seed, (x, y) in zip(found.seeds, embedding.points, strict=True)
        ]
    return rows
