"""How much a task asks of a memory, whatever network learns it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from degendsl import metrics
from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached

# Trials that the estimates are made of; the test trials are too few. Steps beyond these many are
# thinned out, which loses little where neighbouring steps are alike.
_TRIALS = kinds.Trials(count=1024, seed=0)
_MOST_STEPS = 25

ENTROPY = "plug-in entropy, Miller-Madow correction"
GAUSSIAN = "Gaussian bound of the rate-distortion function at D = stop MSE"


def task_information(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """Target entropy and memory demand in bits, with intervals; networks play no part.

    `task_information` has a row for each number: value and interval; `names` says which.
    """

    def compute(_: Arrays) -> Arrays:
        found = information_of(networks.condition.science)
        return {
            "names": np.array(list(found)),
            "task_information": np.array([list(one) for one in found.values()]),
        }

    # One network stands for all: the task does not depend on any.
    seed = networks.seeds[0]
    first = replace(networks, records={seed: networks.records[seed]})
    settings = {"trials": vars(_TRIALS), "steps": _MOST_STEPS}
    return Measured(
        seeds=networks.seeds,
        arrays=cached(store, first, "task_information", settings, compute).arrays,
    )


def information_of(science: kinds.Science) -> dict[str, metrics.Estimate]:
    """By name: `target_entropy` or `target_rate`, and `memory_demand`; with `_time_known` beside.

    The first step is left out, since it may be forced or told.
    """
    trials = _evaluate.condition_trials(science, _TRIALS)
    steps = np.unique(np.linspace(1, science.n_steps - 1, _MOST_STEPS).astype(int))
    inputs = np.asarray(trials.inputs)[:, steps]
    n_primary = len(science.task.primary_names)
    targets = np.asarray(trials.targets)[:, steps][..., :n_primary]
    found = {}
    for suffix, known in (("", False), ("_time_known", True)):
        if science.task.discrete_targets:
            # Channels are independent copies, so their bits add up.
            channels = range(n_primary)
            found[f"target_entropy{suffix}"] = _sum(
                [metrics.conditional_entropy(targets[..., c], time_known=known) for c in channels]
            )
            found[f"memory_demand{suffix}"] = _sum(
                [
                    metrics.conditional_entropy(targets[..., c], inputs[..., c], time_known=known)
                    for c in channels
                ]
            )
            continue
        # Losses may be in a unit of their own; the distortion is in that of the targets.
        distortion = science.train.stop.train_mse / float(np.asarray(trials.mask).mean())
        found[f"target_rate{suffix}"] = metrics.gaussian_rate(
            targets, distortion=distortion, time_known=known
        )
        found[f"memory_demand{suffix}"] = metrics.gaussian_rate(
            targets,
            inputs,
            distortion=distortion,
            time_known=known,
            discrete_inputs=science.task.discrete_inputs,
        )
    return found


def _sum(parts: Sequence[metrics.Estimate]) -> metrics.Estimate:
    """A sum of independent estimates: squared half-widths add up."""
    value = sum(part.value for part in parts)
    half = float(np.sqrt(sum(((part.high - part.low) / 2) ** 2 for part in parts)))
    return metrics.Estimate(value, max(0.0, value - half), value + half)
