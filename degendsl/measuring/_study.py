"""Measuring a whole study: every condition, every level, when asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from degendsl.errors import MeasureError
from degendsl.planning import Condition, Plan
from degendsl.store import Store, UnitRecord

from ._levels import Measured, Networks, behavior, dynamics, examples, weights

LEVELS = {"behavior": behavior, "dynamics": dynamics, "weights": weights}


@dataclass(frozen=True, kw_only=True)
class Examples:
    """A few test trials and what one network of a condition, the median by loss, makes of them."""

    seed: int
    inputs: np.ndarray
    targets: np.ndarray
    outputs: np.ndarray


@dataclass(frozen=True, kw_only=True)
class ConditionMeasures:
    """All that is known of one condition.

    records: every network there is. levels: by (level, at), of the networks that are compared.
    everyone: losses of every finite network, converged or not. problems: what could not be
    measured, in words.
    """

    condition: Condition
    records: Mapping[int, UnitRecord]
    levels: Mapping[tuple[str, str], Measured]
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
    levels: dict[tuple[str, str], Measured] = {}
    problems = []
    if len(converged) < 2:
        problems.append(f"{condition.label}: {len(converged)} converged networks, two are needed")
    else:
        for at in measure.at:
            networks = Networks(condition=condition, at=at, records=converged)
            for name, level in LEVELS.items():
                try:
                    levels[name, at] = level(store, networks, measure)
                except MeasureError as error:
                    when = "untrained networks" if at == "init" else "trained networks"
                    problems.append(f"{condition.label}, {name}, {when}: {error}")
    everyone = None
    if finite:
        everyone = behavior(store, Networks(condition=condition, at="end", records=finite), measure)
    return ConditionMeasures(
        condition=condition,
        records=records,
        levels=levels,
        everyone=everyone,
        examples=_examples(store, condition, finite, everyone, plan) if everyone else None,
        problems=tuple(problems),
    )


def _examples(
    store: Store,
    condition: Condition,
    records: Mapping[int, UnitRecord],
    losses: Measured,
    plan: Plan,
) -> Examples:
    order = np.argsort(losses.arrays["eval_mse"], kind="stable")
    seed = losses.seeds[int(order[len(order) // 2])]
    median = Networks(condition=condition, at="end", records={seed: records[seed]})
    arrays = examples(store, median, plan.spec.measure, count=3).arrays
    return Examples(seed=seed, **arrays)
