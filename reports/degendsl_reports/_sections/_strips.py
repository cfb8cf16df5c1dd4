"""A point a network: one number of each, a strip a condition."""

import altair as alt
import polars as pl

from .._charts import Chart, Panel, Table
from .._marks import across, jitter, reference_lines, reference_names
from .._numbers import Number, count, span, wide
from .._study import Study
from .._theme import Graphic, colours, focus, levels_x, network_of, ring, tip, value_y, which

# Points of one strip chart; the other views draw every network.
_MOST_POINTS = 1200


def strip_chart(study: Study, column: str, *, id: str, width: Number = 332) -> Chart | None:
    """One number a network, a strip a condition, with medians; None where nobody has it."""
    before = f"{column}_init"
    rows = study.named("networks", column, before).filter(pl.col(column).is_not_null())
    if not rows.height:
        return None
    title, axis = study.network_column(column)
    rows = study.placed(rows.with_columns(pl.col(column).cast(pl.Float64).alias("value")))
    values = rows["value"].to_list()
    log = wide([*values, *rows[before].drop_nulls().to_list()], 30)
    grouped = _per_condition(study, rows, column)
    centres = rows.group_by("condition", maintain_order=True).agg(
        pl.col("band", "facet", "label").first(),
        pl.col("value").median(),
        pl.col(before).median().alias("init"),
    )
    total = rows.height
    drawn = rows.filter(pl.int_range(pl.len()).over("condition") % -(-total // _MOST_POINTS) == 0)
    drawn = drawn.with_columns(shift=jitter(pl.int_range(pl.len()).over("condition")))

    seen = [*values, *centres["init"].drop_nulls().to_list()]
    y = value_y("value", axis, seen, log=log, zero=not log)

    def panel(facet: str) -> Panel:
        here, middle = (frame.filter(pl.col("facet") == facet) for frame in (drawn, centres))
        return Panel(
            draw=lambda width: _strips(study, here, middle, y, seen, width, log=log), title=facet
        )

    of = count(total, "network")
    thinned = f"{drawn.height} of {total} networks are drawn, evenly chosen."
    return Chart(
        id=id,
        title=title,
        summary=f"{title} of {of}: {span(values)}. Line: the median"
        f"{'; init: the median before training' if centres['init'].is_not_null().any() else ''}.",
        panels=[panel(facet) for facet in study.facets],
        width=width if len(study.facets) <= 3 else 246,
        table=grouped,
        note=thinned if drawn.height < total else study.sampled,
    )


_HEIGHT = 150


def _strips(
    study: Study,
    rows: pl.DataFrame,
    centres: pl.DataFrame,
    y: alt.Y,
    seen: list[Number],
    width: Number,
    *,
    log: bool,
) -> Graphic:
    x = levels_x(study, width)
    crowded = (width - 60) / len(study.levels) < 24
    points = (
        alt.Chart(rows.select("band", "label", "name", "who", "value", "shift"))
        .mark_circle(size=8 if crowded else 28)
        .encode(
            x=x,
            xOffset=alt.XOffset("shift:Q", scale=alt.Scale(domain=[-0.5, 1.5])),
            y=y,
            color=colours(study),
            opacity=focus(0.6),
            stroke=ring(),
            tooltip=[*network_of(study), tip("value", "value")],
        )
    )
    medians = (
        across(centres, x)
        .mark_rule(strokeWidth=2.6)
        .encode(
            y=y,
            color=colours(study),
            tooltip=[which(study), tip("value", "median")],
        )
    )
    starts = centres.drop_nulls("init").with_columns(value="init", reference=pl.lit("init"))
    layers = [points, medians]
    if starts.height:
        layers += [
            reference_lines(starts, x, y, which(study)),
            reference_names(starts, y, seen, _HEIGHT, log=log),
        ]
    return alt.layer(*layers, height=_HEIGHT)


def _per_condition(study: Study, rows: pl.DataFrame, column: str) -> Table:
    grouped = {
        row[0]: row[1:]
        for row in rows.group_by("condition")
        .agg(
            pl.len(),
            pl.col(column).median().cast(pl.Float64).alias("median"),
            pl.col(column).min().cast(pl.Float64).alias("least"),
            pl.col(column).max().cast(pl.Float64).alias("most"),
        )
        .rows()
    }
    return Table(
        columns=(study.terms.heading, "Networks", "Median", "Least", "Most"),
        rows=tuple((c.label, *grouped[c.id]) for c in study.conditions if c.id in grouped),
        full="networks",
    )
