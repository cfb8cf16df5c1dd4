"""Maximal-update parameterisation (µP): how sizes and rates follow the width."""

import math
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ._parameters import GROUPS, Parameters


class MuP(eqx.Module):
    """µP with feature-learning strength γ, for a network of N units.

    The recurrent matrix that acts is J/N and the output V φ(h)/(γN) + c, with J of variance N
    and U, V of variance 1 at the start. The gradient of J is then of size 1/(γN²), those of U, b,
    h_0 and V of size 1/(γN). They are multiplied by γN² and γN, so that they, a clipped norm and
    Adam's ε mean the same at every width and γ; all but c, which is outside 1/(γN), learn γ times
    as fast. Weight decay is not scaled.

    centred: the output is that of the network less that of the same network at initialisation.
    """

    gamma: Float[Array, ""]
    centred: bool = eqx.field(static=True)

    def enlarge(self, parameters: Parameters) -> Parameters:
        """Initial parameters of this parameterisation, from standard ones of variance 1/fan-in."""
        p = parameters
        n_units, n_inputs = p.input.shape
        assert p.recurrent is not None
        arrays: dict[str, Any] = vars(p) | {
            "recurrent": p.recurrent * n_units,
            "input": p.input * math.sqrt(n_inputs),
            "readout": p.readout * math.sqrt(n_units),
        }
        return Parameters(**arrays)

    def shrink(self, matrix: Float[Array, "unit unit"]) -> Float[Array, "unit unit"]:
        """The recurrent matrix that acts, from the one that is stored."""
        return matrix / matrix.shape[0]

    def output_scale(self, n_units: int) -> Float[Array, ""]:
        """What the readout of the rates is multiplied by."""
        return 1 / (self.gamma * n_units)

    def gradient_scales(self, parameters: Parameters) -> Any:
        """For each array, the inverse of the size of its gradient."""
        n_units = parameters.input.shape[0]
        once = self.gamma * n_units
        of: Mapping[str, Any] = {"recurrent": once * n_units, "readout_bias": jnp.ones(())}
        return _by_name(parameters, of, once)

    def rate_scales(self, parameters: Parameters) -> Any:
        """For each array, its learning rate in units of the base rate."""
        return _by_name(parameters, {"readout_bias": jnp.ones(())}, self.gamma)


def _by_name(parameters: Parameters, some: Mapping[str, Any], others: Any) -> Any:
    """A tree of scales; what is never trained has 1, as its gradient is 0 anyway."""

    def scale(path: Any, _: Any) -> Any:
        name = path[0].name
        return jnp.ones(()) if GROUPS[name] == "fixed" else some.get(name, others)

    return jax.tree_util.tree_map_with_path(scale, parameters)
