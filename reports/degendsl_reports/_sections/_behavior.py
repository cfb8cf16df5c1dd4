"""Behaviour: trials in and out of distribution, final losses, and the other measures of it."""

import polars as pl

from .._charts import Chart, Panel, Table
from .._scales import Bands, Linear, Number, number
from .._study import Condition, Study, least, most
from .._svg import Axis, Plot
from .._words import metric
from ._levels import level_chart, others_of
from ._section import Section
from ._strips import strip_chart

ROLES = ("best", "median", "worst")
_CHANNELS = 4


def behavior(study: Study) -> Section | None:
    """What networks produce, and how alike their losses are: the premise of any comparison."""
    charts = [
        strip_chart(study, "eval_mse", id="eval-losses"),
        strip_chart(study, "train_mse", id="train-losses"),
        strip_chart(study, "ood_mse", id="ood-losses"),
    ]
    more = [
        level_chart(
            study,
            "behavior",
            name,
            id=f"behavior-{name}".replace("_", "-"),
            title=metric(name).title,
        )
        for name in others_of(study, "behavior")
    ]
    kept = [chart for chart in (*charts, *more, *trial_charts(study)) if chart is not None]
    if not kept:
        return None
    return Section(
        id="behavior",
        title="Behaviour",
        intro="A comparison of solutions presumes that networks do the task equally well: see the "
        "losses first. Then what they produce, on trials like those of training and on others.",
        charts=kept,
    )


def trial_charts(study: Study) -> list[Chart]:
    """The same trial done by the best, the median and the worst network, in and out of reach."""
    charts = []
    outputs = study.rows(
        "trials", "condition", "seed", "role", "ood", "trial", "time", "channel", "output"
    )
    if not outputs["role"].is_not_null().any():
        return []
    stimuli = study.rows("stimuli", "condition", "ood", "trial", "time", "kind", "channel", "value")
    for ood in outputs["ood"].unique(maintain_order=True).to_list():
        for condition in study.showcase:
            chart = _trials(study, condition, ood, outputs, stimuli)
            if chart:
                charts.append(chart)
    return charts


def _trials(
    study: Study, condition: Condition, ood: str, outputs: pl.DataFrame, stimuli: pl.DataFrame
) -> Chart | None:
    here = outputs.filter((pl.col("condition") == condition.id) & (pl.col("ood") == ood))
    targets = stimuli.filter(
        (pl.col("condition") == condition.id)
        & (pl.col("ood") == ood)
        & (pl.col("kind") == "target")
    )
    if not here.height or not targets.height:
        return None
    first = targets["trial"].min()
    targets = targets.filter(pl.col("trial") == first)
    column = "eval_mse" if ood == "in" else "ood_mse"
    losses = dict(
        study.rows("networks", "condition", "seed", column)
        .filter(pl.col("condition") == condition.id)
        .select("seed", column)
        .rows()
    )
    panels, facts = [], []
    for role in ROLES:
        one = here.filter((pl.col("role") == role) & (pl.col("trial") == first))
        if not one.height:
            continue
        seed = int(one["seed"][0])
        facts.append((role, seed, losses.get(seed)))
        panels.append(_panel(condition, role, seed, losses.get(seed), targets, one))
    if not panels:
        return None
    reach = "in distribution" if ood == "in" else f"out of distribution ({ood})"
    return Chart(
        id=f"trials-{ood}-{condition.index}",
        title=f"{condition.label}, {reach}",
        summary="One trial as the best, the median and the worst network (by test loss) do it: "
        "target in grey, output in colour.",
        panels=panels,
        table=Table(columns=("Network", "Number", "Loss (MSE)"), rows=tuple(facts), full="trials"),
    )


def _panel(
    condition: Condition,
    role: str,
    seed: int,
    loss: Number | None,
    targets: pl.DataFrame,
    outputs: pl.DataFrame,
) -> Panel:
    def draw(width: Number) -> Plot:
        return signals(
            width,
            [(targets, "value", "target", ""), (outputs, "output", "line", condition.colour)],
            who=f"{condition.index}.{seed}",
        )

    said = f", MSE {number(loss)}" if loss is not None else ""
    return Panel(draw=draw, title=f"{role}: network {seed}{said}")


def signals(
    width: Number,
    layers: list[tuple[pl.DataFrame, str, str, str]],
    *,
    who: str = "",
    each: Number = 44,
) -> Plot:
    """Signals over time, a row a channel, all rows to the first layer's range.

    layers: rows with time and channel, the column that holds the value, line kind, colour.
    """
    base, column, _, _ = layers[0]
    channels = sorted(base["channel"].unique().to_list())[:_CHANNELS]
    low, high = least(base[column]), most(base[column])
    span = high - low or 1.0
    start, end = least(base["time"]), most(base["time"])
    time = Linear(low=start, high=max(end, start + 1e-9))
    names = tuple(str(one + 1) for one in channels)[::-1]
    title = "channel" if len(names) > 1 else ""
    plot = Plot(
        width,
        42 + each * len(names),
        Axis(time, "time"),
        Axis(Bands(names=names), title, labels=len(names) > 1),
        grid=False,
        top=4,
    )
    for frame, name, kind, colour in layers:
        for index, channel in enumerate(channels):
            one = frame.filter(pl.col("channel") == channel).sort("time")
            middle = len(names) - 1 - index
            # Far outside its target an output would run into its neighbours' rows.
            share = (one[name].cast(pl.Float64) - (low + high) / 2) / span * 0.72
            ys = (share.clip(-0.48, 0.48) + middle).to_list()
            plot.line(
                one["time"].to_list(), ys, kind=kind, colour=colour, who=who if colour else ""
            )
    return plot
