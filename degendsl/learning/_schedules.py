"""How a learning rate changes while a network trains."""

import abc
from typing import Any, final

import equinox as eqx
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float


class AbstractSchedule(eqx.Module):
    """A factor on the learning rate, of the time and of what an epoch's losses have shown."""

    def start(self) -> Any:
        """What is remembered of the losses; nothing, where time alone decides."""
        return None

    @abc.abstractmethod
    def multiplier(self, memory: Any, epochs: Float[Array, ""]) -> Float[Array, ""] | None:
        """The factor now, `epochs` and a fraction after the beginning; None is always 1."""

    def after(self, memory: Any, loss: Float[Array, ""]) -> Any:
        """What is remembered after an epoch with this mean loss."""
        return memory


@final
class Constant(AbstractSchedule):
    """The same rate throughout."""

    def multiplier(self, memory: Any, epochs: Float[Array, ""]) -> None:
        return None


@final
class Cosine(AbstractSchedule):
    """Half a cosine from 1 down to `final` in `epochs` epochs, and `final` from then on."""

    epochs: Float[Array, ""]
    final: Float[Array, ""]

    def multiplier(self, memory: Any, epochs: Float[Array, ""]) -> Float[Array, ""]:
        # Optax looks at the length while tracing, so it gets length 1 and the traced fraction.
        cosine = optax.cosine_decay_schedule(1.0, 1)
        return self.final + (1 - self.final) * jnp.asarray(cosine(epochs / self.epochs))


@final
class Plateau(AbstractSchedule):
    """1, times `factor` whenever the loss has not fallen for `patience` epochs in a row."""

    factor: Float[Array, ""]
    patience: Float[Array, ""]

    def start(self) -> Any:
        return self._rule.init(jnp.ones(()))

    def multiplier(self, memory: Any, epochs: Float[Array, ""]) -> Float[Array, ""]:
        return memory.scale

    def after(self, memory: Any, loss: Float[Array, ""]) -> Any:
        _, seen = self._rule.update(jnp.ones(()), memory, value=loss)
        # Optax looks at its factor while tracing: it says when to reduce, and we by how much.
        reduced = seen.scale < memory.scale
        return seen._replace(scale=jnp.where(reduced, memory.scale * self.factor, memory.scale))

    @property
    def _rule(self) -> Any:
        return optax.contrib.reduce_on_plateau(factor=0.5, patience=self.patience)
