"""Where the parameters of a network start."""

import abc
import math
from typing import final

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from ._parameters import Parameters


class AbstractInitialiser(eqx.Module):
    """Draws the parameters of one network."""

    @abc.abstractmethod
    def __call__(
        self, key: PRNGKeyArray, n_inputs: int, n_units: int, n_outputs: int
    ) -> Parameters:
        """Fresh parameters for a network of these sizes."""


@final
class Uniform(AbstractInitialiser):
    """Every parameter uniform in ±1/√units, biases included (Huang et al. 2025)."""

    def __call__(
        self, key: PRNGKeyArray, n_inputs: int, n_units: int, n_outputs: int
    ) -> Parameters:
        bound = 1 / math.sqrt(n_units)
        keys = jr.split(key, 5)

        def draw(index: int, *shape: int) -> Array:
            return jr.uniform(keys[index], shape, jnp.float32, -bound, bound)

        return Parameters(
            recurrent=draw(0, n_units, n_units),
            input=draw(1, n_units, n_inputs),
            bias=draw(2, n_units),
            readout=draw(3, n_outputs, n_units),
            readout_bias=draw(4, n_outputs),
        )


@final
class Gaussian(AbstractInitialiser):
    """Normal weights of variance 1/fan-in, the recurrent ones times gain²; zero biases."""

    gain: Float[Array, ""]

    def __call__(
        self, key: PRNGKeyArray, n_inputs: int, n_units: int, n_outputs: int
    ) -> Parameters:
        recurrent_key, input_key, readout_key = jr.split(key, 3)

        def draw(key: PRNGKeyArray, *shape: int) -> Array:
            return jr.normal(key, shape, jnp.float32) / math.sqrt(shape[1])

        return Parameters(
            recurrent=self.gain * draw(recurrent_key, n_units, n_units),
            input=draw(input_key, n_units, n_inputs),
            bias=jnp.zeros(n_units, jnp.float32),
            readout=draw(readout_key, n_outputs, n_units),
            readout_bias=jnp.zeros(n_outputs, jnp.float32),
        )
