"""Small networks for the tests of models."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float

from degendsl import models
from degendsl.models import Parameters

EPS = float(jnp.finfo(jnp.float32).eps)


def model_with(
    form: type[models.RateModel] | type[models.CurrentModel] = models.RateModel,
    *,
    leak: float = 0.3,
    units: int = 8,
    **others: Any,
) -> models.AbstractModel:
    """Two inputs, one output, tanh; what is given replaces it."""
    usual: dict[str, Any] = {
        "initialiser": models.Gaussian(jnp.asarray(1.2)),
        "nonlinearity": jnp.tanh,
        "n_inputs": 2,
        "n_outputs": 1,
    }
    return form(leak=jnp.asarray(leak), n_units=units, **usual | others)


def made(
    model: models.AbstractModel, seed: int = 1
) -> tuple[Parameters, Float[Array, "trial time input"]]:
    """Fresh parameters and six trials of twenty steps."""
    return model.initial(jr.key(seed)), jr.normal(jr.key(2), (6, 20, 2))


@eqx.filter_jit
def states_of(
    model: models.AbstractModel, parameters: Parameters, inputs: Array, **more: Any
) -> Float[Array, "trial time unit"]:
    """The states of a network, of a program compiled once for all of its form and shape."""
    return model.states(parameters, inputs, **more)
