"""All that is known of one condition once it is measured."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from degendsl.planning import Condition
from degendsl.store import UnitRecord

from ._cache import Measured
from ._examples import Examples
from ._groups import Group


@dataclass(frozen=True, kw_only=True)
class ConditionMeasures:
    """All that is known of one condition.

    records: every network there is. compared: the seeds of those that are compared. levels: by
    (level, at), of the networks that are compared.
    references: by (level, name), `null`, `cross`, `floor` and `surrogate`, of trained networks.
    sensitivity: by (level, settings in words), the same condition with that level alone and its
    references, measured under these settings. also: by (name, at), what else
    was asked for of the same networks. everyone: losses of every finite network, converged or not.
    resting: fixed points of the networks that stand for the condition. problems: what could not be
    measured, in words. notes: what is to be known of networks that were measured, in words.
    """

    condition: Condition | Group
    records: Mapping[int, UnitRecord]
    compared: tuple[int, ...] = ()
    levels: Mapping[tuple[str, str], Measured]
    references: Mapping[tuple[str, str], Measured] = field(default_factory=dict)
    sensitivity: Mapping[tuple[str, str], "ConditionMeasures"] = field(default_factory=dict)
    also: Mapping[tuple[str, str], Measured] = field(default_factory=dict)
    everyone: Measured | None
    examples: Examples | None
    resting: Measured | None = None
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def dt(self) -> float:
        """Time between two steps; of networks from elsewhere it is not known and steps count."""
        science = self.condition.science
        return science.solver.dt if science else 1.0

    @property
    def threshold(self) -> float:
        """The training loss at which a network has converged; of networks from elsewhere NaN."""
        science = self.condition.science
        return science.train.stop.train_mse if science else math.nan
