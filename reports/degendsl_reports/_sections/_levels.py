"""The section of the three levels: a chart each, and two factors at a glance."""

import math
from collections.abc import Iterator

import altair as alt
import polars as pl

from .._charts import Chart, Panel
from .._colours import shade
from .._degeneracy import degeneracy, primary
from .._numbers import Number, number
from .._study import Study
from .._theme import PAPER, Graphic, levels_x, text_width, tip, which
from .._words import LEVELS, lowered
from ._level_chart import COLUMNS, REFERENCES, level_chart, told
from ._section import Section

# By the number of levels that could be measured.
_TITLES = (
    "Degeneracy",
    "Degeneracy at one level",
    "Degeneracy at two levels",
    "Degeneracy at three levels",
)


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
        title=_TITLES[len(charts)],
        intro=" ".join(_explained(study)) if charts else "",
        charts=[*charts, *heat],
        template="levels.html.jinja",
        data={"missing": missing},
    )


def heat_map(study: Study, level: str) -> Chart:
    """A two-factor sweep at a glance: one cell a condition, its value written in it."""
    name = primary(study, level)
    rows = study.placed(degeneracy(study, level).filter(pl.col("metric") == name))
    known = rows["value"].drop_nulls().to_list()
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    shades = [shade((v - low) / (high - low) if high > low else 0.5) for v in known]
    # Where all are small or large, cells hold what is before the power of ten.
    power = math.floor(math.log10(high)) if high > 0 and not 0.01 <= high < 10_000 else 0
    said = [number(v / 10.0**power, 2) for v in known]
    room = max(map(text_width, said), default=0) + 4
    cells = rows.drop_nulls("value").with_columns(
        said=pl.Series(said, dtype=pl.String),
        fill=pl.Series([fill for fill, _ in shades], dtype=pl.String),
        ink=pl.Series([ink for _, ink in shades], dtype=pl.String),
    )

    def draw(width: Number) -> Graphic:
        side = alt.Scale(domain=study.facets, padding=0)
        base = alt.Chart(cells).encode(
            x=levels_x(study, width, gap=0),
            y=alt.Y("facet:N", scale=side, axis=alt.Axis(title=None)),
            tooltip=[which(study), tip("value", "value")],
        )
        layers = [base.mark_rect(stroke=PAPER).encode(fill=alt.Fill("fill:N", scale=None))]
        if (width - 90) / len(study.levels) > room:
            layers.append(
                base.mark_text().encode(
                    text=alt.Text("said:N"), color=alt.Color("ink:N", scale=None)
                )
            )
        return alt.layer(*layers, height=30 * len(study.facets))

    table = told(study, rows, COLUMNS, full="degeneracy")
    return Chart(
        id=f"heat-{level}",
        title=f"{LEVELS[level]}: {lowered(study.metric(name).title)}",
        summary=f"{study.metric(name).title} in each of {rows.height} conditions, from "
        f"{number(low)} to {number(high)}; darker cells are more degenerate."
        f"{f' Cells in units of {number(10.0**power)}.' if power else ''}",
        panels=[Panel(draw=draw)],
        table=table,
    )


def _explained(study: Study) -> Iterator[str]:
    yield (
        "Large points with bars: value and 95\u202f% interval over networks. Small points: what is "
        "behind the value."
    )
    if primary(study, "behavior"):
        yield (
            "Intervals of losses and of disagreement hold the truth less often than they say where "
            "a few networks are far worse than the rest."
        )
    there = study.rows("degeneracy", *(column for column, _ in REFERENCES))
    words = {
        "untrained": "untrained: the same networks before training",
        "surrogate": "shuffled: the same matrices with their entries shuffled",
        "null": "null: a network against itself on two trial sets",
        "cross": "cross: two networks on those two sets, to be held against the null",
        "floor": "floor: a network retrained from weights one rounding away",
    }
    known = [words[column] for column in words if there[column].is_not_null().any()]
    if known:
        yield f"Grey lines: {'; '.join(known)}."
