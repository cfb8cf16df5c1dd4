"""The path integration task, without JAX: its keys, its sizes and its defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from .._keys import key
from .task import TaskDescription

_AXES = ("x", "y", "z")


@dataclass(frozen=True, kw_only=True)
class PathIntegration(TaskDescription):
    """Tell the position from heading and speed, in a box from −5 to 5 along each axis.

    The first step adds the start position on inputs of its own. The heading turns smoothly at
    random; where a step would leave the box, the heading is reflected at that wall before the step
    is made, so the input says where the walker goes and the position is never clipped. What happens
    at a step depends on the steps before it alone: the beginning of a longer trial is a trial.
    """

    kind: Literal["path_integration"] = key(
        "path_integration", doc="Which task.", role="structure", required=True
    )
    dimensions: Literal[2, 3] = key(
        2, doc="Dimensions of the box.", source="paper", role="structure"
    )
    speed: float = key(
        0.4,
        doc="Highest speed, in lengths per time unit; the speed of each step is uniform from 0.",
        above=0,
        role="number",
    )
    turning: float = key(
        0.3141592653589793,
        doc="Standard deviation of the change of each heading angle over one time unit, in "
        "radians; the default is π/10.",
        at_least=0,
        role="number",
    )
    heading: Literal["angle", "cos_sin"] = key(
        "cos_sin",
        doc="How the input says the heading: as angles (azimuth, and in three dimensions "
        "elevation), in radians, or as the cosine and sine of each.",
        role="structure",
    )
    duration: float = key(
        50.0,
        doc="Length of a trial, in the study's time unit; a whole number of solver steps.",
        above=0,
        role="duration",
    )

    defaults: ClassVar[Mapping[str, Any]] = {
        "solver.dt": 1.0,
        # A position must be held for a whole trial, which is learnt from here and not from the
        # memory of some steps that a vanilla network starts with.
        "model.time_constant": 2.0,
        "model.init": {"kind": "gaussian"},
        "train.optimizer.learning_rate": 1e-3,
        "train.optimizer.clip": 1.0,
        "train.batch_size": 32,
        "train.max_epochs": 1000,
        "train.stop.train_mse": 5e-2,
    }
    science_version: ClassVar[int] = 1
    discrete_inputs: ClassVar[bool] = False
    discrete_targets: ClassVar[bool] = False

    @property
    def input_names(self) -> tuple[str, ...]:
        angles = ("azimuth", "elevation")[: self.dimensions - 1]
        if self.heading == "cos_sin":
            angles = tuple(f"{which} {angle}" for angle in angles for which in ("cos", "sin"))
        return (*angles, "speed", *(f"start {axis}" for axis in _AXES[: self.dimensions]))

    @property
    def primary_names(self) -> tuple[str, ...]:
        return _AXES[: self.dimensions]

    def sentence(self) -> str:
        angles = "azimuth" if self.dimensions == 2 else "azimuth and elevation"
        form = angles if self.heading == "angle" else f"cosine and sine of {angles}"
        return (
            f"a {self.dimensions}-dimensional path integration task: the inputs are the heading "
            f"({form}) and the speed at each step and, at the first step, the start position, "
            "and the target is the position in a box from −5 to 5; angles change by a standard "
            f"deviation of {self.turning:g} per time unit, speeds are uniform up to "
            f"{self.speed:g}, and the heading is reflected at the walls "
            f"(trials of {self.duration:g} time units)"
        )
