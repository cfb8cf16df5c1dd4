"""Learning: loss curves, what training did to degeneracy, and how far networks travelled."""

import altair as alt
import polars as pl

from .._arrangement import Condition
from .._charts import Chart, Table, panel_width, per_condition
from .._numbers import Number, most
from .._study import Study
from .._theme import (
    SOFT,
    Graphic,
    focus,
    paint,
    tip,
    value_x,
    value_y,
)
from ._courses import course_charts
from ._section import Section
from ._strips import strip_chart

_COLUMNS = (
    "threshold_epoch",
    "weight_change",
    "weight_change_relative",
    "kernel_alignment",
    "representation_alignment",
)


def learning(study: Study) -> Section | None:
    """From the first epoch to the last; of given networks, what they were before and after."""
    if study.given and not study.untrained:
        return None
    charts = [curves_chart(study), *course_charts(study), *network_strips(study)]
    kept = [chart for chart in charts if chart is not None]
    if not kept:
        return None
    return Section(id="learning", title="Learning", charts=kept)


def network_strips(study: Study) -> list[Chart]:
    """What is known of each network beside its losses, a point a network."""
    strips = (
        strip_chart(study, column, id=column.replace("_", "-")) for column in columns_of(study)
    )
    return [chart for chart in strips if chart is not None]


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
    seen = [*rows["loss"].to_list(), *thresholds.values()]
    log = all(value > 0 for value in seen if value is not None)
    x = value_x("epoch", "epoch", [0, most(rows["epoch"]) or 1.0])
    shown = [c for c in study.conditions if (rows["condition"] == c.id).any()]
    drawn = _thinned(rows, len(shown))

    def draw(condition: Condition, width: Number) -> Graphic:
        title = "training loss (MSE)" if width > 200 else "loss (MSE)"
        y = value_y("loss", title, seen, log=log)
        lines = (
            alt.Chart(drawn.filter(condition=condition.id).select("epoch", "loss", "who"))
            .transform_calculate(network="split(datum.who, '.')[1]")
            .mark_line(strokeWidth=1.1, color=paint(condition.position))
            .encode(
                x=x,
                y=y,
                detail=alt.Detail("who:N"),
                opacity=focus(0.6),
                tooltip=tip("network", "network", "N"),
            )
        )
        threshold = thresholds.get(condition.id)
        if not threshold:
            return lines.properties(height=_height(width))
        level = alt.Chart(pl.DataFrame({"loss": [threshold]})).encode(y=y)
        layers = [lines, level.mark_rule(color=SOFT, strokeDash=[4, 3], strokeWidth=1)]
        if width > 200:
            name = level.mark_text(align="left", dx=4, dy=-7, color=SOFT, text="threshold")
            layers.append(name.encode(x=alt.XValue(0)))
        return alt.layer(*layers, height=_height(width))

    drawn_networks, total = drawn["who"].n_unique(), rows["who"].n_unique()
    some = f"{drawn_networks} of {total} networks are drawn, evenly chosen."
    return Chart(
        id="curves",
        title="Training loss, one line a network",
        summary=f"Mean squared error per epoch of {total} networks; dashed: the threshold, after "
        "which a network trains a fixed number of epochs more.",
        panels=per_condition(shown, draw),
        width=panel_width(len(shown)),
        table=_losses(study),
        note=some if drawn_networks < total else study.sampled,
    )


def _height(width: Number) -> Number:
    return 145 if width > 200 else 95


def _thinned(rows: pl.DataFrame, panels: int) -> pl.DataFrame:
    """Curves of fewer vertices; of fewer networks, evenly chosen, where there are many panels."""
    vertices, most_networks = (40, 100) if panels <= 12 else (24, 20)
    order = pl.col("who").rank("dense").over("condition") - 1
    every = (pl.col("who").n_unique().over("condition") / most_networks).ceil()
    rank, last = pl.int_range(pl.len()).over("who"), pl.len().over("who") - 1
    step = ((last + 1) / vertices).ceil().cast(pl.Int64)
    return rows.sort("epoch").filter(order % every == 0, (rank % step == 0) | (rank == last))


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
