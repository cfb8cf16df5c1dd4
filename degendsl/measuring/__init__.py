"""From trained networks in the store to measures in the store."""

from ._cache import MEASURE_VERSION as MEASURE_VERSION
from ._cache import Measured as Measured
from ._condition import ConditionMeasures as ConditionMeasures
from ._examples import Examples as Examples
from ._groups import Group as Group
from ._information import ENTROPY as ENTROPY
from ._information import GAUSSIAN as GAUSSIAN
from ._sensitivity import settings_of as settings_of
from ._study import measure_study as measure_study
from .given import Given as Given
from .given import GivenMeasures as GivenMeasures
from .given import measure_given as measure_given
