"""What training minimises and what it reports: functions of one network and one batch."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from degendsl.models import AbstractModel, Parameters
from degendsl.tasks import Trials


def weighted_mse(
    outputs: Float[Array, "trial time output"],
    targets: Float[Array, "trial time output"],
    weights: Float[Array, "trial time output"],
) -> Float[Array, ""]:
    """Mean of weight × squared error over the steps and outputs whose weight is not 0."""
    return jnp.sum(weights * (outputs - targets) ** 2) / jnp.sum(weights != 0)


def loss_of(
    parameters: Parameters, model: AbstractModel, trials: Trials
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """What is minimised on a batch, and the data loss, which is reported and stops training."""
    outputs = model.respond(parameters, trials.inputs).outputs
    loss = weighted_mse(outputs, trials.targets, trials.mask)
    if trials.auxiliary is None:
        return loss, loss
    return loss + weighted_mse(outputs, trials.targets, trials.auxiliary), loss
