"""The leading directions of delay-embedded states, without ever writing the embedding down.

Row (trial, time) of the embedding H is [x_{t+(q−1)τ}, …, x_t], the newest state first, for q delays
of τ steps: q times the memory of the states. What is needed of it is HᵀH and products with a few
vectors.
"""

import numpy as np
import scipy.linalg
from jaxtyping import Float

States = Float[np.ndarray, "trial time unit"]

# Below this size a dense routine is faster than iterating.
_DENSE = 600
# Iterating keeps this many blocks before it starts again from the best directions so far.
_BLOCKS = 5
_RESTARTS = 12
# Of the largest eigenvalue: some ten times what float64 leaves of a residual.
_RESIDUAL = 1e-14


def leading_coordinates(
    states: States, *, delays: int, interval: int, rank: int
) -> tuple[Float[np.ndarray, "trial window rank"], Float[np.ndarray, " value"]]:
    """The leading left singular vectors of H, and one singular value more than there are of them.

    The subspace comes from HᵀH in float64: at the smallest share of the first singular value that
    is accepted, 1e-5, its error is eps / 1e-10 ≈ 2e-6, where float32 states err by 1e-2. Within it
    a second decomposition is exact. A value that does not exist is NaN.
    """
    gram = _gram(states, delays, interval)
    n_windows = states.shape[1] - (delays - 1) * interval
    keep = min(rank + 1, len(gram), len(states) * n_windows)
    projected = _times(states, _top(gram, keep), delays, interval)
    left, values, _ = np.linalg.svd(projected.reshape(-1, keep), full_matrices=False)
    padded = np.full(rank + 1, np.nan)
    padded[:keep] = values
    return left[:, :rank].reshape(len(states), n_windows, rank), padded


def spectrum(states: States, *, delays: int, interval: int) -> Float[np.ndarray, " value"]:
    """The squared singular values of H, the largest first."""
    return np.maximum(np.linalg.eigvalsh(_gram(states, delays, interval))[::-1], 0.0)


def _gram(states: States, delays: int, interval: int) -> Float[np.ndarray, "delay delay"]:
    """HᵀH, in blocks of delay × delay.

    Going one block down the diagonal shifts both factors by one delay: all but the first and last
    few products are the same. So only the first row of blocks is summed in full.
    """
    n_units, span = states.shape[2], (delays - 1) * interval
    gram = np.empty((delays, n_units, delays, n_units))
    kept = states.shape[1] - span
    newest = _flat(states[:, span:])
    for e in range(delays):
        begin = span - e * interval
        gram[0, :, e] = newest.T @ _flat(states[:, begin : begin + kept])
    for d in range(delays - 1):
        for e in range(d, delays - 1):
            gain, loss = (
                _flat(states[:, a : a + interval]).T @ _flat(states[:, b : b + interval])
                for a, b in (
                    (span - (d + 1) * interval, span - (e + 1) * interval),
                    (states.shape[1] - (d + 1) * interval, states.shape[1] - (e + 1) * interval),
                )
            )
            gram[d + 1, :, e + 1] = gram[d, :, e] + gain - loss
    for d in range(delays):
        for e in range(d):
            gram[d, :, e] = gram[e, :, d].T
    return gram.reshape(delays * n_units, delays * n_units)


def _times(
    states: States, basis: Float[np.ndarray, "delay value"], delays: int, interval: int
) -> Float[np.ndarray, "trial window value"]:
    """H times a few vectors."""
    n_windows = states.shape[1] - (delays - 1) * interval
    parts = basis.reshape(delays, states.shape[2], -1)
    total = np.zeros((len(states), n_windows, basis.shape[1]))
    for d, part in enumerate(parts):
        begin = (delays - 1 - d) * interval
        total += states[:, begin : begin + n_windows] @ part
    return total


def _top(gram: Float[np.ndarray, "delay delay"], keep: int) -> Float[np.ndarray, "delay value"]:
    """Eigenvectors of the largest eigenvalues, by block Krylov spaces with restarts."""
    n = len(gram)
    width = keep + 10
    if n > max(_DENSE, _BLOCKS * width):
        basis = np.random.default_rng(0).standard_normal((n, width))
        for _ in range(_RESTARTS):
            space = np.linalg.qr(_krylov(gram, np.linalg.qr(basis)[0]))[0]
            image = gram @ space
            values, vectors = np.linalg.eigh(space.T @ image)
            values, vectors = values[::-1][:width], vectors[:, ::-1][:, :width]
            basis = space @ vectors
            residual = np.linalg.norm((image @ vectors - basis * values)[:, :keep], axis=0)
            if residual.max() <= _RESIDUAL * values[0]:
                return basis[:, :keep]
    return scipy.linalg.eigh(gram, subset_by_index=(n - keep, n - 1))[1][:, ::-1]


def _krylov(gram: np.ndarray, basis: np.ndarray) -> np.ndarray:
    blocks = [basis]
    for _ in range(_BLOCKS - 1):
        image = gram @ blocks[-1]
        for block in blocks:
            image -= block @ (block.T @ image)
        blocks.append(np.linalg.qr(image)[0])
    return np.hstack(blocks)


def _flat(states: States) -> Float[np.ndarray, "sample unit"]:
    return states.reshape(-1, states.shape[2])
