"""The rank of a study, where it is chosen from data: once, on all conditions, and then kept.

As a setting of the sensitivity grid also of one condition alone, and then kept as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float

from degendsl import metrics
from degendsl.errors import MeasureError
from degendsl.planning import Condition, Plan
from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import MEASURE_VERSION
from ._dynamics import settings_of, window_of

# Networks of each condition that the choice looks at, fewer where conditions are many: spectra of
# one condition are alike, and the states of all that are looked at are in memory together.
_NETWORKS, _ALTOGETHER = 3, 60


def with_ranks(
    plan: Plan, store: Store, measure: kinds.Measure, condition: Condition | None = None
) -> kinds.Measure:
    """A measure with every rank a number; `condition` is whose, where each has a rank of its own.

    What was chosen once all networks asked for were trained stands in the lock and is read from
    there ever after: more networks do not change it. Before that a rank is provisional, as the lock
    then says, and chosen anew each time: one that followed from the conditions that happened to be
    trained first would be kept for all.

    **Raises** `MeasureError` where no condition has a converged network that can be measured.
    """
    entries = tuple(_settled(plan, store, measure, dsa, condition) for dsa in measure.dynamics)
    return replace(measure, dynamics=entries)


def rank_notes(dsa: kinds.DSA) -> Iterator[str]:
    """A line where operators of this rank tell hardly any networks apart."""
    if dsa.rank == 1 and dsa.score != "wasserstein":
        yield (
            "operators of rank 1 are compared by their sign alone, which is the same for nearly "
            "all networks; use a higher rank"
        )


def _settled(
    plan: Plan, store: Store, measure: kinds.Measure, dsa: kinds.DSA, condition: Condition | None
) -> kinds.DSA:
    alone = condition if dsa.rank_per == "condition" else None
    if alone and dsa.rank >= 1:
        # Where the study's rank is given there is no rule but to predict.
        dsa = replace(dsa, choose="prediction")
    if dsa.choose == "given" and dsa.rank >= 1:
        return dsa
    chosen: dict[str, Any] = {**settings_of(measure, dsa), "version": MEASURE_VERSION}
    if alone:
        chosen["condition"] = alone.id
    before = store.lock.get("ranks", [])
    known = [one for one in before if {**one, "rank": None} == {**chosen, "rank": None}]
    if not known:
        among = [alone] if alone else plan.conditions
        known = [{**chosen, "rank": _chosen(plan, among, measure, dsa, store)}]
        entry = known[0] if _trained(plan, among, store) else {**known[0], **_PROVISIONAL}
        former = {**chosen, "rank": None, **_PROVISIONAL}
        others = [one for one in before if {**one, "rank": None} != former]
        if entry not in before:
            store.write_lock({**store.lock, "ranks": [*others, entry]})
    return replace(dsa, rank=float(known[0]["rank"]), choose="given", rank_per="study")


# Beside a rank that is chosen again when all networks are trained.
_PROVISIONAL = {"provisional": True}


def _trained(plan: Plan, among: Sequence[Condition], store: Store) -> bool:
    """Whether training is over, well or badly, for every network of some conditions."""
    seeds = range(plan.spec.networks.count)
    return all(store.has_unit(condition.id, seed) for condition in among for seed in seeds)


def _chosen(
    plan: Plan,
    among: Sequence[Condition],
    measure: kinds.Measure,
    dsa: kinds.DSA,
    store: Store,
) -> int:
    """The rank by held-out prediction or by share of variance, each of the conditions counting."""
    states = list(_states(plan, among, store, measure, dsa))
    if not states:
        raise MeasureError(
            "the rank cannot be chosen: no network has converged to states that can be measured; "
            "train longer or give the rank"
        )
    return rank_of(states, dsa)


def rank_of(states: Sequence[np.ndarray], dsa: kinds.DSA) -> int:
    """The rank that these networks (trial, time, unit), of any width, together ask for."""
    if dsa.choose == "given":
        return metrics.rank_for_variance(
            states, delays=dsa.delays, share=dsa.rank, interval=dsa.interval
        )
    ranks = range(1, int(dsa.rank) + 1)
    if not ranks:
        raise MeasureError(
            f"predictions choose among ranks up to a whole number, not {dsa.rank:g}; give one"
        )
    found = metrics.choose_dsa_settings(
        states, delays=[dsa.delays], ranks=ranks, interval=dsa.interval
    )
    return found.rank


def looked_at(conditions: int) -> int:
    """Of how many networks of each condition the choice is made."""
    return max(1, min(_NETWORKS, _ALTOGETHER // conditions))


def _states(
    plan: Plan,
    among: Sequence[Condition],
    store: Store,
    measure: kinds.Measure,
    dsa: kinds.DSA,
) -> Iterator[Float[np.ndarray, "trial time unit"]]:
    each = looked_at(len(among))
    for condition in among:
        there = (s for s in range(plan.spec.networks.count) if store.has_unit(condition.id, s))
        records = (store.read_unit(condition.id, seed) for seed in there)
        science = condition.science
        trials = _evaluate.condition_trials(science, measure.trials)
        window = window_of(dsa, trials.inputs.shape[1], science.solver.dt)
        taken = 0
        for record in records:
            if taken == each:
                break
            if record.manifest["outcome"] != "converged":
                continue
            (states,) = _evaluate.states_on(science, trials, [record.parameters("final")])
            states = states[:, window]
            if not metrics.unusable(states, metrics.LARGEST_STATE) and not metrics.resting(states):
                taken += 1
                yield states
