"""Tables of what people look at: trials, trajectories, spectra, matched matrices. Kept small."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from degendsl.measuring import ConditionMeasures, Examples

from ._study import Study

S, I, F32, B = pl.String, pl.Int64, pl.Float32, pl.Boolean  # noqa: E741
STIMULI = {
    "condition": S, "ood": S, "trial": I, "time": pl.Float64, "kind": S, "channel": I, "signal": S,
    "value": F32,
}  # fmt: skip
TRIALS = {
    "condition": S, "seed": I, "role": S, "ood": S, "trial": I, "time": pl.Float64, "channel": I,
    "output": F32,
}  # fmt: skip
TRAJECTORIES = {
    "condition": S, "seed": I, "role": S, "trial": I, "time": pl.Float64, "x": F32, "y": F32,
    "explained": F32,
}  # fmt: skip
FIXED_POINTS = {
    "condition": S, "seed": I, "role": S, "x": F32, "y": F32, "kind": S, "stable": B,
    "unstable_directions": I, "speed": pl.Float64, "visits": I, "lost": I,
}  # fmt: skip
EIGENVALUES = {"condition": S, "seed": I, "index": I, "real": F32, "imaginary": F32}
SINGULAR = {"condition": S, "at": S, "index": I, "median": F32, "low": F32, "high": F32}
MATCHED = {
    "condition": S, "seed_a": I, "seed_b": I, "row": I, "column": I, "a": F32, "b": F32,
}  # fmt: skip
# Rows that a table of the page may have; conditions or networks are then chosen evenly.
_MOST_EIGENVALUES = 20_000
_MOST_CONDITIONS = 6

Columns = Mapping[str, Any]


def stimuli_table(study: Study) -> pl.DataFrame:
    """A few test trials: what goes in and what should come out."""

    def parts(one: ConditionMeasures, shown: Examples) -> list[Columns]:
        return [
            {
                "condition": one.condition.id,
                "ood": signals.ood,
                "kind": kind,
                **(grid := _grid(array, signals.steps * one.dt, "value")),
                "signal": np.array(_words(one, kind), object)[grid["channel"]],
            }
            for signals in shown.signals
            for kind, array in (("input", signals.inputs), ("target", signals.targets))
        ]

    return _table(study, parts, STIMULI)


def trials_table(study: Study) -> pl.DataFrame:
    """What the shown networks of each condition make of those trials."""

    def parts(one: ConditionMeasures, shown: Examples) -> list[Columns]:
        return [
            {
                "condition": one.condition.id,
                "seed": seed,
                "role": shown.roles.get(seed),
                "ood": signals.ood,
                **_grid(output, signals.steps * one.dt, "output"),
            }
            for signals in shown.signals
            for seed, output in zip(shown.seeds, signals.outputs, strict=True)
        ]

    return _table(study, parts, TRIALS)


def trajectories_table(study: Study) -> pl.DataFrame:
    """States of the shown networks over a few trials, on their own two main directions."""

    def parts(one: ConditionMeasures, shown: Examples) -> list[Columns]:
        times = shown.path_steps * one.dt
        rows = []
        for seed, path, share in zip(shown.seeds, shown.paths, shown.explained, strict=True):
            places = _grid(path[..., :1], times, "x") | {"y": path[..., 1].ravel()}
            places.pop("channel")
            rows.append(
                {
                    "condition": one.condition.id,
                    "seed": seed,
                    "role": shown.roles.get(seed),
                    "explained": share,
                    **places,
                }
            )
        return rows

    return _table(study, parts, TRAJECTORIES)


def fixed_points_table(study: Study) -> pl.DataFrame:
    """Where the networks that stand for a condition rest without input, in their own plane.

    `kind` is `fixed` or `slow`; `stable` is null of slow points. A network without any has one row
    that says how many starts were lost. `visits` counts the starts that
    ended in a point, `lost` those of its network that ended in none.
    """
    found: list[Columns] = []
    for one in study.measured:
        if one.resting is None or one.examples is None:
            continue
        points = one.resting.arrays
        for position, seed in enumerate(one.resting.seeds):
            here = points["network"] == position
            unstable, fixed = points["unstable"][here], points["fixed"][here]
            named = {
                "condition": one.condition.id,
                "seed": seed,
                "role": one.examples.roles.get(seed),
                "lost": int(points["lost"][position]),
            }
            if not here.any():
                found.append(dict.fromkeys(FIXED_POINTS) | named | {"seed": np.array([seed])})
                continue
            found.append(
                {
                    **named,
                    "x": points["places"][here, 0],
                    "y": points["places"][here, 1],
                    "kind": np.where(fixed, "fixed", "slow"),
                    "stable": unstable == 0,
                    "unstable_directions": unstable,
                    "speed": points["speed"][here],
                    "visits": points["visits"][here],
                }
            )
    at_rest = pl.when(pl.col("kind") == "fixed").then("stable").alias("stable")
    return _stacked(found, FIXED_POINTS).with_columns(at_rest)


def eigenvalues_table(study: Study) -> pl.DataFrame:
    """Eigenvalues of the operators that the dynamics are compared by, of evenly chosen networks."""
    found: list[Columns] = []
    for one in study.measured:
        measured = one.levels.get(("dynamics", "end"))
        operators = measured.arrays.get("operators") if measured else None
        if measured is None or operators is None or operators.ndim != 3:
            continue
        each = _MOST_EIGENVALUES // (operators.shape[1] * len(study.measured))
        there = np.flatnonzero(np.isfinite(operators).all(axis=(1, 2))).tolist()
        for position in (there[index] for index in _evenly(len(there), max(3, each))):
            values = np.linalg.eigvals(operators[position])
            order = np.argsort(-np.abs(values), kind="stable")
            found.append(
                {
                    "condition": one.condition.id,
                    "seed": measured.seeds[position],
                    "index": np.arange(len(values)),
                    "real": values[order].real,
                    "imaginary": values[order].imag,
                }
            )
    return _stacked(found, EIGENVALUES)


def singular_values_table(study: Study) -> pl.DataFrame:
    """Singular values of the recurrent matrices: median and range over networks, by when."""

    def parts(one: ConditionMeasures, shown: Examples) -> list[Columns]:
        return [
            {
                "condition": one.condition.id,
                "at": at,
                "index": np.arange(values.shape[1]),
                "median": np.median(values, axis=0),
                "low": values.min(axis=0),
                "high": values.max(axis=0),
            }
            for at in ("init", "end")
            if (values := shown.singular.get(at)) is not None
        ]

    return _table(study, parts, SINGULAR)


def matched_table(study: Study) -> pl.DataFrame:
    """Two recurrent matrices a condition, units matched; of a few conditions, evenly chosen."""
    places = _evenly(len(study.measured), _MOST_CONDITIONS)
    chosen = {study.measured[place].condition.id for place in places}

    def parts(one: ConditionMeasures, shown: Examples) -> list[Columns]:
        if one.condition.id not in chosen or shown.pair is None or shown.matched is None:
            return []
        first, second = shown.matched
        rows, columns = np.indices(first.shape)
        return [
            {
                "condition": one.condition.id,
                "seed_a": shown.pair[0],
                "seed_b": shown.pair[1],
                "row": rows.ravel(),
                "column": columns.ravel(),
                "a": first.ravel(),
                "b": second.ravel(),
            }
        ]

    return _table(study, parts, MATCHED)


def _words(one: ConditionMeasures, kind: str) -> tuple[str, ...]:
    """What the task calls each of its inputs or outputs; networks from elsewhere have no trials."""
    assert one.condition.science is not None
    task = one.condition.science.task
    return task.input_names if kind == "input" else task.output_names


def _grid(array: np.ndarray, times: np.ndarray, name: str) -> dict[str, Any]:
    """An array (trial, time, channel) as columns."""
    trial, time, channel = np.indices(array.shape)
    return {
        "trial": trial.ravel(),
        "time": times[time.ravel()],
        "channel": channel.ravel(),
        name: array.ravel(),
    }


def _table(
    study: Study,
    parts: Callable[[ConditionMeasures, Examples], list[Columns]],
    schema: dict[str, Any],
) -> pl.DataFrame:
    found = [
        columns
        for one in study.measured
        if one.examples is not None
        for columns in parts(one, one.examples)
    ]
    return _stacked(found, schema)


def _stacked(parts: Sequence[Columns], schema: dict[str, Any]) -> pl.DataFrame:
    frames = []
    for columns in parts:
        length = max(len(value) for value in columns.values() if isinstance(value, np.ndarray))
        frames.append(
            pl.DataFrame(
                {
                    name: value if isinstance(value, np.ndarray) else [value] * length
                    for name, value in columns.items()
                }
            ).select(pl.col(name).cast(kind) for name, kind in schema.items())
        )
    whole = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    return whole.fill_nan(None)


def _evenly(total: int, most: int) -> list[int]:
    if total <= most:
        return list(range(total))
    return [round(index * (total - 1) / (most - 1)) for index in range(most)]
