"""Where the starts of matching units begin: amid all matches, or near the best one."""

from collections.abc import Sequence

import numpy as np

from ._annealing import annealed, reheated
from ._assignment import Assignment, Field, Problem, Squares, value
from ._climbing import best_vertex, climb
from ._crowd import FEW, best_of_a_crowd
from ._exchanges import Exchanges
from ._growing import grown

# Of so many starts one begins from the middle: from near some matches the best are out of reach.
_ROUND = 5
# Of the size of fields: enough that growth begins elsewhere each time, little where it ends.
_TILT = 0.3


class Search:
    """The starts of some problems of one size; what starts share is prepared once.

    Where a start of a problem ends depends on the seed, its index and the best match so far, not on
    the problems that are searched beside it.
    """

    def __init__(self, problems: Sequence[Problem], seed: int):
        self._problems, self._seed = problems, seed
        self._field = Field(problems)
        self._exchanges = [Exchanges(problem) for problem in problems]

    def from_start(self, index: int, best: Sequence[Assignment]) -> list[Assignment]:
        """The local optima that a start leads to, given the best of those before it."""
        if index >= 2 and self._field.units <= FEW:
            return [best_of_a_crowd(problem, self._random(index)) for problem in self._problems]
        return climb(self._field, self._exchanges, self._starts(index, best))

    def _random(self, index: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, index])

    def _starts(self, index: int, best: Sequence[Assignment]) -> Squares:
        if index % _ROUND == 0:
            return self._from_the_middle(index)
        if index % _ROUND == 1 and self._field.signed:
            return np.stack([0.5 * match.matrix() for match in self._by_sizes()])
        return reheated(self._field, best, self._random(index))

    def _from_the_middle(self, index: int) -> Squares:
        """Where annealing ends, or halfway to a match that grows, whichever is worth more.

        Growth finds copies, whatever their structure; what only resembles is for annealing.
        All but the first are tilted, so that both end elsewhere each time.
        """
        field, random = self._field, self._random(index)
        n, signed = field.units, field.signed
        tilt = random.normal(0, _TILT, (n, n)) if index > 0 else None
        # Between both signs of every unit there is no field, so something has to tilt it.
        starts = annealed(field, random if index > 0 or signed else None)
        for k, (problem, start) in enumerate(zip(self._problems, starts, strict=True)):
            cold = best_vertex(start, signed)
            match = grown(problem, None if tilt is None else field.size[k] * tilt)
            if match and value(problem, match) >= value(problem, cold):
                starts[k] = 0.5 * match.matrix() if signed else 0.5 * (match.matrix() + 1 / n)
        return starts

    def _by_sizes(self) -> list[Assignment]:
        """Matches of the sizes of entries, which no sign changes, then the signs they ask for.

        Where much noise leads growth astray, sizes still say where to begin.
        """
        sizes = [Problem(*(np.abs(x) for x in one[:3]), signed=False) for one in self._problems]
        field = Field(sizes)
        ends = climb(field, [Exchanges(one) for one in sizes], annealed(field, None))
        return [
            _with_signs(problem, end.order)
            for problem, end in zip(self._problems, ends, strict=True)
        ]


def _with_signs(problem: Problem, order: np.ndarray) -> Assignment:
    """The signs that agree best with a match, as the leading eigenvector has them."""
    rows = np.arange(len(order))
    agreement = problem.a * problem.b[np.ix_(order, order)]
    # The linear part belongs to a further unit whose sign is held.
    linear = problem.linear[rows, order]
    full = np.block([[agreement + agreement.T, linear[:, None]], [linear[None], np.zeros((1, 1))]])
    leading = np.linalg.eigh(full)[1][:, -1]
    sign = np.where(leading[:-1] * (leading[-1] if linear.any() else 1.0) < 0, -1.0, 1.0)
    return Assignment(order, sign)
