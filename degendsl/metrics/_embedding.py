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
# Iterating keeps this many blocks before it starts again from the best directions so far: one round
# is enough where the states of driven networks are embedded.
_BLOCKS = 8
_RESTARTS = 12
# Of the largest eigenvalue: some ten times what float64 leaves of a residual.
_RESIDUAL = 1e-14
# Of the largest eigenvalue of a block's own HᵀH: a direction below it is rounding of the others.
_DEPENDENT = 1e-12


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
    n_steps, n_units = states.shape[1:]
    span = (delays - 1) * interval
    gram = np.empty((delays, n_units, delays, n_units))
    newest = _flat(states[:, span:])
    for e in range(delays):
        begin = span - e * interval
        gram[0, :, e] = newest.T @ _flat(states[:, begin : begin + n_steps - span])
        gram[e, :, 0] = gram[0, :, e].T
    gained = _delayed(states[:, :span], delays - 1, interval)
    lost = _delayed(states[:, n_steps - span :], delays - 1, interval)
    change = (gained.T @ gained - lost.T @ lost).reshape(delays - 1, n_units, delays - 1, n_units)
    for d in range(delays - 1):
        gram[d + 1, :, 1:] = gram[d, :, :-1] + change[d]
    return gram.reshape(delays * n_units, delays * n_units)


def _delayed(states: States, n_blocks: int, interval: int) -> Float[np.ndarray, "sample delay"]:
    """As many stretches of `interval` steps side by side, the newest first."""
    n_trials, _, n_units = states.shape
    blocks = states.reshape(n_trials, n_blocks, interval, n_units)[:, ::-1]
    return blocks.transpose(0, 2, 1, 3).reshape(n_trials * interval, n_blocks * n_units)


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
        basis = _orthonormal(np.random.default_rng(0).standard_normal((n, width)))
        image = gram @ basis
        for _ in range(_RESTARTS):
            space, image = _krylov(gram, basis, image)
            values, vectors = np.linalg.eigh(space.T @ image)
            values, vectors = values[::-1][:width], vectors[:, ::-1][:, :width]
            # An image is turned along with its directions, so restarting multiplies nothing again.
            basis, image = space @ vectors, image @ vectors
            residual = np.linalg.norm((image - basis * values)[:, :keep], axis=0)
            if residual.max() <= _RESIDUAL * values[0]:
                return basis[:, :keep]
    return scipy.linalg.eigh(gram, subset_by_index=(n - keep, n - 1))[1][:, ::-1]


def _krylov(
    gram: np.ndarray, basis: np.ndarray, image: np.ndarray
) -> tuple[Float[np.ndarray, "delay space"], Float[np.ndarray, "delay space"]]:
    """An orthonormal basis of the space that repeated products with `gram` reach, and its image."""
    space, images = basis, image
    for _ in range(_BLOCKS - 1):
        basis = _orthonormal(image, space)
        image = gram @ basis
        space, images = np.hstack([space, basis]), np.hstack([images, image])
    return space, images


def _orthonormal(block: np.ndarray, space: np.ndarray | None = None) -> np.ndarray:
    """An orthonormal basis of a block, and orthogonal to a space, without dependent directions.

    By the eigenvectors of the small matrix of products, twice, which leaves what rounding does:
    for blocks this narrow a Householder routine takes several times as long.
    """
    for _ in range(2):
        if space is not None:
            block = block - space @ (space.T @ block)
        block = block / np.maximum(np.linalg.norm(block, axis=0), np.finfo(float).tiny)
        values, vectors = np.linalg.eigh(block.T @ block)
        kept = values > _DEPENDENT * values.max(initial=0.0)
        block = block @ (vectors[:, kept] / np.sqrt(values[kept]))
    return block


def _flat(states: States) -> Float[np.ndarray, "sample unit"]:
    return states.reshape(-1, states.shape[2])
