"""The compiled part of training: many networks, one epoch at a time."""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import AxisType, NamedSharding, PartitionSpec
from jaxtyping import Array, Bool, Float, Int

from degendsl.spec import kinds
from degendsl.vocabulary import PRECISIONS

from ._lane import LaneState, fresh, train_epoch
from ._recipe import Recipe


class EnsembleProgram:
    """One compile group's program: `width` lanes, sharded over every device.

    science: any condition of the group; only its structure is used, never its numbers.
    lanes: networks per device. The width of the program is lanes × devices, but the arithmetic
        of a lane depends on `lanes` only, since each device runs its own part.
    """

    def __init__(self, science: kinds.Science, lanes: int) -> None:
        self._train = science.train
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
        return self._compile(jax.vmap(partial(fresh, self._train)))

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

        def all_lanes(
            recipe: Recipe,
            state: LaneState,
            epoch: Int[Array, " lane"],
            active: Bool[Array, " lane"],
        ) -> tuple[LaneState, Float[Array, " lane"]]:
            trained, losses = jax.vmap(partial(train_epoch, self._train))(recipe, state, epoch)
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
