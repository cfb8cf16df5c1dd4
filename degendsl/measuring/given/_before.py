"""Numbers of networks before training, at the places and pairs of what they became."""

from collections.abc import Mapping, Sequence

import numpy as np

from degendsl.metrics import Pair

from .._cache import Arrays, Measured


def pairs_among(end: Measured, seeds: Sequence[int]) -> list[Pair]:
    """The pairs of a level whose networks are both among `seeds`, as places there."""
    place = {seed: position for position, seed in enumerate(seeds)}
    both = ((end.seeds[int(i)], end.seeds[int(j)]) for i, j in end.arrays["pairs"])
    return [(place[a], place[b]) for a, b in both if a in place and b in place]


def beside(
    end: Measured,
    seeds: Sequence[int],
    networks: Arrays,
    pairs: Arrays,
    left_out: Mapping[int, str] | None = None,
) -> Measured:
    """A level of untrained networks that lines up with the trained one; NaN where there is none.

    seeds: of those that were measured. networks, pairs: numbers of each, and of each of
    `pairs_among`.
    """
    there = np.array([end.seeds.index(seed) for seed in seeds], int)
    known = np.flatnonzero(np.isin(end.arrays["pairs"], there).all(axis=1))
    arrays = {"pairs": end.arrays["pairs"]}
    for numbers, places, count in (
        (networks, there, len(end.seeds)),
        (pairs, known, len(end.arrays["pairs"])),
    ):
        arrays |= {name: _spread(one, places, count) for name, one in numbers.items()}
    return Measured(seeds=end.seeds, arrays=arrays, left_out={"": left_out} if left_out else {})


def _spread(numbers: np.ndarray, places: np.ndarray, count: int) -> np.ndarray:
    whole = np.full((count, *numbers.shape[1:]), np.nan)
    whole[places] = numbers
    return whole
