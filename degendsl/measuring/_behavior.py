"""The level of behaviour: losses in and out of distribution."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from degendsl.metrics import Pair, pair_subset
from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, plain
from ._left_out import WHY, reported
from ._names import tags
from ._portions import by_portions, most_at_once
from ._probes import probe_of

_SHARED = ("eval_mse", "response_mse", "unexplained", "pairs")
_FAR = (
    "it is too far out for this network; a bounded nonlinearity or a penalty on rates keeps it in"
)


def behavior(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """Losses of each network on the test set and in each condition out of distribution."""
    parts = [_one(store, networks, measure, ood) for ood in measure.behavior]
    return reported(networks.seeds, parts, tags(measure.behavior), _SHARED)


def behavior_floor(
    store: Store, networks: Networks, twins: Networks, measure: kinds.Measure
) -> Measured:
    """The twins' own losses, and what each does differently from its network."""
    own = networks.only(twins.seeds)
    n = len(twins.seeds)
    pairs = [(n + index, index) for index in range(n)]

    def one(ood: kinds.Behavior) -> Arrays:
        def compute(_: Arrays) -> Arrays:
            science = networks.condition.science
            both = [*own.parameters, *twins.parameters]
            outside = _Outputs(science, both, probe_of(science, ood, measure.trials))
            return {"ood_mse": outside.losses[n:], "disagreement": outside.disagreements(pairs)}

        found = cached(store, twins, "floor", _settings(measure, ood), compute).arrays
        return {**found, WHY: _why(twins.name, found["ood_mse"])}

    parts = [one(ood) for ood in measure.behavior]
    return reported(twins.seeds, parts, tags(measure.behavior), ())


def _one(store: Store, networks: Networks, measure: kinds.Measure, ood: kinds.Behavior) -> Arrays:
    def compute(_: Arrays) -> Arrays:
        science, parameters = networks.condition.science, networks.parameters
        test = _evaluate.condition_trials(science, measure.trials)
        inside = list(_evaluate.losses_on(science, test, parameters))
        outside = _Outputs(science, parameters, probe_of(science, ood, measure.trials))
        pairs = pair_subset(len(parameters), measure.pairs.max)
        return {
            "eval_mse": np.array([float(one.mse) for one in inside]),
            "response_mse": np.array([float(one.response_mse) for one in inside]),
            "unexplained": np.array([float(one.unexplained) for one in inside]),
            "ood_mse": outside.losses,
            "pairs": np.array(pairs, int).reshape(-1, 2),
            "disagreement": outside.disagreements(pairs),
        }

    chosen, settings = measure.pairs.max, _settings(measure, ood)
    found = cached(store, networks, "behavior", settings, compute, chosen=chosen).arrays
    return {**found, WHY: _why(networks.name, found["ood_mse"])}


def _why(name: str, losses: Float[np.ndarray, " network"]) -> np.ndarray:
    """Why a network is left out, from its loss."""
    return np.array(
        [
            ""
            if np.isfinite(loss)
            else f"the loss of {name} out of distribution is {loss:g}: {_FAR}"
            for loss in losses
        ]
    )


def _settings(measure: kinds.Measure, ood: kinds.Behavior) -> dict[str, Any]:
    return {"trials": plain(measure.trials), "behavior": plain(ood)}


class _Outputs:
    """What networks produce out of distribution, weighted as their loss is.

    Outputs of a few networks are kept; those of many are produced again for the pairs compared.
    """

    def __init__(
        self,
        science: kinds.Science,
        parameters: Sequence[dict[str, np.ndarray]],
        probe: _evaluate.AbstractProbe,
    ) -> None:
        mask = np.asarray(probe.trials.mask)
        self._counted = mask != 0
        self._weight = np.sqrt(mask[self._counted].astype(np.float64))
        self._produce = lambda some: _evaluate.probed(science, probe, some)
        self._parameters, self._size = parameters, self._weight.nbytes
        self._kept: list[Float[np.ndarray, " sample"]] = []
        losses = []
        for found, outputs in self._produce(parameters):
            losses.append(float(found.mse))
            if len(parameters) <= most_at_once(self._size):
                self._kept.append(self._weighted(outputs))
        self.losses = np.array(losses)

    def disagreements(self, pairs: Sequence[Pair]) -> Float[np.ndarray, " pair"]:
        """Mean squared difference of two networks' outputs, weighted as their loss is."""

        def compare(outputs: list[np.ndarray], some: list[Pair]) -> Arrays:
            squares = [((outputs[i] - outputs[j]) ** 2).mean() for i, j in some]
            return {"disagreement": np.array(squares)}

        names, sound = ("disagreement",), np.isfinite(self.losses)
        found = by_portions(pairs, self._load, compare, names, sound, self._size)
        return found["disagreement"]

    def _load(self, needed: list[int]) -> list[np.ndarray]:
        if self._kept:
            return [self._kept[index] for index in needed]
        produced = self._produce([self._parameters[index] for index in needed])
        return [self._weighted(outputs) for _, outputs in produced]

    def _weighted(self, outputs: Float[np.ndarray, "trial time output"]) -> np.ndarray:
        return outputs[self._counted].astype(np.float64) * self._weight
