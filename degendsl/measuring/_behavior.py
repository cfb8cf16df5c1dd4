"""The level of behaviour: losses in and out of distribution."""

import numpy as np
from jaxtyping import Float

from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, new_pairs, plain
from ._probes import probe_of


def behavior(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """Losses of each network on the test set and in each condition out of distribution."""
    return _one(store, networks, measure, measure.behavior[0])


def _one(store: Store, networks: Networks, measure: kinds.Measure, ood: kinds.Behavior) -> Measured:
    settings = {"trials": plain(measure.trials), "behavior": plain(ood)}

    def compute(_: Arrays) -> Arrays:
        science, parameters = networks.condition.science, networks.parameters
        test = _evaluate.test_trials(_evaluate.condition_task(science), measure.trials)
        inside = _evaluate.losses_on(science, test, parameters)
        probe = probe_of(science, ood, measure.trials)
        outside, outputs = _evaluate.losses_in(science, probe, parameters)
        pairs = new_pairs(0, len(parameters))
        return {
            "eval_mse": np.array([float(one.mse) for one in inside]),
            "response_mse": np.array([float(one.response_mse) for one in inside]),
            "unexplained": np.array([float(one.unexplained) for one in inside]),
            "ood_mse": np.array([float(one.mse) for one in outside]),
            "pairs": np.array(pairs, int).reshape(-1, 2),
            "disagreement": _disagreements(outputs, np.asarray(probe.trials.mask), pairs),
        }

    return cached(store, networks, "behavior", settings, compute)


def _disagreements(
    outputs: Float[np.ndarray, "network trial time output"],
    mask: Float[np.ndarray, "trial time output"],
    pairs: list[tuple[int, int]],
) -> Float[np.ndarray, " pair"]:
    """Mean squared difference of two networks' outputs, weighted as their loss is."""
    counted = mask != 0
    weighted = outputs[:, counted].astype(np.float64) * np.sqrt(mask[counted].astype(np.float64))
    return np.array([((weighted[i] - weighted[j]) ** 2).mean() for i, j in pairs])
