"""How much the task of each condition asks of a memory."""

from typing import Any

import polars as pl

from degendsl.measuring import ENTROPY, GAUSSIAN, ConditionMeasures

from ._study import F, Study, frame

SCHEMA = {
    "condition": pl.String,
    "measure": pl.String,
    "value": F,
    "ci_low": F,
    "ci_high": F,
    "unit": pl.String,
    "estimator": pl.String,
    "note": pl.String,
}
_NOTES = {
    "target_entropy": "entropy of the target at a step, summed over channels",
    "target_rate": "bits to know the target up to the stop MSE, summed over outputs",
    "memory_demand": "the same given the input of that step: what only a memory can tell",
}
_KNOWN = "_time_known"


def information_table(study: Study) -> pl.DataFrame:
    """Target entropy and memory demand of each condition, where they were asked for."""
    return frame([row for one in study.measured for row in _rows(one)], SCHEMA)


def _rows(one: ConditionMeasures) -> list[dict[str, Any]]:
    measured = one.also.get(("task_information", "end"))
    science = one.condition.science
    if measured is None or science is None:
        return []
    rows = []
    numbers = measured.arrays["task_information"]
    for name, (value, low, high) in zip(measured.arrays["names"], numbers, strict=True):
        known = str(name).endswith(_KNOWN)
        time = "time since the trial's start known" if known else "time not known"
        rows.append(
            {
                "condition": one.condition.id,
                "measure": str(name),
                "value": float(value),
                "ci_low": float(low),
                "ci_high": float(high),
                "unit": "bits",
                "estimator": ENTROPY if science.task.discrete_targets else GAUSSIAN,
                "note": f"{_NOTES[str(name).removesuffix(_KNOWN)]}; {time}",
            }
        )
    return rows
