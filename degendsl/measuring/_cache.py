"""Which networks a measure is of, what it found, and keeping that so that nothing is done twice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from degendsl.planning import Condition
from degendsl.store import Store, UnitRecord

# Raised by hand where a measure starts to give other numbers.
MEASURE_VERSION = 1

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one measure found in one condition.

    seeds: the networks measured, in order. arrays: numbers per network, or per pair of `pairs`,
    whose entries are positions in `seeds`.
    """

    seeds: tuple[int, ...]
    arrays: Arrays

    def matrix(self, name: str) -> np.ndarray:
        """A distance per pair as a symmetric matrix."""
        n = len(self.seeds)
        full = np.zeros((n, n))
        for (i, j), value in zip(self.arrays["pairs"], self.arrays[name], strict=True):
            full[i, j] = full[j, i] = value
        return full


@dataclass(frozen=True, kw_only=True)
class Networks:
    """The networks of one condition that a measure compares, `at` `init` or `end`."""

    condition: Condition
    at: str
    records: Mapping[int, UnitRecord]

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(self.records)

    @property
    def parameters(self) -> list[dict[str, np.ndarray]]:
        when = "init" if self.at == "init" else "final"
        return [record.parameters(when) for record in self.records.values()]

    @property
    def keys(self) -> list[str]:
        return [record.manifest["key"] for record in self.records.values()]


def cached(
    store: Store,
    networks: Networks,
    level: str,
    settings: Mapping[str, Any],
    compute: Callable[[Arrays], Arrays],
) -> Measured:
    """What was measured before of these networks, or of the first of them, completed and kept.

    compute: is given what is known of the first few networks, nothing if nothing is, and answers
    with the arrays of all.
    """
    identity = {"level": level, "at": networks.at, "version": MEASURE_VERSION, **settings}
    condition = networks.condition.id
    path = store.measure_path(condition, {**identity, "keys": networks.keys})
    if path.exists():
        arrays, _ = store.read_measure(path)
        return Measured(seeds=networks.seeds, arrays=arrays)
    arrays = compute(_earlier(store, condition, identity, networks.keys))
    store.write_measure(path, arrays, {"identity": identity, "keys": networks.keys})
    return Measured(seeds=networks.seeds, arrays=arrays)


def new_pairs(old: int, total: int) -> list[tuple[int, int]]:
    """Every pair of `total` networks that the first `old` of them do not have among themselves."""
    return [(i, j) for i in range(old, total) for j in range(i)]


def joined(known: Arrays, added: Arrays) -> Arrays:
    """What was known, with what was added after it."""
    return {
        name: np.concatenate([known[name], new]) if name in known else new
        for name, new in added.items()
    }


def plain(block: Any) -> dict[str, Any]:
    """The keys of a block of the spec, as settings that a measure is known by."""
    return dict(vars(block))


def _earlier(
    store: Store, condition: str, identity: Mapping[str, Any], keys: Sequence[str]
) -> Arrays:
    """The largest earlier measurement of the first few of these networks, or nothing."""
    best: Arrays = {}
    most = 0
    for path in store.measures(condition):
        arrays, manifest = store.read_measure(path)
        earlier = manifest["keys"]
        if manifest["identity"] != identity or earlier != keys[: len(earlier)]:
            continue
        if len(earlier) > most:
            best, most = arrays, len(earlier)
    return best
