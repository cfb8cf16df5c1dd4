"""Some of all pairs, where there are too many of them."""

import hashlib

import numpy as np


def pair_subset(networks: int, *, most: int | None, seed: int = 0) -> list[tuple[int, int]]:
    """All pairs (i, j), i > j, of so many networks, or a random `most` of them, in order.

    Each pair draws a number that depends on the seed and the pair alone, and the smallest are
    taken. So the choice is the same everywhere, and with more networks a pair that was taken is
    either kept or gives way to a new one: what was measured of it stays of use.

    Every pair is as likely, so a mean over the subset is an unbiased estimate of the mean over all;
    pairs still share networks, which an interval has to respect.
    """
    total = networks * (networks - 1) // 2
    if most is None or most >= total:
        return [(i, j) for i in range(networks) for j in range(i)]
    # Row by row: 10,000 networks have 50 million pairs, and only the smallest so far are kept.
    best, pairs = np.empty(0, np.uint64), np.empty((0, 2), np.int64)
    for first in range(0, networks, _ROWS):
        rows = [np.column_stack([np.full(i, i), np.arange(i)]) for i in _rows(first, networks)]
        pairs = np.concatenate([pairs, *rows])
        best = np.concatenate([best, _draws(pairs[len(best) :], seed)])
        if len(best) > most:
            kept = np.argpartition(best, most)[:most]
            best, pairs = best[kept], pairs[kept]
    return sorted((int(i), int(j)) for i, j in pairs)


_ROWS = 256


def _rows(first: int, networks: int) -> range:
    return range(first, min(first + _ROWS, networks))


def _draws(pairs: np.ndarray, seed: int) -> np.ndarray:
    """A number per pair, well mixed (the finaliser of SplitMix64, twice)."""
    salt = int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:8], "big")
    mixed = _mix(pairs[:, 0].astype(np.uint64) ^ np.uint64(salt))
    return _mix(mixed + pairs[:, 1].astype(np.uint64))


def _mix(x: np.ndarray) -> np.ndarray:
    # The constants and shifts of Steele, Lea & Flood 2014; products wrap around on purpose.
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
