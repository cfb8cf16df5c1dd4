"""The sensitivity grid: whether a finding survives other settings of the measure."""

import polars as pl

from .._charts import Chart, Panel, table_of
from .._drawing import Axis, Plot, Point
from .._scales import Bands, Linear, Number
from .._study import Study, least, most
from .._words import LEVELS, metric
from ._levels import primary


def sensitivity_charts(study: Study, level: str) -> list[Chart]:
    """One chart a level, a panel a factor, a row a setting; where other settings were asked for."""
    name = primary(study, level)
    rows = study.rows(
        "sensitivity", "factor", "level", "metric", "setting", "change", "ci_low", "ci_high"
    ).filter((pl.col("level") == level) & (pl.col("metric") == name))
    if not rows.height:
        return []
    factors = rows["factor"].unique(maintain_order=True).to_list()
    low = min(0.0, least(rows["change"], rows["ci_low"]))
    high = max(0.0, most(rows["change"], rows["ci_high"].clip(upper_bound=4.0)))
    room = 0.06 * (high - low) or 0.1
    changes = Linear(low=100 * (low - room), high=100 * (high + room))

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
            summary=f"Change of degeneracy along each factor, a row a setting, with 95 % interval: "
            f"{agreed}.",
            panels=[panel(factor) for factor in factors],
            width=506,
            table=table_of(
                rows,
                {
                    "factor": "Factor",
                    "setting": "Setting",
                    "change": "Change",
                    "ci_low": "95 % from",
                    "ci_high": "to",
                },
                full="sensitivity",
            ),
            note=f"{metric(name).title}; a verdict needs one sign throughout.",
        )
    ]


def _forest(rows: pl.DataFrame, changes: Linear, factor: str, width: Number) -> Plot:
    settings = tuple(str(one) for one in rows["setting"].to_list())[::-1]
    plot = Plot(
        width,
        44 + 20 * len(settings),
        Axis(changes, f"change along {factor} (%)"),
        Axis(Bands(names=settings)),
        grid=False,
    )
    plot.line([0, 0], [-0.5, len(settings) - 0.5], kind="guide")
    for setting, change, low, high in rows.select("setting", "change", "ci_low", "ci_high").rows():
        row = settings.index(setting)
        if change is None:
            plot.text(plot.x(0) + 4, plot.y(row) + 4, "not to be had", kind="soft")
            continue
        colour = "rising" if change > 0 else "falling"
        if low is not None and high is not None:
            ends = [max(changes.low, min(changes.high, 100 * one)) for one in (low, high)]
            plot.line(ends, [row, row], kind="whisker", colour=colour)
        plot.dots([Point(100 * change, row)], colour=colour, radius=4.5, kind="value")
    return plot
