"""One row per condition, level, metric and time of measurement."""

import math
from typing import Any

import polars as pl

from degendsl.measuring import ConditionMeasures

from ._degeneracy import PairMean, PairRatio, Quantity, metrics_of, quantity_of, rank_of
from ._families import Families, families
from ._references import references
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
    "cross": F,
    "untrained": F,
    "surrogate": F,
    "two_families": pl.Boolean,
    "families_p": F,
    "rank": pl.Int64,
}


def degeneracy_table(study: Study) -> pl.DataFrame:
    """Degeneracy with its interval, and what it must be read beside.

    two_families: whether the networks fall into two groups, of which a mean distance says little;
    families_p: the chance of so clear a division in one group. Of distances between all pairs only.
    rank: of the operators compared, given or chosen.
    """
    return frame([row for one in study.measured for row in _rows(one)], SCHEMA)


def _rows(one: ConditionMeasures) -> list[dict[str, Any]]:
    rows = []
    for (level, at), measured in one.levels.items():
        for metric in metrics_of(level, [measured]):
            found = quantity_of(one, level, metric, at)
            of_pairs = found if isinstance(found, PairMean | PairRatio) else None
            # Of trained networks: how clearly they divide is the question there, and it takes time.
            split = _families(found) if at == "end" else None
            rows.append(
                {
                    "condition": one.condition.id,
                    "level": level,
                    "metric": metric,
                    "at": at,
                    "value": found.interval.value if found else math.nan,
                    "ci_low": found.interval.low if found else math.nan,
                    "ci_high": found.interval.high if found else math.nan,
                    "n_networks": len(found.seeds) if found else 0,
                    "n_pairs": len(of_pairs.pairs) if of_pairs else None,
                    **references(one, level, metric, at),
                    "two_families": split.two if split else None,
                    "families_p": split.p if split else math.nan,
                    "rank": rank_of(measured, metric),
                }
            )
    return rows


def _families(found: Quantity | None) -> Families | None:
    """How distances divide the networks, where all are known; a ratio is no distance."""
    return families(found.matrix) if isinstance(found, PairMean) and found.complete else None
