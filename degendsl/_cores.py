"""How many cores this process may use."""

import os
from pathlib import Path


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
