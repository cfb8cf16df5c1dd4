"""The parameters of a network: their names, their groups, their form in a unit file."""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float

# On the device while training, NumPy where it was read from a file.
AnyArray = Array | np.ndarray


class Parameters(eqx.Module):
    """What one network is made of, by the names of the arrays in a unit file.

    Nearly all of it is trained. What a network does not have is None, and its file has no such
    array. These are the parameters as they are stored and trained; the recurrent matrix that acts
    is `AbstractModel.recurrent_matrix` of them.

    recurrent: None where a low rank is kept by two factors, L and R of W = L Rᵀ.
    initial_state: the state before the first step, where it is learned; zero otherwise.
    recurrent_mask: 1 where a weight exists and 0 where there is none. Never trained.
    time_constant: of each unit, where each has its own. Never trained.
    origin: the network at initialisation, where outputs are centred on it. Never trained.
    """

    recurrent: Float[AnyArray, "unit unit"] | None
    input: Float[AnyArray, "unit input"]
    bias: Float[AnyArray, " unit"] | None
    readout: Float[AnyArray, "output unit"]
    readout_bias: Float[AnyArray, " output"] | None
    initial_state: Float[AnyArray, " unit"] | None = None
    recurrent_left: Float[AnyArray, "unit rank"] | None = None
    recurrent_right: Float[AnyArray, "unit rank"] | None = None
    recurrent_mask: Float[AnyArray, "unit unit"] | None = None
    time_constant: Float[AnyArray, " unit"] | None = None
    origin: "Parameters | None" = None


# The words of `train.trainable`, and `fixed` for what no training may change.
GROUPS: Mapping[str, str] = {
    "recurrent": "recurrent",
    "input": "input",
    "bias": "bias",
    "readout": "readout",
    "readout_bias": "readout",
    "initial_state": "initial_state",
    "recurrent_left": "recurrent",
    "recurrent_right": "recurrent",
    "recurrent_mask": "fixed",
    "time_constant": "fixed",
    "origin": "fixed",
}


def parameter_groups(parameters: Parameters) -> Any:
    """A tree like the parameters that holds, for each array, the word of its group.

    The bias of the readout belongs to the readout.
    """
    return jax.tree_util.tree_map_with_path(lambda path, _: GROUPS[path[0].name], parameters)


def to_arrays(parameters: Parameters) -> dict[str, np.ndarray]:
    """The arrays by name, those of the origin as `origin/name`."""
    found: dict[str, np.ndarray] = {}
    for name, value in vars(parameters).items():
        if isinstance(value, Parameters):
            found |= {f"{name}/{inner}": array for inner, array in to_arrays(value).items()}
        elif value is not None:
            found[name] = np.asarray(value)
    return found


def from_arrays(arrays: Mapping[str, np.ndarray]) -> Parameters:
    """The parameters that `to_arrays` made these arrays of."""
    inner = {name.removeprefix("origin/"): a for name, a in arrays.items() if "/" in name}
    own: dict[str, Any] = {name: array for name, array in arrays.items() if "/" not in name}
    always: dict[str, Any] = dict.fromkeys(("recurrent", "bias", "readout_bias"))
    return Parameters(**always | own, origin=from_arrays(inner) if inner else None)


def scaled(parameters: Any, scales: Any) -> Any:
    """A tree of numbers times a tree of scales; itself where the scales are None."""
    if scales is None:
        return parameters
    return jax.tree.map(lambda value, scale: value * scale, parameters, scales)
