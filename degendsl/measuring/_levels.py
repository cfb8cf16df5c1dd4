"""What can be measured, by the word that a spec uses for it: one line a measure."""

from collections.abc import Callable

from degendsl.spec import kinds
from degendsl.store import Store

from ._behavior import behavior
from ._cache import Measured, Networks
from ._dynamics import dynamics
from ._learning import kernel_alignment, weight_change
from ._weights import weights

# Measures the networks of one condition; what the store knows is not measured again. Raises
# `MeasureError` that names the network and the remedy, and the other measures go on.
MeasureNetworks = Callable[[Store, Networks, kinds.Measure], Measured]

LEVELS: dict[str, MeasureNetworks] = {
    "behavior": behavior,
    "dynamics": dynamics,
    "weights": weights,
}

# By the words of `measure.also`.
ALSO: dict[str, MeasureNetworks] = {
    "weight_change": weight_change,
    "kernel_alignment": kernel_alignment,
}
