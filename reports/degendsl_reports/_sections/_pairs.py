"""How distances of pairs spread: their distribution, a row a condition."""

import math

import altair as alt
import polars as pl

from .._charts import Chart, Panel, Table
from .._numbers import Number, least, most
from .._study import Study
from .._theme import Graphic, colours, names_y, value_x, which
from .._words import lowered

# Steps of a distribution: as many as pairs suffice to fill.
_FEWEST, _MOST = 8, 40


def distribution_chart(study: Study, name: str, *, id: str) -> Chart | None:
    """How the distances of pairs spread, a row a condition; two humps are two families."""
    pairs = study.rows("pairs", "condition", "metric", "at", "distance").filter(
        (pl.col("metric") == name) & (pl.col("at") == "end") & pl.col("distance").is_not_null()
    )
    if pairs.height < 3:
        return None
    words = study.metric(name)
    largest = most(pairs.group_by("condition").len()["len"])
    steps = max(_FEWEST, min(_MOST, round(2 * math.sqrt(largest))))
    counts = study.placed(_histogram(pairs, steps))
    row = f", a row a {study.terms.condition}" if study.each else ""
    own = ", each row to its own highest" if study.each else ""

    def panel(facet: str) -> Panel:
        here = counts.filter(pl.col("facet") == facet)
        return Panel(draw=lambda width: _ridges(study, here, words.axis, width), title=facet)

    return Chart(
        id=id,
        title=f"How pairs differ: {lowered(words.title)}",
        summary=f"Distribution of {pairs.height} distances{row}: pairs in each of {steps} "
        f"steps{own}. Pairs share networks, so they are not independent.",
        panels=[panel(facet) for facet in study.facets],
        width=506 if len(study.facets) == 1 else 332 if len(study.facets) <= 3 else 246,
        table=_quartiles(study, pairs),
        flags=_families(study, name),
    )


def _histogram(pairs: pl.DataFrame, steps: int) -> pl.DataFrame:
    """Counts in equal steps of distance, for each condition all of them."""
    low, high = least(pairs["distance"]), most(pairs["distance"])
    step = (high - low) / steps or 1.0
    bins = pl.DataFrame({"bin": range(steps)}, schema={"bin": pl.Int64})
    counted = (
        pairs.with_columns(
            bin=((pl.col("distance") - low) / step).floor().cast(pl.Int64).clip(0, steps - 1)
        )
        .group_by("condition", "bin")
        .agg(pairs=pl.len())
    )
    return (
        pairs.select("condition")
        .unique(maintain_order=True)
        .join(bins, how="cross")
        .join(counted, on=["condition", "bin"], how="left", maintain_order="left")
        .with_columns(
            pl.col("pairs").fill_null(0),
            start=low + step * pl.col("bin"),
            end=low + step * (pl.col("bin") + 1),
        )
        .with_columns(share=pl.col("pairs") / pl.col("pairs").max().over("condition"))
    )


def _ridges(study: Study, rows: pl.DataFrame, axis: str, width: Number) -> Graphic:
    names, y = names_y(study.levels, "foot", study.axis or "")
    each = 40 if len(study.levels) <= 8 else 20 if len(study.levels) <= 20 else 11
    foot = pl.col("position") + 0.42
    # A step is drawn from where its bin begins; the last needs an end.
    ends = rows.group_by("condition", maintain_order=True).last().with_columns(start="end")
    outline = pl.concat([rows, ends]).with_columns(foot=foot, top=foot - 0.88 * pl.col("share"))
    base = alt.Chart(outline.select("band", "label", "start", "foot", "top")).encode(
        x=value_x("start", axis), color=colours(study)
    )
    layers = [
        base.mark_area(interpolate="step-after").encode(
            y=y, y2=alt.Y2("top:Q"), tooltip=[which(study)]
        ),
        base.mark_line(interpolate="step-after", strokeWidth=1.2).encode(y=alt.Y("top:Q")),
    ]
    return alt.layer(*layers, height=each * len(study.levels), params=[names])


def _quartiles(study: Study, pairs: pl.DataFrame) -> Table:
    distance = pl.col("distance")
    grouped = {
        row[0]: row[1:]
        for row in pairs.group_by("condition")
        .agg(
            pl.len(),
            *(distance.quantile(q).alias(f"q{q}") for q in (0.0, 0.25, 0.5, 0.75, 1.0)),
        )
        .rows()
    }
    return Table(
        columns=(
            study.terms.heading, "Pairs", "Least", "Quartile", "Median", "Quartile", "Most"
        ),
        rows=tuple((c.label, *grouped[c.id]) for c in study.conditions if c.id in grouped),
        full="pairs",
    )  # fmt: skip


def _families(study: Study, name: str) -> list[str]:
    """Conditions whose distances the analysis found to fall into two groups."""
    rows = study.rows("degeneracy", "condition", "metric", "at", "two_families")
    flagged = rows.filter(
        (pl.col("metric") == name) & (pl.col("at") == "end") & pl.col("two_families")
    )
    return [
        f"{study.by_id[one].label}: two families of solutions; one mean hides them."
        for one in flagged["condition"].to_list()
    ]
