"""Behaviour: trials in and out of distribution, final losses, and the other measures of it."""

import polars as pl

from .._charts import Chart, Panel, Table
from .._drawing import Axis, Plot
from .._scales import Bands, Linear, Number, number
from .._study import Condition, Study, least, most
from .._words import metric, slug
from ._levels import level_chart, others_of
from ._section import Section
from ._strips import strip_chart

ROLES = ("best", "median", "worst")
_CHANNELS = 4


def behavior(study: Study) -> Section | None:
    """What networks produce, and how alike their losses are: the premise of any comparison."""
    others = others_of(study, "behavior")
    # Where their mean is a metric of the level, its chart has the networks behind it already.
    outside = [] if "ood_mse_mean" in others else [strip_chart(study, "ood_mse", id="ood-losses")]
    charts = [strip_chart(study, "eval_mse", id="eval-losses"), *outside]
    more = [
        level_chart(
            study,
            "behavior",
            name,
            id=f"behavior-{slug(name)}",
            title=metric(name).title,
        )
        for name in others
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
    outputs = study.rows(
        "trials", "condition", "seed", "role", "ood", "trial", "time", "channel", "output"
    ).filter(pl.col("role").is_not_null())
    stimuli = study.rows("stimuli", "condition", "ood", "trial", "time", "kind", "channel", "value")
    charts = [
        _trials(
            study,
            ood,
            outputs.filter(pl.col("ood") == ood),
            stimuli.filter((pl.col("ood") == ood) & (pl.col("kind") == "target")),
        )
        for ood in outputs["ood"].unique(maintain_order=True).to_list()
    ]
    return [chart for chart in charts if chart is not None]


def _trials(study: Study, ood: str, outputs: pl.DataFrame, stimuli: pl.DataFrame) -> Chart | None:
    # The table has the losses of the first condition out of distribution alone.
    column = {"in": "eval_mse", _first(study): "ood_mse"}.get(ood, "no_loss")
    losses = {
        (condition, seed): loss
        for condition, seed, loss in study.rows("networks", "condition", "seed", column).rows()
    }
    panels, facts = [], []
    for condition in study.showcase:
        targets = stimuli.filter(pl.col("condition") == condition.id)
        if not targets.height:
            continue
        first = targets["trial"].min()
        here = outputs.filter((pl.col("condition") == condition.id) & (pl.col("trial") == first))
        for role in ROLES:
            one = here.filter(pl.col("role") == role)
            if not one.height:
                continue
            seed = int(one["seed"][0])
            loss = losses.get((condition.id, seed))
            facts.append((condition.label, role, seed, loss))
            shown = targets.filter(pl.col("trial") == first)
            panels.append(_panel(condition, role, seed, loss, shown, one))
    if not panels:
        return None
    some = len(study.showcase) < len(study.conditions)
    return Chart(
        id=f"trials-{ood}",
        title="A trial like those of training"
        if ood == "in"
        else f"A trial out of distribution ({ood.replace('_', ' ')})",
        summary="The same trial as the best, the median and the worst network (by test loss) do "
        "it: target in grey, output in colour, a row a channel.",
        panels=panels,
        table=Table(
            columns=("Condition", "Network", "Number", "Loss (MSE)"),
            rows=tuple(facts),
            full="trials",
        ),
        note=f"{len(study.showcase)} of {len(study.conditions)} conditions, evenly chosen."
        if some
        else "",
    )


def _first(study: Study) -> str:
    """The word of the condition out of distribution that the level of behaviour is about."""
    behavior = (study.resolved.get("measure") or {}).get("behavior") or {}
    chosen = behavior[0] if isinstance(behavior, list) else behavior
    return str(chosen.get("ood", "temporal"))


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

    said = f" (MSE {number(loss, 2)})" if loss is not None else ""
    return Panel(
        draw=draw,
        title=f"{condition.label}, {role}: network {seed}{said}",
        colour=condition.colour,
    )


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
