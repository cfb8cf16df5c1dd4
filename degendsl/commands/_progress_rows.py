"""How far each condition of a study is."""

from typing import Any


def progress_rows(plan: Any, store: Any) -> list[dict[str, Any]]:
    """Networks and twins done and new, a row for each condition."""
    counts = {condition.id: {False: [0, 0], True: [0, 0]} for condition in plan.conditions}
    for unit in plan.everything:
        there = store.has_unit(unit.condition.id, unit.seed, twin=unit.twin)
        counts[unit.condition.id][unit.twin][there] += 1
    rows = []
    for condition in plan.conditions:
        (new, done), (twins_new, twins_done) = counts[condition.id].values()
        rows.append(
            {
                "condition": condition.id,
                "label": condition.label,
                "done": done,
                "new": new,
                "twins_done": twins_done,
                "twins_new": twins_new,
            }
        )
    return rows
