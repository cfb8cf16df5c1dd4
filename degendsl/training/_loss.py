"""What training minimises and what it reports: functions of one network and one batch."""

from collections.abc import Mapping

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from degendsl.models import AbstractModel, Parameters
from degendsl.tasks import Trials
from degendsl.vocabulary import MATRIX_PENALTIES, RATE_PENALTIES


def weighted_mse(
    outputs: Float[Array, "trial time output"],
    targets: Float[Array, "trial time output"],
    weights: Float[Array, "trial time output"],
) -> Float[Array, ""]:
    """Mean of weight × squared error over the steps and outputs whose weight is not 0."""
    return jnp.sum(weights * (outputs - targets) ** 2) / jnp.sum(weights != 0)


def loss_of(
    parameters: Parameters,
    model: AbstractModel,
    trials: Trials,
    penalties: Mapping[str, Float[Array, ""]] | None = None,
    key: PRNGKeyArray | None = None,
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """What is minimised on a batch, and the data loss, which is reported and stops training.

    penalties: their coefficients by name. key: of the network's private noise.
    """
    states, outputs = model.respond(parameters, trials.inputs, key=key)
    data = weighted_mse(outputs, trials.targets, trials.mask)
    total = data
    if trials.auxiliary is not None:
        total = total + weighted_mse(outputs, trials.targets, trials.auxiliary)
    for name, coefficient in (penalties or {}).items():
        if name in RATE_PENALTIES:
            penalty = RATE_PENALTIES[name](model.rates(states))
        else:
            penalty = MATRIX_PENALTIES[name](model.recurrent_matrix(parameters))
        total = total + coefficient * penalty
    return total, data
