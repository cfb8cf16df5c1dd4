"""One quadratic assignment: maximise ⟨A, Q B Qᵀ⟩ + ⟨L, Q⟩ over permutations Q, signed or not."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ._products import Factor

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
    # Not `vdot`: long ones start threads, as long products do.
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
        size = np.sqrt(squared) or 1.0
        b = b.astype(np.float32)
        self.linear = (problem.linear / size).astype(np.float32)
        # Both terms as one product of twice the depth.
        self._left = Factor((np.hstack([a, a.T]) / size).astype(np.float32))
        self._wide, self._tall = np.hstack([b.T, b]), np.vstack([b.T, b])

    def of(self, point: Square) -> Square:
        both = Factor(point).times(self._wide)
        found = self._left.times(np.vstack([both[:, : self.units], both[:, self.units :]]))
        found += self.linear
        return found

    def of_match(self, match: Assignment) -> Square:
        """Of a match, whose product with B is B in another order."""
        rows = self._tall.take(np.concatenate([match.order, match.order + self.units]), axis=0)
        if self.signed:
            rows *= np.tile(match.sign.astype(np.float32), 2)[:, None]
        found = self._left.times(rows)
        found += self.linear
        return found
