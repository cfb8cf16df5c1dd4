"""How a network is trained."""

import typing
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from .._keys import describe, key
from .optimizer import Adam, Optimizer


def _coefficient(what: str) -> Any:
    return key(
        0.0,
        doc=f"Coefficient of {what}",
        at_least=0,
        role="number",
        absent_at_zero=True,
        neutral=0.0,
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
class Penalties:
    """What is minimised besides the loss, each times its coefficient; 0 leaves it out.

    The matrix is the one that acts between units. Reported losses and the stopping rule never
    contain a penalty.
    """

    l1: float = _coefficient("Σ|w| of the recurrent matrix: few large weights.")
    l2: float = _coefficient("Σw² of the recurrent matrix: small weights.")
    nuclear: float = _coefficient("the sum of its singular values: low rank.")
    rates: float = _coefficient("the mean squared firing rate over trials, times and units.")

    def sentence(self) -> str:
        """The penalties, for the methods text."""
        signs = {"l1": "ℓ1", "l2": "ℓ2", "nuclear": "nuclear norm", "rates": "mean square rate"}
        found = {signs.get(name, name): value for name, value in vars(self).items() if value}
        given = [f"{value:g} × {name}" for name, value in found.items()]
        return f" Penalties were added to the loss: {', '.join(given)}." if given else ""


@dataclass(frozen=True, kw_only=True)
class FixedData:
    """A training set drawn once, of which every epoch takes its batches in a new order."""

    fixed: int = key(
        doc="Trials in the training set, drawn anew for each network that varies in data.",
        at_least=1,
        at_most=10_000_000,
        role="shape",
    )


Trained = Literal["recurrent", "input", "bias", "readout"]


@dataclass(frozen=True, kw_only=True)
class Train:
    """How each network is trained, and for how long at most."""

    optimizer: Optimizer = key(Adam(), doc="The optimiser.", source="paper")
    batch_size: int = key(
        64, doc="Trials per step.", at_least=1, at_most=65536, per_task=True, role="shape"
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
    penalties: Penalties = key(
        Penalties(),
        doc="What is minimised besides the loss.",
        source="paper",
        neutral=dict.fromkeys(describe(Penalties), 0.0),
    )
    input_noise: float = key(
        0.0,
        doc="Standard deviation of noise on every input at every step, in training only.",
        at_least=0,
        role="number",
        absent_at_zero=True,
        source="paper",
        neutral=0.0,
    )
    data: Literal["fresh"] | FixedData = key(
        "fresh",
        doc="Where trials come from: `fresh` ones at every step, or a fixed training set.",
        role="structure",
        source="paper",
        neutral="fresh",
    )
    trainable: tuple[Trained, ...] = key(
        ("recurrent", "input", "bias", "readout"),
        doc="What training changes; the rest stays as it was drawn. The readout includes its "
        "bias. A learned initial state is always trained.",
        entries=1,
        role="structure",
        source="paper",
        neutral=["recurrent", "input", "bias", "readout"],
    )

    science_version: ClassVar[int] = 1

    def sentence(self) -> str:
        """How networks were trained, for the methods text."""
        noise = f" with input noise of SD {self.input_noise:g}" if self.input_noise else ""
        few = len(self.trainable) < len(typing.get_args(Trained))
        some = f" Only {' and '.join(self.trainable)} were trained." if few else ""
        return (
            f"Training used {self.optimizer.sentence()}, on batches of {self.batch_size} "
            f"{self._trials()}{noise}, until the mean squared error of an epoch of "
            f"{self.steps_per_epoch} steps reached {self.stop.train_mse:g} and for "
            f"{self.stop.patience} epochs after that; a network that had not reached it after "
            f"{self.max_epochs} epochs counts as unconverged and is not compared."
            f"{self.penalties.sentence()}{some}"
        )

    def _trials(self) -> str:
        if isinstance(self.data, FixedData):
            return f"trials from a set of {self.data.fixed:,}, in a new order each epoch"
        return "fresh trials"


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
