"""Measuring a whole study: every condition, every level, when asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from degendsl.errors import MeasureError
from degendsl.planning import Condition, Plan
from degendsl.store import Store, UnitRecord

from ._behavior import behavior
from ._cache import Measured, Networks
from ._examples import Examples, examples
from ._levels import ALSO, LEVELS, MeasureNetworks


@dataclass(frozen=True, kw_only=True)
class ConditionMeasures:
    """All that is known of one condition.

    records: every network there is. levels: by (level, at), of the networks that are compared.
    also: by (name, at), what else was asked for of the same networks. everyone: losses of every
    finite network, converged or not. problems: what could not be measured, in words.
    """

    condition: Condition
    records: Mapping[int, UnitRecord]
    levels: Mapping[tuple[str, str], Measured]
    also: Mapping[tuple[str, str], Measured]
    everyone: Measured | None
    examples: Examples | None
    problems: tuple[str, ...]


def measure_study(
    plan: Plan, store: Store, report: Callable[[str], None] = lambda _: None
) -> list[ConditionMeasures]:
    """Measure what the spec asks for; what is in the store already is not measured again."""
    found = []
    for condition in plan.conditions:
        report(condition.label)
        found.append(_measure_condition(plan, store, condition))
    return found


def _measure_condition(plan: Plan, store: Store, condition: Condition) -> ConditionMeasures:
    measure = plan.spec.measure
    records = {
        seed: store.read_unit(condition.id, seed)
        for seed in range(plan.spec.networks.count)
        if store.has_unit(condition.id, seed)
    }
    converged = {s: r for s, r in records.items() if r.manifest["outcome"] == "converged"}
    finite = {s: r for s, r in records.items() if r.manifest["outcome"] != "diverged"}
    problems: list[str] = []
    levels: dict[tuple[str, str], Measured] = {}
    also: dict[tuple[str, str], Measured] = {}

    def attempt(
        found: dict[tuple[str, str], Measured], measures: Mapping[str, MeasureNetworks]
    ) -> None:
        for at in measure.at:
            networks = Networks(condition=condition, at=at, records=converged)
            for name, one in measures.items():
                try:
                    found[name, at] = one(store, networks, measure)
                except MeasureError as error:
                    when = "untrained networks" if at == "init" else "trained networks"
                    problems.append(f"{condition.label}, {name}, {when}: {error}")

    if len(converged) < 2:
        problems.append(f"{condition.label}: {len(converged)} converged networks, two are needed")
    else:
        attempt(levels, LEVELS)
        attempt(also, {word: ALSO[word] for word in measure.also if word in ALSO})
    everyone = None
    if finite:
        everyone = behavior(store, Networks(condition=condition, at="end", records=finite), measure)
    return ConditionMeasures(
        condition=condition,
        records=records,
        levels=levels,
        also=also,
        everyone=everyone,
        examples=examples(store, condition, finite, everyone, measure) if everyone else None,
        problems=tuple(problems),
    )
