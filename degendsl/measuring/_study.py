"""Measuring a whole study: every condition, every level, when asked for."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from degendsl.errors import MeasureError
from degendsl.planning import Condition, Plan
from degendsl.spec import kinds
from degendsl.store import Store, UnitRecord

from ._behavior import behavior
from ._cache import Measured, Networks
from ._condition import ConditionMeasures
from ._dynamics import STILL
from ._examples import Examples, examples
from ._fixed_points import fixed_points
from ._left_out import sentences, unsound
from ._levels import ALSO, FLOORS, FURTHER, LEVELS, REFERENCES
from ._rank import rank_notes, with_ranks
from ._sensitivity import settings_of
from ._still import Remedies, still_notes

_WORDS = {
    "init": "untrained networks",
    "threshold": "networks at the threshold",
    "end": "trained networks",
}
_REMEDIES = Remedies(
    silent="a smaller learning rate keeps more of them alive",
    constant="a smaller learning rate or a penalty on rates keeps units from saturating",
)


def measure_study(
    plan: Plan, store: Store, report: Callable[[str], None] = lambda _: None
) -> list[ConditionMeasures]:
    """Measure what the spec asks for; what is in the store already is not measured again."""
    unranked = ""
    try:
        measure = with_ranks(plan, store, plan.spec.measure)
    except MeasureError as error:
        measure, unranked = plan.spec.measure, str(error)
    found = []
    for condition in plan.conditions:
        report(condition.label)
        found.append(_Measuring(plan, measure, store, condition, unranked).everything())
    return found


class _Measuring:
    """One condition while it is measured: its networks, and what goes wrong with them."""

    def __init__(
        self, plan: Plan, measure: kinds.Measure, store: Store, condition: Condition, unranked: str
    ) -> None:
        self._plan, self._store, self._condition = plan, store, condition
        self._measure, self._unranked = measure, unranked
        self._records = _read(store, condition, plan.spec.networks.count, twin=False)
        twins = min(self._measure.floor.networks, plan.spec.networks.count)
        self._twins = _read(store, condition, twins, twin=True)
        self._problems: list[str] = []
        self._said: set[tuple[str, str, int, str]] = set()

    def everything(self) -> ConditionMeasures:
        """All that the spec asks for, as far as the networks carry it."""
        finite = {s: r for s, r in self._records.items() if r.manifest["outcome"] != "diverged"}
        everyone = self._everyone(finite) if finite else None
        shown = self._examples(finite, everyone)
        compared = self._compared(everyone)
        enough = len(compared) >= 2
        if enough and self._unranked:
            self._missing(f"dynamics: {self._unranked}")
        networks = self._networks(compared)
        found = ConditionMeasures(
            condition=self._condition,
            records=self._records,
            compared=networks.seeds,
            levels=self._levels(networks, self._measure) if enough else {},
            references=self._references(networks, self._measure) if enough else {},
            also=self._also(networks) if enough else {},
            everyone=everyone,
            examples=shown,
            resting=self._resting(finite, shown) if shown else None,
            problems=(),
        )
        sensitivity = self._sensitivity(found, networks) if enough else {}
        return replace(
            found,
            sensitivity=sensitivity,
            problems=tuple(self._problems),
            notes=tuple(self._notes(found.levels.get(("dynamics", "end")))),
        )

    def _notes(self, dynamics: Measured | None) -> Iterator[str]:
        """What is to be known of the networks whose dynamics were measured first of all."""
        if dynamics is None:
            return
        left_out = dynamics.left_out.get("", {})
        still = {
            f"network {seed}": values
            for seed, values in zip(dynamics.seeds, dynamics.arrays[STILL], strict=True)
            if seed not in left_out
        }
        first = self._measure.dynamics[0]
        for note in (*rank_notes(first), *still_notes(still, _REMEDIES)):
            yield f"{self._condition.label}: dynamics: {note}"

    def _everyone(self, finite: Mapping[int, UnitRecord]) -> Measured | None:
        """Losses of all networks; of those that are compared the level of behaviour says more."""
        try:
            return behavior(self._store, self._networks(finite), self._measure)
        except MeasureError:
            return None

    def _examples(
        self, finite: Mapping[int, UnitRecord], everyone: Measured | None
    ) -> Examples | None:
        """Networks at work, of those whose numbers can be shown."""
        if everyone is None:
            return None
        losses = dict(zip(everyone.seeds, everyone.arrays["eval_mse"], strict=True))
        shown = {
            seed: record
            for seed, record in finite.items()
            if math.isfinite(losses[seed])
            and not any(unsound(record.parameters(at)) for at in ("init", "final"))
        }
        if not shown:
            return None
        numbers = {"eval_mse": np.array([losses[seed] for seed in shown])}
        ranked = Measured(seeds=tuple(shown), arrays=numbers)
        return examples(self._store, self._condition, shown, ranked, self._measure)

    def _resting(self, finite: Mapping[int, UnitRecord], shown: Examples) -> Measured | None:
        few = self._networks(finite).only(sorted(shown.roles))
        return self._attempt(
            "fixed points", "end", "", lambda: fixed_points(self._store, few, self._measure)
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

    def _levels(
        self, networks: Networks, measure: kinds.Measure, only: str = "", under: str = ""
    ) -> dict[tuple[str, str], Measured]:
        """Every level asked for, or `only` one, at every time; `under` says with which settings."""
        found = {}
        further = dict(FURTHER[word] for word in measure.also if word in FURTHER)
        for at in measure.at:
            for level, ask in (LEVELS | further).items():
                if only in ("", level):
                    one = self._attempt(
                        level,
                        at,
                        f"{under}, {_WORDS[at]}",
                        lambda ask=ask, at=at: ask(self._store, networks.then(at), measure),
                    )
                    if one:
                        found[level, at] = one
        return found

    def _references(
        self, networks: Networks, measure: kinds.Measure, only: str = "", under: str = ""
    ) -> dict[tuple[str, str], Measured]:
        asked = {
            key: lambda ask=ask: ask(self._store, networks, measure)
            for key, ask in REFERENCES.items()
        }
        both = [
            seed
            for seed, record in self._twins.items()
            if record.manifest["outcome"] == "converged" and seed in networks.records
        ]
        if both:
            twins = replace(self._networks({seed: self._twins[seed] for seed in both}), twins=True)
            asked |= {
                (level, "floor"): lambda ask=ask: ask(self._store, networks, twins, measure)
                for level, ask in FLOORS.items()
            }
        found = {}
        for (level, name), ask in asked.items():
            if only in ("", level):
                one = self._attempt(level, "end", f"{under}, {name}", ask)
                if one:
                    found[level, name] = one
        return found

    def _sensitivity(
        self, found: ConditionMeasures, networks: Networks
    ) -> dict[tuple[str, str], ConditionMeasures]:
        """The level that each setting is of, and what its value must be read beside."""
        under = {}
        for level, text, measure in settings_of(self._plan.spec.measure, self._measure):
            words = f" with {text}"
            one = replace(found, levels={}, references={})
            under[level, text] = one
            if level == "dynamics":
                try:
                    measure = with_ranks(self._plan, self._store, measure, self._condition)
                except MeasureError as error:
                    self._missing(f"{level}{words}: {error}")
                    continue
            under[level, text] = replace(
                one,
                levels=self._levels(networks, measure, level, words),
                references=self._references(networks, measure, level, words),
            )
        return under

    def _also(self, networks: Networks) -> dict[tuple[str, str], Measured]:
        found = {}
        for at in self._measure.at:
            for word in (word for word in self._measure.also if word in ALSO):
                one = self._attempt(
                    word,
                    at,
                    f", {_WORDS[at]}",
                    lambda word=word, at=at: ALSO[word](
                        self._store, networks.then(at), self._measure
                    ),
                )
                if one:
                    found[word, at] = one
        return found

    def _attempt(
        self, level: str, at: str, which: str, measure: Callable[[], Measured]
    ) -> Measured | None:
        """What a measure finds, or None, and lines that say what is missing; the rest goes on."""
        try:
            found = measure()
        except MeasureError as error:
            self._missing(f"{level}{which}: {error}")
            return None
        for tag, left_out in found.left_out.items():
            # What a value lacks, its references and other settings mostly lack for the same reason.
            new = {
                seed: why
                for seed, why in left_out.items()
                if (level, at, seed, why) not in self._said
            }
            self._said |= {(level, at, seed, why) for seed, why in new.items()}
            for line in sentences(new, len(found.seeds)):
                self._missing(f"{level}{tag}{which}: {line}")
        return found

    def _missing(self, text: str) -> None:
        self._problems.append(f"{self._condition.label}: {text}")


def _read(store: Store, condition: Condition, count: int, *, twin: bool) -> dict[int, UnitRecord]:
    return {
        seed: store.read_unit(condition.id, seed, twin=twin)
        for seed in range(count)
        if store.has_unit(condition.id, seed, twin=twin)
    }
