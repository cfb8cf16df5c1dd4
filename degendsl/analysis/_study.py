"""What the analysis starts from, and the frame that every table is put in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from degendsl.measuring import ConditionMeasures
from degendsl.planning import Plan
from degendsl.spec import kinds

F = pl.Float64


@dataclass(frozen=True, kw_only=True)
class Study:
    """Everything measured, and what was varied and claimed.

    items: the swept paths; those that move together share an entry. claims: the expectations.
    paired: whether equal seeds of two conditions are related: they start alike or see the same.
    """

    measured: tuple[ConditionMeasures, ...]
    items: tuple[tuple[str, ...], ...] = ()
    claims: tuple[kinds.Expectation, ...] = ()
    paired: bool = True

    @property
    def factors(self) -> tuple[str, ...]:
        """Every swept path."""
        return tuple(path for item in self.items for path in item)


# Builds one table. What lacks is null, never a missing column.
Builder = Callable[[Study], pl.DataFrame]


def study_of(plan: Plan, measured: Sequence[ConditionMeasures]) -> Study:
    """The study that a plan describes."""
    items = tuple(tuple(item.paths) for item in plan.spec.sweep)
    return Study(measured=tuple(measured), items=items, claims=plan.spec.expect)


def frame(rows: Sequence[dict[str, Any]], schema: dict[str, Any]) -> pl.DataFrame:
    """Rows as a table of this schema."""
    # NaN means "none can be had" here, and readers of a table expect null for that.
    return pl.DataFrame(list(rows), schema=schema, orient="row").fill_nan(None)
