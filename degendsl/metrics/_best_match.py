"""The best of several local optima of the assignment between two networks, for some pairs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ._assignment import Assignment, Problem, value
from ._crowd import FEW
from ._matching import Search
from ._numbers import at_least, scaled
from ._weights import Weights

# Different local optima by their bytes, each with its value.
Ends = dict[bytes, tuple[float, Assignment]]


class Match(NamedTuple):
    """How the units of a second network line up with those of a first.

    permutation: unit i of the first matches unit permutation[i] of the second.
    sign: −1 where the second's unit is turned over; all 1 but for the signed group.
    distance: ‖W1 − W2[p][:, p]‖_F, an upper bound of the minimum.
    inner: ⟨W1, W2[p][:, p]⟩, what the matching maximises. cosine: over the product of both norms.
    gap: the distance of the next best different local optimum less this one; NaN with one.
    starts: of the solver, all of them.
    """

    permutation: Int[np.ndarray, " unit"]
    sign: Float[np.ndarray, " unit"]
    distance: float
    inner: float
    cosine: float
    gap: float
    starts: int

    def turned_round(self) -> "Match":
        """The same match as seen from the second network."""
        back = np.argsort(self.permutation)
        return self._replace(permutation=back, sign=self.sign[back])


def default_starts(units: int) -> int:
    """Starts that bring unrelated matrices near the best known.

    8 at 64 units, 3 from 108 on, up to 40 where there are fewer units, and 8 up to 16, where each
    start is a crowd.

    **Raises** `MeasureError` where `units` is no whole number of at least 1.
    """
    at_least(1, units=units)
    if units <= FEW:
        return 8
    return int(np.clip(round(8 * (64 / units) ** 1.6), 3, 40))


def best_matches(
    pairs: Sequence[tuple[Weights, Weights]], starts: int | None, seed: int, signed: bool
) -> list[Match]:
    """The match of each pair, all of them from the first start, then from the second, and so on."""
    over = [_scaled(one, other, signed) for one, other in pairs]
    search = Search([pair.problem for pair in over], seed)
    if starts is None:
        starts = default_starts(len(over[0].problem.a))
    found: list[Ends] = [{} for _ in over]
    best: list[Assignment] = []
    for index in range(starts):
        for pair, ends, end in zip(over, found, search.from_start(index, best), strict=True):
            ends[end.order.tobytes() + end.sign.tobytes()] = (value(pair.problem, end), end)
        best = [max(ends.values(), key=_first)[1] for ends in found]
    return [_best_of(pair, ends, starts) for pair, ends in zip(over, found, strict=True)]


def _best_of(pair: "_Scaled", ends: Ends, starts: int) -> Match:
    (inner, end), *others = sorted(ends.values(), key=_first, reverse=True)
    distance = pair.distance(end)
    gap = pair.distance(others[0][1]) - distance if others else float("nan")
    norm = _norm(pair.one) * _norm(pair.other)
    cosine = inner / norm if norm else float("nan")
    inner = float(np.ldexp(inner, 2 * pair.power))
    distance, gap = (float(np.ldexp(one, pair.power)) for one in (distance, gap))
    return Match(end.order, end.sign, distance, inner, cosine, gap, starts)


def _first(ranked: tuple[float, Assignment]) -> float:
    return ranked[0]


class _Scaled(NamedTuple):
    """Both networks with their blocks over common scales: a single block over 2 to a power."""

    problem: Problem
    one: Weights
    other: Weights
    power: int

    def distance(self, at: Assignment) -> float:
        """From the differences themselves: one of squares would leave rounding for zero."""
        moved = Weights(
            at.moved(self.other.recurrent),
            at.sign[:, None] * self.other.input[at.order],
            at.sign * self.other.readout[:, at.order],
        )
        return float(
            np.sqrt(sum(((x - y) ** 2).sum() for x, y in zip(self.one, moved, strict=True)))
        )


def _scaled(one: Weights, other: Weights, signed: bool) -> _Scaled:
    power = 0
    if one.input.size or one.readout.size:
        # 1 where a block is zero in both.
        scales = [
            float(np.sqrt(0.5 * ((x**2).sum() + (y**2).sum()))) or 1.0
            for x, y in zip(one, other, strict=True)
        ]
        one, other = (
            Weights(*(x / scale for x, scale in zip(w, scales, strict=True))) for w in (one, other)
        )
    else:
        # Products of weights below 1e-19 are no float32 numbers.
        (a, b), power = scaled(np.stack([one.recurrent, other.recurrent]))
        one, other = one._replace(recurrent=a), other._replace(recurrent=b)
    linear = one.input @ other.input.T + one.readout.T @ other.readout
    return _Scaled(Problem(one.recurrent, other.recurrent, linear, signed), one, other, power)


def _norm(weights: Weights) -> float:
    return float(np.sqrt(sum((block**2).sum() for block in weights)))
