"""Every table of a study, from what was measured. Columns are the contract with readers."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from degendsl.measuring import ConditionMeasures, Measured
from degendsl.metrics import mds
from degendsl.planning import Plan

from ._claims import effects_table, expectations_table
from ._degeneracy import METRICS, compared, value_of

F = pl.Float64
NETWORKS = {
    "condition": pl.String,
    "seed": pl.Int64,
    "outcome": pl.String,
    "epochs": pl.Int64,
    "train_mse": F,
    "eval_mse": F,
    "response_mse": F,
    "unexplained": F,
    "ood_mse": F,
    "weight_change": F,
    "kernel_alignment": F,
    "threshold_epoch": pl.Int64,
    "lanes": pl.Int64,
    "device_kind": pl.String,
}
DEGENERACY = {
    "condition": pl.String,
    "level": pl.String,
    "metric": pl.String,
    "at": pl.String,
    "value": F,
    "ci_low": F,
    "ci_high": F,
    "n_networks": pl.Int64,
    "n_pairs": pl.Int64,
    "floor": F,
    "null": F,
    "untrained": F,
}
PAIRS = {
    "condition": pl.String,
    "metric": pl.String,
    "at": pl.String,
    "seed_a": pl.Int64,
    "seed_b": pl.Int64,
    "distance": F,
}
MAPS = {
    "condition": pl.String,
    "metric": pl.String,
    "at": pl.String,
    "seed": pl.Int64,
    "x": F,
    "y": F,
    "stress": F,
}
LEARNING = {"condition": pl.String, "seed": pl.Int64, "epoch": pl.Int64, "loss": F}
TRIALS = {
    "condition": pl.String,
    "seed": pl.Int64,
    "trial": pl.Int64,
    "time": F,
    "channel": pl.Int64,
    "input": F,
    "target": F,
    "output": F,
}
PROBLEMS = {"condition": pl.String, "problem": pl.String}


def tables(plan: Plan, measured: Sequence[ConditionMeasures]) -> dict[str, pl.DataFrame]:
    """All tables of a study by name; what was not measured is null, never a missing column."""
    degeneracy = [row for one in measured for row in _degeneracy_rows(one)]
    effects = effects_table(plan, measured)
    return {
        "networks": _frame([r for one in measured for r in _network_rows(one)], NETWORKS),
        "conditions": _conditions(plan, measured),
        "degeneracy": _frame(degeneracy, DEGENERACY),
        "pairs": _frame([r for one in measured for r in _pair_rows(one)], PAIRS),
        "effects": effects,
        "expectations": expectations_table(plan, measured, effects),
        "maps": _frame([r for one in measured for r in _map_rows(one)], MAPS),
        "learning": _frame([r for one in measured for r in _learning_rows(one)], LEARNING),
        "trials": _frame([r for one in measured for r in _trial_rows(one)], TRIALS),
        "problems": _frame(
            [
                {"condition": one.condition.id, "problem": problem}
                for one in measured
                for problem in one.problems
            ],
            PROBLEMS,
        ),
    }


def _frame(rows: Sequence[dict[str, Any]], schema: dict[str, Any]) -> pl.DataFrame:
    # NaN means "none can be had" here, and readers of a table expect null for that.
    return pl.DataFrame(list(rows), schema=schema, orient="row").fill_nan(None)


def _conditions(plan: Plan, measured: Sequence[ConditionMeasures]) -> pl.DataFrame:
    rows = []
    for one in measured:
        outcomes = [record.manifest["outcome"] for record in one.records.values()]
        rows.append(
            {
                "condition": one.condition.id,
                "label": one.condition.label,
                **{path: one.condition.point.levels[path] for path in plan.spec.factors},
                "n_networks": len(outcomes),
                "n_converged": outcomes.count("converged"),
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def _network_rows(one: ConditionMeasures) -> list[dict[str, Any]]:
    losses = _by_seed(one.everyone)
    changes = _by_seed(one.levels.get(("weights", "end")))
    rows = []
    for seed, record in one.records.items():
        loss = record.arrays["loss"]
        threshold = one.condition.science.train.stop.train_mse
        below = np.flatnonzero(loss <= threshold)
        rows.append(
            {
                "condition": one.condition.id,
                "seed": seed,
                "outcome": record.manifest["outcome"],
                "epochs": record.manifest["epochs"],
                "train_mse": float(loss[-1]),
                **{
                    name: losses.get(seed, {}).get(name)
                    for name in ("eval_mse", "response_mse", "unexplained", "ood_mse")
                },
                "weight_change": changes.get(seed, {}).get("weight_change"),
                "kernel_alignment": None,
                "threshold_epoch": int(below[0]) + 1 if len(below) else None,
                "lanes": record.manifest["realisation"]["lanes"],
                "device_kind": record.manifest["realisation"]["device_kind"],
            }
        )
    return rows


def _by_seed(measured: Measured | None) -> dict[int, dict[str, float]]:
    if measured is None:
        return {}
    n = len(measured.seeds)
    pairs = len(measured.arrays.get("pairs", ()))
    per_network = {
        name: array
        for name, array in measured.arrays.items()
        if array.ndim == 1 and len(array) == n and (name in _PER_NETWORK or n != pairs)
    }
    return {
        seed: {name: float(array[index]) for name, array in per_network.items()}
        for index, seed in enumerate(measured.seeds)
    }


# With three networks there are three pairs, so length alone does not tell them apart.
_PER_NETWORK = frozenset(
    ("eval_mse", "response_mse", "unexplained", "ood_mse", "norm", "weight_change")
)


def _degeneracy_rows(one: ConditionMeasures) -> list[dict[str, Any]]:
    rows = []
    for (level, at), measured in one.levels.items():
        for metric in METRICS[level]:
            interval = value_of(one, level, metric, at)
            untrained = value_of(one, level, metric, "init") if at != "init" else None
            n = len(measured.seeds)
            rows.append(
                {
                    "condition": one.condition.id,
                    "level": level,
                    "metric": metric,
                    "at": at,
                    "value": interval.value if interval else math.nan,
                    "ci_low": interval.low if interval else math.nan,
                    "ci_high": interval.high if interval else math.nan,
                    "n_networks": n,
                    "n_pairs": n * (n - 1) // 2 if compared(metric) else None,
                    "floor": None,
                    "null": None,
                    "untrained": untrained.value if untrained else None,
                }
            )
    return rows


def _pair_rows(one: ConditionMeasures) -> list[dict[str, Any]]:
    return [
        {
            "condition": one.condition.id,
            "metric": metric,
            "at": at,
            "seed_a": measured.seeds[j],
            "seed_b": measured.seeds[i],
            "distance": float(distance),
        }
        for (level, at), measured in one.levels.items()
        for metric in METRICS[level]
        if compared(metric) and metric in measured.arrays
        for (i, j), distance in zip(measured.arrays["pairs"], measured.arrays[metric], strict=True)
    ]


def _map_rows(one: ConditionMeasures) -> list[dict[str, Any]]:
    rows = []
    for level, metric in (("dynamics", "dsa"), ("weights", "pif")):
        measured = one.levels.get((level, "end"))
        if measured is None:
            continue
        embedding = mds(measured.matrix(metric))
        rows += [
            {
                "condition": one.condition.id,
                "metric": metric,
                "at": "end",
                "seed": seed,
                "x": float(x),
                "y": float(y),
                "stress": embedding.stress,
            }
            for seed, (x, y) in zip(measured.seeds, embedding.points, strict=True)
        ]
    return rows


def _learning_rows(one: ConditionMeasures) -> list[dict[str, Any]]:
    return [
        {"condition": one.condition.id, "seed": seed, "epoch": epoch, "loss": float(loss)}
        for seed, record in one.records.items()
        for epoch, loss in enumerate(record.arrays["loss"], start=1)
    ]


def _trial_rows(one: ConditionMeasures) -> list[dict[str, Any]]:
    if one.examples is None:
        return []
    example, dt = one.examples, one.condition.science.solver.dt
    n_trials, n_steps, n_channels = example.targets.shape
    return [
        {
            "condition": one.condition.id,
            "seed": example.seed,
            "trial": trial,
            "time": step * dt,
            "channel": channel,
            "input": float(example.inputs[trial, step, channel])
            if channel < example.inputs.shape[2]
            else None,
            "target": float(example.targets[trial, step, channel]),
            "output": float(example.outputs[trial, step, channel]),
        }
        for trial in range(n_trials)
        for step in range(n_steps)
        for channel in range(n_channels)
    ]
