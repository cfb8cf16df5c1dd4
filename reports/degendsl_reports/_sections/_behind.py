"""What is behind a value: pairs of networks, or each network."""

import polars as pl

from .._marks import jitter
from .._study import Study

# Pairs drawn behind a value: of one condition, and of all together.
_MOST_PAIRS, _MOST_POINTS = 60, 1800
# Where in the band of a condition these points begin and end.
_FIRST, _LAST = 0.42, 0.92


def behind(study: Study, name: str) -> tuple[pl.DataFrame, str]:
    """Points by band and facet, with their place across it; and what was left out of them."""
    base, bracket, tag = name.partition("[")
    if base in ("ood_spread", "ood_mse_mean"):
        column = f"ood_mse{bracket}{tag}"
        losses = study.named("networks", column, "outcome").rename({column: "value"})
        rows = losses.filter(
            pl.col("value").is_not_null() & pl.col("outcome").is_in(["converged", "given"])
        )
        if base == "ood_spread":
            centre = pl.col("value").mean().over("condition")
            rows = rows.with_columns(value=(pl.col("value") - centre).abs())
        note = study.sampled
    else:
        rows, note = _pairs(study, name)
    shift = _FIRST + (_LAST - _FIRST) * jitter(pl.int_range(1, pl.len() + 1).over("condition"))
    placed = study.placed(rows).with_columns(shift=shift)
    return placed.select("band", "facet", "label", "name", "who", "value", "shift"), note


def _pairs(study: Study, name: str) -> tuple[pl.DataFrame, str]:
    pairs = study.rows("pairs", "condition", "metric", "at", "seed_a", "seed_b", "distance")
    pairs = pairs.filter(
        (pl.col("metric") == name) & (pl.col("at") == "end") & pl.col("distance").is_not_null()
    )
    most = max(12, min(_MOST_PAIRS, _MOST_POINTS // len(study.conditions)))
    step = (pl.len().over("condition") / most).ceil().cast(pl.Int64)
    kept = pairs.filter(pl.int_range(pl.len()).over("condition") % step == 0)
    note = (
        f"{kept.height} of {pairs.height} pairs are drawn, evenly chosen."
        if kept.height < pairs.height
        else ""
    )
    index = pl.col("condition").replace_strict(
        {one.id: one.index for one in study.conditions}, return_dtype=pl.Int64
    )
    for side in "ab":
        names = study.names.rename({"seed": f"seed_{side}", "name": f"name_{side}"})
        on = ["condition", f"seed_{side}"]
        kept = kept.join(names, on=on, how="left", maintain_order="left")
    return (
        kept.with_columns(
            value=pl.col("distance"),
            name=pl.format("{} – {}", "name_a", "name_b"),
            who=pl.format("{}.{} {}.{}", index, "seed_a", index, "seed_b"),
        ),
        note,
    )
