"""Which values of degeneracy a study has, and which metric speaks for a level."""

import polars as pl

from ._study import Study


def degeneracy(study: Study, level: str) -> pl.DataFrame:
    """Values of a level at the end, a row per condition and metric."""
    names = ("value", "ci_low", "ci_high", "floor", "null", "cross", "untrained", "surrogate")
    rows = study.rows(
        "degeneracy", "condition", "level", "metric", "at", *names, "n_networks", "n_pairs", "rank"
    )
    return rows.filter((pl.col("level") == level) & (pl.col("at") == "end"))


def primary(study: Study, level: str) -> str:
    """The metric that speaks for a level: the one expectations are about, else the first."""
    claimed = study.rows("expectations", "level", "metric").filter(pl.col("level") == level)
    measured = degeneracy(study, level)["metric"].unique(maintain_order=True).to_list()
    for name in claimed["metric"].to_list():
        if name in measured:
            return name
    if level == "weights" and "model.units" in study.factors and "pif_per_parameter" in measured:
        return "pif_per_parameter"
    return measured[0] if measured else ""


def others_of(study: Study, level: str) -> list[str]:
    """The other metrics of a level that have a value anywhere."""
    rows = degeneracy(study, level).filter(pl.col("value").is_not_null())
    return [
        name
        for name in rows["metric"].unique(maintain_order=True).to_list()
        if name != primary(study, level)
    ]


def provisional(study: Study, level: str) -> bool:
    """Whether the rank behind the values of a level is not final."""
    asked = (study.resolved.get("measure") or {}).get("dynamics") or {}
    first = asked[0] if isinstance(asked, list) else asked
    chosen = first.get("choose") == "prediction" or first.get("rank", 1) < 1
    return level == "dynamics" and study.provisional and chosen
