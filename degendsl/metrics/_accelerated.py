"""What is left of pairs of operators from every start, all pairs at once on an accelerator."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.sharding import AxisType, NamedSharding, PartitionSpec
from jaxtyping import Float

from degendsl._cores import threads

from ._groups import Group
from ._preconditioner import inverse_hessian
from ._rounds import chords as chords_of_chunks
from ._starting import starting_rotations

# Pairs that share their A; chunks are filled up to this many, so that one program serves all.
_PAIRS = 16
# The bytes that all chunks at once may take on the devices.
_MEMORY = 2**30


class _Chunk(NamedTuple):
    """Some pairs of a group, as the program takes them."""

    a: Float[np.ndarray, "rank rank"]
    b: Float[np.ndarray, "pair rank rank"]
    starts: Float[np.ndarray, "pair start rank rank"]
    inverse: Float[np.ndarray, "direction direction"]


def chords(groups: Sequence[Group], starts: int) -> Float[np.ndarray, "pair start"]:
    """‖A − C B Cᵀ‖ where each start ends, `starts` of each determinant.

    Agrees with the threads to some 1e-7, but for one pair in hundreds where one of both finds a
    lower minimum than the other.
    """
    found = np.empty((sum(len(group.places) for group in groups), 2 * starts))
    with threads() as pool:
        for some, at_once in _batches(groups, starts):
            chunks = list(pool.map(partial(_chunk, starts=starts), some))
            for part, values in zip(some, _on_devices(_filled(chunks, at_once)), strict=False):
                found[list(part.places)] = values[: len(part.places)]
    return found


def _batches(groups: Sequence[Group], starts: int) -> Iterator[tuple[list[Group], int]]:
    """Parts of groups of one rank, as many as fit the memory together, and how many that is."""
    n_devices = jax.device_count()
    for rank in sorted({len(group.onto.operator) for group in groups}):
        same = [group for group in groups if len(group.onto.operator) == rank]
        parts = [part for group in same for part in group.parts(_PAIRS)]
        # While it turns, a start holds some 18 vectors of directions and 8 matrices.
        each = 8 * _PAIRS * 2 * starts * (9 * rank * (rank - 1) + 8 * rank**2)
        at_once = max(1, min(len(parts), _MEMORY // each))
        at_once += -at_once % n_devices
        for begin in range(0, len(parts), at_once):
            yield parts[begin : begin + at_once], at_once


def _chunk(part: Group, *, starts: int) -> _Chunk:
    turned = [one.operator for one in part.turned]
    begin = list(starting_rotations(part.onto, part.turned, starts))
    return _Chunk(
        part.onto.operator,
        np.stack(_filled(turned, _PAIRS)),
        np.stack(_filled(begin, _PAIRS)),
        inverse_hessian(part.onto.operator),
    )


def _on_devices(chunks: Sequence[_Chunk]) -> Float[np.ndarray, "chunk pair start"]:
    """The same number of chunks on each device; in float64, whatever the process computes in."""
    devices = jax.devices()
    mesh = jax.make_mesh((len(devices),), ("chunk",), (AxisType.Auto,), devices=devices)
    spread = NamedSharding(mesh, PartitionSpec("chunk"))
    with jax.enable_x64(True), jax.default_matmul_precision("highest"):
        arrays = jax.device_put([np.stack(one) for one in zip(*chunks, strict=True)], spread)
        return np.asarray(chords_of_chunks(*arrays))


def _filled(items: list[Any], count: int) -> list[Any]:
    return items + items[-1:] * (count - len(items))
