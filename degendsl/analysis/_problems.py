"""What could not be measured, and what is to be known of what was."""

import polars as pl

from ._study import Study, frame

PROBLEMS = {"condition": pl.String, "problem": pl.String}
NOTES = {"condition": pl.String, "note": pl.String}


def problems_table(study: Study) -> pl.DataFrame:
    """What is missing and why, in words that name the network and the remedy: a row each."""
    rows = [
        {"condition": one.condition.id, "problem": problem}
        for one in study.measured
        for problem in one.problems
    ]
    return frame(rows, PROBLEMS)


def notes_table(study: Study) -> pl.DataFrame:
    """What someone may not have meant of networks that were measured all the same: a row each."""
    rows = [
        {"condition": one.condition.id, "note": note}
        for one in study.measured
        for note in one.notes
    ]
    return frame(rows, NOTES)
