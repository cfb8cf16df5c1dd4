"""Sizes, multiplied before anything is expanded."""

from .. import kinds
from .._check import Steps
from .._places import Node
from .._problems import Problem
from .._sweep import combinations
from ._finding import MAX_CONDITIONS, MAX_OTHERS, each, steps_of, written


def check_sizes(root: Node, networks: kinds.Networks, measure: kinds.Measure) -> list[Problem]:
    """What is larger than anybody means by accident."""
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
    ]
    for level in ("dynamics", "weights"):
        for path, one in each(f"measure.{level}", getattr(measure, level)):
            starts = getattr(one, "starts", None) or 0
            sizes.append((starts, MAX_OTHERS, "starts", ((*steps_of(path), "starts"),)))
    problems = []
    for number, most, what, paths in sizes:
        if number > most:
            place = next((p for p in (written(root, path) for path in paths) if p), root.place)
            message = f"{number:,} {what} are more than {most:,}"
            problems.append(place.problem("E040", message, "give --large if that is meant"))
    return problems
