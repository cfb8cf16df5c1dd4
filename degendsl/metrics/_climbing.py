"""From a point between permutations to one that no exchange betters.

Conditional gradients over doubly stochastic matrices (FAQ, Vogelstein et al., PLoS ONE 2015), whose
steps lead towards one permutation after the other, then exchanges of two units.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment

from ._assignment import Assignment, Field
from ._exchanges import Exchanges

Points = Float[np.ndarray, "problem unit unit"]

_MAX_ITERATIONS = 60
# Of the objective: what the next vertex promises at most. Exchanges find what is left.
_TOLERANCE = 1e-3


def climb(field: Field, exchanges: Sequence[Exchanges], starts: Points) -> list[Assignment]:
    """The local optima that points between permutations lead to, one for each problem."""
    ends = vertices(_relaxed(field, starts), field.signed)
    return [one.from_match(end) for one, end in zip(exchanges, ends, strict=True)]


def vertices(slopes: Points, signed: bool) -> list[Assignment]:
    """The permutation that is worth most, for each problem."""
    return [Assignment(*one) for one in zip(*_most_worth(slopes, signed), strict=True)]


def _most_worth(
    slopes: Points, signed: bool
) -> tuple[Int[np.ndarray, "problem unit"], Float[np.ndarray, "problem unit"]]:
    worth = np.abs(slopes) if signed else slopes
    # What a row or a column has in common decides nothing, and without it the solver is faster.
    losses = worth.max(axis=2, keepdims=True) - worth
    losses -= losses.min(axis=1, keepdims=True)
    order = np.stack([linear_sum_assignment(loss)[1] for loss in losses])
    leaning = signed & (np.take_along_axis(slopes, order[..., None], axis=2)[..., 0] < 0)
    return order, np.where(leaning, -1.0, 1.0)


def _relaxed(field: Field, starts: Points) -> Points:
    """Where conditional gradients end, all problems stepping together that are still under way."""
    ends, under_way = starts.copy(), np.arange(len(starts))
    here, slope = starts, field.of(starts)
    for _ in range(_MAX_ITERATIONS):
        order, sign = _most_worth(slope, field.signed)
        ahead, own = _inner(slope, order, sign), np.vecdot(slope, here).sum(axis=1)
        first = ahead - own
        going = first > _TOLERANCE * np.abs(own)
        if not going.all():
            ends[under_way] = here
            if not going.any():
                break
            field, under_way, here, slope = (
                field[going],
                under_way[going],
                here[going],
                slope[going],
            )
            order, sign, ahead, own, first = (x[going] for x in (order, sign, ahead, own, first))
        there = field.of_matches(order, sign)
        # Along the edge the objective is a parabola. Its slope is symmetric in both ends, so the
        # four products that it takes are sums over the units, but for one.
        pulls = _inner(field.linear, order, sign) - np.vecdot(field.linear, here).sum(axis=1)
        second = 0.5 * (_inner(there, order, sign) - 2 * ahead + own + pulls)
        peak = first / (2 * np.maximum(-second, np.finfo(np.float32).tiny))
        step = np.where(second >= 0, 1.0, np.minimum(1.0, peak)).astype(np.float32)[:, None]
        here = here * (1 - step)[:, :, None]
        here[_places(order)] += step * sign
        there -= slope
        there *= step[:, :, None]
        slope += there
    else:
        ends[under_way] = here
    return ends


def _places(order: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the entries of matches stand in the matrices of problems."""
    problems, units = order.shape
    return np.arange(problems)[:, None], np.arange(units), order


def _inner(matrices: Points, order: np.ndarray, sign: np.ndarray) -> Float[np.ndarray, " problem"]:
    """⟨matrix, match⟩."""
    return (sign * matrices[_places(order)]).sum(axis=1)
