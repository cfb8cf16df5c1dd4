"""The weights of one network, and the one way among many of writing a ReLU network."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from degendsl.errors import MeasureError

from ._numbers import LARGEST_WEIGHT, real_numbers

_SWEEPS = 200
# In log units of a unit's scale; weights move by as much, relatively.
_SETTLED = 1e-12


class Weights(NamedTuple):
    """The weights of one network that are matched together; a block left out has no columns.

    recurrent: (unit, unit). input: what each unit receives, biases too. readout: what each gives.
    """

    recurrent: Float[np.ndarray, "_ _"]
    input: Float[np.ndarray, "unit _"]
    readout: Float[np.ndarray, "_ unit"]

    @classmethod
    def of(
        cls, recurrent: Any, input: Any = None, readout: Any = None, *, name: str = "the network"
    ) -> "Weights":
        """A network of the blocks there are.

        **Arguments:**

        - `recurrent`, `input`, `readout`: (unit, unit), (unit, channel) and (output, unit), in any
            units; in `input` biases are a column.
        - `name`: what messages call the network.

        **Returns:** the blocks in float64.

        **Raises** `MeasureError` for blocks that are not finite real numbers up to 1e15, a
        recurrent one that is not square, and blocks of different numbers of units.
        """
        what = f"the weights of {name}"
        blocks = [real_numbers(recurrent, what, ("unit", "unit"), largest=LARGEST_WEIGHT)]
        units = len(blocks[0])
        if blocks[0].shape != (units, units):
            raise MeasureError(
                f"the recurrent weights of {name} must be square, not {blocks[0].shape}; "
                "give (unit, unit)"
            )
        given = (np.zeros((units, 0)) if input is None else input), ("unit", "channel")
        gives = (np.zeros((0, units)) if readout is None else readout), ("output", "unit")
        for block, axes in (given, gives):
            blocks.append(real_numbers(block, what, axes, largest=LARGEST_WEIGHT, empty=True))
            if blocks[-1].shape[axes.index("unit")] != units:
                raise MeasureError(
                    f"{what} have blocks of different numbers of units; give input (unit, channel) "
                    "and readout (output, unit)"
                )
        # One memory layout, or the order of sums would depend on where the weights came from.
        return cls(*(np.ascontiguousarray(block, np.float64) for block in blocks))


def balanced(weights: Weights | Float[Any, "_ _"]) -> Weights:
    """The same ReLU network with the smallest weights: what each unit receives and gives is equal.

    A ReLU network stays the same where W → D W D⁻¹, U → D U, V → V D⁻¹ for positive diagonal D
    (biases belong to U). Of all these the one with the least sum of squares is unique where every
    unit reaches every other, so that rescaled copies become equal and permutations can be matched.
    Only the blocks given are balanced. A unit that receives nothing, or gives nothing, is left.

    **Arguments:**

    - `weights`: of a ReLU network, in any units, or its recurrent matrix alone.

    **Returns:** blocks of the same shapes, in the same units.

    **Raises** `MeasureError` as `Weights.of` does.

    **Reference:** Osborne, J. ACM 1960: one unit at a time, until nothing moves.
    """
    weights = Weights.of(*(weights if isinstance(weights, Weights) else (weights,)))
    squares = weights.recurrent**2
    np.fill_diagonal(squares, 0.0)
    n = len(squares)
    from_input, to_readout = (weights.input**2).sum(axis=1), (weights.readout**2).sum(axis=0)
    scale = np.ones(n)
    for _ in range(_SWEEPS):
        moved = 0.0
        for i in range(n):
            received = squares[i] @ (1 / scale) + from_input[i]
            given = squares[:, i] @ scale + to_readout[i]
            if received > 0 and given > 0:
                new = np.sqrt(given / received)
                moved = max(moved, abs(np.log(new / scale[i])))
                scale[i] = new
        if moved <= _SETTLED:
            break
    # What was scaled so far are squares.
    d = np.sqrt(scale)
    return Weights(
        weights.recurrent * np.outer(d, 1 / d), d[:, None] * weights.input, weights.readout / d
    )
