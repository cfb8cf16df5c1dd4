"""Many matches of few units at once, each led to the best that exchanges reach."""

import numpy as np

from ._assignment import Assignment, Problem

# Matrices of up to so many units are matched so: hundreds of local optima take as long as one
# annealed start, and near the best of so few there are no others to anneal from.
FEW = 16
_CROWD = 256


def best_of_a_crowd(problem: Problem, random: np.random.Generator) -> Assignment:
    """From so many random matches, by the best exchange or turn of each while that helps."""
    a, b, linear, signed = problem
    n, rows = len(a), np.arange(len(a))
    order = random.permuted(np.tile(rows, (_CROWD, 1)), axis=1)
    sign = np.where(random.random(order.shape) < 0.5, -1.0, 1.0) if signed else np.ones(order.shape)
    least = 1e-10 * max(1.0, float(np.abs(a).max()))
    under_way = np.arange(_CROWD)
    for _ in range(20 * n):
        at, s = order[under_way], sign[under_way]
        moved = b[at[:, :, None], at[:, None, :]] * (s[:, :, None] * s[:, None, :])
        both = a @ moved.swapaxes(1, 2) + a.T @ moved
        worth = both + s[:, None, :] * linear[:, at].swapaxes(0, 1)
        own = worth[:, rows, rows]
        gain = worth + worth.swapaxes(1, 2) - own[:, :, None] - own[:, None, :]
        # Rows and columns were exchanged separately; this takes it back where the two cross.
        gain += _crossing(moved) * _crossing(a)
        gain = gain.reshape(len(at), n * n)
        if signed:
            itself = np.diag(a) * moved[:, rows, rows]
            gain = np.hstack([gain, -2 * (own - 2 * itself)])
        best = gain.argmax(axis=1)
        better = gain[np.arange(len(best)), best] > least
        under_way, best = under_way[better], best[better]
        if not len(under_way):
            break
        exchanged = best < n * n
        who, (i, j) = under_way[exchanged], np.divmod(best[exchanged], n)
        for field in (order, sign):
            field[who, i], field[who, j] = field[who, j], field[who, i]
        sign[under_way[~exchanged], best[~exchanged] - n * n] *= -1
    moved = b[order[:, :, None], order[:, None, :]] * (sign[:, :, None] * sign[:, None, :])
    value = (a * moved).sum(axis=(1, 2)) + (sign * linear[rows, order]).sum(axis=1)
    best = int(value.argmax())
    return Assignment(order[best], sign[best])


def _crossing(x: np.ndarray) -> np.ndarray:
    """x_ii + x_jj − x_ij − x_ji."""
    own = np.diagonal(x, axis1=-2, axis2=-1)
    return own[..., :, None] + own[..., None, :] - x - x.swapaxes(-1, -2)
