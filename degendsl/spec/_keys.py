"""How one key of the language is described: once, for schema, defaults, reference and hashes.

Every block of the language is a frozen keyword-only dataclass whose fields are made by `key`.
The field's annotation is its type in the language; what `key` adds is everything else a
reader, an editor or the compiler asks about it.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["number", "shape", "duration", "host", "structure"]

# The neutral value of a key that has none. `None` will not do: it can be a value.
ALWAYS_HASHED = object()


@dataclass(frozen=True, kw_only=True)
class Key:
    """What is known of one key beyond its type.

    doc: what it means, in one or two plain sentences.
    at_least, at_most, above, below: its range; the last two exclude the bound.
    pattern: a regular expression that a text must match in full.
    form: what a text that matches `pattern` looks like, in words.
    entries: the fewest entries of a list.
    or_one: a list of blocks whose only entry may be written without the list.
    settings_of: a mapping from paths below these blocks, neighbours of the key, to lists of values.
    chooses: this key says which kind its block is, as `kind` does wherever there is one.
    source: `paper` where Huang et al. (2025) state the default, `ours` where we chose it.
    role: how it reaches the compiled program. `number` is traced, so its value never causes a
        compilation; `shape` fixes array shapes; `duration` does so through the number of steps
        alone; `structure` chooses which operations there are; `host` is used outside the
        program only.
    absent_at_zero: a `number` whose term is left out of the program when it is exactly 0.
    per_task: the default is the task's own (see `defaults` of each task kind).
    follows: the path of another key whose value is the default, save where a task has its own.
    required: a spec must write it, although a block built in Python has a default.
    neutral: for a key that joined the language after others were hashed, the value with which
        it changes nothing. The key is hashed only where it differs, so older hashes stay.
    """

    doc: str
    at_least: int | float | None = None
    at_most: int | float | None = None
    above: int | float | None = None
    below: int | float | None = None
    pattern: str | None = None
    form: str | None = None
    entries: int | None = None
    or_one: bool = False
    settings_of: tuple[str, ...] = ()
    chooses: bool = False
    source: Literal["paper", "ours"] = "ours"
    role: Role = "host"
    absent_at_zero: bool = False
    per_task: bool = False
    follows: str | None = None
    required: bool = False
    neutral: Any = ALWAYS_HASHED


def key(default: Any = dataclasses.MISSING, /, **about: Any) -> Any:
    """A dataclass field that carries its description; without a default it is required.

    With `per_task` or `follows` the default shown here is only a fallback for someone who
    builds the block in Python; a spec gets the task's own or the followed key's value.
    """
    metadata = {"key": Key(**about)}
    if isinstance(default, Mapping):
        return dataclasses.field(default_factory=lambda: default, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def describe(block: type) -> dict[str, Key]:
    """The keys of a block by name, in the order they are written."""
    return {field.name: field.metadata["key"] for field in dataclasses.fields(block)}
