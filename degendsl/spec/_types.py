"""What a key may hold, read from the annotations of the blocks: one small tree for every reader.

The schema, the resolver, the reference and `explain` all walk this tree, so a type that they do
not know fails here, when the language is loaded, and nowhere later.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Union

from ._keys import Key


@dataclass(frozen=True)
class Scalar:
    """A number, a text or a truth value, by its name in JSON Schema."""

    name: Literal["integer", "number", "string", "boolean"]


@dataclass(frozen=True)
class Words:
    """One of a few fixed values."""

    words: tuple[Any, ...]


@dataclass(frozen=True)
class Many:
    """A list whose entries have one type."""

    item: "Type"


@dataclass(frozen=True)
class Table:
    """A mapping whose keys the author chooses."""

    value: "Type"


@dataclass(frozen=True)
class Block:
    """A mapping with fixed keys; with several kinds, `kind` chooses, and the first is default."""

    kinds: tuple[type, ...]

    @property
    def default(self) -> type:
        return self.kinds[0]

    @property
    def has_kind(self) -> bool:
        return "kind" in self.default.__dataclass_fields__

    def by_name(self) -> dict[str, type]:
        """The kinds by the word that a spec uses for them."""
        return {kind_name(kind): kind for kind in self.kinds}


@dataclass(frozen=True)
class Anything:
    """A value whose type depends on its path, as in a sweep."""


@dataclass(frozen=True)
class Maybe:
    """A value that may be null."""

    inner: "Type"


Type = Scalar | Words | Many | Table | Block | Anything | Maybe

_SCALARS: dict[type, Scalar] = {
    int: Scalar("integer"),
    float: Scalar("number"),
    str: Scalar("string"),
    bool: Scalar("boolean"),
}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One key of one block: its name, type, description and Python default."""

    name: str
    type: Type
    key: Key
    default: Any

    @property
    def required(self) -> bool:
        return self.key.required or self.default is dataclasses.MISSING


@cache
def fields_of(block: type) -> tuple[Field, ...]:
    """The keys of a block, `kind` first, then in the order they are described."""
    hints = typing.get_type_hints(block)
    found = [
        Field(
            name=field.name,
            type=type_of(hints[field.name]),
            key=field.metadata["key"],
            default=_default(field),
        )
        for field in dataclasses.fields(block)
    ]
    return tuple(sorted(found, key=lambda field: field.name != "kind"))


@cache
def field_of(block: type, name: str) -> Field | None:
    """The key of that name, or None where the block has none."""
    return next((field for field in fields_of(block) if field.name == name), None)


@cache
def kind_name(block: type) -> str:
    """The word that a spec uses for this kind."""
    return block.__dataclass_fields__["kind"].default


def type_of(annotation: Any) -> Type:
    """The type that an annotation stands for."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is Any:
        return Anything()
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return Block((annotation,))
    if origin is Literal:
        return Words(arguments)
    if origin is tuple and arguments[1:] == (...,):
        return Many(type_of(arguments[0]))
    if origin is Mapping:
        return Table(type_of(arguments[1]))
    if origin in (Union, types.UnionType):
        first, *rest = (member for member in arguments if member is not types.NoneType)
        inner = Block((first, *rest)) if rest else type_of(first)
        return Maybe(inner) if types.NoneType in arguments else inner
    raise TypeError(f"The language has no type for the annotation {annotation!r}.")


def _default(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
