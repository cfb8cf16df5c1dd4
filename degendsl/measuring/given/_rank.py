"""The rank of networks from elsewhere, where it is chosen from data: once, and then kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from degendsl import metrics
from degendsl.errors import MeasureError
from degendsl.spec import kinds

from .._cache import MEASURE_VERSION
from .._rank import looked_at, rank_of
from ._dynamics import measured, none_left
from ._networks import Compared


@dataclass(frozen=True, kw_only=True)
class ChosenRank:
    """A rank chosen from data, and what it was chosen from.

    asked: the settings under which. networks: by their content, those that were looked at, of
    `among` that there were. now: how many there are. instead_of: the rank before, of networks that
    have changed or gone.
    """

    asked: Mapping[str, Any]
    rank: int
    networks: tuple[str, ...]
    among: int
    now: int
    instead_of: int | None = None

    @property
    def entry(self) -> dict[str, Any]:
        """What the lock says of it."""
        found = asdict(self) | {"asked": dict(self.asked), "networks": list(self.networks)}
        del found["now"]
        return found

    @property
    def sentence(self) -> str:
        """How the rank came about, for the methods text."""
        said = f"It is rank {self.rank}, chosen once for all groups, from {len(self.networks)}"
        said += f" of {self.among:,} networks"
        if self.now != self.among:
            said += f", and kept now that there are {self.now:,}"
        if self.instead_of is not None:
            said += (
                f"; before, rank {self.instead_of} had been chosen from networks that have changed "
                "or gone"
            )
        return f"{said}."


class Ranks:
    """Chooses ranks that the networks of all groups together ask for, and keeps account of them.

    before: earlier choices, as the lock has them. One stays while the networks that it was made
    from are there as they were: more networks do not change it.
    """

    def __init__(self, groups: Sequence[Compared], before: Any) -> None:
        self._groups, self._before = groups, before
        self.chosen: list[ChosenRank] = []

    def rank_for(self, dsa: kinds.DSA) -> ChosenRank | None:
        """The rank under some settings; None where they give it.

        **Raises** `MeasureError` where no network can be looked at.
        """
        if dsa.choose == "given" and dsa.rank >= 1:
            return None
        names = ("choose", "rank", "delays", "interval", "window", "burn_in")
        asked = {name: getattr(dsa, name) for name in names} | {"version": MEASURE_VERSION}
        there = [one for one in self.chosen if one.asked == asked]
        if not there:
            there = [self._choice(dsa, asked)]
            self.chosen += there
        return there[0]

    def _choice(self, dsa: kinds.DSA, asked: Mapping[str, Any]) -> ChosenRank:
        everyone = [key for group in self._groups for key in group.keys]
        known = _known(asked, self._before, len(everyone))
        if known and set(everyone).issuperset(known.networks):
            return known
        each = looked_at(max(1, len(self._groups)))
        some = [
            (group, place)
            for group in self._groups
            for place in islice(_carrying(dsa, group), each)
        ]
        if not some:
            raise MeasureError(f"the rank cannot be chosen: {_lacking(dsa, self._groups)}")
        rank = rank_of([measured(group.arrays[place], dsa) for group, place in some], dsa)
        return ChosenRank(
            asked=asked,
            rank=rank,
            networks=tuple(group.keys[place] for group, place in some),
            among=len(everyone),
            now=len(everyone),
            instead_of=known.rank if known and known.rank != rank else None,
        )


def _lacking(dsa: kinds.DSA, groups: Sequence[Compared]) -> str:
    """What keeps every network from being looked at, and what would help."""
    everyone = [one for group in groups for one in group.arrays]
    if not everyone:
        return "no network has states; give some"
    longest = max(everyone, key=lambda one: one.shape[1])
    steps = measured(longest, dsa).shape[1]
    if not steps:
        return none_left(longest, dsa)
    if steps - _span(dsa) < 2:
        fitting = 1 + (steps - 2) // dsa.interval
        fewer = f"at most {fitting} delays or " if fitting > 1 else ""
        return f"{dsa.delays} delays do not fit trials of {steps} steps; use {fewer}longer trials"
    if all(metrics.resting(measured(one, dsa)) for one in everyone):
        return (
            "no network changes in the steps that are measured; use another window or a smaller "
            "burn-in"
        )
    return (
        "prediction holds out a trial, and no network has two that are long enough; give more "
        "trials or the rank"
    )


def _span(dsa: kinds.DSA) -> int:
    return (dsa.delays - 1) * dsa.interval


def _carrying(dsa: kinds.DSA, group: Compared) -> Iterator[int]:
    """Networks that move in trials long enough, and where one is held out, with another."""
    least = 2 if dsa.choose == "prediction" else 1
    for place, one in enumerate(group.arrays):
        steps = measured(one, dsa)
        if steps.shape[1] - _span(dsa) >= 2 and len(one) >= least and not metrics.resting(steps):
            yield place


def _known(asked: Mapping[str, Any], before: Any, now: int) -> ChosenRank | None:
    """The choice made before under these settings; what is no such entry counts for nothing."""
    for entry in before if isinstance(before, list) else ():
        if not isinstance(entry, dict) or entry.get("asked") != asked:
            continue
        rank, among, instead = (entry.get(name) for name in ("rank", "among", "instead_of"))
        networks = entry.get("networks")
        if not (isinstance(rank, int) and isinstance(among, int) and isinstance(networks, list)):
            continue
        if rank >= 1 and all(isinstance(key, str) for key in networks):
            return ChosenRank(
                asked=asked,
                rank=rank,
                networks=tuple(networks),
                among=among,
                now=now,
                instead_of=instead if isinstance(instead, int) else None,
            )
    return None
