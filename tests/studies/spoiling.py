"""Copies of a study in which some networks hold other numbers."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from degendsl.analysis import tables
from degendsl.measuring import measure_study
from degendsl.planning import make_plan
from degendsl.spec import Spec
from degendsl.store import Store, UnitRecord

Arrays = dict[str, np.ndarray]
Spoil = Callable[[Arrays], None]


def conditions(store: Store) -> list[str]:
    """The ids of the conditions in the order of the sweep."""
    return [one["id"] for one in store.lock["conditions"]]


def arrays_of(store: Store, condition: str, seed: int) -> Arrays:
    record = store.read_unit(condition, seed)
    return {name: np.array(record.arrays[name]) for name in record.arrays}


def spoiled(
    root: Path, copy: Path, spoil: dict[int, Spoil], *, twins: bool = False, **manifest: str
) -> Store:
    """A copy of a study with other numbers in some networks of its first condition, or in twins.

    manifest: what else their files say, such as another outcome. Of that condition nothing is
    measured yet: measures are known by what networks were trained by, which stays.
    """
    shutil.copytree(root, copy)
    store = Store(copy)
    condition = conditions(store)[0]
    if spoil:
        shutil.rmtree(copy / "measures" / condition)
    for seed, change in spoil.items():
        record = store.read_unit(condition, seed, twin=twins)
        arrays = {name: np.array(record.arrays[name]) for name in record.arrays}
        change(arrays)
        store.unit_path(condition, seed, twin=twins).unlink()
        other = UnitRecord(arrays=arrays, manifest=record.manifest | manifest)
        store.write_unit(condition, seed, other, twin=twins)
    return store


def richer(arrays: Arrays) -> None:
    """A network that rings, so that more directions count."""
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((8, 8)))[0]
    arrays["final/recurrent"] = (0.98 * turn).astype(np.float32)


def measured(store: Store, spec: Spec) -> dict[str, pl.DataFrame]:
    """The tables of a study that is trained, without its page."""
    plan = make_plan(spec)
    return tables(plan, measure_study(plan, store))
