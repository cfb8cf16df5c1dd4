"""Exchanges of two units of a match, and turns of the sign of one, while that helps."""

import numpy as np
from jaxtyping import Int

from ._assignment import Assignment, Problem, Square


class Exchanges:
    """What exchanges need to know of a problem; all are valued at once, in float64."""

    def __init__(self, problem: Problem):
        self._problem = problem
        self._crossing = _crossing(problem.a)
        self._linear = bool(problem.linear.any())
        self._least = 1e-10 * max(1.0, float(np.abs(problem.a).max()))

    def from_match(self, at: Assignment) -> Assignment:
        """The best exchange or turn, again and again, until none gains anything."""
        problem, a = self._problem, self._problem.a
        order, sign = at.order.copy(), at.sign.copy()
        moved = at.moved(problem.b)
        # A Mᵀ + Aᵀ M: what a row of A gains with each row of M, and a column with each column.
        both = a @ moved.T + a.T @ moved
        for _ in range(20 * len(a)):
            gain = self._gains(moved, both, Assignment(order, sign))
            i, j = divmod(int(gain.argmax()), len(a))
            turn, most = np.array([i, j]), gain[i, j]
            if problem.signed:
                turns = self._turns(moved, both, Assignment(order, sign))
                k = int(turns.argmax())
                if turns[k] > most:
                    turn, most = np.array([k]), turns[k]
            if most <= self._least:
                break
            if len(turn) == 2:
                order[turn], sign[turn] = order[turn[::-1]], sign[turn[::-1]]
            else:
                sign[turn] *= -1
            _follow(both, a, moved, turn, Assignment(order, sign), problem.b)
        return Assignment(order, sign)

    def _gains(self, moved: Square, both: Square, at: Assignment) -> Square:
        """What the objective gains where units i and j of M are exchanged, for every i and j.

        `both` exchanges their rows and their columns separately; the product takes that back where
        the two cross, at (i, i), (i, j), (j, i) and (j, j), for a joint exchange.
        """
        worth = both
        if self._linear:
            worth = both + at.sign * self._problem.linear[:, at.order]
        own = np.diag(worth)
        gain = _crossing(moved)
        gain *= self._crossing
        gain += worth
        gain += worth.T
        gain -= own[:, None]
        gain -= own
        return gain

    def _turns(self, moved: Square, both: Square, at: Assignment) -> np.ndarray:
        """What it gains where a unit turns its sign, for every unit; its own loop keeps it."""
        linear = self._problem.linear[np.arange(len(moved)), at.order]
        own = np.diag(both) - 2 * np.diag(self._problem.a) * np.diag(moved)
        return -2 * (own + at.sign * linear)


def _crossing(x: Square) -> Square:
    """x_ii + x_jj − x_ij − x_ji."""
    own = np.diag(x)
    found = own[:, None] - x
    found += own
    found -= x.T
    return found


def _follow(
    both: Square,
    a: Square,
    moved: Square,
    turn: Int[np.ndarray, " turned"],
    at: Assignment,
    b: Square,
) -> None:
    """Bring Q B Qᵀ, and A Mᵀ + Aᵀ M with it, up to date where one or two units have changed."""
    rows = np.outer(at.sign[turn], at.sign) * b[np.ix_(at.order[turn], at.order)]
    columns = np.outer(at.sign, at.sign[turn]) * b[np.ix_(at.order, at.order[turn])]
    by_row, by_column = rows - moved[turn], columns - moved[:, turn]
    by_column[turn] = 0.0
    moved[turn], moved[:, turn] = rows, columns
    both[:, turn] += a @ by_row.T
    both += a[:, turn] @ by_column.T + a[turn].T @ by_row
    both[:, turn] += a.T @ by_column
