"""Whether the keys of a task fit one another, and what is asked of the networks fits the task."""

from collections.abc import Callable, Iterator
from typing import Any

from .. import kinds
from .._words import listed
from ._finding import ROUNDING, Case, Finding, each

# Samples of Lorenz-96 farther apart than this are not integrated well by its fixed steps.
_COARSEST_SAMPLES = 0.1
# A step longer than this could leave the box of path integration in both directions.
_LONGEST_STEP = 5.0


def check(case: Case) -> Iterator[Finding]:
    """What is wrong with the task of a condition, and with the trials it is tested on."""
    task = case.point.task
    own = _OWN.get(type(task))
    if own:
        yield from own(task, case)
    outputs, units = len(task.primary_names), case.model["units"]
    if outputs > units:
        sizes = (name for name in ("channels", "sites", "dimensions") if name in case.task)
        yield Finding(
            "E052",
            f"{units} {'unit' if units == 1 else 'units'} cannot carry {outputs} outputs",
            ("model.units", f"task.{next(sizes, 'kind')}"),
            "give at least as many units as outputs",
        )
    yield from _shifts(task, case)


def _shifts(task: Any, case: Case) -> Iterator[Finding]:
    for path, one in each("measure.behavior", case.measure.behavior):
        if one.ood not in task.shifts:
            yield Finding(
                "E053",
                f"the task '{task.kind}' has no trials '{one.ood}'",
                (f"{path}.ood", "task.kind"),
                f"it has: {listed(task.shifts)}",
            )
        elif one.ood == "rollout" and one.steps >= case.n_steps:
            yield Finding(
                "E054",
                f"{one.steps} free steps leave no warm-up in a trial of {case.n_steps} steps",
                (f"{path}.steps", "task.duration", "solver.dt"),
                f"at most {case.n_steps - 1} steps",
            )


def _delays(task: Any, case: Case) -> Iterator[Finding]:
    dt = case.solver["dt"]
    for name in ("min", "max"):
        steps = getattr(task.delay, name) / dt
        if abs(steps - round(steps)) > ROUNDING * max(1.0, steps):
            yield Finding(
                "E050",
                f"a delay of {getattr(task.delay, name):g} is {steps:.6g} steps of {dt:g}",
                (f"task.delay.{name}", "solver.dt"),
                "a delay is a whole number of steps",
            )
    if task.delay.min > task.delay.max:
        yield Finding(
            "E050",
            f"the shortest delay {task.delay.min:g} is longer than the longest {task.delay.max:g}",
            ("task.delay.min", "task.delay.max"),
            "min is at most max",
        )
    # One step for each pulse; the step of the second is already one to answer in.
    most = case.n_steps - 2
    if task.delay.max > most * dt * (1 + ROUNDING):
        yield Finding(
            "E050",
            f"a delay of {task.delay.max:g} is longer than a trial of {task.duration:g} leaves "
            "between its pulses",
            ("task.delay.max", "task.duration", "solver.dt"),
            f"at most {most * dt:g}, since each pulse takes a step",
        )


def _frequencies(task: Any, case: Case) -> Iterator[Finding]:
    dt, asked = case.solver["dt"], task.frequencies
    highest = "high" if asked.count > 1 else "low"
    per_step = getattr(asked, highest) * dt
    paths = (f"task.frequencies.{highest}", "solver.dt")
    if asked.count > 1 and asked.low >= asked.high:
        yield Finding(
            "E055",
            f"the lowest frequency {asked.low:g} is not below the highest {asked.high:g}",
            ("task.frequencies.low", "task.frequencies.high"),
            "low is below high",
        )
    elif per_step > 0.5 * (1 + ROUNDING):
        yield Finding(
            "E051",
            f"a frequency of {per_step / dt:g} is above half the sampling rate of {1 / dt:g}",
            paths,
            f"at most {0.5 / dt:g}",
        )
    elif per_step > 0.1 * (1 + ROUNDING):
        yield Finding(
            "W051",
            f"a frequency of {per_step / dt:g} has only {1 / per_step:.3g} steps of {dt:g} a cycle",
            paths,
            f"up to {0.1 / dt:g} there are ten",
            "warning",
        )


def _walk(task: Any, case: Case) -> Iterator[Finding]:
    dt = case.solver["dt"]
    if task.speed * dt > _LONGEST_STEP:
        yield Finding(
            "E056",
            f"steps of up to {task.speed * dt:g} can leave a box that reaches to {_LONGEST_STEP:g}",
            ("task.speed", "solver.dt"),
            f"a speed of at most {_LONGEST_STEP / dt:g}",
        )


def _samples(_: Any, case: Case) -> Iterator[Finding]:
    dt = case.solver["dt"]
    if dt > _COARSEST_SAMPLES * (1 + ROUNDING):
        yield Finding(
            "E056",
            f"samples of Lorenz-96 {dt:g} apart are too far for its integrator",
            ("solver.dt", "task.kind"),
            f"at most {_COARSEST_SAMPLES:g}",
        )


_OWN: dict[type, Callable[[Any, Case], Iterator[Finding]]] = {
    kinds.DelayedDiscrimination: _delays,
    kinds.SineWave: _frequencies,
    kinds.PathIntegration: _walk,
    kinds.Lorenz96: _samples,
}
