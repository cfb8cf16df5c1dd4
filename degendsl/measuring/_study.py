"""Measuring a whole study: every condition, every level, when asked for."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from degendsl.errors import MeasureError
from degendsl.planning import Condition, Plan
from degendsl.spec import kinds
from degendsl.store import Store, UnitRecord

from ._behavior import behavior
from ._cache import Measured, Networks
from ._examples import Examples, examples
from ._groups import Group
from ._levels import ALSO, FLOORS, LEVELS, REFERENCES
from ._rank import with_ranks
from ._sensitivity import settings_of

_WORDS = {
    "init": "untrained networks",
    "threshold": "networks at the threshold",
    "end": "trained networks",
}


@dataclass(frozen=True, kw_only=True)
class ConditionMeasures:
    """All that is known of one condition.

    records: every network there is. compared: the seeds of those that are compared. levels: by
    (level, at), of the networks that are compared.
    references: by (level, name), `null`, `cross`, `floor` and `surrogate`, of trained networks.
    sensitivity: by (level, settings in words), of trained networks. also: by (name, at), what else
    was asked for of the same networks. everyone: losses of every finite network, converged or not.
    problems: what could not be measured, in words.
    """

    condition: Condition | Group
    records: Mapping[int, UnitRecord]
    compared: tuple[int, ...] = ()
    levels: Mapping[tuple[str, str], Measured]
    references: Mapping[tuple[str, str], Measured] = field(default_factory=dict)
    sensitivity: Mapping[tuple[str, str], Measured] = field(default_factory=dict)
    also: Mapping[tuple[str, str], Measured] = field(default_factory=dict)
    everyone: Measured | None
    examples: Examples | None
    problems: tuple[str, ...]

    @property
    def dt(self) -> float:
        """Time between two steps; of networks from elsewhere it is not known and steps count."""
        science = self.condition.science
        return science.solver.dt if science else 1.0

    @property
    def threshold(self) -> float:
        """The training loss at which a network has converged; of networks from elsewhere NaN."""
        science = self.condition.science
        return science.train.stop.train_mse if science else math.nan


def measure_study(
    plan: Plan, store: Store, report: Callable[[str], None] = lambda _: None
) -> list[ConditionMeasures]:
    """Measure what the spec asks for; what is in the store already is not measured again."""
    try:
        measure = with_ranks(plan, store)
    except MeasureError:
        # Every condition then says for itself that its networks cannot be compared.
        measure = plan.spec.measure
    found = []
    for condition in plan.conditions:
        report(condition.label)
        found.append(_Measuring(plan, measure, store, condition).everything())
    return found


class _Measuring:
    """One condition while it is measured: its networks, and what goes wrong with them."""

    def __init__(
        self, plan: Plan, measure: kinds.Measure, store: Store, condition: Condition
    ) -> None:
        self._store, self._condition = store, condition
        self._measure = measure
        self._records = _read(store, condition, plan.spec.networks.count, twin=False)
        twins = min(self._measure.floor.networks, plan.spec.networks.count)
        self._twins = _read(store, condition, twins, twin=True)
        self._problems: list[str] = []

    def everything(self) -> ConditionMeasures:
        """All that the spec asks for, as far as the networks carry it."""
        finite = {s: r for s, r in self._records.items() if r.manifest["outcome"] != "diverged"}
        everyone = shown = None
        if finite:
            everyone = behavior(self._store, self._networks(finite), self._measure)
            shown = examples(self._store, self._condition, finite, everyone, self._measure)
        compared = self._compared(everyone)
        enough = len(compared) >= 2
        networks = self._networks(compared)
        return ConditionMeasures(
            condition=self._condition,
            records=self._records,
            compared=networks.seeds,
            levels=self._levels(networks) if enough else {},
            references=self._references(networks) if enough else {},
            sensitivity=self._sensitivity(networks) if enough else {},
            also=self._also(networks) if enough else {},
            everyone=everyone,
            examples=shown,
            problems=tuple(self._problems),
        )

    def _networks(self, records: Mapping[int, UnitRecord]) -> Networks:
        return Networks(condition=self._condition, at="end", records=records)

    def _compared(self, everyone: Measured | None) -> dict[int, UnitRecord]:
        """The networks that `measure.include` lets in."""
        found = {s: r for s, r in self._records.items() if r.manifest["outcome"] == "converged"}
        what = "converged networks"
        if self._measure.include == "below_threshold" and everyone is not None:
            threshold = self._condition.science.train.stop.train_mse
            losses = dict(zip(everyone.seeds, everyone.arrays["eval_mse"], strict=True))
            found = {s: r for s, r in found.items() if losses[s] <= threshold}
            what += " still at or below the threshold"
        if len(found) < 2:
            self._missing(f"{len(found)} {what}, two are needed; train longer or more networks")
        return found

    def _levels(self, networks: Networks) -> dict[tuple[str, str], Measured]:
        found = {}
        for at in self._measure.at:
            for name, level in LEVELS.items():
                one = self._attempt(
                    f"{name}, {_WORDS[at]}",
                    lambda level=level, at=at: level(self._store, networks.then(at), self._measure),
                )
                if one:
                    found[name, at] = one
        return found

    def _references(self, networks: Networks) -> dict[tuple[str, str], Measured]:
        found = {}
        for (level, name), reference in REFERENCES.items():
            one = self._attempt(
                f"{level}, {name}",
                lambda reference=reference: reference(self._store, networks, self._measure),
            )
            if one:
                found[level, name] = one
        both = [
            seed
            for seed, record in self._twins.items()
            if record.manifest["outcome"] == "converged" and seed in networks.records
        ]
        if not both:
            return found
        twins = self._networks({seed: self._twins[seed] for seed in both})
        for level, floor in FLOORS.items():
            one = self._attempt(
                f"{level}, floor",
                lambda floor=floor: floor(self._store, networks, twins, self._measure),
            )
            if one:
                found[level, "floor"] = one
        return found

    def _sensitivity(self, networks: Networks) -> dict[tuple[str, str], Measured]:
        found = {}
        for level, text, measure in settings_of(self._measure):
            one = self._attempt(
                f"{level} with {text}",
                lambda level=level, m=measure: LEVELS[level](self._store, networks, m),
            )
            if one:
                found[level, text] = one
        return found

    def _also(self, networks: Networks) -> dict[tuple[str, str], Measured]:
        found = {}
        for at in self._measure.at:
            for word in self._measure.also:
                if word not in ALSO:
                    continue
                one = self._attempt(
                    f"{word}, {_WORDS[at]}",
                    lambda word=word, at=at: ALSO[word](
                        self._store, networks.then(at), self._measure
                    ),
                )
                if one:
                    found[word, at] = one
        return found

    def _attempt(self, what: str, measure: Callable[[], Measured]) -> Measured | None:
        """What a measure finds, or None and a line that says why not; the rest goes on."""
        try:
            return measure()
        except MeasureError as error:
            self._missing(f"{what}: {error}")
            return None

    def _missing(self, text: str) -> None:
        self._problems.append(f"{self._condition.label}: {text}")


def _read(store: Store, condition: Condition, count: int, *, twin: bool) -> dict[int, UnitRecord]:
    return {
        seed: store.read_unit(condition.id, seed, twin=twin)
        for seed in range(count)
        if store.has_unit(condition.id, seed, twin=twin)
    }
