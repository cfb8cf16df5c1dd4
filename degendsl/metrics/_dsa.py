"""Distances between operators, and DSA from states to a distance matrix."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.optimize import linear_sum_assignment

from degendsl.errors import MeasureError

from ._alignment import align
from ._operators import dsa_operators

Score = Literal["angular", "euclidean", "wasserstein"]

# Pairs aligned together: enough to hide NumPy's overhead, few enough to stay in the cache.
_PAIRS_AT_ONCE = 64
# The screening gets within about 1e-5 of a minimum, which tells minima apart; near a true zero the
# distance itself is of the size of the gradient, so what is kept is taken to 1e-9.
_SCREENING = {"tolerance": 1e-5, "iterations": 120}
_REFINING = {"tolerance": 1e-9, "iterations": 400}
_REFINED = 3
# Two starts that end this close, in distance, found the same minimum.
_SAME = 1e-4


class OperatorDistances(NamedTuple):
    """Distance of each pair, and how sure the minimisation is of it.

    agreeing: the share of starts that ended in the best minimum found.
    spread: the largest distance a start ended in, less the best.
    """

    distance: Float[np.ndarray, " pair"]
    agreeing: Float[np.ndarray, " pair"]
    spread: Float[np.ndarray, " pair"]


def dsa_distances(
    states: Float[np.ndarray, "network trial time unit"],
    *,
    delays: int,
    rank: int,
    score: Score = "angular",
    starts: int = 8,
    interval: int = 1,
) -> Float[np.ndarray, "network network"]:
    """Dynamical Similarity Analysis between every two networks.

    Fits a linear operator to each network's delay-embedded states and finds the orthogonal change
    of coordinates that makes two operators most alike. Blind to rotations, reflections and
    permutations of the units; not to time. States are not centred.

    **Arguments:**

    - `states`: any activity units; the trials must be the same for all networks.
    - `delays`, `interval`: of the embedding, in steps.
    - `rank`: size of the operators.
    - `score`: `angular`, in radians in [0, π]; `euclidean`, 2 sin of half that; `wasserstein`, the
        mean squared distance of matched eigenvalues, which needs no alignment.
    - `starts`: of the minimisation, each with both determinants.

    **Returns:** a symmetric matrix with a zero diagonal; an upper bound of the true minimum.

    **Raises** `MeasureError` where the data do not carry the settings.

    **Reference:** Ostrow et al., NeurIPS 2023, arXiv:2306.10168.
    """
    states = np.asarray(states)
    if len(states) < 2:
        raise MeasureError("a distance needs at least two networks")
    matrices = dsa_operators(states, delays=delays, rank=rank, interval=interval).matrices
    pairs = [(i, j) for i in range(len(states)) for j in range(i)]
    found = operator_distances(matrices, pairs, score=score, starts=starts)
    distances = np.zeros((len(states), len(states)))
    for (i, j), distance in zip(pairs, found.distance, strict=True):
        distances[i, j] = distances[j, i] = distance
    return distances


def operator_distances(
    operators: Float[np.ndarray, "network rank rank"],
    pairs: Sequence[tuple[int, int]],
    *,
    score: Score = "angular",
    starts: int = 8,
) -> OperatorDistances:
    """Distances of the given pairs of operators; see `dsa_distances` for the scores.

    A pair's result does not depend on the other pairs, so distances can be kept and added to.
    """
    if score == "wasserstein":
        eigenvalues = np.linalg.eigvals(operators)
        distance = np.array([_wasserstein(eigenvalues[i], eigenvalues[j]) for i, j in pairs])
        return OperatorDistances(distance, np.ones(len(pairs)), np.zeros(len(pairs)))
    # One memory layout, or the order of sums, and with it the last bit, would depend on where the
    # operators came from.
    operators = np.ascontiguousarray(operators, np.float64)
    normalised = operators / np.sqrt((operators**2).sum(axis=(1, 2)))[:, None, None]
    results = []
    for first in range(0, len(pairs), _PAIRS_AT_ONCE):
        some = pairs[first : first + _PAIRS_AT_ONCE]
        results.append(_aligned(normalised, some, starts))
    chords = np.concatenate(results) if results else np.zeros((0, 1))
    # 2 arcsin(chord/2) is the angle without the loss of digits that arccos has near zero.
    values = chords if score == "euclidean" else 2 * np.arcsin(np.minimum(chords / 2, 1.0))
    best = values.min(axis=1)
    agreeing = (values < best[:, None] + _SAME).mean(axis=1)
    return OperatorDistances(best, agreeing, values.max(axis=1) - best)


def _aligned(
    operators: Float[np.ndarray, "network rank rank"], pairs: Sequence[tuple[int, int]], starts: int
) -> Float[np.ndarray, "pair start"]:
    rotations = [_starts(operators[max(pair)], operators[min(pair)], starts) for pair in pairs]
    each = len(rotations[0])
    a = np.repeat(operators[[max(pair) for pair in pairs]], each, axis=0)
    b = np.repeat(operators[[min(pair) for pair in pairs]], each, axis=0)
    chords, turned = align(a, b, np.concatenate(rotations), **_SCREENING)
    chords = chords.reshape(len(pairs), each)
    # Only the most promising starts of a pair are worth the last digits.
    promising = np.argsort(chords, axis=1, kind="stable")[:, :_REFINED]
    rows = (np.arange(len(pairs))[:, None] * each + promising).ravel()
    refined, _ = align(a[rows], b[rows], turned[rows], **_REFINING)
    np.put_along_axis(chords, promising, refined.reshape(promising.shape), axis=1)
    return chords


def _starts(
    a: Float[np.ndarray, "rank rank"], b: Float[np.ndarray, "rank rank"], starts: int
) -> Float[np.ndarray, "start rank rank"]:
    """Rotations to begin from, `starts` of each determinant.

    The eigenbases of three symmetric forms are covariant: where B is a rotated A, any of them
    gives the exact answer up to signs. Beyond these the starts are random.
    """
    rank = len(a)
    forms = [(m + m.T, k + k.T) for m, k in [(a, b)]]
    forms += [(a @ a.T, b @ b.T), (a.T @ a, b.T @ b)]
    found = []
    for form_a, form_b in forms[:starts]:
        found += _signed(a, b, np.linalg.eigh(form_a)[1], np.linalg.eigh(form_b)[1])
    random = np.random.default_rng(0)
    for _ in range(starts - len(forms)):
        basis_a = np.linalg.qr(random.standard_normal((rank, rank)))[0]
        found += _signed(a, b, basis_a, np.linalg.qr(random.standard_normal((rank, rank)))[0])
    return np.stack(found)


def _signed(a, b, basis_a, basis_b) -> list[np.ndarray]:  # noqa: ANN001
    """The best signs that greedy flips find, and the cheapest change of determinant from there."""
    overlap = (basis_a.T @ a @ basis_a) * (basis_b.T @ b @ basis_b)
    weights = overlap + overlap.T
    np.fill_diagonal(weights, 0.0)
    signs = np.where(np.linalg.eigh(weights)[1][:, -1] < 0, -1.0, 1.0)
    for _ in range(10 * len(a)):
        gain = -2 * signs * (weights @ signs)
        flip = int(np.argmax(gain))
        if gain[flip] <= 1e-15:
            break
        signs[flip] *= -1
    other = signs.copy()
    other[int(np.argmax(-2 * signs * (weights @ signs)))] *= -1
    return [(basis_a * s) @ basis_b.T for s in (signs, other)]


def _wasserstein(x: np.ndarray, y: np.ndarray) -> float:
    cost = np.abs(x[:, None] - y[None, :]) ** 2
    return float(cost[linear_sum_assignment(cost)].mean())
