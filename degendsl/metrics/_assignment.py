"""One quadratic assignment: maximise ⟨A, Q B Qᵀ⟩ + ⟨L, Q⟩ over permutations Q, signed or not."""

from collections.abc import Sequence
from copy import copy
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

    def __getitem__(self, places: np.ndarray) -> "Field":
        """Of some of the problems."""
        some = copy(self)
        for name in ("size", "linear", "_left", "_right"):
            setattr(some, name, getattr(self, name)[places])
        return some

    def of(self, points: Squares) -> Squares:
        return self._summed(points[:, None] @ self._right)

    def of_matches(
        self, order: Int[np.ndarray, "problem unit"], sign: Float[np.ndarray, "problem unit"]
    ) -> Squares:
        """Of matches, whose products with B are B in another order."""
        problems = np.arange(len(order))[:, None, None]
        sides = self._right[problems, np.arange(2)[:, None], order[:, None]]
        if self.signed:
            sides *= sign.astype(np.float32)[:, None, :, None]
        return self._summed(sides)

    def _summed(self, sides: Float[np.ndarray, "problem 2 unit unit"]) -> Squares:
        found = self._left @ sides.reshape(len(sides), -1, self.units)
        if self._linear:
            found += self.linear
        return found
