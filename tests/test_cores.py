"""Threads on the cores: products of matrices stay on the thread they are called from."""

import threading
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from degendsl import _cores
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


def test_what_is_made_on_cores_comes_in_order_and_a_few_items_are_in_memory(monkeypatch):
    monkeypatch.setattr(_cores, "usable_cores", lambda: 3)
    lock, begun, ended, at_once, ahead = threading.Lock(), 0, 0, 0, 0

    def items():
        nonlocal ahead
        for item in range(20):
            with lock:
                ahead = max(ahead, item + 1 - ended)
            yield item

    def work(item: int) -> int:
        nonlocal begun, ended, at_once
        with lock:
            begun += 1
            at_once = max(at_once, begun - ended)
        time.sleep(0.002 * (item % 3))
        with lock:
            ended += 1
        return item * item

    assert _cores.on_cores(work, items(), memory=2**29) == [item * item for item in range(20)]
    assert at_once == 2
    # Those worked on, one that waits, one that is ready and the one that is made next.
    assert ahead <= 5


def test_the_first_item_that_fails_is_the_one_that_is_told():
    def work(item: int) -> int:
        if item == 1:
            time.sleep(0.01)
        if item:
            raise ValueError(f"item {item}")
        return item

    with pytest.raises(ValueError, match="item 1"):
        _cores.on_cores(work, range(6), memory=1)
