"""Training a compile group: lanes in step on the device, rules and files on the host."""

import hashlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from degendsl.planning import CompileGroup, Unit
from degendsl.spec import kinds
from degendsl.store import Store, UnitRecord
from degendsl.version import __version__

from . import _checkpoint
from ._checkpoint import Progress
from ._devices import Realisation
from ._lane import LaneState
from ._program import EnsembleProgram, to_host
from ._recipe import recipe_of
from ._rules import Outcome, crossing, outcome
from ._twins import nudge

CHECKPOINT_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the host learns between two epochs, for whoever shows progress."""

    unit: Unit
    epoch: int
    loss: float
    outcome: Outcome | None


class Stopped(Exception):
    """Training was asked to stop; what was unfinished lies in a checkpoint."""


def train_group(
    group: CompileGroup,
    networks: kinds.Networks,
    store: Store,
    where: Realisation,
    *,
    report: Callable[[Report], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
    checkpoint_seconds: float = CHECKPOINT_SECONDS,
) -> None:
    """Train every unit of a group and commit each as it finishes.

    A network that finishes leaves its lane and the next unit takes it; nothing is compiled again.

    **Raises** `Stopped` at the first epoch's end after `should_stop` says so.
    """
    ensemble = _Ensemble(group, networks, store, where)
    kept = time.monotonic()
    while ensemble.fill():
        for progress in ensemble.advance():
            result = outcome(progress.losses, progress.unit.condition.science.train)
            report(
                Report(
                    unit=progress.unit,
                    epoch=len(progress.losses),
                    loss=progress.losses[-1],
                    outcome=result,
                )
            )
            if result is not None:
                ensemble.commit(progress, result)
        if should_stop():
            ensemble.checkpoint()
            raise Stopped
        if time.monotonic() - kept > checkpoint_seconds:
            ensemble.checkpoint()
            kept = time.monotonic()
    ensemble.finish()


class _Ensemble:
    """The lanes of one group: who is in them, and the arrays that training carries."""

    def __init__(
        self, group: CompileGroup, networks: kinds.Networks, store: Store, where: Realisation
    ) -> None:
        self._networks, self._store, self._where = networks, store, where
        self._name = _group_name(group)
        self._program = EnsembleProgram(group.units[0].condition.science, where.lanes)
        self._lanes: list[Progress | None] = [None] * self._program.width
        # An empty lane computes some unit's epoch all the same, and its result is dropped.
        self._recipes = [recipe_of(group.units[0], networks)] * self._program.width
        self._stacked = self._program.stack(self._recipes)
        self._state: LaneState = self._program.start(self._stacked)
        units = {unit.key: unit for unit in group.units}
        one = jax.tree.map(lambda leaf: leaf[0], self._state)
        self._resumed = deque(_checkpoint.load(store, self._name, units, one))
        resumed = {progress.unit.key for progress, _ in self._resumed}
        self._waiting = deque(unit for unit in group.units if unit.key not in resumed)

    def fill(self) -> bool:
        """Give every empty lane the next unit; false when all are empty and none is left."""
        empty = [index for index, progress in enumerate(self._lanes) if progress is None]
        fresh: list[int] = []
        resumed: dict[int, Any] = {}
        for index in empty:
            if self._resumed:
                self._lanes[index], resumed[index] = self._resumed.popleft()
            elif self._waiting:
                unit = self._waiting.popleft()
                self._lanes[index] = Progress(unit=unit)
                fresh.append(index)
        if fresh or resumed:
            self._load(fresh, resumed)
        return any(self._lanes)

    def _load(self, fresh: Sequence[int], resumed: dict[int, Any]) -> None:
        for index in [*fresh, *resumed]:
            self._recipes[index] = recipe_of(self._in(index).unit, self._networks)
        self._stacked = self._program.stack(self._recipes)
        started = self._program.start(self._stacked)
        twins = [index for index in fresh if self._in(index).unit.twin]
        if resumed or twins:
            host = to_host(started)
            for index in twins:
                nudge(host.parameters, index, self._in(index).unit.key)
            for index, state in resumed.items():
                jax.tree.map(lambda all_, one, i=index: all_.__setitem__(i, one), host, state)
            started = self._program.place(host)
        chosen = np.zeros(self._program.width, bool)
        chosen[[*fresh, *resumed]] = True
        self._state = self._program.merge(self._program.place(chosen), started, self._state)
        starts = to_host(started.parameters)
        for index in fresh:
            self._in(index).start = jax.tree.map(lambda leaf, i=index: leaf[i].copy(), starts)

    def advance(self) -> list[Progress]:
        """One epoch of every occupied lane."""
        active = np.array([progress is not None for progress in self._lanes])
        epochs = np.array([len(p.losses) if p else 0 for p in self._lanes], np.int32)
        self._state, losses = self._program.epoch(
            self._stacked, self._state, self._program.place(epochs), self._program.place(active)
        )
        trained = [index for index in range(len(self._lanes)) if active[index]]
        crossed = []
        for index, loss in zip(trained, np.asarray(losses)[trained].tolist(), strict=True):
            progress = self._in(index)
            progress.losses.append(loss)
            threshold = progress.unit.condition.science.train.stop.train_mse
            if crossing(progress.losses, threshold) == len(progress.losses):
                crossed.append(index)
        if crossed:
            parameters = to_host(self._state.parameters)
            for index in crossed:
                self._in(index).threshold = jax.tree.map(
                    lambda leaf, i=index: leaf[i].copy(), parameters
                )
        return [self._in(index) for index in trained]

    def commit(self, progress: Progress, result: Outcome) -> None:
        """Write a finished network and empty its lane."""
        index = self._lanes.index(progress)
        final = jax.tree.map(lambda leaf: np.asarray(leaf[index]), self._state.parameters)
        if not all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(final)):
            result = "diverged"
        arrays = {"loss": np.asarray(progress.losses, np.float64)}
        arrays |= _checkpoint.named(progress.start, "init")
        arrays |= _checkpoint.named(final, "final")
        arrays |= _checkpoint.named(progress.threshold, "threshold")
        unit = progress.unit
        manifest = {
            "condition": unit.condition.id,
            "seed": unit.seed,
            "key": unit.key,
            "outcome": result,
            "epochs": len(progress.losses),
            "realisation": self._where.plain(),
            "degendsl": __version__,
        }
        record = UnitRecord(arrays=arrays, manifest=manifest)
        self._store.write_unit(unit.condition.id, unit.seed, record, twin=unit.twin)
        self._lanes[index] = None

    def checkpoint(self) -> None:
        """Keep every unfinished network; what waits needs no keeping."""
        state = to_host(self._state)
        lanes = [
            (progress, jax.tree.map(lambda leaf, i=index: leaf[i], state))
            for index, progress in enumerate(self._lanes)
            if progress is not None
        ]
        _checkpoint.save(self._store, self._name, [*lanes, *self._resumed])

    def finish(self) -> None:
        """Nothing is unfinished any more."""
        self._store.drop_checkpoint(self._name)

    def _in(self, index: int) -> Progress:
        progress = self._lanes[index]
        assert progress is not None
        return progress


def _group_name(group: CompileGroup) -> str:
    """A file name that is the same whenever the same program is trained."""
    return hashlib.sha256(group.structure.encode()).hexdigest()[:12]
