"""The level of dynamics: operators of each network, the distance of each pair, its references."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from degendsl import metrics
from degendsl.errors import MeasureError
from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, per_pair, plain
from ._names import merged, tags
from ._pairs import Pair, chosen_pairs

_SHARED = ("pairs",)


def dynamics(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """The DSA distance of each pair on the test trials, for each setting asked for."""
    return _each(networks, measure, lambda dsa: _distances(store, networks, measure, dsa))


def dynamics_null(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """The distance of each network from itself on a second set of test trials, d(i_a, i_b)."""
    return _each(networks, measure, lambda dsa: _null(store, networks, measure, dsa))


def dynamics_cross(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """The distance of each pair where each network saw other trials, d(i_a, j_b): see the null."""
    return _each(networks, measure, lambda dsa: _distances(store, networks, measure, dsa, "cross"))


def dynamics_floor(
    store: Store, networks: Networks, twins: Networks, measure: kinds.Measure
) -> Measured:
    """The distance of each network from its twin, on the same test trials."""

    def one(dsa: kinds.DSA) -> Arrays:
        own = _operators(store, networks, measure, dsa)
        other = _operators(store, twins, measure, dsa)
        order = [networks.seeds.index(seed) for seed in twins.seeds]
        return _between(own[order], other, dsa)

    return _each(twins, measure, one)


def _each(networks: Networks, measure: kinds.Measure, one: Any) -> Measured:
    parts = [one(dsa) for dsa in measure.dynamics]
    arrays = merged(parts, tags(measure.dynamics), _SHARED)
    return Measured(seeds=networks.seeds, arrays=arrays)


def _distances(
    store: Store,
    networks: Networks,
    measure: kinds.Measure,
    dsa: kinds.DSA,
    against: str = "dynamics",
) -> Arrays:
    pairs = chosen_pairs(len(networks.seeds), measure.pairs.max)

    def compute(known: Arrays) -> Arrays:
        first = _operators(store, networks, measure, dsa)
        if against == "cross":
            # The second set's operators come after the first's, so (i, j) becomes (i, n + j).
            first = np.concatenate([first, _operators(store, networks, _second(measure), dsa)])

        def compare(missing: list[Pair]) -> Arrays:
            shift = len(networks.seeds) if against == "cross" else 0
            shifted = [(i, j + shift) for i, j in missing]
            found = metrics.operator_distances(first, shifted, score=dsa.score, starts=dsa.starts)
            return {"dsa": found.distance, "agreeing": found.agreeing, "spread": found.spread}

        return per_pair(known, pairs, compare)

    settings = _settings(measure, dsa)
    found = cached(store, networks, against, settings, compute, chosen=measure.pairs.max).arrays
    if against == "cross":
        return found
    return {**found, **_kept(store, networks, measure, dsa)}


def _null(store: Store, networks: Networks, measure: kinds.Measure, dsa: kinds.DSA) -> Arrays:
    def compute(_: Arrays) -> Arrays:
        first = _operators(store, networks, measure, dsa)
        return _between(first, _operators(store, networks, _second(measure), dsa), dsa)

    return cached(store, networks, "null", _settings(measure, dsa), compute).arrays


def _between(a: np.ndarray, b: np.ndarray, dsa: kinds.DSA) -> Arrays:
    """The distance of each operator of `a` from the one at the same place in `b`."""
    pairs = [(index, len(a) + index) for index in range(len(a))]
    both = np.concatenate([a, b])
    found = metrics.operator_distances(both, pairs, score=dsa.score, starts=dsa.starts)
    return {"dsa": found.distance}


def _operators(
    store: Store, networks: Networks, measure: kinds.Measure, dsa: kinds.DSA
) -> np.ndarray:
    return _kept(store, networks, measure, dsa)["operators"]


def _kept(store: Store, networks: Networks, measure: kinds.Measure, dsa: kinds.DSA) -> Arrays:
    """The operator and leading singular values of each network, kept by themselves.

    They do not depend on how operators are compared, so every score, null and cross share them.
    """
    settings = _settings(measure, dsa)
    for name in ("score", "starts"):
        del settings["dynamics"][name]

    def compute(known: Arrays) -> Arrays:
        old = len(known.get("operators", ()))
        fitted = list(_fitted(networks, measure, dsa, old))
        operators = [*known.get("operators", ()), *(operator for operator, _ in fitted)]
        values = [*known.get("singular_values", ()), *(values for _, values in fitted)]
        return {"operators": np.stack(operators), "singular_values": np.stack(values)}

    return cached(store, networks, "operators", settings, compute).arrays


def _fitted(
    networks: Networks, measure: kinds.Measure, dsa: kinds.DSA, old: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    if dsa.rank < 1 or dsa.choose != "given":
        raise MeasureError("the rank of this study has not been chosen")
    science = networks.condition.science
    trials = _evaluate.test_trials(_evaluate.condition_task(science), measure.trials)
    window = window_of(dsa, trials.inputs.shape[1], science.solver.dt)
    inputs = np.asarray(trials.inputs)[:, window] if dsa.input == "regress" else None
    states = _evaluate.states_on(science, trials, networks.parameters[old:])
    for index, one in enumerate(states):
        yield metrics.operator(
            one[:, window],
            delays=dsa.delays,
            interval=dsa.interval,
            rank=int(dsa.rank),
            inputs=inputs,
            name=f"network {networks.seeds[old + index]}",
        )


def window_of(dsa: kinds.DSA, n_steps: int, dt: float) -> slice:
    """The steps of a trial that are measured."""
    half = n_steps // 2
    begin, end = {"all": (0, n_steps), "early": (0, half), "late": (half, n_steps)}[dsa.window]
    return slice(min(begin + round(dsa.burn_in / dt), end), end)


def _second(measure: kinds.Measure) -> kinds.Measure:
    """The same measure on a second set of test trials, as fixed as the first."""
    other = 2**31 - 1 - measure.trials.seed
    return replace(measure, trials=replace(measure.trials, seed=other))


def _settings(measure: kinds.Measure, dsa: kinds.DSA) -> dict[str, Any]:
    return {"trials": plain(measure.trials), "dynamics": plain(dsa)}
