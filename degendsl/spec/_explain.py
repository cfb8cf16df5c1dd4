"""What a word of the language or an error code means, in plain text."""

import inspect
from collections.abc import Sequence

from degendsl.errors import UsageError

from ._codes import CODES
from ._paths import RESERVED, Home, homes, task_defaults, type_at
from ._types import (
    Anything,
    Block,
    Many,
    Maybe,
    OneOrMany,
    Scalar,
    Table,
    Type,
    ValueOrBlock,
    Words,
    fields_of,
    kind_name,
)
from ._words import nearest

_SCALARS = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "true or false",
}


def explain(word: str) -> str:
    """Meaning, type, default, range and source of a key, a block or an error code.

    **Raises** `UsageError` where nothing has that name, with the nearest that has.
    """
    word = word.strip()
    if word.upper() in CODES:
        return _code(word.upper())
    if word in homes():
        return _path(word)
    if word in RESERVED:
        return f"{word}\n  Reserved for a later version of the language; a spec cannot use it yet."
    same = [path for path in homes() if path.rsplit(".", 1)[-1] == word]
    if len(same) == 1:
        return _path(same[0])
    hint = nearest(word, [*homes(), *CODES])
    if same:
        hint = f"did you mean {' or '.join(same[:4])}?"
    top = [path for path in homes() if "." not in path]
    raise UsageError(f"nothing is called '{word}'; {hint or 'blocks: ' + ', '.join(top)}".rstrip())


def catalogue() -> dict[str, str]:
    """Every path of the language with its explanation."""
    return {path: _path(path) for path in homes()}


def _code(word: str) -> str:
    code = CODES[word]
    lines = [f"{word}  {code.meaning}", f"  example: {code.example}", f"  repair:  {code.repair}"]
    return "\n".join(lines)


def _path(path: str) -> str:
    several, described = homes()[path], type_at(path)
    if isinstance(block := _block_in(described), Block):
        return _block(path, several[0], block, described)
    # Kinds that differ about a key are told one after the other.
    texts = dict.fromkeys(_key(home, described) for home in several)
    return "\n".join([f"{path}  {several[0].field.key.doc}", *texts])


def _block_in(described: Type | None) -> Type | None:
    match described:
        case Many(inner) | OneOrMany(inner) | Table(inner) | Maybe(inner):
            return _block_in(inner)
        case _:
            return described


def _block(path: str, home: Home, block: Block, described: Type | None) -> str:
    lines = [f"{path}  {home.field.key.doc}"]
    if described is not block:
        lines.append(f"  type: {type_said(described)}")
    for kind in block.kinds:
        # Without the signature that a dataclass without a docstring would have.
        summary = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
        word = f"{kind_name(kind)}: " if block.word else ""
        default = " (default)" if len(block.kinds) > 1 and kind is block.default else ""
        lines.append(f"  {word}{summary}{default}")
        lines.append(f"    keys: {', '.join(field.name for field in fields_of(kind))}")
    return "\n".join(lines)


def _key(home: Home, described: Type | None) -> str:
    field = home.field
    lines = [f"  type:    {type_said(described)}", f"  default: {default_said(home)}"]
    bounds = range_said(home)
    lines += [f"  range:   {bounds}"] if bounds else []
    lines += [f"  form:    {field.key.form}"] if field.key.form else []
    source = "Huang et al. (2025)" if field.key.source == "paper" else "our choice"
    return "\n".join([*lines, f"  source:  {source}"])


def type_said(described: Type | None) -> str:
    """A type in words."""
    match described:
        case Scalar(name):
            return _SCALARS[name]
        case Words(words):
            return ("one of " if len(words) > 1 else "always ") + ", ".join(map(str, words))
        case Many(item):
            return f"list of entries: {type_said(item)}"
        case OneOrMany(item):
            return f"{type_said(item)}, or a list of such"
        case Table(value):
            return f"mapping from names: {type_said(value)}"
        case Maybe(inner):
            return f"{type_said(inner)}, or null"
        case ValueOrBlock(value, block):
            keys = ", ".join(field.name for field in fields_of(block.default))
            return f"{type_said(value)}, or a mapping with {keys}"
        case Block():
            return "a mapping of keys to values"
        case Anything() | None:
            return "a value that suits its path"


def default_said(home: Home) -> str:
    """A default in words, those of each task named."""
    field = home.field
    if field.required:
        return "none; it must be given"
    own = ""
    if field.key.per_task:
        own = ", ".join(f"{task} {_value(one)}" for task, one in task_defaults(home.path).items())
    if field.key.follows:
        return f"that of {field.key.follows}" + (f"; the task's own: {own}" if own else "")
    if own:
        return f"the task's own: {own}"
    return _value(field.default)


def _value(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(_value(one) for one in value)}]"
    if value is None:
        return "none"
    return "{}" if value == {} else f"{value:g}" if isinstance(value, float) else str(value)


def range_said(home: Home) -> str:
    """A range in words, empty where there is none."""
    key = home.field.key
    limits = (
        ("above", key.above),
        ("at least", key.at_least),
        ("below", key.below),
        ("at most", key.at_most),
    )
    return " and ".join(f"{word} {limit:,}" for word, limit in limits if limit is not None)
