"""How many threads the measures may use."""

import os


def cores() -> int:
    """The cores this process may run on, which a scheduler may have narrowed."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
