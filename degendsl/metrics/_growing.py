"""A match that grows pair by pair, each the one that those before it decide best.

To the matched units, a unit has weights; to all others together, the sums of its weights over the
square root of their number; and one to itself. Of these vectors, what a pair of units is worth is
the product: the slope of the objective where the matched pairs are certain and all others as likely
as each other. Copies have the same vectors on both sides, so the pair that is worth most has equal
ones (Cauchy & Schwarz): it is never wrong, but where units that differ look alike to all that are
matched. With no pair certain all units of a ring look alike; two pairs tell them apart.
"""

import numpy as np
from jaxtyping import Float

from ._assignment import Assignment, Problem

Square = Float[np.ndarray, "unit unit"]

# A match is given up where this share of it is grown, of so many pairs at least, and its weights
# agree less: a copy's agree wholly, those of a copy in noise of σ times their size by 1/√(1 + σ²)
# or more, those of unrelated matrices by some 0.6 while the best pairs are still to be had.
_SHARE, _LEAST_PAIRS, _AGREEING = 1 / 8, 8, 0.8
# Units that look alike to each other up to so many units away are taken for equals.
_ROUNDS, _SMALL = 8, 0.01


def grown(problem: Problem, tilt: Square | None = None) -> Assignment | None:
    """The match that grows, if it does not soon disagree.

    With a tilt, which pairs are worth besides, another one.
    """
    n, signed = len(problem.a), problem.signed
    one, other = _Free(problem.a, signed), _Free(problem.b, signed)
    worth = (problem.linear if tilt is None else problem.linear + tilt).copy()
    score = np.empty_like(worth)
    order, sign = np.empty(n, int), np.ones(n)
    matched: list[int] = []
    soon = max(_LEAST_PAIRS, round(_SHARE * n))
    for free in range(n, 0, -1):
        if free == n - soon and _agreement(problem, matched, order, sign) < _AGREEING:
            return None
        known, here = worth[:free, :free], score.ravel()[: free * free].reshape(free, free)
        np.matmul(one.alone().T, other.alone(), out=here)
        here += np.abs(known) if signed else known
        i, j = divmod(int(here.argmax()), free)
        turned = -1.0 if signed and known[i, j] < 0 else 1.0
        # The last free units take the places of those that are matched.
        worth[i, :free] = worth[free - 1, :free]
        worth[:free, j] = worth[:free, free - 1]
        unit = one.match(i)
        matched.append(unit)
        order[unit], sign[unit] = other.match(j), turned
        worth[: free - 1, : free - 1] += turned * one.links.T @ other.links
    return Assignment(order, sign)


def _agreement(problem: Problem, units: list[int], order: np.ndarray, sign: np.ndarray) -> float:
    """The cosine between the weights among some units and those among their matches."""
    a = problem.a[np.ix_(units, units)]
    b = problem.b[np.ix_(order[units], order[units])] * np.outer(sign[units], sign[units])
    norm = np.linalg.norm(a) * np.linalg.norm(b)
    return float((a * b).sum() / norm) if norm else 1.0


class _Free:
    """The units of one network that are not matched yet.

    links: their weights to and from the last one that was matched.
    """

    links: Float[np.ndarray, "2 free"]

    def __init__(self, weights: Square, signed: bool):
        self._both = np.stack([weights, weights.T])
        own = np.diag(weights)
        self._both -= np.diag(own)
        # Of either sign alike, the weights to a unit add up to nothing; their sizes don't.
        self._counted = np.abs(self._both) if signed else self._both
        self._seen = np.vstack([self._counted.sum(axis=2), own, _looks(*self._counted)])
        self._units = np.arange(len(weights))

    def alone(self) -> Float[np.ndarray, "seen free"]:
        """What tells the free units apart without those that are matched, their mean taken off."""
        found = self._seen.take(self._units, axis=1)
        found[:2] /= np.sqrt(len(self._units))
        found -= found.mean(axis=1)[:, None]
        return found

    def match(self, place: int) -> int:
        """The unit in a place, which is free no more."""
        unit = int(self._units[place])
        self._units[place] = self._units[-1]
        self._units = self._units[:-1]
        self._seen[:2] -= self._counted[:, unit]
        self.links = self._both[:, unit].take(self._units, axis=1)
        return unit


def _looks(to: Square, back: Square) -> Float[np.ndarray, "round unit"]:
    """What tells units apart by the units around them, these by those around them, and so on.

    Colours of Weisfeiler & Leman (1968) as numbers, so small that they decide between equals only.
    """
    # No unit adds up to more, so that rounding is not stretched from round to round.
    most = max(np.abs(to).sum(axis=1).max(), np.abs(back).sum(axis=1).max()) or 1.0
    look, found = np.ones(len(to)), []
    for _ in range(_ROUNDS):
        look = np.sin(to @ look / most) + np.cos(back @ look / most)
        found.append(look)
    return _SMALL * np.sqrt((to**2).mean()) * np.array(found)
