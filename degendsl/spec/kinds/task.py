"""What every task's description answers, without JAX; each kind of task is a module beside this."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

# The words of `ood`: ways in which trials leave what was trained on.
Shift = Literal["temporal", "input_noise", "kick", "hold", "rollout"]


@dataclass(frozen=True, kw_only=True)
class TaskDescription(ABC):
    """A task without JAX: its keys are fields of the kinds, its sizes and words are here.

    Outputs come in two groups: first the primary ones, whose loss is reported and stops training,
    then auxiliary ones, which only help learning.
    """

    # What the other blocks fall back on when a task is chosen.
    defaults: ClassVar[Mapping[str, Any]]
    # Raised by hand where the code of the task starts to give other trials.
    science_version: ClassVar[int]
    # Which out-of-distribution conditions the task has.
    shifts: ClassVar[tuple[Shift, ...]] = ("temporal", "input_noise", "kick")
    # Whether they take few values, for estimates of information.
    discrete_inputs: ClassVar[bool] = True
    discrete_targets: ClassVar[bool] = True

    @property
    @abstractmethod
    def input_names(self) -> tuple[str, ...]:
        """What each number is that the network receives."""

    @property
    @abstractmethod
    def primary_names(self) -> tuple[str, ...]:
        """What each number is that the network must produce."""

    @property
    def auxiliary_names(self) -> tuple[str, ...]:
        """What it must produce besides, for learning's sake only."""
        return ()

    @property
    def output_names(self) -> tuple[str, ...]:
        """Every output, primary ones first."""
        return self.primary_names + self.auxiliary_names

    @property
    def input_size(self) -> int:
        """Numbers the network receives at each step."""
        return len(self.input_names)

    @property
    def output_size(self) -> int:
        """Numbers the network must produce at each step."""
        return len(self.output_names)

    def temporal(self, factor: float) -> Any:
        """The same kind of task on trials `factor` times as long."""
        return replace(self, duration=self.duration * factor)  # pyright: ignore

    @abstractmethod
    def sentence(self) -> str:
        """What a trial is, for the methods text."""


def numbered(word: str, count: int) -> tuple[str, ...]:
    """One name per channel: the word alone where there is one channel only."""
    return (word,) if count == 1 else tuple(f"{word} {index + 1}" for index in range(count))
