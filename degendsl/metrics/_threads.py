"""What is left of pairs of operators from every start, in threads of NumPy."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from degendsl._cores import threads

from ._alignment import REFINED, REFINING, SCREENING, align
from ._groups import Group
from ._preconditioner import curvature
from ._starting import starting_rotations

# Entries of the matrices turned together: enough to hide NumPy's overhead, few enough that what is
# worked on stays in a core's cache.
_AT_ONCE = 2**18


def chords(groups: Sequence[Group], starts: int) -> Float[np.ndarray, "pair start"]:
    """‖A − C B Cᵀ‖ where each start ends, `starts` of each determinant."""
    found = np.empty((sum(len(group.places) for group in groups), 2 * starts))
    with threads() as pool:
        list(pool.map(lambda group: _fill(group, starts, found), groups))
    return found


def _fill(group: Group, starts: int, found: np.ndarray) -> None:
    """Every start to about the right minimum, then the most promising to the last digits.

    Float32 tells the minima apart in little more than half of the time, float64 finishes them.
    """
    a = group.onto.operator
    a32, bend = a.astype(np.float32), curvature(a)
    bend32 = bend.single()
    for part in group.parts(max(1, _AT_ONCE // (2 * starts * a.size))):
        b = np.stack([other.operator for other in part.turned])
        begin = starting_rotations(part.onto, part.turned, starts)
        b32, begin32 = b.astype(np.float32), begin.astype(np.float32)
        screened = align(a32, b32, begin32, bend32, SCREENING)
        chords = screened.chord.astype(np.float64)
        promising = np.argsort(chords, axis=1, kind="stable")[:, :REFINED]
        kept = np.take_along_axis(screened.rotation, promising[:, :, None, None], axis=1)
        refined = align(a, b, kept.astype(np.float64), bend, REFINING)
        # What single precision leaves of the others is no lower, but for its rounding.
        chords = np.maximum(chords, refined.chord.min(axis=1, keepdims=True))
        np.put_along_axis(chords, promising, refined.chord, axis=1)
        found[list(part.places)] = chords
