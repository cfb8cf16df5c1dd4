"""The wording that messages share: values, types and ranges in words, the nearest right word."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

_LONGEST = 40
_LISTED = 12

_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "object": "a mapping of keys to values",
    "array": "a list",
    "null": "null",
}

_BOUNDS = {
    "exclusiveMinimum": "above",
    "minimum": "at least",
    "exclusiveMaximum": "below",
    "maximum": "at most",
}


def show(value: Any) -> str:
    """A value in a message: short, and with its type where that is the point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "empty"
    if isinstance(value, str):
        return f"text '{_short(value)}'"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**20 else "a very large number"
    return repr(value)


def quoted(value: Any) -> str:
    """A value as a word, where its type is not the point."""
    return f"'{_short(value)}'" if isinstance(value, str) else show(value)


def types(wanted: str | list[str]) -> str:
    """Types of JSON Schema in words. Null is left out: nobody is told to write it."""
    names = [wanted] if isinstance(wanted, str) else wanted
    return " or ".join(_TYPES[name] for name in names if name != "null")


def bounds(schema: Mapping[str, Any]) -> str:
    """The range that a schema allows: `above 0 and at most 1`."""
    given = [(word, schema[key]) for key, word in _BOUNDS.items() if key in schema]
    return " and ".join(f"{word} {bound:,}" for word, bound in given)


def listed(words: Iterable[str]) -> str:
    """Words in a row, the first dozen of many."""
    words = list(words)
    rest = [f"… ({len(words) - _LISTED} more)"] if len(words) > _LISTED else []
    return ", ".join([*words[:_LISTED], *rest]) or "none"


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean 'units'? ` or nothing.

    A path is also found by its last word: `model.learning_rate` leads to
    `train.optimizer.learning_rate`.
    """
    known = [other for other in known if other != word]
    last = word.rsplit(".", 1)[-1]
    close = (
        _close(word, known, cutoff=0.75)
        or [other for other in known if "." in other and other.rsplit(".", 1)[-1] == last]
        or _close(word, known, cutoff=0.6)
    )
    return f"did you mean '{close[0]}'? " if close else ""


def _close(word: str, known: list[str], *, cutoff: float) -> list[str]:
    # A long word takes time that grows with the square of its length, and is like nothing known.
    word = word[:100]
    return difflib.get_close_matches(word, known, 1, cutoff) or difflib.get_close_matches(
        word.lower(), known, 1, cutoff
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
