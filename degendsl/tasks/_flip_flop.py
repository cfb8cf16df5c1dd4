"""The N-bit flip-flop."""

from typing import final

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from degendsl.spec import kinds

from ._base import AbstractTask, Trials


@final
class FlipFlop(AbstractTask):
    """Remember, on each channel, the sign of the latest pulse (Sussillo & Barak 2013).

    `flip_probability` is per step and channel. The first step carries a pulse on every channel.
    """

    flip_probability: Float[Array, ""]
    channels: int = eqx.field(static=True)
    n_steps: int = eqx.field(static=True)

    def trials(self, key: PRNGKeyArray, batch: int) -> Trials:
        pulse_key, sign_key = jr.split(key)
        shape = (batch, self.n_steps, self.channels)
        first = jnp.arange(self.n_steps)[:, None] == 0
        pulse = (jr.uniform(pulse_key, shape) < self.flip_probability) | first
        sign = jr.rademacher(sign_key, shape, dtype=jnp.float32)
        inputs = jnp.where(pulse, sign, 0.0)
        # The step of the latest pulse is a running maximum, which XLA does in log(time) passes.
        steps = jnp.arange(self.n_steps)[None, :, None]
        latest = jax.lax.cummax(jnp.where(pulse, steps, 0), axis=1)
        targets = jnp.take_along_axis(inputs, latest, axis=1)
        everywhere = jnp.ones(shape, jnp.float32)
        return Trials(inputs=inputs, targets=targets, mask=everywhere, response=everywhere)


def flip_flop(description: kinds.FlipFlop, n_steps: int, dt: float) -> FlipFlop:
    """The task that a spec describes, `n_steps` solver steps long; their length plays no part."""
    probability = jnp.asarray(description.flip_probability, jnp.float32)
    return FlipFlop(flip_probability=probability, channels=description.channels, n_steps=n_steps)
