"""Charts that several sections share: a point a network, curves a condition, how pairs spread."""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import polars as pl

from .._charts import Chart, Panel, Table
from .._marks import across, jitter, reference_lines, reference_names
from .._numbers import Number, number, wide
from .._study import Condition, Study, farthest, least, most
from .._theme import (
    NETWORK,
    Graphic,
    colours,
    equal,
    equal_axes,
    focus,
    levels_x,
    names_y,
    paint,
    ring,
    tip,
    value_x,
    value_y,
)

# Points of one strip chart; the other views draw every network.
_MOST_POINTS = 1200
# Bars of a distribution.
_STEPS = 40


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

    thinned = f"{drawn.height} of {total} networks are drawn, evenly chosen."
    return Chart(
        id=id,
        title=title,
        summary=f"{title} of {total} networks, from {number(min(values))} to "
        f"{number(max(values))}.",
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
            tooltip=[*NETWORK, tip("value", "value")],
        )
    )
    medians = (
        across(centres, x)
        .mark_rule(strokeWidth=2.6)
        .encode(
            y=y,
            color=colours(study),
            tooltip=[tip("label", "condition", "N"), tip("value", "median")],
        )
    )
    starts = centres.drop_nulls("init").with_columns(value="init", reference=pl.lit("init"))
    layers = [points, medians]
    if starts.height:
        layers += [
            reference_lines(starts, x, y),
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
        columns=("Condition", "Networks", "Median", "Least", "Most"),
        rows=tuple((c.label, *grouped[c.id]) for c in study.conditions if c.id in grouped),
        full="networks",
    )


def per_condition(
    conditions: Sequence[Condition], draw: Callable[[Condition, Number], Any]
) -> list[Panel]:
    """A panel for each condition, titled and coloured as it."""

    def panel(condition: Condition) -> Panel:
        return Panel(
            draw=lambda width: draw(condition, width),
            title=condition.label,
            colour=condition.colour,
        )

    return [panel(condition) for condition in conditions]


def panel_width(count: int) -> Number:
    """How wide panels are drawn on the page so that so many make a figure one can take in."""
    return 332 if count <= 3 else 246 if count <= 8 else 160


def distribution_chart(study: Study, name: str, *, id: str) -> Chart | None:
    """How the distances of pairs spread, a row a condition; two humps are two families."""
    pairs = study.rows("pairs", "condition", "metric", "at", "distance").filter(
        (pl.col("metric") == name) & (pl.col("at") == "end") & pl.col("distance").is_not_null()
    )
    if pairs.height < 3:
        return None
    words = study.metric(name)
    counts = study.placed(_histogram(pairs))

    def panel(facet: str) -> Panel:
        here = counts.filter(pl.col("facet") == facet)
        return Panel(draw=lambda width: _ridges(study, here, words.axis, width), title=facet)

    return Chart(
        id=id,
        title=f"How pairs differ: {words.title}",
        summary=f"Distribution of {pairs.height} distances, a row per condition.",
        panels=[panel(facet) for facet in study.facets],
        width=506 if len(study.facets) == 1 else 332 if len(study.facets) <= 3 else 246,
        table=_quartiles(study, pairs),
        flags=_families(study, name),
    )


def _histogram(pairs: pl.DataFrame) -> pl.DataFrame:
    """Counts in 40 equal steps of distance, for each condition all of them."""
    low, high = least(pairs["distance"]), most(pairs["distance"])
    step = (high - low) / _STEPS or 1.0
    bins = pl.DataFrame({"bin": range(_STEPS)}, schema={"bin": pl.Int64})
    counted = (
        pairs.with_columns(
            bin=((pl.col("distance") - low) / step).floor().cast(pl.Int64).clip(0, _STEPS - 1)
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
    names, y = names_y(study.levels, "foot")
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
            y=y, y2=alt.Y2("top:Q"), tooltip=[tip("label", "condition", "N")]
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
        columns=("Condition", "Pairs", "Least", "Quartile", "Median", "Quartile", "Most"),
        rows=tuple((c.label, *grouped[c.id]) for c in study.conditions if c.id in grouped),
        full="pairs",
    )


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


def map_chart(study: Study, name: str, *, id: str, title: str, unit: str) -> Chart | None:
    """Networks as points whose distances are theirs, a panel a condition, all to one scale."""
    maps = study.named("maps", "metric", "at", "x", "y", "stress")
    # The distance per parameter has the map of the distance itself.
    there = [one for one in (name, name.partition("_")[0]) if (maps["metric"] == one).any()]
    rows = maps.filter(
        pl.col("metric").is_in(there[:1]) & (pl.col("at") == "end") & pl.col("x").is_not_null()
    )
    if not rows.height:
        return None
    bound = farthest(rows["x"]) * 1.1
    # Flat where the second dimension says little, but never so flat that marks run together.
    tall = max(farthest(rows["y"]) * 1.15, 0.35 * bound)
    shown = [c for c in study.conditions if (rows["condition"] == c.id).any()]
    places = {c.id: rows.filter(pl.col("condition") == c.id) for c in shown}

    def draw(condition: Condition, width: Number) -> Graphic:
        here = study.placed(places[condition.id]).select("x", "y", "who", "label", "name")
        titles = (f"MDS 1 ({unit})", f"MDS 2 ({unit})")
        points = (
            alt.Chart(here)
            .mark_circle(size=50 if width > 200 else 20, color=paint(condition.position))
            .encode(
                **equal_axes("x", "y", bound, tall, titles),
                opacity=focus(),
                stroke=ring(),
                tooltip=NETWORK,
            )
        )
        return equal(points, width, tall / bound)

    stress = [most(places[c.id]["stress"]) for c in shown]
    return Chart(
        id=id,
        title=title,
        summary="One point a network; near points are alike. The share of distance that two "
        f"dimensions misplace (stress) is {number(min(stress))} to {number(max(stress))}.",
        panels=per_condition(shown, draw),
        width=panel_width(len(shown)),
        table=Table(
            columns=("Condition", "Networks", "Stress"),
            rows=tuple(
                (c.label, places[c.id].height, s) for c, s in zip(shown, stress, strict=True)
            ),
            full="maps",
        ),
        note="Multidimensional scaling, each condition on its own, all to one scale. "
        + study.sampled,
    )
