"""Distances between operators, and DSA from states to a distance matrix."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Float
from scipy.optimize import linear_sum_assignment

from degendsl.errors import MeasureError

from ._alignment import align
from ._coordinates import canonical, precedence
from ._cores import cores
from ._numbers import at_least, one_of, real_numbers
from ._operators import dsa_operators, rank_for_variance
from ._preconditioner import Curvature, curvature
from ._starting import Landmarks, landmarks, starting_rotations
from ._states import States, checked_states

Score = Literal["angular", "euclidean", "wasserstein"]

# The screening tells minima apart; what is kept is taken to a hundredth of the 1e-6 that rotations
# of the states must not change.
_SCREENING = {"tolerance": 1e-5, "iterations": 60}
_REFINING = {"tolerance": 1e-8, "iterations": 300}
_REFINED = 3
# Pairs and starts turned together: enough to hide NumPy's overhead, few enough for the memory.
_PAIRS_AT_ONCE = 32
_STARTS_AT_ONCE = 32
# Two starts that end this close, in distance, found the same minimum.
_SAME = 1e-4


class OperatorDistances(NamedTuple):
    """Distance of each pair, and how sure the minimisation is of it.

    agreeing: the share of starts that ended in the best minimum found.
    spread: the largest distance a start ended in, less the best.
    """

    distance: Float[np.ndarray, " pair"]
    agreeing: Float[np.ndarray, " pair"]
    spread: Float[np.ndarray, " pair"]


def dsa_distances(
    states: States,
    *,
    delays: int,
    rank: int | float,
    score: Score = "angular",
    starts: int = 8,
    interval: int = 1,
    inputs: Float[Any, "trial time channel"] | None = None,
    window: tuple[int, int] | None = None,
    burn_in: int = 0,
) -> Float[np.ndarray, "network network"]:
    """Dynamical Similarity Analysis between every two networks.

    Fits a linear operator to each network's delay-embedded states and finds the orthogonal change
    of coordinates that makes two operators most alike. Blind to rotations, reflections and
    permutations of the units; not to time. States are not centred.

    **Arguments:**

    - `states`: any activity units; the trials must be the same for all networks, which may differ
        in width.
    - `delays`, `interval`: of the embedding, in steps.
    - `rank`: size of the operators; below 1, the share of variance that it must carry, of all
        networks together, so that all get one rank. `choose_dsa_settings` chooses by prediction.
    - `inputs`: where given, what they explain of the next state is taken out; see `dsa_operators`.
    - `window`, `burn_in`: the steps of a trial that count, from and up to, and how many of these to
        leave out at the beginning.
    - `score`: `angular`, in radians in [0, π]; `euclidean`, 2 sin of half that; `wasserstein`, the
        mean squared distance of matched eigenvalues, which needs no alignment.
    - `starts`: of the minimisation, each with both determinants.

    **Returns:** a symmetric matrix with a zero diagonal; an upper bound of the true minimum.

    **Raises** `MeasureError` where the data do not carry the settings.

    **Reference:** Ostrow et al., NeurIPS 2023, arXiv:2306.10168.
    """
    given = [_windowed(one, window, burn_in) for one in checked_states(states)]
    if inputs is not None:
        read = real_numbers(inputs, "the inputs", ("trial", "time", "channel"))
        inputs = _windowed(read, window, burn_in)
    if isinstance(rank, float):
        rank = rank_for_variance(given, delays=delays, share=rank, interval=interval)
    operators = dsa_operators(given, delays=delays, rank=rank, interval=interval, inputs=inputs)
    matrices = operators.matrices
    pairs = [(i, j) for i in range(len(given)) for j in range(i)]
    found = operator_distances(matrices, pairs, score=score, starts=starts)
    distances = np.zeros((len(given), len(given)))
    for (i, j), distance in zip(pairs, found.distance, strict=True):
        distances[i, j] = distances[j, i] = distance
    return distances


def operator_distances(
    operators: Float[Any, "network rank rank"] | Sequence[np.ndarray],
    pairs: Sequence[tuple[int, int]],
    *,
    score: Score = "angular",
    starts: int = 8,
) -> OperatorDistances:
    """Distances of the given pairs of operators; see `dsa_distances` for the scores.

    A pair's result does not depend on the other pairs, so distances can be kept and added to.

    Where ranks differ, the smaller operator is extended by directions in which the state vanishes
    at once: rows, columns and eigenvalues of zero. The scores keep their ranges, and a network that
    needs fewer directions is at a distance from one that needs more by what these carry.
    """
    # One memory layout, or the order of sums, and with it the last bit, would depend on where the
    # operators came from.
    one_of("score", score, get_args(Score))
    at_least(1, starts=starts)
    operators = [
        np.ascontiguousarray(_checked(one, f"operator {index}"), np.float64)
        for index, one in enumerate(operators)
    ]
    if score == "wasserstein":
        eigenvalues = [np.linalg.eigvals(one) for one in operators]
        distance = np.array([_wasserstein(eigenvalues[i], eigenvalues[j]) for i, j in pairs])
        return OperatorDistances(distance, np.ones(len(pairs)), np.zeros(len(pairs)))
    chords = _all_chords(operators, pairs, starts)
    # 2 arcsin(chord/2) is the angle without the loss of digits that arccos has near zero.
    values = chords if score == "euclidean" else 2 * np.arcsin(np.minimum(chords / 2, 1.0))
    best = values.min(axis=1)
    agreeing = (values < best[:, None] + _SAME).mean(axis=1)
    return OperatorDistances(best, agreeing, values.max(axis=1) - best)


def _all_chords(
    operators: Sequence[np.ndarray], pairs: Sequence[tuple[int, int]], starts: int
) -> Float[np.ndarray, "pair start"]:
    """What each start leaves of A − C B Cᵀ, for every pair, in threads."""
    sizes = [max(len(operators[i]), len(operators[j])) for i, j in pairs]
    # An operator as it is compared: of which network, and at which rank.
    used = sorted({(k, size) for pair, size in zip(pairs, sizes, strict=True) for k in pair})
    marks = {(k, size): landmarks(canonical(_extended(operators[k], size))) for k, size in used}
    first = {key: precedence(mark.operator) for key, mark in marks.items()}
    groups: dict[tuple[int, int], list[tuple[int, tuple[int, int]]]] = {}
    for position, ((i, j), size) in enumerate(zip(pairs, sizes, strict=True)):
        # The order within a pair comes from the operators, so d(i, j) = d(j, i) to the last bit.
        one, other = (i, size), (j, size)
        onto, turned = (one, other) if first[one] >= first[other] else (other, one)
        groups.setdefault(onto, []).append((position, turned))
    chords = np.empty((len(pairs), 2 * starts))

    def fill(onto: tuple[int, int]) -> None:
        bend = curvature(marks[onto].operator)
        for begin in range(0, len(groups[onto]), _PAIRS_AT_ONCE):
            some = groups[onto][begin : begin + _PAIRS_AT_ONCE]
            others = [marks[turned] for _, turned in some]
            chords[[position for position, _ in some]] = _chords(marks[onto], others, bend, starts)

    with ThreadPoolExecutor(cores()) as pool:
        list(pool.map(fill, sorted(groups, key=lambda onto: -len(groups[onto]))))
    return chords


def _chords(
    a: Landmarks, others: Sequence[Landmarks], bend: Curvature, starts: int
) -> Float[np.ndarray, "pair start"]:
    """Every start to about the right minimum, then the most promising to the last digits."""
    b = np.stack([other.operator for other in others])
    begin = np.stack([starting_rotations(a, other, starts) for other in others])
    if b.shape[-1] == 1:
        return np.abs(a.operator - b)[:, 0] * np.ones((1, 2 * starts))
    parts = [
        align(a.operator, b, begin[:, at : at + _STARTS_AT_ONCE], bend, **_SCREENING)
        for at in range(0, begin.shape[1], _STARTS_AT_ONCE)
    ]
    chords = np.concatenate([part.chord for part in parts], axis=1)
    rotations = np.concatenate([part.rotation for part in parts], axis=1)
    promising = np.argsort(chords, axis=1, kind="stable")[:, :_REFINED]
    kept = np.take_along_axis(rotations, promising[:, :, None, None], axis=1)
    refined = align(a.operator, b, kept, bend, **_REFINING)
    np.put_along_axis(chords, promising, refined.chord, axis=1)
    return chords


def _checked(operator: np.ndarray, name: str) -> np.ndarray:
    found = real_numbers(operator, f"the entries of {name}", ("rank", "rank"))
    if found.shape[0] != found.shape[1]:
        raise MeasureError(f"{name} must be square, not {found.shape}; see dsa_operators")
    if not found.any():
        raise MeasureError(f"{name} is zero and has no dynamics; leave it out")
    return found


def _extended(operator: np.ndarray, rank: int) -> np.ndarray:
    return np.pad(operator, (0, rank - len(operator)))


def _windowed(states: np.ndarray, window: tuple[int, int] | None, burn_in: int) -> np.ndarray:
    at_least(0, burn_in=burn_in)
    first, last = window or (0, states.shape[1])
    at_least(0, window=first)
    at_least(0, window=last)
    if not 0 <= first + burn_in < last <= states.shape[1]:
        raise MeasureError(
            f"a window from {first + burn_in} to {last} does not lie in trials of "
            f"{states.shape[1]} steps; use a smaller window or burn-in"
        )
    return states[:, first + burn_in : last]


def _wasserstein(x: np.ndarray, y: np.ndarray) -> float:
    rank = max(len(x), len(y))
    x, y = (np.pad(values, (0, rank - len(values))) for values in (x, y))
    cost = np.abs(x[:, None] - y[None, :]) ** 2
    return float(cost[linear_sum_assignment(cost)].mean())
