"""From a point between permutations to one that no exchange betters.

Conditional gradients over doubly stochastic matrices (FAQ, Vogelstein et al., PLoS ONE 2015), whose
steps lead towards one permutation after the other, then exchanges of two units.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from ._assignment import Assignment, Field, Square, Squares
from ._exchanges import Exchanges

_MAX_ITERATIONS = 60
# Of the objective: what the next vertex promises at most. Exchanges find what is left.
_TOLERANCE = 1e-3


def climb(field: Field, exchanges: Sequence[Exchanges], starts: Squares) -> list[Assignment]:
    """The local optima that points between permutations lead to, one for each problem."""
    slopes, starts = field.of(starts), starts.copy()
    return [
        one.from_match(best_vertex(_relaxed(field, k, here, slope), field.signed))
        for k, (one, here, slope) in enumerate(zip(exchanges, starts, slopes, strict=True))
    ]


def best_vertex(slope: Square, signed: bool) -> Assignment:
    """The permutation that is worth most."""
    worth = np.abs(slope) if signed else slope
    # What a row or a column has in common decides nothing, and without it the solver is faster.
    losses = worth.max(axis=1, keepdims=True) - worth
    losses -= losses.min(axis=0)
    order = linear_sum_assignment(losses)[1]
    rows = np.arange(len(order))
    leaning = signed & (slope[rows, order] < 0)
    return Assignment(order, np.where(leaning, -1.0, 1.0))


def _relaxed(field: Field, k: int, here: Square, slope: Square) -> Square:
    """Where conditional gradients end in problem k; a problem at a time, which stays near a core.

    `here` and its slope are worked on in place.
    """
    rows, linear = np.arange(field.units), field.linear[k]
    for _ in range(_MAX_ITERATIONS):
        order, sign = best_vertex(slope, field.signed)
        ahead, own = (sign * slope[rows, order]).sum(), np.vdot(slope, here)
        first = ahead - own
        if first <= _TOLERANCE * abs(own):
            break
        there = field.of_match(k, order, sign)
        # Along the edge the objective is a parabola. Its slope is symmetric in both ends, so the
        # four products that it takes are sums over the units, but for one.
        pulls = (sign * linear[rows, order]).sum() - np.vdot(linear, here)
        second = 0.5 * ((sign * there[rows, order]).sum() - 2 * ahead + own + pulls)
        step = np.float32(1.0 if first >= -2 * second else first / (-2 * second))
        here *= 1 - step
        here[rows, order] += step * sign.astype(np.float32)
        slope *= 1 - step
        there *= step
        slope += there
    return here
