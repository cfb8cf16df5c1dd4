"""What learning did to a network: how far its weights, kernel and representation have moved.

All are comparisons of one network with itself before training, or numbers of one matrix.
"""

import math
from typing import Any

import numpy as np
from jaxtyping import Float

from degendsl.errors import LEAVE_OUT, MeasureError

from ._numbers import alike, array_of, decomposing, real_numbers

# NumPy or JAX; naming JAX would import it.
AnyArray = Any

# Features that are held in float64 at once.
_STRETCH = 8192
_FEATURES = ("row", "feature")


def weight_change(
    after: Float[AnyArray, "row column"], before: Float[AnyArray, "row column"]
) -> float:
    """How far a matrix has moved: ‖W_T − W_0‖_F.

    **Arguments:**

    - `after`, `before`: the same matrix at two times.

    **Returns:** at least 0, in the units of its entries.

    **Raises** `MeasureError` for what is no matrix of finite numbers, or not the same one.
    """
    return float(np.linalg.norm(np.subtract(*_both(after, before))))


def relative_weight_change(
    after: Float[AnyArray, "row column"], before: Float[AnyArray, "row column"]
) -> float:
    """The operator norm of the change over that of the start: ‖W_T − W_0‖₂ / ‖W_0‖₂.

    Free of scale: 1 where the largest change is as large as the largest singular value was.

    **Arguments:**

    - `after`, `before`: the same matrix at two times.

    **Returns:** at least 0; infinite where only the start is zero, NaN where both are.

    **Raises** `MeasureError` for what is no matrix of finite numbers, or not the same one.
    """
    end, start = _both(after, before)
    with np.errstate(divide="ignore", invalid="ignore"), decomposing("the weights"):
        return float(np.linalg.norm(end - start, 2) / np.float64(np.linalg.norm(start, 2)))


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

    **Raises** `MeasureError` for what is no matrix of finite numbers, or of other rows.

    **Reference:** Cortes, Mohri & Rostamizadeh, JMLR 2012; for its use on networks before and
    after training Baratin et al., AISTATS 2021, arXiv:2008.00938.
    """
    after = array_of(after, "the features after", _FEATURES)
    before = array_of(before, "the features before", _FEATURES)
    alike(after[:, 0], before[:, 0], "the rows of features", "give features of the same rows")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if len(after) <= max(after.shape[1], before.shape[1]):
            left, right = _gram(after), _gram(before)
            cross, norms = np.vdot(left, right), (np.linalg.norm(left), np.linalg.norm(right))
        else:
            a, b = _double(after), _double(before)
            cross = np.linalg.norm(a.T @ b) ** 2
            norms = (np.linalg.norm(a.T @ a), np.linalg.norm(b.T @ b))
        # There can be millions of features: what they come to is looked at, not each of them.
        if not np.isfinite([cross, *norms]).all():
            raise MeasureError("the features are not finite or huge", LEAVE_OUT)
        return float(np.float64(cross) / (norms[0] * norms[1]))


def spectral_radius(matrix: Float[AnyArray, "unit unit"]) -> float:
    """The largest modulus of an eigenvalue.

    Above 1 a linear network with these weights, and a step of one time constant, explodes.

    **Arguments:**

    - `matrix`: recurrent weights.

    **Returns:** at least 0, in the units of the entries.

    **Raises** `MeasureError` for what is no square matrix of finite numbers.
    """
    weights = _matrix(matrix)
    if weights.shape[0] != weights.shape[1]:
        raise MeasureError(f"the weights must be square, not {weights.shape}; give (unit, unit)")
    with decomposing("the weights"):
        return float(np.abs(np.linalg.eigvals(weights)).max())


def effective_rank(matrix: Float[AnyArray, "row column"]) -> float:
    """How many singular values there are, each counted by its size: e^entropy of σ/Σσ.

    Blind to scale.

    **Arguments:**

    - `matrix`: of any shape.

    **Returns:** from 1, for rank one, to the smaller side, for equal singular values; NaN for a
    matrix of zeros.

    **Raises** `MeasureError` for what is no matrix of finite numbers.

    **Reference:** Roy & Vetterli, EUSIPCO 2007.
    """
    with decomposing("the weights"):
        values = np.linalg.svd(_matrix(matrix), compute_uv=False)
    if not values.any():
        return math.nan
    shares = values / values.sum()
    shares = shares[shares > 0]
    return float(np.exp(-np.sum(shares * np.log(shares))))


def sparsity(matrix: Float[AnyArray, "row column"]) -> float:
    """How unequal the sizes of the entries are (Hoyer): (√n − ‖w‖₁/‖w‖₂) / (√n − 1).

    Blind to scale and needs no threshold below which a weight counts as none, which training never
    gets to exactly.

    **Arguments:**

    - `matrix`: of any shape.

    **Returns:** from 0, for entries of one size, to 1, for a single entry that is not zero; 0.20
    for many normal and 0.13 for many uniform entries; NaN for a matrix of zeros or of one entry.

    **Raises** `MeasureError` for what is no matrix of finite numbers.

    **Reference:** Hoyer, JMLR 2004.
    """
    weights = _matrix(matrix).ravel()
    norm = np.linalg.norm(weights)
    if norm == 0 or weights.size < 2:
        return math.nan
    root = math.sqrt(weights.size)
    return float((root - np.abs(weights).sum() / norm) / (root - 1))


def _matrix(matrix: AnyArray, what: str = "the weights") -> Float[np.ndarray, "row column"]:
    return _double(real_numbers(matrix, what, ("row", "column")))


def _both(after: AnyArray, before: AnyArray) -> tuple[np.ndarray, np.ndarray]:
    """A matrix at two times."""
    end, start = _matrix(after, "the weights after"), _matrix(before, "the weights before")
    alike(end, start, "the weights after and before")
    return end, start


def _gram(features: Float[AnyArray, "row feature"]) -> Float[np.ndarray, "row row"]:
    """F Fᵀ in float64, in stretches of features: there can be millions, and float32 is half."""
    total = np.zeros((len(features), len(features)))
    for first in range(0, features.shape[1], _STRETCH):
        some = _double(features[:, first : first + _STRETCH])
        total += some @ some.T
    return total


def _double(matrix: AnyArray) -> Float[np.ndarray, "..."]:
    return np.asarray(matrix, np.float64)
