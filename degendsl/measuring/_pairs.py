"""Which pairs of networks are compared."""

import numpy as np

Pair = tuple[int, int]


def chosen_pairs(n: int, most: int | None, *, seed: int = 0) -> list[Pair]:
    """Pairs (i, j), i > j, of `n` networks: all of them, or at most `most` at random.

    A subset is balanced: networks stand in a random circle and each is paired with those a few
    random distances further on, so that all have equally many partners but for a rest. An equal
    share for everyone is what gives the mean over a subset its smallest error.
    """
    total = n * (n - 1) // 2
    if most is None or most >= total:
        return [(i, j) for i in range(n) for j in range(i)]
    random = np.random.default_rng([seed, n])
    circle = random.permutation(n)
    pairs: list[Pair] = []
    for distance in random.permutation(np.arange(1, n // 2 + 1)):
        # Half way round a circle of even size, every pair is met twice.
        firsts = np.arange(n // 2 if 2 * distance == n else n)
        for first in random.permutation(firsts)[: most - len(pairs)]:
            i, j = int(circle[first]), int(circle[(first + distance) % n])
            pairs.append((max(i, j), min(i, j)))
        if len(pairs) == most:
            break
    return sorted(pairs)
