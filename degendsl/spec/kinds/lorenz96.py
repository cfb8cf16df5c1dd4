"""Prediction of the Lorenz-96 system, without JAX: its keys, its sizes and its defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from .._keys import key
from .task import Shift, TaskDescription, numbered


@dataclass(frozen=True, kw_only=True)
class Lorenz96(TaskDescription):
    """Predict the next sample of a chaotic system, dx_i/dt = (x_{i+1} − x_{i−2}) x_{i−1} − x_i + F.

    The input is the state on the attractor, sampled at every solver step and standardised by the
    system's own mean and standard deviation; the target is the next sample. Losses are relative to
    the persistence error, that of predicting no change, so a loss of 1 is no skill at all.
    """

    kind: Literal["lorenz96"] = key("lorenz96", doc="Which task.", role="structure", required=True)
    sites: int = key(
        8,
        doc="Variables of the system, one input and one output each.",
        at_least=4,
        at_most=1024,
        role="shape",
    )
    forcing: float = key(
        8.0,
        doc="The forcing F; the system is chaotic from about 6.",
        above=0,
        at_most=32,
        role="number",
    )
    duration: float = key(
        5.0,
        doc="Length of a trial, in the study's time unit, which is the system's own; a whole "
        "number of solver steps.",
        above=0,
        role="duration",
    )

    defaults: ClassVar[Mapping[str, Any]] = {
        "solver.dt": 0.05,
        "train.optimizer.learning_rate": 2e-3,
        "train.batch_size": 32,
        "train.max_epochs": 500,
        "train.stop.train_mse": 5e-2,
    }
    science_version: ClassVar[int] = 1
    discrete_inputs: ClassVar[bool] = False
    discrete_targets: ClassVar[bool] = False
    shifts: ClassVar[tuple[Shift, ...]] = (*TaskDescription.shifts, "rollout")

    @property
    def input_names(self) -> tuple[str, ...]:
        return numbered("site", self.sites)

    @property
    def primary_names(self) -> tuple[str, ...]:
        return numbered("next site", self.sites)

    def sentence(self) -> str:
        return (
            f"one-step prediction of the Lorenz-96 system with {self.sites} sites and forcing "
            f"{self.forcing:g}, sampled at every solver step and standardised; losses are relative "
            f"to the persistence error (trials of {self.duration:g} time units)"
        )
