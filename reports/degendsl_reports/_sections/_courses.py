"""What training does to degeneracy: each level from untrained networks to the end."""

import altair as alt
import polars as pl

from .._charts import Chart, Panel, Table
from .._degeneracy import primary
from .._marks import apart
from .._numbers import Number, evenly, least, wide
from .._study import Study
from .._theme import Graphic, colours, names_x, shortened, text_width, tip, value_y, which
from .._words import LEVELS

_TIMES = ("init", "threshold", "end")
# How tall a chart is in pixels; and so many names have room in it.
_TALL, _NAMES = 180, 14
# Pixels before a name, and about those that the vertical axis takes.
_BEFORE, _AXIS = 8, 52


def course_charts(study: Study) -> list[Chart]:
    """What training does to degeneracy: each level from untrained networks to the end."""
    charts = []
    columns = ("value", "ci_low", "ci_high")
    for level in LEVELS:
        name = primary(study, level)
        rows = study.rows("degeneracy", "condition", "level", "metric", "at", *columns).filter(
            (pl.col("metric") == name) & (pl.col("level") == level) & pl.col("value").is_not_null()
        )
        times = tuple(at for at in _TIMES if (rows["at"] == at).any())
        if len(times) < 2:
            continue
        charts.append(_course(study, level, name, rows, times))
    return charts


def _course(
    study: Study, level: str, name: str, rows: pl.DataFrame, times: tuple[str, ...]
) -> Chart:
    log = wide(rows["value"].to_list(), 20)
    words = study.metric(name)
    values = {(c, at): value for c, at, value in rows.select("condition", "at", "value").rows()}
    if log:
        # An interval may reach zero, which has no place on this axis: it ends a decade below.
        rows = rows.with_columns(pl.col("ci_low").clip(least(rows["value"]) / 10))
    seen = [one for c in ("value", "ci_low", "ci_high") for one in rows[c].drop_nulls().to_list()]
    placed = study.placed(rows.filter(pl.col("at").is_in(times)))
    # Side by side in the middle of its band, so that intervals can be told apart.
    middle = (len(study.levels) - 1) / 2
    apiece = min(0.06, 0.16 / max(1, middle))
    placed = placed.with_columns(shift=0.5 + apiece * (pl.col("position") - middle))
    facets = len(study.facets)
    longest = max((text_width(_short(one)) for one in _said(study, placed)), default=0)

    def panel(facet: str) -> Panel:
        here = placed.filter(pl.col("facet") == facet)
        return Panel(draw=lambda width: draw(here, width), title=facet)

    def draw(here: pl.DataFrame, width: Number) -> Graphic:
        x, y = names_x(times, width, "at"), value_y("value", words.axis, seen, log=log)
        beside = alt.XOffset("shift:Q", scale=alt.Scale(domain=[0, 1]))
        base = alt.Chart(
            here.select("band", "label", "at", "value", "ci_low", "ci_high", "shift")
        ).encode(
            x=x,
            xOffset=beside,
            color=colours(study),
            detail=alt.Detail("label:N"),
        )
        layers = [
            base.mark_line(strokeWidth=1.2).encode(y=y),
            base.mark_rule().encode(y=alt.Y("ci_low:Q"), y2=alt.Y2("ci_high:Q")),
            base.mark_circle(size=40, opacity=1).encode(
                y=y,
                tooltip=[
                    which(study),
                    tip("at", "when", "N"),
                    tip("value", "value"),
                    tip("ci_low", "95\u202f% from"),
                    tip("ci_high", "to"),
                ],
            ),
            _names(study, here.filter(pl.col("at") == times[-1]), seen, log=log).encode(
                x=x, xOffset=beside, y=y, color=colours(study)
            ),
            # Names begin at the last of the lines.
            _room(width, (0.5 - apiece * middle) / len(times), longest),
        ]
        return alt.layer(*layers, height=_TALL)

    return Chart(
        id=f"course-{level}",
        title=f"{LEVELS[level]}, from untrained to trained",
        summary=f"{words.title}{study.of_each} when untrained and at the end, with "
        f"95\u202f% intervals; names: {study.axis or f'the {study.terms.condition}'}.",
        panels=[panel(facet) for facet in study.facets],
        width=332 if facets <= 3 else 246,
        table=Table(
            columns=(study.terms.heading, *times),
            rows=tuple(
                (c.label, *(values.get((c.id, at)) for at in times)) for c in study.conditions
            ),
            full="degeneracy",
        ),
    )


def _names(study: Study, rows: pl.DataFrame, seen: list[Number], *, log: bool) -> alt.Chart:
    """Levels by name where their lines end, moved apart where those are close."""
    kept = rows.filter(pl.col("label").is_in(evenly(rows["label"].to_list(), _NAMES)))
    places = apart(kept["value"].to_list(), seen, _TALL, log=log)
    short = [_short(name) for name in _said(study, kept)]
    named = kept.select("band", "at", value=pl.Series(places), short=pl.Series(short))
    named = named.with_columns(shift=pl.lit(rows["shift"].max()))
    text = alt.Chart(named).mark_text(align="left", dx=_BEFORE)
    return text.encode(text=alt.Text("short:N"))


def _said(study: Study, rows: pl.DataFrame) -> list[str]:
    """What lines are called."""
    return rows["label" if study.factor is None else "band"].to_list()


def _short(name: str) -> str:
    return shortened(name, 24)


def _room(width: Number, left: Number, longest: Number) -> alt.Chart:
    """A mark that nobody sees, as far right of the axes as names reach.

    Vega makes axes narrower by what sticks out, but names begin inside, where a share `left` of the
    axis is still to come, and so move by less than that.
    """
    beyond = (longest + _BEFORE - left * (width - _AXIS)) / (1 - left)
    strut = alt.Chart(alt.Data(values=[{}])).mark_text(align="right", dx=max(beyond, 0), opacity=0)
    return strut.encode(x=alt.XValue("width"), y=alt.YValue(0), text=alt.TextValue("."))
