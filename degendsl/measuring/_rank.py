"""The rank of a study, where it is chosen from data: once, on all conditions, and then kept."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from degendsl.errors import MeasureError
from degendsl.planning import Plan
from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import MEASURE_VERSION, plain
from ._dynamics import window_of

# Networks of each condition that the choice looks at: spectra of one condition are alike.
_NETWORKS = 3
_STUDY = "study"


def with_ranks(plan: Plan, store: Store) -> kinds.Measure:
    """The measure of a plan with every rank a number.

    What was chosen once is read from the store ever after: more networks do not change it.

    **Raises** `MeasureError` where no condition has a converged network yet.
    """
    measure = plan.spec.measure
    entries = tuple(_settled(plan, store, measure, dsa) for dsa in measure.dynamics)
    return replace(measure, dynamics=entries)


def _settled(plan: Plan, store: Store, measure: kinds.Measure, dsa: kinds.DSA) -> kinds.DSA:
    if dsa.choose == "given" and dsa.rank >= 1:
        return dsa
    identity = {
        "level": "rank",
        "version": MEASURE_VERSION,
        "trials": plain(measure.trials),
        "dynamics": plain(dsa),
    }
    path = store.measure_path(_STUDY, identity)
    if not path.exists():
        states = list(_states(plan, store, measure, dsa))
        if not states:
            raise MeasureError("the rank cannot be chosen: no network has converged; train longer")
        by_prediction = dsa.choose == "prediction"
        rank = best_predicting(states, dsa) if by_prediction else reaching(states, dsa)
        store.write_measure(path, {"rank": np.array(rank)}, {"identity": identity, "keys": []})
    rank = float(store.read_measure(path)[0]["rank"])
    return replace(dsa, rank=rank, choose="given")


def _states(
    plan: Plan, store: Store, measure: kinds.Measure, dsa: kinds.DSA
) -> Iterator[Float[np.ndarray, "trial time unit"]]:
    for condition in plan.conditions:
        there = (s for s in range(plan.spec.networks.count) if store.has_unit(condition.id, s))
        records = (store.read_unit(condition.id, seed) for seed in there)
        found = [one for one in records if one.manifest["outcome"] == "converged"][:_NETWORKS]
        science = condition.science
        trials = _evaluate.test_trials(_evaluate.condition_task(science), measure.trials)
        window = window_of(dsa, trials.inputs.shape[1], science.solver.dt)
        parameters = [one.parameters("final") for one in found]
        for states in _evaluate.states_on(science, trials, parameters):
            yield states[:, window].astype(np.float64)


def reaching(states: list[np.ndarray], dsa: kinds.DSA) -> int:
    """The smallest rank that carries a share `rank` of the variance, each network counting alike.

    States are not centred, so it is a share of the sum of squares.
    """
    shares = []
    for one in states:
        rows = _embedded(one, dsa)
        values = np.linalg.eigvalsh(rows.T @ rows)[::-1].clip(0.0)
        shares.append(np.cumsum(values) / values.sum())
    shortest = min(len(share) for share in shares)
    pooled = np.mean([share[:shortest] for share in shares], axis=0)
    return min(shortest, 1 + int(np.searchsorted(pooled, dsa.rank)))


def best_predicting(states: list[np.ndarray], dsa: kinds.DSA) -> int:
    """The rank up to `rank` with the least error one step ahead on trials that were held out.

    The operator and its coordinates come from every other trial; the error is of whole embedded
    states, so what a rank leaves out counts, over their sum of squares, each network alike.
    """
    most = int(dsa.rank)
    errors = np.mean([_errors(one, dsa, most) for one in states], axis=0)
    return 1 + int(np.argmin(errors))


def _errors(states: np.ndarray, dsa: kinds.DSA, most: int) -> Float[np.ndarray, " rank"]:
    fitted, held = (_embedded(states[first::2], dsa) for first in (0, 1))
    vectors = np.linalg.eigh(fitted.T @ fitted)[1][:, ::-1][:, :most]
    windows = states.shape[1] - (dsa.delays - 1) * dsa.interval

    def steps(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        by_trial = (rows @ vectors).reshape(-1, windows, vectors.shape[1])
        flat = (by_trial[:, :-1], by_trial[:, 1:])
        return flat[0].reshape(-1, vectors.shape[1]), flat[1].reshape(-1, vectors.shape[1])

    before, after = steps(fitted)
    held_before, held_after = steps(held)
    whole = held.reshape(-1, windows, held.shape[1])[:, 1:]
    total = float((whole**2).sum())
    errors = np.full(most, np.inf)
    for rank in range(1, vectors.shape[1] + 1):
        a = np.linalg.lstsq(before[:, :rank], after[:, :rank], rcond=None)[0]
        miss = held_after[:, :rank] - held_before[:, :rank] @ a
        outside = total - float((held_after[:, :rank] ** 2).sum())
        errors[rank - 1] = (outside + float((miss**2).sum())) / total
    return errors


def _embedded(states: np.ndarray, dsa: kinds.DSA) -> Float[np.ndarray, "row delay"]:
    """Delayed states side by side, the newest first."""
    span = (dsa.delays - 1) * dsa.interval
    windows = states.shape[1] - span
    shifted = [states[:, span - d * dsa.interval :][:, :windows] for d in range(dsa.delays)]
    return np.concatenate(shifted, axis=2).reshape(-1, dsa.delays * states.shape[2])
