"""What a plan costs: time from the speed of the machine, memory and disk from sizes alone."""

import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from degendsl.spec import kinds

from ._plan import Plan, Unit

_FLOAT = 4
# A process with JAX, its compiled programs and what measuring needs, networks aside: the run of
# specs/quickstart.yaml, whose networks are small, was seen at 0.9 GB.
_PROCESS_BYTES = 900_000_000
# Copies of the parameters that training holds: themselves, two moments, gradient, update, and
# the host's copy for a checkpoint.
_PARAMETER_COPIES = 6
# Arrays over (trial, time, unit) that the backward pass keeps: states, their inputs, cotangents.
_STATE_COPIES = 4
_MANIFEST_BYTES = 3_000
# To trace a program and to compile it or fetch it from the cache.
_COMPILE_SECONDS = 4.0


@dataclass(frozen=True, kw_only=True)
class Speed:
    """How fast this machine trains with all its lanes full.

    An optimiser step of one network takes `per_unit` seconds for each (trial, step, unit) and
    `per_weight` seconds for each (trial, step, weight).
    """

    per_unit: float
    per_weight: float
    device: str

    def step_seconds(self, science: kinds.Science) -> float:
        """Seconds per optimiser step of one network among many."""
        samples = science.train.batch_size * science.n_steps
        return samples * (self.per_unit * science.model.units + self.per_weight * _weights(science))

    def epoch_seconds(self, science: kinds.Science) -> float:
        """Seconds per epoch of one network among many."""
        return self.step_seconds(science) * science.train.steps_per_epoch

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def fitted(samples: Sequence[tuple[kinds.Science, float]], device: str) -> Speed:
    """The speed that explains two timings of a step best, with no negative part."""
    (first, a), (second, b) = samples

    def sizes(science: kinds.Science) -> tuple[int, int]:
        count = science.train.batch_size * science.n_steps
        return count * science.model.units, count * _weights(science)

    (u1, w1), (u2, w2) = sizes(first), sizes(second)
    determinant = u1 * w2 - u2 * w1
    per_unit = (a * w2 - b * w1) / determinant
    per_weight = (u1 * b - u2 * a) / determinant
    if per_unit < 0 or per_weight < 0:
        # Timings of a busy machine can cross; the larger program then says more.
        per_unit, per_weight = (b / u2, 0.0) if per_weight < 0 else (0.0, b / w2)
    return Speed(per_unit=per_unit, per_weight=per_weight, device=device)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What the training of some units takes.

    seconds: where it is known how many epochs such networks need. most: if every network trains
    to its last epoch. Both are None where the machine's speed is not known. memory: bytes at
    once. disk: bytes of results.
    """

    seconds: float | None
    most: float | None
    memory: int
    disk: int
    lanes: int
    devices: int

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def estimate(
    plan: Plan,
    units: Sequence[Unit],
    *,
    speed: Speed | None,
    epochs: float | None,
    lanes: int,
    devices: int,
) -> Estimate:
    """What training these units would take; `epochs` is what networks needed so far, if known."""
    most = likely = 0.0
    memory = 0
    for group in plan.groups(tuple(units)):
        science = group.units[0].condition.science
        longest = float(science.train.max_epochs)
        memory = max(memory, memory_bytes(science, lanes, devices))
        if speed:
            width, count = lanes * devices, len(group.units)
            each = min(epochs or longest, longest)
            most += group_seconds(speed, science, width, count * longest, longest)
            likely += group_seconds(speed, science, width, count * each, each)
    return Estimate(
        seconds=likely if speed and epochs else None,
        most=most if speed else None,
        memory=memory,
        disk=sum(unit_bytes(unit.condition.science) for unit in units) + measure_bytes(plan),
        lanes=lanes,
        devices=devices,
    )


def group_seconds(
    speed: Speed, science: kinds.Science, width: int, epochs: int | float, longest: int | float
) -> float:
    """Seconds for so many epochs of a group's networks, of which one trains the longest.

    A program computes all its lanes whether or not each has a network, so a group of few takes as
    long as its longest.
    """
    rounds = max(epochs / width, longest)
    return _COMPILE_SECONDS + rounds * width * speed.epoch_seconds(science)


def network_bytes(science: kinds.Science) -> int:
    """Bytes that training holds for one network."""
    samples = science.train.batch_size * science.n_steps
    task, units = science.task, science.model.units
    kept = _STATE_COPIES * units + 3 * (task.input_size + task.output_size)
    return _FLOAT * (_PARAMETER_COPIES * _parameters(science) + samples * kept)


def memory_bytes(science: kinds.Science, lanes: int, devices: int) -> int:
    """Bytes of a process that trains `lanes` networks on each device."""
    return _PROCESS_BYTES + lanes * devices * network_bytes(science)


def lanes_within(science: kinds.Science, memory: int, devices: int) -> int:
    """How many lanes a device could have in that much memory; 0 where not even one fits."""
    return max(0, memory - _PROCESS_BYTES) // (devices * network_bytes(science))


def unit_bytes(science: kinds.Science) -> int:
    """Bytes of a network's file: parameters at the start, at the threshold and at the end."""
    return _MANIFEST_BYTES + _FLOAT * (3 * _parameters(science) + science.train.max_epochs)


def measure_bytes(plan: Plan) -> int:
    """Bytes of cached measures: operators per network, a few numbers per pair."""
    count, measure = plan.spec.networks.count, plan.spec.measure
    operators = sum(math.ceil(getattr(one, "rank", 0)) ** 2 for one in measure.dynamics)
    pairs = min(count * (count - 1) // 2, measure.pairs.max or sys.maxsize)
    per_condition = 8 * (count * operators + 10 * pairs)
    return len(plan.conditions) * len(measure.at) * per_condition


def _weights(science: kinds.Science) -> int:
    task, units = science.task, science.model.units
    return units * (units + task.input_size + task.output_size)


def _parameters(science: kinds.Science) -> int:
    return _weights(science) + science.model.units + science.task.output_size
