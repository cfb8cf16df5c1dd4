"""How parameters and their learning rates scale, where they are not all alike."""

from ._plan import Plan


def scaling(plan: Plan) -> list[str]:
    """The scaling tables of a plan's conditions, line by line; none where rates are plain."""
    lines: dict[str, None] = {}
    for condition in plan.conditions:
        lines |= dict.fromkeys(condition.science.model.parameterization.table())
    return list(lines)
