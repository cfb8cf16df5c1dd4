"""What a key may hold, read from the annotations of the blocks: one small tree for every reader.

The schema, the resolver, the reference and `explain` all walk this tree, so a type that they do
not know fails here, when the language is loaded, and nowhere later.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
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
class OneOrMany:
    """A block, or a list of such blocks; either way a tuple of them."""

    item: "Block"


@dataclass(frozen=True)
class Block:
    """A mapping with fixed keys; with several kinds one key chooses, and the first is default."""

    kinds: tuple[type, ...]

    @property
    def default(self) -> type:
        return self.kinds[0]

    @cached_property
    def word(self) -> str | None:
        """The key that chooses the kind, mostly `kind`; None where there is nothing to choose."""
        return chooser(self.default)

    def by_name(self) -> dict[str, type]:
        """The kinds by the word that a spec uses for them."""
        return self._named

    @cached_property
    def _named(self) -> dict[str, type]:
        return {kind_name(kind): kind for kind in self.kinds}


@dataclass(frozen=True)
class ValueOrBlock:
    """One plain value, or a mapping that says more: `time_constant: 2`, or `{low: 1, high: 9}`.

    The plain value is a number, or one of a few words: `data: fresh`, or `{fixed: 2000}`.
    """

    value: Scalar | Words
    block: Block


@dataclass(frozen=True)
class Anything:
    """A value whose type depends on its path, as in a sweep."""


@dataclass(frozen=True)
class Maybe:
    """A value that may be null."""

    inner: "Type"


Type = Scalar | Words | Many | OneOrMany | Table | Block | ValueOrBlock | Anything | Maybe

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
            type=_typed(hints[field.name], field.metadata["key"]),
            key=field.metadata["key"],
            default=_default(field),
        )
        for field in dataclasses.fields(block)
    ]
    return tuple(sorted(found, key=lambda field: not _chooses(field.name, field.key)))


@cache
def field_of(block: type, name: str) -> Field | None:
    """The key of that name, or None where the block has none."""
    return next((field for field in fields_of(block) if field.name == name), None)


@cache
def chooser(block: type) -> str | None:
    """The key of a block that says which kind it is, or None where it has no kinds."""
    named = (f.name for f in dataclasses.fields(block) if _chooses(f.name, f.metadata["key"]))
    return next(named, None)


@cache
def kind_name(block: type) -> str:
    """The word that a spec uses for this kind."""
    return block.__dataclass_fields__[chooser(block) or "kind"].default


def block_in(described: "Type | None") -> Block | None:
    """The block that stands here by itself, be it alone or as one of several."""
    if isinstance(described, OneOrMany):
        return described.item
    if isinstance(described, ValueOrBlock):
        return described.block
    return described if isinstance(described, Block) else None


def _chooses(name: str, key: Key) -> bool:
    return name == "kind" or key.chooses


def _typed(annotation: Any, key: Key) -> "Type":
    described = type_of(annotation)
    if not key.or_one:
        return described
    if isinstance(described, Many) and isinstance(described.item, Block):
        return OneOrMany(described.item)
    raise TypeError(f"Only a tuple of blocks can be written as one of them, not {annotation!r}.")


def type_of(annotation: Any) -> Type:
    """The type that an annotation stands for."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is Any:
        return Anything()
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if _is_block(annotation):
        return Block((annotation,))
    if origin is Literal:
        return Words(arguments)
    if origin is tuple and arguments[1:] == (...,):
        return Many(type_of(arguments[0]))
    if origin is Mapping:
        return Table(type_of(arguments[1]))
    if origin in (Union, types.UnionType):
        first, *rest = (member for member in arguments if member is not types.NoneType)
        inner = Block((first, *rest)) if rest and _is_block(first) else type_of(first)
        if rest and isinstance(inner, Scalar | Words):
            inner = ValueOrBlock(inner, Block(tuple(rest)))
        return Maybe(inner) if types.NoneType in arguments else inner
    raise TypeError(f"The language has no type for the annotation {annotation!r}.")


def _is_block(annotation: Any) -> bool:
    return dataclasses.is_dataclass(annotation) and isinstance(annotation, type)


def _default(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
