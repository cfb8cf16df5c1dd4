"""A few test trials and what the median network makes of them, for people to look at."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from degendsl.planning import Condition
from degendsl.spec import kinds
from degendsl.store import Store, UnitRecord

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, plain

_COUNT = 3


@dataclass(frozen=True, kw_only=True)
class Examples:
    """A few test trials and what one network of a condition, the median by loss, makes of them."""

    seed: int
    inputs: np.ndarray
    targets: np.ndarray
    outputs: np.ndarray


def examples(
    store: Store,
    condition: Condition,
    records: Mapping[int, UnitRecord],
    losses: Measured,
    measure: kinds.Measure,
) -> Examples:
    """The first test trials, and the outputs of the network whose loss is the median."""
    order = np.argsort(losses.arrays["eval_mse"], kind="stable")
    seed = losses.seeds[int(order[len(order) // 2])]
    median = Networks(condition=condition, at="end", records={seed: records[seed]})
    settings = {"trials": plain(measure.trials), "count": _COUNT}

    def compute(_: Arrays) -> Arrays:
        science = condition.science
        trials = _evaluate.test_trials(_evaluate.condition_task(science), measure.trials)
        outputs = _evaluate.outputs_on(science, trials, median.parameters)[0]
        return {
            "inputs": np.asarray(trials.inputs)[:_COUNT],
            "targets": np.asarray(trials.targets)[:_COUNT],
            "outputs": outputs[:_COUNT],
        }

    return Examples(seed=seed, **cached(store, median, "examples", settings, compute).arrays)
