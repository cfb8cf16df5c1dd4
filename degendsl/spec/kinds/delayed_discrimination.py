"""The delayed discrimination task, without JAX: its keys, its sizes and its defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from .._keys import key
from .task import TaskDescription, numbered


@dataclass(frozen=True, kw_only=True)
class Delay:
    """The time between the two pulses: uniform over the whole steps from `min` to `max`."""

    min: float = key(
        5.0,
        doc="Shortest time from the end of the first pulse to the second.",
        at_least=0,
        source="paper",
        role="number",
    )
    max: float = key(
        20.0,
        doc="Longest time from the end of the first pulse to the second.",
        at_least=0,
        source="paper",
        role="number",
    )


@dataclass(frozen=True, kw_only=True)
class Auxiliary:
    """A second output per channel that must show the difference (f2 − f1)/8 itself."""

    weight: float = key(
        0.0,
        doc="Weight of the extra outputs' mean squared error in what is minimised; at 0 there are "
        "no such outputs. It never enters the loss that is reported and that stops training.",
        at_least=0,
        role="number",
        absent_at_zero=True,
    )


@dataclass(frozen=True, kw_only=True)
class DelayedDiscrimination(TaskDescription):
    """Tell, on each channel, whether the second of two pulses is larger than the first.

    The pulses are different whole numbers f1 and f2 from 2 to 10, one step long. The first comes
    at the first step, the second after a random delay; the target is 0 until then and sign(f2 − f1)
    from then on, which is the response window.
    """

    kind: Literal["delayed_discrimination"] = key(
        "delayed_discrimination", doc="Which task.", role="structure", required=True
    )
    channels: int = key(
        1,
        doc="Independent copies of the task, one input and one output each.",
        at_least=1,
        at_most=1024,
        role="shape",
    )
    delay: Delay = key(Delay(), doc="How long the first pulse has to be remembered.")
    auxiliary: Auxiliary = key(Auxiliary(), doc="An extra output that helps or hinders.")
    duration: float = key(
        60.0,
        doc="Length of a trial, in the study's time unit; a whole number of solver steps.",
        above=0,
        role="duration",
    )

    defaults: ClassVar[Mapping[str, Any]] = {
        "solver.dt": 1.0,
        "train.optimizer.learning_rate": 1e-3,
        "train.optimizer.clip": 1.0,
        "train.batch_size": 64,
        "train.max_epochs": 500,
        "train.stop.train_mse": 1e-2,
    }
    science_version: ClassVar[int] = 1

    @property
    def input_names(self) -> tuple[str, ...]:
        return numbered("pulse", self.channels)

    @property
    def primary_names(self) -> tuple[str, ...]:
        return numbered("which is larger", self.channels)

    @property
    def auxiliary_names(self) -> tuple[str, ...]:
        return numbered("difference", self.channels) if self.auxiliary.weight else ()

    def temporal(self, factor: float) -> "DelayedDiscrimination":
        """Delays `factor` times as long, and trials longer by as much as the longest delay."""
        delay = replace(self.delay, min=self.delay.min * factor, max=self.delay.max * factor)
        longer = self.duration + delay.max - self.delay.max
        return replace(self, delay=delay, duration=longer)

    def sentence(self) -> str:
        plural = "s" if self.channels > 1 else ""
        weight = self.auxiliary.weight
        extra = "; an extra output for (f2 − f1)/8 was trained with weight "
        return (
            f"a {self.channels}-channel delayed discrimination task: each "
            f"channel{plural and ' independently'} receives two pulses of different size f1 and "
            f"f2, whole numbers from 2 to 10, separated by a delay drawn from {self.delay.min:g} "
            f"to {self.delay.max:g} time units, and the target is 0 until the second pulse and "
            f"sign(f2 − f1) from then on (trials of {self.duration:g} time units"
            f"{f'{extra}{weight:g}' if weight else ''})"
        )
