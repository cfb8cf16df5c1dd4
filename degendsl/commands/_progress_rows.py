"""How far each condition of a study is."""

from typing import Any


def progress_rows(plan: Any, store: Any) -> list[dict[str, Any]]:
    """Networks done and new, a row for each condition."""
    count = plan.spec.networks.count
    rows = []
    for condition in plan.conditions:
        done = sum(store.has_unit(condition.id, seed) for seed in range(count))
        rows.append(
            {
                "condition": condition.id,
                "label": condition.label,
                "done": done,
                "new": count - done,
            }
        )
    return rows
