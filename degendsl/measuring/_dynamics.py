"""The level of dynamics: operators of each network, the distance of each pair, its references."""

from dataclasses import replace
from typing import Any

import jax
import numpy as np

from degendsl import metrics
from degendsl._cores import on_cores
from degendsl.errors import MeasureError
from degendsl.metrics import Pair, pair_subset
from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, per_pair, plain
from ._left_out import WHY, attempt, reported
from ._names import tags
from ._still import still_units

_SHARED = ("pairs",)
# Of each network what `still_units` says.
STILL = "still"
# Pairs × rank³ from which it pays to compile the minimisation for an accelerator: that takes about
# as long as threads on two cores take for 1,000 pairs of rank 30. Others than GPUs lack float64.
_MANY = 1000 * 30**3


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
        own, other = (_kept(store, one, measure, dsa) for one in (networks, twins))
        order = [networks.seeds.index(seed) for seed in twins.seeds]
        return _between({name: array[order] for name, array in own.items()}, other, dsa)

    return _each(twins, measure, one)


def _each(networks: Networks, measure: kinds.Measure, one: Any) -> Measured:
    parts = [one(dsa) for dsa in measure.dynamics]
    return reported(networks.seeds, parts, tags(measure.dynamics), _SHARED)


def _distances(
    store: Store,
    networks: Networks,
    measure: kinds.Measure,
    dsa: kinds.DSA,
    against: str = "dynamics",
) -> Arrays:
    n = len(networks.seeds)
    pairs = pair_subset(n, measure.pairs.max)
    cross = against == "cross"
    first = _kept(store, networks, measure, dsa)
    second = _kept(store, networks, _second(measure), dsa) if cross else first

    def compute(known: Arrays) -> Arrays:
        # The second set's operators come after the first's, so (i, j) becomes (i, n + j).
        operators = np.concatenate([first["operators"], second["operators"]])
        shift = n if cross else 0
        return per_pair(
            known,
            pairs,
            lambda missing: between_operators(operators, [(i, j + shift) for i, j in missing], dsa),
        )

    settings = settings_of(measure, dsa)
    found = cached(store, networks, against, settings, compute, chosen=measure.pairs.max).arrays
    if cross:
        return {**found, WHY: _either(first, second)}
    return {**found, **first}


def _null(store: Store, networks: Networks, measure: kinds.Measure, dsa: kinds.DSA) -> Arrays:
    # Where few of all pairs are compared, as few networks tell their distance from themselves.
    most = measure.pairs.max
    first = {name: array[:most] for name, array in _kept(store, networks, measure, dsa).items()}
    some = networks.only(networks.seeds[:most])
    second = _kept(store, some, _second(measure), dsa)
    settings = settings_of(measure, dsa)
    found = cached(store, some, "null", settings, lambda _: _between(first, second, dsa))
    return {**found.arrays, WHY: _either(first, second)}


def _between(a: Arrays, b: Arrays, dsa: kinds.DSA) -> Arrays:
    """The distance of each operator of `a` from the one at the same place in `b`."""
    n = len(a["operators"])
    both = np.concatenate([a["operators"], b["operators"]])
    found = between_operators(both, [(index, n + index) for index in range(n)], dsa)
    return {"dsa": found["dsa"], WHY: _either(a, b)}


def _either(a: Arrays, b: Arrays) -> np.ndarray:
    """Why a network is left out where it is measured twice."""
    return np.where(a[WHY] != "", a[WHY], b[WHY])


def between_operators(operators: np.ndarray, pairs: list[Pair], dsa: kinds.DSA) -> Arrays:
    """The distance of each pair; NaN where one of the two has no operator."""
    there = [bool(np.isfinite(one).all()) for one in operators]
    rows = [row for row, (i, j) in enumerate(pairs) if there[i] and there[j]]
    # Operators that are no numbers are refused, also where no pair asks for them.
    place = {index: position for position, index in enumerate(np.flatnonzero(there).tolist())}
    asked = [(place[i], place[j]) for i, j in (pairs[row] for row in rows)]
    operators = operators[there]
    found = metrics.operator_distances(
        operators,
        asked,
        score=dsa.score,
        starts=dsa.starts,
        accelerator=len(asked) * int(dsa.rank) ** 3 >= _MANY and jax.default_backend() == "gpu",
    )
    # Each start is tried with both determinants.
    starts = np.full(len(asked), 2.0 * dsa.starts if dsa.score != "wasserstein" else 0.0)
    numbers = {
        "dsa": found.distance,
        "agreeing": found.agreeing,
        "spread": found.spread,
        "starts": starts,
    }
    whole = {name: np.full(len(pairs), np.nan) for name in numbers}
    for name, values in numbers.items():
        whole[name][rows] = values
    return whole


def _kept(store: Store, networks: Networks, measure: kinds.Measure, dsa: kinds.DSA) -> Arrays:
    """The operator and leading singular values of each network, kept by themselves.

    They do not depend on how operators are compared, so every score, null and cross share them.
    NaN for a network that has none, and why. With them which units never change, `STILL`, since
    states are produced for nothing else.
    """
    settings = settings_of(measure, dsa)
    for name in ("score", "starts"):
        del settings["dynamics"][name]

    def compute(known: Arrays) -> Arrays:
        names = ("operators", "singular_values", WHY, STILL)
        fitted = zip(*_fitted(networks, measure, dsa, len(known.get(WHY, ()))), strict=True)
        return {
            name: np.array([*known.get(name, ()), *new])
            for name, new in zip(names, fitted, strict=True)
        }

    return cached(store, networks, "operators", settings, compute).arrays


def _fitted(
    networks: Networks, measure: kinds.Measure, dsa: kinds.DSA, old: int
) -> list[tuple[np.ndarray, np.ndarray, str, np.ndarray]]:
    if dsa.rank < 1 or dsa.choose != "given":
        raise MeasureError("the rank of this study has not been chosen")
    science, rank = networks.condition.science, int(dsa.rank)
    nothing = np.full((rank, rank), np.nan), np.full(rank + 1, np.nan)
    trials = _evaluate.condition_trials(science, measure.trials)
    window = window_of(dsa, trials.inputs.shape[1], science.solver.dt)
    inputs = np.asarray(trials.inputs)[:, window] if dsa.input == "regress" else None

    def fitted(states: np.ndarray) -> tuple[np.ndarray, np.ndarray, str, np.ndarray]:
        states = states[:, window]
        found, why = attempt(
            lambda: metrics.operator(
                states,
                delays=dsa.delays,
                interval=dsa.interval,
                rank=rank,
                inputs=inputs,
                name=networks.name,
            )
        )
        operator, values = found or nothing
        return operator, values, why, still_units(states)

    states = _evaluate.states_on(science, trials, networks.parameters[old:])
    return on_cores(fitted, states, metrics.embedding_memory(science.model.units, dsa.delays))


def window_of(dsa: kinds.DSA, n_steps: int, dt: float) -> slice:
    """The steps of a trial that are measured."""
    half = n_steps // 2
    begin, end = {"all": (0, n_steps), "early": (0, half), "late": (half, n_steps)}[dsa.window]
    return slice(min(begin + round(dsa.burn_in / dt), end), end)


def _second(measure: kinds.Measure) -> kinds.Measure:
    """The same measure on a second set of test trials, as fixed as the first."""
    other = 2**31 - 1 - measure.trials.seed
    return replace(measure, trials=replace(measure.trials, seed=other))


def settings_of(measure: kinds.Measure, dsa: kinds.DSA) -> dict[str, Any]:
    """What a measure of the dynamics is known by."""
    dynamics = plain(dsa)
    # How the rank came about, which is a number by then.
    del dynamics["rank_per"]
    return {"trials": plain(measure.trials), "dynamics": dynamics}
