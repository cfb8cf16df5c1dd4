"""Degeneracy at the three levels: values, what is behind them, what to hold them against."""

from typing import Any

import polars as pl

from .._charts import Chart, Panel, Table, table_of
from .._drawing import Axis, Plot, Point, spread, text_width
from .._scales import Bands, Linear, Log, Number, fitted, number, wide
from .._study import Study
from .._words import LEVEL_NOTES, LEVELS, lowered, metric
from ._section import Section

# Reference values drawn on the same axis: column, word and line.
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
    "ci_low": "95 % from",
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
        intro="Large points with bars: value and 95 % interval over networks. Small points: what "
        "is behind the value. " + _explained(study),
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
    words = metric(name)
    rows = _labelled(study, _rows(study, level).filter(pl.col("metric") == name))
    points, note = _points(study, name)
    values = [v for column in ("value", "ci_low", "ci_high") for v in rows[column].to_list()]
    seen = [*values, *(p for _, p, _ in points), *(v for c, _ in REFERENCES for v in rows[c])]
    # Null and floor may lie near zero, which is just where they are to be seen.
    log = wide([*rows["value"].to_list(), *rows["untrained"].to_list()], 20)
    if log:
        # A deviation or an interval may reach zero, which has no place on this axis.
        least = min(v for v in rows["value"].to_list() if v is not None)
        seen = [v for v in seen if v is not None and v > least / 1e3]
    scale = fitted(seen, log=log)
    axis = words.axis + (" (log)" if isinstance(scale, Log) else "")

    def panel(facet: str) -> Panel:
        here = rows.filter(pl.col("facet") == facet)
        behind = [(position, y, who) for position, y, who in points_of(study, points, facet)]

        def draw(panel_width: Number) -> Plot:
            return _level_plot(study, here, behind, scale, axis, panel_width)

        return Panel(draw=draw, title=facet)

    table = table_of(rows.drop("facet", "position"), _COLUMNS, full="degeneracy")
    return Chart(
        id=id,
        title=title or LEVELS[level],
        summary=_summary(words.title, rows),
        panels=[panel(facet) for facet in study.facets],
        width=width if len(study.facets) <= 3 else 246,
        table=table,
        note=" ".join(filter(None, (LEVEL_NOTES[level] if not title else "", words.note, note))),
        flags=_flags(rows),
    )


def points_of(study: Study, points: list[tuple[int, Number, str]], facet: str) -> list[Any]:
    """Points of the conditions of one facet: position on the axis, value, who."""
    return [
        (study.conditions[index].position, y, who)
        for index, y, who in points
        if study.conditions[index].facet == facet
    ]


def _level_plot(
    study: Study,
    rows: pl.DataFrame,
    behind: list[tuple[int, Number, str]],
    scale: Linear | Log,
    axis: str,
    width: Number,
) -> Plot:
    references = [(c, w) for c, w in REFERENCES if rows[c].is_not_null().any()]
    room = 8 + max((text_width(w) for _, w in references), default=0)
    bands = Bands(names=study.levels)
    plot = Plot(width, 260, Axis(bands, study.factor or ""), Axis(scale, axis), right=room)
    step = (plot.right - plot.left) / len(study.levels)
    for column, _ in references:
        for position, value in rows.select("position", column).rows():
            if value is not None:
                plot.tick(position, value, step * 0.42, kind=f"reference {column}")
    counts: dict[int, int] = {}
    for position in range(len(study.levels)):
        places = [(y, who) for p, y, who in behind if p == position]
        shifted = []
        for y, who in places:
            index = counts[position] = counts.get(position, 0) + 1
            # Multiples of the golden ratio never bunch, and repeat each time.
            share = (index * 0.6180339887498949) % 1.0
            shifted.append((Point(position, y, who), step * (0.06 + 0.3 * share)))
        if shifted:
            radius = 2.2 if step > 24 else 1.4
            plot.shifted_dots(shifted, colour=f"c{position}", radius=radius, kind="behind")
    left = -min(step * 0.14, 14)
    for position, value, low, high in rows.select("position", "value", "ci_low", "ci_high").rows():
        if value is None:
            continue
        if low is not None and high is not None:
            plot.whisker(position, low, high, colour=f"c{position}", shift=left)
        plot.shifted_dots(
            [(Point(position, value), left)],
            colour=f"c{position}",
            radius=5 if step > 24 else 3,
            kind="value",
        )
    _name_references(plot, rows, references)
    return plot


def _name_references(plot: Plot, rows: pl.DataFrame, references: list[tuple[str, str]]) -> None:
    """Direct labels at the right end, moved apart where lines are close."""
    last = rows.sort("position")
    found = [(word, last[column].drop_nulls()) for column, word in references]
    places = spread([plot.y(values[-1]) for _, values in found], 12, plot.bottom)
    for (word, _), y in zip(found, places, strict=True):
        plot.text(plot.right + 4, y + 4, word, kind="soft")


def _points(study: Study, name: str) -> tuple[list[tuple[int, Number, str]], str]:
    """What is behind a value: pairs, or each network; and what was left out of the drawing."""
    if name in ("ood_spread", "ood_mse_mean"):
        losses = study.named("networks", "ood_mse", "outcome").filter(
            pl.col("ood_mse").is_not_null() & pl.col("outcome").is_in(["converged", "given"])
        )
        if name == "ood_spread":
            centre = pl.col("ood_mse").mean().over("condition")
            losses = losses.with_columns(ood_mse=(pl.col("ood_mse") - centre).abs())
        rows = losses.select("condition", "ood_mse", "who").rows()
        return [(study.by_id[c].index, y, who) for c, y, who in rows], study.sampled
    pairs = study.rows("pairs", "condition", "metric", "at", "seed_a", "seed_b", "distance")
    pairs = pairs.filter(
        (pl.col("metric") == name) & (pl.col("at") == "end") & pl.col("distance").is_not_null()
    )
    if not pairs.height:
        return [], ""
    counted = pairs.with_columns(
        rank=pl.int_range(pl.len()).over("condition"), total=pl.len().over("condition")
    )
    most = max(12, min(MOST_PAIRS, MOST_POINTS // len(study.conditions)))
    step = (pl.col("total") / most).ceil().cast(pl.Int64)
    kept = counted.filter(pl.col("rank") % step == 0)
    note = (
        f"{kept.height} of {pairs.height} pairs are drawn, evenly chosen."
        if kept.height < pairs.height
        else ""
    )
    rows = kept.select("condition", "distance", "seed_a", "seed_b").rows()
    index = {one.id: one.index for one in study.conditions}
    return [(index[c], y, f"{index[c]}.{a} {index[c]}.{b}") for c, y, a, b in rows], note


def heat_map(study: Study, level: str) -> Chart:
    """A two-factor sweep at a glance: one cell a condition, its value written in it."""
    name = primary(study, level)
    rows = _labelled(study, _rows(study, level).filter(pl.col("metric") == name))
    known = [v for v in rows["value"].to_list() if v is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)

    def draw(width: Number) -> Plot:
        facets = study.facets
        x = Axis(Bands(names=study.levels), study.factor or "")
        plot = Plot(
            width, 60 + 34 * len(facets), x, Axis(Bands(names=facets), ""), grid=False, top=6
        )
        for position, facet, value in rows.select("position", "facet", "value").rows():
            row = facets.index(facet)
            if value is None:
                continue
            share = (value - low) / (high - low) if high > low else 0.5
            shade = f"h{round(share * 8)}"
            plot.bar(position - 0.5, position + 0.5, row - 0.5, row + 0.5, colour=shade)
            if (plot.right - plot.left) / len(study.levels) > 30:
                plot.text(
                    plot.x(position),
                    plot.y(row) + 4,
                    number(value, 2),
                    anchor="middle",
                    kind=f"over {shade}",
                )
        return plot

    table = table_of(rows.drop("facet", "position"), _COLUMNS, full="degeneracy")
    return Chart(
        id=f"heat-{level}",
        title=f"{LEVELS[level]}: {lowered(metric(name).title)}",
        summary=f"{metric(name).title} in each of {rows.height} conditions, from "
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


def _labelled(study: Study, rows: pl.DataFrame) -> pl.DataFrame:
    places = pl.DataFrame(
        [
            {"condition": c.id, "label": c.label, "position": c.position, "facet": c.facet}
            for c in study.conditions
        ]
    )
    return rows.join(places, on="condition", how="left", maintain_order="left")


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
    labelled = _labelled(study, rows).select("level", "metric", "at", "label", *names, "n_networks")
    return table_of(
        labelled,
        {"level": "Level", "metric": "Metric", "at": "When", **_COLUMNS},
        full="degeneracy",
    )
