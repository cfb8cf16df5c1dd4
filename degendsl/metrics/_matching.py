"""Where the starts of matching units begin: amid all matches, or near the best one."""

import numpy as np

from ._annealing import annealed, reheated
from ._assignment import Assignment, Field, Problem, Square, value
from ._climbing import climb, vertex
from ._crowd import FEW, best_of_a_crowd
from ._exchanges import Exchanges
from ._growing import grown

# Of so many starts one begins from the middle: from near some matches the best are out of reach.
_ROUND = 5
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
        if best is None or index % _ROUND == 0:
            return self._from_the_middle(tilted=index > 0)
        if index % _ROUND == 1 and self._problem.signed:
            return 0.5 * self._by_sizes().matrix()
        return reheated(self._field, best, self._random)

    def _from_the_middle(self, *, tilted: bool) -> Square:
        """Where annealing ends, or halfway to a match that grows, whichever is worth more.

        Growth finds copies, whatever their structure; what only resembles is for annealing.
        Tilted, both end elsewhere each time.
        """
        problem, field, random = self._problem, self._field, self._random
        n, signed = field.units, problem.signed
        match = grown(problem, random.normal(0, _TILT * field.size, (n, n)) if tilted else None)
        # Between both signs of every unit there is no field, so something has to tilt it.
        here = annealed(field, random if tilted or signed else None)
        if value(problem, match) < value(problem, vertex(here, signed)):
            return here
        return 0.5 * (match.matrix() if signed else match.matrix() + 1 / n)

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
