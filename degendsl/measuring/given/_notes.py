"""What is to be known of states that can be compared: their value is none the worse measured."""

from collections.abc import Iterator

from degendsl.spec import kinds

from .._still import Remedies, still_notes, still_units
from ._dynamics import measured
from ._networks import Compared

_REMEDIES = Remedies(
    silent="check that they are meant to be silent",
    constant="take the value off, or leave such units out",
)


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
    still = {
        name: still_units(measured(one, dsa))
        for name, one in zip(states.names, states.arrays, strict=True)
    }
    yield from still_notes(still, _REMEDIES)
