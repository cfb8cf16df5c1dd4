"""The best rotation between two operators: the second half of DSA, as a true minimisation.

Minimises ½‖A − C B Cᵀ‖²_F over O(r) by limited-memory quasi-Newton steps on the group, with the
Gauss–Newton curvature as first guess. Every pair and start keeps its own step length and history,
and all products are taken one by one, so the result for a pair does not depend on which other
pairs are in the batch. The precision is that of the starts.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ._preconditioner import Curvature, directions_of

MEMORY = 6
# No step turns further than the chart is good for, in radians.
LONGEST_STEP = 1.0
_HALVINGS = 30

Operator = Float[np.ndarray, "rank rank"]
Batch = Float[np.ndarray, "item rank rank"]
Directions = Float[np.ndarray, "item direction"]
Numbers = Float[np.ndarray, " item"]
History = list[tuple[Directions, Directions, Numbers]]


class Stop(NamedTuple):
    """When to stop: where a step promises to shorten ‖A − C B Cᵀ‖ by less than `tolerance`.

    iterations: the most there are.
    """

    tolerance: float
    iterations: int


# The screening tells minima apart; what is kept is taken to a hundredth of the 1e-6 that rotations
# of the states must not change.
SCREENING = Stop(tolerance=1e-5, iterations=60)
REFINING = Stop(tolerance=1e-8, iterations=300)
REFINED = 3


class Alignment(NamedTuple):
    """Where each start led: what is left of A − C B Cᵀ in Frobenius norm, and C."""

    chord: Float[np.ndarray, "pair start"]
    rotation: Float[np.ndarray, "pair start rank rank"]


class _Here(NamedTuple):
    """Where the items still under way stand; `item` counts through all pairs and starts."""

    item: Int[np.ndarray, " item"]
    b: Batch
    rotation: Batch
    error: Numbers
    gradient: Directions

    def only(self, keep: np.ndarray) -> "_Here":
        return _Here(*(field[keep] for field in self))


def align(
    a: Operator,
    b: Float[np.ndarray, "pair rank rank"],
    starts: Float[np.ndarray, "pair start rank rank"],
    curvature: Curvature,
    stop: Stop,
) -> Alignment:
    """Turn each `b` onto `a` from each of its starts."""
    n_pairs, n_starts, rank, _ = starts.shape
    result = Alignment(np.empty((n_pairs, n_starts), starts.dtype), np.array(starts, order="C"))
    chord, rotation = result.chord.reshape(-1), result.rotation.reshape(-1, rank, rank)
    item = np.arange(n_pairs * n_starts)
    here = _at(a, item, np.repeat(b, n_starts, axis=0), rotation.copy())
    history: History = []
    for _ in range(stop.iterations):
        direction = _two_loops(
            here.gradient, history, lambda q, at=here.item: _divide(curvature, q, at, result)
        )
        slope = _dot(here.gradient, direction)
        left = np.sqrt(2 * here.error)
        done = 0.5 * slope <= stop.tolerance * np.maximum(left, stop.tolerance)
        length = np.sqrt(_dot(direction, direction))
        step = np.minimum(1.0, LONGEST_STEP / np.maximum(length, np.finfo(length.dtype).tiny))
        there, step = _search(a, here, direction, slope, np.where(done, 0.0, step))
        done |= step == 0.0
        if done.any():
            chord[here.item[done]] = left[done]
            rotation[here.item[done]] = here.rotation[done]
            keep = ~done
            here, there = here.only(keep), there.only(keep)
            direction, step = direction[keep], step[keep]
            history = [(move[keep], change[keep], rho[keep]) for move, change, rho in history]
            if not len(here.item):
                return result
        secant = _secant(step[:, None] * direction, here.gradient - there.gradient)
        history = [*history[1 - MEMORY :], secant]
        here = there
    chord[here.item], rotation[here.item] = np.sqrt(2 * here.error), here.rotation
    return result


def _divide(curvature: Curvature, q: Directions, item: np.ndarray, shape: Alignment) -> Directions:
    """One product per pair, of a size that never changes: finished starts are rows of zeros."""
    n_starts = shape.chord.shape[1]
    pairs, position = np.unique(item // n_starts, return_inverse=True)
    padded = np.zeros((len(pairs), n_starts, q.shape[1]), q.dtype)
    padded[position, item % n_starts] = q
    return curvature.divide(padded)[position, item % n_starts]


def _search(
    a: Operator, here: _Here, direction: Directions, slope: Numbers, step: Numbers
) -> tuple[_Here, Numbers]:
    """Backtracking along the group, each item on its own; its step is 0 where none helps."""
    there = _turn(a, here, step[:, None] * direction)
    for _ in range(_HALVINGS):
        short = (there.error > here.error - 1e-4 * step * slope) & (step > 0)
        if not short.any():
            return there, step
        step[short] *= 0.5
        again = _turn(a, here.only(short), step[short, None] * direction[short])
        for whole, part in zip(there, again, strict=True):
            whole[short] = part
    step[there.error > here.error] = 0.0
    return there, step


def _turn(a: Operator, here: _Here, move: Directions) -> _Here:
    """Everything after a further rotation, to second order e^Ω C for a skew Ω."""
    rank = len(a)
    skew = np.zeros_like(here.b)
    skew.reshape(-1, rank * rank)[:, directions_of(rank).flat] = move
    skew -= _t(skew)
    ahead = skew @ here.rotation
    turned = nearest_rotations(here.rotation + ahead + 0.5 * (skew @ ahead))
    return _at(a, here.item, here.b, turned)


def nearest_rotations(matrices: Float[np.ndarray, "*item rank rank"]) -> np.ndarray:
    """By Newton–Schulz steps, each of which makes ¾ ε² of what lacks in orthogonality, ε.

    Second order lacks |Ω|⁴/4, 1e-5 or less but for the first steps, so two are enough; what they
    leave the next step mends. For matrices this small solving takes twice as long as products.
    """
    for _ in range(2):
        matrices = 1.5 * matrices - 0.5 * (matrices @ (_t(matrices) @ matrices))
    return matrices


def _at(a: Operator, item: np.ndarray, b: Batch, rotation: Batch) -> _Here:
    moved = rotation @ b @ _t(rotation)
    left = a - moved
    flat = left.reshape(len(left), -1)
    # The slope of ⟨A, e^Ω M e^−Ω⟩ at Ω = 0; that of M itself vanishes, so A may be the difference.
    product = left @ _t(moved) - _t(moved) @ left
    # Taken so that each gradient lies in one piece: in strided memory sums are added in another
    # order, which depends on the size of the batch.
    skew = (product - _t(product)).reshape(len(left), -1)
    gradient = np.take(skew, directions_of(len(a)).flat, axis=1)
    return _Here(item, b, rotation, 0.5 * _dot(flat, flat), gradient)


def _secant(move: Directions, change: Directions) -> tuple[Directions, Directions, Numbers]:
    curvature = _dot(move, change)
    useful = curvature > 1e-12 * np.sqrt(_dot(move, move)) * np.sqrt(_dot(change, change))
    return move, change, np.where(useful, 1.0 / np.where(useful, curvature, 1.0), 0.0)


def _two_loops(
    gradient: Directions, history: History, divide: Callable[[Directions], Directions]
) -> Directions:
    """The quasi-Newton direction of descent, every item with its own history."""
    q = gradient.copy()
    alphas = []
    for move, change, rho in reversed(history):
        alpha = rho * _dot(move, q)
        q -= alpha[:, None] * change
        alphas.append(alpha)
    q = divide(q)
    for (move, change, rho), alpha in zip(history, reversed(alphas), strict=True):
        q += (alpha - rho * _dot(change, q))[:, None] * move
    return q


def _dot(x: Directions, y: Directions) -> Numbers:
    return np.vecdot(x, y)


def _t(x: np.ndarray) -> np.ndarray:
    return np.swapaxes(x, -1, -2)
