"""Eigenvectors of the largest eigenvalues of a large symmetric matrix, as rows."""

import numpy as np
import scipy.linalg
from jaxtyping import Float

Rows = Float[np.ndarray, "_ entry"]

# Below this size a dense routine is faster than iterating.
_DENSE = 600
# Iterating keeps this many blocks before it starts again from the best directions so far: one round
# is enough where the states of driven networks are embedded.
_BLOCKS = 8
_RESTARTS = 12
# Vectors beyond those wanted, at least; products are fastest with a multiple of eight in all.
_SPARE = 8
# Of the largest eigenvalue: some ten times what float64 leaves of a residual.
_RESIDUAL = 1e-14
# Of the largest eigenvalue of a block's own products: a direction below it is rounding of others.
_DEPENDENT = 1e-12


def leading_eigenvectors(matrix: Float[np.ndarray, "entry entry"], keep: int) -> Rows:
    """Those of the `keep` largest eigenvalues, by block Krylov spaces with restarts.

    Vectors are rows: a product of few rows with a large matrix takes two thirds as long as that of
    the matrix with few columns.
    """
    n = len(matrix)
    width = -(-(keep + _SPARE) // 8) * 8
    if n > max(_DENSE, _BLOCKS * width):
        basis = _orthonormal(np.random.default_rng(0).standard_normal((width, n)))
        image = basis @ matrix
        for _ in range(_RESTARTS):
            space, images, projected = _krylov(matrix, basis, image)
            values, vectors = np.linalg.eigh(projected)
            values, vectors = values[::-1][:width], vectors[:, ::-1][:, :width]
            # An image is turned along with its directions, so restarting multiplies nothing again.
            basis, image = vectors.T @ space, vectors.T @ images
            residual = np.linalg.norm((image - values[:, None] * basis)[:keep], axis=1)
            if residual.max() <= _RESIDUAL * values[0]:
                return basis[:keep]
    return scipy.linalg.eigh(matrix, subset_by_index=(n - keep, n - 1))[1].T[::-1]


def _krylov(
    matrix: np.ndarray, basis: Rows, image: Rows
) -> tuple[Rows, Rows, Float[np.ndarray, "_ _"]]:
    """An orthonormal basis of the space that repeated products reach, its image, and the product
    of both."""
    blocks, images = [basis], [image]
    for _ in range(_BLOCKS - 1):
        blocks.append(_orthonormal(images[-1], np.concatenate(blocks)))
        images.append(blocks[-1] @ matrix)
    space, reached = np.concatenate(blocks), np.concatenate(images)
    return space, reached, space @ reached.T


def _orthonormal(block: Rows, space: Rows | None = None) -> Rows:
    """An orthonormal basis of a block, and orthogonal to a space, without dependent directions.

    By the eigenvectors of the small matrix of products, twice, which leaves what rounding does:
    for blocks this narrow a Householder routine takes several times as long.
    """
    for _ in range(2):
        if space is not None:
            block = block - (block @ space.T) @ space
        norms = np.linalg.norm(block, axis=1, keepdims=True)
        block = block / np.maximum(norms, np.finfo(float).tiny)
        values, vectors = np.linalg.eigh(block @ block.T)
        kept = values > _DEPENDENT * values.max(initial=0.0)
        block = (vectors[:, kept] / np.sqrt(values[kept])).T @ block
    return block
