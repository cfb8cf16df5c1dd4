"""The trials of each step: fresh ones, and noise on their inputs."""

from collections.abc import Callable

import equinox as eqx
import jax.random as jr
from jaxtyping import Array, Int, PRNGKeyArray

from degendsl.spec import kinds
from degendsl.tasks import Trials

from ._recipe import Recipe

Draw = Callable[[Int[Array, ""]], tuple[Trials, PRNGKeyArray]]


def batches(train: kinds.Train, recipe: Recipe, epoch: Int[Array, ""]) -> Draw:
    """From a step of this epoch to its trials and the key of its private noise.

    Both depend on seed, epoch and step alone, so a resumed network sees the trials that an
    undisturbed one would have seen.
    """
    chosen = _chosen(train, recipe, epoch)
    noise_key = jr.fold_in(recipe.noise_key, epoch)

    def draw(step: Int[Array, ""]) -> tuple[Trials, PRNGKeyArray]:
        input_key, private_key = jr.split(jr.fold_in(noise_key, step))
        trials = chosen(step)
        if recipe.input_noise is not None:
            noise = recipe.input_noise * jr.normal(input_key, trials.inputs.shape)
            trials = eqx.tree_at(lambda t: t.inputs, trials, trials.inputs + noise)
        return trials, private_key

    return draw


def _chosen(
    train: kinds.Train, recipe: Recipe, epoch: Int[Array, ""]
) -> Callable[[Int[Array, ""]], Trials]:
    key = jr.fold_in(recipe.data_key, epoch)
    return lambda step: recipe.task.trials(jr.fold_in(key, step), train.batch_size)
