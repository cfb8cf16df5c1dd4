"""Whether what is measured can be measured of the networks of a condition."""

from collections.abc import Iterator
from typing import Any

from ._finding import MAX_OTHERS, Case, Finding, each


def check(case: Case) -> Iterator[Finding]:
    """What of the measures does not suit a condition."""
    trials = case.measure.trials.count
    if trials * case.n_steps > MAX_OTHERS and not case.large:
        yield Finding(
            "E040",
            f"{trials:,} test trials of {case.n_steps:,} steps are more than {MAX_OTHERS:,} "
            "samples",
            ("measure.trials.count", "task.duration", "solver.dt"),
            "give --large if that is meant",
        )
    for path, one in each("measure.dynamics", case.measure.dynamics):
        if one.kind == "dsa":
            yield from _embedding(path, one, case)


def _embedding(path: str, dynamics: Any, case: Case) -> Iterator[Finding]:
    """Whether the delays fit into a trial, and the rank into what they embed."""
    n_steps, units = case.n_steps, case.model["units"]
    delays, rank = f"{path}.delays", f"{path}.rank"
    if dynamics.delays >= n_steps:
        yield Finding(
            "E032",
            f"{dynamics.delays} delays do not fit into a trial of {n_steps} steps",
            (delays, "task.duration", "solver.dt"),
            f"at most {n_steps - 1} delays",
        )
        return
    trials = case.measure.trials.count
    samples = trials * (n_steps - dynamics.delays)
    if dynamics.rank > dynamics.delays * units:
        yield Finding(
            "E033",
            f"rank {dynamics.rank} is above {dynamics.delays} delays × {units} units",
            (rank, delays, "model.units"),
            f"at most {dynamics.delays * units}",
        )
    elif dynamics.rank > samples:
        yield Finding(
            "E033",
            f"rank {dynamics.rank} is above the {samples} samples of {trials} trials",
            (rank, "measure.trials.count", delays, "task.duration"),
            f"at most {samples}",
        )
