"""Networks as they were given, and those of a group of which one array can be compared."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Given:
    """One network from elsewhere: whichever there are of states, recurrent weights and a loss.

    states: (trial, time, unit). weights: (unit, unit), if they are right. unclear: which arrays
    could each be they, where there are several. untrained: the same network before training, where
    it was given.
    """

    name: str
    states: np.ndarray | None = None
    weights: np.ndarray | None = None
    loss: float | None = None
    unclear: str = ""
    untrained: "Given | None" = None


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One array each of the networks of a group that can be compared by it.

    seeds: their places in the group, which stand where a study has the seeds of its networks.
    """

    seeds: tuple[int, ...]
    names: tuple[str, ...]
    arrays: tuple[np.ndarray, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What each is known by: its numbers, in whatever file or place they come."""
        return tuple(_content(one) for one in self.arrays)

    def only(self, seeds: Sequence[int]) -> "Compared":
        """Some of these networks."""
        places = [self.seeds.index(seed) for seed in seeds]
        found = Compared(
            seeds=tuple(seeds),
            names=tuple(self.names[place] for place in places),
            arrays=tuple(self.arrays[place] for place in places),
        )
        # Arrays may be large, and are read once to be known.
        vars(found)["keys"] = tuple(self.keys[place] for place in places)
        return found

    def among(self, seeds: Collection[int]) -> "Compared":
        """Those of these networks that are at one of the places named."""
        return self.only([seed for seed in self.seeds if seed in seeds])


def _content(array: np.ndarray) -> str:
    made = hashlib.sha256(f"{array.dtype.str} {array.shape}".encode())
    made.update(np.ascontiguousarray(array).data.cast("B"))
    return made.hexdigest()[:32]
