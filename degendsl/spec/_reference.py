"""The reference of the language and the catalogue of errors, as Markdown, from what describes both.

Nothing in it is written by hand, so it cannot differ from what `check` and `explain` say.
"""

import inspect
from collections.abc import Iterator

from . import kinds
from ._codes import CODES
from ._explain import default_said, range_said, type_said
from ._paths import RESERVED, Home
from ._types import Block, Field, Many, Table, block_in, fields_of, kind_name

_LANGUAGE = """\
# The language, version 1

Made by `make docs` from the language's own description; `degendsl explain PATH` says the same of
one key. A default is marked *paper* where Huang et al. (2025) state it; the others are ours.
"""

_SWEEP = """\
A sweep is a product over its list. An item is either lists of values by path, which move together,
or an axis with a name whose levels have names:

```yaml
sweep:
  - task.channels: [1, 2, 3]
  - name: regime
    levels:
      lazy: {model.init: {kind: gaussian, gain: 0.5}}
      rich: {model.init: {kind: gaussian, gain: 1.5}}
exclude:
  - {task.channels: 3, regime: rich}
```
"""

_ERRORS = """\
# Errors

Made by `make docs` from the catalogue that `degendsl explain CODE` reads. Codes never change.
Every message names file, line and column, what is allowed, and the nearest right word.

| code | meaning | example | repair |
|---|---|---|---|
"""


def language_reference() -> str:
    """Every block and every key, as Markdown."""
    parts = [_LANGUAGE, *_section("", Block((kinds.Document,)), 1)]
    reserved = ", ".join(f"`{word}`" for word in RESERVED)
    parts.append(f"## Sweeps\n\n{_SWEEP}")
    return "\n".join([*parts, f"## Reserved\n\nNot yet spoken: {reserved}.\n"])


def error_reference() -> str:
    """Every code, as Markdown."""
    rows = [
        f"| {name} | {_cell(code.meaning)} | `{_cell(code.example)}` | {_cell(code.repair)} |"
        for name, code in CODES.items()
    ]
    return _ERRORS + "\n".join(rows) + "\n"


def _section(path: str, block: Block, depth: int) -> Iterator[str]:
    """A block, kind by kind, and then the blocks inside it, each once."""
    inner: dict[str, Field] = {}
    for kind in block.kinds:
        if path:
            yield _head(path, block, kind, depth)
        yield _table(path, kind)
        for field in fields_of(kind):
            if _inside(field) is not None:
                inner.setdefault(field.name, field)
    for name, field in inner.items():
        below, here = _inside(field), f"{path}.{name}" if path else name
        assert below is not None
        yield f"{'#' * min(depth + 1, 6)} `{here}`\n\n{field.key.doc}\n"
        yield from _section(here, below, depth + 1)


def _inside(field: Field) -> Block | None:
    match field.type:
        case Many(Block() as inner) | Table(Block() as inner):
            return inner
        case _:
            return block_in(field.type)


def _head(path: str, block: Block, kind: type, depth: int) -> str:
    said = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
    if not block.word:
        return f"{said}\n"
    required = any(field.name == block.word and field.required for field in fields_of(kind))
    several = len(block.kinds) > 1 and not required
    default = " (default)" if several and kind is block.default else ""
    name = f"{path.rsplit('.', 1)[-1]}: {{{block.word}: {kind_name(kind)}}}"
    rest = (inspect.getdoc(kind) or "").split("\n\n")[1:]
    more = "\n\n".join(" ".join(part.split()) for part in rest)
    text = f"{'#' * min(depth + 1, 6)} `{name}`{default}\n\n{said}\n"
    return f"{text}\n{more}\n" if more else text


def _table(path: str, kind: type) -> str:
    lines = ["| key | type | default | range | meaning |", "|---|---|---|---|---|"]
    for field in fields_of(kind):
        here = f"{path}.{field.name}" if path else field.name
        home = Home(path=here, owner=kind, field=field, listed=False)
        default = "see below" if _inside(field) and not field.required else default_said(home)
        paper = " *(paper)*" if field.key.source == "paper" and default != "see below" else ""
        cells = (f"`{field.name}`", type_said(field.type), default + paper)
        about = (range_said(home) or field.key.form or "", field.key.doc)
        lines.append(f"| {' | '.join(map(_cell, (*cells, *about)))} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
