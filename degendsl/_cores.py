"""How many cores this process may use, and threads on them."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from threadpoolctl import threadpool_limits

Item = TypeVar("Item")
Made = TypeVar("Made")

# Bytes that all items worked on at once may take.
_MEMORY = 2**30


def usable_cores() -> int:
    """Cores this process may use: the least of affinity, cgroup quota and Slurm's allotment."""
    limits = [len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()]
    quota = Path("/sys/fs/cgroup/cpu.max")
    if quota.is_file():
        allowed, _, period = quota.read_text().partition(" ")
        if allowed != "max":
            limits.append(max(1, int(allowed) // int(period)))
    if os.environ.get("SLURM_CPUS_PER_TASK", "").isdigit():
        limits.append(int(os.environ["SLURM_CPUS_PER_TASK"]))
    return min(limit for limit in limits if limit)


@contextmanager
def threads(most: int | None = None) -> Iterator[ThreadPoolExecutor]:
    """A pool with a thread on each core, whose products of matrices stay on the thread they are in.

    BLAS's own threads contend with these, and with each other from two of these: a small product
    took four times as long on two cores as on one. most: of threads, where it is fewer than cores.
    """
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(_workers(most)) as pool:
        yield pool


def on_cores(work: Callable[[Item], Made], items: Iterable[Item], memory: int = 0) -> list[Made]:
    """What `work` makes of each item, in their order, on as many cores as there are.

    Fewer are worked on at once where they would take more than a gigabyte, and one more is made
    ready. What `work` raises of the first item that it fails with is raised.

    memory: bytes that one item takes while it is worked on.
    """
    made: list[Made] = []
    most = max(1, _MEMORY // max(1, memory))
    with threads(most) as pool:
        under_way: deque[Future[Made]] = deque()
        for item in items:
            under_way.append(pool.submit(work, item))
            if len(under_way) > _workers(most):
                made.append(under_way.popleft().result())
        return made + [one.result() for one in under_way]


def _workers(most: int | None) -> int:
    return usable_cores() if most is None else min(most, usable_cores())
