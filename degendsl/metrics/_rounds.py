"""The best rotations of many pairs at once: the minimisation of `_alignment` for accelerators.

The same quasi-Newton steps, in shapes that never change: an item that has finished waits for the
others, and one whose step is too long tries half of it in the next round, so that a round is one
evaluation of everything. All is products of small matrices, which accelerators are made for: a
rotation is kept orthogonal by Newton–Schulz steps and nothing is solved.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from ._alignment import LONGEST_STEP, MEMORY, REFINED, REFINING, SCREENING, Stop
from ._preconditioner import directions_of

# A step is halved as often as this before it is given up.
_SHORTEST = 2.0**-30

Matrices = Float[Array, "chunk pair start rank rank"]
Directions = Float[Array, "chunk pair start direction"]
Numbers = Float[Array, "chunk pair start"]


class _State(NamedTuple):
    """Where every pair and start stands, and the step that it tries next."""

    round: Array
    rotation: Matrices
    error: Numbers
    gradient: Directions
    direction: Directions
    slope: Numbers
    step: Numbers
    under_way: Bool[Array, "chunk pair start"]
    moves: Float[Array, "memory chunk pair start direction"]
    changes: Float[Array, "memory chunk pair start direction"]
    rho: Float[Array, "memory chunk pair start"]


@jax.jit
def chords(
    a: Float[Array, "chunk rank rank"],
    b: Float[Array, "chunk pair rank rank"],
    starts: Matrices,
    inverse: Float[Array, "chunk direction direction"],
) -> Numbers:
    """What each start leaves of ‖A − C B Cᵀ‖, the best few of each pair to the last digits.

    The pairs of a chunk share their A and the inverse curvature there. Screening is done in
    float32, which tells minima apart; the rest in the precision of what is given, float64.
    """
    a32, b32, starts32, inverse32 = (x.astype(jnp.float32) for x in (a, b, starts, inverse))
    screened = _align(a32, b32, starts32, inverse32, SCREENING)
    chord, rotation = (x.astype(a.dtype) for x in screened)
    promising = jnp.argsort(chord, axis=2, stable=True)[:, :, :REFINED]
    kept = jnp.take_along_axis(rotation, promising[..., None, None], axis=2)
    best, _ = _align(a, b, _nearest_rotations(kept), inverse, REFINING)
    # What single precision leaves of the others is no lower, but for its rounding.
    chord = jnp.maximum(chord, best.min(axis=2, keepdims=True))
    return jnp.put_along_axis(chord, promising, best, axis=2, inplace=False)


def _align(
    a: Array, b: Array, starts: Matrices, inverse: Array, stop: Stop
) -> tuple[Numbers, Matrices]:
    a, b = a[:, None, None], b[:, :, None]
    items, rank = starts.shape[:3], starts.shape[-1]
    nothing = jnp.zeros(items, starts.dtype)
    nowhere = jnp.zeros((*items, rank * (rank - 1) // 2), starts.dtype)
    # The first round takes the start as better than nothing, so that it needs no code of its own.
    state = _State(
        round=jnp.zeros((), int),
        rotation=starts,
        error=nothing + jnp.inf,
        gradient=nowhere,
        direction=nowhere,
        slope=nothing,
        step=nothing + 1,
        under_way=jnp.ones(items, bool),
        moves=jnp.stack([nowhere] * MEMORY),
        changes=jnp.stack([nowhere] * MEMORY),
        rho=jnp.stack([nothing] * MEMORY),
    )

    def ahead(state: _State) -> _State:
        direction = _two_loops(state, inverse)
        slope = _dot(state.gradient, direction)
        left = jnp.sqrt(2 * state.error)
        done = 0.5 * slope <= stop.tolerance * jnp.maximum(left, stop.tolerance)
        length = jnp.sqrt(_dot(direction, direction))
        tiny = jnp.finfo(length.dtype).tiny
        step = jnp.minimum(1.0, LONGEST_STEP / jnp.maximum(length, tiny))
        return state._replace(
            direction=direction, slope=slope, step=step, under_way=state.under_way & ~done
        )

    def round_of(state: _State) -> _State:
        move = state.step[..., None] * state.direction
        rotation = _turned(move, state.rotation)
        error, gradient = _at(a, b, rotation)
        gained = error <= state.error - 1e-4 * state.step * state.slope
        change = state.gradient - gradient
        there = state._replace(
            rotation=rotation,
            error=error,
            gradient=gradient,
            moves=jnp.concatenate([state.moves[1:], move[None]]),
            changes=jnp.concatenate([state.changes[1:], change[None]]),
            rho=jnp.concatenate([state.rho[1:], _rho(move, change)[None]]),
        )
        shorter = 0.5 * state.step
        waiting = state._replace(step=shorter, under_way=state.under_way & (shorter > _SHORTEST))
        chosen = _choose(gained & state.under_way, ahead(there), waiting)
        return chosen._replace(round=state.round + 1)

    state = jax.lax.while_loop(
        lambda state: jnp.any(state.under_way) & (state.round < 2 * stop.iterations),
        round_of,
        state,
    )
    return jnp.sqrt(2 * state.error), state.rotation


def _choose(yes: Any, one: _State, other: _State) -> _State:
    """Field by field, along the axes of chunk, pair and start."""

    def field(name: str, x: Array, y: Array) -> Array:
        if name == "round":
            return x
        front = name in ("moves", "changes", "rho")
        mask = yes[None] if front else yes
        return jnp.where(mask.reshape(mask.shape + (1,) * (x.ndim - mask.ndim)), x, y)

    return _State(*map(field, _State._fields, one, other))


def _at(a: Array, b: Array, rotation: Matrices) -> tuple[Numbers, Directions]:
    """Half of the squared distance that is left, and the slope of turning further."""
    rank = rotation.shape[-1]
    moved = rotation @ b @ rotation.mT
    left = a - moved
    product = left @ moved.mT - moved.mT @ left
    skew = (product - product.mT).reshape(*product.shape[:-2], rank * rank)
    flat = left.reshape(skew.shape)
    return 0.5 * _dot(flat, flat), skew[..., directions_of(rank).flat]


def _turned(move: Directions, rotation: Matrices) -> Matrices:
    """To second order e^Ω C for a skew Ω."""
    rank = rotation.shape[-1]
    place = np.full((rank, rank), move.shape[-1])
    low = directions_of(rank)
    place[low.row, low.column] = np.arange(move.shape[-1])
    padded = jnp.concatenate([move, jnp.zeros((*move.shape[:-1], 1), move.dtype)], axis=-1)
    lower = padded[..., place]
    skew = lower - lower.mT
    ahead = skew @ rotation
    return _nearest_rotations(rotation + ahead + 0.5 * (skew @ ahead))


def _nearest_rotations(matrices: Matrices) -> Matrices:
    """As in `_alignment`, where the number of steps is derived."""
    for _ in range(2):
        matrices = 1.5 * matrices - 0.5 * (matrices @ (matrices.mT @ matrices))
    return matrices


def _two_loops(state: _State, inverse: Array) -> Directions:
    """The quasi-Newton direction of descent, every item with its own history."""
    history = (state.moves, state.changes, state.rho)

    def back(q: Array, one: tuple[Array, Array, Array]) -> tuple[Array, Array]:
        move, change, rho = one
        alpha = rho * _dot(move, q)
        return q - alpha[..., None] * change, alpha

    def forth(q: Array, one: tuple[Array, Array, Array, Array]) -> tuple[Array, None]:
        move, change, rho, alpha = one
        return q + (alpha - rho * _dot(change, q))[..., None] * move, None

    q, alphas = jax.lax.scan(back, state.gradient, history, reverse=True)
    chunk, pair, start, n = q.shape
    q = (q.reshape(chunk, pair * start, n) @ inverse).reshape(q.shape)
    return jax.lax.scan(forth, q, (*history, alphas))[0]


def _rho(move: Directions, change: Directions) -> Numbers:
    curvature = _dot(move, change)
    useful = curvature > 1e-12 * jnp.sqrt(_dot(move, move)) * jnp.sqrt(_dot(change, change))
    return jnp.where(useful, 1.0 / jnp.where(useful, curvature, 1.0), 0.0)


def _dot(x: Array, y: Array) -> Array:
    return jnp.sum(x * y, axis=-1)
