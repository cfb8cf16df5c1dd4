"""What is to be known of states that can be compared: their value is none the worse measured."""

from collections.abc import Iterator

import numpy as np

from degendsl.spec import kinds

from .._left_out import likewise
from ._dynamics import measured
from ._networks import Compared

_UNITS = 5


def notes(states: Compared, dsa: kinds.DSA, *, halved: bool) -> Iterator[str]:
    """A line for each thing that someone who gave these states may not have meant.

    halved: whether half of the trials could be measured too.
    """
    if len(states.arrays[0]) == 1:
        yield "one trial, so there is no null and no cross, which need two; give more trials"
    elif not halved:
        yield (
            "half of the trials carry the rank in no network, so there is no null and no cross; "
            "give more trials or lower the rank"
        )
    still: dict[bool, dict[str, list[int]]] = {False: {}, True: {}}
    for name, one in zip(states.names, states.arrays, strict=True):
        one = measured(one, dsa)
        for unit in np.flatnonzero((one == one[:1, :1]).all(axis=(0, 1))):
            still[bool(one[0, 0, unit])].setdefault(name, []).append(int(unit))
    if silent := still[False]:
        yield (
            f"{_some(silent, states)} with units that stay at 0: {_shown(silent)}; they add "
            "nothing to the dynamics: check that they are meant to be silent"
        )
    if constant := still[True]:
        yield (
            f"{_some(constant, states)} with units that never change: {_shown(constant)}; they "
            "count as a direction of the dynamics, which are not centred: take the value off, or "
            "leave such units out"
        )


def _some(found: dict[str, list[int]], states: Compared) -> str:
    return f"{len(found)} of {len(states.names)} networks"


def _shown(found: dict[str, list[int]]) -> str:
    """The units of the first network, and the names of the others."""
    (name, units), *others = found.items()
    some = ", ".join(map(str, units[:_UNITS]))
    more = f" and {len(units) - _UNITS} more" if len(units) > _UNITS else ""
    noun = "unit" if len(units) == 1 else "units"
    return f"{noun} {some}{more} of {name}{likewise([other for other, _ in others])}"
