"""What the annotations of the blocks say, read once for schema, resolver and reference."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, Union

from ._keys import Key


@cache
def fields_of(block: type) -> dict[str, tuple[Any, Key, Any]]:
    """The keys of a block by name, `kind` first: annotation, description, default.

    The default is `dataclasses.MISSING` where a spec must give the key.
    """
    hints = typing.get_type_hints(block)
    found = {
        field.name: (hints[field.name], field.metadata["key"], _default(field))
        for field in dataclasses.fields(block)
    }
    return dict(sorted(found.items(), key=lambda item: item[0] != "kind"))


def members(annotation: Any) -> tuple[Any, ...]:
    """The types of a union, None left out; one type is a union of itself."""
    if typing.get_origin(annotation) in (Union, types.UnionType):
        return tuple(one for one in typing.get_args(annotation) if one is not types.NoneType)
    return (annotation,)


def optional(annotation: Any) -> bool:
    """Whether null is allowed."""
    return types.NoneType in typing.get_args(annotation)


def blocks(annotation: Any) -> tuple[type, ...]:
    """The kinds of block that an annotation allows, the default first; () for other types."""
    found = members(annotation)
    return found if all(dataclasses.is_dataclass(one) for one in found) else ()


def choices(annotation: Any) -> tuple[Any, ...]:
    """The words that an annotation allows; () for other types."""
    inner = members(annotation)[0]
    return typing.get_args(inner) if typing.get_origin(inner) is Literal else ()


def item_of(annotation: Any) -> Any:
    """The type of a list's entries, or None for what is not a list."""
    inner = members(annotation)[0]
    return typing.get_args(inner)[0] if typing.get_origin(inner) is tuple else None


def kind_of(block: type) -> str | None:
    """The word for this kind of block, or None where the block has no kinds."""
    fields = fields_of(block)
    return fields["kind"][2] if "kind" in fields else None


def pick(found: tuple[type, ...], data: Mapping[str, Any]) -> type:
    """The block that data chooses by `kind`; the default where it names none."""
    return next((block for block in found if kind_of(block) == data.get("kind")), found[0])


def _default(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
