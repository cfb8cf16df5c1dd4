"""A point between all permutations to start matching from, by mean-field annealing.

Each pair of units has a probability of being matched, and feels the field of all other pairs; the
colder, the more it follows it (Kosowsky & Yuille, Neural Networks 1994). Part of the field is the
pair's own echo, which came back from those that it moved a step before; taking half of it off keeps
the probabilities from settling too early (Thouless, Anderson & Palmer 1977 take off all of it).
Between unrelated matrices one such start ends better than twenty from random points do.
"""

import numpy as np
from jaxtyping import Float

from ._assignment import Assignment, Field

# Inverse temperatures over √units, where fields are of size 1: from just above where the order of
# units freezes to where it has frozen. Colder, the steps begin to circle.
_WARM, _COLD, _STEPS = 0.29, 0.42, 56
# From a good match, so short that it is left but not forgotten; longer ones end no better.
_REWARM, _RESTEPS = 0.25, 11
_KEPT = 0.9
# Times √units, what pairs feel besides the field at first, different each time. More of it leads
# away from the good matches, less to the same again.
_TILT, _RETILT = 1.0, 4.5
_ECHO = 0.5
# Share of the field of a step before, which keeps all pairs from moving to and fro together.
_DAMPING = np.float32(0.3)
# Sweeps over rows and columns a step, towards sums of 1. With half as many, matches end half as far
# again from the best known.
_SWEEPS = 8
_LEAST = np.float32(1e-30)

Square = Float[np.ndarray, "unit unit"]


def annealed(field: Field, random: np.random.Generator | None) -> Square:
    """Where annealing from the barycentre ends: rows and columns of sum 1, or less where signed."""
    n = field.units
    # Between both signs of every unit there is no field at all, and a tilt has to begin.
    here = np.zeros((n, n)) if field.signed else np.full((n, n), 1 / n)
    tilt = np.zeros((n, n)) if random is None else random.normal(0, _TILT / np.sqrt(n), (n, n))
    return _cooled(field, here, tilt, _schedule(n, _WARM, _STEPS))


def reheated(field: Field, match: Assignment, random: np.random.Generator) -> Square:
    """Where annealing from near a match ends: near it, where better ones often lie."""
    here = _KEPT * match.matrix()
    if not field.signed:
        here += (1 - _KEPT) / field.units
    tilt = random.normal(0, _RETILT / np.sqrt(field.units), here.shape)
    return _cooled(field, here, tilt, _schedule(field.units, _REWARM, _RESTEPS))


def _schedule(units: int, warm: float, steps: int) -> np.ndarray:
    return np.sqrt(units) * np.linspace(warm, _COLD, steps, endpoint=False)


def _cooled(field: Field, here: Square, tilt: Square, schedule: np.ndarray) -> Square:
    here, tilt = here.astype(np.float32), tilt.astype(np.float32)
    before, felt_before = np.zeros_like(here), None
    for step, cold in enumerate(schedule.astype(np.float32)):
        felt = field.of(here)
        felt += np.float32(1 - step / len(schedule)) * tilt
        # How far the probabilities still give way to a field, summed over pairs.
        loose = 1 - float(np.vecdot(here, here).sum()) / field.units
        before *= np.float32(2 * _ECHO * float(cold) * loose)
        felt -= before
        if felt_before is None:
            felt_before = felt
        mixed = (1 - _DAMPING) * felt + _DAMPING * felt_before
        mixed *= cold
        felt_before = felt
        before, here = here, _followed(mixed, field.signed)
    return here


def _followed(felt: Square, signed: bool) -> Square:
    """The probabilities of a field; for signed units, those of one sign less those of the other."""
    lean = np.tanh(felt) if signed else None
    if signed:
        # Both signs together: log(2 cosh), but for a constant.
        felt = np.abs(felt)
        felt += np.log1p(np.exp(-2 * felt))
    felt -= felt.max(axis=0)
    found = np.exp(felt, out=felt)
    # A unit that none wants has zeros alone, which no sweep could fill.
    found += _LEAST
    by_row = by_column = np.ones(len(found), found.dtype)
    for _ in range(_SWEEPS):
        by_row = 1 / (found @ by_column)
        by_column = 1 / (by_row @ found)
    found *= by_row[:, None]
    found *= by_column
    return found if lean is None else found * lean
