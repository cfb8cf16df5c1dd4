"""Some of all pairs, where there are too many of them."""

import numpy as np

from ._numbers import at_least

Pair = tuple[int, int]


def pair_subset(networks: int, most: int | None, *, seed: int = 0) -> list[Pair]:
    """Pairs (i, j), i > j, of so many networks: all of them, or at most `most` at random, in order.

    A subset is balanced: networks stand in a random circle and each is paired with those a few
    random distances further on, so that all have equally many partners but for a rest. An equal
    share for everyone is what gives the mean over a subset its smallest error.

    Every pair is as likely, so that mean is an unbiased estimate of the mean over all; pairs still
    share networks, which an interval has to respect. The choice depends on the number of networks
    and the seed alone, and it is another one where networks are added.

    **Arguments:**

    - `networks`: how many there are.
    - `most`: pairs at most; all of them without.
    - `seed`: of the choice.

    **Returns:** different pairs, in order.

    **Raises** `MeasureError` for what is no whole number of at least 0.
    """
    at_least(0, networks=networks, most=0 if most is None else most, seed=seed)
    total = networks * (networks - 1) // 2
    if most is None or most >= total:
        return [(i, j) for i in range(networks) for j in range(i)]
    random = np.random.default_rng([seed, networks])
    circle = random.permutation(networks)
    pairs: list[Pair] = []
    for distance in random.permutation(np.arange(1, networks // 2 + 1)):
        # Half way round a circle of even size, every pair is met twice.
        firsts = np.arange(networks // 2 if 2 * distance == networks else networks)
        for first in random.permutation(firsts)[: most - len(pairs)]:
            i, j = int(circle[first]), int(circle[(first + distance) % networks])
            pairs.append((max(i, j), min(i, j)))
        if len(pairs) == most:
            break
    return sorted(pairs)
