"""What the checks of a condition look at, and what they find."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .. import kinds
from .._check import Steps, locate
from .._places import Node, Place
from .._spec import Point

MAX_CONDITIONS = 100_000
MAX_OTHERS = 1_000_000
MAX_STEPS = 1_000_000_000

# Durations and steps are typed in decimal, so their quotient misses a whole number by rounding.
ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class Case:
    """One condition as its checks see it: five blocks with every default, and the measures.

    n_steps: solver steps in a trial, known to be a whole number.
    large: whether `--large` was given.
    """

    point: Point
    measure: kinds.Measure
    n_steps: int
    large: bool

    @property
    def task(self) -> Any:
        return self.point.blocks["task"]

    @property
    def model(self) -> Any:
        return self.point.blocks["model"]

    @property
    def solver(self) -> Any:
        return self.point.blocks["solver"]

    @property
    def train(self) -> Any:
        return self.point.blocks["train"]


@dataclass(frozen=True)
class Finding:
    """Something wrong with a condition: what, which keys it is about, what would help.

    paths: the first that the spec writes is pointed at, the others are named with their lines.
    severity: whether the spec is refused or only warned about.
    """

    code: str
    message: str
    paths: tuple[str, ...]
    hint: str
    severity: Literal["error", "warning"] = "error"


def each(path: str, several: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """The measures of one level, each with its path: `measure.dynamics`, or with its position."""
    for index, one in enumerate(several):
        yield (path if len(several) == 1 else f"{path}[{index}]"), one


def steps_of(path: str) -> Steps:
    """`measure.dynamics[1].rank` as the keys and positions that lead there."""
    steps: list[str | int] = []
    for part in path.split("."):
        word, _, position = part.partition("[")
        steps += [word, int(position.rstrip("]"))] if position else [word]
    return tuple(steps)


def written(root: Node, steps: Steps) -> Place | None:
    """The place of the value at exactly this path, where the spec writes it."""
    node: Node = root
    taken: list[str | int] = []
    for step in steps:
        if isinstance(node.value, list) and isinstance(step, str):
            # The only entry of a list has the path that it would have without the list.
            node, taken = node.value[0], [*taken, 0]
        inner = _at(node, step)
        if inner is None:
            return None
        node, taken = inner, [*taken, step]
    return locate(root, tuple(taken))[1]


def _at(node: Node, step: str | int) -> Node | None:
    if isinstance(node.value, list):
        return node.value[step] if isinstance(step, int) and step < len(node.value) else None
    return node.value.get(step) if isinstance(node.value, dict) else None
