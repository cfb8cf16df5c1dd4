"""What is to be known of networks that can be compared: their value is none the worse measured."""

from collections.abc import Collection, Iterator

from degendsl.spec import kinds

from .._left_out import likewise
from .._rank import rank_notes
from .._still import Remedies, still_notes, still_units
from ._dynamics import measured
from ._networks import Compared

_REMEDIES = Remedies(
    silent="check that they are meant to be silent",
    constant="take the value off, or leave such units out",
)


def copies(networks: Compared, before: Compared, array: str) -> Iterator[str]:
    """A line where networks are one and the same, or are after training what they were before.

    array: what is compared, in words.
    """
    first: dict[str, str] = {}
    twice: dict[str, str] = {}
    for key, name in zip(networks.keys, networks.names, strict=True):
        if first.setdefault(key, name) != name:
            twice[name] = first[key]
    if twice:
        (name, one), *others = twice.items()
        yield (
            f"{_some(twice, networks)} with the {array} of another: {name} has those of {one}"
            f"{likewise([other for other, _ in others])}; they are at no distance: give each "
            "network once"
        )
    early = dict(zip(before.seeds, before.keys, strict=True))
    after = zip(networks.seeds, networks.keys, networks.names, strict=True)
    if same := [name for seed, key, name in after if early.get(seed) == key]:
        yield (
            f"{_some(same, networks)} with the same {array} before training as after it: "
            f"{same[0]}{likewise(same[1:])}; keep a copy made before training: a state_dict of "
            "PyTorch changes with its network"
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
    yield from rank_notes(dsa)
    still = {
        name: still_units(measured(one, dsa))
        for name, one in zip(states.names, states.arrays, strict=True)
    }
    yield from still_notes(still, _REMEDIES)


def _some(found: Collection[str], networks: Compared) -> str:
    return f"{len(found)} of {len(networks.names)} networks"
