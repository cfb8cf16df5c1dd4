"""The level of behaviour: losses in and out of distribution."""

import numpy as np
from jaxtyping import Float

from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, plain
from ._names import merged, tags
from ._pairs import chosen_pairs
from ._probes import probe_of

_SHARED = ("eval_mse", "response_mse", "unexplained", "pairs")


def behavior(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """Losses of each network on the test set and in each condition out of distribution."""
    parts = [_one(store, networks, measure, ood) for ood in measure.behavior]
    arrays = merged(parts, tags(measure.behavior), _SHARED)
    return Measured(seeds=networks.seeds, arrays=arrays)


def _one(store: Store, networks: Networks, measure: kinds.Measure, ood: kinds.Behavior) -> Arrays:
    settings = {"trials": plain(measure.trials), "behavior": plain(ood)}

    def compute(_: Arrays) -> Arrays:
        science, parameters = networks.condition.science, networks.parameters
        test = _evaluate.test_trials(_evaluate.condition_task(science), measure.trials)
        inside = _evaluate.losses_on(science, test, parameters)
        probe = probe_of(science, ood, measure.trials)
        outside, outputs = _evaluate.losses_in(science, probe, parameters)
        pairs = chosen_pairs(len(parameters), measure.pairs.max)
        return {
            "eval_mse": np.array([float(one.mse) for one in inside]),
            "response_mse": np.array([float(one.response_mse) for one in inside]),
            "unexplained": np.array([float(one.unexplained) for one in inside]),
            "ood_mse": np.array([float(one.mse) for one in outside]),
            "pairs": np.array(pairs, int).reshape(-1, 2),
            "disagreement": _disagreements(outputs, np.asarray(probe.trials.mask), pairs),
        }

    chosen = measure.pairs.max
    return cached(store, networks, "behavior", settings, compute, chosen=chosen).arrays


def _disagreements(
    outputs: Float[np.ndarray, "network trial time output"],
    mask: Float[np.ndarray, "trial time output"],
    pairs: list[tuple[int, int]],
) -> Float[np.ndarray, " pair"]:
    """Mean squared difference of two networks' outputs, weighted as their loss is."""
    counted = mask != 0
    weighted = outputs[:, counted].astype(np.float64) * np.sqrt(mask[counted].astype(np.float64))
    return np.array([((weighted[i] - weighted[j]) ** 2).mean() for i, j in pairs])
