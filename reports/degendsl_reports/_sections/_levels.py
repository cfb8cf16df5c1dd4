"""Degeneracy at the three levels: values, what is behind them, what to hold them against."""

import altair as alt
import polars as pl

from .._charts import Chart, Panel, Table, table_of
from .._colours import shade
from .._marks import jitter, reference_lines, reference_names
from .._numbers import Number, number, wide
from .._study import Study
from .._theme import (
    NETWORK,
    PAPER,
    Graphic,
    colours,
    focus,
    levels_x,
    ring,
    tip,
    value_y,
)
from .._words import GIVEN_NOTE, LEVEL_NOTES, LEVELS, lowered
from ._section import Section

# Reference values drawn on the same axis: column and word.
REFERENCES = (
    ("untrained", "untrained"),
    ("surrogate", "shuffled"),
    ("cross", "cross"),
    ("null", "null"),
    ("floor", "floor"),
)
# Pairs drawn behind a value: of one condition, and of all together.
MOST_PAIRS, MOST_POINTS = 60, 1800
_COLUMNS = {
    "label": "Condition",
    "value": "Value",
    "ci_low": "95\u202f% from",
    "ci_high": "to",
    "untrained": "Untrained",
    "null": "Null",
    "cross": "Cross",
    "floor": "Floor",
    "n_networks": "Networks",
    "n_pairs": "Pairs",
}


def levels(study: Study) -> Section:
    """The three values, one chart a level, and what each reference means."""
    charts = [
        level_chart(study, level, primary(study, level), id=f"level-{level}")
        for level in LEVELS
        if primary(study, level)
    ]
    heat = [
        heat_map(study, level)
        for level in LEVELS
        if len(study.others) == 1 and len(study.facets) > 1 and primary(study, level)
    ]
    missing = [LEVELS[level] for level in LEVELS if not primary(study, level)]
    return Section(
        id="levels",
        title="Degeneracy at three levels",
        intro="Large points with bars: value and 95\u202f% interval over networks. Small points: "
        "what is behind the value. " + _explained(study),
        charts=[*charts, *heat],
        template="levels.html.jinja",
        data={"missing": missing},
    )


def primary(study: Study, level: str) -> str:
    """The metric that speaks for a level: the one expectations are about, else the first."""
    claimed = study.rows("expectations", "level", "metric").filter(pl.col("level") == level)
    measured = _rows(study, level)["metric"].unique(maintain_order=True).to_list()
    for name in claimed["metric"].to_list():
        if name in measured:
            return name
    if level == "weights" and "model.units" in study.factors and "pif_per_parameter" in measured:
        return "pif_per_parameter"
    return measured[0] if measured else ""


def others_of(study: Study, level: str) -> list[str]:
    """The other metrics of a level that have a value anywhere."""
    rows = _rows(study, level).filter(pl.col("value").is_not_null())
    return [
        name
        for name in rows["metric"].unique(maintain_order=True).to_list()
        if name != primary(study, level)
    ]


def level_chart(
    study: Study, level: str, name: str, *, id: str, width: Number = 332, title: str = ""
) -> Chart:
    """One metric: value, interval, points behind it and references, a panel per facet."""
    words = study.metric(name)
    rows = study.placed(_rows(study, level).filter(pl.col("metric") == name))
    behind, note = _behind(study, name)
    # Null and floor may lie near zero, which is just where they are to be seen.
    log = wide([*rows["value"].to_list(), *rows["untrained"].to_list()], 20)
    if log:
        # A deviation or an interval may reach zero, which has no place on this axis.
        least = rows["value"].drop_nulls().to_list()
        behind = behind.filter(pl.col("value") > min(least) / 1e3)
        rows = rows.with_columns(
            pl.when(pl.col(column) > min(least) / 1e3).then(column)
            for column in ("ci_low", *(column for column, _ in REFERENCES))
        )

    seen = [
        value
        for column in ("value", "ci_low", "ci_high", *(column for column, _ in REFERENCES))
        for value in rows[column].drop_nulls().to_list()
    ] + behind["value"].to_list()
    y = value_y("value", words.axis, seen, log=log)

    def panel(facet: str) -> Panel:
        here = rows.filter(pl.col("facet") == facet)
        points = behind.filter(pl.col("facet") == facet)
        return Panel(
            draw=lambda width: _level(study, here, points, y, seen, width, log=log),
            title=facet,
        )

    table = table_of(rows.drop("facet", "position", "band"), _COLUMNS, full="degeneracy")
    return Chart(
        id=id,
        title=title or LEVELS[level],
        summary=_summary(words.title, rows),
        panels=[panel(facet) for facet in study.facets],
        width=width if len(study.facets) <= 3 else 246,
        table=table,
        note=" ".join(filter(None, (_note(study, level) if not title else "", words.note, note))),
        flags=_flags(rows),
    )


# Where in its band a value stands, and where the points behind it begin and end.
_VALUE, _FIRST, _LAST = 0.22, 0.42, 0.92
_HEIGHT = 200


def _level(
    study: Study,
    rows: pl.DataFrame,
    behind: pl.DataFrame,
    y: alt.Y,
    seen: list[Number],
    width: Number,
    *,
    log: bool,
) -> Graphic:
    x, shift = levels_x(study, width), alt.Scale(domain=[0, 1])
    crowded = (width - 60) / len(study.levels) < 24
    there = [(column, word) for column, word in REFERENCES if rows[column].is_not_null().any()]
    references = (
        rows.select("band", "label", *(column for column, _ in there))
        .unpivot(index=["band", "label"], variable_name="of", value_name="value")
        .with_columns(reference=pl.col("of").replace_strict(dict(there), default=""))
        .drop_nulls("value")
    )
    base = alt.Chart(rows.drop_nulls("value").with_columns(shift=_VALUE)).encode(
        x=x, xOffset=alt.XOffset("shift:Q", scale=shift), color=colours(study)
    )
    layers = [
        reference_lines(references, x, y),
        alt.Chart(behind)
        .mark_circle(size=6 if crowded else 15)
        .encode(
            x=x,
            xOffset=alt.XOffset("shift:Q", scale=shift),
            y=y,
            color=colours(study),
            opacity=focus(0.36),
            stroke=ring(),
            tooltip=[*NETWORK, tip("value", "value")],
        ),
        base.mark_rule(strokeWidth=2.2).encode(y=alt.Y("ci_low:Q"), y2=alt.Y2("ci_high:Q")),
        base.mark_circle(size=30 if crowded else 80, opacity=1, stroke=PAPER).encode(
            y=y,
            tooltip=[
                tip("label", "condition", "N"),
                tip("value", "value"),
                tip("ci_low", "95\u202f% from"),
                tip("ci_high", "to"),
                *(tip(column, word) for column, word in there),
            ],
        ),
    ]
    if references.height:
        layers.append(reference_names(references, y, seen, _HEIGHT, log=log))
    return alt.layer(*layers, height=_HEIGHT)


def _note(study: Study, level: str) -> str:
    return GIVEN_NOTE if study.given and level == "behavior" else LEVEL_NOTES[level]


def _behind(study: Study, name: str) -> tuple[pl.DataFrame, str]:
    """What is behind a value: pairs, or each network; and what was left out of the drawing."""
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
    most = max(12, min(MOST_PAIRS, MOST_POINTS // len(study.conditions)))
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
    return (
        kept.with_columns(
            value=pl.col("distance"),
            name=pl.format("{} – {}", "seed_a", "seed_b"),
            who=pl.format("{}.{} {}.{}", index, "seed_a", index, "seed_b"),
        ),
        note,
    )


def heat_map(study: Study, level: str) -> Chart:
    """A two-factor sweep at a glance: one cell a condition, its value written in it."""
    name = primary(study, level)
    rows = study.placed(_rows(study, level).filter(pl.col("metric") == name))
    known = rows["value"].drop_nulls().to_list()
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    shades = [shade((v - low) / (high - low) if high > low else 0.5) for v in known]
    cells = rows.drop_nulls("value").with_columns(
        said=pl.col("value").map_elements(lambda v: number(v, 2), pl.String),
        fill=pl.Series([fill for fill, _ in shades], dtype=pl.String),
        ink=pl.Series([ink for _, ink in shades], dtype=pl.String),
    )

    def draw(width: Number) -> Graphic:
        side = alt.Scale(domain=study.facets, padding=0)
        base = alt.Chart(cells).encode(
            x=levels_x(study, width, gap=0),
            y=alt.Y("facet:N", scale=side, axis=alt.Axis(title=None)),
            tooltip=[tip("label", "condition", "N"), tip("value", "value")],
        )
        layers = [base.mark_rect(stroke=PAPER).encode(fill=alt.Fill("fill:N", scale=None))]
        if (width - 90) / len(study.levels) > 30:
            layers.append(
                base.mark_text().encode(
                    text=alt.Text("said:N"), color=alt.Color("ink:N", scale=None)
                )
            )
        return alt.layer(*layers, height=30 * len(study.facets))

    table = table_of(rows.drop("facet", "position", "band"), _COLUMNS, full="degeneracy")
    return Chart(
        id=f"heat-{level}",
        title=f"{LEVELS[level]}: {lowered(study.metric(name).title)}",
        summary=f"{study.metric(name).title} in each of {rows.height} conditions, from "
        f"{number(low)} to {number(high)}; darker cells are more degenerate.",
        panels=[Panel(draw=draw)],
        table=table,
    )


def _rows(study: Study, level: str) -> pl.DataFrame:
    names = ("value", "ci_low", "ci_high", "floor", "null", "cross", "untrained", "surrogate")
    rows = study.rows(
        "degeneracy", "condition", "level", "metric", "at", *names, "n_networks", "n_pairs"
    )
    return rows.filter((pl.col("level") == level) & (pl.col("at") == "end"))


def _summary(title: str, rows: pl.DataFrame) -> str:
    known = rows.filter(pl.col("value").is_not_null())
    if not known.height:
        return f"{title}: no value could be had."
    if known.height == 1:
        return f"{title}: {number(known['value'][0])}."
    lowest = known.row(known["value"].arg_min() or 0, named=True)
    highest = known.row(known["value"].arg_max() or 0, named=True)
    return (
        f"{title}: from {number(lowest['value'])} ({lowest['label']}) "
        f"to {number(highest['value'])} ({highest['label']})."
    )


def _flags(rows: pl.DataFrame) -> list[str]:
    found = []
    for row in rows.iter_rows(named=True):
        value, floor, cross, null = (row[name] for name in ("value", "floor", "cross", "null"))
        if value is not None and floor is not None and value <= floor:
            found.append(f"{row['label']}: at or below the floor, no more than rounding does.")
        # Only values on two trial sets may be held against the null, which is one of them.
        if cross is not None and null is not None and cross <= null:
            found.append(f"{row['label']}: networks differ no more than one does on other trials.")
    if len(found) > 6:
        return [*found[:5], f"and {len(found) - 5} more conditions like these; see the numbers."]
    return found


def _explained(study: Study) -> str:
    there = study.rows("degeneracy", *(column for column, _ in REFERENCES))
    words = {
        "untrained": "untrained: the same networks before training",
        "surrogate": "shuffled: the same matrices with their entries shuffled",
        "null": "null: a network against itself on two trial sets",
        "cross": "cross: two networks on those two sets, to be held against the null",
        "floor": "floor: a network retrained from weights one rounding away",
    }
    known = [words[column] for column in words if there[column].is_not_null().any()]
    return f"Grey lines: {'; '.join(known)}." if known else ""


def numbers(study: Study) -> Table:
    """Every value of every level and time, for reading."""
    names = ("value", "ci_low", "ci_high", "untrained", "null", "cross", "floor")
    rows = study.rows("degeneracy", "condition", "level", "metric", "at", *names, "n_networks")
    labelled = study.placed(rows).select("level", "metric", "at", "label", *names, "n_networks")
    return table_of(
        labelled,
        {"level": "Level", "metric": "Metric", "at": "When", **_COLUMNS},
        full="degeneracy",
    )
