"""What can be measured, by the word that a spec uses for it: one line a measure."""

from collections.abc import Callable

from degendsl.spec import kinds
from degendsl.store import Store

from ._behavior import behavior, behavior_floor
from ._cache import Measured, Networks
from ._dynamics import dynamics, dynamics_cross, dynamics_floor, dynamics_null
from ._information import task_information
from ._learning import kernel_alignment, weight_change
from ._representation import representation
from ._weights import weights, weights_floor, weights_surrogate

# Measures the networks of one condition; what the store knows is not measured again. A network
# that cannot be measured is left out and named, with the remedy, and the others are measured.
# `MeasureError` is for what no network can be asked; the other measures then go on.
MeasureNetworks = Callable[[Store, Networks, kinds.Measure], Measured]
# The same networks against their twins, who started one bit away.
MeasureTwins = Callable[[Store, Networks, Networks, kinds.Measure], Measured]

LEVELS: dict[str, MeasureNetworks] = {
    "behavior": behavior,
    "dynamics": dynamics,
    "weights": weights,
}

# Levels that are measured where `measure.also` has their word.
FURTHER: dict[str, tuple[str, MeasureNetworks]] = {"svcca": ("representation", representation)}

# What a value of a level must be read beside, by the name of its column.
REFERENCES: dict[tuple[str, str], MeasureNetworks] = {
    ("dynamics", "null"): dynamics_null,
    ("dynamics", "cross"): dynamics_cross,
    ("weights", "surrogate"): weights_surrogate,
}

FLOORS: dict[str, MeasureTwins] = {
    "behavior": behavior_floor,
    "dynamics": dynamics_floor,
    "weights": weights_floor,
}

# By the other words of `measure.also`: numbers of a network or a task, which have no level.
ALSO: dict[str, MeasureNetworks] = {
    "weight_change": weight_change,
    "kernel_alignment": kernel_alignment,
    "task_information": task_information,
}
