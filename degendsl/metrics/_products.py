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
        self.rows = min(_ROWS, self.n_rows)
        whole = _filled_up(matrix.T, self.rows).T if self.n_rows % self.rows else matrix
        self.blocks = np.ascontiguousarray(whole).reshape(-1, 1, self.rows, inner)
        self.width = max(1, _ONE_THREAD // (self.rows * inner))

    def times(self, right: Shaped[np.ndarray, "inner column"]) -> Shaped[np.ndarray, "row column"]:
        inner, n_columns = right.shape
        width = min(self.width, n_columns)
        right = _filled_up(right, width) if n_columns % width else np.ascontiguousarray(right)
        cut = right.reshape(inner, -1, width).transpose(1, 0, 2)
        kind = np.result_type(self.blocks, right)
        found = np.empty((len(self.blocks) * self.rows, right.shape[1]), kind)
        # The library reads and writes blocks where they lie.
        into = found.reshape(len(self.blocks), self.rows, -1, width).transpose(0, 2, 1, 3)
        np.matmul(self.blocks, cut[None], out=into)
        return found[: self.n_rows, :n_columns]


def _filled_up(matrix: np.ndarray, multiple: int) -> np.ndarray:
    """With columns of zeros up to a multiple; `np.pad` takes longer than the product."""
    rows, columns = matrix.shape
    found = np.zeros((rows, columns + -columns % multiple), matrix.dtype)
    found[:, :columns] = matrix
    return found
