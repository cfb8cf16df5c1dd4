"""Threads on the cores: products of matrices stay on the thread they are called from."""

import numpy as np
from threadpoolctl import threadpool_info

from degendsl._cores import threads, usable_cores


def test_products_start_no_threads_of_their_own_while_ours_run():
    def allowed(_: int) -> list[int]:
        np.ones((2, 2)) @ np.ones((2, 2))
        return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]

    before = allowed(0)
    with threads() as pool:
        found = list(pool.map(allowed, range(usable_cores())))
    assert all(one == 1 for each in found for one in each)
    assert allowed(0) == before
