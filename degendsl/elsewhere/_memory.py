"""How much may be read: what a file claims is held against what there is, before anything is."""

import os
from collections.abc import Sequence
from pathlib import Path

from degendsl.errors import InputError
from degendsl.measuring import Given
from degendsl.metrics import embedding_memory

_MEMINFO = Path("/proc/meminfo")
# Measuring needs copies of some of what is read.
_SHARE = 0.5


class Budget:
    """Bytes that all files together may still take."""

    def __init__(self, size: int | None = None) -> None:
        self._left = int(available() * _SHARE) if size is None else size

    def take(self, size: int, what: str) -> None:
        """Claim memory for an array; `what` names file and array."""
        if size > self._left:
            raise InputError(
                f"{what} takes {_told(size)} and {_told(self._left)} are left for it on this "
                "machine; save fewer trials, time steps or networks, or float32 numbers"
            )
        self._left -= size


def check_embedding(networks: Sequence[Given], delays: int) -> None:
    """Refuse delays whose embedding would not fit, before any of it is there.

    What takes memory besides are the states and their spectra.
    """
    for network in networks:
        if network.states is None or network.states.ndim != 3:
            continue
        units = network.states.shape[2]
        needed = embedding_memory(units, delays) + 32 * network.states.size
        if needed > available():
            raise InputError(
                f"{delays} delays of the {units} units of {network.name} need {_told(needed)} and "
                f"{_told(available())} are there; use fewer --delays"
            )


def available() -> int:
    """Bytes of memory that can be had without swapping, as far as the system tells."""
    if _MEMINFO.exists():
        for line in _MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _told(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e8 else f"{size:,} bytes"
