"""From measures to tables: degeneracy, intervals, effects, verdicts."""

from ._study import Study as Study
from ._tables import TABLES as TABLES
from ._tables import tables as tables
from ._tables import tables_of as tables_of
