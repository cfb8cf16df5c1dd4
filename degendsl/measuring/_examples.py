"""What people look at beyond numbers: a few networks at work, regenerated from their weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from degendsl import metrics
from degendsl.planning import Condition
from degendsl.spec import kinds
from degendsl.store import Store, UnitRecord
from degendsl.tasks import Trials

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, plain
from ._plane import plane_of
from ._probes import probe_of

# Enough to see, little to keep: trials, channels, times of a trial, trials of a trajectory.
_TRIALS, _CHANNELS, _TIMES, PATHS = 2, 6, 150, 6
# A condition of no more networks than this shows them all.
FEW = 12
# Units of the matrices that are laid side by side.
UNITS = 48
_STARTS = 3


@dataclass(frozen=True, kw_only=True)
class Signals:
    """A few trials of one kind, thinned in time, and what the shown networks make of them.

    ood: `in` for trials like those of training, else the word of `measure.behavior`.
    steps: which solver steps were kept. outputs: in the order of `Examples.seeds`.
    """

    ood: str
    steps: np.ndarray
    inputs: np.ndarray
    targets: np.ndarray
    outputs: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Examples:
    """A few networks of a condition at work.

    roles: `best`, `median` and `worst` by test loss, of those that are. paths: states on their own
    two main directions (network, trial, time, axis), of which `explained` is the variance they
    hold. matched: two recurrent matrices, the second's units in the order that matches the first's;
    `pair` names their networks. singular: singular values of every network (network, index), by
    when.
    """

    seeds: tuple[int, ...]
    roles: Mapping[int, str]
    signals: tuple[Signals, ...]
    path_steps: np.ndarray
    paths: np.ndarray
    explained: np.ndarray
    pair: tuple[int, int] | None
    matched: np.ndarray | None
    singular: Mapping[str, np.ndarray]


def examples(
    store: Store,
    condition: Condition,
    records: Mapping[int, UnitRecord],
    losses: Measured,
    measure: kinds.Measure,
) -> Examples:
    """The best, the median and the worst network at work, and others where there are few."""
    order = np.argsort(losses.arrays["eval_mse"], kind="stable")
    ranked = [losses.seeds[int(index)] for index in order]
    roles = roles_of(ranked)
    seeds = sorted(ranked) if len(ranked) <= FEW else sorted(roles)
    shown = Networks(condition=condition, at="end", records={s: records[s] for s in seeds})
    pair = middle_of(ranked)
    kept = _work(store, shown, measure)
    everyone = Networks(condition=condition, at="end", records=records)
    spectra = _spectra(store, everyone)
    return Examples(
        seeds=shown.seeds,
        roles=roles,
        signals=tuple(
            Signals(
                ood=ood,
                **{
                    name: kept[f"{ood}/{name}"]
                    for name in ("steps", "inputs", "targets", "outputs")
                },
            )
            for ood in ("in", *_elsewhere(measure))
            if f"{ood}/outputs" in kept
        ),
        path_steps=kept["path_steps"],
        paths=kept["paths"],
        explained=kept["explained"],
        pair=pair,
        matched=_matched(store, condition, records, pair) if pair else None,
        singular=spectra,
    )


def roles_of(ranked: Sequence[int]) -> dict[int, str]:
    """Which networks stand for a condition, of all in the order of their loss."""
    if not ranked:
        return {}
    return {ranked[-1]: "worst", ranked[0]: "best", ranked[len(ranked) // 2]: "median"}


def middle_of(ranked: Sequence[int]) -> tuple[int, int] | None:
    """The two networks in the middle, where there are two."""
    middle = ranked[max(0, len(ranked) // 2 - 1) :][:2]
    return (middle[0], middle[1]) if len(middle) == 2 else None


def _work(store: Store, networks: Networks, measure: kinds.Measure) -> Arrays:
    """Outputs on trials in and out of distribution, and states projected."""
    settings = {
        "trials": plain(measure.trials),
        "behavior": [plain(one) for one in measure.behavior],
        "kept": [_TRIALS, _CHANNELS, _TIMES, PATHS],
    }

    def compute(_: Arrays) -> Arrays:
        science = networks.condition.science
        test = _evaluate.condition_trials(science, measure.trials)
        found = _signals("in", test, _evaluate.outputs_on(science, test, networks.parameters))
        for ood, behavior in _elsewhere(measure).items():
            probe = probe_of(science, behavior, measure.trials)
            outputs = _evaluate.losses_in(science, probe, networks.parameters)[1]
            found |= _signals(ood, probe.trials, outputs)
        steps = kept_steps(np.asarray(test.inputs).shape[1])
        paths, explained = [], []
        for states in _evaluate.states_on(science, test, networks.parameters):
            plane = plane_of(states)
            paths.append(plane.places(states[:PATHS][:, steps]))
            explained.append(plane.explained)
        return found | {
            "path_steps": steps,
            "paths": np.stack(paths),
            "explained": np.array(explained),
        }

    return cached(store, networks, "examples", settings, compute).arrays


def _elsewhere(measure: kinds.Measure) -> dict[str, kinds.Behavior]:
    """The conditions out of distribution by their word, the first of each."""
    found: dict[str, kinds.Behavior] = {}
    for one in measure.behavior:
        found.setdefault(one.ood, one)
    return found


def _signals(ood: str, trials: Trials, outputs: np.ndarray) -> Arrays:
    steps = kept_steps(np.asarray(trials.inputs).shape[1])

    def kept(signal: np.ndarray) -> np.ndarray:
        return np.asarray(signal, np.float32)[..., :_TRIALS, :, :_CHANNELS][..., steps, :]

    return {
        f"{ood}/steps": steps,
        f"{ood}/inputs": kept(np.asarray(trials.inputs)),
        f"{ood}/targets": kept(np.asarray(trials.targets)),
        f"{ood}/outputs": kept(outputs),
    }


def kept_steps(total: int) -> np.ndarray:
    """Which steps of a trial are kept."""
    return np.arange(0, total, -(-total // _TIMES))


def _matched(
    store: Store, condition: Condition, records: Mapping[int, UnitRecord], pair: tuple[int, int]
) -> np.ndarray:
    """Both matrices (2, unit, unit), in an order of units that shows what they have in common."""
    two = Networks(condition=condition, at="end", records={seed: records[seed] for seed in pair})

    def compute(_: Arrays) -> Arrays:
        first, second = (
            np.asarray(_evaluate.recurrent_of(condition.science, one), np.float64)
            for one in two.parameters
        )
        return {"matched": side_by_side(first, second)}

    settings = {"units": UNITS, "starts": _STARTS}
    return cached(store, two, "matched", settings, compute).arrays["matched"]


def side_by_side(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Two matrices (2, unit, unit) of few units, matched and in an order that shows them alike."""
    match = metrics.match_units(first, second, starts=_STARTS)
    second = second[np.ix_(match.permutation, match.permutation)]
    # The units that carry most, sorted along the main direction that both matrices share.
    strength = sum(np.abs(m).sum(axis=0) + np.abs(m).sum(axis=1) for m in (first, second))
    strong = np.sort(np.argsort(-np.asarray(strength), kind="stable")[:UNITS])
    along = np.linalg.svd((first + second)[np.ix_(strong, strong)])[0][:, 0]
    chosen = strong[np.argsort(along, kind="stable")]
    both = np.stack([m[np.ix_(chosen, chosen)] for m in (first, second)])
    return both.astype(np.float32)


def _spectra(store: Store, networks: Networks) -> dict[str, np.ndarray]:
    """Singular values of each network's recurrent matrix, before and after training."""

    def compute(known: Arrays) -> Arrays:
        found = {}
        for at, when in (("init", "init"), ("end", "final")):
            old = known.get(at)
            fresh = list(networks.records.values())[0 if old is None else len(old) :]
            values = [
                np.linalg.svd(
                    _evaluate.recurrent_of(networks.condition.science, record.parameters(when)),
                    compute_uv=False,
                )
                for record in fresh
            ]
            found[at] = np.stack([*([] if old is None else old), *values]).astype(np.float32)
        return found

    return cached(store, networks, "spectra", {}, compute).arrays
