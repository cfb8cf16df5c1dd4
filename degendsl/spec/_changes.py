"""Changes to a spec before anything is swept: the variant, then each `--set`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ._check import unknown_path
from ._compose import compose
from ._paths import (
    CHANGEABLE,
    application_order,
    chosen_at,
    default_kind,
    holds,
    kinds_at,
    paths_in,
)
from ._places import Node, Place, Source
from ._problems import Problem, SpecError
from ._types import field_of
from ._words import listed, nearest


@dataclass(frozen=True)
class Change:
    """One path set to another value, and where that is said."""

    key: Place
    node: Node


def variant_changes(root: Node, name: str, source: Source) -> dict[str, Change]:
    """The changes that a variant names. Raises `SpecError` where there is no such variant."""
    node = root.value.get("variants")
    known = node.value if node else {}
    if name not in known:
        place = root.keys["variants"] if node else source.start
        hint = f"{nearest(name, known)}variants: {listed(known)}"
        raise SpecError([place.problem("E025", f"there is no variant '{name}'", hint)])
    variant = known[name]
    return {path: Change(variant.keys[path], one) for path, one in variant.value.items()}


def override(text: str) -> tuple[str, Change]:
    """The change that one `--set` asks for. Raises `SpecError` where it does not say one."""
    source = Source("--set", text)
    path, equals, value = text.partition("=")
    whole = source.at(1, 1, max(1, len(text)))
    if not equals or not path.strip() or any(c in text for c in "\r\n"):
        hint = "write --set path=value, such as --set model.units=64"
        raise SpecError([whole.problem("E026", f"'{text}' is not path=value", hint)])
    known = list(paths_in(CHANGEABLE))
    key = source.at(1, 1 + len(path) - len(path.lstrip()), len(path.strip()))
    path = path.strip()
    if path not in known:
        raise SpecError([unknown_path(path, known, key)])
    after = source.at(1, len(text) - len(value) + 1, max(1, len(value)))
    if not value.strip():
        raise SpecError([after.problem("E026", f"{path} is set to nothing", "give it a value")])
    # Blanks in place of the path keep every column where the whole text has it.
    shifted = _Shifted("--set", " " * (len(text) - len(value)) + value, lines_of=text)
    node, problems = compose(shifted)
    if problems:
        raise SpecError(problems)
    return path, Change(key, node)


class _Shifted(Source):
    """A text that is parsed in part and shown whole."""

    def __init__(self, name: str, text: str, lines_of: str) -> None:
        super().__init__(name, text)
        object.__setattr__(self, "lines", (lines_of,))


def clashes(changes: Mapping[str, Change], swept: Mapping[str, Place]) -> list[Problem]:
    """Changes to what is swept, which would have two homes."""
    problems = []
    for path, change in changes.items():
        for other, place in swept.items():
            if holds(other, path):
                whole = "" if path == other else f" as part of '{other}'"
                here = place.source is change.key.source
                where = place.said() if here else f"{place.source.name} {place.said()}"
                message = f"'{path}' is set here and swept at {where}{whole}"
                problems.append(change.key.problem("E023", message, "drop one of the two"))
    return problems


def with_changes(root: Node, changes: Mapping[str, Change]) -> tuple[Node, list[Problem]]:
    """A document with some paths set, each replacing a whole value; and warnings about it.

    The nodes of the changes keep their own places, so whatever is wrong with the result is
    pointed at where it was said.
    """
    warnings: list[Problem] = []
    for path in application_order(changes):
        root = _set(root, path.split("."), 0, changes, warnings)
    return root, warnings


def _set(
    node: Node,
    steps: Sequence[str],
    depth: int,
    changes: Mapping[str, Change],
    warnings: list[Problem],
) -> Node:
    change = changes[".".join(steps)]
    below = dict(node.value) if isinstance(node.value, dict) else {}
    keys = dict(node.keys)
    step = steps[depth]
    if depth < len(steps) - 1:
        inner = below.get(step) or Node({}, change.key)
        if isinstance(inner.value, list):
            outer, whole = ".".join(steps[: depth + 1]), ".".join(steps)
            message = f"'{outer}' is a list at {inner.place.said()}, so '{whole}' is not one place"
            hint = f"set '{outer}' as a whole"
            raise SpecError([change.key.problem("E090", message, hint)])
        below[step] = _set(inner, steps, depth + 1, changes, warnings)
        keys.setdefault(step, change.key)
        return Node(below, node.place, keys)
    if chosen_at(".".join(steps)):
        block = ".".join(steps[:-1])
        before = below[step].value if step in below else default_kind(block)
        if before != change.node.value:
            dropped = {name: keys[name] for name in below if name != step}
            warnings += dropped_keys(block, change.node.value, dropped, change.key)
            below, keys = {}, {}
    below[step], keys[step] = change.node, change.key
    return Node(below, node.place, keys)


def dropped_keys(
    block: str, kind: object, written: Mapping[str, Place], place: Place
) -> list[Problem]:
    """A warning where a new kind drops keys that it has as well: they fall back on defaults."""
    described = kinds_at(block)
    new = described.by_name().get(str(kind)) if described else None
    lost = [name for name in written if new and field_of(new, name)]
    if not lost:
        return []
    lines = ", ".join(f"{name} ({written[name].said()})" for name in lost)
    message = f"another kind of {block} drops its other keys: {lines}"
    hint = f"they have their defaults now; sweep or set '{block}' as a whole to say otherwise"
    return [place.problem("W001", message, hint, "warning")]
