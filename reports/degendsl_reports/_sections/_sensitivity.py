"""The sensitivity grid: whether a finding survives other settings of the measure."""

import math

import altair as alt
import polars as pl

from .._charts import Chart, Panel, table_of
from .._degeneracy import primary
from .._numbers import Number
from .._study import Study
from .._theme import SOFT, Graphic, tip
from .._words import LEVELS
from ._settings import settings_chart


def sensitivity_charts(study: Study, level: str) -> list[Chart]:
    """Where other settings were asked for: what they do to the changes, and the values behind."""
    values = settings_chart(study, level)
    return [*_changes(study, level), *([values] if values else [])]


def _changes(study: Study, level: str) -> list[Chart]:
    """One chart a level, a panel a factor, a row a setting."""
    name = primary(study, level)
    rows = study.rows(
        "sensitivity", "factor", "level", "metric", "setting", "change", "ci_low", "ci_high"
    ).filter((pl.col("level") == level) & (pl.col("metric") == name))
    if not rows.height:
        return []
    factors = rows["factor"].unique(maintain_order=True).to_list()
    rows = rows.with_columns(
        ratio=1 + pl.col("change"), low=1 + pl.col("ci_low"), high=1 + pl.col("ci_high")
    )
    ends = _ends(rows)
    cut = any((rows[name] < ends[0]).any() or (rows[name] > ends[1]).any() for name in _DRAWN)

    def panel(factor: str) -> Panel:
        here = rows.filter(pl.col("factor") == factor)
        return Panel(draw=lambda width: _forest(here, ends, factor), title=factor)

    signs = {bool(change > 0) for change in rows["change"].drop_nulls().to_list()}
    agreed = (
        "the sign is the same in all of them" if len(signs) == 1 else "the sign depends on them"
    )
    return [
        Chart(
            id=f"sensitivity-{level}",
            title=f"{LEVELS[level]} under other settings of the measure",
            summary=f"Change of degeneracy along each factor, a row a setting, with "
            f"95\u202f% interval: {agreed}.",
            panels=[panel(factor) for factor in factors],
            width=506,
            table=table_of(
                rows,
                {
                    "factor": "Factor",
                    "setting": "Setting",
                    "change": "Change",
                    "ci_low": "95\u202f% from",
                    "ci_high": "to",
                },
                full="sensitivity",
            ),
            note=f"{study.metric(name).title}; a verdict needs one sign throughout. Halving is as "
            "long as doubling."
            + (" Arrows: there is more beyond, see the numbers." if cut else ""),
        )
    ]


def _ends(rows: pl.DataFrame) -> tuple[Number, Number]:
    """The least and the greatest ratio that are drawn: up to a hundred times as much or as little,
    for beyond all others would be squeezed together, and along logarithms zero is endlessly far."""
    ratios = [one for name in _DRAWN for one in rows[name].drop_nulls()] or [1.0]
    least, most = _FAR
    return min(1.0, max(least, min(ratios))), max(1.0, min(most, max(ratios)))


# Ratios that are drawn.
_FAR = 0.01, 100.0
_DRAWN = "ratio", "low", "high"
_ROUND = 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0
_ROUND_FAR = 0.01, 0.1, 0.5, 1.0, 2.0, 10.0, 100.0
_PERCENT = (
    "datum.value == 1 ? '0' : (datum.value > 1 ? '+' : '−')"
    " + format(abs(datum.value - 1) * 100, '.3~f')"
)


def _ticks(low: Number, high: Number) -> list[Number]:
    """Ratios with labels: of round percentages, by even steps where these are near each other."""
    if high > 2 or low < 0.3:
        return [one for one in (_ROUND if high / low < 50 else _ROUND_FAR) if low <= one <= high]
    step = next(one for one in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if (high - low) / one <= 7)
    first, last = math.ceil((low - 1) / step), math.floor((high - 1) / step)
    return [round(1 + step * index, 6) for index in range(first, last + 1)]


def _forest(rows: pl.DataFrame, ends: tuple[Number, Number], factor: str) -> Graphic:
    settings = alt.Scale(domain=rows["setting"].to_list())
    drawn = rows.select(
        "setting",
        pl.when(pl.col("change") > 0)
        .then(pl.lit("var(--rising)"))
        .otherwise(pl.lit("var(--falling)"))
        .alias("paint"),
        *(pl.col(name) * 100 for name in ("change", "ci_low", "ci_high")),
        *(pl.col(name).clip(*ends) for name in _DRAWN),
        below=pl.min_horizontal("ratio", "low") < ends[0],
        above=pl.max_horizontal("ratio", "high") > ends[1],
    )
    ticks = _ticks(*ends)
    y = alt.Y("setting:N", scale=settings, axis=alt.Axis(title=None, labelLimit=220))
    x = alt.X(
        "ratio:Q",
        # Changes multiply: along logarithms of ratios one that is undone is as long as itself.
        scale=alt.Scale(type="log", domain=ends, nice=False, padding=8),
        axis=alt.Axis(
            title=f"change along {factor} (%)",
            values=ticks,
            tickCount=len(ticks),
            labelExpr=_PERCENT,
            labelOverlap="greedy",
        ),
    )
    base = alt.Chart(drawn.drop_nulls("change")).encode(
        y=y,
        color=alt.Color("paint:N", scale=None),
        tooltip=[
            tip("setting", "setting", "N"),
            tip("change", "change (%)"),
            tip("ci_low", "95\u202f% from"),
            tip("ci_high", "to"),
        ],
    )
    arrows = [
        alt.Chart(drawn.filter(beyond))
        .mark_point(shape=shape, size=50, filled=True, opacity=1)
        .encode(x=alt.XDatum(end), y=y, color=alt.Color("paint:N", scale=None))
        for beyond, end, shape in (
            ("below", ends[0], "triangle-left"), ("above", ends[1], "triangle-right")
        )
        if drawn[beyond].any()
    ]  # fmt: skip
    return alt.layer(
        alt.Chart(pl.DataFrame({"ratio": [1.0]}))
        .mark_rule(color=SOFT, strokeDash=[4, 3], strokeWidth=1)
        .encode(x=x),
        base.mark_rule(strokeWidth=2.2).encode(x=alt.X("low:Q"), x2=alt.X2("high:Q")),
        *arrows,
        base.mark_circle(size=70, opacity=1).encode(x=x),
        alt.Chart(drawn.filter(pl.col("change").is_null()).with_columns(ratio=1.0))
        .mark_text(align="left", dx=4, color=SOFT, text="not to be had")
        .encode(x=alt.X("ratio:Q"), y=y),
    ).properties(height=20 * rows.height)
