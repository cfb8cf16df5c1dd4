"""Which values of a study are neither its author's nor the paper's, but ours."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from . import kinds
from ._resolve import pick
from ._spec import Spec
from ._types import Block, fields_of

_BLOCKS = ("task", "model", "solver", "train", "numerics", "networks", "measure")


class Choice(NamedTuple):
    """A default that we chose and a study uses. doc: what the key means."""

    path: str
    value: Any
    doc: str


def our_choices(spec: Spec) -> list[Choice]:
    """Every key that a spec leaves open where the paper is silent, with the value it got."""
    resolved = spec.resolved()
    swept = set(spec.factors)
    found = []
    for field in fields_of(kinds.Document):
        if field.name in _BLOCKS and isinstance(field.type, Block):
            written = spec.document.get(field.name)
            found += _inside(field.type, written, resolved.get(field.name), field.name)
    return [
        choice
        for choice in found
        if not any(choice.path == path or choice.path.startswith(f"{path}.") for path in swept)
    ]


def _inside(described: Block, written: Any, resolved: Any, path: str) -> Iterator[Choice]:
    if isinstance(resolved, list):
        several = written if isinstance(written, list) else [None] * len(resolved)
        for part, whole in zip(several, resolved, strict=False):
            yield from _inside(described, part, whole, path)
        return
    if not isinstance(resolved, Mapping):
        return
    said = written if isinstance(written, Mapping) else {}
    for field in fields_of(pick(described, resolved)):
        name, here = field.name, f"{path}.{field.name}"
        if name not in resolved:
            continue
        if isinstance(field.type, Block):
            yield from _inside(field.type, said.get(name), resolved[name], here)
        elif name not in said and name != "kind" and field.key.source == "ours":
            # A key that follows another takes its author's value, so nobody chose it.
            if field.key.follows is None and resolved[name] is not None:
                yield Choice(here, resolved[name], field.key.doc)
