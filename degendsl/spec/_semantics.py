"""What a schema cannot say: that the parts of a spec fit one another."""

import json
from typing import Any

from . import kinds
from ._check import locate, show
from ._compose import Node, Source
from ._problems import Problem, nearest
from ._spec import Spec

MAX_CONDITIONS = 100_000
MAX_UNITS = 1_000_000


def check_meaning(spec: Spec, root: Node, source: Source, *, large: bool) -> list[Problem]:
    """Every problem of meaning. Sizes come first, before anything is expanded."""
    checker = _Checker(spec, root, source)
    checker.sizes(large)
    checker.sweep()
    checker.claims()
    if not checker.problems:
        checker.conditions()
    return checker.problems


class _Checker:
    def __init__(self, spec: Spec, root: Node, source: Source) -> None:
        self._spec, self._root, self._source = spec, root, source
        self.problems: list[Problem] = []

    def _say(self, code: str, message: str, path: tuple[Any, ...], hint: str = "") -> None:
        place = locate(self._root, path)[1]
        self.problems.append(self._source.problem(code, message, place, hint))

    def sizes(self, large: bool) -> None:
        spec = self._spec
        units = spec.size * spec.networks.count
        starts = spec.measure.weights.starts * spec.networks.count
        samples = spec.measure.trials.count
        counts = [
            (spec.size, MAX_CONDITIONS, "conditions", ("sweep",)),
            (units, MAX_UNITS, "networks", ("networks", "count")),
            (starts, MAX_UNITS, "starts", ("measure", "weights", "starts")),
            (samples, MAX_UNITS, "trials", ("measure", "trials", "count")),
        ]
        for number, most, what, path in counts:
            if number > most and not large:
                hint = "give --large if that is meant"
                self._say("E040", f"{number:,} {what}, more than {most:,}", path, hint)

    def sweep(self) -> None:
        seen: dict[str, int] = {}
        for index, item in enumerate(self._spec.sweep):
            for path in item.paths:
                place = ("sweep", index, path)
                if path in seen:
                    first = locate(self._root, ("sweep", seen[path], path))[1].line
                    self._say("E022", f"'{path}' is swept already at line {first}", place)
                seen[path] = index
            levels = [json.dumps(level, sort_keys=True) for level in item.levels]
            for position, level in enumerate(levels):
                if level in levels[:position]:
                    path = item.paths[0]
                    value = show(item.levels[position][path])
                    self._say(
                        "E022",
                        f"the level {path} = {value} is repeated",
                        ("sweep", index, path, position),
                    )
        if "end" not in self._spec.measure.at:
            self._say(
                "E036", "measure.at leaves out `end`, the result", ("measure", "at"), "add end"
            )

    def claims(self) -> None:
        factors = self._spec.factors
        for index, claim in enumerate(self._spec.expect):
            given = {
                word: path
                for word in ("rises_with", "falls_with")
                if (path := getattr(claim, word)) is not None
            }
            if len(given) != 1:
                hint = "give exactly one of rises_with, falls_with"
                self._say(
                    "E035", f"an expectation with {len(given)} directions", ("expect", index), hint
                )
            for word, path in given.items():
                self._swept(path, factors, ("expect", index, word))
        if self._spec.report.compare is not None:
            self._swept(self._spec.report.compare, factors, ("report", "compare"))

    def _swept(self, path: str, factors: tuple[str, ...], place: tuple[Any, ...]) -> None:
        if path not in factors:
            hint = f"{nearest(path, list(factors))}swept: {', '.join(factors) or 'nothing'}"
            self._say("E034", f"'{path}' is not swept", place, hint)

    def conditions(self) -> None:
        """Checks of each condition; one cause is reported once, for the first it concerns."""
        if not self._spec.points:
            self._say("E024", "the exclusions leave no condition", ("exclude",))
        seen: set[tuple[Any, ...]] = set()
        said: set[str] = set()
        for point in self._spec.points:
            science = point.science
            key = (science.solver, science.model.time_constant, science.model.units)
            key += (science.task.duration,)
            if key in seen:
                continue
            seen.add(key)
            for code, message, path, hint in self._of_condition(science):
                if code not in said:
                    said.add(code)
                    self._say(code, message, self._written(path), hint)

    def _of_condition(self, science: kinds.Science) -> list[tuple[str, str, str, str]]:
        found = []
        dt, tau, duration = science.solver.dt, science.model.time_constant, science.task.duration
        if dt > tau * (1 + 1e-9):
            text = f"Euler's step {dt:g}{self._line('solver.dt')} exceeds the time constant {tau:g}"
            found.append(("E030", text, "model.time_constant", "the state would overshoot"))
        steps = duration / dt
        if abs(steps - round(steps)) > 1e-6 * steps or round(steps) < 2:
            text = f"duration {duration:g} is {steps:g} steps of {dt:g}{self._line('solver.dt')}"
            found.append(
                ("E031", text, "task.duration", "a trial is a whole number of steps, two or more")
            )
            return found
        measure = self._spec.measure.dynamics
        windows = round(steps) - measure.delays + 1
        if windows < 2:
            trial = f"trials of {round(steps)} steps{self._line('task.duration')}"
            text = f"{measure.delays} delays do not fit {trial}"
            found.append(("E032", text, "measure.dynamics.delays", f"at most {round(steps) - 1}"))
            return found
        samples = self._spec.measure.trials.count * (windows - 1)
        columns = measure.delays * science.model.units
        most = min(columns, samples)
        if measure.rank > most:
            carried = f"{columns} delays × units, {samples} samples"
            text = f"rank {measure.rank} is above {most}: {carried}"
            found.append(("E033", text, "measure.dynamics.rank", f"at most {most}"))
        return found

    def _line(self, path: str) -> str:
        """` (line 7)` where the file says it, nothing where it is a default."""
        place = self._written(path)
        node = locate(self._root, place)[0]
        return f" (line {node.place.line})" if node is not self._root and len(place) > 1 else ""

    def _written(self, path: str) -> tuple[Any, ...]:
        """Where the file writes a path: in the sweep, in its block, or the nearest block above."""
        for index, item in enumerate(self._spec.sweep):
            if path in item.paths:
                return ("sweep", index, path)
        steps = path.split(".")
        node, found = self._root, []
        for step in steps:
            if not isinstance(node.value, dict) or step not in node.value:
                break
            node = node.value[step]
            found.append(step)
        return tuple(found)
