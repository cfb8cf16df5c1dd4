"""Optimisers as modules: their numbers are leaves, so that lanes may differ in them.

Each is its direction, which optax has; what all have in common is put around it here.
"""

import abc
from typing import Any, final

import equinox as eqx
import jax
import optax
from jaxtyping import Array, Float

from ._schedules import AbstractSchedule


class AbstractOptimizer(eqx.Module):
    """From gradients to updates: clipped, turned into a direction, scaled by the rate.

    clip: largest norm of the whole gradient; None for no limit.
    """

    learning_rate: eqx.AbstractVar[Float[Array, ""]]
    clip: eqx.AbstractVar[Float[Array, ""] | None]
    schedule: eqx.AbstractVar[AbstractSchedule]

    @abc.abstractmethod
    def direction(self) -> Any:
        """The optax transformation from gradients to a direction, before any rate."""

    def decay(self) -> Float[Array, ""] | None:
        """Part of each parameter to take off, in units of the rate; None for none."""
        return None

    def transformation(
        self, factor: Float[Array, ""] | None = None, rate_scales: Any = None
    ) -> Any:
        """The whole optax transformation; its state has one form whatever the arguments.

        factor: what the schedule multiplies the rate by; None is 1.
        rate_scales: a factor on the rate of each array, from which decay is exempt; None is 1.
        """
        rate = self.learning_rate if factor is None else self.learning_rate * factor
        # Any: optax types the trees it handles as arrays, which an Equinox module is not.
        steps: list[Any] = []
        if self.clip is not None:
            steps.append(optax.clip_by_global_norm(self.clip))
        steps.append(self.direction())
        # A step even where nothing is scaled, so that the state has its one form.
        scales: Any = optax.identity()
        if rate_scales is not None:
            scales = optax.stateless(lambda updates, _: _times(updates, rate_scales))
        steps.append(scales)
        if (decay := self.decay()) is not None:
            steps.append(optax.add_decayed_weights(decay))
        return optax.chain(*steps, optax.scale_by_learning_rate(rate))


@final
class Adam(AbstractOptimizer):
    """Adam (Kingma & Ba 2015)."""

    learning_rate: Float[Array, ""]
    clip: Float[Array, ""] | None
    schedule: AbstractSchedule

    def direction(self) -> Any:
        return optax.scale_by_adam()


@final
class AdamW(AbstractOptimizer):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019)."""

    learning_rate: Float[Array, ""]
    clip: Float[Array, ""] | None
    schedule: AbstractSchedule
    weight_decay: Float[Array, ""] | None

    def direction(self) -> Any:
        return optax.scale_by_adam()

    def decay(self) -> Float[Array, ""] | None:
        return self.weight_decay


@final
class SGD(AbstractOptimizer):
    """Gradient descent, with momentum where that is not None."""

    learning_rate: Float[Array, ""]
    clip: Float[Array, ""] | None
    schedule: AbstractSchedule
    momentum: Float[Array, ""] | None

    def direction(self) -> Any:
        if self.momentum is None:
            return optax.identity()
        return optax.trace(self.momentum)


def _times(updates: Any, scales: Any) -> Any:
    return jax.tree.map(lambda update, scale: update * scale, updates, scales)
