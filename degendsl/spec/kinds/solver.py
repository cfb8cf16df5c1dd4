"""How the equations of a network are solved."""

from dataclasses import dataclass
from typing import Literal

from .._keys import key


@dataclass(frozen=True, kw_only=True)
class _Solver:
    dt: float = key(
        1.0,
        doc="Step of the solver and of the trial, in the study's time unit.",
        above=0,
        per_task=True,
        role="number",
    )


@dataclass(frozen=True, kw_only=True)
class Euler(_Solver):
    """Forward Euler with a fixed step; the input is held constant over each step."""

    kind: Literal["euler"] = key("euler", doc="Which solver.", source="paper", role="structure")

    def sentence(self) -> str:
        """How the equations are solved, for the methods text."""
        return f"forward Euler with step {self.dt:g}"


@dataclass(frozen=True, kw_only=True)
class Heun(_Solver):
    """Heun's method, of second order, with a fixed step over which the input is held constant."""

    kind: Literal["heun"] = key("heun", doc="Which solver.", role="structure")

    def sentence(self) -> str:
        """How the equations are solved, for the methods text."""
        return f"Heun's method with step {self.dt:g}"


@dataclass(frozen=True, kw_only=True)
class _Adaptive(_Solver):
    dt: float = key(
        1.0,
        doc="Step of the trial, in the study's time unit. The input is held constant over it; "
        "within it the solver takes as many steps as the tolerances ask for.",
        above=0,
        per_task=True,
        role="number",
    )
    rtol: float = key(
        1e-4,
        doc="Relative tolerance on the error of each step.",
        at_least=1e-6,
        at_most=0.1,
        role="number",
    )
    atol: float = key(
        1e-6,
        doc="Absolute tolerance on the error of each step.",
        at_least=1e-8,
        at_most=0.1,
        role="number",
    )

    def _sentence(self, method: str) -> str:
        return (
            f"{method} with adaptive steps (relative tolerance {self.rtol:g}, absolute "
            f"{self.atol:g}) that end where the input changes, every {self.dt:g}"
        )


@dataclass(frozen=True, kw_only=True)
class Tsit5(_Adaptive):
    """Tsitouras' method of order 5, with adaptive steps that never cross a change of the input."""

    kind: Literal["tsit5"] = key("tsit5", doc="Which solver.", role="structure")

    def sentence(self) -> str:
        """How the equations are solved, for the methods text."""
        return self._sentence("Tsitouras' method of order 5")


@dataclass(frozen=True, kw_only=True)
class Dopri5(_Adaptive):
    """Dormand and Prince's method of order 5, with adaptive steps that never cross a change."""

    kind: Literal["dopri5"] = key("dopri5", doc="Which solver.", role="structure")

    def sentence(self) -> str:
        """How the equations are solved, for the methods text."""
        return self._sentence("Dormand and Prince's method of order 5")
