"""Matching the units of two networks: the permutation-invariant Frobenius distance."""

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
from jaxtyping import Float

from degendsl._cores import threads, usable_cores
from degendsl.errors import MeasureError

from ._best_match import Match, best_matches
from ._numbers import at_least, checked_pairs, listed, named, one_of
from ._weights import Weights, balanced

# Not (network, unit, unit): what is not square is refused by name.
Recurrent = Float[Any, "network _ _"] | Sequence[np.ndarray]
Group = Literal["permutation", "signed", "rescaled"]
# Entries of the matrices that are annealed together: enough to hide NumPy's overhead, few enough
# that what is worked on stays near a core.
_AT_ONCE = 2**16


def pif_distances(
    weights: Recurrent,
    *,
    starts: int | None = None,
    seed: int = 0,
    group: Group = "permutation",
) -> Float[np.ndarray, "network network"]:
    """min over permutations P of ‖W1 − Pᵀ W2 P‖_F between every two recurrent matrices.

    Blind to the order of units, and to nothing else: larger weights are further apart.

    **Arguments:**

    - `weights`: recurrent matrices, all of one size. Given weight changes, it is the distance
        between what training did, initial and final weights permuted together.
    - `starts`: of the solver, see `match_units`. By default `default_starts`.
    - `seed`: of the random starts.
    - `group`: what else leaves a network as it is. `signed`: units of an odd nonlinearity may turn
        their sign. `rescaled`: units of a ReLU may be scaled; see `balanced`.

    **Returns:** a symmetric matrix with a zero diagonal, upper bounds of the true minima.

    **Raises** `MeasureError` for matrices that are not square, finite or at least two.

    **Reference:** FAQ, Vogelstein et al., PLoS ONE 2015, with annealed starts before it (Kosowsky
    & Yuille, Neural Networks 1994) and pairwise exchanges after it.
    """
    given = listed(weights, "the weights")
    if len(given) < 2:
        raise MeasureError("a distance needs at least two networks; add networks")
    pairs = [(i, j) for i in range(len(given)) for j in range(i)]
    matches = match_pairs(given, pairs, starts=starts, seed=seed, group=group)
    distances = np.zeros((len(given), len(given)))
    for (i, j), match in zip(pairs, matches, strict=True):
        distances[i, j] = distances[j, i] = match.distance
    return distances


def match_pairs(
    weights: Recurrent | Sequence[Weights],
    pairs: Sequence[tuple[int, int]],
    *,
    starts: int | None = None,
    seed: int = 0,
    group: Group = "permutation",
    names: Sequence[str] | None = None,
) -> list[Match]:
    """The match of each pair (first, second), in threads. It does not depend on the other pairs.

    Networks of several blocks are matched jointly, each block over its root mean square norm in
    the two networks.

    **Arguments:**

    - `weights`: recurrent matrices, or `Weights` of several blocks, all of one size.
    - `pairs`: of places in `weights`, from 0 on.
    - `starts`, `seed`, `group`: see `pif_distances`.
    - `names`: of the networks, for messages.

    **Returns:** one match per pair. Its distance is at least 0, in the units of the weights, or
    without units where there are several blocks.

    **Raises** `MeasureError` naming the network whose weights are not square, finite or as large as
    the others', or the pair that is not there; for an unknown group, and names that are not as many
    as the networks.
    """
    one_of("group", group, get_args(Group))
    at_least(1, starts=1 if starts is None else starts)
    at_least(0, seed=seed)
    networks = _checked(weights, names)
    pairs = checked_pairs(pairs, len(networks))
    if group == "rescaled":
        networks = [balanced(one) for one in networks]

    each = _at_once(len(pairs), networks[0].recurrent.size if networks else 1)
    parts = [pairs[begin : begin + each] for begin in range(0, len(pairs), each)]

    def match(part: Sequence[tuple[int, int]]) -> list[Match]:
        # The order within a pair comes from the weights, so d(i, j) = d(j, i) to the last bit.
        turned = [_bytes(networks[i]) > _bytes(networks[j]) for i, j in part]
        ordered = [
            (networks[j], networks[i]) if back else (networks[i], networks[j])
            for (i, j), back in zip(part, turned, strict=True)
        ]
        found = best_matches(ordered, starts, seed, group == "signed")
        return [
            one.turned_round() if back else one for one, back in zip(found, turned, strict=True)
        ]

    with threads() as pool:
        return [one for part in pool.map(match, parts) for one in part]


def match_units(
    w1: Float[np.ndarray, "_ _"] | Weights,
    w2: Float[np.ndarray, "_ _"] | Weights,
    *,
    starts: int | None = None,
    seed: int = 0,
    group: Group = "permutation",
) -> Match:
    """The best of several local optima of the quadratic assignment between two networks.

    The first start grows pair by pair from the barycentre, or is annealed from there, whichever is
    worth more. So is one in five after it; the rest are annealed from near the best so far, but in
    the signed group one in five matches sizes, then signs.

    **Arguments:**

    - `w1`, `w2`: two recurrent matrices, or two `Weights` of several blocks, of one size.
    - `starts`, `seed`, `group`: see `pif_distances`.

    **Returns:** the match of `w2` with `w1`; see `match_pairs`.

    **Raises** `MeasureError` as `match_pairs` does.
    """
    names = ("the first network", "the second network")
    return match_pairs([w1, w2], [(0, 1)], starts=starts, seed=seed, group=group, names=names)[0]


def shuffled(
    weights: Float[Any, "network unit unit"], *, seed: int = 0
) -> Float[np.ndarray, "network unit unit"]:
    """Each matrix with its entries in random order, the diagonal's and the others' apart.

    As large, without structure: the distances of these are what weights of such sizes have by
    themselves. No order of units mixes the diagonal with the rest, so this does not either. A
    network's order depends on the seed and its place only, not on how many networks there are.

    **Arguments:**

    - `weights`: square matrices of one size.
    - `seed`: of the order.

    **Returns:** new matrices of the same shape.

    **Raises** `MeasureError` where there is no matrix, and naming the network whose matrix is not
    square, finite or as large as the others'.
    """
    at_least(0, seed=seed)
    networks = _checked(weights)
    if not networks:
        raise MeasureError("there is no network; add networks")
    mixed = np.stack([one.recurrent for one in networks])
    diagonal = np.eye(mixed.shape[1], dtype=bool)
    for index, one in enumerate(mixed):
        random = np.random.default_rng([seed, index])
        one[diagonal] = random.permutation(one[diagonal])
        one[~diagonal] = random.permutation(one[~diagonal])
    return mixed


def _at_once(pairs: int, size: int) -> int:
    """How many pairs of matrices of this size are searched together, leaving no core idle."""
    return max(1, min(_AT_ONCE // max(1, size), -(-pairs // usable_cores())))


def _sizes(weights: Weights) -> str:
    units, channels, outputs = (*weights.input.shape, len(weights.readout))
    return f"{units} units" + (f", {channels} inputs, {outputs} outputs" if channels else "")


def _bytes(weights: Weights) -> list[bytes]:
    return [block.tobytes() for block in weights]


def _checked(weights: Any, names: Sequence[str] | None = None) -> list[Weights]:
    """The blocks of each network, of one size in all."""
    given = listed(weights, "the weights")
    names = named(names, len(given))
    networks = [
        Weights.of(*(one if isinstance(one, Weights) else (one,)), name=name)
        for one, name in zip(given, names, strict=True)
    ]
    for name, one in zip(names, networks, strict=True):
        if [block.shape for block in one] != [block.shape for block in networks[0]]:
            raise MeasureError(
                f"weights must be square and alike, but {name} has {_sizes(one)} and {names[0]} "
                f"{_sizes(networks[0])}; weights of different sizes have no distance, "
                "compare the dynamics"
            )
    return networks
