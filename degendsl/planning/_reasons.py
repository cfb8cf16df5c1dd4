"""What a store has of a plan, and why the rest is new."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from degendsl.spec import Spec
from degendsl.store import Store

from ._differences import Difference, differences
from ._plan import Condition, Plan


@dataclass(frozen=True, kw_only=True)
class Row:
    """One condition: networks that are done, stale and new, and why they are new.

    stale: trained by code whose results have changed since.
    """

    condition: Condition
    done: int
    stale: int
    new: int
    why: str

    def plain(self) -> dict[str, Any]:
        return {
            "condition": self.condition.id,
            "label": self.condition.label,
            "done": self.done,
            "stale": self.stale,
            "new": self.new,
            "why": self.why,
        }


def rows(plan: Plan, store: Store) -> list[Row]:
    """A row for each condition of a plan."""
    count = plan.spec.networks.count
    elsewhere = None if store.lock else _sibling(plan.spec, store)
    found = []
    for condition in plan.conditions:
        units = [unit for unit in plan.units if unit.condition is condition]
        there = [unit for unit in units if store.has_unit(condition.id, unit.seed)]
        stale = sum(store.unit_key(condition.id, unit.seed) != unit.key for unit in there)
        new = count - len(there)
        found.append(
            Row(
                condition=condition,
                done=len(there) - stale,
                stale=stale,
                new=new,
                why=_why(condition, len(there), stale, new, elsewhere),
            )
        )
    return found


def _why(condition: Condition, there: int, stale: int, new: int, elsewhere: Any) -> str:
    reasons = []
    if stale:
        reasons.append("the code of its task, model or training gives other results since")
    if new and there:
        reasons.append("more seeds")
    elif new and elsewhere is None:
        reasons.append("not trained yet")
    elif new:
        folder, lock, changes = elsewhere
        known = {one["id"] for one in lock.get("conditions", ())}
        if condition.id in known:
            reasons.append(f"{folder} has it, but with another sweep or seed")
        elif changes and all(change.path.startswith("numerics.") for change in changes):
            reasons.append(f"other numerics than in {folder}: {_told(changes)}")
        elif changes:
            reasons.append(f"the science differs from {folder}: {_told(changes)}")
        else:
            reasons.append(f"a new condition beside those in {folder}")
    return "; ".join(reasons)


def _told(changes: list[Difference]) -> str:
    more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
    return ", ".join(change.said() for change in changes[:3]) + more


def _sibling(spec: Spec, store: Store) -> tuple[str, Mapping[str, Any], list[Difference]] | None:
    """The results of the same study that are most like this spec, and how they differ."""
    best = None
    for lock_path in sorted(store.root.parent.glob("*/spec.lock.json")):
        try:
            lock = json.loads(lock_path.read_text(encoding="utf-8"))
            changes = differences(lock["resolved"], spec.resolved())
        except (OSError, ValueError, KeyError):
            # A lock that cannot be read explains nothing; its own folder complains of it.
            continue
        if best is None or len(changes) < len(best[2]):
            best = (lock_path.parent.name, lock, changes)
    return best
