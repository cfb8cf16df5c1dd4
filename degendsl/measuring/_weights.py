"""The level of weights: how far apart recurrent matrices stay under the best matching of units."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from degendsl import metrics
from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, per_pair, plain
from ._names import merged, tags
from ._pairs import Pair, chosen_pairs

_SHARED = ("pairs", "norm", "weight_change")
# Shuffled matrices are all equally far apart, so a few pairs tell their distance.
_SURROGATE_PAIRS = 50

Matrices = Float[np.ndarray, "network unit unit"]
Group = Literal["permutation", "signed", "rescaled"]


def weights(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """Permutation distance of each pair of recurrent matrices, and how far each has moved."""

    def one(pif: kinds.PIF) -> Arrays:
        pairs = chosen_pairs(len(networks.seeds), measure.pairs.max)

        def compute(known: Arrays) -> Arrays:
            recurrent = recurrent_matrices(networks)
            start = recurrent_matrices(networks.then("init"))
            compared, group = matched_weights(networks, pif), group_of(networks, pif)
            change = np.linalg.norm(recurrent - start, axis=(1, 2))
            return {
                "norm": np.linalg.norm(recurrent, axis=(1, 2)),
                "weight_change": change,
                **per_pair(known, pairs, lambda missing: distances(compared, missing, pif, group)),
            }

        chosen = measure.pairs.max
        return cached(store, networks, "weights", _settings(pif), compute, chosen=chosen).arrays

    parts = [one(pif) for pif in measure.weights]
    arrays = merged(parts, tags(measure.weights), _SHARED)
    return Measured(seeds=networks.seeds, arrays=arrays)


def weights_floor(
    store: Store, networks: Networks, twins: Networks, measure: kinds.Measure
) -> Measured:
    """The distance of each network from its twin."""
    own = networks.only(twins.seeds)
    pairs = [(len(twins.seeds) + index, index) for index in range(len(twins.seeds))]

    def one(pif: kinds.PIF) -> Arrays:
        def compute(_: Arrays) -> Arrays:
            both = [*matched_weights(own, pif), *matched_weights(twins, pif)]
            return distances(both, pairs, pif, group_of(twins, pif))

        return cached(store, twins, "floor", _settings(pif), compute).arrays

    parts = [one(pif) for pif in measure.weights]
    arrays = merged(parts, tags(measure.weights), ())
    return Measured(seeds=twins.seeds, arrays=arrays)


def weights_surrogate(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """The distance of matrices whose entries are shuffled, for measures that ask for it."""

    def one(pif: kinds.PIF) -> Arrays:
        if pif.surrogate == "none":
            return {}
        pairs = chosen_pairs(len(networks.seeds), _SURROGATE_PAIRS)

        def compute(known: Arrays) -> Arrays:
            mixed = shuffled(recurrent_matrices(networks), networks.seeds)
            compared = [metrics.Weights.of(one) for one in mixed]
            group = group_of(networks, pif)
            return per_pair(known, pairs, lambda missing: distances(compared, missing, pif, group))

        return cached(store, networks, "surrogate", _settings(pif), compute).arrays

    parts = [one(pif) for pif in measure.weights]
    arrays = merged(parts, tags(measure.weights), ("pairs",))
    return Measured(seeds=networks.seeds, arrays=arrays)


def _settings(pif: kinds.PIF) -> dict[str, Any]:
    settings = plain(pif)
    # A reference beside the value, which does not depend on it.
    del settings["surrogate"]
    return {"weights": settings}


def recurrent_matrices(networks: Networks) -> Matrices:
    """The recurrent matrix that acts in each network."""
    science = networks.condition.science
    matrices = [_evaluate.recurrent_of(science, one) for one in networks.parameters]
    return np.stack(matrices).astype(np.float64)


def matched_weights(networks: Networks, pif: kinds.PIF) -> list[metrics.Weights]:
    """What of each network is matched: its recurrent matrix, or all that its units touch."""
    found = []
    for matrix, one in zip(recurrent_matrices(networks), networks.parameters, strict=True):
        if pif.blocks == "joint":
            received = np.column_stack([one[name] for name in ("input", "bias") if name in one])
            found.append(metrics.Weights.of(matrix, received, one["readout"]))
        else:
            found.append(metrics.Weights.of(matrix))
    return found


def group_of(networks: Networks, pif: kinds.PIF) -> Group:
    """What besides permutations leaves these networks as they are, where that is asked for."""
    if pif.group == "permutations":
        return "permutation"
    nonlinearity = networks.condition.science.model.nonlinearity
    if nonlinearity in kinds.ODD:
        return "signed"
    return "rescaled" if nonlinearity in kinds.HOMOGENEOUS else "permutation"


def distances(
    weights: Sequence[metrics.Weights], pairs: Sequence[Pair], pif: kinds.PIF, group: Group
) -> Arrays:
    """The four numbers of each pair: raw, per parameter, angle, and the gap to the next best."""
    matches = metrics.match_pairs(weights, pairs, starts=pif.starts, seed=pif.seed, group=group)
    distance = np.array([m.distance for m in matches])
    return {
        "pif": distance,
        "pif_per_parameter": distance / sum(block.size for block in weights[0]),
        "pif_angle": np.arccos(np.clip([m.cosine for m in matches], -1.0, 1.0)),
        "gap": np.array([m.gap for m in matches]),
    }


def shuffled(recurrent: Matrices, seeds: Sequence[int]) -> Matrices:
    """Each matrix with its entries in random order, the diagonal's and the others' apart."""
    mixed = np.empty_like(recurrent)
    diagonal = np.eye(recurrent.shape[1], dtype=bool)
    for index, seed in enumerate(seeds):
        random = np.random.default_rng([1, seed])
        mixed[index][diagonal] = random.permutation(recurrent[index][diagonal])
        mixed[index][~diagonal] = random.permutation(recurrent[index][~diagonal])
    return mixed
