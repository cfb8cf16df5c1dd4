"""Products of matrices that stay on the thread they are called from."""

import numpy as np
from jaxtyping import Shaped

# OpenBLAS starts threads above 64³ products. Ours run in threads already, and contend when it
# does: a hundredfold where other processes keep the cores busy.
_ONE_THREAD = 64**3
_ROWS = 32


class Factor:
    """A left factor that meets many right ones of its own width, cut into blocks of rows."""

    def __init__(self, matrix: Shaped[np.ndarray, "row inner"]):
        self.n_rows, inner = matrix.shape
        padded = np.pad(matrix, ((0, -self.n_rows % _ROWS), (0, 0)))
        self.blocks = padded.reshape(-1, 1, _ROWS, inner)
        self.width = max(1, _ONE_THREAD // (_ROWS * inner))

    def times(self, right: Shaped[np.ndarray, "inner column"]) -> Shaped[np.ndarray, "row column"]:
        inner, n_columns = right.shape
        right = np.pad(right, ((0, 0), (0, -n_columns % self.width)))
        cut = np.ascontiguousarray(right.reshape(inner, -1, self.width).transpose(1, 0, 2))
        parts = self.blocks @ cut[None]
        joined = parts.transpose(0, 2, 1, 3).reshape(-1, right.shape[1])
        return joined[: self.n_rows, :n_columns]
