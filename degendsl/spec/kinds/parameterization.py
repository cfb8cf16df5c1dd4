"""How weights and learning rates scale with the width of a network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from .._keys import key


@dataclass(frozen=True, kw_only=True)
class StandardParameterization:
    """Weights as they are: no width-dependent factors, one learning rate for all."""

    kind: Literal["standard"] = key("standard", doc="Which parameterisation.", role="structure")

    defaults: ClassVar[Mapping[str, Any]] = {}

    def sentence(self) -> str:
        """How weights scale, for the methods text; nothing where nothing is unusual."""
        return ""

    def table(self) -> list[str]:
        """How each parameter scales, a row each; nothing where all are alike."""
        return []


@dataclass(frozen=True, kw_only=True)
class MuPParameterization:
    """Maximal-update parameterisation: what is learned does not depend on the width.

    The recurrent matrix is J/N and the output V φ(h)/(γN) + c, with J of variance N and U, V of
    variance 1 at the start. Gradients are multiplied by their inverse size before clipping and the
    optimiser, so its ε means the same at every width. `degendsl plan` shows the whole table.
    """

    kind: Literal["mup"] = key("mup", doc="Which parameterisation.", role="structure")
    gamma: float = key(
        1.0,
        doc="Feature-learning strength γ: lazy when small, rich when large.",
        above=0,
        at_most=1_000_000,
        source="paper",
        role="number",
    )
    centred: bool = key(
        False,
        doc="Subtract the output of the network at initialisation, which is large at small γ. "
        "Costs a second network in every forward pass.",
        role="structure",
    )

    # What other blocks fall back on when this parameterisation is chosen.
    defaults: ClassVar[Mapping[str, Any]] = {"model.init": {"kind": "gaussian"}}

    def sentence(self) -> str:
        """How weights scale, for the methods text."""
        centred = ", outputs centred at initialisation" if self.centred else ""
        return f"weights and rates follow µP with γ = {self.gamma:g}{centred}"

    def table(self) -> list[str]:
        """How each parameter scales, a row each, with N the units and η the learning rate."""
        return [
            "µP, N units, γ as the spec has it, η the learning rate, λ the weight decay:",
            "  recurrent J   acts as J/N         rate γη  gradient × γN²  decay ηλ",
            "  U, b, h_0     as they are         rate γη  gradient × γN   decay ηλ",
            "  readout V     acts as V/(γN)      rate γη  gradient × γN   decay ηλ",
            "  output bias c outside of 1/(γN)   rate η   gradient × 1    decay ηλ",
        ]
