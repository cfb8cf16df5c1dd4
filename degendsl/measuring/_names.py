"""What the numbers of several measures of one level are called."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def tags(entries: Sequence[Any]) -> tuple[str, ...]:
    """What tells each measure of a level from the first, to be put behind the name of a number.

    Nothing for the first, whose `dsa` decides verdicts; then `[delays 5, rank 10]`: the keys that
    differ from the first and their values, of the key that names the measure its value alone.
    """
    first = vars(entries[0])
    return ("", *(f"[{_difference(first, vars(entry))}]" for entry in entries[1:]))


def setting(changes: Mapping[str, Any]) -> str:
    """A few settings in words: `delays 5, rank 10`."""
    return ", ".join(f"{name.replace('_', ' ')} {shown(value)}" for name, value in changes.items())


def shown(value: Any) -> str:
    """A setting as a person would write it."""
    # All digits: two settings that differ in the last are two.
    return str(value).removesuffix(".0")


def merged(
    parts: Sequence[Mapping[str, np.ndarray]], names: Sequence[str], shared: Sequence[str]
) -> dict[str, np.ndarray]:
    """The arrays of several measures of the same networks in one mapping, each with its tag.

    shared: arrays that are the same for all of them and keep their name.
    """
    found: dict[str, np.ndarray] = {}
    for part, tag in zip(parts, names, strict=True):
        found |= {name if name in shared else name + tag: array for name, array in part.items()}
    return found


def _difference(first: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    words = [
        shown(value) if name in ("kind", "ood") else f"{name.replace('_', ' ')} {shown(value)}"
        for name, value in other.items()
        if first.get(name) != value
    ]
    return ", ".join(words) or "again"
