"""What of a condition decides its compiled program, and which code made its results."""

from typing import Any

from . import kinds
from ._paths import SCIENCE
from ._types import Block, fields_of


def program_structure(science: kinds.Science) -> dict[str, Any]:
    """What decides a condition's compiled program; conditions with equal structures share one.

    Words and sizes are in it with their values. Numbers are traced and therefore not in it, save
    whether a term is left out because its coefficient is exactly 0. Durations and the solver's
    step enter as the number of steps alone. What the host does outside the program stays out.
    """
    blocks = {word: _structure(getattr(science, word)) for word in SCIENCE}
    return {**blocks, "n_steps": science.n_steps}


def _structure(block: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields_of(type(block)):
        value = getattr(block, field.name)
        if isinstance(field.type, Block) or hasattr(value, "__dataclass_fields__"):
            found[field.name] = _structure(value)
        elif field.key.role in ("structure", "shape"):
            found[field.name] = list(value) if isinstance(value, tuple) else value
        elif field.key.role == "number" and field.key.absent_at_zero:
            found[field.name] = "absent" if value == 0 else "present"
    return found


def science_versions(science: kinds.Science) -> dict[str, int]:
    """Raised by hand where the code of task, model or training starts to give other results."""
    parts = {"task": science.task, "model": science.model, "train": science.train}
    return {name: type(part).science_version for name, part in parts.items()}
