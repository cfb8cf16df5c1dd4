"""Where the starts of matching units begin: a match that grows, annealed ones, near the best."""

import numpy as np

from ._annealing import annealed, reheated
from ._assignment import Assignment, Field, Problem, Square
from ._climbing import climb
from ._crowd import FEW, best_of_a_crowd
from ._exchanges import Exchanges
from ._growing import grown

# Of so many starts one grows, and one is annealed from the beginning: from near some matches the
# best are out of reach.
_GROWN, _ANNEALED = 10, 5
# Of the size of fields: enough that growth begins elsewhere each time, little where it ends.
_TILT = 0.3


class Search:
    """The starts of one problem; what they share is prepared once."""

    def __init__(self, problem: Problem, random: np.random.Generator):
        self._problem, self._random = problem, random
        self._field, self._exchanges = Field(problem), Exchanges(problem)

    def from_start(self, index: int, best: Assignment | None) -> Assignment:
        """The local optimum that a start leads to, given the best of those before it."""
        if index >= 2 and self._field.units <= FEW:
            return best_of_a_crowd(self._problem, self._random)
        return climb(self._field, self._exchanges, self._start(index, best))

    def _start(self, index: int, best: Assignment | None) -> Square:
        if best is None or index % _GROWN == 0:
            return self._halfway_grown(tilted=index > 0)
        if index % _GROWN == 2 and self._problem.signed:
            return 0.5 * self._by_sizes().matrix()
        if index % _ANNEALED == 1:
            # Between both signs of every unit there is no field, so something has to tilt it.
            tilted = self._problem.signed or index > 1
            return annealed(self._field, self._random if tilted else None)
        return reheated(self._field, best, self._random)

    def _halfway_grown(self, *, tilted: bool) -> Square:
        """Between the middle of all matches and one that grows; tilted, another one each time."""
        n = self._field.units
        tilt = self._random.normal(0, _TILT * self._field.size, (n, n)) if tilted else None
        match = grown(self._problem, tilt).matrix()
        return 0.5 * (match if self._problem.signed else match + 1 / n)

    def _by_sizes(self) -> Assignment:
        """A match of the sizes of entries, which no sign changes, then the signs it asks for.

        Where much noise leads growth astray, sizes still say where to begin.
        """
        problem, n = self._problem, self._field.units
        sizes = Problem(*(np.abs(x) for x in problem[:3]), signed=False)
        field = Field(sizes)
        order = climb(field, Exchanges(sizes), annealed(field, None)).order
        agreement = problem.a * problem.b[np.ix_(order, order)]
        # The linear part belongs to a further unit whose sign is held.
        linear = problem.linear[np.arange(n), order]
        full = np.block(
            [[agreement + agreement.T, linear[:, None]], [linear[None], np.zeros((1, 1))]]
        )
        leading = np.linalg.eigh(full)[1][:, -1]
        sign = np.where(leading[:-1] * (leading[-1] if linear.any() else 1.0) < 0, -1.0, 1.0)
        return Assignment(order, sign)
