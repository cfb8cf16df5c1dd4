"""One quadratic assignment: maximise ⟨A, Q B Qᵀ⟩ + ⟨L, Q⟩ over permutations Q, signed or not."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

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
        found = b[self.order][:, self.order]
        return found * np.outer(self.sign, self.sign) if (self.sign < 0).any() else found

    def matrix(self) -> Square:
        found = np.zeros((len(self.order), len(self.order)))
        found[np.arange(len(self.order)), self.order] = self.sign
        return found


def value(problem: Problem, at: Assignment) -> float:
    rows = np.arange(len(at.order))
    linear = (at.sign * problem.linear[rows, at.order]).sum()
    return float((problem.a * at.moved(problem.b)).sum() + linear)


class Field:
    """What matching each pair of units would gain, the others being as they are.

    The slope of the objective, A Q Bᵀ + Aᵀ Q B + L, over its usual size and in float32: it only
    says where to go, and the value of what is found there is taken in float64.
    """

    def __init__(self, problem: Problem):
        self.signed, self.units = problem.signed, len(problem.a)
        # What all entries share is worth the same in every order; it would only hide the rest.
        a, b = (x if problem.signed else x - x.mean() for x in problem[:2])
        squared = self.units * (a**2).mean() * (b**2).mean() + 0.5 * (problem.linear**2).mean()
        self.size = size = float(np.sqrt(squared)) or 1.0
        self.linear = (problem.linear / size).astype(np.float32)
        self._linear = bool(self.linear.any())
        # A and its transpose, to meet what B's two sides are.
        self._left = np.stack([a, a.T]).astype(np.float32) / np.float32(size)
        self._right = np.stack([b.T, b]).astype(np.float32)

    def of(self, point: Square) -> Square:
        return self._summed(point @ self._right)

    def of_match(self, match: Assignment) -> Square:
        """Of a match, whose product with B is B in another order."""
        rows = self._right.take(match.order, axis=1)
        if self.signed:
            rows *= match.sign.astype(np.float32)[:, None]
        return self._summed(rows)

    def _summed(self, sides: Float[np.ndarray, "2 unit unit"]) -> Square:
        there, back = self._left @ sides
        there += back
        if self._linear:
            there += self.linear
        return there
