"""Whether what is measured can be measured of the networks of a condition."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from .. import kinds
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
            if one.rank_per == "condition":
                yield Finding(
                    "E082",
                    "a rank of each condition alone would be compared along with the dynamics",
                    (f"{path}.rank_per",),
                    "ask for it beside the study's: sensitivity: {dynamics.rank_per: [condition]}",
                )
            yield from _embedding(_written(path), one, case)
    yield from _grid(case)
    yield from _symmetries(case)


def _grid(case: Case) -> Iterator[Finding]:
    """Every setting of the sensitivity grid, as the measure that it would be."""
    dynamics = case.measure.dynamics[0]
    listed: dict[str, tuple[Any, ...]] = {}
    for path, values in case.measure.sensitivity.items():
        level, _, name = path.partition(".")
        first = getattr(case.measure, level)[0]
        if not hasattr(first, name):
            yield Finding(
                "E027",
                f"the first measure of {level} has no '{name}'",
                ("measure.sensitivity",),
                f"its keys are {', '.join(vars(first))}",
            )
        elif level == "dynamics":
            listed[name] = values
    if dynamics.kind != "dsa":
        return
    for chosen in itertools.product(*listed.values()) if listed else ():
        changes = dict(zip(listed, chosen, strict=True))
        paths = {
            name: f"measure.{'sensitivity' if name in changes else 'dynamics'}" for name in _KEYS
        }
        yield from _embedding(paths, kinds.under_setting(dynamics, changes), case)


def _symmetries(case: Case) -> Iterator[Finding]:
    nonlinearity = case.model["nonlinearity"]
    for path, one in each("measure.weights", case.measure.weights):
        if one.group == "signs" and nonlinearity not in kinds.ODD:
            yield Finding(
                "E066",
                f"a unit of {nonlinearity} cannot be turned over without changing the network",
                (f"{path}.group", "model.nonlinearity"),
                f"`own` has the symmetries of {nonlinearity}; signs are free for "
                f"{', '.join(kinds.ODD)}",
            )


# What an embedding that cannot be had is said to come from.
_KEYS = ("delays", "rank", "choose", "interval", "window")


def _written(path: str) -> dict[str, str]:
    return {name: f"{path}.{name}" for name in _KEYS}


def _embedding(paths: Mapping[str, str], dynamics: Any, case: Case) -> Iterator[Finding]:
    """Whether the delays fit into a trial, and the rank into what they embed."""
    units, rank = case.model["units"], dynamics.rank
    n_steps = case.n_steps if dynamics.window == "all" else case.n_steps // 2
    n_steps -= min(round(dynamics.burn_in / case.solver["dt"]), n_steps)
    span = (dynamics.delays - 1) * dynamics.interval + 1
    if rank > 1 and rank != round(rank):
        yield Finding(
            "E080",
            f"a rank of {rank:g} is no whole number",
            (paths["rank"],),
            "a whole number, or a share of the variance below 1",
        )
        return
    if rank < 1 and dynamics.choose == "prediction":
        yield Finding(
            "E083",
            f"prediction chooses among whole numbers up to the rank, and {rank:g} is a share of "
            "the variance",
            (paths["choose"], paths["rank"]),
            "give the highest rank, or choose: given for the share",
        )
        return
    part = "a trial" if n_steps == case.n_steps else "a window"
    if span >= n_steps:
        apart = f" {dynamics.interval} steps apart" if dynamics.interval > 1 else ""
        yield Finding(
            "E032",
            f"{dynamics.delays} delays{apart} do not fit into {part} of {n_steps} steps",
            (paths["delays"], "task.duration", "solver.dt"),
            f"at most {max(n_steps - 2, 0) // dynamics.interval + 1} delays",
        )
        return
    trials = case.measure.trials.count
    samples = trials * (n_steps - span)
    if rank > dynamics.delays * units:
        yield Finding(
            "E033",
            f"rank {rank:g} is above {dynamics.delays} delays × {units} units",
            (paths["rank"], paths["delays"], "model.units"),
            f"at most {dynamics.delays * units}",
        )
    elif rank > samples:
        yield Finding(
            "E033",
            f"rank {rank:g} is above the {samples} samples of {trials} trials",
            (paths["rank"], "measure.trials.count", paths["delays"], "task.duration"),
            f"at most {samples}",
        )
