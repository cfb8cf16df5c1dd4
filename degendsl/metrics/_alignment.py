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

from ._preconditioner import Curvature, Directions, directions_of

MEMORY = 3
# No step turns further than the chart is good for, in radians.
LONGEST_STEP = 1.0
_HALVINGS = 30

Operator = Float[np.ndarray, "rank rank"]
Batch = Float[np.ndarray, "item rank rank"]
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
    """Where the items still under way stand; `item` counts through all pairs and starts.

    back: Cᵀ, which libraries multiply by from both sides faster than by C.
    """

    item: Int[np.ndarray, " item"]
    b: Batch
    back: Batch
    error: Numbers
    gradient: Directions

    def only(self, keep: np.ndarray) -> "_Here":
        return _Here(*(field[keep] for field in self))


class _Scratch(NamedTuple):
    """Memory for products, reused: to ask for as much anew takes longer than to multiply.

    skew: with zeros on its diagonal.
    """

    skew: Batch
    one: Batch
    two: Batch

    def first(self, count: int) -> "_Scratch":
        return _Scratch(*(field[:count] for field in self))


def align(
    a: Operator,
    b: Float[np.ndarray, "pair rank rank"],
    starts: Float[np.ndarray, "pair start rank rank"],
    curvature: Curvature,
    stop: Stop,
) -> Alignment:
    """Turn each `b` onto `a` from each of its starts."""
    n_pairs, n_starts, rank, _ = starts.shape
    result = Alignment(np.empty((n_pairs, n_starts), starts.dtype), np.empty_like(starts))
    chord, rotation = result.chord.reshape(-1), result.rotation.reshape(-1, rank, rank)
    scratch = _Scratch(*np.zeros((3, *rotation.shape), starts.dtype))
    # Starts found in single precision are no rotations in double.
    back = nearest_rotations(_t(starts.reshape(rotation.shape)), scratch.one)
    item = np.arange(n_pairs * n_starts)
    here = _at(a, item, np.repeat(b, n_starts, axis=0), back, scratch)
    history: History = []
    stuck = np.zeros(len(item), bool)
    for _ in range(stop.iterations):
        direction = _two_loops(here.gradient, history, curvature.divide)
        slope = _dot(here.gradient, direction)
        left = np.sqrt(2 * here.error)
        done = stuck | (0.5 * slope <= stop.tolerance * np.maximum(left, stop.tolerance))
        if done.any():
            chord[here.item[done]] = left[done]
            rotation[here.item[done]] = _t(here.back[done])
            keep = ~done
            if not keep.any():
                return result
            here, direction, slope = here.only(keep), direction[keep], slope[keep]
            history = [(move[keep], change[keep], rho[keep]) for move, change, rho in history]
            scratch = scratch.first(len(slope))
        length = np.sqrt(_dot(direction, direction))
        step = np.minimum(1.0, LONGEST_STEP / np.maximum(length, np.finfo(length.dtype).tiny))
        there, step = _search(a, here, direction, slope, step, scratch)
        stuck = step == 0.0
        secant = _secant(step[:, None] * direction, here.gradient - there.gradient)
        history = [*history[1 - MEMORY :], secant]
        here = there
    chord[here.item], rotation[here.item] = np.sqrt(2 * here.error), _t(here.back)
    return result


def _search(
    a: Operator,
    here: _Here,
    direction: Directions,
    slope: Numbers,
    step: Numbers,
    scratch: _Scratch,
) -> tuple[_Here, Numbers]:
    """Backtracking along the group, each item on its own; its step is 0 where none helps."""
    there = _turn(a, here, step[:, None] * direction, scratch)
    for _ in range(_HALVINGS):
        short = (there.error > here.error - 1e-4 * step * slope) & (step > 0)
        if not short.any():
            return there, step
        step[short] *= 0.5
        some = scratch.first(int(short.sum()))
        again = _turn(a, here.only(short), step[short, None] * direction[short], some)
        for whole, part in zip(there, again, strict=True):
            whole[short] = part
    step[there.error > here.error] = 0.0
    return there, step


def _turn(a: Operator, here: _Here, move: Directions, scratch: _Scratch) -> _Here:
    """Everything after a further rotation, to second order e^Ω C for a skew Ω."""
    low = directions_of(len(a))
    skew, ahead, turned = scratch
    flat = skew.reshape(len(skew), -1)
    flat[:, low.flat], flat[:, low.mirrored] = -move, move
    np.matmul(here.back, skew, out=ahead)
    np.matmul(ahead, skew, out=turned)
    turned *= 0.5
    turned += ahead
    turned += here.back
    return _at(a, here.item, here.b, nearest_rotations(turned, ahead), scratch)


def nearest_rotations(matrices: Batch, scratch: Batch) -> Batch:
    """By a Newton–Schulz step, which makes ¾ ε² of what lacks in orthogonality, ε.

    Second order lacks |Ω|⁴/4, 1e-5 or less but for the first steps, so one is enough: what it
    leaves the next step mends. For matrices this small solving takes longer than products.
    """
    np.matmul(_t(matrices), matrices, out=scratch)
    scratch *= -0.5
    np.einsum("...ii->...i", scratch)[...] += 1.5
    return matrices @ scratch


def _at(a: Operator, item: np.ndarray, b: Batch, back: Batch, scratch: _Scratch) -> _Here:
    _, one, moved = scratch
    np.matmul(_t(back), np.matmul(b, back, out=one), out=moved)
    left = np.subtract(a, moved, out=one).reshape(len(one), -1)
    error = 0.5 * _dot(left, left)
    # The slope of ⟨A, e^Ω M e^−Ω⟩ at Ω = 0.
    both = np.matmul(moved, a.T, out=one)
    both += _t(moved) @ a
    # Taken so that each gradient lies in one piece: in strided memory sums are added in another
    # order, which depends on the size of the batch.
    flat, low = both.reshape(len(both), -1), directions_of(len(a))
    gradient = np.take(flat, low.mirrored, axis=1) - np.take(flat, low.flat, axis=1)
    return _Here(item, b, back, error, gradient)


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
