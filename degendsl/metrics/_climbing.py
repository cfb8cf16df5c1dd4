"""From a point between permutations to one that no exchange betters.

Conditional gradients over doubly stochastic matrices (FAQ, Vogelstein et al., PLoS ONE 2015), whose
steps lead towards one permutation after the other, then exchanges of two units.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment

from ._assignment import Assignment, Field, Square
from ._exchanges import Exchanges

_MAX_ITERATIONS = 60
# Of the objective: what the next vertex promises at most. Exchanges find what is left.
_TOLERANCE = 1e-3


def climb(field: Field, exchanges: Exchanges, start: Square) -> Assignment:
    """The local optimum that a point between permutations leads to."""
    return exchanges.from_match(_relaxed(field, start))


def _relaxed(field: Field, start: Square) -> Assignment:
    rows, here = np.arange(field.units), start.astype(np.float32)
    slope = field.of(here)
    for _ in range(_MAX_ITERATIONS):
        to = vertex(slope, field.signed)
        sign = to.sign.astype(np.float32)
        ahead = float((sign * slope[rows, to.order]).sum())
        own = float(np.vecdot(slope, here).sum())
        first = ahead - own
        if first <= _TOLERANCE * abs(own):
            break
        there = field.of_match(to)
        # Along the edge the objective is a parabola. Its slope is symmetric in both ends, so the
        # four products that it takes are sums over the units, but for one.
        beyond = float((sign * there[rows, to.order]).sum())
        pulls = float((sign * field.linear[rows, to.order]).sum())
        pulls -= float(np.vecdot(field.linear, here).sum())
        second = 0.5 * (beyond - 2 * ahead + own + pulls)
        step = np.float32(1.0 if second >= 0 else min(1.0, -first / (2 * second)))
        here *= 1 - step
        here[rows, to.order] += step * sign
        there -= slope
        there *= step
        slope += there
    return vertex(here, field.signed)


def vertex(slope: Square, signed: bool) -> Assignment:
    """The permutation that is worth most."""
    worth = np.abs(slope) if signed else slope
    # What a row or a column has in common decides nothing, and without it the solver is faster.
    loss = worth.max(axis=1, keepdims=True) - worth
    order = linear_sum_assignment(loss - loss.min(axis=0))[1]
    leaning = signed & (slope[np.arange(len(order)), order] < 0)
    return Assignment(order, np.where(leaning, -1.0, 1.0))
