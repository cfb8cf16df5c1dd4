"""One row per example trial, step and channel."""

from typing import Any

import polars as pl

from degendsl.measuring import ConditionMeasures

from ._study import F, Study, frame

SCHEMA = {
    "condition": pl.String,
    "seed": pl.Int64,
    "trial": pl.Int64,
    "time": F,
    "channel": pl.Int64,
    "input": F,
    "target": F,
    "output": F,
}


def trials_table(study: Study) -> pl.DataFrame:
    """What the median network of each condition makes of a few test trials."""
    return frame([row for one in study.measured for row in _rows(one)], SCHEMA)


def _rows(one: ConditionMeasures) -> list[dict[str, Any]]:
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
