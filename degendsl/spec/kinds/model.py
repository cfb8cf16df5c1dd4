"""What a network is: its dynamics, its size, its parameters at the start."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from .._keys import key


@dataclass(frozen=True, kw_only=True)
class StandardParameterization:
    """Weights as they are: no width-dependent factors, one learning rate for all."""

    kind: Literal["standard"] = key("standard", doc="Which parameterisation.", role="structure")


@dataclass(frozen=True, kw_only=True)
class UniformInit:
    """Every weight uniform in ±1/√units, biases included, as in Huang et al. (2025)."""

    kind: Literal["uniform"] = key("uniform", doc="Which distribution.", role="structure")


@dataclass(frozen=True, kw_only=True)
class GaussianInit:
    """Weights normal with variance gain²/fan-in (recurrent) and 1/fan-in (others); zero biases."""

    kind: Literal["gaussian"] = key("gaussian", doc="Which distribution.", role="structure")
    gain: float = key(
        1.0,
        doc="Spectral radius of the initial recurrent matrix, for many units.",
        above=0,
        role="number",
    )


Nonlinearity = Literal["tanh", "relu", "softplus", "sigmoid"]


@dataclass(frozen=True, kw_only=True)
class _Network:
    units: int = key(
        128, doc="Recurrent units.", at_least=1, at_most=65536, source="paper", role="shape"
    )
    nonlinearity: Nonlinearity = key(
        "tanh", doc="The nonlinearity φ.", source="paper", role="structure"
    )
    time_constant: float = key(
        1.0,
        doc="Time constant τ of every unit, in the study's time unit. "
        "With Euler and τ = dt the rate form is the discrete vanilla network.",
        above=0,
        role="number",
        follows="solver.dt",
        source="paper",
    )
    parameterization: StandardParameterization = key(
        StandardParameterization(), doc="How weights and rates scale with width."
    )
    init: UniformInit | GaussianInit = key(
        UniformInit(), doc="Where the weights start.", source="paper"
    )

    science_version: ClassVar[int] = 1

    def _sentence(self, form: str) -> str:
        return (
            f"{self.units} {self.nonlinearity} units in {form} form with time constant "
            f"{self.time_constant:g}"
        )


@dataclass(frozen=True, kw_only=True)
class RateModel(_Network):
    """Rate form: τ dr/dt = −r + φ(W r + U x + b), output V r + c."""

    kind: Literal["rate"] = key("rate", doc="Which form of the dynamics.", role="structure")

    def sentence(self) -> str:
        """What a network is, for the methods text."""
        return self._sentence("rate")


@dataclass(frozen=True, kw_only=True)
class CurrentModel(_Network):
    """Current form: τ dh/dt = −h + W φ(h) + U x + b, output V φ(h) + c."""

    kind: Literal["current"] = key("current", doc="Which form of the dynamics.", role="structure")

    def sentence(self) -> str:
        """What a network is, for the methods text."""
        return self._sentence("current")
