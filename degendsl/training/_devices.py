"""What a run computes on, and the record of it that every network keeps."""

import logging
import os
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jax

from degendsl._cores import usable_cores

log = logging.getLogger("degendsl")


@dataclass(frozen=True, kw_only=True)
class Realisation:
    """What can change the last bits of a result without changing the science.

    lanes: networks trained at once on each device.
    """

    lanes: int
    device_kind: str
    jax: str
    jaxlib: str
    xla_flags: str

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def prepare_devices() -> None:
    """One XLA host device per core, and compiled programs kept between runs.

    Must come before JAX is first used; where a notebook has used it already, the devices there
    are will do, and the loss is said once.
    """
    cores = usable_cores()
    try:
        jax.config.update("jax_num_cpu_devices", cores)
    except RuntimeError:
        present = len(jax.devices())
        if jax.default_backend() == "cpu" and present < cores:
            log.warning(
                "JAX was in use already, so training uses %d of %d cores. "
                "Call degendsl.run before other JAX work to use them all.",
                present,
                cores,
            )
    cache = os.environ.get("JAX_COMPILATION_CACHE_DIR") or str(_cache_folder() / "compiled")
    jax.config.update("jax_compilation_cache_dir", cache)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)


def realisation(lanes: int | None) -> Realisation:
    """The realisation of this process; `lanes` None chooses for the machine.

    A lane for each core and at least eight in all: more gain nothing on a processor. On an
    accelerator 64 a device, since it is idle with fewer.
    """
    devices = jax.devices()
    if lanes is None:
        lanes = max(1, 8 // len(devices)) if jax.default_backend() == "cpu" else 64
    return Realisation(
        lanes=lanes,
        device_kind=_device_kind(),
        jax=jax.__version__,
        jaxlib=version("jaxlib"),
        xla_flags=" ".join(sorted(os.environ.get("XLA_FLAGS", "").split())),
    )


def _device_kind() -> str:
    device = jax.devices()[0]
    # JAX calls every processor "cpu", but its instruction set decides how sums are ordered.
    return (
        f"{device.device_kind} {platform.machine()}"
        if device.platform == "cpu"
        else (device.device_kind)
    )


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "degendsl"
