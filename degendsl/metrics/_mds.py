"""A map of networks from their distances."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float


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

    **Returns:** points around 0 in the units of the distances, and the stress, at least 0.
    """
    d = np.asarray(distances, np.float64)
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
        settled = np.abs(moved - points).max() <= 1e-9 * max(1.0, d.max())
        points = moved
        if settled:
            break
    points = points - points.mean(axis=0)
    points = points @ np.linalg.svd(points, full_matrices=False)[2].T
    peak = points[np.abs(points).argmax(axis=0), np.arange(points.shape[1])]
    points = points * np.where(peak < 0, -1.0, 1.0)
    now = np.linalg.norm(points[:, None] - points[None], axis=-1)
    total = float((d**2).sum())
    return Embedding(points, float(np.sqrt(((now - d) ** 2).sum() / total)) if total else 0.0)
