"""The trials of each step: fresh ones, or batches of a fixed set in an order of the epoch's own."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
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
    if not isinstance(train.data, kinds.FixedData):
        return lambda step: recipe.task.trials(jr.fold_in(key, step), train.batch_size)
    # Drawn again each epoch: cheaper than the trials of one epoch, and nothing to carry or keep.
    whole = recipe.task.trials(recipe.set_key, train.data.fixed)
    order = shuffled(key, train.data.fixed, train.batch_size, train.steps_per_epoch)
    return lambda step: jax.tree.map(lambda leaf: leaf[order[step]], whole)


def shuffled(key: PRNGKeyArray, count: int, batch: int, steps: int) -> Int[Array, "step trial"]:
    """Which of `count` trials each step takes, in passes of an order of their own.

    No trial comes twice in a pass; where `batch` does not divide `count`, the last few of its
    order sit it out.
    """
    per_pass = count // batch
    n_passes = -(-steps // per_pass)
    orders: Any = jax.vmap(lambda key: jr.permutation(key, count))(jr.split(key, n_passes))
    return orders[:, : per_pass * batch].reshape(-1, batch)[:steps]
