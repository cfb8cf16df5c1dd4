"""Whether the networks of a condition fall into two families that a mean distance hides."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

# Fewer networks can be divided well by chance, whatever they are.
FEWEST = 6
SIGNIFICANT = 0.01
_SIMULATIONS = 199
_ENOUGH = 8
_STARTS = 8
_ROUNDS = 25


class Families(NamedTuple):
    """The best division of the networks in two, and how surprising it is.

    p: how often networks scattered around one centre are divided as well.
    first: the positions of the networks of one group.
    """

    p: float
    first: tuple[int, ...]

    @property
    def two(self) -> bool:
        return self.p <= SIGNIFICANT


class _Division(NamedTuple):
    """What remains inside two groups: of all the spread, and of that along the line between."""

    inside: float
    along: float
    first: tuple[int, ...]


def families(distances: Float[np.ndarray, "network network"], *, seed: int = 0) -> Families | None:
    """Test for two families; None for fewer than six networks or distances that are all zero.

    Two families are two clouds of networks, so the question is put to networks, not to the list of
    their distances, which are dependent: pairs of one spread-out cloud can look bimodal, and two
    close clouds need not. Networks become points (classical scaling) that 2-means divides. One
    cloud with the same spread along every axis must rarely be divided as well, as in SigClust
    (Liu, Hayes, Nobel & Marron 2008): neither a normal one, by what remains inside the groups of
    all the spread, nor an even one, by what remains along the line between the groups. The second
    keeps networks that lie evenly along a line from counting as two. Deterministic given `seed`.
    """
    n = len(distances)
    spread = _scales(distances)
    if n < FEWEST or spread is None:
        return None
    points, scales = spread
    random = np.random.default_rng(seed)
    found = _best_division(points, random)

    def normal() -> bool:
        cloud = random.standard_normal((n, len(scales))) * scales
        return _best_division(cloud, random).inside <= found.inside

    def even() -> bool:
        cloud = random.uniform(-math.sqrt(3), math.sqrt(3), (n, len(scales))) * scales
        return _best_division(cloud, random).along <= found.along

    return Families(max(_share(normal), _share(even)), found.first)


def _share(as_clear: Callable[[], bool]) -> float:
    """A Monte Carlo p-value that stops early where it is large (Besag & Clifford 1991)."""
    found = 0
    for count in range(1, _SIMULATIONS + 1):
        found += as_clear()
        if found == _ENOUGH:
            return found / count
    return (1 + found) / (1 + _SIMULATIONS)


def _scales(distances: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Points with these distances, as far as there are such, and their spread along each axis."""
    n = len(distances)
    centre = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(-0.5 * centre @ distances**2 @ centre)
    kept = values > 1e-9 * max(values[-1], 0.0)
    if not kept.any() or values[-1] <= 0:
        return None
    return vectors[:, kept] * np.sqrt(values[kept]), np.sqrt(values[kept] / (n - 1))


def _best_division(points: np.ndarray, random: np.random.Generator) -> _Division:
    """2-means, the best of a few starts, all improved at once."""
    points = points - points.mean(axis=0)
    n = len(points)
    # Along the two widest axes, then at random.
    sides = [points[:, -1] > 0, points[:, -2 % points.shape[1]] > 0]
    groups = np.stack([*sides, *(random.random((_STARTS - 2, n)) < 0.5)]).astype(float)
    for _ in range(_ROUNDS):
        sizes = groups.sum(axis=1, keepdims=True)
        one = groups @ points / np.maximum(sizes, 1)
        two = -(groups @ points) / np.maximum(n - sizes, 1)
        # Nearer to the first mean: x·(a − b) above half of |a|² − |b|².
        score = points @ (one - two).T - ((one**2).sum(axis=1) - (two**2).sum(axis=1)) / 2
        moved = (score > 0).T.astype(float)
        if (moved == groups).all():
            break
        groups = moved
    sizes, sums = groups.sum(axis=1), groups @ points
    # The points are centred, so both groups have opposite sums.
    between = (sums**2).sum(axis=1) * n / np.maximum(sizes * (n - sizes), 1)
    best = int(np.argmax(np.where((sizes > 0) & (sizes < n), between, 0.0)))
    line = points @ sums[best]
    one = groups[best] > 0
    apart = line[one].sum() ** 2 * n / max(sizes[best] * (n - sizes[best]), 1)
    spread = float((line**2).sum())
    return _Division(
        inside=1 - float(between[best]) / float((points**2).sum()),
        along=1 - float(apart) / spread if spread else 1.0,
        first=tuple(int(index) for index in np.flatnonzero(one)),
    )
