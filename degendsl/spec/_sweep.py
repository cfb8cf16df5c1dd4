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
    """One factor: what moves together through the levels.

    paths: the factors, which are the swept paths or the name of an axis that has one.
    levels: the value of each factor, level by level; those of a named axis are names.
    changes: what each level sets, the same as `levels` unless the axis has a name.
    """

    paths: tuple[str, ...]
    levels: tuple[Mapping[str, Any], ...]
    changes: tuple[Mapping[str, Any], ...]

    @property
    def named(self) -> bool:
        """Whether the levels have names of their own."""
        return self.changes is not self.levels


def swept_paths(root: Node) -> dict[str, Place]:
    """Every swept path, and where the sweep names it (first, if twice)."""
    found: dict[str, Place] = {}
    for item in entries(root, "sweep"):
        for path, place in _touched(item):
            found.setdefault(path, place)
    return found


def named_levels(item: Node) -> dict[str, Node] | None:
    """The levels of an axis with a name, by their names; None for an item of paths."""
    return item.value["levels"].value if "levels" in item.value else None


def _touched(item: Node) -> list[tuple[str, Place]]:
    """The paths that an item sets, and where; of a named axis each at its first level."""
    levels = named_levels(item)
    if levels is None:
        return list(item.keys.items())
    places: dict[str, Place] = {}
    for one in levels.values():
        places = {**one.keys, **places}
    return list(places.items())


def _factors(root: Node) -> dict[str, Place]:
    """What can be excluded: swept paths and names of axes."""
    found: dict[str, Place] = {}
    for item in entries(root, "sweep"):
        named = "levels" in item.value
        name = item.value["name"] if named else None
        found |= {name.value: name.place} if name else item.keys
    return found


def entries(root: Node, word: str) -> list[Node]:
    """The entries of a list at the top of a spec."""
    return root.value[word].value if word in root.value else []


def combinations(root: Node) -> int:
    """Conditions before exclusions, counted without making any."""
    return math.prod(
        len(named_levels(item) or next(iter(item.value.values())).value)
        for item in entries(root, "sweep")
    )


def read_sweep(root: Node, problems: list[Problem]) -> tuple[SweepItem, ...]:
    """The items of a sweep; what is wrong with them is added to `problems`."""
    items: list[SweepItem] = []
    seen: dict[str, Place] = {}
    for item in entries(root, "sweep"):
        named = named_levels(item)
        # Levels of a named axis are alternatives, so only other items can be in their way.
        others = seen if named is None else dict(seen)
        for path, place in _touched(item):
            problems += _overlaps(path, place, others)
            seen.setdefault(path, place)
        if named is not None:
            items.append(_named(item, named, items, problems))
            continue
        lengths = {path: len(node.value) for path, node in item.value.items()}
        if len(set(lengths.values())) > 1:
            problems.append(_unequal(item, lengths))
            continue
        levels = tuple(
            {path: _level(path, node.value[index]) for path, node in item.value.items()}
            for index in range(next(iter(lengths.values())))
        )
        problems += _repeated(item, levels)
        items.append(SweepItem(paths=tuple(lengths), levels=levels, changes=levels))
    return tuple(items)


def read_exclusions(
    root: Node, items: tuple[SweepItem, ...], problems: list[Problem]
) -> tuple[Mapping[str, Any], ...]:
    """The exclusions; what is wrong with them is added to `problems`."""
    levels = {path: [one[path] for one in item.levels] for item in items for path in item.paths}
    swept = _factors(root)
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
        for path in filter(chosen_at, dict.fromkeys(p for one in item.changes for p in one)):
            block, _, word = path.rpartition(".")
            base = _at(root, block)
            if base is None:
                continue
            before = base.value[word].value if word in base.value else default_kind(block)
            written = {name: place for name, place in base.keys.items() if name != word}
            for index, one in enumerate(item.changes):
                if one.get(path, before) != before:
                    place = level_node(node, item, index, path).place
                    warnings += dropped_keys(block, one[path], written, place)
    return warnings


def level_node(node: Node, item: SweepItem, index: int, path: str) -> Node:
    """Where the sweep writes the value of a path at one level."""
    named = named_levels(node)
    if named is None:
        return node.value[path].value[index]
    return list(named.values())[index].value[path]


def _named(
    item: Node, named: Mapping[str, Node], before: list[SweepItem], problems: list[Problem]
) -> SweepItem:
    """An axis with a name, whose levels set paths of their own."""
    node = item.value["name"]
    name, place = node.value, node.place
    taken = type_at(name) is not None
    if taken or any(name in other.paths for other in before):
        what = "a path of the language" if taken else "another axis"
        message = f"an axis is called '{name}', which is {what}"
        problems.append(place.problem("E091", message, "give it another name"))
    changes = tuple(
        {path: _level(path, node) for path, node in one.value.items()} for one in named.values()
    )
    for one in named.values():
        inner: dict[str, Place] = {}
        for path, where in one.keys.items():
            problems += _overlaps(path, where, inner)
            inner[path] = where
    seen: dict[str, str] = {}
    for label, change in zip(named, changes, strict=True):
        text = json.dumps(change, sort_keys=True)
        if text in seen:
            message = f"level '{label}' sets the same as '{seen[text]}'"
            where = item.value["levels"].keys[label]
            problems.append(where.problem("E022", message, "keep one of the two"))
        seen.setdefault(text, label)
    return SweepItem(paths=(name,), levels=tuple({name: one} for one in named), changes=changes)


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
