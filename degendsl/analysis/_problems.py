"""One row per thing that could not be measured."""

import polars as pl

from ._study import Study, frame

SCHEMA = {"condition": pl.String, "problem": pl.String}


def problems_table(study: Study) -> pl.DataFrame:
    """What is missing and why, in words that name the network and the remedy."""
    rows = [
        {"condition": one.condition.id, "problem": problem}
        for one in study.measured
        for problem in one.problems
    ]
    return frame(rows, SCHEMA)
