"""Path integration in a box."""

import math
from typing import final

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from degendsl.spec import kinds

from ._base import AbstractTask, Trials

# The box reaches from −WALL to WALL along each axis.
WALL = 5.0


@final
class PathIntegration(AbstractTask):
    """Tell the position from heading and speed, after a start that is told (Huang et al. 2025).

    reach: the longest step. turning: standard deviation of the change of an angle from step to
    step. dt: length of a step, by which speeds are told in lengths per time unit.
    """

    reach: Float[Array, ""]
    turning: Float[Array, ""]
    dt: Float[Array, ""]
    dimensions: int = eqx.field(static=True)
    as_angles: bool = eqx.field(static=True)
    n_steps: int = eqx.field(static=True)

    def trials(self, key: PRNGKeyArray, batch: int) -> Trials:
        start_key, angle_key, turn_key, length_key = jr.split(key, 4)
        angles = self.dimensions - 1
        start = jr.uniform(start_key, (batch, self.dimensions), minval=-WALL, maxval=WALL)
        first = jr.uniform(angle_key, (batch, angles), minval=-math.pi, maxval=math.pi)
        steps = jnp.arange(self.n_steps)
        # A key for every step, so that a step is the same in a trial of any length.
        turns = jax.vmap(lambda t: jr.normal(jr.fold_in(turn_key, t), (batch, angles)))(steps)
        share = jax.vmap(lambda t: jr.uniform(jr.fold_in(length_key, t), (batch, 1)))(steps)
        # Reflections turn signs alone, so the walk of the angles needs no loop.
        free = _directions(first[None] + self.turning * jnp.cumsum(turns, axis=0))
        length = self.reach * share
        position, sign = _bounced(start, length * free)
        heading = sign * free
        # The start is told at the first step and only there.
        told = jnp.where(steps[:, None, None] == 0, start[None], 0.0)
        speed = length / self.dt
        inputs = jnp.concatenate([self._told(heading), speed, told], axis=-1)
        everywhere = jnp.ones((batch, self.n_steps, self.dimensions), jnp.float32)
        return Trials(
            inputs=jnp.swapaxes(inputs, 0, 1),
            targets=jnp.swapaxes(position, 0, 1),
            mask=everywhere,
            response=everywhere,
        )

    def _told(self, heading: Float[Array, "time trial axis"]) -> Float[Array, "time trial input"]:
        """A unit vector as angles, or as the cosine and sine of each."""
        x, y, *up = (heading[..., axis] for axis in range(self.dimensions))
        flat = jnp.hypot(x, y)
        if self.as_angles:
            # By two arguments, since the arcsine loses half the digits near the poles.
            found = [jnp.arctan2(y, x), *(jnp.arctan2(z, flat) for z in up)]
        else:
            # At the poles any azimuth is right.
            safe = jnp.maximum(flat, jnp.finfo(jnp.float32).tiny)
            found = [x / safe, y / safe, *(one for z in up for one in (flat, z))]
        return jnp.stack(found, axis=-1)


def _directions(angles: Float[Array, "time trial angle"]) -> Float[Array, "time trial axis"]:
    """Unit vectors of azimuth alone, or of azimuth and elevation."""
    azimuth = angles[..., 0]
    flat = jnp.stack([jnp.cos(azimuth), jnp.sin(azimuth)], axis=-1)
    if angles.shape[-1] == 1:
        return flat
    elevation = angles[..., 1:]
    return jnp.concatenate([jnp.cos(elevation) * flat, jnp.sin(elevation)], axis=-1)


def _bounced(
    start: Float[Array, "trial axis"], moves: Float[Array, "time trial axis"]
) -> tuple[Float[Array, "time trial axis"], Float[Array, "time trial axis"]]:
    """Positions after each step, and the signs that reflections have given the directions."""

    def step(
        carried: tuple[Array, Array], move: Float[Array, "trial axis"]
    ) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
        position, sign = carried
        sign = jnp.where(jnp.abs(position + sign * move) > WALL, -sign, sign)
        position = position + sign * move
        return (position, sign), (position, sign)

    _, walked = jax.lax.scan(step, (start, jnp.ones_like(start)), moves)
    return walked


def path_integration(
    description: kinds.PathIntegration, n_steps: int, dt: float
) -> PathIntegration:
    """The task that a spec describes, `n_steps` solver steps of `dt` long."""
    return PathIntegration(
        reach=jnp.asarray(description.speed * dt, jnp.float32),
        turning=jnp.asarray(description.turning * math.sqrt(dt), jnp.float32),
        dt=jnp.asarray(dt, jnp.float32),
        dimensions=description.dimensions,
        as_angles=description.heading == "angle",
        n_steps=n_steps,
    )
