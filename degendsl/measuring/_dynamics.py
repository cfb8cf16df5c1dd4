"""The level of dynamics: operators of each network and the distance of each pair."""

import numpy as np

from degendsl import metrics
from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, joined, new_pairs, plain


def dynamics(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """DSA operators of each network and the distance of each pair."""
    dsa = measure.dynamics[0]
    settings = {"trials": plain(measure.trials), "dynamics": plain(dsa)}

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
        pairs = new_pairs(old, len(operators))
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
        return per_network | joined(known, added)

    return cached(store, networks, "dynamics", settings, compute)
