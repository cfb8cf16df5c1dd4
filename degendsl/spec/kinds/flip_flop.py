"""The N-bit flip-flop task, without JAX: its keys, its sizes and its defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from .._keys import key
from .task import Shift, TaskDescription, numbered


@dataclass(frozen=True, kw_only=True)
class FlipFlop(TaskDescription):
    """Remember, on each channel, the sign of the latest pulse.

    Each channel receives −1, 0 or +1 at every step; the target is the last non-zero input of that
    channel. The first step always carries a pulse, so the target is defined from the start.
    """

    kind: Literal["flip_flop"] = key(
        "flip_flop", doc="Which task.", role="structure", required=True
    )
    channels: int = key(
        3,
        doc="Independent copies of the task, one input and one output each.",
        at_least=1,
        at_most=1024,
        role="shape",
    )
    flip_probability: float = key(
        0.3,
        doc="Chance of a pulse, per step and channel; the sign of a pulse is a fair coin.",
        above=0,
        at_most=1,
        role="number",
    )
    duration: float = key(
        100.0,
        doc="Length of a trial, in the study's time unit; a whole number of solver steps.",
        above=0,
        role="duration",
    )

    # What the other blocks fall back on when this task is chosen.
    defaults: ClassVar[Mapping[str, Any]] = {
        "solver.dt": 1.0,
        "train.optimizer.learning_rate": 1e-3,
        "train.batch_size": 64,
        "train.max_epochs": 300,
        "train.stop.train_mse": 1e-3,
    }
    science_version: ClassVar[int] = 1
    shifts: ClassVar[tuple[Shift, ...]] = (*TaskDescription.shifts, "hold")

    @property
    def input_names(self) -> tuple[str, ...]:
        return numbered("pulse", self.channels)

    @property
    def primary_names(self) -> tuple[str, ...]:
        return numbered("sign", self.channels)

    def hold(self, factor: float) -> "FlipFlop":
        """The same task with pulses `factor` times as rare, so that each is held as much longer."""
        return replace(self, flip_probability=self.flip_probability / factor)

    def sentence(self) -> str:
        """What a trial is, for the methods text."""
        plural = "s" if self.channels > 1 else ""
        return (
            f"a {self.channels}-channel flip-flop task: each channel{plural and ' independently'} "
            f"receives pulses of random sign with probability {self.flip_probability:g} per step, "
            "and the target is the sign of that channel's latest pulse "
            f"(trials of {self.duration:g} time units, beginning with a pulse on every channel)"
        )
