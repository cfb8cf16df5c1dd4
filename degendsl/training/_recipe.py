"""What one lane needs to know to train its network: the science as objects, and its keys."""

import equinox as eqx
import jax.random as jr
from jaxtyping import PRNGKeyArray

from degendsl.learning import AbstractOptimizer
from degendsl.models import AbstractModel
from degendsl.planning import Unit
from degendsl.spec import kinds
from degendsl.tasks import AbstractTask
from degendsl.vocabulary import model_of, optimizer_of, task_of


class Recipe(eqx.Module):
    """What one lane needs to know of its condition; every number in it is traced."""

    task: AbstractTask
    model: AbstractModel
    optimizer: AbstractOptimizer
    init_key: PRNGKeyArray
    data_key: PRNGKeyArray


def recipe_of(unit: Unit, networks: kinds.Networks) -> Recipe:
    """The recipe of one unit.

    A network's keys come from its seed index where `vary` names them, else from index 0, and
    never from its condition: seed i starts alike in every condition of equal shape.
    """
    science = unit.condition.science
    base = jr.key(networks.seed)

    def child(source: str, stream: int) -> PRNGKeyArray:
        index = unit.seed if source in networks.vary else 0
        return jr.fold_in(jr.fold_in(base, stream), index)

    return Recipe(
        task=task_of(science),
        model=model_of(science),
        optimizer=optimizer_of(science),
        init_key=child("init", 0),
        data_key=child("data", 1),
    )
