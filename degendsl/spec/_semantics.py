"""What a schema cannot say: that the parts of a spec fit one another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import kinds
from ._check import Steps, locate
from ._paths import holds
from ._places import Node, Place
from ._problems import Problem
from ._resolve import value_at
from ._spec import Point, Spec
from ._sweep import combinations, entries
from ._words import listed, nearest

MAX_CONDITIONS = 100_000
MAX_OTHERS = 1_000_000
MAX_STEPS = 1_000_000_000

# Durations and steps are typed in decimal, so their quotient misses a whole number by rounding.
_ROUNDING = 1e-6


def check_sizes(root: Node, networks: kinds.Networks, measure: kinds.Measure) -> list[Problem]:
    """Sizes, multiplied before anything is expanded."""
    conditions = combinations(root)
    # A factor that nobody has written is not the one to point at.
    sizes: list[tuple[int, int, str, tuple[Steps, ...]]] = [
        (conditions, MAX_CONDITIONS, "conditions", (("sweep",),)),
        (
            conditions * networks.count,
            MAX_OTHERS,
            f"networks ({conditions:,} conditions × {networks.count:,})",
            (("networks", "count"), ("sweep",)),
        ),
        (measure.trials.count, MAX_OTHERS, "test trials", (("measure", "trials", "count"),)),
        (measure.dynamics.starts, MAX_OTHERS, "starts", (("measure", "dynamics", "starts"),)),
        (measure.weights.starts, MAX_OTHERS, "starts", (("measure", "weights", "starts"),)),
    ]
    problems = []
    for number, most, what, paths in sizes:
        if number > most:
            place = next((p for p in (_written(root, path) for path in paths) if p), root.place)
            message = f"{number:,} {what} are more than {most:,}"
            problems.append(place.problem("E040", message, "give --large if that is meant"))
    return problems


def check_claims(spec: Spec, root: Node) -> list[Problem]:
    """Expectations and the comparison of the page, which speak of what is swept."""
    problems = []
    for index, (claim, node) in enumerate(zip(spec.expect, entries(root, "expect"), strict=True)):
        given = [word for word in ("rises_with", "falls_with") if getattr(claim, word) is not None]
        if len(given) != 1:
            message = f"expect[{index}] has {'two directions' if given else 'no direction'}"
            hint = "give one of rises_with and falls_with"
            problems.append(node.place.problem("E035", message, hint))
        for word in given:
            path = getattr(claim, word)
            problems += _swept(spec, path, locate(root, ("expect", index, word))[1])
    if spec.report.compare is not None:
        problems += _swept(spec, spec.report.compare, locate(root, ("report", "compare"))[1])
    if "end" not in spec.measure.at:
        place = locate(root, ("measure", "at"))[1]
        message = "measure.at leaves out 'end', the result"
        problems.append(place.problem("E036", message, "write [init, end]"))
    return problems


def _swept(spec: Spec, path: str, place: Place) -> list[Problem]:
    if path in spec.factors:
        return []
    hint = f"{nearest(path, spec.factors)}swept: {listed(spec.factors)}"
    return [place.problem("E034", f"'{path}' is not swept", hint)]


@dataclass(frozen=True)
class _Finding:
    """Something wrong with a condition: what, which keys it is about, what would help.

    paths: the first that the spec writes is pointed at, the others are named with their lines.
    """

    code: str
    message: str
    paths: tuple[str, ...]
    hint: str


def check_conditions(spec: Spec, root: Node, *, large: bool) -> list[Problem]:
    """Checks of every condition. One cause is reported once, at the first condition it is in."""
    if not spec.points:
        place = locate(root, ("exclude",))[1]
        hint = f"{spec.size} conditions, and every one is excluded"
        return [place.problem("E024", "the exclusions leave no condition", hint)]
    found: dict[tuple[str, str], tuple[_Finding, Point, int]] = {}
    for point in spec.points:
        for finding in _findings(point, spec.measure, large):
            cause = (finding.code, finding.paths[0])
            first, where, count = found.get(cause, (finding, point, 0))
            found[cause] = (first, where, count + 1)
    return [_problem(finding, point, count, spec, root) for finding, point, count in found.values()]


def _findings(point: Point, measure: kinds.Measure, large: bool) -> Iterator[_Finding]:
    if point.strays:
        yield from (_stray(path, point) for path in point.strays)
        return
    task, model, solver = (point.blocks[word] for word in ("task", "model", "solver"))
    dt, duration = solver["dt"], task["duration"]
    tau = model["time_constant"]
    if solver["kind"] == "euler" and dt > tau * (1 + _ROUNDING):
        yield _Finding(
            "E030",
            f"the step dt = {dt:g} is longer than the time constant {tau:g}",
            ("model.time_constant", "solver.dt"),
            "Euler's method would overshoot; make dt at most the time constant",
        )
    steps = duration / dt
    # Cut off before rounding, since a quotient can be infinite.
    n_steps = round(min(steps, MAX_STEPS + 1))
    off = abs(steps - n_steps) > min(_ROUNDING * max(1.0, steps), 0.01)
    if off or not 2 <= n_steps <= MAX_STEPS:
        yield _Finding(
            "E031",
            f"a duration of {duration:g} is {steps:.6g} {'step' if steps == 1 else 'steps'} "
            f"of {dt:g}",
            ("task.duration", "solver.dt"),
            f"a trial is a whole number of steps, from 2 to {MAX_STEPS:,}",
        )
        return
    trials = measure.trials.count
    if trials * n_steps > MAX_OTHERS and not large:
        yield _Finding(
            "E040",
            f"{trials:,} test trials of {n_steps:,} steps are more than {MAX_OTHERS:,} samples",
            ("measure.trials.count", "task.duration", "solver.dt"),
            "give --large if that is meant",
        )
    yield from _embedding(measure, n_steps, model["units"])


def _embedding(measure: kinds.Measure, n_steps: int, units: int) -> Iterator[_Finding]:
    """Whether the delays fit into a trial, and the rank into what they embed."""
    dynamics = measure.dynamics
    delays, rank = "measure.dynamics.delays", "measure.dynamics.rank"
    if dynamics.delays >= n_steps:
        yield _Finding(
            "E032",
            f"{dynamics.delays} delays do not fit into a trial of {n_steps} steps",
            (delays, "task.duration", "solver.dt"),
            f"at most {n_steps - 1} delays",
        )
        return
    samples = measure.trials.count * (n_steps - dynamics.delays)
    if dynamics.rank > dynamics.delays * units:
        yield _Finding(
            "E033",
            f"rank {dynamics.rank} is above {dynamics.delays} delays × {units} units",
            (rank, delays, "model.units"),
            f"at most {dynamics.delays * units}",
        )
    elif dynamics.rank > samples:
        yield _Finding(
            "E033",
            f"rank {dynamics.rank} is above the {samples} samples of {measure.trials.count} trials",
            (rank, "measure.trials.count", delays, "task.duration"),
            f"at most {samples}",
        )


def _stray(path: str, point: Point) -> _Finding:
    block, name = path.rsplit(".", 1)
    kind = value_at(point.blocks, f"{block}.kind")
    hint = f"sweep '{block}' as a whole, so that each kind has its own keys"
    return _Finding("E027", f"{block} of kind '{kind}' has no '{name}'", (path,), hint)


def _problem(finding: _Finding, point: Point, count: int, spec: Spec, root: Node) -> Problem:
    places = {path: _place_of(path, point, spec, root) for path in finding.paths}
    written = [path for path, place in places.items() if place]
    # With nothing written every default would have to be wrong; the task is then what chose them.
    main = places[written[0]] if written else locate(root, ("task",))[1]
    others = [f"{path} {_said(places[path])}" for path in finding.paths if path not in written[:1]]
    message = f"{finding.message} ({', '.join(others)})" if others else finding.message
    if len(spec.points) > 1:
        message += f"; in {count} of {len(spec.points)} conditions"
    return (main or root.place).problem(finding.code, message, finding.hint)


def _said(place: Place | None) -> str:
    return place.said() if place else "by default"


def _place_of(path: str, point: Point, spec: Spec, root: Node) -> Place | None:
    """Where the value of a path in a condition is written: in the sweep, in a block, nowhere."""
    for number, item in enumerate(spec.sweep):
        for swept in item.paths:
            if holds(swept, path):
                index = next(i for i, one in enumerate(item.levels) if _agrees(one, point))
                inside = path.removeprefix(swept).split(".")[1:]
                return _written(root, ("sweep", number, swept, index, *inside))
    return _written(root, tuple(path.split(".")))


def _agrees(level: Any, point: Point) -> bool:
    return all(point.levels[path] == value for path, value in level.items())


def _written(root: Node, steps: Steps) -> Place | None:
    """The place of the value at exactly this path, where the spec writes it."""
    node = root
    for step in steps[:-1]:
        node = node.value[step] if _has(node, step) else None
        if node is None:
            return None
    return locate(root, steps)[1] if _has(node, steps[-1]) else None


def _has(node: Node, step: Any) -> bool:
    if isinstance(node.value, list):
        return isinstance(step, int) and step < len(node.value)
    return isinstance(node.value, dict) and step in node.value
