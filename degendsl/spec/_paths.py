"""Every path of the language, such as `task.channels`, and what may stand there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from . import kinds
from ._types import (
    Block,
    Field,
    Many,
    OneOrMany,
    Table,
    Type,
    ValueOrBlock,
    Words,
    block_in,
    fields_of,
    kind_name,
)

SCIENCE = ("task", "model", "solver", "train", "numerics")
# What a variant or `--set` may change. The sweep is not among it: a swept path has one home.
CHANGEABLE = (*SCIENCE, "study", "networks", "measure", "report")
RESERVED = ("curriculum", "tasks", "control", "requires")


@dataclass(frozen=True, kw_only=True)
class Home:
    """One kind of block that has a key of this name.

    path: where the key stands.
    listed: the block is an entry of a list or table, so no single place has this path.
    """

    path: str
    owner: type
    field: Field
    listed: bool


@cache
def homes() -> Mapping[str, tuple[Home, ...]]:
    """Every path below the top, with the kinds of block that have such a key."""
    found: dict[str, list[Home]] = {}
    for path, home in _below("", Block((kinds.Document,))):
        found.setdefault(path, []).append(home)
    return {path: tuple(several) for path, several in found.items()}


def paths_in(roots: tuple[str, ...]) -> tuple[str, ...]:
    """The paths of these blocks, the blocks themselves included."""
    return tuple(
        path
        for path, several in homes().items()
        if path.split(".")[0] in roots and not several[0].listed
    )


@cache
def kinds_at(path: str) -> Block | None:
    """The block at a path, where it is one that has kinds."""
    for home in homes().get(path, ()):
        block = block_in(home.field.type)
        if block and block.word:
            return block
    return None


@cache
def chosen_at(path: str) -> Block | None:
    """The block whose kind is chosen at this path, such as `task` at `task.kind`."""
    outer, _, word = path.rpartition(".")
    block = kinds_at(outer) if outer else None
    return block if block and block.word == word else None


@cache
def type_at(path: str) -> Type | None:
    """What may stand at a path; None where the path does not exist.

    The kinds of one block agree on the types of keys that they share (their ranges may differ).
    """
    several = homes().get(path)
    if several is None:
        return None
    block = chosen_at(path)
    return Words(tuple(block.by_name())) if block else several[0].field.type


def application_order(paths: Mapping[str, Any]) -> list[str]:
    """Outer paths before inner ones and `kind` before its neighbours, which it would drop."""

    def rank(path: str) -> tuple[int, bool]:
        return path.count("."), chosen_at(path) is None

    return sorted(paths, key=rank)


def holds(outer: str, inner: str) -> bool:
    """Whether setting the first path also sets the second."""
    return inner == outer or inner.startswith(f"{outer}.")


def _below(prefix: str, block: Block, listed: bool = False) -> Iterator[tuple[str, Home]]:
    for kind in block.kinds:
        for field in fields_of(kind):
            path = f"{prefix}{field.name}"
            yield path, Home(path=path, owner=kind, field=field, listed=listed)
            match field.type:
                case (Block() as inner) | OneOrMany(inner) | ValueOrBlock(_, inner):
                    yield from _below(f"{path}.", inner, listed)
                case Many(Block() as inner) | Table(Block() as inner):
                    yield from _below(f"{path}.", inner, True)
                case _:
                    pass


def task_defaults(path: str) -> Mapping[str, Any]:
    """The default of a key that depends on the task, by kind of task."""
    tasks = kinds_at("task")
    by_name = tasks.by_name() if tasks else {}
    return {
        name: kind.defaults[path]  # pyright: ignore[reportAttributeAccessIssue]
        for name, kind in by_name.items()
        if path in kind.defaults  # pyright: ignore[reportAttributeAccessIssue]
    }


def default_kind(path: str) -> str | None:
    """The kind of the block at a path where a spec names none."""
    block = kinds_at(path)
    return kind_name(block.default) if block else None
