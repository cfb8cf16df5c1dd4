"""States in the plane that shows most of them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float


class Plane(NamedTuple):
    """The two directions in which states vary most, and how much of their variance these hold."""

    centre: Float[np.ndarray, " unit"]
    axes: Float[np.ndarray, "unit 2"]
    explained: float

    def places(self, states: Float[np.ndarray, "*batch unit"]) -> Float[np.ndarray, "*batch 2"]:
        """Where states lie in it."""
        return ((np.asarray(states, np.float64) - self.centre) @ self.axes).astype(np.float32)


def plane_of(states: Float[np.ndarray, "trial time unit"]) -> Plane:
    """The plane of these states; of one unit alone, a line."""
    flat = np.asarray(states, np.float64).reshape(-1, states.shape[-1])
    centre = flat.mean(axis=0)
    values, vectors = np.linalg.eigh((flat - centre).T @ (flat - centre))
    main = vectors[:, ::-1][:, :2]
    # The sign of an axis is arbitrary; this one repeats.
    main = main * np.where(main[np.abs(main).argmax(axis=0), np.arange(main.shape[1])] < 0, -1, 1)
    axes = np.zeros((flat.shape[1], 2))
    axes[:, : main.shape[1]] = main
    total = float(values.sum())
    explained = float(values[::-1][:2].sum()) / total if total > 0 else 1.0
    return Plane(centre, axes, explained)
