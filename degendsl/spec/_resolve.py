"""From what a spec says to what a condition is: defaults filled last, then typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import kinds
from ._keys import ALWAYS_HASHED
from ._paths import SCIENCE, application_order, chosen_at, default_kind
from ._types import (
    Block,
    Many,
    Maybe,
    OneOrMany,
    Scalar,
    Table,
    Type,
    ValueOrBlock,
    block_in,
    field_of,
    fields_of,
)

_BLOCKS: dict[str, Block] = {
    word: block
    for word in SCIENCE
    if (field := field_of(kinds.Document, word)) and isinstance(block := field.type, Block)
}


def changed(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A document with some paths set, each replacing a whole value. Copies what it changes.

    A `kind` that becomes another drops the other keys of its block, which may mean nothing now.
    """
    result = dict(document)
    for path in application_order(changes):
        *parents, last = path.split(".")
        block = result
        for step in parents:
            inner = block.get(step)
            block[step] = dict(inner) if isinstance(inner, Mapping) else {}
            block = block[step]
        if chosen_at(path) and block.get(last, default_kind(".".join(parents))) != changes[path]:
            block.clear()
        block[last] = changes[path]
    return result


def resolve(
    document: Mapping[str, Any], shared: "Shared | None" = None
) -> tuple[dict[str, Any], list[str]]:
    """The five blocks with every default written out, and paths that their kinds do not have.

    `shared` keeps blocks between the conditions of one spec, of which a sweep changes only a few.
    The document is taken to fit the schema, so the second is only ever a swept key whose block
    has got a kind without it.
    """
    filler = _Filler(document)
    blocks = {}
    for word in SCIENCE:
        data = document.get(word)
        # What a sweep does not touch is the very object of the base.
        untouched = shared is not None and data is shared.base.get(word)
        if shared and untouched and (word, filler.task) in shared.blocks:
            blocks[word] = shared.blocks[word, filler.task]
            continue
        before = len(filler.following), len(filler.strays)
        blocks[word] = filler.block(_BLOCKS[word], data or {}, word)
        # A key that follows another is filled in at the end, condition by condition.
        if shared and untouched and before == (len(filler.following), len(filler.strays)):
            shared.blocks[word, filler.task] = blocks[word]
    for block, name, followed in filler.following:
        block[name] = value_at(blocks, followed)
    return blocks, filler.strays


@dataclass(frozen=True)
class Shared:
    """Blocks that conditions of one spec have in common, by their name and the kind of task."""

    base: Mapping[str, Any]
    blocks: dict[tuple[str, type], dict[str, Any]]


def value_at(blocks: Mapping[str, Any], path: str) -> Any:
    """What stands at a path. Raises `KeyError` where nothing does."""
    value: Any = blocks
    for step in path.split("."):
        value = value[step]
    return value


class _Filler:
    """Fills the blocks of one condition with defaults, some of which are its task's own.

    Some are those of its parameterisation, which knows where the weights of networks must start.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        model = document.get("model") or {}
        network = field_of(pick(_BLOCKS["model"], model), "parameterization")
        assert network is not None and isinstance(network.type, Block)
        scaling = pick(network.type, model.get("parameterization") or {})
        self.task = pick(_BLOCKS["task"], document.get("task") or {})
        self._defaults: Mapping[str, Any] = {**self.task.defaults, **scaling.defaults}
        self.following: list[tuple[dict[str, Any], str, str]] = []
        self.strays: list[str] = []

    def block(self, described: Block, data: Mapping[str, Any], path: str) -> dict[str, Any]:
        kind = pick(described, data)
        filled: dict[str, Any] = {}
        used = 0
        for field in fields_of(kind):
            name = field.name
            here = f"{path}.{name}"
            written = name in data
            used += written
            if isinstance(field.type, Block):
                given = data[name] if written else self._defaults.get(here, {})
                filled[name] = self.block(field.type, given, here)
            elif written:
                filled[name] = cast(field.type, data[name])
            elif field.key.per_task and here in self._defaults:
                filled[name] = cast(field.type, self._defaults[here])
            elif field.key.follows:
                # Filled at the end, and put here now so that keys keep their order.
                filled[name] = None
                self.following.append((filled, name, field.key.follows))
            else:
                filled[name] = cast(field.type, field.default)
        if used < len(data):
            self.strays += [f"{path}.{name}" for name in data if name not in filled]
        return filled


def filled(block: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """A block outside the science with its defaults written out."""
    return cast(Block((block,)), data)


def cast(described: Type, value: Any) -> Any:
    """A value as its type has it: 1 where a real number is meant becomes 1.0, tuples lists.

    Blocks get their defaults, save those that depend on other blocks.
    """
    match described:
        case Scalar("number"):
            return float(value)
        case Many(item):
            return [cast(item, one) for one in value]
        case OneOrMany(item):
            return [cast(item, one) for one in _several(value)]
        case Table(inner):
            return {name: cast(inner, one) for name, one in value.items()}
        case Maybe(inner):
            return None if value is None else cast(inner, value)
        case Block():
            kind = pick(described, value)
            return {
                field.name: cast(field.type, _written(value, field.name, field.default))
                for field in fields_of(kind)
            }
        case ValueOrBlock(plain, block):
            return cast(block if _is_block(value) else plain, value)
        case _:
            return value


def level(described: Type, value: Any) -> Any:
    """A swept value as its type has it, with no key more than was written."""
    block = None if isinstance(described, OneOrMany) else block_in(described)
    if block is None or not isinstance(value, Mapping):
        return cast(described, value)
    known = {field.name: field.type for field in fields_of(pick(block, value))}
    return {name: level(known[name], one) for name, one in value.items()}


def _several(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _is_block(value: Any) -> bool:
    """Whether this is what a spec writes as a mapping: one, or a typed block."""
    return isinstance(value, Mapping) or hasattr(value, "__dataclass_fields__")


def _written(value: Any, name: str, default: Any) -> Any:
    if not isinstance(value, Mapping):
        # A default is a typed block already.
        return getattr(value, name)
    return value.get(name, {} if hasattr(default, "__dataclass_fields__") else default)


def pick(described: Block, data: Any) -> Any:
    """The kind that data chooses; the default where it names none."""
    # A plain dictionary is known at once; asking for a mapping of any type takes far longer.
    if not isinstance(data, dict) and not isinstance(data, Mapping):
        return type(data)
    if len(described.kinds) == 1 or described.word not in data:
        return described.default
    return described.by_name().get(data[described.word], described.default)


def build(described: Type, value: Any) -> Any:
    """The typed value of one that has its defaults written out."""
    match described:
        case Block():
            kind = pick(described, value)
            return kind(
                **{field.name: build(field.type, value[field.name]) for field in fields_of(kind)}
            )
        case Many(item) | OneOrMany(item):
            return tuple(build(item, one) for one in value)
        case Table(inner):
            return {name: build(inner, one) for name, one in value.items()}
        case Maybe(inner):
            return None if value is None else build(inner, value)
        case ValueOrBlock(plain, block):
            return build(block if _is_block(value) else plain, value)
        case _:
            return value


def typed(block: type, data: Mapping[str, Any]) -> Any:
    """A typed block outside the science, defaults filled."""
    return build(Block((block,)), filled(block, data))


def typed_task(blocks: Mapping[str, Any]) -> kinds.Task:
    """The typed task of one condition."""
    return build(_BLOCKS["task"], blocks["task"])


def typed_science(blocks: Mapping[str, Any]) -> kinds.Science:
    """The typed blocks of one condition."""
    return kinds.Science(**{word: build(_BLOCKS[word], blocks[word]) for word in SCIENCE})


def hashed(blocks: Mapping[str, Any]) -> dict[str, Any]:
    """What of the five blocks is hashed: all but keys that hold their neutral value."""
    return {word: without_neutral(_BLOCKS[word], blocks[word]) for word in SCIENCE}


def without_neutral(described: Block, block: Mapping[str, Any]) -> dict[str, Any]:
    """A block without the keys that change nothing, so that hashes from before them stay."""
    kept: dict[str, Any] = {}
    for field in fields_of(pick(described, block)):
        value, neutral = block[field.name], field.key.neutral
        if neutral is not ALWAYS_HASHED and value == neutral:
            continue
        kept[field.name] = (
            without_neutral(field.type, value) if isinstance(field.type, Block) else value
        )
    return kept
