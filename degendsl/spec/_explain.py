"""What a word of the language or an error code means, in plain text."""

from typing import Any

from degendsl.errors import UsageError

from ._codes import CODES
from ._problems import nearest
from ._schema import TOP
from ._types import blocks, choices, fields_of, item_of, members, optional


def explain(word: str) -> str:
    """Meaning, type, default, range and source of a key, a block or an error code.

    **Raises** `UsageError` where nothing has that name, with the nearest that has.
    """
    if word in CODES:
        code = CODES[word]
        lines = [f"{word}  {code.meaning}"]
        lines += [f"  example: {code.example}"] if code.example else []
        return "\n".join([*lines, f"  repair:  {code.repair}"])
    entries = catalogue()
    if word not in entries:
        hint = nearest(word, [*entries, *CODES]) or f"blocks: {', '.join(TOP)}"
        raise UsageError(f"nothing is called '{word}': {hint}")
    return entries[word]


def catalogue() -> dict[str, str]:
    """Every path of the language with its explanation."""
    found: dict[str, str] = {}
    for word, (annotation, _, doc) in TOP.items():
        found[word] = _block(word, annotation, doc, found)
    return found


def _block(path: str, annotation: Any, doc: str, found: dict[str, str]) -> str:
    text = [f"{path}  {doc}"]
    for block in blocks(annotation):
        names = fields_of(block)
        summary = (block.__doc__ or "").split("\n\n")[0].replace("\n    ", " ")
        text.append(f"  {names['kind'][2]}: {summary}" if "kind" in names else f"  {summary}")
        text.append(f"    keys: {', '.join(names)}")
        for name, (inner, key, default) in names.items():
            here = f"{path}.{name}"
            if blocks(inner):
                found[here] = _block(here, inner, key.doc, found)
            elif here not in found:
                found[here] = _key(here, inner, key, default, blocks(annotation))
            elif name == "kind":
                continue
    return "\n".join(text)


def _key(path: str, annotation: Any, key: Any, default: Any, owners: tuple[type, ...]) -> str:
    if path.endswith(".kind"):
        words = [str(fields_of(block)["kind"][2]) for block in owners]
        kind = f"one of {', '.join(words)}"
    elif choices(annotation):
        kind = f"one of {', '.join(choices(annotation))}"
    elif item_of(annotation) is not None:
        inner = item_of(annotation)
        kind = f"list of {', '.join(choices(inner))}" if choices(inner) else "list"
    else:
        words_of = {int: "whole number", float: "number", str: "text", bool: "true or false"}
        kind = words_of[members(annotation)[0]] + (", or null" if optional(annotation) else "")
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (
            ("above", key.above),
            ("at least", key.at_least),
            ("below", key.below),
            ("at most", key.at_most),
        )
        if bound is not None
    ]
    if key.follows:
        shown = f"that of {key.follows}"
    elif key.per_task:
        shown = "the task's own"
    elif isinstance(default, tuple):
        shown = "[" + ", ".join(map(str, default)) + "]"
    elif isinstance(default, str | int | float):
        shown = f"{default:g}" if isinstance(default, float) else str(default)
    else:
        shown = "none: it must be given" if default is not None else "none"
    source = "Huang et al. (2025)" if key.source == "paper" else "our choice"
    lines = [f"{path}  {key.doc}", f"  type:    {kind}", f"  default: {shown}"]
    lines += [f"  range:   {' and '.join(bounds)}"] if bounds else []
    return "\n".join([*lines, f"  source:  {source}"])
