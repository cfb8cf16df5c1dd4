"""How gradients become updates: optimisers, and schedules of their learning rate."""

from dataclasses import dataclass
from typing import Literal

from .._keys import key


@dataclass(frozen=True, kw_only=True)
class ConstantSchedule:
    """One learning rate from the first step to the last."""

    kind: Literal["constant"] = key(
        "constant", doc="Which schedule.", source="paper", role="structure"
    )

    def sentence(self) -> str:
        """The schedule, for the methods text."""
        return ""


@dataclass(frozen=True, kw_only=True)
class CosineSchedule:
    """Half a cosine from the learning rate down to a part of it, where it stays."""

    kind: Literal["cosine"] = key("cosine", doc="Which schedule.", role="structure")
    epochs: int = key(
        300,
        doc="Epochs from the first step to the lowest rate.",
        at_least=1,
        at_most=1_000_000,
        follows="train.max_epochs",
        role="number",
    )
    final: float = key(
        0.0, doc="The lowest rate, as a part of the first.", at_least=0, below=1, role="number"
    )

    def sentence(self) -> str:
        """The schedule, for the methods text."""
        return f", falling along a cosine to {self.final:g} of it over {self.epochs} epochs"


@dataclass(frozen=True, kw_only=True)
class PlateauSchedule:
    """Each network's learning rate is reduced when its own loss has stopped falling.

    The loss is the epoch's mean data loss, which also stops training. It has fallen when it is
    below the lowest so far by one part in ten thousand.
    """

    kind: Literal["plateau"] = key("plateau", doc="Which schedule.", role="structure")
    factor: float = key(
        0.5, doc="What a rate is multiplied by when it is reduced.", above=0, below=1, role="number"
    )
    patience: int = key(
        10,
        doc="Epochs in a row without a lower loss after which the rate is reduced.",
        at_least=1,
        at_most=1_000_000,
        role="number",
    )

    def sentence(self) -> str:
        """The schedule, for the methods text."""
        return (
            f", multiplied by {self.factor:g} whenever a network's loss had not fallen for "
            f"{self.patience} epochs"
        )


Schedule = ConstantSchedule | CosineSchedule | PlateauSchedule


@dataclass(frozen=True, kw_only=True)
class _Optimizer:
    learning_rate: float = key(
        1e-3, doc="Step size.", above=0, at_most=10, per_task=True, role="number"
    )
    clip: float = key(
        0.0,
        doc="Largest norm of the gradient of all trained parameters together; a longer one is "
        "shortened to it. 0 is no limit.",
        at_least=0,
        per_task=True,
        role="number",
        absent_at_zero=True,
        neutral=0.0,
    )
    schedule: Schedule = key(
        ConstantSchedule(),
        doc="How the learning rate changes.",
        source="paper",
        neutral={"kind": "constant"},
    )

    def sentence(self) -> str:
        """The optimiser, for the methods text."""
        clipped = f", gradients clipped to norm {self.clip:g}" if self.clip else ""
        return f"at rate {self.learning_rate:g}{self.schedule.sentence()}{clipped}"


@dataclass(frozen=True, kw_only=True)
class Adam(_Optimizer):
    """Adam (Kingma & Ba 2015) without weight decay; β₁ = 0.9, β₂ = 0.999, ε = 1e-8."""

    kind: Literal["adam"] = key("adam", doc="Which optimiser.", source="paper", role="structure")

    def sentence(self) -> str:
        return f"Adam {super().sentence()}"


@dataclass(frozen=True, kw_only=True)
class AdamW(_Optimizer):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019) of every trained parameter."""

    kind: Literal["adamw"] = key("adamw", doc="Which optimiser.", role="structure")
    weight_decay: float = key(
        1e-4,
        doc="Part of each parameter that is taken off in a step, in units of the learning rate.",
        at_least=0,
        at_most=100,
        role="number",
        absent_at_zero=True,
    )

    def sentence(self) -> str:
        return f"AdamW (decay {self.weight_decay:g}) {super().sentence()}"


@dataclass(frozen=True, kw_only=True)
class SGD(_Optimizer):
    """Stochastic gradient descent, with momentum where it is asked for."""

    kind: Literal["sgd"] = key("sgd", doc="Which optimiser.", role="structure")
    momentum: float = key(
        0.0,
        doc="Part of the last step's direction that the next one keeps.",
        at_least=0,
        below=1,
        role="number",
        absent_at_zero=True,
    )

    def sentence(self) -> str:
        with_momentum = f" with momentum {self.momentum:g}" if self.momentum else ""
        return f"gradient descent{with_momentum} {super().sentence()}"


Optimizer = Adam | AdamW | SGD
