"""Checks of every condition, and where their findings are pointed at."""

from collections.abc import Callable, Iterator
from typing import Any

from .. import kinds
from .._check import locate
from .._paths import holds
from .._places import Node, Place
from .._problems import Problem
from .._resolve import value_at
from .._spec import Point, Spec
from . import _measuring, _model, _solver, _task, _training
from ._finding import Case, Finding, steps_of, written

# One for each block that has something to say; they run in this order.
CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    _task.check,
    _model.check,
    _training.check,
    _measuring.check,
)


def check_conditions(spec: Spec, root: Node, *, large: bool) -> list[Problem]:
    """Checks of every condition, warnings among them.

    One cause is reported once, at the first condition it is in.
    """
    if not spec.points:
        place = locate(root, ("exclude",))[1]
        hint = f"{spec.size} conditions, and every one is excluded"
        return [place.problem("E024", "the exclusions leave no condition", hint)]
    found: dict[tuple[str, str], tuple[Finding, Point, int]] = {}
    for point in spec.points:
        for finding in _findings(point, spec.measure, large):
            cause = (finding.code, finding.paths[0])
            first, where, count = found.get(cause, (finding, point, 0))
            found[cause] = (first, where, count + 1)
    return [_problem(finding, point, count, spec, root) for finding, point, count in found.values()]


def _findings(point: Point, measure: kinds.Measure, large: bool) -> Iterator[Finding]:
    if point.strays:
        yield from (_stray(path, point) for path in point.strays)
        return
    yield from _solver.step_too_long(point.blocks)
    n_steps = _solver.steps_in(point.blocks)
    if isinstance(n_steps, Finding):
        # The other checks need a trial to look at.
        yield n_steps
        return
    case = Case(point=point, measure=measure, n_steps=n_steps, large=large)
    for check in CHECKS:
        yield from check(case)


def _stray(path: str, point: Point) -> Finding:
    block, name = path.rsplit(".", 1)
    kind = value_at(point.blocks, f"{block}.kind")
    hint = f"sweep '{block}' as a whole, so that each kind has its own keys"
    return Finding("E027", f"{block} of kind '{kind}' has no '{name}'", (path,), hint)


def _problem(finding: Finding, point: Point, count: int, spec: Spec, root: Node) -> Problem:
    places = {path: _place_of(path, point, spec, root) for path in finding.paths}
    known = [path for path, place in places.items() if place]
    # With nothing written every default would have to be wrong; the task is then what chose them.
    main = places[known[0]] if known else locate(root, ("task",))[1]
    others = [f"{path} {_said(places[path])}" for path in finding.paths if path not in known[:1]]
    message = f"{finding.message} ({', '.join(others)})" if others else finding.message
    if len(spec.points) > 1:
        message += f"; in {count} of {len(spec.points)} conditions"
    return (main or root.place).problem(finding.code, message, finding.hint, finding.severity)


def _said(place: Place | None) -> str:
    return place.said() if place else "by default"


def _place_of(path: str, point: Point, spec: Spec, root: Node) -> Place | None:
    """Where the value of a path in a condition is written: in the sweep, in a block, nowhere."""
    for number, item in enumerate(spec.sweep):
        index = next(i for i, one in enumerate(item.levels) if _agrees(one, point))
        for swept in item.changes[index]:
            if holds(swept, path):
                inside = path.removeprefix(swept).split(".")[1:]
                where = (swept, index)
                if item.named:
                    where = ("levels", item.levels[index][item.paths[0]], swept)
                return written(root, ("sweep", number, *where, *inside))
    return written(root, steps_of(path))


def _agrees(level: Any, point: Point) -> bool:
    return all(point.levels[path] == value for path, value in level.items())
