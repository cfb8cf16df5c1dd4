"""From measures to tables: degeneracy, intervals, effects, verdicts."""

from ._tables import tables as tables
