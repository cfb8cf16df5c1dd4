"""What this machine has: memory, disk, and how fast it was found to train."""

import json
import os
import platform
import shutil
from pathlib import Path

from ._estimates import Speed


def memory_available() -> int | None:
    """Bytes that a new process can have: the least of free memory and the group's limit."""
    limits = []
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                limits.append(int(line.split()[1]) * 1024)
        allowed = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        if allowed != "max":
            used = int(Path("/sys/fs/cgroup/memory.current").read_text())
            # What the kernel keeps of files it gives back when asked.
            stat = dict(
                line.split() for line in Path("/sys/fs/cgroup/memory.stat").read_text().splitlines()
            )
            limits.append(int(allowed) - used + int(stat.get("inactive_file", 0)))
    except (OSError, ValueError):
        pass
    return min(limits) if limits else None


def disk_free(folder: Path) -> int:
    """Bytes free where a folder is or would be made."""
    there = folder.absolute()
    while not there.exists():
        there = there.parent
    return shutil.disk_usage(there).free


def known_speed(key: str) -> Speed | None:
    """The speed that a probe found before, on this machine with these versions and lanes."""
    try:
        return Speed(**json.loads(_speeds().read_text(encoding="utf-8"))[key])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_speed(key: str, speed: Speed) -> None:
    """Keep what a probe found. A cache that cannot be written is only slower."""
    path = _speeds()
    try:
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps({**known, key: speed.plain()}, indent=1), encoding="utf-8")
        os.replace(temporary, path)
    except (OSError, ValueError):
        pass


def machine_name() -> str:
    """What a cached speed holds for: another machine of a cluster has another name or processor."""
    return f"{platform.node()} {platform.machine()}"


def _speeds() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "degendsl" / "speed.json"
