"""Learning: loss curves, what training did to degeneracy, and how far networks travelled."""

import math
from typing import Any

import polars as pl

from .._charts import Chart, Panel, Table
from .._drawing import Axis, Plot, Point, shortened, spread, text_width
from .._scales import Bands, Linear, Log, Number, fitted, wide
from .._study import Condition, Study, most
from .._words import LEVELS, metric
from ._levels import primary
from ._section import Section
from ._strips import panel_width, per_condition, strip_chart

_TIMES = ("init", "threshold", "end")
_COLUMNS = (
    "threshold_epoch",
    "weight_change",
    "weight_change_relative",
    "kernel_alignment",
    "representation_alignment",
)


def learning(study: Study) -> Section | None:
    """From the first epoch to the last."""
    strips = [
        strip_chart(study, column, id=column.replace("_", "-")) for column in columns_of(study)
    ]
    charts = [curves_chart(study), *course_charts(study), *strips]
    kept = [chart for chart in charts if chart is not None]
    if not kept:
        return None
    return Section(id="learning", title="Learning", charts=kept)


def columns_of(study: Study) -> list[str]:
    """Columns of `networks` about learning: those known here, then any others that are numbers."""
    table = study.table("networks")
    known = [name for name in _COLUMNS if name in table.columns]
    shown_elsewhere = {
        "seed", "epochs", "train_mse", "eval_mse", "response_mse", "unexplained", "ood_mse",
        "lanes", "norm",
    }  # fmt: skip
    rest = [
        name
        for name, kind in table.schema.items()
        if kind.is_numeric()
        and name not in shown_elsewhere
        and name not in known
        # Losses of further out-of-distribution trials are behaviour.
        and not name.startswith("ood_")
        # The value before training is drawn beside the one after it.
        and not name.endswith("_init")
    ]
    return [*known, *rest]


def curves_chart(study: Study) -> Chart | None:
    """Training loss per epoch, one line a network, with the threshold."""
    rows = study.named("learning", "epoch", "loss").filter(
        pl.col("loss").is_not_null() & pl.col("loss").is_finite()
    )
    if not rows.height:
        return None
    thresholds = _thresholds(study)
    values = [*rows["loss"].to_list(), *(v for v in thresholds.values() if v)]
    scale = fitted(values, log=True)
    last = most(rows["epoch"]) or 1.0
    epochs = Linear(low=0, high=last, count=4)
    shown = [c for c in study.conditions if (rows["condition"] == c.id).any()]
    lines = _lines(rows, 40 if len(shown) <= 12 else 24)

    def draw(condition: Condition, width: Number) -> Plot:
        height = 190 if width > 200 else 140
        axis = "training loss (MSE)" + (" (log)" if isinstance(scale, Log) else "")
        plot = Plot(width, height, Axis(epochs, "epoch"), Axis(scale, axis))
        here = lines[condition.id]
        for who, xs, ys in here:
            plot.line(xs, ys, kind="curve", colour=condition.colour, who=who)
        threshold = thresholds.get(condition.id)
        if threshold:
            plot.line([0, last], [threshold] * 2, kind="guide")
            if width > 200:
                plot.text(plot.right, plot.y(threshold) - 4, "threshold", anchor="end", kind="soft")
        return plot

    return Chart(
        id="curves",
        title="Training loss, one line a network",
        summary="Mean squared error per epoch; dashed: the threshold, after which a network trains "
        "a fixed number of epochs more.",
        panels=per_condition(shown, draw),
        width=panel_width(len(shown)),
        table=_losses(study),
        note=study.sampled,
    )


def _lines(rows: pl.DataFrame, vertices: int) -> dict[str, list[tuple[str, list[Any], list[Any]]]]:
    """Curves by condition: who, epochs and losses, evenly thinned to so many, the last kept."""
    found: dict[str, list[tuple[str, list[Any], list[Any]]]] = {}
    grouped = rows.sort("epoch").group_by("condition", "who", maintain_order=True)
    for condition, who, epochs, losses in grouped.agg("epoch", "loss").rows():
        step = math.ceil(len(epochs) / vertices)
        last = slice(len(epochs) - 1, None) if (len(epochs) - 1) % step else slice(0, 0)
        xs, ys = ([*values[::step], *values[last]] for values in (epochs, losses))
        found.setdefault(condition, []).append((who, xs, ys))
    return found


def course_charts(study: Study) -> list[Chart]:
    """What training does to degeneracy: each level from untrained networks to the end."""
    charts = []
    for level in LEVELS:
        name = primary(study, level)
        rows = study.rows("degeneracy", "condition", "level", "metric", "at", "value").filter(
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
    scale = fitted(rows["value"].to_list(), log=log)
    words = metric(name)
    values = {(c, at): value for c, at, value in rows.select("condition", "at", "value").rows()}

    def draw(width: Number) -> Plot:
        named = len(study.conditions) <= 8
        labels = [shortened(c.label, 16) for c in study.conditions]
        room = 12 + max(text_width(label) for label in labels) if named else 12
        plot = Plot(
            width,
            230,
            Axis(Bands(names=times)),
            Axis(scale, words.axis + (" (log)" if isinstance(scale, Log) else "")),
            right=room,
        )
        ends = []
        for condition, label in zip(study.conditions, labels, strict=True):
            there = [
                (float(index), values[condition.id, at])
                for index, at in enumerate(times)
                if (condition.id, at) in values
            ]
            if not there:
                continue
            xs, ys = [x for x, _ in there], [y for _, y in there]
            plot.line(xs, ys, colour=condition.colour)
            plot.dots([Point(x, y) for x, y in there], colour=condition.colour, radius=3.5)
            ends.append((plot.x(xs[-1]), plot.y(ys[-1]), label, condition.colour))
        if named:
            places = spread([y for _, y, _, _ in ends], 13, plot.bottom - 4)
            for (x, _, label, colour), y in zip(ends, places, strict=True):
                plot.text(x + 8, y + 4, label, kind=f"name {colour}")
        return plot

    return Chart(
        id=f"course-{level}",
        title=f"{LEVELS[level]}, from untrained to trained",
        summary=f"{words.title} of each condition when untrained and at the end.",
        panels=[Panel(draw=draw)],
        table=Table(
            columns=("Condition", *times),
            rows=tuple(
                (c.label, *(values.get((c.id, at)) for at in times)) for c in study.conditions
            ),
            full="degeneracy",
        ),
    )


def _losses(study: Study) -> Table:
    """Epochs and losses of the networks that are compared."""
    rows = study.rows(
        "networks", "condition", "outcome", "epochs", "train_mse", "eval_mse", "ood_mse"
    ).filter(pl.col("outcome") == "converged")
    grouped = {
        row[0]: row[1:]
        for row in rows.group_by("condition")
        .agg(
            pl.len(),
            pl.col("epochs").median(),
            *(pl.col(name).median() for name in ("train_mse", "eval_mse", "ood_mse")),
        )
        .rows()
    }
    return Table(
        columns=(
            "Condition", "Converged", "Epochs (median)", "Training MSE", "Test MSE", "OOD MSE"
        ),
        rows=tuple((c.label, *grouped[c.id]) for c in study.conditions if c.id in grouped),
        full="learning",
    )  # fmt: skip


def _thresholds(study: Study) -> dict[str, Number | None]:
    """The loss at which training stops, by condition: swept, or the same for all."""
    path = "train.stop.train_mse"
    stop = (study.resolved.get("train") or {}).get("stop") or {}
    return {
        one.id: number_of(one.levels.get(path, stop.get("train_mse"))) for one in study.conditions
    }


def number_of(value: object) -> Number | None:
    """A number of the lock, which may hold anything."""
    return float(value) if isinstance(value, int | float) else None
