"""The JSON schema of the language, made from the typed description.

A block with kinds becomes closed branches: each `then` is one complete object, each `if` requires
`kind` except the default's. Draft 7 only, so that editors follow, and exactly one error a mistake:
`oneOf` would blame `kind` for everything, and `unevaluatedProperties` calls good keys unknown.
"""

from functools import cache
from typing import Any

from . import kinds
from ._paths import CHANGEABLE, SCIENCE, chosen_at, homes, paths_in
from ._types import (
    Anything,
    Block,
    Field,
    Many,
    Maybe,
    OneOrMany,
    Scalar,
    Table,
    Type,
    ValueOrBlock,
    Words,
    chooser,
    fields_of,
    kind_name,
)
from ._words import bounds

_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"


@cache
def json_schema() -> dict[str, Any]:
    """The whole schema, draft 7."""
    whole = _closed(kinds.Document)
    properties = whole["properties"]
    properties["sweep"] |= {"items": _sweep_item()}
    # An axis can have any name, so which there are is looked at after the schema.
    named_axes = {"patternProperties": {f"^(?:{_NAME})$": {}}}
    properties["exclude"] |= {"items": _by_path(SCIENCE) | named_axes}
    properties["variants"] |= {"additionalProperties": _by_path(CHANGEABLE)}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "degendsl 1",
        "type": "object",
        **whole,
        "definitions": {path: _at(path) for path in paths_in(CHANGEABLE)},
    }


def _by_path(roots: tuple[str, ...], wrap: bool = False) -> dict[str, Any]:
    """A mapping from paths to values, or with `wrap` to lists of values."""
    properties: dict[str, Any] = {}
    for path in paths_in(roots):
        value = {"$ref": f"#/definitions/{path}"}
        properties[path] = {"type": "array", "minItems": 1, "items": value} if wrap else value
    empty = {} if roots == CHANGEABLE else {"minProperties": 1}
    return {"type": "object", **empty, "properties": properties, "additionalProperties": False}


def _sweep_item() -> dict[str, Any]:
    """Lists of values by path, or an axis with a name whose levels have names as well."""
    names = {"pattern": f"^(?:{_NAME})$(?!\\n)"}
    levels = {"propertyNames": names, "additionalProperties": _by_path(SCIENCE)}
    name = {"type": "string", **names, "description": "What the axis is called."}
    named: dict[str, Any] = {
        "name": name,
        "levels": {
            "type": "object",
            "minProperties": 1,
            "description": "What each level sets, by the name of the level.",
            **levels,
        },
    }
    # Whatever is no mapping has been refused by then, once.
    by_path = {word: one for word, one in _by_path(SCIENCE, wrap=True).items() if word != "type"}
    # `false` allows no value: neither of these keys is there.
    neither = {"properties": {"name": False, "levels": False}}
    either = {"anyOf": [{"required": ["name"]}, {"required": ["levels"]}]}
    closed = {"properties": named, "required": list(named), "additionalProperties": False}
    return {
        "type": "object",
        "allOf": [{"if": neither, "then": by_path}, {"if": either, "then": closed}],
    }


def _at(path: str) -> dict[str, Any]:
    """What may stand at a path, whichever kind its block has."""
    if block := chosen_at(path):
        return {"enum": list(block.by_name()), "description": "Which kind."}
    several: list[dict[str, Any]] = []
    for home in homes()[path]:
        schema = _field(home.field)
        # A default belongs into its block; at a path it would only mislead an editor.
        schema.pop("default", None)
        if schema not in several:
            several.append(schema)
    return several[0] if len(several) == 1 else {"anyOf": several}


def _closed(block: type) -> dict[str, Any]:
    """One complete object: all its keys and no others. The branch asks for `kind` itself."""
    fields = fields_of(block)
    word = chooser(block)
    required = [field.name for field in fields if field.required and field.name != word]
    closed: dict[str, Any] = {"properties": {field.name: _field(field) for field in fields}}
    closed |= {"required": required} if required else {}
    return closed | {"additionalProperties": False}


def _field(field: Field) -> dict[str, Any]:
    schema, key = _type(field.type), field.key
    ranges = {
        "minimum": key.at_least,
        "maximum": key.at_most,
        "exclusiveMinimum": key.above,
        "exclusiveMaximum": key.below,
        # `$` of Python also matches before a final line end, which the second part refuses.
        "pattern": f"^(?:{key.pattern})$(?!\\n)" if key.pattern else None,
        "minItems": key.entries,
        "uniqueItems": True if isinstance(field.type, Many) and _is_words(field.type) else None,
    }
    if key.settings_of:
        schema = _settings(key.settings_of)
    schema |= {word: bound for word, bound in ranges.items() if bound is not None}
    description = key.doc
    if key.per_task and key.follows:
        description += f" The default is the task's own, or that of {key.follows}."
    elif key.per_task:
        description += " The default is the task's own."
    elif key.follows:
        description += f" The default is that of {key.follows}."
    elif isinstance(field.default, str | int | float):
        schema["default"] = field.default
    elif isinstance(field.default, tuple) and isinstance(field.type, Many):
        schema["default"] = list(field.default)
    said = bounds(schema)
    if said:
        # Editors show a description, and most show neither range nor default beside it.
        description += f" Range: {said}."
    if schema.get("default") is not None:
        description += f" Default: {_written(schema['default'])}."
    schema["description"] = description
    return schema


def _written(value: Any) -> str:
    """A default as a spec would write it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _settings(blocks: tuple[str, ...]) -> dict[str, Any]:
    """A mapping from paths of a level's settings, such as `dynamics.delays`, to lists of values."""
    properties = {}
    for path in paths_in(("measure",)):
        _, _, below = path.partition(".")
        if below.partition(".")[0] in blocks and "." in below and not chosen_at(path):
            value = {"$ref": f"#/definitions/{path}"}
            properties[below] = {"type": "array", "minItems": 1, "items": value}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _is_words(many: Many) -> bool:
    return isinstance(many.item, Words)


def _type(described: Type) -> dict[str, Any]:
    match described:
        case Scalar(name):
            return {"type": name}
        case Words(words):
            return {"enum": list(words)}
        case Many(item):
            return {"type": "array", "items": _type(item)}
        case Table(value):
            names = {"pattern": f"^(?:{_NAME})$(?!\\n)"}
            return {"type": "object", "propertyNames": names, "additionalProperties": _type(value)}
        case Maybe(inner):
            schema = _type(inner)
            return schema | {"type": [schema["type"], "null"]}
        case OneOrMany(item):
            # What is said of a mapping means nothing to a list, and the other way round, so the
            # two stand side by side and a mistake is still told once.
            either = {"type": ["object", "array"], "minItems": 1, "items": _type(item)}
            return _type(item) | either
        case ValueOrBlock(value, block):
            # What is said of a mapping means nothing to a number or a word.
            if isinstance(value, Scalar):
                return _type(block) | {"type": [value.name, "object"]}
            word = {"if": {"type": "string"}, "then": {"enum": list(value.words)}}
            return _type(block) | {"type": ["string", "object"]} | word
        case Block() if described.word:
            return _branches(described, described.word)
        case Block():
            return {"type": "object", **_closed(described.default)}
        case Anything():
            return {}


def _branches(block: Block, word: str) -> dict[str, Any]:
    required = any(field.name == word and field.required for field in fields_of(block.default))
    branches = []
    for kind in block.kinds:
        condition: dict[str, Any] = {"properties": {word: {"const": kind_name(kind)}}}
        if required or kind is not block.default:
            condition["required"] = [word]
        branches.append({"if": condition, "then": _closed(kind)})
    kind_key: dict[str, Any] = {"enum": list(block.by_name()), "description": "Which kind."}
    kind_key |= {} if required else {"default": kind_name(block.default)}
    outer: dict[str, Any] = {"type": "object", "properties": {word: kind_key}}
    return outer | ({"required": [word]} if required else {}) | {"allOf": branches}
