"""The level of weights of networks from elsewhere: distances, surrogate, each matrix by itself."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from degendsl import metrics
from degendsl.errors import MeasureError
from degendsl.metrics import Pair, pair_subset
from degendsl.spec import kinds

from .._cache import Arrays, Measured
from .._left_out import attempt
from .._weights import SURROGATE_PAIRS, distances
from ._before import beside, pairs_among
from ._kept import Kept
from ._networks import Compared

_NUMBERS: dict[str, tuple[int, ...]] = {
    "pif": (), "pif_per_parameter": (), "pif_angle": (), "gap": (), "starts": (),
}  # fmt: skip


def weights(given: Compared, pif: kinds.PIF, most: int | None, kept: Kept) -> Measured:
    """Permutation distance of each pair of recurrent matrices.

    **Raises** `MeasureError` for networks of different width, which nothing matches unit by unit.
    """
    width = len(given.arrays[0])
    for name, other in zip(given.names, given.arrays, strict=True):
        if len(other) != width:
            raise MeasureError(
                f"networks of different width cannot be matched unit by unit: {given.names[0]} has "
                f"{width} units and {name} {len(other)}; group networks by width"
            )
    pairs = pair_subset(len(given.seeds), most)
    arrays: Arrays = {
        "norm": _norms(given),
        "pairs": np.array(pairs, int).reshape(-1, 2),
        **_between("weights", given, pairs, pif, kept),
    }
    return Measured(seeds=given.seeds, arrays=arrays)


def weights_before(given: Compared, end: Measured, pif: kinds.PIF, kept: Kept) -> Measured:
    """The distances of the same pairs before training; `given` are some of the matrices."""
    found = _between("weights", given, pairs_among(end, given.seeds), pif, kept)
    return beside(end, given.seeds, {"norm": _norms(given)}, found)


def _norms(given: Compared) -> np.ndarray:
    return np.array([np.linalg.norm(one) for one in given.arrays])


def of_shuffled(given: Compared, pif: kinds.PIF, kept: Kept) -> Measured:
    """The distances of some matrices with the same entries in random order.

    The order follows from the matrix, so that other networks do not change it; of copies each has
    its own.
    """
    mixed, copies = [], dict.fromkeys(given.keys, 0)
    for key, one in zip(given.keys, given.arrays, strict=True):
        mixed.append(metrics.shuffled(one[None], seed=int(key[:12], 16) + copies[key])[0])
        copies[key] += 1
    shuffled = Compared(seeds=given.seeds, names=given.names, arrays=tuple(mixed))
    pairs = pair_subset(len(mixed), SURROGATE_PAIRS)
    arrays = _between("surrogate", shuffled, pairs, pif, kept)
    places = np.array(pairs, int).reshape(-1, 2)
    return Measured(seeds=given.seeds, arrays={"pairs": places, **arrays})


def described(given: Compared, before: Compared, kept: Kept) -> Measured:
    """What each recurrent matrix is like, and how far it has moved where it was given untrained.

    before: matrices of some of the same networks before training; theirs are `…_init`.
    """
    arrays = _matrices(given, kept)
    early = before.among(given.seeds)
    if early.seeds:
        late = given.only(early.seeds)
        there = [given.seeds.index(seed) for seed in early.seeds]
        start = {f"{name}_init": numbers for name, numbers in _matrices(early, kept).items()}
        for name, numbers in (start | _moved(early, late, kept)).items():
            arrays[name] = np.full(len(given.seeds), np.nan)
            arrays[name][there] = numbers
    return Measured(seeds=given.seeds, arrays=arrays)


def _matrices(given: Compared, kept: Kept) -> Arrays:
    """Of each recurrent matrix what needs no other to be told."""
    of = {
        "spectral_radius": metrics.spectral_radius,
        "effective_rank": metrics.effective_rank,
        "sparsity": metrics.sparsity,
    }

    def compute(missing: list[int]) -> Arrays:
        matrices = [given.arrays[place] for place in missing]
        return {
            name: np.array([_or_nan(lambda ask=ask, one=one: ask(one)) for one in matrices])
            for name, ask in of.items()
        }

    rows = [(key,) for key in given.keys]
    return kept.numbers("matrices", {}, rows, dict.fromkeys(of, ()), compute)


def _or_nan(ask: Callable[[], float]) -> float:
    """What is told of a network; NaN where it cannot be."""
    found, _ = attempt(ask)
    return math.nan if found is None else float(found)


def _moved(before: Compared, after: Compared, kept: Kept) -> Arrays:
    """How far training has moved each recurrent matrix."""
    of = {
        "weight_change": metrics.weight_change,
        "weight_change_relative": metrics.relative_weight_change,
    }

    def compute(missing: list[int]) -> Arrays:
        pairs = [(after.arrays[place], before.arrays[place]) for place in missing]
        return {
            name: np.array([_or_nan(lambda ask=ask, two=two: ask(*two)) for two in pairs])
            for name, ask in of.items()
        }

    rows = list(zip(after.keys, before.keys, strict=True))
    return kept.numbers("moved", {}, rows, dict.fromkeys(of, ()), compute)


def _between(what: str, given: Compared, pairs: list[Pair], pif: kinds.PIF, kept: Kept) -> Arrays:
    starts = pif.starts or metrics.default_starts(len(given.arrays[0]))
    pif = replace(pif, starts=starts)
    group = "signed" if pif.group == "signs" else "permutation"
    compared = [metrics.Weights.of(one) for one in given.arrays]

    def compute(missing: list[int]) -> Arrays:
        found = distances(compared, [pairs[k] for k in missing], pif, group)
        return {name: np.asarray(found[name], float) for name in _NUMBERS}

    # A distance does not depend on which of the two comes first.
    rows = [tuple(sorted((given.keys[i], given.keys[j]))) for i, j in pairs]
    settings = {"starts": starts, "seed": pif.seed, "group": group}
    return kept.numbers(what, settings, rows, _NUMBERS, compute)
