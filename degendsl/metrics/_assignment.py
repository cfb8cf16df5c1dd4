"""One quadratic assignment: maximise ⟨A, Q B Qᵀ⟩ + ⟨L, Q⟩ over permutations Q, signed or not.

Conditional gradients over doubly stochastic matrices (FAQ), then exchanges of two units. All that
conditional gradients need of A and B is one product a step, in float32: the direction is a
permutation anyway, and the value of what is found is taken in float64.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment

from ._products import Factor

_MAX_ITERATIONS = 60
# Of the objective: what the next vertex promises at most. Exchanges find what is left.
_TOLERANCE = 1e-3

Square = Float[np.ndarray, "unit unit"]


class Problem(NamedTuple):
    """What is to be lined up. linear: what matching unit i with unit j is worth by itself."""

    a: Square
    b: Square
    linear: Square
    signed: bool


class Assignment(NamedTuple):
    """Unit i matches unit order[i], whose sign is turned where sign[i] is −1."""

    order: Int[np.ndarray, " unit"]
    sign: Float[np.ndarray, " unit"]

    def moved(self, b: Square) -> Square:
        """Q B Qᵀ."""
        return b[np.ix_(self.order, self.order)] * np.outer(self.sign, self.sign)

    def matrix(self) -> Square:
        found = np.zeros((len(self.order), len(self.order)))
        found[np.arange(len(self.order)), self.order] = self.sign
        return found


def value(problem: Problem, at: Assignment) -> float:
    rows = np.arange(len(at.order))
    linear = (at.sign * problem.linear[rows, at.order]).sum()
    return _inner(problem.a, at.moved(problem.b)) + float(linear)


def climb(problem: Problem, start: Square) -> Assignment:
    """The local optimum that a point between permutations leads to."""
    return exchange(problem, _relaxed(problem, start))


def _relaxed(problem: Problem, start: Square) -> Assignment:
    # What all entries share is worth the same in every order; it would only hide the rest.
    a, b = (x if problem.signed else x - x.mean() for x in problem[:2])
    a, b, linear = (x.astype(np.float32) for x in (a, b, problem.linear))
    rows, here = np.arange(len(a)), start.astype(np.float32)
    # A Q Bᵀ + Aᵀ Q B as one product of twice the depth.
    left, right = Factor(np.hstack([a, a.T])), np.ascontiguousarray(b.T)
    inside = Factor(here)
    slope = left.times(np.vstack([inside.times(right), inside.times(b)]))
    for _ in range(_MAX_ITERATIONS):
        to = _vertex(slope + linear, problem.signed)
        sign = to.sign.astype(np.float32)[:, None]
        there = left.times(np.vstack([sign * right[to.order], sign * b[to.order]]))
        # Along the edge the objective is a parabola. Its slope is symmetric in both ends, so the
        # four products that it takes are sums over the units, but for one.
        s = to.sign
        ahead, beyond = (s * x[rows, to.order] for x in (slope, there))
        own, pull = _inner(slope, here), _inner(linear, here)
        first = ahead.sum() - own + (s * linear[rows, to.order]).sum() - pull
        second = 0.5 * (beyond.sum() - 2 * ahead.sum() + own)
        if first <= _TOLERANCE * abs(own + pull):
            break
        step = np.float32(1.0 if second >= 0 else min(1.0, -first / (2 * second)))
        here *= 1 - step
        here[rows, to.order] += step * to.sign.astype(np.float32)
        slope += step * (there - slope)
    return _vertex(here, problem.signed)


def _inner(x: Square, y: Square) -> float:
    # Not `vdot`: long ones start threads, as long products do.
    return float((x * y).sum(dtype=np.float64))


def _vertex(slope: Square, signed: bool) -> Assignment:
    worth = np.abs(slope) if signed else slope
    # What a row or a column has in common decides nothing, and without it the solver is faster.
    loss = worth.max(axis=1, keepdims=True) - worth
    order = linear_sum_assignment(loss - loss.min(axis=0))[1]
    if not signed:
        return Assignment(order, np.ones(len(order)))
    return Assignment(order, np.where(slope[np.arange(len(order)), order] < 0, -1.0, 1.0))


def exchange(problem: Problem, at: Assignment) -> Assignment:
    """Exchange two units, or turn the sign of one, while that helps; all are valued at once."""
    a, rows = problem.a, np.arange(len(problem.a))
    order, sign = at.order.copy(), at.sign.copy()
    moved = at.moved(problem.b)
    both = Factor(np.hstack([a, a.T])).times(np.vstack([moved.T, moved]))
    least = 1e-10 * max(1.0, float(np.abs(a).max()))
    for _ in range(20 * len(a)):
        worth = sign[:, None] * problem.linear[:, order]
        gain = _exchange_gains(a, moved, both) + worth + worth.T
        gain -= np.diag(worth)[:, None] + np.diag(worth)[None, :]
        i, j = np.unravel_index(int(np.argmax(gain)), gain.shape)
        best = gain[i, j]
        turn = np.array([i, j])
        if problem.signed:
            turned = -2 * (np.diag(both) - 2 * np.diag(a) * np.diag(moved))
            turned -= 2 * sign * problem.linear[rows, order]
            k = int(np.argmax(turned))
            if turned[k] > best:
                turn, best = np.array([k]), turned[k]
        if best <= least:
            break
        if len(turn) == 2:
            order[turn], sign[turn] = order[turn[::-1]], sign[turn[::-1]]
        else:
            sign[turn] *= -1
        _follow(both, a, moved, turn, Assignment(order, sign), problem.b)
    return Assignment(order, sign)


def _follow(
    both: Square,
    a: Square,
    moved: Square,
    turn: Int[np.ndarray, " turned"],
    at: Assignment,
    b: Square,
) -> None:
    """Bring Q B Qᵀ, and A M + Aᵀ M with it, up to date where one or two units have changed."""
    rows = np.outer(at.sign[turn], at.sign) * b[np.ix_(at.order[turn], at.order)]
    columns = np.outer(at.sign, at.sign[turn]) * b[np.ix_(at.order, at.order[turn])]
    by_row, by_column = rows - moved[turn], columns - moved[:, turn]
    by_column[turn] = 0.0
    moved[turn], moved[:, turn] = rows, columns
    both[:, turn] += a @ by_row.T
    both += a[:, turn] @ by_column.T + a[turn].T @ by_row
    both[:, turn] += a.T @ by_column


def _exchange_gains(a: Square, moved: Square, both: Square) -> Square:
    """What ⟨A, M⟩ gains where units i and j of M are exchanged, for every i and j."""
    own = np.diag(both)
    gain = both + both.T - own[:, None] - own[None, :]
    # That exchanges rows and columns separately; where they cross, at (i, i), (i, j), (j, i) and
    # (j, j), its four terms give way to the two of a joint exchange.
    d1, d2 = np.diag(a), np.diag(moved)
    ii1, jj1, ii2, jj2 = d1[:, None], d1[None, :], d2[:, None], d2[None, :]
    ij1, ji1, ij2, ji2 = a, a.T, moved, moved.T
    gain -= (ii1 - ji1) * (ji2 - ii2) + (ij1 - jj1) * (jj2 - ij2)
    gain -= (ii1 - ij1) * (ij2 - ii2) + (ji1 - jj1) * (jj2 - ji2)
    return gain + (ii1 - jj1) * (jj2 - ii2) + (ij1 - ji1) * (ji2 - ij2)
