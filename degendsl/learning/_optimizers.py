"""Optimisers as modules: their numbers are leaves, so that lanes may differ in them."""

import abc
from typing import Any, final

import equinox as eqx
import optax
from jaxtyping import Array, Float


class AbstractOptimizer(eqx.Module):
    """From gradients to updates."""

    learning_rate: eqx.AbstractVar[Float[Array, ""]]

    @abc.abstractmethod
    def transformation(self) -> Any:
        """The optax transformation. Any: optax types the trees it handles as arrays, which an
        Equinox module is not."""


@final
class Adam(AbstractOptimizer):
    """Adam (Kingma & Ba 2015)."""

    learning_rate: Float[Array, ""]

    def transformation(self) -> Any:
        return optax.adam(self.learning_rate)
