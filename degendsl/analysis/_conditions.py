"""One row per condition."""

import polars as pl

from ._study import Study


def conditions_table(study: Study) -> pl.DataFrame:
    """What was varied, and how many networks came of it."""
    rows = []
    for one in study.measured:
        outcomes = [record.manifest["outcome"] for record in one.records.values()]
        rows.append(
            {
                "condition": one.condition.id,
                "label": one.condition.label,
                **{path: one.condition.levels[path] for path in study.factors},
                "n_networks": len(outcomes),
                # Of networks trained elsewhere it is not known.
                "n_converged": None if "given" in outcomes else outcomes.count("converged"),
            }
        )
    counted = {"n_converged": pl.Int64}
    return pl.DataFrame(rows, schema_overrides=counted, infer_schema_length=None)
