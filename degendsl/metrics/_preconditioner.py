"""The curvature that makes turning one operator onto another well conditioned."""

import functools
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import get_lapack_funcs

# Directions that nearly commute with the operator are flat; there a share of the mean curvature
# stands in. Between 1e-3 and 1e-1 it hardly matters.
_DAMPING = 0.01
# Multiples of the identity, which commute with everything, have no curvature at all. Of operators
# of norm 1; a gradient of float32 rounding then turns by 1/100 at most.
_FLATTEST = 1e-6
# Gradients multiplied at once, and what the columns of a block should be a multiple of: libraries
# multiply such blocks without rearranging them first.
_ROWS = 8
_COLUMNS = 16
# OpenBLAS starts threads above 64³ products; ours run beside others, and contend when it does.
_ONE_THREAD = 64**3

_factorise, _invert = get_lapack_funcs(("potrf", "potri"), dtype=np.float64)

Directions = Float[np.ndarray, "item direction"]


class Lower(NamedTuple):
    """The directions of rotations of one rank: entries below the diagonal of a skew matrix.

    row, column: of each entry. flat, mirrored: its place in the flattened matrix, and the place
        above the diagonal.
    """

    row: Int[np.ndarray, " direction"]
    column: Int[np.ndarray, " direction"]
    flat: Int[np.ndarray, " direction"]
    mirrored: Int[np.ndarray, " direction"]


@functools.cache
def directions_of(rank: int) -> Lower:
    row, column = np.tril_indices(rank, -1)
    return Lower(row, column, row * rank + column, column * rank + row)


class Curvature(NamedTuple):
    """The inverse of the Gauss–Newton Hessian, padded with columns of zeros and cut into blocks.

    Rotations of rank r have r(r − 1)/2 directions, the lower triangle of a skew matrix. Gradients
    are multiplied block by block, so that each product stays on one thread of the linear algebra
    library.
    """

    blocks: Float[np.ndarray, "block direction column"]

    def single(self) -> "Curvature":
        """In single precision."""
        return Curvature(self.blocks.astype(np.float32))

    def divide(self, gradient: Directions) -> Directions:
        """The Gauss–Newton directions, each of its own gradient only."""
        n_items, n_directions = gradient.shape
        n_blocks, _, width = self.blocks.shape
        n_parts = -(-n_items // _ROWS)
        padded = np.zeros((n_parts, 1, _ROWS, n_directions), gradient.dtype)
        padded.reshape(n_parts * _ROWS, n_directions)[:n_items] = gradient
        found = np.empty((n_parts, _ROWS, n_blocks, width), gradient.dtype)
        # The library reads and writes blocks where they lie.
        np.matmul(padded, self.blocks, out=found.transpose(0, 2, 1, 3))
        return found.reshape(n_parts * _ROWS, n_blocks * width)[:n_items, :n_directions]


def inverse_hessian(
    a: Float[np.ndarray, "rank rank"],
) -> Float[np.ndarray, "direction direction"]:
    """For turning operators onto `a`.

    Where B is close to A, ‖A − e^Ω B e^−Ω‖² is ‖A − B − [Ω, A]‖² to second order, so the Hessian of
    half of it is ⟨[Ω, A], [Ω′, A]⟩: it depends on A only and serves all pairs and all steps.
    """
    gram = commutator_gram(a)
    n = len(gram)
    if n == 0:
        return gram
    damped = gram + max(_DAMPING * np.trace(gram) / n, _FLATTEST) * np.eye(n)
    # By Cholesky: half as long as the inverse of any matrix.
    factor, _ = _factorise(damped, lower=1)
    lower, _ = _invert(factor, lower=1)
    return np.tril(lower) + np.tril(lower, -1).T


def curvature(a: Float[np.ndarray, "rank rank"]) -> Curvature:
    """The same, as threads take it."""
    inverse = inverse_hessian(a)
    n = len(inverse)
    if n == 0:
        return Curvature(np.zeros((1, 0, 0)))
    width = max(1, _ONE_THREAD // (_ROWS * n))
    width = min(n, width - width % _COLUMNS if width > _COLUMNS else width)
    padded = np.zeros((n, -(-n // width) * width))
    padded[:, :n] = inverse
    return Curvature(np.ascontiguousarray(padded.reshape(n, -1, width).transpose(1, 0, 2)))


def commutator_gram(a: Float[np.ndarray, "rank rank"]) -> np.ndarray:
    """⟨[E, A], [F, A]⟩ for every two E, F of the form e_i e_jᵀ − e_j e_iᵀ, i > j.

    With F of k > m: 2 (A_im A_jk − A_ik A_jm), the same with (i, j) and (k, m) exchanged, and where
    E and F have an index in common ± the entry of A Aᵀ + Aᵀ A at the other two.
    """
    rank = len(a)
    i, j, *_ = directions_of(rank)
    of_i, of_j = a[i], a[j]
    half = of_i[:, j] * of_j[:, i] - of_i[:, i] * of_j[:, j]
    gram = 2 * (half + half.T)
    squares = a @ a.T + a.T @ a
    place = np.zeros((rank, rank), int)
    place[i, j] = np.arange(len(i))
    for common in range(rank):
        # Its directions with the other index below, and with the other above.
        other = np.delete(np.arange(rank), common)
        with_it = np.concatenate([place[common, :common], place[common + 1 :, common]])
        sign = np.where(other < common, 1.0, -1.0)
        gram[np.ix_(with_it, with_it)] += np.outer(sign, sign) * squares[np.ix_(other, other)]
    return gram
