"""Numbers of pairs of networks that do not all fit in memory."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from degendsl.metrics import Pair

from ._cache import Arrays

# Bytes of what is compared of networks that may be in memory at once: 4,000 matrices of 128 units.
_MEMORY = 2**29


def most_at_once(size: int) -> int:
    """Of how many networks so many bytes of each may be in memory."""
    return max(2, _MEMORY // size)


def portions(pairs: Sequence[Pair], most: int) -> Iterator[list[Pair]]:
    """The pairs in portions that need at most so many networks each.

    Pairs of the same two blocks of networks come together, so that many pairs share what is read;
    of a few pairs between many networks there are portions of half as many pairs.
    """
    block = most // 2
    portion: list[Pair] = []
    held: set[int] = set()
    for pair in sorted(pairs, key=lambda pair: (pair[0] // block, pair[1] // block, pair)):
        if len(held) + len(set(pair) - held) > most:
            yield portion
            portion, held = [], set()
        portion.append(pair)
        held |= set(pair)
    if portion:
        yield portion


def by_portions(
    pairs: Sequence[Pair],
    load: Callable[[list[int]], list[Any]],
    compare: Callable[[list[Any], list[Pair]], Arrays],
    names: Sequence[str],
    sound: Sequence[bool] | np.ndarray,
    size: int,
) -> Arrays:
    """Numbers by name of each pair; NaN where one of the two networks is not sound.

    load: what is compared of some networks, `size` bytes of each. compare: the pairs of a few
    networks, by their place.
    """
    found = {name: np.full(len(pairs), np.nan) for name in names}
    row = {pair: index for index, pair in enumerate(pairs)}
    usable = [pair for pair in pairs if sound[pair[0]] and sound[pair[1]]]
    for portion in portions(usable, most_at_once(size)):
        needed = sorted({index for pair in portion for index in pair})
        place = {index: position for position, index in enumerate(needed)}
        numbers = compare(load(needed), [(place[i], place[j]) for i, j in portion])
        rows = [row[pair] for pair in portion]
        for name in names:
            found[name][rows] = numbers[name]
    return found
