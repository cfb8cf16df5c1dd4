"""Named points at which a test can kill the process, so that crashes are tested where they hurt.

`DEGENDSL_FAULT=name` or `name:3` (the third passage) makes the process kill itself there with
SIGKILL, which nothing can catch. Unset, which is always but in crash tests, it does nothing.
"""

import os
import signal
from collections import Counter

_passages: Counter[str] = Counter()


def fault_point(name: str) -> None:
    """Die here if the environment asks for it."""
    wanted, _, count = os.environ.get("DEGENDSL_FAULT", "").partition(":")
    if wanted != name:
        return
    _passages[name] += 1
    if _passages[name] == int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
