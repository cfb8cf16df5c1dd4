"""How the equations are solved and how a network is trained."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from .._keys import key


@dataclass(frozen=True, kw_only=True)
class Euler:
    """Forward Euler with a fixed step; the input is held constant over each step."""

    kind: Literal["euler"] = key("euler", doc="Which solver.", source="paper", role="structure")
    dt: float = key(
        1.0,
        doc="Step of the solver and of the trial, in the study's time unit.",
        above=0,
        per_task=True,
        role="number",
    )


@dataclass(frozen=True, kw_only=True)
class Adam:
    """Adam (Kingma & Ba 2015) without weight decay; β₁ = 0.9, β₂ = 0.999, ε = 1e-8."""

    kind: Literal["adam"] = key("adam", doc="Which optimiser.", source="paper", role="structure")
    learning_rate: float = key(
        1e-3, doc="Step size.", above=0, at_most=10, per_task=True, role="number"
    )


@dataclass(frozen=True, kw_only=True)
class Stop:
    """When a network has learnt the task.

    Once the mean data loss of an epoch is at or below `train_mse`, the network trains exactly
    `patience` more epochs and counts as converged.
    """

    train_mse: float = key(
        1e-3,
        doc="Threshold on an epoch's mean squared error, without penalties.",
        above=0,
        per_task=True,
        source="paper",
    )
    patience: int = key(
        3,
        doc="Epochs trained after the threshold is first reached.",
        at_least=0,
        at_most=10_000,
        source="paper",
    )


@dataclass(frozen=True, kw_only=True)
class Train:
    """How each network is trained, and for how long at most."""

    optimizer: Adam = key(Adam(), doc="The optimiser.", source="paper")
    batch_size: int = key(
        256, doc="Trials per step.", at_least=1, at_most=65536, per_task=True, role="shape"
    )
    steps_per_epoch: int = key(
        100, doc="Optimiser steps per epoch.", at_least=1, at_most=100_000, role="shape"
    )
    max_epochs: int = key(
        300,
        doc="Epochs after which a network that has not reached the threshold is unconverged.",
        at_least=1,
        at_most=1_000_000,
        per_task=True,
    )
    stop: Stop = key(Stop(), doc="When a network has learnt the task.", source="paper")

    science_version: ClassVar[int] = 1


@dataclass(frozen=True, kw_only=True)
class Numerics:
    """The arithmetic. Part of the science: other precisions give other networks."""

    precision: Literal["float32", "tf32", "bfloat16"] = key(
        "float32",
        doc="Precision of matrix products; the state is float32 throughout.",
        role="structure",
    )


@dataclass(frozen=True, kw_only=True)
class Networks:
    """How many networks each condition trains, and what makes them differ."""

    count: int = key(
        50, doc="Networks per condition.", at_least=2, at_most=1_000_000, source="paper"
    )
    seed: int = key(
        0,
        doc="The study's base seed; network i uses its i-th child.",
        at_least=0,
        at_most=2**31 - 1,
    )
    vary: tuple[Literal["init", "data"], ...] = key(
        ("init", "data"),
        doc="What differs between networks of a condition: initial weights, training trials.",
        entries=1,
    )
