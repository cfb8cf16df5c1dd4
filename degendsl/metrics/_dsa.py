"""Distances between operators, and DSA from states to a distance matrix."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Float
from scipy.optimize import linear_sum_assignment

from degendsl.errors import LEAVE_OUT, MeasureError

from ._groups import groups_of
from ._numbers import at_least, checked_pairs, listed, one_of, real, real_numbers
from ._operators import dsa_operators, rank_for_variance
from ._states import States, checked_states
from ._threads import chords as chords_by_threads

Score = Literal["angular", "euclidean", "wasserstein"]

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
    rank: int | float | np.integer | np.floating,
    score: Score = "angular",
    starts: int = 16,
    interval: int = 1,
    inputs: Float[Any, "trial time channel"] | None = None,
    window: tuple[int, int] | None = None,
    burn_in: int = 0,
    accelerator: bool = False,
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
    - `accelerator`: minimise where JAX computes by default; otherwise in threads of NumPy.

    **Returns:** a symmetric matrix with a zero diagonal; an upper bound of the true minimum.

    **Raises** `MeasureError` where the data do not carry the settings.

    **Reference:** Ostrow et al., NeurIPS 2023, arXiv:2306.10168.
    """
    size = _rank_or_share(rank)
    given = [_windowed(one, window, burn_in) for one in checked_states(states)]
    if inputs is not None:
        read = real_numbers(inputs, "the inputs", ("trial", "time", "channel"))
        inputs = _windowed(read, window, burn_in)
    if size < 1:
        size = rank_for_variance(given, delays=delays, share=size, interval=interval)
    found = dsa_operators(given, delays=delays, rank=int(size), interval=interval, inputs=inputs)
    matrices = found.matrices
    pairs = [(i, j) for i in range(len(given)) for j in range(i)]
    found = operator_distances(matrices, pairs, score=score, starts=starts, accelerator=accelerator)
    distances = np.zeros((len(given), len(given)))
    for (i, j), distance in zip(pairs, found.distance, strict=True):
        distances[i, j] = distances[j, i] = distance
    return distances


def operator_distances(
    operators: Float[Any, "network rank rank"] | Sequence[np.ndarray],
    pairs: Sequence[tuple[int, int]],
    *,
    score: Score = "angular",
    starts: int = 16,
    accelerator: bool = False,
) -> OperatorDistances:
    """Distances of the given pairs of operators; see `dsa_distances` for the scores.

    A pair's result does not depend on the other pairs, so distances can be kept and added to.

    Where ranks differ, the smaller operator is extended by directions in which the state vanishes
    at once: rows, columns and eigenvalues of zero. The scores keep their ranges, and a network that
    needs fewer directions is at a distance from one that needs more by what these carry.

    **Arguments:**

    - `operators`: square matrices of any size, such as those of `dsa_operators`.
    - `pairs`: (i, j), the places in `operators` of two to compare, from 0 on.
    - `score`, `starts`, `accelerator`: see `dsa_distances`.

    **Returns:** a number per pair, in the order of `pairs`: the distance, an upper bound of the
    true minimum, and how sure the minimisation is of it.

    **Raises** `MeasureError` naming an operator that is not square, not finite or zero, or a pair
    of operators that are not there.
    """
    # One memory layout, or the order of sums, and with it the last bit, would depend on where the
    # operators came from.
    one_of("score", score, get_args(Score))
    at_least(1, starts=starts)
    operators = [
        np.ascontiguousarray(_checked(one, f"operator {index}"), np.float64)
        for index, one in enumerate(listed(operators, "the operators"))
    ]
    pairs = checked_pairs(pairs, len(operators))
    if score == "wasserstein":
        eigenvalues = [np.linalg.eigvals(one) for one in operators]
        distance = np.array([_wasserstein(eigenvalues[i], eigenvalues[j]) for i, j in pairs])
        return OperatorDistances(distance, np.ones(len(pairs)), np.zeros(len(pairs)))
    chords = _chords(accelerator)(groups_of(operators, pairs), starts)
    # 2 arcsin(chord/2) is the angle without the loss of digits that arccos has near zero.
    values = chords if score == "euclidean" else 2 * np.arcsin(np.minimum(chords / 2, 1.0))
    best = values.min(axis=1)
    agreeing = (values < best[:, None] + _SAME).mean(axis=1)
    return OperatorDistances(best, agreeing, values.max(axis=1) - best)


def _rank_or_share(rank: Any) -> int | float:
    """A rank as a whole number, or a share of variance as a number below 1."""
    if real(rank) and 0 < rank < 1:
        return float(rank)
    if real(rank) and 1 <= rank < np.inf and rank == int(rank):
        return int(rank)
    raise MeasureError(
        "rank must be a whole number of at least 1, or a share of variance between 0 and 1, not "
        f"{rank!r}; change it"
    )


def _chords(accelerator: bool) -> Callable[..., Float[np.ndarray, "pair start"]]:
    if not accelerator:
        return chords_by_threads
    # Loads JAX.
    from ._accelerated import chords

    return chords


def _checked(operator: np.ndarray, name: str) -> np.ndarray:
    found = real_numbers(operator, f"the entries of {name}", ("rank", "rank"))
    if found.shape[0] != found.shape[1]:
        raise MeasureError(f"{name} must be square, not {found.shape}; see dsa_operators")
    if not found.any():
        raise MeasureError(f"{name} is zero and has no dynamics", LEAVE_OUT)
    return found


def _windowed(states: np.ndarray, window: tuple[int, int] | None, burn_in: int) -> np.ndarray:
    at_least(0, burn_in=burn_in)
    if window is not None and (not np.iterable(window) or len(window) != 2):
        raise MeasureError(f"window must be (first, last), in steps, not {window!r}; change it")
    first, last = (0, states.shape[1]) if window is None else window
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
