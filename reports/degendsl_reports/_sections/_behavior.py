"""Behaviour: trials in and out of distribution, final losses, and the other measures of it."""

import polars as pl

from .._arrangement import Condition
from .._charts import Chart, Panel, Table
from .._degeneracy import others_of
from .._numbers import Number, number
from .._study import Study
from .._theme import TARGET, Graphic, paint
from .._words import slug
from ._level_chart import level_chart
from ._section import Section
from ._sensitivity import sensitivity_charts
from ._signals import Signal, scale_of, signals, stands_still
from ._strips import strip_chart

ROLES = ("best", "median", "worst")
_THEN = " Then what they produce, on trials like those of training and on others."


def behavior(study: Study) -> Section | None:
    """What networks produce, and how alike their losses are: the premise of any comparison."""
    others = others_of(study, "behavior")
    # Where their mean is a metric of the level, its chart has the networks behind it already.
    outside = [
        strip_chart(study, column, id=slug(column.replace("ood_mse", "ood-losses")))
        for column in study.outside
        if column.replace("ood_mse", "ood_mse_mean") not in others
    ]
    charts = [strip_chart(study, "eval_mse", id="eval-losses"), *outside]
    trials = trial_charts(study)
    more = [
        level_chart(
            study,
            "behavior",
            name,
            id=f"behavior-{slug(name)}",
            title=study.metric(name).title,
        )
        for name in others
    ]
    under = sensitivity_charts(study, "behavior")
    kept = [chart for chart in (*charts, *more, *under, *trials) if chart is not None]
    if not kept:
        return None
    return Section(
        id="behavior",
        title="Behaviour",
        intro="A comparison of solutions presumes that networks do the task equally well: see the "
        f"losses first.{_THEN if trials else ''}",
        charts=kept,
    )


def trial_charts(study: Study) -> list[Chart]:
    """The same trial done by the best, the median and the worst network, in and out of reach."""
    outputs = study.rows(
        "trials", "condition", "seed", "role", "ood", "trial", "time", "channel", "output"
    ).filter(pl.col("role").is_not_null())
    columns = ("condition", "ood", "trial", "time", "kind", "channel", "signal", "value")
    stimuli = study.rows("stimuli", *columns)
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
    column = "eval_mse" if ood == "in" else _losses(study, ood)
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
        f"it: target in grey, output in colour, a row a channel{scale_of(stimuli)}. MSE: of all "
        "such trials.",
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


def _losses(study: Study, ood: str) -> str:
    """The column of the losses in the first condition out of distribution of this word."""
    behavior = (study.resolved.get("measure") or {}).get("behavior") or {}
    first = behavior[0] if isinstance(behavior, list) else behavior
    if ood == str(first.get("ood", "temporal")):
        return "ood_mse"
    # Further ones are named by what differs from the first, their word before all else.
    return next((c for c in study.outside if c[8:].rstrip("]").split(",")[0] == ood), "no_loss")


def _panel(
    condition: Condition,
    role: str,
    seed: int,
    loss: Number | None,
    targets: pl.DataFrame,
    outputs: pl.DataFrame,
) -> Panel:
    output = outputs.with_columns(
        value="output", who=pl.lit(f"{condition.index}.{seed}"), label=pl.lit(condition.label),
        name=pl.lit(str(seed)),
    )  # fmt: skip

    def draw(width: Number) -> Graphic:
        wide_line = {"color": TARGET, "strokeWidth": 4.5}
        return signals(
            [
                Signal(targets, wide_line, held=stands_still(targets["channel", "time", "value"])),
                Signal(output, {"color": paint(condition.position)}),
            ]
        )

    said = f" (MSE\u00a0{number(loss, 2)})" if loss is not None else ""
    return Panel(
        draw=draw,
        title=f"{condition.label}, {role}: network {seed}{said}",
        colour=condition.colour,
    )
