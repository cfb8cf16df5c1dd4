"""What is kept of unfinished networks: an interruption costs seconds and changes nothing."""

from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from degendsl.models import Parameters, from_arrays, to_arrays
from degendsl.planning import Unit
from degendsl.store import Store

CHECKPOINT_FORMAT = 1


@dataclass(kw_only=True)
class Progress:
    """The history of one network while it trains.

    start, threshold: its parameters before training and when it first met the threshold.
    """

    unit: Unit
    start: Parameters | None = None
    losses: list[float] = field(default_factory=list)
    threshold: Parameters | None = None


def named(parameters: Parameters | None, prefix: str) -> dict[str, np.ndarray]:
    """Parameters as arrays under `prefix/name`; none for none."""
    if parameters is None:
        return {}
    return {f"{prefix}/{name}": array for name, array in to_arrays(parameters).items()}


def parameters_from(arrays: dict[str, np.ndarray], prefix: str) -> Parameters | None:
    """The parameters stored under `prefix`, or None where there are none."""
    start = f"{prefix}/"
    found = {name.removeprefix(start): a for name, a in arrays.items() if name.startswith(start)}
    return from_arrays(found) if found else None


def save(store: Store, name: str, lanes: list[tuple[Progress, Any]]) -> None:
    """Keep each unfinished lane: its history and what training carries (a tree of arrays)."""
    arrays: dict[str, np.ndarray] = {}
    for lane, (progress, state) in enumerate(lanes):
        arrays |= named(progress.start, f"{lane}/start")
        arrays |= named(progress.threshold, f"{lane}/threshold")
        arrays[f"{lane}/loss"] = np.asarray(progress.losses, np.float64)
        for index, leaf in enumerate(jax.tree.leaves(state)):
            arrays[f"{lane}/state/{index}"] = np.asarray(leaf)
    keys = [progress.unit.key for progress, _ in lanes]
    store.write_checkpoint(name, arrays, {"format": CHECKPOINT_FORMAT, "keys": keys})


def load(store: Store, name: str, units: dict[str, Unit], like: Any) -> list[tuple[Progress, Any]]:
    """The lanes of a checkpoint that are still wanted, their states shaped as the tree `like`."""
    found = store.read_checkpoint(name)
    if found is None or found[1].get("format") != CHECKPOINT_FORMAT:
        return []
    arrays, manifest = found
    structure = jax.tree.structure(like)
    lanes = []
    for lane, key in enumerate(manifest["keys"]):
        start = parameters_from(arrays, f"{lane}/start")
        if key not in units or start is None:
            continue
        progress = Progress(
            unit=units[key],
            start=start,
            losses=[float(loss) for loss in arrays[f"{lane}/loss"]],
            threshold=parameters_from(arrays, f"{lane}/threshold"),
        )
        leaves = [arrays[f"{lane}/state/{index}"] for index in range(structure.num_leaves)]
        lanes.append((progress, jax.tree.unflatten(structure, leaves)))
    return lanes
