"""Delayed discrimination of two pulses."""

from typing import final

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, Int, PRNGKeyArray

from degendsl.spec import kinds

from ._base import AbstractTask, Trials

# Pulses are whole numbers of this range, so their difference lies in ±8.
LOWEST, HIGHEST = 2, 10
SPAN = HIGHEST - LOWEST


@final
class DelayedDiscrimination(AbstractTask):
    """Which of two pulses is larger, told from the second on (Huang et al. 2025).

    delays: the fewest and the most steps between the pulses, both possible.
    auxiliary: weight of the extra outputs, or None, and then there are none.
    """

    delays: Int[Array, "2"]
    auxiliary: Float[Array, ""] | None
    channels: int = eqx.field(static=True)
    n_steps: int = eqx.field(static=True)

    def trials(self, key: PRNGKeyArray, batch: int) -> Trials:
        first_key, second_key, delay_key = jr.split(key, 3)
        shape = (batch, 1, self.channels)
        first = jr.randint(first_key, shape, 0, SPAN + 1)
        # A step of 1 to SPAN around the circle of SPAN + 1 values leads to any other value.
        second = (first + jr.randint(second_key, shape, 1, SPAN + 1)) % (SPAN + 1)
        delay = jr.randint(delay_key, shape, self.delays[0], self.delays[1] + 1)
        step = jnp.arange(self.n_steps)[None, :, None]
        due = step - delay - 1
        pulses = jnp.where(step == 0, first + LOWEST, jnp.where(due == 0, second + LOWEST, 0))
        response = (due >= 0).astype(jnp.float32)
        difference = (second - first).astype(jnp.float32)
        targets = response * jnp.sign(difference)
        everywhere = jnp.ones_like(response)
        main = Trials(
            inputs=pulses.astype(jnp.float32), targets=targets, mask=everywhere, response=response
        )
        if self.auxiliary is None:
            return main
        nowhere = jnp.zeros_like(response)
        return Trials(
            inputs=main.inputs,
            targets=_beside(targets, response * difference / SPAN),
            mask=_beside(everywhere, nowhere),
            response=_beside(response, nowhere),
            auxiliary=self.auxiliary * _beside(nowhere, everywhere),
        )


def _beside(
    primary: Float[Array, "trial time channel"], auxiliary: Float[Array, "trial time channel"]
) -> Float[Array, "trial time output"]:
    return jnp.concatenate([primary, auxiliary], axis=-1)


def delayed_discrimination(
    description: kinds.DelayedDiscrimination, n_steps: int, dt: float
) -> DelayedDiscrimination:
    """The task that a spec describes, `n_steps` solver steps of `dt` long."""
    delay, weight = description.delay, description.auxiliary.weight
    return DelayedDiscrimination(
        delays=jnp.asarray([round(delay.min / dt), round(delay.max / dt)], jnp.int32),
        auxiliary=jnp.asarray(weight, jnp.float32) if weight else None,
        channels=description.channels,
        n_steps=n_steps,
    )
