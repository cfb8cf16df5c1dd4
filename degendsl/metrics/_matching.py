"""Where the starts of matching units begin: the barycentre, annealed, near the best, at random."""

import numpy as np

from ._annealing import annealed, reheated
from ._assignment import Assignment, Field, Problem, Square
from ._climbing import climb
from ._crowd import FEW, best_of_a_crowd
from ._exchanges import Exchanges

# Of so many starts one is annealed from the beginning, and one is random, since structured matrices
# have good optima far apart.
_ROUND = 10


class Search:
    """The starts of one problem; what they share is prepared once."""

    def __init__(self, problem: Problem, random: np.random.Generator):
        self._problem, self._random = problem, random
        self._field, self._exchanges = Field(problem), Exchanges(problem)

    def from_start(self, index: int, best: Assignment | None) -> Assignment:
        """The local optimum that a start leads to, given the best of those before it."""
        signed = self._problem.signed
        if index >= 2 and self._field.units <= FEW:
            return best_of_a_crowd(self._problem, self._random)
        if index % _ROUND == 1:
            return self._climbed(
                annealed(self._field, self._random if signed or index > 1 else None)
            )
        if signed and index % 2 == 0:
            return self._climbed(0.5 * self._by_magnitudes(self._middle(index)).matrix())
        if best is None or index % _ROUND == 0:
            return self._climbed(self._middle(index))
        return self._climbed(reheated(self._field, best, self._random))

    def _climbed(self, start: Square) -> Assignment:
        return climb(self._field, self._exchanges, start)

    def _middle(self, index: int) -> Square:
        """The barycentre first, and then halfway from there to somewhere."""
        n = self._field.units
        barycentre = np.full((n, n), 1 / n)
        if index == 0:
            return barycentre
        return 0.5 * (barycentre + _doubly_stochastic(self._random.random((n, n))))

    def _by_magnitudes(self, start: Square) -> Assignment:
        """A match of the sizes of entries, which no sign changes, then the signs it asks for."""
        problem, n = self._problem, self._field.units
        sizes = Problem(*(np.abs(x) for x in problem[:3]), signed=False)
        order = climb(Field(sizes), Exchanges(sizes), start).order
        agreement = problem.a * problem.b[np.ix_(order, order)]
        # The linear part belongs to a further unit whose sign is held.
        linear = problem.linear[np.arange(n), order]
        full = np.block(
            [[agreement + agreement.T, linear[:, None]], [linear[None], np.zeros((1, 1))]]
        )
        leading = np.linalg.eigh(full)[1][:, -1]
        sign = np.where(leading[:-1] * (leading[-1] if linear.any() else 1.0) < 0, -1.0, 1.0)
        return self._exchanges.from_match(Assignment(order, sign))


def _doubly_stochastic(matrix: np.ndarray) -> np.ndarray:
    """Sinkhorn scaling; twenty sweeps bring row and column sums within 1e-6 of 1."""
    for _ in range(20):
        matrix = matrix / matrix.sum(axis=1, keepdims=True)
        matrix = matrix / matrix.sum(axis=0, keepdims=True)
    return matrix
