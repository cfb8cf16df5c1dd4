"""What learning did to a network: how far its weights, kernel and representation have moved.

All are comparisons of one network with itself before training, or numbers of one matrix.
"""

import math
from typing import Any

import numpy as np
from jaxtyping import Float

# NumPy or JAX; naming JAX would import it.
AnyArray = Any

# Features that are held in float64 at once.
_STRETCH = 8192


def weight_change(
    after: Float[AnyArray, "row column"], before: Float[AnyArray, "row column"]
) -> float:
    """How far a matrix has moved: ‖W_T − W_0‖_F.

    **Arguments:**

    - `after`, `before`: the same matrix at two times.

    **Returns:** at least 0, in the units of its entries.
    """
    return float(np.linalg.norm(_double(after) - _double(before)))


def relative_weight_change(
    after: Float[AnyArray, "row column"], before: Float[AnyArray, "row column"]
) -> float:
    """The operator norm of the change over that of the start: ‖W_T − W_0‖₂ / ‖W_0‖₂.

    Free of scale: 1 where the largest change is as large as the largest singular value was.

    **Arguments:**

    - `after`, `before`: the same matrix at two times.

    **Returns:** at least 0; not finite where the start is zero.
    """
    start = _double(before)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(
            np.linalg.norm(_double(after) - start, 2) / np.float64(np.linalg.norm(start, 2))
        )


def feature_alignment(
    after: Float[AnyArray, "row feature"], before: Float[AnyArray, "row feature"]
) -> float:
    """Alignment of two kernels given by their features: Tr(K_T K_0) / (‖K_T‖_F ‖K_0‖_F), K = F Fᵀ.

    With features ∂ŷ/∂θ (a row for each trial, time and output) it is the alignment of neural
    tangent kernels; with features r (a row for each trial and time) that of representations. The
    rows must be the same trials and times, in the same order. Blind to the scale of either and to
    a rotation of its features, so the numbers of features may differ; not centred.

    The numerator is ‖F_T F_0ᵀ‖²_F = ⟨F_T F_Tᵀ, F_0 F_0ᵀ⟩, computed in whichever form is smaller.

    **Arguments:**

    - `after`, `before`: features of the same rows at two times.

    **Returns:**

    In [0, 1]: 1 where the kernel has only been scaled. NaN where one of the features is all zero.

    **Reference:** Cortes, Mohri & Rostamizadeh, JMLR 2012; for its use on networks before and
    after training Baratin et al., AISTATS 2021, arXiv:2008.00938.
    """
    if len(after) <= max(after.shape[1], before.shape[1]):
        left, right = _gram(after), _gram(before)
        cross, norms = np.vdot(left, right), (np.linalg.norm(left), np.linalg.norm(right))
    else:
        a, b = _double(after), _double(before)
        cross = np.linalg.norm(a.T @ b) ** 2
        norms = (np.linalg.norm(a.T @ a), np.linalg.norm(b.T @ b))
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.float64(cross) / (norms[0] * norms[1]))


def spectral_radius(matrix: Float[AnyArray, "unit unit"]) -> float:
    """The largest modulus of an eigenvalue."""
    return float(np.abs(np.linalg.eigvals(_double(matrix))).max())


def effective_rank(matrix: Float[AnyArray, "row column"]) -> float:
    """How many singular values there are, each counted by its size: e^entropy of σ/Σσ.

    From 1, for rank one, to the smaller side, for equal singular values. Blind to scale; NaN for
    a matrix of zeros.

    **Reference:** Roy & Vetterli, EUSIPCO 2007.
    """
    values = np.linalg.svd(_double(matrix), compute_uv=False)
    if not values.any():
        return math.nan
    shares = values / values.sum()
    shares = shares[shares > 0]
    return float(np.exp(-np.sum(shares * np.log(shares))))


def sparsity(matrix: Float[AnyArray, "row column"]) -> float:
    """How unequal the sizes of the entries are (Hoyer): (√n − ‖w‖₁/‖w‖₂) / (√n − 1).

    From 0, for entries of one size, to 1, for a single entry that is not zero; 0.20 for many
    normal and 0.13 for many uniform entries. Blind to scale and needs no threshold below which a
    weight counts as none, which training never gets to exactly. NaN for a matrix of zeros.

    **Reference:** Hoyer, JMLR 2004.
    """
    weights = _double(matrix).ravel()
    norm = np.linalg.norm(weights)
    if norm == 0 or weights.size < 2:
        return math.nan
    root = math.sqrt(weights.size)
    return float((root - np.abs(weights).sum() / norm) / (root - 1))


def _gram(features: Float[AnyArray, "row feature"]) -> Float[np.ndarray, "row row"]:
    """F Fᵀ in float64, in stretches of features: there can be millions, and float32 is half."""
    total = np.zeros((len(features), len(features)))
    for first in range(0, features.shape[1], _STRETCH):
        some = _double(features[:, first : first + _STRETCH])
        total += some @ some.T
    return total


def _double(matrix: AnyArray) -> Float[np.ndarray, "..."]:
    return np.asarray(matrix, np.float64)
