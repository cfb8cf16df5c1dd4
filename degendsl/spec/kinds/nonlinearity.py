"""The nonlinearities of units, by their words and without JAX."""

from typing import Literal

Nonlinearity = Literal["tanh", "relu", "softplus", "sigmoid"]
# Those with φ(−x) = −φ(x), whose units may be turned over without changing the network.
ODD: tuple[Nonlinearity, ...] = ("tanh",)
# Those with φ(a x) = a φ(x) for a > 0, whose units may be rescaled.
HOMOGENEOUS: tuple[Nonlinearity, ...] = ("relu",)
