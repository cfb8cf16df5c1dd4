"""Where the dynamics of a network stand still, or nearly: fixed and slow points."""

from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np
from jaxtyping import Array, Float

from degendsl.errors import MeasureError
from degendsl.models import nonlinearities

from ._field_points import Field, FixedPoints, field_points, of_networks
from ._numbers import one_of, real_numbers

# Words of those in `degendsl.models.nonlinearities`.
Nonlinearity = Literal["tanh", "relu", "softplus", "sigmoid"]
Form = Literal["rate", "current"]


def fixed_points(
    recurrent: Float[Any, "network unit unit"],
    starts: Float[Any, "network start unit"],
    *,
    bias: Float[Any, "network unit"] | None = None,
    input_weights: Float[Any, "network unit channel"] | None = None,
    inputs: Float[Any, "input channel"] | None = None,
    form: Form = "rate",
    nonlinearity: Nonlinearity = "tanh",
    step: float | None = None,
    slow: float = 1e-4,
) -> list[list[FixedPoints]]:
    """Fixed and slow points of every network under every input.

    **Arguments:**

    - `recurrent`, `bias`, `input_weights`: the weights that act, one entry per network.
    - `starts`: states to search from, such as states the network visits, with some noise.
    - `inputs`: held constant, in the units that `input_weights` take; without any, no input.
    - `form`: `rate`, F = −r + φ(W r + U x + b); `current`, F = −h + W φ(h) + U x + b.
    - `nonlinearity`: φ, `tanh`, `relu`, `softplus` or `sigmoid`.
    - `step`, `slow`: see `field_points`.

    **Returns:** one entry per network, and in it one per input: points in the units of the states.

    **Raises** `MeasureError` naming the network whose weights or starts are not finite real numbers
    or fit no other; for inputs without weights, unknown words and settings out of range.

    **References:** see `field_points`.
    """
    one_of("form", form, get_args(Form))
    one_of("nonlinearity", nonlinearity, get_args(Nonlinearity))
    w = of_networks(recurrent, "recurrent weights", ("unit", "unit"))
    n_networks, n_units, columns = w.shape
    if columns != n_units:
        raise MeasureError(f"the recurrent weights must be square, not {w.shape[1:]}; mend them")
    if inputs is not None and input_weights is None:
        raise MeasureError("inputs act through input_weights, and there are none; give both")
    if inputs is None or input_weights is None:
        u, x = np.zeros((n_networks, n_units, 1)), np.zeros((1, 1))
    else:
        u = of_networks(input_weights, "input weights", ("unit", "channel"))
        x = real_numbers(inputs, "the inputs", ("input", "channel"))
        if x.shape[1] != u.shape[2]:
            raise MeasureError(
                f"the inputs have {x.shape[1]} channels and the input weights {u.shape[2]}; give "
                "every input all channels"
            )
    b = np.zeros((n_networks, n_units))
    if bias is not None:
        b = of_networks(bias, "biases", ("unit",))
    for what, found in (("input weights", u), ("biases", b)):
        if found.shape[:2] != (n_networks, n_units):
            raise MeasureError(
                f"there are {what} of {found.shape[0]} networks of {found.shape[1]} units and "
                f"recurrent weights of {n_networks} of {n_units}; give those of the same networks"
            )
    begin = of_networks(starts, "starts", ("start", "unit"))
    if begin.shape[2] != n_units:
        raise MeasureError(
            f"the starts have {begin.shape[2]} units and the networks {n_units}; give states of "
            "these networks"
        )
    field = _network_field(form, nonlinearity)
    return field_points(field, (w, b, u), begin, x, step=step, slow=slow)


@lru_cache
def _network_field(form: str, nonlinearity: Nonlinearity) -> Field:
    phi = getattr(nonlinearities, nonlinearity)

    def rate(weights: Any, x: Array, state: Array) -> Array:
        recurrent, bias, into = weights
        return phi(recurrent @ state + into @ x + bias) - state

    def current(weights: Any, x: Array, state: Array) -> Array:
        recurrent, bias, into = weights
        return recurrent @ phi(state) + into @ x + bias - state

    return rate if form == "rate" else current
