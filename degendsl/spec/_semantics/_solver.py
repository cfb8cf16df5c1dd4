"""Whether the step of the solver suits the time constant and the trial."""

from collections.abc import Iterator
from typing import Any

from ._finding import MAX_STEPS, ROUNDING, Finding


def step_too_long(blocks: Any) -> Iterator[Finding]:
    """Euler's method with a step longer than the time constant."""
    dt, tau = blocks["solver"]["dt"], blocks["model"]["time_constant"]
    path = "model.time_constant"
    if isinstance(tau, dict):
        tau, path = tau["low"], "model.time_constant.low"
    if blocks["solver"]["kind"] == "euler" and dt > tau * (1 + ROUNDING):
        yield Finding(
            "E030",
            f"the step dt = {dt:g} is longer than the time constant {tau:g}",
            (path, "solver.dt"),
            "Euler's method would overshoot; make dt at most the time constant",
        )


def steps_in(blocks: Any) -> int | Finding:
    """Solver steps in a trial, or why there is no such number."""
    dt, duration = blocks["solver"]["dt"], blocks["task"]["duration"]
    steps = duration / dt
    # Cut off before rounding, since a quotient can be infinite.
    n_steps = round(min(steps, MAX_STEPS + 1))
    off = abs(steps - n_steps) > min(ROUNDING * max(1.0, steps), 0.01)
    if not off and 2 <= n_steps <= MAX_STEPS:
        return n_steps
    return Finding(
        "E031",
        f"a duration of {duration:g} is {steps:.6g} {'step' if steps == 1 else 'steps'} of {dt:g}",
        ("task.duration", "solver.dt"),
        f"a trial is a whole number of steps, from 2 to {MAX_STEPS:,}",
    )
