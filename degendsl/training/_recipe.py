"""What one lane needs to know to train its network: the science as objects, and its keys."""

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from degendsl.learning import AbstractOptimizer
from degendsl.models import AbstractModel
from degendsl.planning import Unit
from degendsl.spec import kinds
from degendsl.tasks import AbstractTask
from degendsl.vocabulary import model_of, optimizer_of, penalties_of, task_of


class Recipe(eqx.Module):
    """What one lane needs to know of its condition; every number in it is traced.

    penalties: coefficients by name. input_noise: its SD; None where there is none.
    data_key: of fresh trials, or of the order of fixed ones. set_key: of fixed trials.
    noise_key: of noise on inputs and of a network's private noise.
    """

    task: AbstractTask
    model: AbstractModel
    optimizer: AbstractOptimizer
    penalties: dict[str, Array]
    input_noise: Float[Array, ""] | None
    init_key: PRNGKeyArray
    data_key: PRNGKeyArray
    noise_key: PRNGKeyArray
    set_key: PRNGKeyArray


def recipe_of(unit: Unit, networks: kinds.Networks) -> Recipe:
    """The recipe of one unit.

    A network's keys come from its seed index where `vary` names them, else from index 0, and
    never from its condition: seed i starts alike in every condition of equal shape.
    """
    science = unit.condition.science
    base, noise = jr.key(networks.seed), science.train.input_noise

    def child(source: str, stream: int) -> PRNGKeyArray:
        index = unit.seed if source in networks.vary else 0
        return jr.fold_in(jr.fold_in(base, stream), index)

    return Recipe(
        task=task_of(science),
        model=model_of(science),
        optimizer=optimizer_of(science),
        penalties=penalties_of(science),
        input_noise=jnp.asarray(noise, jnp.float32) if noise else None,
        init_key=child("init", 0),
        data_key=child("data", 1),
        # Stream 2 is that of test trials.
        noise_key=child("data", 3),
        set_key=child("data", 4),
    )
