"""Charts that several sections share: a point a network, curves a condition, how pairs spread."""

from collections.abc import Callable, Sequence

import polars as pl

from .._charts import Chart, Panel, Table
from .._drawing import Axis, Plot, Point
from .._scales import Bands, Linear, Log, Number, fitted, number, wide
from .._study import Condition, Study, farthest, most
from .._words import NETWORK_COLUMNS, metric

# Points of one strip chart; the other views draw every network.
_MOST_POINTS = 1200


def strip_chart(study: Study, column: str, *, id: str, width: Number = 332) -> Chart | None:
    """One number a network, a strip a condition, with medians; None where nobody has it."""
    before = f"{column}_init"
    rows = study.named("networks", column, before).filter(pl.col(column).is_not_null())
    if not rows.height:
        return None
    title, axis = NETWORK_COLUMNS.get(column, (column.replace("_", " "),) * 2)
    values = rows[column].cast(pl.Float64).to_list()
    starts = rows[before].drop_nulls().to_list()
    log = wide([*values, *starts], 30)
    scale = fitted([*values, *starts], log=log, zero=not log)
    axis += " (log)" if isinstance(scale, Log) else ""

    def panel(facet: str) -> Panel:
        return Panel(
            draw=lambda panel_width: _strips(study, rows, column, facet, scale, axis, panel_width),
            title=facet,
        )

    grouped = _per_condition(study, rows, column)
    total = rows.height
    rows = rows.filter(pl.int_range(pl.len()).over("condition") % -(-total // _MOST_POINTS) == 0)
    thinned = f"{rows.height} of {total} networks are drawn, evenly chosen."
    return Chart(
        id=id,
        title=title,
        summary=f"{title} of {total} networks, from {number(min(values))} to "
        f"{number(max(values))}.",
        panels=[panel(facet) for facet in study.facets],
        width=width if len(study.facets) <= 3 else 246,
        table=grouped,
        note=thinned if rows.height < total else study.sampled,
    )


def _strips(
    study: Study,
    rows: pl.DataFrame,
    column: str,
    facet: str,
    scale: Linear | Log,
    axis: str,
    width: Number,
) -> Plot:
    room = 34 if rows[f"{column}_init"].is_not_null().any() else 10
    bands = Bands(names=study.levels)
    plot = Plot(width, 210, Axis(bands, study.factor or ""), Axis(scale, axis), right=room)
    last = None
    step = (plot.right - plot.left) / len(study.levels)
    for condition in study.conditions:
        if condition.facet != facet:
            continue
        here = rows.filter(pl.col("condition") == condition.id)
        shifted = [
            (
                Point(condition.position, float(value), who),
                step * 0.5 * ((index * 0.6180339887498949) % 1.0 - 0.5),
            )
            for index, (value, who) in enumerate(here.select(column, "who").rows())
        ]
        radius = 3 if step > 24 else 1.6
        plot.shifted_dots(shifted, colour=condition.colour, radius=radius)
        median = here[column].cast(pl.Float64).median()
        if isinstance(median, float):
            plot.tick(condition.position, median, step * 0.36, kind=f"median {condition.colour}")
        start = here[f"{column}_init"].median()
        if isinstance(start, float):
            plot.tick(condition.position, start, step * 0.42, kind="reference null")
            last = plot.y(start)
    if last is not None:
        plot.text(plot.right + 4, last + 4, "init", kind="soft")
    return plot


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
    conditions: Sequence[Condition], draw: Callable[[Condition, Number], Plot]
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
    words = metric(name)
    scale = fitted(pairs["distance"].to_list(), zero=False)
    assert isinstance(scale, Linear)
    edges = [scale.low + (scale.high - scale.low) * i / 40 for i in range(41)]

    def panel(facet: str) -> Panel:
        return Panel(
            draw=lambda width: _ridges(study, pairs, facet, scale, edges, words.axis, width),
            title=facet,
        )

    quartiles = _quartiles(study, pairs)
    return Chart(
        id=id,
        title=f"How pairs differ: {words.title}",
        summary=f"Distribution of {pairs.height} distances, a row per condition.",
        panels=[panel(facet) for facet in study.facets],
        width=506 if len(study.facets) == 1 else 332 if len(study.facets) <= 3 else 246,
        table=quartiles,
        flags=_families(study, name),
    )


def _ridges(
    study: Study,
    pairs: pl.DataFrame,
    facet: str,
    scale: Linear,
    edges: list[Number],
    axis: str,
    width: Number,
) -> Plot:
    names = study.levels[::-1]
    each = 44 if len(names) <= 8 else 22 if len(names) <= 20 else 12
    plot = Plot(width, 52 + each * len(names), Axis(scale, axis), Axis(Bands(names=names)))
    for condition in study.conditions:
        values = pairs.filter(pl.col("condition") == condition.id)["distance"].to_list()
        if condition.facet != facet or not values:
            continue
        counts = [0] * 40
        for value in values:
            counts[min(39, max(0, int((value - scale.low) / (scale.high - scale.low) * 40)))] += 1
        foot = len(names) - 1 - condition.position - 0.42
        tops = [foot + 0.88 * count / max(counts) for count in counts]
        xs = [x for low, high in zip(edges, edges[1:], strict=False) for x in (low, high)]
        ys = [y for top in tops for y in (top, top)]
        plot.band(xs, [foot] * len(xs), ys, colour=condition.colour)
        plot.line(xs, ys, kind="outline", colour=condition.colour)
    return plot


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

    def draw(condition: Condition, width: Number) -> Plot:
        x = Axis(Linear(low=-bound, high=bound, count=4), f"MDS 1 ({unit})")
        y = Axis(Linear(low=-tall, high=tall, count=3), f"MDS 2 ({unit})")
        plot = Plot(width, None, x, y)
        points = [Point(x, y, w) for x, y, w in places[condition.id].select("x", "y", "who").rows()]
        plot.dots(points, colour=condition.colour, radius=4 if width > 200 else 2.5)
        return plot

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
