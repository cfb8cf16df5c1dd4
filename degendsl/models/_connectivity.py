"""What the recurrent matrix of a network can never become, however it is trained."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from ._initialisers import AbstractInitialiser
from ._parameters import Parameters


class Connectivity(eqx.Module):
    """Which recurrent weights exist, their signs, and the rank of their matrix.

    The constraint is in how the matrix is made of the parameters, so no optimiser, decay or
    penalty can break it.

    absent: chance that a weight does not exist, drawn once for each network.
    excitatory: fraction of units whose outgoing weights are never negative; those of the others
        are never positive (Dale's principle).
    rank: the largest rank of the matrix, kept by two factors.
    """

    absent: Float[Array, ""] | None = None
    excitatory: Float[Array, ""] | None = None
    rank: int | None = eqx.field(static=True, default=None)

    def constrain(
        self, parameters: Parameters, initialiser: AbstractInitialiser, key: PRNGKeyArray
    ) -> Parameters:
        """Fresh parameters, made to hold what this asks for."""
        assert parameters.recurrent is not None
        recurrent, mask = jnp.asarray(parameters.recurrent), None
        n_units = recurrent.shape[0]
        if self.rank is not None:
            left, right = initialiser.factors(key, n_units, self.rank)
            factors = {"recurrent_left": left, "recurrent_right": right}
            return _with(parameters, recurrent=None, **factors)
        if self.excitatory is not None:
            recurrent = recurrent * self._balance(n_units)[None]
        if self.absent is not None:
            exists = jr.uniform(key, recurrent.shape) >= self.absent
            mask = exists.astype(jnp.float32)
            # What is left is scaled up, so that a unit starts with as much input as without mask.
            recurrent = recurrent * mask / jnp.sqrt(1 - self.absent)
        return _with(parameters, recurrent=recurrent, recurrent_mask=mask)

    def matrix(self, parameters: Parameters) -> Float[Array, "unit unit"]:
        """The matrix that these parameters stand for."""
        if self.rank is not None:
            assert parameters.recurrent_left is not None
            assert parameters.recurrent_right is not None
            return jnp.asarray(parameters.recurrent_left @ parameters.recurrent_right.T)
        assert parameters.recurrent is not None
        matrix = jnp.asarray(parameters.recurrent)
        if self.excitatory is not None:
            # A magnitude that reaches zero can grow again; a rectified one would be stuck there.
            matrix = jnp.abs(matrix) * jnp.where(self._excites(matrix.shape[0]), 1.0, -1.0)[None]
        if parameters.recurrent_mask is not None:
            matrix = matrix * jax.lax.stop_gradient(parameters.recurrent_mask)
        return matrix

    def _excites(self, n_units: int) -> Bool[Array, " unit"]:
        assert self.excitatory is not None
        return jnp.arange(n_units) < jnp.round(self.excitatory * n_units)

    def _balance(self, n_units: int) -> Float[Array, " unit"]:
        """Factors for the columns: excitation and inhibition cancel, and mean squares stay.

        Few inhibitory units must be strong, or every unit would start saturated.
        """
        excites = self._excites(n_units)
        odds = excites.sum() / (n_units - excites.sum())
        return jnp.where(excites, jnp.sqrt(1 / odds), jnp.sqrt(odds))


def _with(parameters: Parameters, **changed: Array | None) -> Parameters:
    arrays: dict[str, Any] = vars(parameters) | changed
    return Parameters(**arrays)
