"""Sine waves of a given frequency."""

import math
from typing import final

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from degendsl.spec import kinds

from ._base import AbstractTask, Trials


@final
class SineWave(AbstractTask):
    """Produce a sine of the frequency that the constant input says (Sussillo & Barak 2013).

    cycles: the frequencies there are, in cycles per time unit. dt: length of a step.
    """

    cycles: Float[Array, " frequency"]
    dt: Float[Array, ""]
    channels: int = eqx.field(static=True)
    n_steps: int = eqx.field(static=True)

    def trials(self, key: PRNGKeyArray, batch: int) -> Trials:
        shape = (batch, 1, self.channels)
        chosen = self.cycles[jr.randint(key, shape, 0, len(self.cycles))]
        # The answer to a step is due at its end.
        time = self.dt * (1 + jnp.arange(self.n_steps, dtype=jnp.float32))[None, :, None]
        # Whole cycles taken away first: the sine of a large argument loses digits.
        targets = jnp.sin(2 * math.pi * jnp.mod(chosen * time, 1.0))
        inputs = jnp.broadcast_to(chosen, targets.shape)
        everywhere = jnp.ones_like(targets)
        return Trials(inputs=inputs, targets=targets, mask=everywhere, response=everywhere)


def sine_wave(description: kinds.SineWave, n_steps: int, dt: float) -> SineWave:
    """The task that a spec describes, `n_steps` solver steps of `dt` long."""
    frequencies = description.frequencies
    cycles = jnp.linspace(frequencies.low, frequencies.high, frequencies.count, dtype=jnp.float32)
    return SineWave(
        cycles=cycles,
        dt=jnp.asarray(dt, jnp.float32),
        channels=description.channels,
        n_steps=n_steps,
    )
