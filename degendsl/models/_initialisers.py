"""Where the parameters of a network start."""

import abc
import math
from typing import final

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from degendsl._decompositions import one_at_a_time

from ._parameters import Parameters

Factors = tuple[Float[Array, "unit rank"], Float[Array, "unit rank"]]


class AbstractInitialiser(eqx.Module):
    """Draws the parameters of one network."""

    @abc.abstractmethod
    def __call__(
        self, key: PRNGKeyArray, n_inputs: int, n_units: int, n_outputs: int
    ) -> Parameters:
        """Fresh parameters for a network of these sizes."""

    @abc.abstractmethod
    def factors(self, key: PRNGKeyArray, n_units: int, rank: int) -> Factors:
        """L and R of a recurrent matrix L Rᵀ as large as the one of full rank."""


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

    def factors(self, key: PRNGKeyArray, n_units: int, rank: int) -> Factors:
        # Entries of variance s² give a product of variance rank s⁴; it should be 1/(3 units).
        bound = math.sqrt(3) * (3 * n_units * rank) ** -0.25
        left, right = jr.uniform(key, (2, n_units, rank), jnp.float32, -bound, bound)
        return left, right


@final
class Gaussian(AbstractInitialiser):
    """Normal weights of variance 1/fan-in, the recurrent ones times gain²; zero biases.

    rank: of the recurrent matrix at the start, which training may raise; None is full. The
        expected size of the matrix is the same at every rank (Schuessler et al. 2020).
    """

    gain: Float[Array, ""]
    rank: int | None = eqx.field(static=True, default=None)

    def __call__(
        self, key: PRNGKeyArray, n_inputs: int, n_units: int, n_outputs: int
    ) -> Parameters:
        recurrent_key, input_key, readout_key = jr.split(key, 3)
        if self.rank is None:
            recurrent = self.gain * _normal(recurrent_key, n_units, n_units)
        else:
            left, right = self.factors(recurrent_key, n_units, self.rank)
            recurrent = left @ right.T
        return _unbiased(recurrent, input_key, readout_key, n_inputs, n_outputs)

    def factors(self, key: PRNGKeyArray, n_units: int, rank: int) -> Factors:
        # Entries of variance s² give a product of variance rank s⁴; it should be gain²/units.
        scale = jnp.sqrt(self.gain) * (n_units * rank) ** -0.25
        left, right = scale * jr.normal(key, (2, n_units, rank), jnp.float32)
        return left, right


@final
class Orthogonal(AbstractInitialiser):
    """A random orthogonal recurrent matrix times gain, all singular values being the gain.

    Input and readout weights are normal with variance 1/fan-in; biases are zero.
    """

    gain: Float[Array, ""]

    def __call__(
        self, key: PRNGKeyArray, n_inputs: int, n_units: int, n_outputs: int
    ) -> Parameters:
        recurrent_key, input_key, readout_key = jr.split(key, 3)
        recurrent = self.gain * _orthonormal(jr.normal(recurrent_key, (n_units, n_units)))
        return _unbiased(recurrent, input_key, readout_key, n_inputs, n_outputs)

    def factors(self, key: PRNGKeyArray, n_units: int, rank: int) -> Factors:
        # Orthonormal columns on both sides: `rank` singular values equal to the gain.
        left, right = map(_orthonormal, jr.normal(key, (2, n_units, n_units)))
        scale = jnp.sqrt(self.gain)
        return scale * left[:, :rank], scale * right[:, :rank]


def _unbiased(
    recurrent: Float[Array, "unit unit"],
    input_key: PRNGKeyArray,
    readout_key: PRNGKeyArray,
    n_inputs: int,
    n_outputs: int,
) -> Parameters:
    n_units = recurrent.shape[0]
    return Parameters(
        recurrent=recurrent,
        input=_normal(input_key, n_units, n_inputs),
        bias=jnp.zeros(n_units, jnp.float32),
        readout=_normal(readout_key, n_outputs, n_units),
        readout_bias=jnp.zeros(n_outputs, jnp.float32),
    )


@one_at_a_time
def _orthonormal(normal: Float[Array, "unit unit"]) -> Float[Array, "unit unit"]:
    """A random rotation or reflection, all alike likely, of a matrix of independent normals."""
    columns, triangle = jnp.linalg.qr(normal)
    # Without the signs, which the decomposition fixes, some would be likelier (Mezzadri 2007).
    return columns * jnp.sign(jnp.diagonal(triangle))[None]


def _normal(key: PRNGKeyArray, rows: int, columns: int) -> Float[Array, "{rows} {columns}"]:
    return jr.normal(key, (rows, columns), jnp.float32) / math.sqrt(columns)
