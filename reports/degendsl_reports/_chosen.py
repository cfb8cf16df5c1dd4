"""What the script needs to follow one network: facts about each, and what a few of them do."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import altair as alt
import polars as pl

from ._degeneracy import primary
from ._numbers import Number, farthest, number
from ._sections._signals import stands_still, step_of
from ._study import Study
from ._theme import PAPER, TARGET, Graphic
from ._vega import specification
from ._words import lowered

_FACTS = (
    ("outcome", "outcome"),
    ("epochs", "epochs"),
    ("train_mse", "training loss (MSE)"),
    ("eval_mse", "test loss (MSE)"),
)
_LEARNT = (("weight_change", "weight change"), ("kernel_alignment", "kernel alignment"))

# Trials and channels that the small pictures of a chosen network show.
_PATHS, _CHANNELS = 3, 4


def chosen_data(study: Study) -> dict[str, Any]:
    """Facts by condition and seed, and drawings of the networks that the exhibits hold."""
    places = {level: _places(study, primary(study, level)) for level in ("dynamics", "weights")}
    outside = [(column, lowered(study.network_column(column)[0])) for column in study.outside]
    told = (*_FACTS, *outside, *_LEARNT)
    names = [words for _, words in told] + [
        f"mean {lowered(study.metric(primary(study, level)).title)} to the others"
        for level, found in places.items()
        if found
    ]
    conditions: list[dict[str, Any]] = [
        {"label": one.label, "networks": {}, "names": {}} for one in study.conditions
    ]
    rows = study.named("networks", *(column for column, _ in told))
    for row in rows.iter_rows(named=True):
        index = study.by_id[row["condition"]].index
        # Whether networks from elsewhere converged is not known.
        facts = [None if row[column] == "given" else _fact(row[column]) for column, _ in told]
        facts += [
            _fact(found.get((row["condition"], row["seed"]))) for found in places.values() if found
        ]
        conditions[index]["networks"][row["seed"]] = facts
        if row["name"] != str(row["seed"]):
            conditions[index]["names"][row["seed"]] = row["name"]
    exhibits = _exhibits(study)
    return {
        "facts": names,
        "conditions": conditions,
        "exhibit": {
            "trial": specification(_trial_chart, 215),
            "jumps": specification(partial(_trial_chart, held=True), 215),
            "states": specification(_states_chart, 190),
        },
        "exhibits": exhibits,
        "unshown": _unshown(study) if exhibits else "",
    }


def _unshown(study: Study) -> str:
    """What to say of a network that the exhibits do not hold."""
    where = study.of_each
    if study.given:
        return f"The page holds states of a few networks{where}; not of this one."
    few = "trials of the best, the median and the worst network"
    return f"The page holds {few}{where}; not of this one."


def _fact(value: Any) -> str | int | None:
    return number(value) if isinstance(value, float) else value


def _places(study: Study, name: str) -> dict[tuple[str, int], Number]:
    """The mean distance of each network to the others of its condition."""
    pairs = study.rows("pairs", "condition", "metric", "at", "seed_a", "seed_b", "distance").filter(
        (pl.col("metric") == name) & (pl.col("at") == "end")
    )
    both = pl.concat(
        [
            pairs.select("condition", pl.col(side).alias("seed"), "distance")
            for side in ("seed_a", "seed_b")
        ]
    )
    means = both.group_by("condition", "seed").agg(pl.col("distance").mean())
    return {(c, s): d for c, s, d in means.rows() if d is not None}


def _exhibits(study: Study) -> dict[str, list[dict[str, Any]]]:
    """By network, the rows of a picture each: a trial of each kind, and states."""
    found: dict[str, list[dict[str, Any]]] = {}
    for who, title, kind, rows in _trials(study):
        found.setdefault(who, []).append({"title": title, "kind": kind, "rows": rows})
    for who, rows in _states(study):
        title = "States, two main directions"
        found.setdefault(who, []).append({"title": title, "kind": "states", "rows": rows})
    return found


def _trials(study: Study) -> Iterator[tuple[str, str, str, list[dict[str, Any]]]]:
    """The first trial of each kind: target and output, scaled to the range of the target."""
    keys = ("condition", "ood", "trial", "time", "channel")
    stimuli = study.rows("stimuli", *keys, "kind", "value").filter(pl.col("kind") == "target")
    first = stimuli.filter(
        (pl.col("trial") == pl.col("trial").min().over("condition", "ood"))
        & (pl.col("channel") < _CHANNELS)
    )
    low, high = (bound.over("condition", "ood") for bound in (pl.min("value"), pl.max("value")))
    target = first.with_columns(low=low, span=pl.when(high > low).then(high - low).otherwise(1.0))
    outputs = study.named("trials", *keys[1:], "output")
    both = study.placed(outputs.join(target, on=keys, how="inner", maintain_order="left"))
    places = both.select(
        "who",
        "ood",
        "time",
        "channel",
        paint=pl.format("var(--c{})", "position"),
        **{
            # Far outside its target an output would run into its neighbours' rows.
            # What is no number has no word in JSON.
            name: ((pl.col(column) - pl.col("low")) / pl.col("span"))
            .clip(-0.15, 1.15)
            .round(3)
            .fill_nan(None)
            for name, column in (("target", "value"), ("output", "output"))
        },
    )
    for (who, ood), rows in places.group_by("who", "ood", maintain_order=True):
        title = "A test trial" if ood == "in" else f"Out of distribution: {ood}"
        kind = "jumps" if stands_still(rows["channel", "time", "target"]) else "trial"
        ended = rows.drop("who", "ood").with_columns(pl.col("time") + step_of(rows["time"]))
        yield str(who), title, kind, ended.to_dicts()


def _states(study: Study) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """States of a few trials and fixed points, scaled to the farthest state."""
    states = study.named("trajectories", "trial", "time", "x", "y")
    fixed = study.named("fixed_points", "x", "y", "stable").select("who", "x", "y", "stable")
    fixed = fixed.drop_nulls("stable")
    for (who,), one in study.placed(states).group_by("who", maintain_order=True):
        bound = farthest(one["x"], one["y"])
        scaled = [(pl.col(axis) / bound).round(3).fill_nan(None) for axis in "xy"]
        paint = pl.format("var(--c{})", "position").alias("paint")
        lines = one.filter(pl.col("trial") < _PATHS).select("trial", "time", paint, *scaled)
        points = (
            fixed.filter(pl.col("who") == who)
            .select(*scaled, "stable", paint=pl.lit(lines["paint"][0] if lines.height else ""))
            .filter((pl.col("x").abs() <= 1) & (pl.col("y").abs() <= 1))
        )
        yield str(who), [*lines.to_dicts(), *points.to_dicts()]


def _trial_chart(width: Number, *, held: bool = False) -> Graphic:
    """Target and output over time, a row a channel; its rows come with the choice.

    held: whether the target keeps its value until the next.
    """
    curve = "step-before" if held else "linear"
    rows = alt.Chart(alt.NamedData("rows"))
    base = rows.encode(x=alt.X("time:Q", axis=alt.Axis(title="time"), scale=alt.Scale(nice=False)))

    def line(of: str, **look: Any) -> alt.Chart:
        place = f"datum.channel + 0.5 - 0.72 * (datum.{of} - 0.5)"
        y = alt.Y("y:Q", axis=None, scale=alt.Scale(reverse=True, zero=False, nice=False))
        return (
            base.transform_calculate(y=place)
            .mark_line(**look)
            .encode(y=y, detail=alt.Detail("channel:N"))
        )

    return alt.layer(
        line("target", color=TARGET, strokeWidth=4, interpolate=curve),
        line("output").encode(color=alt.Color("paint:N", scale=None)),
    ).properties(height=90)


def _states_chart(width: Number) -> Graphic:
    """Trajectories and fixed points: filled where stable."""
    rows = alt.Chart(alt.NamedData("rows"))
    one = alt.Scale(domain=[-1.05, 1.05], nice=False)
    place = {"x": alt.X("x:Q", scale=one, axis=None), "y": alt.Y("y:Q", scale=one, axis=None)}
    paint = alt.Color("paint:N", scale=None)
    lines = rows.transform_filter("isValid(datum.trial)").mark_line(strokeWidth=0.9)
    points = rows.transform_filter("isValid(datum.stable)").mark_point(size=60, opacity=1)
    fill = alt.FillValue(PAPER, condition={"test": "datum.stable", "field": "paint", "scale": None})
    return alt.layer(
        lines.encode(**place, color=paint, detail=alt.Detail("trial:N"), order=alt.Order("time:Q")),
        points.encode(**place, stroke=alt.Stroke("paint:N", scale=None), fill=fill),
    ).properties(width=150, height=150)
