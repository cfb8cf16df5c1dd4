"""What a network is: its dynamics, its size, what its weights may be."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from .._keys import key
from .initialisation import GaussianInit, OrthogonalInit, UniformInit
from .nonlinearity import Nonlinearity
from .parameterization import MuPParameterization, StandardParameterization


@dataclass(frozen=True, kw_only=True)
class TimeConstants:
    """Time constants that differ between units."""

    low: float = key(1.0, doc="The shortest time constant.", above=0, role="number")
    high: float = key(10.0, doc="The longest time constant.", above=0, role="number")


@dataclass(frozen=True, kw_only=True)
class Recurrent:
    """What the recurrent matrix can never become, however it is trained."""

    sparse: float = key(
        0.0,
        doc="Chance that a recurrent weight does not exist, drawn once for each network. "
        "The others start larger by 1/√(1 − sparse), so that their sums keep their size.",
        at_least=0,
        below=1,
        role="number",
        absent_at_zero=True,
    )
    dale: float = key(
        0.0,
        doc="Dale's principle: the fraction of units that excite. Weights from them are never "
        "negative, those from the others never positive. The matrix is made of magnitudes, which "
        "start as `init` says and are scaled so that excitation and inhibition cancel. "
        "0 leaves signs free.",
        at_least=0,
        below=1,
        role="number",
        absent_at_zero=True,
    )
    low_rank: int = key(
        0,
        doc="The largest rank that the recurrent matrix can have: it is the product L Rᵀ of two "
        "trained factors. 0 leaves it full.",
        at_least=0,
        at_most=65536,
        role="shape",
    )

    def sentence(self) -> str:
        """What is asked of the matrix, for the methods text; empty where nothing is."""
        parts = []
        if self.sparse:
            parts.append(f"each recurrent weight is absent with probability {self.sparse:g}")
        if self.dale:
            parts.append(f"{self.dale:.0%} of units excite and the others inhibit")
        if self.low_rank:
            parts.append(f"the recurrent matrix is a product of factors of rank {self.low_rank}")
        return " and ".join(parts)


@dataclass(frozen=True, kw_only=True)
class _Network:
    units: int = key(
        128, doc="Recurrent units.", at_least=1, at_most=65536, source="paper", role="shape"
    )
    nonlinearity: Nonlinearity = key(
        "tanh", doc="The nonlinearity φ.", source="paper", role="structure"
    )
    time_constant: float | TimeConstants = key(
        1.0,
        doc="Time constant τ of every unit, in the study's time unit, or the range {low, high} "
        "from which each unit's own is drawn, uniformly and once for each network. "
        "With Euler and τ = dt the rate form is the discrete vanilla network.",
        above=0,
        role="number",
        follows="solver.dt",
        per_task=True,
        source="paper",
    )
    parameterization: StandardParameterization | MuPParameterization = key(
        StandardParameterization(), doc="How weights and rates scale with width."
    )
    init: UniformInit | GaussianInit | OrthogonalInit = key(
        UniformInit(),
        doc="Where the weights start; `gaussian` by default where the parameterisation is `mup` or "
        "the task is `path_integration`.",
        source="paper",
    )
    biases: bool = key(
        True,
        doc="Whether units and outputs have biases.",
        role="structure",
        source="paper",
        neutral=True,
    )
    recurrent: Recurrent = key(
        Recurrent(),
        doc="What the recurrent matrix can never become.",
        neutral={"sparse": 0.0, "dale": 0.0, "low_rank": 0},
    )
    initial_state: Literal["zeros", "learned"] = key(
        "zeros",
        doc="The state before the first step: zero, or a parameter that starts at zero.",
        role="structure",
        source="paper",
        neutral="zeros",
    )
    noise: float = key(
        0.0,
        doc="Private noise of each unit: the stationary SD of its state where nothing else drives "
        "it. τ dx = (…) dt + noise √(2τ) dB.",
        at_least=0,
        at_most=100,
        role="number",
        absent_at_zero=True,
        neutral=0.0,
    )

    science_version: ClassVar[int] = 1

    def _sentence(self, form: str) -> str:
        own = self.time_constant
        constant = (
            f"time constants drawn uniformly from {own.low:g} to {own.high:g}"
            if isinstance(own, TimeConstants)
            else f"time constant {own:g}"
        )
        parts = [
            f"{self.units} {self.nonlinearity} units in {form} form with {constant}",
            self.init.sentence(),
            self.recurrent.sentence(),
            "" if self.biases else "there are no biases",
            "the initial state is learned" if self.initial_state == "learned" else "",
            f"each unit has private noise of stationary SD {self.noise:g}" if self.noise else "",
            self.parameterization.sentence(),
        ]
        return "; ".join(part for part in parts if part)


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
