"""Which networks a measure is of, what it found, and keeping that so that nothing is done twice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np

from degendsl.metrics import Pair
from degendsl.planning import Condition
from degendsl.store import Store, UnitRecord

# Raised by hand where a measure starts to give other numbers.
MEASURE_VERSION = 13

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one measure found in one condition.

    seeds: the networks it was asked about, in order. arrays: numbers per network, or per pair of
    `pairs`, whose entries are positions in `seeds`; NaN where a network could not be measured.
    left_out: why not, by its seed; of several measures of a level by the tag of each.
    """

    seeds: tuple[int, ...]
    arrays: Arrays
    left_out: Mapping[str, Mapping[int, str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Networks:
    """The networks of one condition that a measure compares, `at` `init`, `threshold` or `end`.

    twins: whether they are those that started one bit away.
    """

    condition: Condition
    at: str
    records: Mapping[int, UnitRecord]
    twins: bool = False

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(self.records)

    @property
    def parameters(self) -> "Parameters":
        """Those of each network, in order; none is in memory before it is asked for."""
        when = "final" if self.at == "end" else self.at
        return Parameters(list(self.records.values()), when)

    @property
    def name(self) -> str:
        """What reasons call each of the networks; `{network}` stands for its own name."""
        return "the twin of {network}" if self.twins else "{network}"

    def then(self, at: str) -> "Networks":
        """The same networks at another time."""
        return replace(self, at=at)

    def only(self, seeds: Sequence[int]) -> "Networks":
        """Some of these networks."""
        return replace(self, records={seed: self.records[seed] for seed in seeds})

    @property
    def keys(self) -> list[str]:
        return [record.manifest["key"] for record in self.records.values()]


@final
class Parameters(Sequence[dict[str, np.ndarray]]):
    """The parameters of many networks at one time, each read when it is asked for."""

    def __init__(self, records: Sequence[UnitRecord], when: str) -> None:
        self._records, self._when = records, when

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Parameters(self._records[index], self._when)
        return self._records[index].parameters(self._when)


def cached(
    store: Store,
    networks: Networks,
    level: str,
    settings: Mapping[str, Any],
    compute: Callable[[Arrays], Arrays],
    *,
    chosen: Any = None,
) -> Measured:
    """What was measured before of these networks, or of the first of them, completed and kept.

    settings: what the numbers depend on. compute: is given what is known of the first few networks,
    nothing if nothing is, and answers with the arrays of all. chosen: which of the numbers are
    wanted, such as how many pairs; other choices are added to, not begun again.
    """
    identity = {"level": level, "at": networks.at, "version": MEASURE_VERSION, **settings}
    condition = networks.condition.id
    path = store.measure_path(condition, {**identity, "keys": networks.keys, "chosen": chosen})
    if path.exists():
        arrays, _ = store.read_measure(path)
        return Measured(seeds=networks.seeds, arrays=arrays)
    arrays = compute(_earlier(store, condition, identity, networks.keys))
    store.write_measure(path, arrays, {"identity": identity, "keys": networks.keys})
    return Measured(seeds=networks.seeds, arrays=arrays)


def per_pair(
    known: Arrays, pairs: Sequence[Pair], compare: Callable[[list[Pair]], Arrays]
) -> Arrays:
    """Numbers per pair, `compare` being asked only for the pairs that are not known."""
    before = {(int(i), int(j)): row for row, (i, j) in enumerate(known.get("pairs", ()))}
    new = compare([pair for pair in pairs if pair not in before])
    rows = iter(range(len(before), len(before) + len(pairs)))
    # Rows of what was known, then of what is new, in the order in which they were asked for.
    order = np.array([before[p] if p in before else next(rows) for p in pairs], int)
    found = {
        name: (np.concatenate([known[name], values]) if before else values)[order]
        for name, values in new.items()
    }
    return {"pairs": np.array(pairs, int).reshape(-1, 2), **found}


def plain(block: Any) -> dict[str, Any]:
    """The keys of a block of the spec, as settings that a measure is known by."""
    return dict(vars(block))


def _earlier(
    store: Store, condition: str, identity: Mapping[str, Any], keys: Sequence[str]
) -> Arrays:
    """The largest earlier measurement of the first few of these networks, or nothing."""
    best, most = None, 0
    for path in store.measures(condition):
        manifest = store.measure_manifest(path)
        earlier = manifest["keys"]
        if manifest["identity"] != identity or earlier != keys[: len(earlier)]:
            continue
        if len(earlier) > most:
            best, most = path, len(earlier)
    return store.read_measure(best)[0] if best else {}
