"""The compiled part of training: many networks, one epoch at a time."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jax.sharding import AxisType, NamedSharding, PartitionSpec
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from degendsl.models import AbstractModel, Parameters, scaled
from degendsl.planning import Unit
from degendsl.spec import kinds
from degendsl.tasks import AbstractTask, Trials
from degendsl.vocabulary import OPTIMIZERS, PRECISIONS, model_of, task_of


class Recipe(eqx.Module):
    """What one lane needs to know of its condition; every number in it is traced."""

    task: AbstractTask
    model: AbstractModel
    learning_rate: Float[Array, ""]
    init_key: PRNGKeyArray
    data_key: PRNGKeyArray


class LaneState(eqx.Module):
    """What training carries from one epoch to the next."""

    parameters: Parameters
    optimizer: Any


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
        learning_rate=jnp.asarray(science.train.optimizer.learning_rate, jnp.float32),
        init_key=child("init", 0),
        data_key=child("data", 1),
    )


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


class EnsembleProgram:
    """One compile group's program: `width` lanes, sharded over every device.

    science: any condition of the group; only its structure is used, never its numbers.
    lanes: networks per device. The width of the program is lanes × devices, but the arithmetic
        of a lane depends on `lanes` only, since each device runs its own part.
    """

    def __init__(self, science: kinds.Science, lanes: int) -> None:
        self._train = science.train
        self._optimizer = OPTIMIZERS[science.train.optimizer.kind]
        self._precision = PRECISIONS[science.numerics.precision]
        devices = jax.devices()
        self.width = lanes * len(devices)
        mesh = jax.make_mesh((len(devices),), ("lane",), axis_types=(AxisType.Auto,))
        self._sharding = NamedSharding(mesh, PartitionSpec("lane"))

    def place(self, lanes: Any) -> Any:
        """Spread arrays with a leading lane axis over the devices."""
        return jax.device_put(lanes, self._sharding)

    def stack(self, recipes: Sequence[Recipe]) -> Recipe:
        """One recipe with a leading lane axis."""
        return self.place(jax.tree.map(lambda *leaves: jnp.stack(leaves), *recipes))

    @cached_property
    def start(self) -> Callable[[Recipe], LaneState]:
        """Fresh networks for every lane."""

        def one(recipe: Recipe) -> LaneState:
            parameters = recipe.model.initial(recipe.init_key)
            optimizer = self._optimizer(recipe.learning_rate)
            return LaneState(parameters=parameters, optimizer=optimizer.init(parameters))

        return self._compile(jax.vmap(one))

    @cached_property
    def merge(self) -> Callable[[Bool[Array, " lane"], LaneState, LaneState], LaneState]:
        """Lanes of the first state where `chosen`, of the second elsewhere."""
        return self._compile(_choose)

    @cached_property
    def epoch(
        self,
    ) -> Callable[
        [Recipe, LaneState, Int[Array, " lane"], Bool[Array, " lane"]],
        tuple[LaneState, Float[Array, " lane"]],
    ]:
        """One epoch of every active lane, and each lane's mean loss over it."""

        def one(
            recipe: Recipe, state: LaneState, epoch: Int[Array, ""]
        ) -> tuple[LaneState, Float[Array, ""]]:
            key = jr.fold_in(recipe.data_key, epoch)
            optimizer = self._optimizer(recipe.learning_rate)

            def step(state: LaneState, index: Array) -> tuple[LaneState, Array]:
                # Trials depend on seed, epoch and step alone, so a resumed network sees the
                # trials that an undisturbed one would have seen.
                trials = recipe.task.trials(jr.fold_in(key, index), self._train.batch_size)
                (_, loss), gradients = jax.value_and_grad(loss_of, has_aux=True)(
                    state.parameters, recipe.model, trials
                )
                # Before clipping and the optimiser, whose ε then means the same at every width.
                gradients = scaled(gradients, recipe.model.gradient_scales(state.parameters))
                updates, moments = optimizer.update(gradients, state.optimizer, state.parameters)
                updates = scaled(updates, recipe.model.rate_scales(state.parameters))
                parameters = eqx.apply_updates(state.parameters, updates)
                return LaneState(parameters=parameters, optimizer=moments), loss

            state, losses = jax.lax.scan(step, state, jnp.arange(self._train.steps_per_epoch))
            return state, losses.mean()

        def all_lanes(
            recipe: Recipe,
            state: LaneState,
            epoch: Int[Array, " lane"],
            active: Bool[Array, " lane"],
        ) -> tuple[LaneState, Float[Array, " lane"]]:
            trained, losses = jax.vmap(one)(recipe, state, epoch)
            return _choose(active, trained, state), losses

        return self._compile(all_lanes)

    def _compile(self, function: Callable[..., Any]) -> Callable[..., Any]:
        jitted = jax.jit(function, out_shardings=self._sharding)

        def call(*args: Any) -> Any:
            with jax.default_matmul_precision(self._precision):
                return jitted(*args)

        return call


def _choose(chosen: Bool[Array, " lane"], yes: LaneState, no: LaneState) -> LaneState:
    def leaf(a: Array, b: Array) -> Array:
        return jnp.where(chosen.reshape(-1, *[1] * (a.ndim - 1)), a, b)

    return jax.tree.map(leaf, yes, no)


def to_host(tree: Any) -> Any:
    """Copies of the arrays of a tree as NumPy arrays, which may be written to."""
    return jax.tree.map(np.array, jax.device_get(tree))
