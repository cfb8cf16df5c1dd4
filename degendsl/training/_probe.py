"""How fast this machine trains: two small programs, timed once they are compiled."""

import tempfile
import time
from pathlib import Path

from degendsl.planning import Speed, fitted, keep_speed, known_speed, machine_name, make_plan
from degendsl.spec import kinds, parse_spec
from degendsl.store import Store

from ._devices import Realisation
from ._ensemble import Report, train_group

# Sizes at which units and weights weigh differently; both compile within seconds.
_UNITS = (32, 128)
_EPOCHS = 5
_TEXT = """\
degendsl: 1
study: {{name: probe}}
task: {{kind: flip_flop, channels: 3, duration: 50}}
model: {{units: {units}}}
train: {{batch_size: 64, steps_per_epoch: 5, max_epochs: {epochs}, stop: {{train_mse: 1e-9}}}}
networks: {{count: {count}}}
measure: {{dynamics: {{delays: 2, rank: 2}}}}
"""


def speed_key(where: Realisation, devices: int) -> str:
    """What a cached speed holds for."""
    parts = (machine_name(), where.device_kind, where.jaxlib, where.lanes, devices, where.xla_flags)
    return "|".join(map(str, parts))


def speed_of(where: Realisation, devices: int) -> Speed:
    """The machine's speed with these lanes, from the cache or from a probe of some seconds."""
    key = speed_key(where, devices)
    known = known_speed(key)
    if known is not None:
        return known
    samples = [_timed(units, where, devices) for units in _UNITS]
    speed = fitted(samples, where.device_kind)
    keep_speed(key, speed)
    return speed


def _timed(units: int, where: Realisation, devices: int) -> tuple[kinds.Science, float]:
    """Seconds per optimiser step of one network, all lanes full."""
    count = max(2, where.lanes * devices)
    plan = make_plan(parse_spec(_TEXT.format(units=units, count=count, epochs=_EPOCHS)))
    ends: dict[int, float] = {}

    def heard(report: Report) -> None:
        ends[report.epoch] = time.perf_counter()

    with tempfile.TemporaryDirectory() as folder:
        for group in plan.groups():
            train_group(group, plan.spec.networks, Store(Path(folder)), where, report=heard)
    science = plan.conditions[0].science
    # The first epoch compiles; of the others the quickest was disturbed least.
    quickest = min(ends[epoch] - ends[epoch - 1] for epoch in range(2, _EPOCHS))
    return science, quickest / (science.train.steps_per_epoch * count)
