"""What one lane does: a fresh network, and an epoch of its training. Knows nothing of others."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, Int

from degendsl.models import Parameters, scaled
from degendsl.spec import kinds

from ._loss import loss_of
from ._recipe import Recipe


class LaneState(eqx.Module):
    """What training carries from one epoch to the next."""

    parameters: Parameters
    optimizer: Any


def fresh(recipe: Recipe) -> LaneState:
    """A network before its training."""
    parameters = recipe.model.initial(recipe.init_key)
    return LaneState(
        parameters=parameters, optimizer=recipe.optimizer.transformation().init(parameters)
    )


def train_epoch(
    train: kinds.Train, recipe: Recipe, state: LaneState, epoch: Int[Array, ""]
) -> tuple[LaneState, Float[Array, ""]]:
    """One epoch, and its mean data loss. Of `train` only sizes are used, never numbers."""
    key = jr.fold_in(recipe.data_key, epoch)
    optimizer = recipe.optimizer.transformation()

    def step(state: LaneState, index: Array) -> tuple[LaneState, Array]:
        # Trials depend on seed, epoch and step alone, so a resumed network sees the
        # trials that an undisturbed one would have seen.
        trials = recipe.task.trials(jr.fold_in(key, index), train.batch_size)
        (_, loss), gradients = jax.value_and_grad(loss_of, has_aux=True)(
            state.parameters, recipe.model, trials
        )
        # Before clipping and the optimiser, whose ε then means the same at every width.
        gradients = scaled(gradients, recipe.model.gradient_scales(state.parameters))
        updates, moments = optimizer.update(gradients, state.optimizer, state.parameters)
        updates = scaled(updates, recipe.model.rate_scales(state.parameters))
        parameters = eqx.apply_updates(state.parameters, updates)
        return LaneState(parameters=parameters, optimizer=moments), loss

    state, losses = jax.lax.scan(step, state, jnp.arange(train.steps_per_epoch))
    return state, losses.mean()
