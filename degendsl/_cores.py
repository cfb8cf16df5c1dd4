"""How many cores this process may use, and threads on them."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from threadpoolctl import threadpool_limits


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
def threads() -> Iterator[ThreadPoolExecutor]:
    """A pool with a thread on each core, whose products of matrices stay on the thread they are in.

    BLAS's own threads contend with these, and with each other from two of these: a small product
    took four times as long on two cores as on one.
    """
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(usable_cores()) as pool:
        yield pool
