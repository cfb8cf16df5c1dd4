"""From trained networks in the store to measures in the store."""

from ._levels import MEASURE_VERSION as MEASURE_VERSION
from ._levels import Measured as Measured
from ._study import ConditionMeasures as ConditionMeasures
from ._study import Examples as Examples
from ._study import measure_study as measure_study
