"""Networks that a measure cannot be had of: the others are measured, and it is said why."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from degendsl import metrics
from degendsl.errors import AT_REST, LEAVE_OUT, MeasureError

from ._cache import Arrays, Measured
from ._names import merged

# Of each network why it is left out; nothing where it is not.
WHY = "why"
# Stands in a reason for whatever the network will be called, so that reasons of one kind are alike.
NAME = "{network}"
_ALIVE = (
    "train with a smaller learning rate or another initialisation to keep its units alive, or "
    "measure steps at which they change"
)
FINITE = "train with a smaller learning rate or clipped gradients to keep it finite"
_NAMED = 5


def attempt(measure: Callable[[], Any]) -> tuple[Any, str]:
    """What a measure of one network finds and nothing, or None and why there is none."""
    try:
        return measure(), ""
    except MeasureError as error:
        # It is left out already; what would keep it in is another training.
        remedy = {LEAVE_OUT: FINITE, AT_REST: _ALIVE}.get(error.remedy, error.remedy)
        return None, str(MeasureError(error.what, remedy))


def unsound(parameters: Mapping[str, np.ndarray], name: str = NAME) -> str:
    """Why these parameters are no network; nothing where they are one."""
    for one, array in parameters.items():
        if bad := metrics.unusable(array, metrics.LARGEST_WEIGHT):
            return f"the weights `{one}` of {name} {bad}; {FINITE}"
    return ""


def reported(
    seeds: tuple[int, ...],
    parts: Sequence[Mapping[str, np.ndarray]],
    tags: Sequence[str],
    shared: Sequence[str],
) -> Measured:
    """Several measures of one level together, and which networks each of them leaves out."""
    left_out = {}
    numbers: list[Arrays] = []
    for part, tag in zip(parts, tags, strict=True):
        why = part.get(WHY, ())
        out = {seed: str(text) for seed, text in zip(seeds, why, strict=False) if text}
        if out:
            left_out[tag] = out
        numbers.append({name: array for name, array in part.items() if name != WHY})
    return Measured(seeds=seeds, arrays=merged(numbers, tags, shared), left_out=left_out)


def sentences(
    left_out: Mapping[int, str], of: int, names: Mapping[int, str] | None = None
) -> list[str]:
    """What is missing, in a line for every kind of reason.

    left_out: reasons with `NAME` in them. names: what networks are called; by default their number.
    """
    names = names or {seed: f"network {seed}" for seed in left_out}
    kinds: dict[str, list[int]] = {}
    for seed, why in left_out.items():
        # They may differ in their numbers, such as how many directions a network carries.
        kinds.setdefault(re.sub(r"\d+", "#", why), []).append(seed)
    lines = []
    for seeds in kinds.values():
        first, *others = seeds
        count = f"{len(seeds)} of {of} networks left out"
        why = left_out[first].replace(NAME, names[first])
        lines.append(f"{count}: {why}{likewise([names[seed] for seed in others])}")
    return lines


def likewise(others: Sequence[str]) -> str:
    """Which other networks a line is true of, a few of them by name."""
    more = list(others[:_NAMED])
    rest = len(others) - len(more)
    if rest:
        more.append(f"{rest} more network{'' if rest == 1 else 's'}")
    return f"; likewise {', '.join(more)}" if more else ""
