"""What one lane does: a fresh network, and an epoch of its training. Knows nothing of others.

Of `train` only words and sizes are used; its numbers come traced in the recipe.
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from degendsl.models import Parameters, parameter_groups, scaled
from degendsl.spec import kinds

from ._batches import batches
from ._loss import loss_of
from ._recipe import Recipe


class LaneState(eqx.Module):
    """What training carries from one epoch to the next.

    optimizer: its moments, of trained parameters only. schedule: what it remembers of losses.
    """

    parameters: Parameters
    optimizer: Any
    schedule: Any


def fresh(train: kinds.Train, recipe: Recipe) -> LaneState:
    """A network before its training."""
    parameters = recipe.model.initial(recipe.init_key)
    trained = eqx.filter(parameters, _trainable(train, parameters))
    return LaneState(
        parameters=parameters,
        optimizer=recipe.optimizer.transformation().init(trained),
        schedule=recipe.optimizer.schedule.start(),
    )


def train_epoch(
    train: kinds.Train, recipe: Recipe, state: LaneState, epoch: Int[Array, ""]
) -> tuple[LaneState, Float[Array, ""]]:
    """One epoch, and its mean data loss."""
    mask = _trainable(train, state.parameters)
    draw = batches(train, recipe, epoch)
    schedule = recipe.optimizer.schedule

    def step(
        carried: tuple[Parameters, Any], index: Int[Array, ""]
    ) -> tuple[tuple[Parameters, Any], Float[Array, ""]]:
        parameters, moments = carried
        # Nothing is computed, nor remembered, for parameters that stay as they are.
        trained, rest = eqx.partition(parameters, mask)

        trials, noise_key = draw(index)

        def loss(trained: Parameters) -> tuple[Array, Array]:
            whole = eqx.combine(trained, rest)
            return loss_of(whole, recipe.model, trials, recipe.penalties, noise_key)

        (_, data_loss), gradients = jax.value_and_grad(loss, has_aux=True)(trained)
        # Before clipping and the optimiser, whose ε then means the same at every width.
        gradients = scaled(gradients, _only(mask, recipe.model.gradient_scales(parameters)))
        epochs = epoch + index / train.steps_per_epoch
        optimizer = recipe.optimizer.transformation(
            schedule.multiplier(state.schedule, epochs),
            _only(mask, recipe.model.rate_scales(parameters)),
        )
        updates, moments = optimizer.update(gradients, moments, trained)
        return (eqx.apply_updates(parameters, updates), moments), data_loss

    (parameters, moments), losses = jax.lax.scan(
        step, (state.parameters, state.optimizer), jnp.arange(train.steps_per_epoch)
    )
    loss = losses.mean()
    after = schedule.after(state.schedule, loss)
    return LaneState(parameters=parameters, optimizer=moments, schedule=after), loss


def _trainable(train: kinds.Train, parameters: Parameters) -> Any:
    """A tree like the parameters that says which of its arrays training changes."""
    words = {*train.trainable, "initial_state"}
    return jax.tree.map(lambda group: group in words, parameter_groups(parameters))


def _only(mask: Any, scales: Any) -> Any:
    return None if scales is None else eqx.filter(scales, mask)
