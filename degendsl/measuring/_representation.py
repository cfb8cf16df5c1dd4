"""How alike the states of two networks are on the same trials, sample by sample: SVCCA."""

from typing import Any

import numpy as np

from degendsl import metrics
from degendsl.metrics import Pair, pair_subset
from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, per_pair, plain
from ._left_out import WHY, attempt, reported
from ._portions import by_portions, most_at_once


def representation(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """The SVCCA distance of each pair on the test trials, unlike DSA blind to their order in time.

    It is a mean over pairs as the distances of the levels are, and decides no expectation.
    """
    pairs = pair_subset(len(networks.seeds), measure.pairs.max)

    def compute(known: Arrays) -> Arrays:
        directions = _Directions(networks, measure)
        return {WHY: directions.why, **per_pair(known, pairs, directions.distances)}

    settings, chosen = {"trials": plain(measure.trials)}, measure.pairs.max
    found = cached(store, networks, "representation", settings, compute, chosen=chosen)
    return reported(networks.seeds, [found.arrays], [""], ("pairs",))


class _Directions:
    """What SVCCA compares of each network; `why` says of which there is nothing.

    Of few networks it is kept; of many it is made again for the pairs compared.
    """

    def __init__(self, networks: Networks, measure: kinds.Measure) -> None:
        science = networks.condition.science
        trials = _evaluate.condition_trials(science, measure.trials)
        self._states = lambda some: _evaluate.states_on(science, trials, some)
        self._parameters = networks.parameters
        self._names = [f"network {seed}" for seed in networks.seeds]
        # As many directions as units at most.
        self._size = 8 * measure.trials.count * trials.inputs.shape[1] * science.model.units
        self._kept: list[Any] = []
        why = []
        for one in self._states(self._parameters):
            found, failed = attempt(lambda one=one: _of(one, networks.name))
            why.append(failed)
            if len(networks.seeds) <= most_at_once(self._size):
                self._kept.append(found)
        self.why = np.array(why)

    def distances(self, pairs: list[Pair]) -> Arrays:
        """The distance of each pair; NaN where one of the two has no directions."""

        def compare(few: list[tuple[str, np.ndarray]], some: list[Pair]) -> Arrays:
            names, directions = zip(*few, strict=True)
            return {"svcca": metrics.svcca_distances(directions, some, names=names)}

        return by_portions(pairs, self._load, compare, ("svcca",), self.why == "", self._size)

    def _load(self, needed: list[int]) -> list[tuple[str, np.ndarray]]:
        names = [self._names[index] for index in needed]
        if self._kept:
            return [(name, self._kept[index]) for name, index in zip(names, needed, strict=True)]
        states = self._states([self._parameters[index] for index in needed])
        return [(name, _of(one, name)) for name, one in zip(names, states, strict=True)]


def _of(states: np.ndarray, name: str) -> np.ndarray:
    return metrics.svcca_directions(states, name=name)
