"""The degeneracy of two studies beside each other, condition by condition."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from degendsl.errors import StoreError

# The last one only where both studies asked for it.
LEVELS = ("behavior", "dynamics", "weights", "representation")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One measure of one condition in both studies; an interval is value, low, high."""

    label: str
    level: str
    metric: str
    before: tuple[float, float | None, float | None]
    after: tuple[float, float | None, float | None]

    @property
    def change(self) -> float | None:
        """The second over the first, less one; None where the first is 0."""
        return self.after[0] / self.before[0] - 1 if self.before[0] else None

    @property
    def told_apart(self) -> bool | None:
        """Whether the intervals have nothing in common; None where there are none."""
        _, low_a, high_a = self.before
        _, low_b, high_b = self.after
        if low_a is None or high_a is None or low_b is None or high_b is None:
            return None
        return high_a < low_b or high_b < low_a

    def plain(self) -> dict[str, Any]:
        return {
            "condition": self.label,
            "level": self.level,
            "metric": self.metric,
            "before": list(self.before),
            "after": list(self.after),
            "change": self.change,
            "told_apart": self.told_apart,
        }


def has_results(store: Any) -> bool:
    """Whether a store has anything to put beside another's."""
    try:
        store.table("degeneracy")
    except StoreError:
        return False
    return bool(store.lock)


def side_by_side(before: Any, after: Any) -> list[Pair]:
    """Every measure of trained networks that both stores have, level by level.

    Conditions are the same where their swept values are, or where they are one condition.
    """
    first, second = _measured(before), _measured(after)
    pairs = []
    for ids, label in _matched(before.lock, after.lock):
        for (condition, level, metric), values in first.items():
            other = second.get((ids[1], level, metric))
            if condition == ids[0] and other is not None:
                pairs.append(
                    Pair(label=label, level=level, metric=metric, before=values, after=other)
                )
    return sorted(pairs, key=lambda pair: LEVELS.index(pair.level))


def primary(pairs: list[Pair]) -> list[Pair]:
    """The measure of each level that is given first."""
    first: dict[str, str] = {}
    for pair in pairs:
        first.setdefault(pair.level, pair.metric)
    return [pair for pair in pairs if pair.metric == first[pair.level]]


def _measured(store: Any) -> dict[tuple[str, str, str], tuple[float, Any, Any]]:
    return {
        (row["condition"], row["level"], row["metric"]): (
            row["value"],
            row["ci_low"],
            row["ci_high"],
        )
        for row in store.table("degeneracy").iter_rows(named=True)
        if row["at"] == "end" and row["value"] is not None and row["level"] in LEVELS
    }


def _matched(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[tuple[tuple[str, str], str]]:
    """Ids of the same condition in two locks, and its label."""
    by_id = {one["id"]: one for one in after["conditions"]}
    by_levels = {_levels(one): one for one in after["conditions"]}
    found = []
    for one in before["conditions"]:
        other = by_id.get(one["id"]) or by_levels.get(_levels(one))
        if other is not None:
            found.append(((one["id"], other["id"]), one["label"]))
    return found


def _levels(condition: Mapping[str, Any]) -> str:
    return json.dumps(condition["levels"], sort_keys=True)
