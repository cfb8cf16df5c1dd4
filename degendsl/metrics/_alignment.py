"""The best rotation between two operators: the second half of DSA, as a true minimisation.

Minimises ‖A − C B Cᵀ‖_F over O(r) for A, B of norm 1, from several starts at once, by
limited-memory quasi-Newton steps on the group. Every pair and start keeps its own step length and
history, so the result for a pair does not depend on which other pairs are in the batch.
"""

import numpy as np
from jaxtyping import Float

_MEMORY = 12

Batch = Float[np.ndarray, "start rank rank"]


def align(
    a: Batch, b: Batch, starts: Batch, *, tolerance: float, iterations: int
) -> tuple[Float[np.ndarray, " start"], Batch]:
    """‖A − C B Cᵀ‖_F where each start leads, and the rotation C there.

    Stops where the gradient's norm falls below `tolerance` or after so many `iterations`; the
    angle above the minimum is then about |gradient|² over the curvature.
    """
    rank = a.shape[-1]
    if rank == 1:
        return np.abs(a - b)[:, 0, 0], starts
    rotation = starts.copy()
    result, final = np.empty(len(a)), starts.copy()
    alive = np.arange(len(a))
    moved = rotation @ b @ _t(rotation)
    value, gradient = _dot(a, moved), _gradient(a, moved)
    history: list[tuple[Batch, Batch, Float[np.ndarray, " start"]]] = []
    for _ in range(iterations):
        done = np.sqrt(_dot(gradient, gradient)) < tolerance
        if done.any():
            left = (a - moved)[done]
            result[alive[done]], final[alive[done]] = np.sqrt(_dot(left, left)), rotation[done]
            keep = ~done
            alive, a, b, moved = alive[keep], a[keep], b[keep], moved[keep]
            rotation, value, gradient = rotation[keep], value[keep], gradient[keep]
            history = [(s[keep], y[keep], rho[keep]) for s, y, rho in history]
            if not len(alive):
                return result, final
        direction = _two_loops(gradient, history)
        slope = _dot(gradient, direction)
        wrong = slope <= 1e-14 * _dot(gradient, gradient)
        direction[wrong] = gradient[wrong]
        slope = np.where(wrong, _dot(gradient, gradient), slope)
        # No step turns further than the chart is good for.
        length = np.sqrt(_dot(direction, direction))
        step = np.minimum(1.0, 2.0 / np.maximum(length, 1e-300))
        rotation, moved, new_value, step, stuck = _search(
            a, b, rotation, moved, value, direction, slope, step
        )
        new_gradient = _gradient(a, moved)
        moves = step[:, None, None] * direction
        change = gradient - new_gradient
        curvature = _dot(moves, change)
        useful = curvature > 1e-12 * np.sqrt(_dot(moves, moves) * _dot(change, change))
        rho = np.where(useful, 1.0 / np.where(useful, curvature, 1.0), 0.0)
        history = [*history[-_MEMORY + 1 :], (moves, change, rho)]
        value, gradient = new_value, new_gradient
        # Where rounding allows no further ascent the point is a minimum to working precision.
        gradient[stuck] = 0.0
    result[alive], final[alive] = np.sqrt(_dot(a - moved, a - moved)), rotation
    return result, final


def _search(a, b, rotation, moved, value, direction, slope, step):  # noqa: ANN001
    """Backtracking along the group, each element on its own."""
    new_rotation, new_moved, new_value = rotation.copy(), moved.copy(), value.copy()
    todo = np.arange(len(a))
    for _ in range(40):
        turned = _cayley(step[todo, None, None] * direction[todo]) @ rotation[todo]
        candidate = turned @ b[todo] @ _t(turned)
        reached = _dot(a[todo], candidate)
        good = reached >= value[todo] + 1e-4 * step[todo] * slope[todo]
        at = todo[good]
        new_rotation[at], new_moved[at], new_value[at] = (
            turned[good],
            candidate[good],
            reached[good],
        )
        todo = todo[~good]
        if not len(todo):
            break
        step[todo] *= 0.5
    stuck = np.zeros(len(a), bool)
    stuck[todo] = True
    step[todo] = 0.0
    return new_rotation, new_moved, new_value, step, stuck


def _two_loops(gradient: Batch, history) -> Batch:  # noqa: ANN001
    """The quasi-Newton direction of ascent, every element with its own history."""
    q = gradient.copy()
    alphas = []
    for moves, change, rho in reversed(history):
        alpha = rho * _dot(moves, q)
        q -= alpha[:, None, None] * change
        alphas.append(alpha)
    if history:
        moves, change, rho = history[-1]
        scale = _dot(moves, change) / np.maximum(_dot(change, change), 1e-300)
        q *= np.where(rho > 0, scale, 1.0)[:, None, None]
    for (moves, change, rho), alpha in zip(history, reversed(alphas), strict=True):
        beta = rho * _dot(change, q)
        q += (alpha - beta)[:, None, None] * moves
    return q


def _gradient(a: Batch, moved: Batch) -> Batch:
    """Of ⟨A, e^Ω M e^−Ω⟩ at Ω = 0, as a skew matrix."""
    product = a @ _t(moved) - _t(moved) @ a
    return 0.5 * (product - _t(product))


def _cayley(skew: Batch) -> Batch:
    """An orthogonal matrix near exp(skew), to second order."""
    eye = np.eye(skew.shape[-1])
    return np.linalg.solve(eye - 0.5 * skew, eye + 0.5 * skew)


def _dot(x: Batch, y: Batch) -> Float[np.ndarray, " start"]:
    # A plain sum of products per element, whatever the batch: einsum may block across it.
    return (x * y).reshape(len(x), -1).sum(axis=1)


def _t(x: Batch) -> Batch:
    return np.swapaxes(x, -1, -2)
