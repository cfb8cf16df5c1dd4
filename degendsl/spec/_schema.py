"""The JSON schema of the language, made from the typed description.

A block with kinds becomes closed branches: each `then` is one complete object, each `if` requires
`kind` except the default's. Draft 7 only, so that editors follow, and exactly one error a mistake.
"""

from functools import cache
from typing import Any

from . import kinds
from ._types import blocks, choices, fields_of, item_of, kind_of, members, optional

VERSION = 1
SCIENCE = ("task", "model", "solver", "train", "numerics")
RESERVED = ("curriculum", "tasks", "control", "requires")

# The top of the language: what each word holds, whether it must be there, and what it is for.
TOP: dict[str, tuple[Any, bool, str]] = {
    "study": (kinds.Study, True, "What the study is called and who made it."),
    "task": (kinds.Task, True, "What the networks are trained to do."),
    "model": (kinds.Model, False, "What a network is."),
    "solver": (kinds.Solver, False, "How its equations are solved."),
    "train": (kinds.Train, False, "How each network is trained."),
    "networks": (kinds.Networks, False, "How many networks, and what makes them differ."),
    "measure": (kinds.Measure, False, "What is measured, when, and on which trials."),
    "numerics": (kinds.Numerics, False, "The arithmetic."),
    "report": (kinds.Report, False, "What the page puts first."),
}


@cache
def json_schema() -> dict[str, Any]:
    """The whole schema, draft 7."""
    assignments = {"type": "object", "minProperties": 1}
    name = {"pattern": r"^[a-z0-9][a-z0-9_-]*$"}
    properties: dict[str, Any] = {
        "degendsl": {"enum": [VERSION], "description": "The version of the language."}
    }
    for word, (annotation, _, doc) in TOP.items():
        properties[word] = {**_of(annotation), "description": doc}
    properties["sweep"] = {
        "type": "array",
        "items": {**assignments, "additionalProperties": {"type": "array", "minItems": 1}},
        "description": "A product over the list; keys inside one item move together.",
    }
    properties["exclude"] = {
        "type": "array",
        "items": assignments,
        "description": "Conditions to leave out, as path: value.",
    }
    properties["expect"] = {
        "type": "array",
        "items": _block(kinds.Expectation),
        "description": "Claims that the analysis checks.",
    }
    properties["variants"] = {
        "type": "object",
        "propertyNames": name,
        "additionalProperties": {"type": "object"},
        "description": "Named changes to the science: --variant NAME.",
    }
    properties["profiles"] = {
        "type": "object",
        "propertyNames": name,
        "additionalProperties": _block(kinds.Profile),
        "description": "Named ways to run: --profile NAME. Never hashed.",
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "degendsl 1",
        "type": "object",
        "properties": properties,
        "required": ["degendsl", *(word for word, (_, must, _) in TOP.items() if must)],
        "additionalProperties": False,
    }


def _of(annotation: Any) -> dict[str, Any]:
    kinds_here = blocks(annotation)
    if kinds_here:
        return _branches(kinds_here) if kind_of(kinds_here[0]) else _block(kinds_here[0])
    if choices(annotation):
        schema: dict[str, Any] = {"enum": list(choices(annotation))}
    elif item_of(annotation) is not None:
        item = item_of(annotation)
        schema = {"type": "array", "items": _of(item)}
        if choices(item):
            schema |= {"minItems": 1, "uniqueItems": True}
    else:
        words = {int: "integer", float: "number", str: "string", bool: "boolean"}
        schema = {"type": words[members(annotation)[0]]}
    if optional(annotation):
        schema["type"] = [schema["type"], "null"]
    return schema


def _block(block: type) -> dict[str, Any]:
    """One complete closed object."""
    return {"type": "object", **_closed(block)}


def _closed(block: type) -> dict[str, Any]:
    properties, required = {}, []
    for name, (annotation, key, default) in fields_of(block).items():
        schema = _of(annotation)
        if name == "kind":
            schema = {"const": default}
        ranges = {
            "minimum": key.at_least,
            "maximum": key.at_most,
            "exclusiveMinimum": key.above,
            "exclusiveMaximum": key.below,
            "pattern": f"^(?:{key.pattern})$" if key.pattern else None,
        }
        schema |= {word: bound for word, bound in ranges.items() if bound is not None}
        schema["description"] = key.doc
        if isinstance(default, str | int | float | bool):
            if not key.per_task and not key.follows:
                schema["default"] = default
        elif not blocks(annotation) and default is not None and not isinstance(default, tuple):
            required.append(name)
        properties[name] = schema
    closed: dict[str, Any] = {"properties": properties, "additionalProperties": False}
    return closed | ({"required": required} if required else {})


def _branches(kinds_here: tuple[type, ...]) -> dict[str, Any]:
    words = [kind_of(block) for block in kinds_here]
    branches = []
    for block in kinds_here:
        condition: dict[str, Any] = {"properties": {"kind": {"const": kind_of(block)}}}
        if block is not kinds_here[0]:
            condition["required"] = ["kind"]
        branches.append({"if": condition, "then": _closed(block)})
    outer: dict[str, Any] = {
        "type": "object",
        "properties": {"kind": {"enum": words, "description": "Which kind."}},
        "allOf": branches,
    }
    if kinds_here == blocks(kinds.Task):
        outer["required"] = ["kind"]
    return outer
