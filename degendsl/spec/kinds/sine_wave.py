"""The sine wave task, without JAX: its keys, its sizes and its defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from .._keys import key
from .task import TaskDescription, numbered


@dataclass(frozen=True, kw_only=True)
class Frequencies:
    """The frequencies that a channel may be asked for: evenly spaced, both ends included."""

    count: int = key(100, doc="How many frequencies.", at_least=1, at_most=100_000, role="shape")
    low: float = key(
        1.0,
        doc="Lowest frequency, in cycles per time unit.",
        above=0,
        source="paper",
        role="number",
    )
    high: float = key(
        30.0,
        doc="Highest frequency, in cycles per time unit; not used where there is one only.",
        above=0,
        source="paper",
        role="number",
    )


@dataclass(frozen=True, kw_only=True)
class SineWave(TaskDescription):
    """Produce, on each channel, sin(2πft), the frequency f being that channel's constant input.

    Every wave begins at phase 0 with the trial, and t is the time at which a step ends. Frequencies
    are drawn anew for every trial and channel.
    """

    kind: Literal["sine_wave"] = key(
        "sine_wave", doc="Which task.", role="structure", required=True
    )
    channels: int = key(
        1,
        doc="Independent copies of the task, one input and one output each.",
        at_least=1,
        at_most=1024,
        role="shape",
    )
    frequencies: Frequencies = key(Frequencies(), doc="Which frequencies there are.")
    duration: float = key(
        1.0,
        doc="Length of a trial, in the study's time unit; a whole number of solver steps.",
        above=0,
        role="duration",
    )

    defaults: ClassVar[Mapping[str, Any]] = {
        "solver.dt": 0.01,
        "train.optimizer.learning_rate": 1e-3,
        "train.optimizer.clip": 1.0,
        "train.batch_size": 32,
        "train.max_epochs": 500,
        "train.stop.train_mse": 5e-2,
    }
    science_version: ClassVar[int] = 1
    discrete_targets: ClassVar[bool] = False

    @property
    def input_names(self) -> tuple[str, ...]:
        return numbered("frequency", self.channels)

    @property
    def primary_names(self) -> tuple[str, ...]:
        return numbered("sine", self.channels)

    def sentence(self) -> str:
        count = self.frequencies.count
        several = (
            f"one of {count} frequencies evenly spaced from {self.frequencies.low:g} to "
            f"{self.frequencies.high:g}"
            if count > 1
            else f"the frequency {self.frequencies.low:g}"
        )
        return (
            f"a {self.channels}-channel sine wave task: the constant input of each channel is "
            f"{several} cycles per time unit, drawn anew for every trial and channel, and the "
            f"target is sin(2πft) (trials of {self.duration:g} time units)"
        )
