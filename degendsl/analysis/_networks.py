"""One row per network."""

from typing import Any

import numpy as np
import polars as pl

from degendsl.measuring import ConditionMeasures, Measured

from ._study import F, Study, frame

# What learning did, in the words of the measures `weight_change` and `kernel_alignment`.
LEARNING = (
    "weight_change",
    "weight_change_relative",
    "kernel_alignment",
    "kernel_alignment_input",
    "kernel_alignment_bias",
    "kernel_alignment_readout",
    "kernel_alignment_initial_state",
    "representation_alignment",
    "spectral_radius_init",
    "spectral_radius",
    "effective_rank_init",
    "effective_rank",
    "sparsity_init",
    "sparsity",
)
_FURTHER = "ood_mse["
SCHEMA: dict[str, Any] = {
    "condition": pl.String,
    "seed": pl.Int64,
    "outcome": pl.String,
    "epochs": pl.Int64,
    "train_mse": F,
    "eval_mse": F,
    "response_mse": F,
    "unexplained": F,
    "ood_mse": F,
    **dict.fromkeys(LEARNING, F),
    "threshold_epoch": pl.Int64,
    "lanes": pl.Int64,
    "device_kind": pl.String,
}


def networks_table(study: Study) -> pl.DataFrame:
    """Every network there is, compared or not.

    Losses in further conditions out of distribution have columns such as `ood_mse[kick, size 1]`.
    """
    found = [one.everyone.arrays for one in study.measured if one.everyone is not None]
    more = dict.fromkeys(name for arrays in found for name in arrays if name.startswith(_FURTHER))
    schema: dict[str, Any] = {}
    for name, kind in SCHEMA.items():
        schema[name] = kind
        if name == "ood_mse":
            schema |= dict.fromkeys(more, F)
    return frame([row for one in study.measured for row in _rows(one, tuple(more))], schema)


def _rows(one: ConditionMeasures, more: tuple[str, ...]) -> list[dict[str, Any]]:
    losses = _by_seed(one.everyone)
    learnt = _learnt(one)
    rows = []
    for seed, record in one.records.items():
        # Of networks from elsewhere nothing of their training is known.
        loss = record.arrays.get("loss", np.empty(0))
        below = np.flatnonzero(loss <= one.threshold)
        realisation = record.manifest.get("realisation", {})
        rows.append(
            {
                "condition": one.condition.id,
                "seed": seed,
                "outcome": record.manifest["outcome"],
                "epochs": record.manifest.get("epochs"),
                "train_mse": float(loss[-1]) if len(loss) else None,
                **{
                    name: losses.get(seed, {}).get(name)
                    for name in ("eval_mse", "response_mse", "unexplained", "ood_mse", *more)
                },
                **{name: learnt.get(seed, {}).get(name) for name in LEARNING},
                "threshold_epoch": int(below[0]) + 1 if len(below) else None,
                "lanes": realisation.get("lanes"),
                "device_kind": realisation.get("device_kind"),
            }
        )
    return rows


def _learnt(one: ConditionMeasures) -> dict[int, dict[str, float]]:
    """By seed, what the measures of learning found; the level of weights knows a part of it."""
    found: dict[int, dict[str, float]] = {}
    weights = one.levels.get(("weights", "end"))
    if weights is not None and "weight_change" in weights.arrays:
        for seed, change in zip(weights.seeds, weights.arrays["weight_change"], strict=True):
            found.setdefault(seed, {})["weight_change"] = float(change)
    for word in ("weight_change", "kernel_alignment"):
        for seed, numbers in _by_seed(one.also.get((word, "end"))).items():
            found.setdefault(seed, {}).update(numbers)
    return found


def _by_seed(measured: Measured | None) -> dict[int, dict[str, float]]:
    if measured is None:
        return {}
    n = len(measured.seeds)
    pairs = len(measured.arrays.get("pairs", ()))
    per_network = {
        name: array
        for name, array in measured.arrays.items()
        if array.ndim == 1
        and len(array) == n
        and (name.partition("[")[0] in _PER_NETWORK or n != pairs)
    }
    return {
        seed: {name: float(array[index]) for name, array in per_network.items()}
        for index, seed in enumerate(measured.seeds)
    }


# With three networks there are three pairs, so length alone does not tell them apart.
_PER_NETWORK = frozenset(("eval_mse", "response_mse", "unexplained", "ood_mse", *LEARNING))
