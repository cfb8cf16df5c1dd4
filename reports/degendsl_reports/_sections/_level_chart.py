"""One metric of degeneracy: value, interval, what is behind it, what to hold it against."""

from collections.abc import Callable

import altair as alt
import polars as pl

from .._charts import Chart, Panel, Table, table_of
from .._degeneracy import degeneracy, provisional
from .._marks import reference_lines, reference_names
from .._numbers import PERCENT, Number, count, counts, number, span, wide
from .._study import Study
from .._theme import PAPER, Graphic, colours, focus, levels_x, network_of, ring, tip, value_y, which
from .._words import GIVEN_NOTE, LEVEL_NOTES, LEVELS, PROVISIONAL
from ._behind import behind

# Reference values drawn on the same axis: column and word.
REFERENCES = (
    ("untrained", "untrained"),
    ("surrogate", "shuffled"),
    ("cross", "cross"),
    ("null", "null"),
    ("floor", "floor"),
)
COLUMNS = {
    "label": "",
    "value": "Value",
    "ci_low": "95\u202f% from",
    "ci_high": "to",
    "untrained": "Untrained",
    "null": "Null",
    "cross": "Cross",
    "surrogate": "Shuffled",
    "floor": "Floor",
    "rank": "Rank",
    "n_networks": "Networks",
    "n_pairs": "Pairs",
}
# Columns that not every level has; empty ones are no help to a reader.
_SOME = frozenset(("surrogate", "null", "cross", "rank", "n_pairs"))
# Those that only training has.
_TRAINED = frozenset(("untrained", "floor"))


def level_chart(
    study: Study, level: str, name: str, *, id: str, width: Number = 332, title: str = ""
) -> Chart:
    """One metric: value, interval, points behind it and references, a panel per facet."""
    words = study.metric(name)
    rows = study.placed(degeneracy(study, level).filter(pl.col("metric") == name))
    points, left_out = behind(study, name)
    panel, not_drawn = values_drawn(study, rows, points, words.axis)
    return Chart(
        id=id,
        title=title or LEVELS[level],
        summary=_summary(study, words.title, rows),
        panels=[panel(pl.col("facet") == facet, facet) for facet in study.facets],
        width=_width(study, width),
        table=told(study, rows, COLUMNS, full="degeneracy"),
        note=" ".join(
            filter(
                None,
                (
                    _note(study, level) if not title else "",
                    words.note,
                    left_out,
                    not_drawn,
                    minima(study, name),
                ),
            )
        ),
        flags=_flags(rows) + ([PROVISIONAL] if provisional(study, level) else []),
    )


# What leads from each start to a minimum, by the distance.
_SOLVERS = {
    "dsa": "quasi-Newton steps",
    "pif": "annealing and Frank–Wolfe steps",
}


def minima(study: Study, name: str) -> str:
    """How sure the minimisation behind a distance is of what it found; of other metrics nothing."""
    rows = study.rows("solvers", "condition", "metric", "at", "starts", "agreeing", "gap")
    rows = rows.filter((pl.col("metric") == name) & (pl.col("at") == "end"))
    starts, agreeing, gaps = (
        rows[one].drop_nulls().to_list() for one in ("starts", "agreeing", "gap")
    )
    if not any(starts):
        return ""
    solver = _SOLVERS[name.partition("[")[0]]
    best = f"the best of {span([round(one) for one in starts])} starts of {solver}"
    said = [f"Distances are upper bounds, {best}"]
    if name.partition("[")[0] == "dsa":
        said[0] += f", {span([round(one / 2) for one in starts])} of each determinant"
    if agreeing:
        said.append(f"{span([round(100 * one) for one in agreeing])}{PERCENT} of them end there")
    if gaps:
        said.append(f"the next best minimum is {number(sum(gaps) / len(gaps), 2)} above")
    return f"{'; '.join(said)} (means over pairs)."


def told(study: Study, rows: pl.DataFrame, names: dict[str, str], *, full: str) -> Table:
    """Values in rows, without columns that this level does not have."""
    some = _SOME | _TRAINED if study.given else _SOME
    empty = {name for name in some & set(names) if not rows[name].is_not_null().any()}
    kept = {name: words for name, words in names.items() if name not in empty}
    return table_of(rows, kept | {"label": study.terms.heading}, full=full)


def values_drawn(
    study: Study, rows: pl.DataFrame, points: pl.DataFrame | None, axis: str
) -> tuple[Callable[[pl.Expr, str], Panel], str]:
    """What makes panels of some of the values, given which and a title; all have one axis.

    And what has no place on that axis, in words.
    """
    # Null and floor may lie near zero, which is just where they are to be seen.
    # Of few networks an interval may reach so far that all values would lie at the foot.
    far = ("value", "untrained", "ci_high")
    log = wide([value for column in far for value in rows[column].to_list()], 20)
    rows = rows.with_columns(low="ci_low", high="ci_high")
    not_drawn = ""
    if log:
        # A deviation or an interval may reach zero, which has no place on this axis.
        values = rows["value"].drop_nulls().to_list()
        least = min(values) / 1e3
        not_drawn = _not_drawn(study, rows, points, least)
        points = None if points is None else points.filter(pl.col("value") > least)
        low = ("low", *(column for column, _ in REFERENCES))
        foot = min(
            [min(values) / 10, *(v for one in low for v in rows[one].drop_nulls() if v > least)]
        )
        rows = rows.with_columns(
            pl.when(pl.col("low") <= least).then(foot).otherwise("low").alias("low"),
            *(pl.when(pl.col(column) > least).then(column) for column, _ in REFERENCES),
        )

    seen = [
        value
        for column in ("value", "low", "high", *(column for column, _ in REFERENCES))
        for value in rows[column].drop_nulls().to_list()
    ] + ([] if points is None else points["value"].to_list())
    y = value_y("value", axis, seen, log=log)

    def panel(which: pl.Expr, title: str) -> Panel:
        here = rows.filter(which)
        there = None if points is None else points.filter(which)
        return Panel(
            draw=lambda width: _level(study, here, there, y, seen, width, log=log), title=title
        )

    return panel, not_drawn


def _not_drawn(study: Study, rows: pl.DataFrame, points: pl.DataFrame | None, least: Number) -> str:
    """What is too near zero for logarithms: a network's deviation, a floor of copies."""
    few = 0 if points is None else points.filter(pl.col("value") <= least).height
    said = [count(few, "small point")] if few else []
    for column, word in REFERENCES:
        if few := rows.filter(pl.col(column) <= least).height:
            said.append(f"{word} of {count(few, study.terms.condition)}")
    return f"Too near zero to be drawn on this axis: {', '.join(said)}." if said else ""


def _width(study: Study, width: Number) -> Number:
    """Wider where many levels share one panel, narrower where there are many panels."""
    if len(study.facets) == 1:
        return width if len(study.levels) <= 8 else 506
    return width if len(study.facets) <= 3 else 246


# Where in its band a value stands; what is behind it is beside it.
_VALUE = 0.22
_HEIGHT = 200


def _level(
    study: Study,
    rows: pl.DataFrame,
    small: pl.DataFrame | None,
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
    points = (
        []
        if small is None
        else [
            alt.Chart(small)
            .mark_circle(size=6 if crowded else 15)
            .encode(
                x=x,
                xOffset=alt.XOffset("shift:Q", scale=shift),
                y=y,
                color=colours(study),
                opacity=focus(0.36),
                stroke=ring(),
                tooltip=[*network_of(study), tip("value", "value")],
            )
        ]
    )
    layers = [
        reference_lines(references, x, y, which(study)),
        *points,
        base.mark_rule(strokeWidth=2.2).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q")),
        base.mark_circle(size=30 if crowded else 80, opacity=1, stroke=PAPER).encode(
            y=y,
            tooltip=[
                which(study),
                tip("value", "value"),
                tip("ci_low", "95\u202f% from"),
                tip("ci_high", "to"),
                *(tip(column, word) for column, word in there),
                *([tip("rank", "rank")] if rows["rank"].is_not_null().any() else []),
            ],
        ),
    ]
    if references.height:
        layers.append(reference_names(references, y, seen, _HEIGHT, log=log))
    return alt.layer(*layers, height=_HEIGHT)


def _note(study: Study, level: str) -> str:
    return GIVEN_NOTE if study.given and level == "behavior" else LEVEL_NOTES[level]


def _summary(study: Study, title: str, rows: pl.DataFrame) -> str:
    known = rows.filter(pl.col("value").is_not_null())
    if not known.height:
        return f"{title}: no value could be had."
    if known.height == 1:
        return f"{title}: {number(known['value'][0])}; {counted(study, known)}."
    lowest = known.row(known["value"].arg_min() or 0, named=True)
    highest = known.row(known["value"].arg_max() or 0, named=True)
    return (
        f"{title}: from {number(lowest['value'])} ({lowest['label']}) "
        f"to {number(highest['value'])} ({highest['label']}); {counted(study, known)}."
    )


def counted(study: Study, rows: pl.DataFrame) -> str:
    """How many networks and pairs a condition stand behind values."""
    kinds = [
        counts(rows[column].to_list(), kind)
        for column, kind in (("n_networks", "network"), ("n_pairs", "pair"))
        if rows[column].is_not_null().any()
    ]
    return f"{', '.join(kinds)}{study.each}" if kinds else "of an unknown number of networks"


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
        return [*found[:5], f"and {len(found) - 5} more like these; see the numbers."]
    return found
