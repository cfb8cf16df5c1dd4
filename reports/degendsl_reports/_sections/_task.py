"""The task: a trial of each condition, and how much it asks of a network."""

import polars as pl

from .._arrangement import Condition
from .._charts import Chart, Panel, Table, table_of
from .._numbers import Number
from .._study import Study
from .._theme import Graphic, paint
from ._section import Section
from ._signals import Signal, scale_of, signals, stands_still


def task(study: Study) -> Section | None:
    """What networks are given and what they are to produce."""
    charts = example_charts(study)
    information = information_table(study)
    if not charts and information is None:
        return None
    return Section(
        id="task",
        title="Task",
        charts=charts,
        template="task.html.jinja",
        data={"information": information},
    )


def example_charts(study: Study) -> list[Chart]:
    """The first test trial: what goes in, what should come out."""
    columns = ("condition", "ood", "trial", "time", "kind", "channel", "signal", "value")
    rows = study.rows("stimuli", *columns)
    rows = rows.filter(pl.col("ood") == "in")
    charts = []
    for kind, title in (("input", "What a network receives"), ("target", "What it must produce")):
        panels = [
            panel
            for condition in study.showcase
            if (panel := _panel(condition, kind, rows.filter(pl.col("kind") == kind)))
        ]
        if panels:
            charts.append(
                Chart(
                    id=f"task-{kind}",
                    title=title,
                    summary=f"The {kind} of one test trial, a row a channel"
                    f"{scale_of(rows.filter(pl.col('kind') == kind))}.",
                    panels=panels,
                    table=_ranges(study, rows.filter(pl.col("kind") == kind)),
                )
            )
    return charts


def _panel(condition: Condition, kind: str, rows: pl.DataFrame) -> Panel | None:
    here = rows.filter(pl.col("condition") == condition.id)
    if not here.height:
        return None
    one = here.filter(pl.col("trial") == here["trial"].min())

    def draw(width: Number) -> Graphic:
        held = kind == "input" or stands_still(one["channel", "time", "value"])
        return signals([Signal(one, {"color": paint(condition.position)}, held)], each=30)

    return Panel(draw=draw, title=condition.label, colour=condition.colour)


def _ranges(study: Study, rows: pl.DataFrame) -> Table:
    found = {
        row[0]: row[1:]
        for row in rows.group_by("condition")
        .agg(
            pl.col("channel").n_unique(),
            pl.col("value").min().alias("low"),
            pl.col("value").max().alias("high"),
            pl.col("time").max(),
        )
        .rows()
    }
    return Table(
        columns=("Condition", "Channels", "Least value", "Most", "Until time"),
        rows=tuple((c.label, *found[c.id]) for c in study.conditions if c.id in found),
        full="stimuli",
    )


def information_table(study: Study) -> Table | None:
    """What information theory says of the task, as the analysis wrote it."""
    table = study.table("task_information")
    if not table.height:
        return None
    labels = {one.id: one.label for one in study.conditions}
    named = (
        table.with_columns(
            pl.col("condition").replace_strict(labels, default=None).alias("condition")
        )
        if "condition" in table.columns
        else table
    )
    if "measure" in named.columns:
        named = named.with_columns(pl.col("measure").str.replace_all("_", " "))
    names = {name: name.replace("_", " ").capitalize() for name in named.columns}
    return table_of(named, names, full="task_information")
