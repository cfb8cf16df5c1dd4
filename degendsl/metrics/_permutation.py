"""Matching the units of two networks: the permutation-invariant Frobenius distance."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment

from degendsl.errors import MeasureError

_MAX_ITERATIONS = 60
_TOLERANCE = 1e-4
# Times that the solver begins again near the best match, per start.
_RESTARTS = 3


class Match(NamedTuple):
    """How the units of a second network line up with those of a first.

    permutation: unit i of the first matches unit permutation[i] of the second.
    distance: ‖W1 − W2[p][:, p]‖_F, an upper bound of the minimum.
    inner: ⟨W1, W2[p][:, p]⟩, what the matching maximises.
    gap: the distance of the next best different local optimum less this one; NaN with one start.
    """

    permutation: Int[np.ndarray, " unit"]
    distance: float
    inner: float
    gap: float


def pif_distances(
    weights: Float[np.ndarray, "network unit unit"], *, starts: int = 20, seed: int = 0
) -> Float[np.ndarray, "network network"]:
    """min over permutations P of ‖W1 − Pᵀ W2 P‖_F between every two recurrent matrices.

    Blind to the order of units, and to nothing else: larger weights are further apart.

    **Arguments:**

    - `weights`: recurrent matrices, all of one size.
    - `starts`: of the solver; the first is the barycentre, the others random.
    - `seed`: of the random starts.

    **Returns:** a symmetric matrix with a zero diagonal, upper bounds of the true minima.

    **Raises** `MeasureError` for matrices that are not square, finite or at least two.

    **Reference:** FAQ, Vogelstein et al., PLoS ONE 2015, with pairwise swaps after it.
    """
    weights = np.asarray(weights, np.float64)
    if len(weights) < 2:
        raise MeasureError("a distance needs at least two networks")
    pairs = [(i, j) for i in range(len(weights)) for j in range(i)]
    matches = match_pairs(weights, pairs, starts=starts, seed=seed)
    distances = np.zeros((len(weights), len(weights)))
    for (i, j), match in zip(pairs, matches, strict=True):
        distances[i, j] = distances[j, i] = match.distance
    return distances


def match_pairs(
    weights: Float[np.ndarray, "network unit unit"],
    pairs: Sequence[tuple[int, int]],
    *,
    starts: int = 20,
    seed: int = 0,
) -> list[Match]:
    """The match of each pair, in threads. A pair's match does not depend on the other pairs."""
    weights = np.asarray(weights, np.float64)
    for index, one in enumerate(weights):
        if not np.isfinite(one).all():
            raise MeasureError(f"the weights of network {index} are not finite; leave it out")
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    with ThreadPoolExecutor(threads) as pool:
        # The larger index comes first whichever way the pair is given, so d(i, j) = d(j, i).
        ordered = [(max(pair), min(pair)) for pair in pairs]
        return list(
            pool.map(
                lambda pair: match_units(
                    weights[pair[0]], weights[pair[1]], starts=starts, seed=seed
                ),
                ordered,
            )
        )


def match_units(
    w1: Float[np.ndarray, "row column"],
    w2: Float[np.ndarray, "other_row other_column"],
    *,
    starts: int = 20,
    seed: int = 0,
) -> Match:
    """The best of several local optima of the quadratic assignment between two matrices."""
    n = len(w1)
    if w1.shape != (n, n) or w2.shape != (n, n):
        raise MeasureError(f"weights must be square and alike, not {w1.shape} and {w2.shape}")
    random = np.random.default_rng(seed)
    barycentre = np.full((n, n), 1 / n)
    found: dict[bytes, tuple[float, np.ndarray]] = {}

    def keep(permutation: np.ndarray) -> float:
        inner = float((w1 * w2[np.ix_(permutation, permutation)]).sum())
        found[permutation.tobytes()] = (inner, permutation)
        return inner

    for start in range(starts):
        relaxed = barycentre
        if start:
            relaxed = 0.5 * (barycentre + _doubly_stochastic(random.random((n, n))))
        keep(_swap(w1, w2, _frank_wolfe(w1, w2, relaxed)))
    highest, best = max(found.values(), key=lambda pair: pair[0])
    for _ in range(_RESTARTS * starts):
        # Better optima lie near good ones: shuffle half the units of the best, and solve again
        # from a point between the barycentre and there.
        shuffled = best.copy()
        some = random.choice(n, n // 2, replace=False)
        shuffled[some] = shuffled[np.roll(some, 1)]
        relaxed = 0.7 * barycentre
        relaxed[np.arange(n), shuffled] += 0.3
        again = _swap(w1, w2, _frank_wolfe(w1, w2, relaxed))
        inner = keep(again)
        if inner > highest:
            highest, best = inner, again
    ranked = sorted(found.values(), key=lambda pair: -pair[0])
    inner, permutation = ranked[0]
    distance = _distance(w1, w2, permutation)
    gap = _distance(w1, w2, ranked[1][1]) - distance if len(ranked) > 1 else float("nan")
    return Match(permutation, distance, inner, gap)


def _distance(w1: np.ndarray, w2: np.ndarray, permutation: np.ndarray) -> float:
    return float(np.linalg.norm(w1 - w2[np.ix_(permutation, permutation)]))


def _frank_wolfe(w1: np.ndarray, w2: np.ndarray, relaxed: np.ndarray) -> np.ndarray:
    """Maximise ⟨W1, P W2 Pᵀ⟩ over doubly stochastic P, then round (FAQ)."""

    def gradient(p: np.ndarray) -> np.ndarray:
        return w1 @ p @ w2.T + w1.T @ p @ w2

    here = gradient(relaxed)
    for _ in range(_MAX_ITERATIONS):
        columns = linear_sum_assignment(here, maximize=True)[1]
        vertex = np.zeros_like(relaxed)
        vertex[np.arange(len(w1)), columns] = 1.0
        there = gradient(vertex)
        direction = vertex - relaxed
        # Along the edge the objective is a parabola, whose best step is known.
        linear = (here * direction).sum()
        quadratic = 0.5 * ((there - here) * direction).sum()
        step = 1.0 if quadratic >= 0 else min(1.0, -linear / (2 * quadratic))
        relaxed = relaxed + step * direction
        here = here + step * (there - here)
        if step * np.linalg.norm(direction) < _TOLERANCE * np.sqrt(len(w1)):
            break
    return linear_sum_assignment(relaxed, maximize=True)[1]


def _swap(w1: np.ndarray, w2: np.ndarray, permutation: np.ndarray) -> np.ndarray:
    """Exchange pairs of units while that helps; all exchanges are valued at once."""
    permutation = permutation.copy()
    for _ in range(20 * len(w1)):
        moved = w2[np.ix_(permutation, permutation)]
        gain = _swap_gains(w1, moved)
        i, j = np.unravel_index(int(np.argmax(gain)), gain.shape)
        if gain[i, j] <= 1e-10 * max(1.0, float(np.abs(w1).max())):
            break
        permutation[[i, j]] = permutation[[j, i]]
    return permutation


def _swap_gains(w1: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """What ⟨W1, M⟩ gains where units i and j of M are exchanged, for every i and j."""
    both = w1 @ moved.T + w1.T @ moved
    own = np.diag(both)
    gain = both + both.T - own[:, None] - own[None, :]
    # That exchanges rows and columns separately; where they cross, at (i, i), (i, j), (j, i) and
    # (j, j), its four terms give way to the two of a joint exchange.
    d1, d2 = np.diag(w1), np.diag(moved)
    ii1, jj1, ii2, jj2 = d1[:, None], d1[None, :], d2[:, None], d2[None, :]
    ij1, ji1, ij2, ji2 = w1, w1.T, moved, moved.T
    gain -= (ii1 - ji1) * (ji2 - ii2) + (ij1 - jj1) * (jj2 - ij2)
    gain -= (ii1 - ij1) * (ij2 - ii2) + (ji1 - jj1) * (jj2 - ji2)
    return gain + (ii1 - jj1) * (jj2 - ii2) + (ij1 - ji1) * (ji2 - ij2)


def _doubly_stochastic(matrix: np.ndarray) -> np.ndarray:
    """Sinkhorn scaling; twenty sweeps bring row and column sums within 1e-6 of 1."""
    for _ in range(20):
        matrix = matrix / matrix.sum(axis=1, keepdims=True)
        matrix = matrix / matrix.sum(axis=0, keepdims=True)
    return matrix
