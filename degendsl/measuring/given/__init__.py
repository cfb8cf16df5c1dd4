"""Measuring networks from elsewhere: the levels of a study, from arrays that were given."""

from ._measure import GivenMeasures as GivenMeasures
from ._measure import measure_given as measure_given
from ._networks import Given as Given
from ._rank import ChosenRank as ChosenRank
