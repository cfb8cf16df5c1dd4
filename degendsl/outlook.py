"""What a run would do and take, before it does, and afterwards how far off that was."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from degendsl.errors import RunnerError
from degendsl.planning import (
    CompileGroup,
    Condition,
    Estimate,
    Measuring,
    Plan,
    Row,
    Speed,
    Unit,
    disk_free,
    estimate,
    group_seconds,
    known_speed,
    lanes_within,
    measuring,
    memory_available,
    memory_bytes,
    network_bytes,
    rows,
    structure_of,
    unit_bytes,
)
from degendsl.store import Store


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a run would do.

    rows: each condition, what is done and why the rest is new. groups: programs that would be
    compiled. estimate: of training. measuring: of conditions of which nothing is measured yet, or
    not of all networks. too_large: why this machine cannot do it, with the number that it could.
    """

    rows: tuple[Row, ...]
    missing: tuple[Unit, ...]
    groups: tuple[CompileGroup, ...]
    estimate: Estimate
    measuring: Measuring
    too_large: tuple[str, ...]


def outlook(
    plan: Plan,
    store: Store,
    *,
    lanes: int | None = None,
    probe: Callable[[], None] | None = None,
) -> Outlook:
    """What a run into this store would do and take on this machine.

    Where the machine's speed is not known, `probe` is called and the speed found out, which takes
    some seconds; without it times are None.
    """
    found = tuple(rows(plan, store))
    missing = tuple(
        u for u in plan.everything if not store.has_unit(u.condition.id, u.seed, twin=u.twin)
    )
    lanes = lanes or (store.lock.get("realisation") or {}).get("lanes")
    speed, lanes, devices = _machine(lanes, probe if missing else None)
    costs = estimate(
        plan,
        missing,
        speed=speed,
        epochs=_epochs_so_far(store),
        lanes=lanes,
        devices=devices,
    )
    return Outlook(
        rows=found,
        missing=missing,
        groups=plan.groups(missing),
        estimate=costs,
        measuring=measuring(plan, _unmeasured(plan, missing, store)),
        too_large=tuple(_too_large(plan, missing, store, lanes, devices)),
    )


def refuse_what_does_not_fit(
    plan: Plan, missing: Sequence[Unit], store: Store, *, lanes: int
) -> None:
    """Raises `RunnerError` where memory or disk cannot hold a run, with the number that would."""
    import jax

    reasons = _too_large(plan, missing, store, lanes, len(jax.devices()))
    if reasons:
        raise RunnerError("\n".join(reasons))


class Clock:
    """Hears training and keeps what it took, beside what was to be expected."""

    def __init__(self, where: Any, passed_on: Callable[[Any], None]) -> None:
        self._where = where
        self._passed_on = passed_on
        self._began = time.monotonic()
        self._epochs: dict[str, int] = {}
        self._longest: dict[str, int] = {}
        self._units: dict[str, Unit] = {}
        self._finished: list[int] = []

    def hear(self, report: Any) -> None:
        """One more epoch of one network (`degendsl.training.Report`)."""
        condition = report.unit.condition.id
        self._units.setdefault(condition, report.unit)
        self._epochs[condition] = self._epochs.get(condition, 0) + 1
        self._longest[condition] = max(self._longest.get(condition, 0), report.epoch)
        if report.outcome is not None:
            self._finished.append(report.epoch)
        self._passed_on(report)

    def keep(self, store: Store) -> None:
        """Write down what this run took, if it trained anything."""
        if not self._epochs:
            return
        seconds = time.monotonic() - self._began
        expected = self._expected()
        store.append_run(
            {
                "began": datetime.now(UTC).isoformat(timespec="seconds"),
                "networks": len(self._finished),
                "epochs": sum(self._epochs.values()),
                "epochs_per_network": (
                    sum(self._finished) / len(self._finished) if self._finished else None
                ),
                "seconds": round(seconds, 3),
                "expected_seconds": expected and round(expected, 3),
                "error": expected and round(expected / seconds - 1, 4),
                "lanes": self._where.lanes,
            }
        )

    def _expected(self) -> float | None:
        """What the speed of this machine says that so many epochs take; None if not known."""
        import jax

        from degendsl.training import speed_key

        devices = len(jax.devices())
        speed = known_speed(speed_key(self._where, devices))
        if speed is None:
            return None
        groups: dict[str, list[str]] = {}
        for condition, unit in self._units.items():
            groups.setdefault(structure_of(unit.condition.science), []).append(condition)
        return sum(
            group_seconds(
                speed,
                self._units[members[0]].condition.science,
                self._where.lanes * devices,
                sum(self._epochs[one] for one in members),
                max(self._longest[one] for one in members),
            )
            for members in groups.values()
        )


def _machine(lanes: int | None, probe: Callable[[], None] | None) -> tuple[Speed | None, int, int]:
    """The speed of this machine, where known or wanted, its lanes and its devices."""
    import jax

    from degendsl import training

    training.prepare_devices()
    where = training.realisation(lanes)
    devices = len(jax.devices())
    speed = known_speed(training.speed_key(where, devices))
    if speed is None and probe is not None:
        probe()
        speed = training.speed_of(where, devices)
    return speed, where.lanes, devices


def _epochs_so_far(store: Store) -> float | None:
    """How many epochs networks of this study needed, on average."""
    known = [
        (run["networks"], run["epochs_per_network"])
        for run in store.runs()
        if run.get("epochs_per_network")
    ]
    networks = sum(count for count, _ in known)
    return sum(count * epochs for count, epochs in known) / networks if networks else None


def _unmeasured(plan: Plan, missing: Sequence[Unit], store: Store) -> list[Condition]:
    open_ones = {unit.condition.id for unit in missing}
    return [
        condition
        for condition in plan.conditions
        if condition.id in open_ones or not any(store.measures(condition.id))
    ]


def _too_large(
    plan: Plan, missing: Sequence[Unit], store: Store, lanes: int, devices: int
) -> list[str]:
    if not missing:
        return []
    reasons = []
    largest = max((unit.condition.science for unit in missing), key=network_bytes)
    needed, there = memory_bytes(largest, lanes, devices), memory_available()
    if there is not None and needed > there and _in_main_memory():
        fitting = lanes_within(largest, there, devices)
        batch = largest.train.batch_size * there // needed
        remedy = (
            f"{fitting} would fit: give a profile with `lanes: {fitting}`"
            if fitting
            else f"not even one network fits; train.batch_size {max(1, batch)} might"
        )
        reasons.append(
            f"training {lanes} networks at once on each of {devices} devices needs about "
            f"{size(needed)} of memory, and {size(there)} are free; {remedy}"
        )
    disk = sum(unit_bytes(unit.condition.science) for unit in missing)
    free = disk_free(store.root)
    if disk > free:
        fitting = plan.spec.networks.count * free // disk
        reasons.append(
            f"the results need about {size(disk)} of disk, and {size(free)} are free at "
            f"{store.root}; networks.count {fitting} would fit"
        )
    return reasons


def _in_main_memory() -> bool:
    import jax

    return jax.default_backend() == "cpu"


def size(count: int | float) -> str:
    """Bytes in words: `12 MB`, `3.4 GB`."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= scale:
            value = count / scale
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{count / 1e3:.0f} kB"


def duration(seconds: int | float) -> str:
    """Seconds in words: `40 s`, `12 min`, `3.5 h`, `2.1 days`."""
    for unit, scale in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * scale:
            value = seconds / scale
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{seconds:.0f} s"
