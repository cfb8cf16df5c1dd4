"""A map of networks from their distances."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from degendsl.errors import MeasureError

from ._numbers import at_least, real_numbers, scaled

# Of the largest distance: what two computations of one distance may differ by.
_ROUNDING = 1e-6


class Embedding(NamedTuple):
    """Points whose distances come near to those given.

    stress: root of the squared misfit over the squared distances, 0 where the map is faithful.
    """

    points: Float[np.ndarray, "network axis"]
    stress: float


def mds(distances: Float[Any, "network network"], dims: int = 2) -> Embedding:
    """Metric multidimensional scaling: classical start, then stress majorisation (SMACOF).

    Deterministic; turned to its principal axes, each with its largest coordinate positive.

    **Arguments:**

    - `distances`: symmetric, at least 0, zero on the diagonal, finite.
    - `dims`: of the map.

    **Returns:** points around 0, a row for each network, in the units of the distances; and the
    stress, at least 0, without units.

    **Raises** `MeasureError` where the distances are not as described or `dims` is no whole number
    of at least 1.

    **Reference:** SMACOF, de Leeuw 1977; Borg & Groenen, Modern Multidimensional Scaling, 2005.
    """
    at_least(1, dims=dims)
    d, power = scaled(real_numbers(distances, "the distances", ("network", "network")))
    _check(d)
    n = len(d)
    centre = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(-0.5 * centre @ d**2 @ centre)
    points = np.zeros((n, dims))
    used = min(dims, n)
    points[:, :used] = vectors[:, ::-1][:, :used] * np.sqrt(np.maximum(values[::-1][:used], 0))
    for _ in range(300):
        now = np.linalg.norm(points[:, None] - points[None], axis=-1)
        ratio = np.divide(d, now, out=np.zeros_like(d), where=now > 1e-12)
        pull = -ratio
        np.fill_diagonal(pull, ratio.sum(axis=1) - np.diag(ratio))
        moved = pull @ points / n
        settled = np.abs(moved - points).max() <= 1e-9 * d.max()
        points = moved
        if settled:
            break
    points = points - points.mean(axis=0)
    points = points @ np.linalg.svd(points, full_matrices=False)[2].T
    peak = points[np.abs(points).argmax(axis=0), np.arange(points.shape[1])]
    points = points * np.where(peak < 0, -1.0, 1.0)
    now = np.linalg.norm(points[:, None] - points[None], axis=-1)
    total = float((d**2).sum())
    stress = float(np.sqrt(((now - d) ** 2).sum() / total)) if total else 0.0
    return Embedding(np.ldexp(points, power), stress)


def _check(distances: Float[np.ndarray, "_ _"]) -> None:
    largest = _ROUNDING * np.abs(distances).max()
    if len(distances) != distances.shape[1]:
        wrong = f"are not square but {distances.shape}"
    elif distances.min() < 0:
        wrong = "are in part negative"
    elif np.diag(distances).max() > largest:
        wrong = "are not zero on the diagonal"
    elif np.abs(distances - distances.T).max() > largest:
        wrong = "are not symmetric"
    else:
        return
    raise MeasureError(f"the distances {wrong}; give one of every two networks, both ways")
