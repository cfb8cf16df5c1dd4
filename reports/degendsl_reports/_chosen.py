"""What the script needs to follow one network: facts about each, and what a few of them do."""

from typing import Any

import polars as pl

from ._numbers import Number, number
from ._sections._levels import primary
from ._study import Study, farthest, least, most
from ._words import lowered, metric

_FACTS = (
    ("outcome", "outcome"),
    ("epochs", "epochs"),
    ("train_mse", "training loss"),
    ("eval_mse", "test loss"),
    ("ood_mse", "out-of-distribution loss"),
    ("weight_change", "weight change"),
    ("kernel_alignment", "kernel alignment"),
)

# Trials that the small picture of a chosen network shows.
_PATHS = 3


def chosen_data(study: Study) -> dict[str, Any]:
    """Facts by condition and seed, and drawings of the networks that the exhibits hold."""
    places = {level: _places(study, primary(study, level)) for level in ("dynamics", "weights")}
    names = [words for _, words in _FACTS] + [
        f"mean {lowered(metric(primary(study, level)).title)} to the others"
        for level, found in places.items()
        if found
    ]
    conditions: list[dict[str, Any]] = [
        {"label": one.label, "colour": one.position, "networks": {}} for one in study.conditions
    ]
    rows = study.named("networks", *(column for column, _ in _FACTS))
    for row in rows.iter_rows(named=True):
        index = study.by_id[row["condition"]].index
        facts = [_fact(row[column]) for column, _ in _FACTS]
        facts += [
            _fact(found.get((row["condition"], row["seed"]))) for found in places.values() if found
        ]
        conditions[index]["networks"][row["seed"]] = facts
    return {
        "facts": names,
        "conditions": conditions,
        **_trials(study),
        "paths": _paths(study),
    }


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


def _trials(study: Study) -> dict[str, Any]:
    """First trials as whole numbers, 0 to 1000 over the target's range: small, and fine enough."""
    stimuli = study.rows("stimuli", "condition", "ood", "trial", "time", "kind", "channel", "value")
    targets: dict[int, Any] = {}
    ranges: dict[tuple[int, str], tuple[Number, Number, Any]] = {}
    for (condition, ood), rows in stimuli.filter(pl.col("kind") == "target").group_by(
        "condition", "ood", maintain_order=True
    ):
        index = study.by_id[str(condition)].index
        first = rows["trial"].min()
        one = rows.filter(pl.col("trial") == first)
        low, high = least(one["value"]), most(one["value"])
        ranges[index, str(ood)] = low, (high - low) or 1.0, first
        targets.setdefault(index, {})[str(ood)] = {"channels": _channels(one, "value", low, high)}
    outputs: dict[str, Any] = {}
    rows = study.named("trials", "ood", "trial", "time", "channel", "output")
    for (who, ood), one in rows.group_by("who", "ood", maintain_order=True):
        found = ranges.get((int(str(who).split(".")[0]), str(ood)))
        if found is None:
            continue
        low, span, first = found
        here = one.filter(pl.col("trial") == first)
        outputs.setdefault(str(who), {})[str(ood)] = _channels(here, "output", low, low + span)
    return {"targets": targets, "outputs": outputs}


def _channels(rows: pl.DataFrame, column: str, low: Number, high: Number) -> list[list[int]]:
    span = (high - low) or 1.0
    scaled = rows.sort("channel", "time").with_columns(
        scaled=((pl.col(column).cast(pl.Float64) - low) / span * 1000)
        .clip(-170, 1170)
        .round()
        .fill_nan(500)
        .fill_null(500)
        .cast(pl.Int64)
    )
    return [one["scaled"].to_list() for _, one in scaled.group_by("channel", maintain_order=True)][
        :4
    ]


def _paths(study: Study) -> dict[str, Any]:
    rows = study.named("trajectories", "trial", "time", "x", "y")
    fixed = study.named("fixed_points", "x", "y", "stable")
    found: dict[str, Any] = {}
    for (who,), one in rows.group_by("who", maintain_order=True):
        bound = farthest(one["x"], one["y"])
        lines = [
            [
                round(1000 * v / bound)
                for pair in part.sort("time").select("x", "y").rows()
                for v in pair
            ]
            for _, part in one.group_by("trial", maintain_order=True)
            if part["trial"][0] < _PATHS
        ]
        points = [
            [round(1000 * x / bound), round(1000 * y / bound), int(bool(stable))]
            for x, y, stable in fixed.filter(pl.col("who") == who).select("x", "y", "stable").rows()
            if x is not None and abs(x) <= bound and abs(y) <= bound
        ]
        found[str(who)] = {"lines": lines, "points": points}
    return found
