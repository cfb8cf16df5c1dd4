"""The level of behaviour: losses in and out of distribution."""

from dataclasses import replace

import numpy as np

from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, plain


def behavior(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """Losses of each network on the test set and on trials out of distribution."""
    chosen = measure.behavior[0]
    settings = {"trials": plain(measure.trials), "behavior": plain(chosen)}

    def compute(_: Arrays) -> Arrays:
        science = networks.condition.science
        task = _evaluate.condition_task(science)
        test = _evaluate.test_trials(task, measure.trials)
        shifted = replace(science, task=science.task.temporal(chosen.factor))
        longer = _evaluate.test_trials(_evaluate.condition_task(shifted), measure.trials)
        inside = _evaluate.losses_on(science, test, networks.parameters)
        outside = _evaluate.losses_on(science, longer, networks.parameters)
        return {
            "eval_mse": np.array([float(one.mse) for one in inside]),
            "response_mse": np.array([float(one.response_mse) for one in inside]),
            "unexplained": np.array([float(one.unexplained) for one in inside]),
            "ood_mse": np.array([float(one.mse) for one in outside]),
        }

    return cached(store, networks, "behavior", settings, compute)
