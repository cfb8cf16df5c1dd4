"""The sweep as the spec writes it: items, levels and exclusions, each checked where it stands.

The schema has seen every value by now; what is left is what values mean to one another.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._changes import dropped_keys
from ._paths import chosen_at, default_kind, holds, type_at
from ._places import Node, Place
from ._problems import Problem
from ._resolve import level
from ._words import listed, nearest, show


@dataclass(frozen=True, kw_only=True)
class SweepItem:
    """One factor: paths that move together through the levels."""

    paths: tuple[str, ...]
    levels: tuple[Mapping[str, Any], ...]


def swept_paths(root: Node) -> dict[str, Place]:
    """Every swept path, and where the sweep names it (first, if twice)."""
    found: dict[str, Place] = {}
    for item in entries(root, "sweep"):
        for path, place in item.keys.items():
            found.setdefault(path, place)
    return found


def entries(root: Node, word: str) -> list[Node]:
    """The entries of a list at the top of a spec."""
    return root.value[word].value if word in root.value else []


def combinations(root: Node) -> int:
    """Conditions before exclusions, counted without making any."""
    return math.prod(len(next(iter(item.value.values())).value) for item in entries(root, "sweep"))


def read_sweep(root: Node, problems: list[Problem]) -> tuple[SweepItem, ...]:
    """The items of a sweep; what is wrong with them is added to `problems`."""
    items: list[SweepItem] = []
    seen: dict[str, Place] = {}
    for item in entries(root, "sweep"):
        for path, place in item.keys.items():
            problems += _overlaps(path, place, seen)
            seen.setdefault(path, place)
        lengths = {path: len(node.value) for path, node in item.value.items()}
        if len(set(lengths.values())) > 1:
            problems.append(_unequal(item, lengths))
            continue
        levels = tuple(
            {path: _level(path, node.value[index]) for path, node in item.value.items()}
            for index in range(next(iter(lengths.values())))
        )
        problems += _repeated(item, levels)
        items.append(SweepItem(paths=tuple(lengths), levels=levels))
    return tuple(items)


def read_exclusions(
    root: Node, items: tuple[SweepItem, ...], problems: list[Problem]
) -> tuple[Mapping[str, Any], ...]:
    """The exclusions; what is wrong with them is added to `problems`."""
    levels = {path: [one[path] for one in item.levels] for item in items for path in item.paths}
    swept = swept_paths(root)
    rules = []
    for entry in entries(root, "exclude"):
        rule: dict[str, Any] = {}
        for path, node in entry.value.items():
            rule[path] = value = _level(path, node)
            if path not in swept:
                message, hint = f"'{path}' is not swept", nearest(path, swept)
                hint += f"swept: {listed(swept)}"
                problems.append(entry.keys[path].problem("E024", message, hint))
            elif path in levels and value not in levels[path]:
                message = f"{path} never is {show(value)} in the sweep of {swept[path].said()}"
                hint = f"levels: {listed(map(show, levels[path]))}"
                problems.append(node.place.problem("E024", message, hint))
        rules.append(rule)
    return tuple(rules)


def kind_warnings(root: Node, items: tuple[SweepItem, ...]) -> list[Problem]:
    """Swept kinds that drop keys which the file has written for the block."""
    warnings = []
    for item, node in zip(items, entries(root, "sweep"), strict=True):
        for path in filter(chosen_at, item.paths):
            block, _, word = path.rpartition(".")
            base = _at(root, block)
            if base is None:
                continue
            before = base.value[word].value if word in base.value else default_kind(block)
            written = {name: place for name, place in base.keys.items() if name != word}
            for index, one in enumerate(item.levels):
                if one[path] != before:
                    place = node.value[path].value[index].place
                    warnings += dropped_keys(block, one[path], written, place)
    return warnings


def _at(root: Node, path: str) -> Node | None:
    node = root
    for step in path.split("."):
        if step not in node.value:
            return None
        node = node.value[step]
    return node


def _level(path: str, node: Node) -> Any:
    described = type_at(path)
    return node.plain() if described is None else level(described, node.plain())


def _overlaps(path: str, place: Place, seen: Mapping[str, Place]) -> list[Problem]:
    for other, first in seen.items():
        if path == other:
            message = f"'{path}' is swept already at {first.said()}"
        elif holds(other, path) or holds(path, other):
            inner, outer = (path, other) if holds(other, path) else (other, path)
            message = f"'{inner}' is part of '{outer}', and both are swept ({first.said()})"
        else:
            continue
        return [place.problem("E022", message, "keep one of the two")]
    return []


def _unequal(item: Node, lengths: Mapping[str, int]) -> Problem:
    most = max(lengths.values())
    path = next(path for path, length in lengths.items() if length != most)
    longest = next(path for path, length in lengths.items() if length == most)
    message = (
        f"{path} has {lengths[path]} levels, but {longest} has {most} ({item.keys[longest].said()})"
    )
    hint = "the paths of one item move together; put them in items of their own for a product"
    return item.keys[path].problem("E021", message, hint)


def _repeated(item: Node, levels: tuple[Mapping[str, Any], ...]) -> list[Problem]:
    seen: dict[str, int] = {}
    problems = []
    for index, one in enumerate(levels):
        text = json.dumps(one, sort_keys=True)
        if text in seen:
            path = next(iter(one))
            nodes = item.value[path].value
            first = nodes[seen[text]].place.said()
            message = f"this level of {path} is there already at {first}: {show(one[path])}"
            problems.append(nodes[index].place.problem("E022", message, "keep one of the two"))
        seen.setdefault(text, index)
    return problems
