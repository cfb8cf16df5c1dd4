"""What the schema has to say about a spec, in plain words and each at its place."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from ._paths import RESERVED, SCIENCE, chosen_at, homes, kinds_at
from ._places import Node, Place
from ._problems import Problem
from ._schema import json_schema
from ._types import field_of, kind_name
from ._words import bounds, listed, nearest, quoted, show, types

# A path of JSON Schema: keys and positions.
Steps = tuple[str | int, ...]


def check_document(root: Node) -> list[Problem]:
    """Everything that the schema has to say about a spec."""
    if not isinstance(root.value, dict):
        hint = "a spec begins with `degendsl: 1`"
        message = f"a spec is a mapping of keys to values, but this is {show(root.value)}"
        return [] if root.broken else [root.place.problem("E013", message, hint)]
    found = (_problems(error, root) for error in _validator().iter_errors(root.plain()))
    return [problem for group in found for problem in group]


@cache
def _validator() -> Any:
    # Imported here because it takes a third of the time that `degendsl check` has.
    from jsonschema import Draft7Validator, validators

    def whole(_: Any, value: Any) -> bool:
        # 1.0 is an integer of JSON Schema, but a spec that writes it means something else than 1.
        return isinstance(value, int) and not isinstance(value, bool)

    checker = Draft7Validator.TYPE_CHECKER.redefine("integer", whole)
    return validators.extend(Draft7Validator, type_checker=checker)(json_schema())


def _problems(error: Any, root: Node) -> Iterator[Problem]:
    if error.validator == "anyOf":
        # Kinds that differ about a key; the first stands for all.
        error = next(inner for inner in error.context if inner.relative_schema_path[0] == 0)
    steps = tuple(error.absolute_path)
    node, place = locate(root, steps)
    if node.broken:
        return
    where = dotted(steps)
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))
            for key in error.instance:
                if key not in known:
                    yield _unknown(key, known, steps, node)
        case "required":
            for key in error.validator_value:
                # The library reports each missing key by itself, the message being its name.
                if key not in error.instance and error.message.startswith(repr(key)):
                    yield _missing(key, where, place)
        case "propertyNames" | "pattern" if isinstance(error.instance, str) and _names(steps):
            place = node.keys[error.instance]
            hint = "a name is letters, digits, - and _"
            yield place.problem("E016", f"'{error.instance}' is not a name", hint)
        case _:
            place = place if error.validator in ("minItems", "minProperties") else node.place
            yield place.problem(*_of_value(error, where, steps))


def _names(steps: Steps) -> bool:
    """Whether the author chooses the keys here."""
    return steps in (("variants",), ("profiles",)) or (steps[:1], steps[2:]) == (
        ("sweep",),
        ("levels",),
    )


def _by_path(steps: Steps) -> bool:
    """Whether the keys here are paths of the language."""
    if len(steps) == 2:
        return steps[0] in ("sweep", "exclude", "variants")
    return _names(steps[:-1]) and steps[0] == "sweep"


def _missing(key: str, where: str, place: Place) -> Problem:
    inside = f" in {where}" if where else ""
    example = {"degendsl": "1", "kind": "flip_flop"}.get(key, "…")
    hint = f"add `{key}: {example}`"
    return place.problem("E010", f"'{key}' is missing{inside}", hint)


def _unknown(key: str, known: list[str], steps: Steps, node: Node) -> Problem:
    place = node.keys[key]
    if _by_path(steps) and "name" not in known:
        return unknown_path(key, known, place, sweep=steps[0] == "sweep")
    where = dotted(steps)
    if key in RESERVED and not where:
        hint = "leave it out; a later version of the language will know it"
        return place.problem("E011", f"'{key}' is a reserved word", hint)
    inside = f" in {where}" if where else ""
    hint = nearest(key, known) or _elsewhere(key, where, node)
    if ":" in key:
        hint = "write a space after ':'; "
    return place.problem(
        "E012", f"unknown key '{key}'{inside}", f"{hint}known keys: {listed(known)}"
    )


def unknown_path(path: str, known: list[str], place: Place, *, sweep: bool = False) -> Problem:
    """A path that does not exist, or that is no part of the science where it must be."""
    if path in homes() and sweep:
        message = f"'{path}' cannot be swept"
        return place.problem("E020", message, f"only {listed(SCIENCE)} can be")
    if path in homes():
        return place.problem("E020", f"'{path}' cannot be changed here", "change it in the file")
    hint = nearest(path, known) or "`degendsl explain` lists the paths of a block"
    return place.problem("E020", f"there is no path '{path}'", hint)


def _elsewhere(key: str, where: str, node: Node) -> str:
    """Where a key is at home: another kind of this block, or another block."""
    block = kinds_at(_bare(where)) if where else None
    if block:
        names = [kind_name(kind) for kind in block.kinds if field_of(kind, key)]
        if names:
            chosen = node.value.get(block.word)
            kind = chosen.value if chosen else kind_name(block.default)
            return f"it belongs to kind {listed(names)}, but this is {kind}; "
    homes_of = [path for path in homes() if path.rsplit(".", 1)[-1] == key and "." in path]
    return f"did you mean '{homes_of[0]}'? " if len(homes_of) == 1 else ""


def _bare(where: str) -> str:
    """A path without positions: one entry of several is described as each is."""
    return re.sub(r"\[\d+\]", "", where)


def _of_value(error: Any, where: str, steps: Steps) -> tuple[str, str, str]:
    """Code, message and hint of one error about a value."""
    value, schema = error.instance, error.schema
    match error.validator:
        case "type":
            wanted = error.validator_value
            message = f"{where} must be {types(wanted)}, but is {show(value)}"
            return "E013", message, _mend(value, wanted)
        case "enum" if where == "degendsl":
            message = f"there is no version {show(value)} of the language"
            if isinstance(value, int) and value > 1:
                # The file is newer than the program, so the file is not what to change.
                hint = "it speaks version 1; `pip install --upgrade degendsl` installs the newest"
                message = f"this degendsl does not speak version {show(value)} of the language"
                return "E018", message, hint
            return "E018", message, "write 1"
        case "enum" | "const":
            allowed = [str(word) for word in error.schema.get("enum", [error.validator_value])]
            what = where.removesuffix(f"[{steps[-1]}]")
            if chosen_at(_bare(where)):
                # `there is no task kind`, but `there is no measure.behavior.ood`.
                what = re.sub(r"\.kind$", " kind", where)
            hint = f"{nearest(str(value), allowed)}choices: {listed(allowed)}"
            return "E014", f"there is no {what} {quoted(value)}", hint
        case "pattern":
            form = _form(steps)
            return "E016", f"{where} is {show(value)}", f"it must be {form}" if form else ""
        case "minItems" | "minProperties":
            return "E017", f"{where} is empty", "give at least one"
        case "uniqueItems":
            return "E017", f"{where} names the same twice", "name each once"
        case _:
            return "E015", f"{where} must be {bounds(schema)}, but is {show(value)}", ""


def _form(steps: Steps) -> str:
    if steps[:1] == ("sweep",):
        return "a name of letters, digits, - and _"
    path = ".".join(step for step in steps if isinstance(step, str))
    return (homes()[path][0].field.key.form or "") if path in homes() else ""


def _mend(value: Any, wanted: Any) -> str:
    """How to write what was probably meant."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return f"write {int(value)}"
    if isinstance(value, str) and wanted in ("integer", "number"):
        bare = value.replace("_", "").replace(",", "").strip()
        try:
            number = float(bare)
        except ValueError:
            return ""
        return f"write {bare}" if number == number and abs(number) != float("inf") else ""
    if isinstance(value, int | float) and "string" in wanted and "object" not in wanted:
        return f"write '{value}' in quotes"
    if wanted == "array" and isinstance(value, str | int | float):
        return f"write [{value}]"
    if value is None and wanted in ("object", "array"):
        return "leave the key out, or give it a value"
    return ""


def locate(root: Node, steps: Steps) -> tuple[Node, Place]:
    """The deepest node on a path, and the place to point at for it.

    A mapping is pointed at by its key, since its first line may be far from where it opens.
    """
    node, place = root, root.place
    for step in steps:
        try:
            parent, node = node, node.value[step]
        except (KeyError, IndexError, TypeError):
            break
        nested = isinstance(node.value, dict | list)
        key = parent.keys.get(str(step))
        place = key if nested and key else node.place
    return node, place


def dotted(steps: Steps) -> str:
    """A path for people: that of the language itself inside a sweep, an exclusion or a variant."""
    if len(steps) > 2 and steps[0] in ("sweep", "exclude", "variants"):
        named = steps[0] == "sweep" and steps[2] in ("name", "levels")
        # The position in a list of levels is shown by the place.
        if named and len(steps) > 4:
            steps = steps[4:]
        elif not named:
            steps = steps[2:3] + steps[4:] if steps[0] == "sweep" else steps[2:]
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
