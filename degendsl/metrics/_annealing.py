"""A point between all permutations to start matching from, by mean-field annealing.

Each pair of units has a probability of being matched, and feels the field of all other pairs; the
colder, the more it follows it (Kosowsky & Yuille, Neural Networks 1994). Part of the field is the
pair's own echo, which came back from those that it moved a step before; taking half of it off keeps
the probabilities from settling too early (Thouless, Anderson & Palmer 1977 take off all of it).
Between unrelated matrices one such start ends better than twenty from random points do.
"""

from collections.abc import Sequence

import numpy as np

from ._assignment import Assignment, Field, Square, Squares

# Inverse temperatures over √units, where fields are of size 1: from just above where the order of
# units freezes to where it has frozen. Colder, the steps begin to circle; slower, they end
# no better than more starts in the same time.
_WARM, _COLD, _STEPS = 0.30, 0.42, 104
# From a good match, so short that it is left but not forgotten; longer ones end no better.
_REWARM, _RESTEPS = 0.25, 14
_KEPT = 0.9
# Times √units, what pairs feel besides the field at first, different each time. More of it leads
# away from the good matches, less to the same again.
_TILT, _RETILT = 1.0, 4.5
_ECHO = 0.5
# Share of the field of a step before, which keeps all pairs from moving to and fro together.
_DAMPING = np.float32(0.3)
# Sweeps over rows and columns a step, towards sums of 1. More of them end no nearer to the best
# known, since each step begins from what balanced the one before.
_SWEEPS = 2
_LEAST = np.float32(1e-30)


def annealed(field: Field, random: np.random.Generator | None) -> Squares:
    """Where annealing from the barycentre ends: rows and columns of sum 1, or less where signed."""
    n = field.units
    # Between both signs of every unit there is no field at all, and a tilt has to begin.
    here = np.full(field.linear.shape, 0.0 if field.signed else 1 / n, np.float32)
    tilt = np.zeros((n, n)) if random is None else random.normal(0, _TILT / np.sqrt(n), (n, n))
    return _cooled(field, here, tilt, _schedule(n, _WARM, _STEPS))


def reheated(field: Field, matches: Sequence[Assignment], random: np.random.Generator) -> Squares:
    """Where annealing from near a match ends: near it, where better ones often lie."""
    n = field.units
    here = np.stack([match.matrix() for match in matches]).astype(np.float32)
    here *= _KEPT
    if not field.signed:
        here += (1 - _KEPT) / n
    tilt = random.normal(0, _RETILT / np.sqrt(n), (n, n))
    return _cooled(field, here, tilt, _schedule(n, _REWARM, _RESTEPS))


def _schedule(units: int, warm: float, steps: int) -> np.ndarray:
    return np.sqrt(units) * np.linspace(warm, _COLD, steps, endpoint=False)


def _cooled(field: Field, here: Squares, tilt: Square, schedule: np.ndarray) -> Squares:
    tilt = tilt.astype(np.float32)
    before, felt_before = np.zeros_like(here), None
    # What balanced the columns a step before nearly balances them now.
    pull = np.zeros((*here.shape[:-2], 1, field.units), np.float32)
    for step, cold in enumerate(schedule.astype(np.float32)):
        felt = field.of(here)
        felt += np.float32(1 - step / len(schedule)) * tilt
        # How far the probabilities still give way to a field, summed over pairs.
        loose = 1 - np.vecdot(here, here).sum(axis=-1) / np.float32(field.units)
        before *= (2 * _ECHO * cold * loose)[..., None, None]
        felt -= before
        mixed = felt.copy() if felt_before is None else felt_before
        mixed -= felt
        mixed *= _DAMPING
        mixed += felt
        mixed *= cold
        before, felt_before, here = here, felt, _followed(mixed, pull, field.signed)
    return here


def _followed(felt: Squares, pull: np.ndarray, signed: bool) -> Squares:
    """The probabilities of a field; for signed units, those of one sign less those of the other.

    What pulls at the columns so that all are wanted alike is brought up to date.
    """
    lean = np.tanh(felt) if signed else None
    if signed:
        # Both signs together: log(2 cosh), but for a constant.
        np.abs(felt, out=felt)
        felt += np.log1p(np.exp(-2 * felt))
    felt += pull
    felt -= felt.max(axis=-1, keepdims=True)
    found = np.exp(felt, out=felt)
    # A unit that none wants has zeros alone, which no sweep could fill.
    found += _LEAST
    by_row = by_column = np.ones(found.shape[:-1], found.dtype)
    for _ in range(_SWEEPS):
        by_row = 1 / np.matvec(found, by_column)
        by_column = 1 / np.vecmat(by_row, found)
    pull += np.log(by_column)[..., None, :]
    pull -= pull.max(axis=-1, keepdims=True)
    found *= by_row[..., :, None]
    found *= by_column[..., None, :]
    if lean is not None:
        found *= lean
    return found
