"""The sensitivity grid: whether a finding survives other settings of the measure."""

import altair as alt
import polars as pl

from .._charts import Chart, Panel, table_of
from .._degeneracy import primary
from .._numbers import Number, least, most
from .._study import Study
from .._theme import SOFT, Graphic, tip, value_x
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
    low = min(0.0, least(rows["change"], rows["ci_low"]))
    high = max(0.0, most(rows["change"], rows["ci_high"].clip(upper_bound=4.0)))
    changes = [100 * low, 100 * high]

    def panel(factor: str) -> Panel:
        here = rows.filter(pl.col("factor") == factor)
        return Panel(draw=lambda width: _forest(here, changes, factor, width), title=factor)

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
            note=f"{study.metric(name).title}; a verdict needs one sign throughout.",
        )
    ]


def _forest(rows: pl.DataFrame, changes: list[Number], factor: str, width: Number) -> Graphic:
    settings = alt.Scale(domain=rows["setting"].to_list())
    drawn = rows.select(
        "setting",
        pl.when(pl.col("change") > 0)
        .then(pl.lit("var(--rising)"))
        .otherwise(pl.lit("var(--falling)"))
        .alias("paint"),
        *(pl.col(name) * 100 for name in ("change", "ci_low", "ci_high")),
    ).with_columns(
        low=pl.col("ci_low").clip(*changes), high=pl.col("ci_high").clip(*changes), zero=0.0
    )
    y = alt.Y("setting:N", scale=settings, axis=alt.Axis(title=None, labelLimit=220))
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
    x = value_x("change", f"change along {factor} (%)", changes, zero=True)
    return alt.layer(
        alt.Chart(pl.DataFrame({"change": [0.0]}))
        .mark_rule(color=SOFT, strokeDash=[4, 3], strokeWidth=1)
        .encode(x=x),
        base.mark_rule(strokeWidth=2.2).encode(x=alt.X("low:Q"), x2=alt.X2("high:Q")),
        base.mark_circle(size=70, opacity=1).encode(x=x),
        alt.Chart(drawn.filter(pl.col("change").is_null()))
        .mark_text(align="left", dx=4, color=SOFT, text="not to be had")
        .encode(x=alt.X("zero:Q"), y=y),
    ).properties(height=20 * rows.height)
