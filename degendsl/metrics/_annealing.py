"""A point between all permutations to start matching from, by mean-field annealing.

Each pair of units has a probability of being matched, and feels the field of all other pairs; the
colder, the more it follows it (Kosowsky & Yuille, Neural Networks 1994). Part of the field is the
pair's own echo, which came back from those that it moved a step before; taking half of it off keeps
the probabilities from settling too early (Thouless, Anderson & Palmer 1977 take off all of it).
Between unrelated matrices one such start ends better than twenty from random points do.
"""

import numpy as np
from jaxtyping import Float

from ._assignment import Assignment, Problem
from ._products import Factor

# Inverse temperatures, where fields are of size 1: from just above where the order of units freezes
# to where it has frozen. Colder, the steps begin to circle.
_WARM, _COLD, _STEPS = 2.5, 4.0, 50
# From a good match: warm enough to leave it, and not for long enough to forget it.
_REWARM, _RESTEPS = 3.1, 15
_KEPT = 0.5
# Of the field that pairs feel besides at first, a different one each time. More of it leads away
# from the good matches, less to the same again.
_TILT = 0.1
_ECHO = 0.5
# Sweeps over rows and columns a step, towards sums of 1. The next step begins where this one ended.
_SWEEPS = 4
_LEAST = 1e-30

Square = Float[np.ndarray, "unit unit"]


def annealed(problem: Problem, random: np.random.Generator | None) -> Square:
    """Where annealing from the barycentre ends: rows and columns of sum 1, or less where signed."""
    n = len(problem.a)
    # Between both signs of every unit there is no field at all, and a tilt has to begin.
    here = np.zeros((n, n)) if problem.signed else np.full((n, n), 1 / n)
    tilt = np.zeros((n, n)) if random is None else random.normal(0, _TILT, (n, n))
    return _cooled(problem, here, tilt, np.linspace(_WARM, _COLD, _STEPS, endpoint=False))


def reheated(problem: Problem, match: Assignment, random: np.random.Generator) -> Square:
    """Where annealing from halfway to a match ends: near it, where better ones often lie."""
    n = len(problem.a)
    here = _KEPT * match.matrix()
    if not problem.signed:
        here += (1 - _KEPT) / n
    tilt = random.normal(0, _TILT, (n, n))
    return _cooled(problem, here, tilt, np.linspace(_REWARM, _COLD, _RESTEPS, endpoint=False))


def _cooled(problem: Problem, here: Square, tilt: Square, schedule: np.ndarray) -> Square:
    a, b = (x if problem.signed else x - x.mean() for x in problem[:2])
    n = len(a)
    squared = n * (a**2).mean() * (b**2).mean() + 0.5 * (problem.linear**2).mean()
    size = np.sqrt(squared) or 1.0
    left = Factor(np.hstack([a, a.T]).astype(np.float32) / np.float32(size))
    right = np.hstack([b.T, b]).astype(np.float32)
    linear = (problem.linear / size).astype(np.float32)
    here, tilt = here.astype(np.float32), tilt.astype(np.float32)
    before = np.zeros_like(here)
    for step, cold in enumerate(schedule.astype(np.float32)):
        both = Factor(here).times(right)
        field = left.times(np.vstack([both[:, :n], both[:, n:]]))
        field += linear
        field += np.float32(1 - step / len(schedule)) * tilt
        # How far the probabilities still give way to a field, summed over pairs.
        loose = 1 - float(np.vecdot(here, here).sum()) / n
        before *= np.float32(2 * _ECHO * float(cold) * loose)
        field -= before
        field *= cold
        before, here = here, _followed(field, problem.signed)
    return here


def _followed(field: Square, signed: bool) -> Square:
    """The probabilities of a field; for signed units, those of one sign less those of the other."""
    lean = np.tanh(field) if signed else None
    if signed:
        # Both signs together: log(2 cosh), but for a constant.
        field = np.logaddexp(field, -field)
    field -= field.max(axis=1, keepdims=True)
    found = np.exp(field, out=field)
    # A unit that no row wants has a column of zeros, which no sweep could fill.
    found += np.float32(_LEAST)
    for _ in range(_SWEEPS):
        found *= (1 / found.sum(axis=1))[:, None]
        found *= 1 / found.sum(axis=0)
    return found if lean is None else found * lean
