"""Learning: loss curves, what training did to degeneracy, and how far networks travelled."""

import altair as alt
import polars as pl

from .._charts import Chart, Panel, Table, panel_width, per_condition
from .._degeneracy import primary
from .._marks import apart
from .._numbers import Number, wide
from .._study import Condition, Study, evenly, least, most
from .._theme import (
    SOFT,
    Graphic,
    colours,
    focus,
    names_x,
    paint,
    shortened,
    tip,
    value_x,
    value_y,
)
from .._words import LEVELS
from ._section import Section
from ._strips import strip_chart

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
                    tip("label", "condition", "N"),
                    tip("at", "when", "N"),
                    tip("value", "value"),
                    tip("ci_low", "95\u202f% from"),
                    tip("ci_high", "to"),
                ],
            ),
            _names(study, here.filter(pl.col("at") == times[-1]), seen, log=log).encode(
                x=x, xOffset=beside, y=y, color=colours(study)
            ),
        ]
        return alt.layer(*layers, height=_TALL)

    return Chart(
        id=f"course-{level}",
        title=f"{LEVELS[level]}, from untrained to trained",
        summary=f"{words.title} of each condition when untrained and at the end, with "
        f"95\u202f% intervals; names: {study.factor or 'the condition'}.",
        panels=[panel(facet) for facet in study.facets],
        width=332 if facets <= 3 else 246,
        table=Table(
            columns=("Condition", *times),
            rows=tuple(
                (c.label, *(values.get((c.id, at)) for at in times)) for c in study.conditions
            ),
            full="degeneracy",
        ),
    )


# In pixels; and so many names have room in it.
_TALL, _NAMES = 180, 14


def _names(study: Study, rows: pl.DataFrame, seen: list[Number], *, log: bool) -> alt.Chart:
    """Levels by name where their lines end, moved apart where those are close."""
    kept = rows.filter(pl.col("label").is_in(evenly(rows["label"].to_list(), _NAMES)))
    places = apart(kept["value"].to_list(), seen, _TALL, log=log)
    words = "label" if study.factor is None else "band"
    short = [shortened(name, 24) for name in kept[words].to_list()]
    named = kept.select("band", "at", value=pl.Series(places), short=pl.Series(short))
    named = named.with_columns(shift=pl.lit(rows["shift"].max()))
    text = alt.Chart(named).mark_text(align="left", dx=8)
    return text.encode(text=alt.Text("short:N"))


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
