"""Decompositions of many matrices at once, kept from waiting for each other forever."""

from collections.abc import Callable
from typing import Any

import jax


def one_at_a_time(decompose: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`decompose`, which may be vectorised over lanes without a device getting two at a time.

    JAX hands a batch of matrices to LAPACK in pieces, which run on the very threads that run the
    devices' programs, and waits on such a thread until all are done. Where each of several devices
    on a processor does so at once no thread is left for the pieces, and training stands still. A
    single matrix is decomposed where it is asked for. The numbers are the same either way.
    """
    lanes = jax.custom_batching.custom_vmap(decompose)

    @lanes.def_vmap
    def _(size: int, batched: Any, value: Any) -> tuple[Any, Any]:
        if jax.default_backend() == "cpu":
            found = _dealt(jax.vmap(decompose), value, size)
        else:
            # Accelerators have no such threads, and are quickest with all at once.
            found = jax.vmap(decompose)(value)
        return found, jax.tree.map(lambda _: True, found)

    return lanes


def _dealt(several: Callable[[Any], Any], value: Any, size: int) -> Any:
    """`several` of as many lanes at a time as there are devices, one on each.

    Lanes lie on devices in equal stretches, so each device takes the next of its own and none needs
    another's.
    """
    devices = jax.device_count() if size % jax.device_count() == 0 else 1
    hands = jax.tree.map(
        lambda leaf: leaf.reshape(devices, -1, *leaf.shape[1:]).swapaxes(0, 1), value
    )
    found = jax.lax.map(several, hands)
    return jax.tree.map(lambda leaf: leaf.swapaxes(0, 1).reshape(size, *leaf.shape[2:]), found)
