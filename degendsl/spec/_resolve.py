"""From what a file says to what a condition is: changes applied, defaults filled last."""

import copy
from collections.abc import Mapping
from typing import Any

from . import kinds
from ._schema import SCIENCE, TOP
from ._types import blocks, fields_of, item_of, kind_of, members, pick


def apply(document: dict[str, Any], path: str, value: Any) -> None:
    """Set a dotted path, whatever was there; a new `kind` drops its block's other keys."""
    *parents, last = path.split(".")
    block = document
    for step in parents:
        inner = block.get(step)
        block[step] = dict(inner) if isinstance(inner, dict) else {}
        block = block[step]
    if last == "kind" and block.get("kind") != value:
        block.clear()
    block[last] = copy.deepcopy(value)


def changed(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A document with some paths set; kinds first, since they drop their block's other keys."""
    result = dict(document)
    for path in sorted(changes, key=lambda path: not path.endswith("kind")):
        apply(result, path, changes[path])
    return result


def paths(word: str, value: Any) -> list[str]:
    """Every path that exists below a block, given the kinds it has chosen."""
    return [f"{word}.{path}" for path in _paths(TOP[word][0], value)]


def _paths(annotation: Any, value: Any) -> list[str]:
    data = value if isinstance(value, dict) else {}
    found = []
    for name, (inner, _, _) in fields_of(pick(blocks(annotation), data)).items():
        found.append(name)
        if blocks(inner):
            found += [f"{name}.{path}" for path in _paths(inner, data.get(name))]
    return found


def science(document: Mapping[str, Any]) -> kinds.Science:
    """The five blocks that decide what a network becomes, every default filled."""
    task = build(kinds.Task, document.get("task", {}), "task", {})
    known: dict[str, Any] = dict(task.defaults)
    built: dict[str, Any] = {"task": task}
    # The solver comes before the model, whose time constant follows its step.
    for word in sorted(SCIENCE[1:], key=("solver", "model", "train", "numerics").index):
        built[word] = build(TOP[word][0], document.get(word, {}), word, known)
        if word == "solver":
            known["solver.dt"] = built[word].dt
    return kinds.Science(**built)


def build(annotation: Any, data: Any, path: str, known: Mapping[str, Any]) -> Any:
    """A typed block from plain data. `known` holds defaults by path that the blocks do not have."""
    block = pick(blocks(annotation), data)
    values = {}
    for name, (inner, key, default) in fields_of(block).items():
        here = f"{path}.{name}"
        if name in data and not blocks(inner):
            values[name] = _cast(inner, data[name], here)
        elif blocks(inner):
            values[name] = build(inner, data.get(name, {}), here, known)
        elif key.follows is not None and key.follows in known:
            values[name] = known[key.follows]
        elif key.per_task and here in known:
            values[name] = known[here]
        else:
            values[name] = default
    return block(**values)


def _cast(annotation: Any, value: Any, path: str) -> Any:
    if value is None:
        return None
    item = item_of(annotation)
    if item is not None:
        if blocks(item):
            return tuple(build(item, one, path, {}) for one in value)
        return tuple(_cast(item, one, path) for one in value)
    # A spec may write 1 where a real number is meant; hashes must not see the difference.
    return float(value) if members(annotation)[0] is float else value


def plain(block: Any) -> dict[str, Any]:
    """A typed block as plain data, every key written out."""
    result: dict[str, Any] = {}
    for name, (annotation, _, _) in fields_of(type(block)).items():
        value = getattr(block, name)
        if blocks(annotation):
            result[name] = plain(value)
        elif isinstance(value, tuple):
            result[name] = [
                plain(one) if hasattr(one, "__dataclass_fields__") else one for one in value
            ]
        else:
            result[name] = value
    return result


def canonical(resolved: kinds.Science) -> dict[str, Any]:
    """What is hashed of a condition: its five blocks with every key written out."""
    return {word: plain(getattr(resolved, word)) for word in SCIENCE}


def structure(block: Any) -> dict[str, Any]:
    """What of a block decides the compiled program: words and sizes, never numbers."""
    found: dict[str, Any] = {}
    for name, (annotation, key, _) in fields_of(type(block)).items():
        value = getattr(block, name)
        if blocks(annotation):
            found[name] = structure(value)
        elif key.role == "structure" or (key.role == "shape" and not isinstance(value, float)):
            found[name] = value
        elif key.role == "number" and key.absent_at_zero:
            found[name] = "absent" if value == 0 else "present"
    return found


def program_structure(resolved: kinds.Science) -> dict[str, Any]:
    """What decides a condition's compiled program; equal structures share one.

    Lengths in time enter as the number of steps, so `duration` and `dt` themselves stay out.
    """
    blocks_here = {word: structure(getattr(resolved, word)) for word in SCIENCE}
    return blocks_here | {"n_steps": resolved.n_steps}


def science_versions(resolved: kinds.Science) -> dict[str, int]:
    """Raised by hand where an implementation starts to give other results."""
    parts = {"task": resolved.task, "model": resolved.model, "train": resolved.train}
    return {name: type(part).science_version for name, part in parts.items()}


def kind_words(annotation: Any) -> list[str]:
    """The kinds that a block may have."""
    return [word for block in blocks(annotation) if (word := kind_of(block))]
