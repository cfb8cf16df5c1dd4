"""Schema errors in plain words, each at its place."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from ._compose import Node, Place, Source
from ._problems import Problem, nearest
from ._schema import RESERVED, json_schema

_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "object": "a mapping of keys to values",
    "array": "a list",
    "null": "null",
}


@cache
def _validator() -> Any:
    from jsonschema import Draft7Validator, validators

    def whole(_: Any, value: Any) -> bool:
        # 1.0 is a JSON integer, but a spec that writes it means something else than 1.
        return isinstance(value, int) and not isinstance(value, bool)

    checker = Draft7Validator.TYPE_CHECKER.redefine("integer", whole)
    return validators.extend(Draft7Validator, type_checker=checker)


@cache
def _of_block(word: str) -> Any:
    return _validator()(json_schema()["properties"][word])


def check_document(root: Node, source: Source) -> list[Problem]:
    """Everything that the schema has to say about a spec."""
    validator = _validator()(json_schema())
    found = (_problem(error, (), root, source) for error in validator.iter_errors(root.plain()))
    return [problem for group in found for problem in group]


def block_errors(word: str, value: Any) -> Iterator[Any]:
    """The schema's errors on one block of the language, paths relative to the block."""
    return _of_block(word).iter_errors(value)


def _problem(error: Any, prefix: tuple[Any, ...], root: Node, source: Source) -> list[Problem]:
    path = (*prefix, *error.absolute_path)
    node, place = locate(root, path)
    where = dotted(path)
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        unknown = [key for key in error.instance if key not in known]
        return [
            _unknown(key, known, where, node.keys.get(key, node.place), source) for key in unknown
        ]
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        what = f"'{missing}' is missing" + (f" in {where}" if where else "")
        return [source.problem("E010", what, place, f"add `{missing}: …`")]
    code, message, hint = describe_error(error, where)
    return [source.problem(code, message, place if place else node.place, hint)]


def _unknown(key: str, known: list[str], where: str, place: Place, source: Source) -> Problem:
    inside = f" in {where}" if where else ""
    if key in RESERVED and not where:
        return source.problem("E011", f"'{key}' is reserved for later", place, "leave it out")
    hint = f"{nearest(key, known)}known keys: {', '.join(known)}"
    return source.problem("E012", f"unknown key '{key}'{inside}", place, hint)


def describe_error(error: Any, where: str) -> tuple[str, str, str]:
    """Code, message and hint of one schema error about a value."""
    shown, schema = show(error.instance), error.schema
    match error.validator:
        case "type":
            wanted = error.validator_value
            wanted = [wanted] if isinstance(wanted, str) else wanted
            words = " or ".join(_TYPES[word] for word in wanted)
            return "E013", f"{where} must be {words}, but is {shown}", ""
        case "enum" | "const":
            allowed = [str(word) for word in schema.get("enum", [schema.get("const")])]
            hint = f"{nearest(str(error.instance), allowed)}choices: {', '.join(allowed)}"
            return "E014", f"there is no {where or 'value'} {shown}", hint
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            return "E015", f"{where} must be {_range(schema)}, but is {shown}", ""
        case "pattern":
            return "E016", f"{where} is {shown}", schema.get("description", "")
        case "minItems" | "minProperties":
            return "E017", f"{where} is empty", "give at least one"
        case "uniqueItems":
            return "E017", f"{where} repeats a value", "each once"
        case _:
            return "E013", f"{where}: {error.message}", ""


def locate(root: Node, path: tuple[Any, ...]) -> tuple[Node, Place]:
    """The deepest node on a path, and the place to point at for it.

    A mapping is pointed at by its key, since its first line may be far from where it opens.
    """
    node, place = root, root.place
    for step in path:
        try:
            parent, node = node, node.value[step]
        except (KeyError, IndexError, TypeError):
            break
        nested = isinstance(node.value, dict | list)
        place = parent.keys[step] if nested and step in parent.keys else node.place
    return node, place


def dotted(path: tuple[Any, ...]) -> str:
    """`sweep[0].units` for people."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def show(value: Any) -> str:
    """A value in a message: short, and with its type where that is the point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"'{value[:40]}{'…' if len(value) > 40 else ''}'"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:20]}… ({len(text)} digits)"


def _range(schema: dict[str, Any]) -> str:
    words = {
        "exclusiveMinimum": "above",
        "minimum": "at least",
        "exclusiveMaximum": "below",
        "maximum": "at most",
    }
    bounds = [f"{word} {schema[key]:,}" for key, word in words.items() if key in schema]
    return " and ".join(bounds)
