"""The level of weights: how far apart recurrent matrices stay under the best matching of units."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from degendsl import metrics
from degendsl.metrics import Pair, pair_subset
from degendsl.spec import kinds
from degendsl.store import Store

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, per_pair, plain
from ._left_out import WHY, reported, unsound
from ._names import tags
from ._portions import by_portions

_SHARED = ("pairs", "norm", "weight_change")
# Shuffled matrices are all equally far apart, so a few pairs tell their distance.
SURROGATE_PAIRS = 50

Matrix = Float[np.ndarray, "unit unit"]
Group = Literal["permutation", "signed", "rescaled"]
_NUMBERS = ("pif", "pif_per_parameter", "pif_angle", "gap", "starts")


def weights(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """Permutation distance of each pair of recurrent matrices, and how far each has moved."""

    def one(pif: kinds.PIF) -> Arrays:
        pairs = pair_subset(len(networks.seeds), measure.pairs.max)

        def load(index: int) -> metrics.Weights:
            return matched_weights(networks, index, pif)

        def compute(known: Arrays) -> Arrays:
            described = _described(networks)
            sound = described[WHY] == ""

            def compare(missing: list[Pair]) -> Arrays:
                return _compared(missing, load, networks, pif, sound)

            return {**described, **per_pair(known, pairs, compare)}

        chosen, settings = measure.pairs.max, _settings(pif)
        return cached(store, networks, "weights", settings, compute, chosen=chosen).arrays

    parts = [one(pif) for pif in _settled(networks, measure)]
    return reported(networks.seeds, parts, tags(measure.weights), _SHARED)


def weights_floor(
    store: Store, networks: Networks, twins: Networks, measure: kinds.Measure
) -> Measured:
    """The distance of each network from its twin."""
    own, n = networks.only(twins.seeds), len(twins.seeds)
    pairs = [(n + index, index) for index in range(n)]

    def one(pif: kinds.PIF) -> Arrays:
        def load(index: int) -> metrics.Weights:
            return matched_weights(twins if index >= n else own, index % n, pif)

        def compute(_: Arrays) -> Arrays:
            why = [_described(one)[WHY] for one in (own, twins)]
            sound = np.concatenate(why) == ""
            numbers = _compared(pairs, load, networks, pif, sound)
            return {**numbers, WHY: np.where(why[0] != "", *why)}

        return cached(store, twins, "floor", _settings(pif), compute).arrays

    parts = [one(pif) for pif in _settled(networks, measure)]
    return reported(twins.seeds, parts, tags(measure.weights), ())


def weights_surrogate(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """The distance of matrices whose entries are shuffled, for measures that ask for it."""

    def load(index: int) -> metrics.Weights:
        (mixed,) = metrics.shuffled(
            recurrent_matrix(networks, index)[None], seed=networks.seeds[index]
        )
        return metrics.Weights.of(mixed)

    def one(pif: kinds.PIF) -> Arrays:
        if pif.surrogate == "none":
            return {}
        pairs = pair_subset(len(networks.seeds), SURROGATE_PAIRS)

        def compute(known: Arrays) -> Arrays:
            sound = _described(networks)[WHY] == ""
            return per_pair(
                known, pairs, lambda missing: _compared(missing, load, networks, pif, sound)
            )

        return cached(store, networks, "surrogate", _settings(pif), compute).arrays

    parts = [one(pif) for pif in _settled(networks, measure)]
    return reported(networks.seeds, parts, tags(measure.weights), ("pairs",))


def _settled(networks: Networks, measure: kinds.Measure) -> list[kinds.PIF]:
    """The measures with the starts that the networks' size asks for, where they are left open."""
    units = networks.condition.science.model.units
    return [
        replace(pif, starts=pif.starts or metrics.default_starts(units)) for pif in measure.weights
    ]


def _settings(pif: kinds.PIF) -> dict[str, Any]:
    settings = plain(pif)
    # A reference beside the value, which does not depend on it.
    del settings["surrogate"]
    return {"weights": settings}


def _described(networks: Networks) -> Arrays:
    """The size of each recurrent matrix and how far it has moved; why there is none."""
    rows = []
    starts = networks.then("init").parameters
    for before, after in zip(starts, networks.parameters, strict=True):
        why = unsound(before, networks.name) or unsound(after, networks.name)
        if why:
            rows.append((math.nan, math.nan, why))
            continue
        science = networks.condition.science
        start, end = (
            _evaluate.recurrent_of(science, one).astype(np.float64) for one in (before, after)
        )
        rows.append((np.linalg.norm(end), np.linalg.norm(end - start), ""))
    names = ("norm", "weight_change", WHY)
    return {
        name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)
    }


def recurrent_matrix(networks: Networks, index: int) -> Matrix:
    """The recurrent matrix that acts in a network."""
    science = networks.condition.science
    return _evaluate.recurrent_of(science, networks.parameters[index]).astype(np.float64)


def matched_weights(networks: Networks, index: int, pif: kinds.PIF) -> metrics.Weights:
    """What of a network is matched: its recurrent matrix, or all that its units touch."""
    recurrent = recurrent_matrix(networks, index)
    if pif.blocks != "joint":
        return metrics.Weights.of(recurrent)
    one = networks.parameters[index]
    received = np.column_stack([one[name] for name in ("input", "bias") if name in one])
    return metrics.Weights.of(recurrent, received, one["readout"])


def group_of(networks: Networks, pif: kinds.PIF) -> Group:
    """What besides permutations leaves these networks as they are, where that is asked for."""
    if pif.group == "permutations":
        return "permutation"
    nonlinearity = networks.condition.science.model.nonlinearity
    if nonlinearity in kinds.ODD:
        return "signed"
    return "rescaled" if nonlinearity in kinds.HOMOGENEOUS else "permutation"


def _compared(
    pairs: Sequence[Pair],
    load: Callable[[int], metrics.Weights],
    networks: Networks,
    pif: kinds.PIF,
    sound: Sequence[bool] | np.ndarray,
) -> Arrays:
    """The numbers of each pair, a few networks in memory at a time."""
    return by_portions(
        pairs,
        lambda needed: [load(index) for index in needed],
        lambda some, few: distances(some, few, pif, group_of(networks, pif)),
        _NUMBERS,
        sound,
        8 * networks.condition.science.model.units**2,
    )


def distances(
    weights: Sequence[metrics.Weights], pairs: Sequence[Pair], pif: kinds.PIF, group: Group
) -> Arrays:
    """The numbers of each pair: raw, per parameter, angle, the gap to the next best, and starts."""
    matches = metrics.match_pairs(weights, pairs, starts=pif.starts, seed=pif.seed, group=group)
    distance = np.array([m.distance for m in matches])
    return {
        "pif": distance,
        "pif_per_parameter": distance / sum(block.size for block in weights[0]),
        "pif_angle": np.arccos(np.clip([m.cosine for m in matches], -1.0, 1.0)),
        "gap": np.array([m.gap for m in matches]),
        "starts": np.array([m.starts for m in matches]),
    }
