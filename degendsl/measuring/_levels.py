"""Measuring the networks of a condition, level by level, and keeping what was measured."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from degendsl import metrics
from degendsl.planning import Condition
from degendsl.spec import kinds
from degendsl.store import Store, UnitRecord

from . import _evaluate

# Raised by hand where a measure starts to give other numbers.
MEASURE_VERSION = 1

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One level of one condition.

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
    """The networks of one condition that a level compares, `at` `init` or `end`."""

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


def behavior(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """Losses of each network on the test set and on trials out of distribution."""
    settings = {"trials": _plain(measure.trials), "behavior": _plain(measure.behavior)}

    def compute(_: Arrays) -> Arrays:
        science = networks.condition.science
        task = _evaluate.condition_task(science)
        test = _evaluate.test_trials(task, measure.trials)
        longer = _evaluate.test_trials(task.temporal(measure.behavior.factor), measure.trials)
        inside = _evaluate.losses_on(science, test, networks.parameters)
        outside = _evaluate.losses_on(science, longer, networks.parameters)
        return {
            "eval_mse": np.array([float(one.mse) for one in inside]),
            "response_mse": np.array([float(one.response_mse) for one in inside]),
            "unexplained": np.array([float(one.unexplained) for one in inside]),
            "ood_mse": np.array([float(one.mse) for one in outside]),
        }

    return _cached(store, networks, "behavior", settings, compute)


def dynamics(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """DSA operators of each network and the distance of each pair."""
    dsa = measure.dynamics
    settings = {"trials": _plain(measure.trials), "dynamics": _plain(dsa)}

    def compute(known: Arrays) -> Arrays:
        science = networks.condition.science
        trials = _evaluate.test_trials(_evaluate.condition_task(science), measure.trials)
        old = len(known.get("operators", ()))
        states = _evaluate.states_on(science, trials, networks.parameters[old:])
        fitted = [
            metrics.operator(
                one, delays=dsa.delays, rank=dsa.rank, name=f"network {networks.seeds[old + index]}"
            )
            for index, one in enumerate(states)
        ]
        operators = [*known.get("operators", ()), *(operator for operator, _ in fitted)]
        values = [*known.get("singular_values", ()), *(values for _, values in fitted)]
        pairs = _new_pairs(old, len(operators))
        found = metrics.operator_distances(
            np.stack(operators), pairs, score=dsa.score, starts=dsa.starts
        )
        added = {
            "pairs": np.array(pairs, int).reshape(-1, 2),
            "dsa": found.distance,
            "agreeing": found.agreeing,
            "spread": found.spread,
        }
        per_network = {"operators": np.stack(operators), "singular_values": np.stack(values)}
        return per_network | _joined(known, added)

    return _cached(store, networks, "dynamics", settings, compute)


def weights(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """Permutation distance of each pair of recurrent matrices, and how far each has moved."""
    settings = {"weights": _plain(measure.weights)}

    def compute(known: Arrays) -> Arrays:
        recurrent = np.stack([p["recurrent"] for p in networks.parameters]).astype(np.float64)
        start = np.stack([r.parameters("init")["recurrent"] for r in networks.records.values()])
        pairs = _new_pairs(len(known.get("norm", ())), len(recurrent))
        matches = metrics.match_pairs(
            recurrent, pairs, starts=measure.weights.starts, seed=measure.weights.seed
        )
        norms = np.linalg.norm(recurrent, axis=(1, 2))
        cosines = [
            m.inner / (norms[i] * norms[j]) for (i, j), m in zip(pairs, matches, strict=True)
        ]
        distance = np.array([m.distance for m in matches])
        added = {
            "pairs": np.array(pairs, int).reshape(-1, 2),
            "pif": distance,
            "pif_per_parameter": distance / recurrent[0].size,
            "pif_angle": np.arccos(np.clip(cosines, -1.0, 1.0)),
            "gap": np.array([m.gap for m in matches]),
        }
        change = np.linalg.norm(recurrent - start, axis=(1, 2))
        return {"norm": norms, "weight_change": change} | _joined(known, added)

    return _cached(store, networks, "weights", settings, compute)


def examples(store: Store, networks: Networks, measure: kinds.Measure, *, count: int) -> Measured:
    """The first few test trials and what one network makes of them."""
    settings = {"trials": _plain(measure.trials), "count": count}

    def compute(_: Arrays) -> Arrays:
        science = networks.condition.science
        trials = _evaluate.test_trials(_evaluate.condition_task(science), measure.trials)
        outputs = _evaluate.outputs_on(science, trials, networks.parameters)[0]
        return {
            "inputs": np.asarray(trials.inputs)[:count],
            "targets": np.asarray(trials.targets)[:count],
            "outputs": outputs[:count],
        }

    return _cached(store, networks, "examples", settings, compute)


def _new_pairs(old: int, total: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(old, total) for j in range(i)]


def _joined(known: Arrays, added: Arrays) -> Arrays:
    return {
        name: np.concatenate([known[name], new]) if name in known else new
        for name, new in added.items()
    }


def _cached(
    store: Store,
    networks: Networks,
    level: str,
    settings: Mapping[str, Any],
    compute: Callable[[Arrays], Arrays],
) -> Measured:
    """What was measured before of these networks, or of the first of them, completed and kept."""
    identity = {"level": level, "at": networks.at, "version": MEASURE_VERSION, **settings}
    condition = networks.condition.id
    path = store.measure_path(condition, {**identity, "keys": networks.keys})
    if path.exists():
        arrays, _ = store.read_measure(path)
        return Measured(seeds=networks.seeds, arrays=arrays)
    arrays = compute(_earlier(store, condition, identity, networks.keys))
    store.write_measure(path, arrays, {"identity": identity, "keys": networks.keys})
    return Measured(seeds=networks.seeds, arrays=arrays)


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


def _plain(block: Any) -> dict[str, Any]:
    return dict(vars(block))
