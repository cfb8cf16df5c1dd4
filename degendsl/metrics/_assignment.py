"""One quadratic assignment: maximise ⟨A, Q B Qᵀ⟩ + ⟨L, Q⟩ over permutations Q, signed or not."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

Square = Float[np.ndarray, "unit unit"]
Squares = Float[np.ndarray, "problem unit unit"]


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
    says where to go, and the value of what is found there is taken in float64. Of several problems
    of one size at once.
    """

    def __init__(self, problems: Sequence[Problem]):
        n = len(problems[0].a)
        self.signed, self.units = problems[0].signed, n
        self.size = np.empty(len(problems))
        # A and its transpose side by side, to meet B's two sides one above the other.
        self._left = np.empty((len(problems), n, 2 * n), np.float32)
        self._right = np.empty((len(problems), 2, n, n), np.float32)
        self.linear = np.empty((len(problems), n, n), np.float32)
        for k, (a, b, linear, signed) in enumerate(problems):
            # What all entries share is worth the same in every order; it would only hide the rest.
            a, b = (x if signed else x - x.mean() for x in (a, b))
            squared = n * (a**2).mean() * (b**2).mean() + 0.5 * (linear**2).mean()
            self.size[k] = size = float(np.sqrt(squared)) or 1.0
            self._left[k, :, :n], self._left[k, :, n:] = a / size, a.T / size
            self._right[k] = b.T, b
            self.linear[k] = linear / size
        self._linear = bool(self.linear.any())

    def of(self, points: Squares) -> Squares:
        sides = (points[:, None] @ self._right).reshape(-1, 2 * self.units, self.units)
        found = self._left @ sides
        if self._linear:
            found += self.linear
        return found

    def of_match(self, k: int, order: Int[np.ndarray, " unit"], sign: np.ndarray) -> Square:
        """Of a match in problem k, whose product with B is B in another order."""
        sides = self._right[k][:, order]
        if self.signed:
            sides *= sign.astype(np.float32)[:, None]
        found = self._left[k] @ sides.reshape(2 * self.units, self.units)
        if self._linear:
            found += self.linear[k]
        return found
