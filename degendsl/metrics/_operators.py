"""Delay embedding and the linear operator of a network's dynamics: the first half of DSA."""

from typing import NamedTuple

import numpy as np
import scipy.linalg
from jaxtyping import Float

from degendsl.errors import MeasureError

# Float32 states carry about 1e-7 of their size; directions below this share are rounding.
SMALLEST_SINGULAR_VALUE = 1e-5
# Of the reference package: keeps the normal equations solvable without changing the operator.
RIDGE = 1e-8


class Operators(NamedTuple):
    """The linear dynamics of each network in its own leading delay coordinates.

    matrices: one operator per network; the sign of each coordinate is arbitrary.
    singular_values: of the delay-embedded states, the first `rank` + 1 (NaN where there are none).
    """

    matrices: Float[np.ndarray, "network rank rank"]
    singular_values: Float[np.ndarray, "network value"]


def dsa_operators(
    states: Float[np.ndarray, "network trial time unit"],
    *,
    delays: int,
    rank: int,
    interval: int = 1,
) -> Operators:
    """The operators that DSA compares (Ostrow et al. 2023, arXiv:2306.10168).

    States are not centred. One network is embedded at a time, so memory stays at one copy of its
    delay matrix.

    **Raises** `MeasureError` naming the network where states are not finite, the trials are too
    short for the delays, or the data do not carry the rank.
    """
    found = [
        operator(one, delays=delays, rank=rank, interval=interval, name=f"network {index}")
        for index, one in enumerate(states)
    ]
    return Operators(np.stack([m for m, _ in found]), np.stack([s for _, s in found]))


def operator(
    states: Float[np.ndarray, "trial time unit"],
    *,
    delays: int,
    rank: int,
    interval: int = 1,
    name: str = "the network",
) -> tuple[Float[np.ndarray, "rank rank"], Float[np.ndarray, " value"]]:
    """The operator of one network and its leading singular values; see `dsa_operators`."""
    states = np.asarray(states, np.float64)
    n_trials, n_steps, n_units = states.shape
    if not np.isfinite(states).all():
        raise MeasureError(f"the states of {name} are not finite; leave it out")
    windows = n_steps - (delays - 1) * interval
    if windows < 2:
        raise MeasureError(f"{delays} delays do not fit trials of {n_steps} steps")
    if rank > min(n_trials * (windows - 1), n_units * delays):
        raise MeasureError(
            f"rank {rank} is above what {n_trials} trials of {windows} windows and {delays} delays "
            f"of {n_units} units carry; lower the rank"
        )
    newest_first = [
        states[:, (delays - 1 - d) * interval : n_steps - d * interval] for d in range(delays)
    ]
    embedded = np.concatenate(newest_first, axis=2).reshape(n_trials * windows, -1)
    coordinates, values = _leading(embedded, rank)
    if values[rank - 1] < SMALLEST_SINGULAR_VALUE * values[0]:
        carried = int(np.sum(values[:rank] >= SMALLEST_SINGULAR_VALUE * values[0]))
        raise MeasureError(
            f"{name} carries only {carried} of rank {rank}: the rest is rounding; lower the rank"
        )
    by_trial = coordinates.reshape(n_trials, windows, rank)
    before = by_trial[:, :-1].reshape(-1, rank)
    after = by_trial[:, 1:].reshape(-1, rank)
    normal = before.T @ before + RIDGE * np.eye(rank)
    return np.linalg.solve(normal, before.T @ after).T, values


def _leading(
    embedded: Float[np.ndarray, "sample delay"], rank: int
) -> tuple[Float[np.ndarray, "sample rank"], Float[np.ndarray, " value"]]:
    """The leading left singular vectors and one singular value more than there are of them.

    The subspace comes from the smaller Gram matrix in float64: at the smallest share that is
    accepted, 1e-5, its error is eps / 1e-10 ≈ 2e-6. Inside it a second decomposition is exact.
    """
    n_samples, n_columns = embedded.shape
    size = min(n_samples, n_columns)
    keep = min(rank + 1, size)
    tall = n_columns <= n_samples
    gram = embedded.T @ embedded if tall else embedded @ embedded.T
    _, basis = scipy.linalg.eigh(gram, subset_by_index=(size - keep, size - 1))
    projected = embedded @ basis if tall else basis.T @ embedded
    left, values, _ = np.linalg.svd(projected, full_matrices=False)
    vectors = left if tall else basis @ left
    padded = np.full(rank + 1, np.nan)
    padded[:keep] = values[:keep]
    return np.ascontiguousarray(vectors[:, :rank]), padded
