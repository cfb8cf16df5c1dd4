"""Matching the units of two networks: the permutation-invariant Frobenius distance."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Float, Int

from degendsl._cores import threads
from degendsl.errors import MeasureError

from ._assignment import Assignment, Problem, value
from ._crowd import FEW
from ._matching import Search
from ._numbers import at_least, checked_pairs, listed, named, one_of, scaled
from ._weights import Weights, balanced

# Not (network, unit, unit): what is not square is refused by name.
Recurrent = Float[Any, "network _ _"] | Sequence[np.ndarray]
Group = Literal["permutation", "signed", "rescaled"]


class Match(NamedTuple):
    """How the units of a second network line up with those of a first.

    permutation: unit i of the first matches unit permutation[i] of the second.
    sign: −1 where the second's unit is turned over; all 1 but for the signed group.
    distance: ‖W1 − W2[p][:, p]‖_F, an upper bound of the minimum.
    inner: ⟨W1, W2[p][:, p]⟩, what the matching maximises. cosine: over the product of both norms.
    gap: the distance of the next best different local optimum less this one; NaN with one.
    starts: of the solver, all of them.
    """

    permutation: Int[np.ndarray, " unit"]
    sign: Float[np.ndarray, " unit"]
    distance: float
    inner: float
    cosine: float
    gap: float
    starts: int


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

    def match(pair: tuple[int, int]) -> Match:
        one, other = (networks[index] for index in pair)
        # The order within a pair comes from the weights, so d(i, j) = d(j, i) to the last bit.
        if _bytes(one) <= _bytes(other):
            return _match(one, other, starts, seed, group == "signed")
        return _turned_round(_match(other, one, starts, seed, group == "signed"))

    with threads() as pool:
        return list(pool.map(match, pairs))


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


def default_starts(units: int) -> int:
    """Starts that bring unrelated matrices near the best known.

    8 at 64 units, 5 from 83 on, up to 40 where there are fewer units, and 8 up to 16, where each
    start is a crowd.

    **Raises** `MeasureError` where `units` is no whole number of at least 1.
    """
    at_least(1, units=units)
    if units <= FEW:
        return 8
    return int(np.clip(round(8 * (64 / units) ** 1.5), 5, 40))


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


def _match(one: Weights, other: Weights, starts: int | None, seed: int, signed: bool) -> Match:
    pair = _scaled(one, other, signed)
    problem = pair.problem
    starts = default_starts(len(problem.a)) if starts is None else starts
    found: dict[bytes, tuple[float, Assignment]] = {}
    search, best = Search(problem, np.random.default_rng(seed)), None
    for index in range(starts):
        end = search.from_start(index, best)
        found[end.order.tobytes() + end.sign.tobytes()] = (value(problem, end), end)
        best = max(found.values(), key=_first)[1]
    (inner, end), *others = sorted(found.values(), key=_first, reverse=True)
    distance = pair.distance(end)
    gap = pair.distance(others[0][1]) - distance if others else float("nan")
    norm = _norm(pair.one) * _norm(pair.other)
    cosine = inner / norm if norm else float("nan")
    inner = float(np.ldexp(inner, 2 * pair.power))
    distance, gap = (float(np.ldexp(one, pair.power)) for one in (distance, gap))
    return Match(end.order, end.sign, distance, inner, cosine, gap, starts)


def _first(ranked: tuple[float, Assignment]) -> float:
    return ranked[0]


def _turned_round(match: Match) -> Match:
    """The same match as seen from the second network."""
    back = np.argsort(match.permutation)
    return match._replace(permutation=back, sign=match.sign[back])


class _Scaled(NamedTuple):
    """Both networks with their blocks over common scales: a single block over 2 to a power."""

    problem: Problem
    one: Weights
    other: Weights
    power: int

    def distance(self, at: Assignment) -> float:
        """From the differences themselves: one of squares would leave rounding for zero."""
        moved = Weights(
            at.moved(self.other.recurrent),
            at.sign[:, None] * self.other.input[at.order],
            at.sign * self.other.readout[:, at.order],
        )
        return float(
            np.sqrt(sum(((x - y) ** 2).sum() for x, y in zip(self.one, moved, strict=True)))
        )


def _scaled(one: Weights, other: Weights, signed: bool) -> _Scaled:
    power = 0
    if one.input.size or one.readout.size:
        # 1 where a block is zero in both.
        scales = [
            float(np.sqrt(0.5 * ((x**2).sum() + (y**2).sum()))) or 1.0
            for x, y in zip(one, other, strict=True)
        ]
        one, other = (
            Weights(*(x / scale for x, scale in zip(w, scales, strict=True))) for w in (one, other)
        )
    else:
        # Products of weights below 1e-19 are no float32 numbers.
        (a, b), power = scaled(np.stack([one.recurrent, other.recurrent]))
        one, other = one._replace(recurrent=a), other._replace(recurrent=b)
    linear = one.input @ other.input.T + one.readout.T @ other.readout
    return _Scaled(Problem(one.recurrent, other.recurrent, linear, signed), one, other, power)


def _sizes(weights: Weights) -> str:
    units, channels, outputs = (*weights.input.shape, len(weights.readout))
    return f"{units} units" + (f", {channels} inputs, {outputs} outputs" if channels else "")


def _bytes(weights: Weights) -> list[bytes]:
    return [block.tobytes() for block in weights]


def _norm(weights: Weights) -> float:
    return float(np.sqrt(sum((block**2).sum() for block in weights)))


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
