"""Where the weights of a network start."""

from dataclasses import dataclass
from typing import Literal

from .._keys import key


@dataclass(frozen=True, kw_only=True)
class UniformInit:
    """Every weight uniform in ±1/√units, biases included, as in Huang et al. (2025)."""

    kind: Literal["uniform"] = key("uniform", doc="Which distribution.", role="structure")

    def sentence(self) -> str:
        """Where the weights start, for the methods text."""
        return "all weights start uniform in ±1/√units"


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
    rank: int = key(
        0,
        doc="Rank of the recurrent matrix at the start, its expected size being the same at every "
        "rank; training may raise it. 0 is full.",
        at_least=0,
        at_most=65536,
        role="shape",
        neutral=0,
    )

    def sentence(self) -> str:
        """Where the weights start, for the methods text."""
        rank = f" and rank {self.rank}" if self.rank else ""
        return f"weights start normal with gain {self.gain:g}{rank}, biases at zero"


@dataclass(frozen=True, kw_only=True)
class OrthogonalInit:
    """A random orthogonal recurrent matrix times a gain; other weights as `gaussian` has them."""

    kind: Literal["orthogonal"] = key("orthogonal", doc="Which distribution.", role="structure")
    gain: float = key(
        1.0,
        doc="Every singular value of the initial recurrent matrix.",
        above=0,
        role="number",
    )

    def sentence(self) -> str:
        """Where the weights start, for the methods text."""
        return f"recurrent weights start orthogonal with gain {self.gain:g}, biases at zero"
