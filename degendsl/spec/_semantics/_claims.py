"""Expectations and the comparison of the page, which speak of what is swept."""

from .. import kinds
from .._check import locate
from .._places import Node, Place
from .._problems import Problem
from .._spec import Spec
from .._sweep import entries
from .._words import listed, nearest

_DIRECTIONS = ("rises_with", "falls_with", "unchanged_with")


def check_claims(spec: Spec, root: Node) -> list[Problem]:
    """Claims without one direction or about what is not swept; measures without the result."""
    problems = []
    for index, (claim, node) in enumerate(zip(spec.expect, entries(root, "expect"), strict=True)):
        given = [word for word in _DIRECTIONS if getattr(claim, word) is not None]
        if len(given) != 1:
            count = {0: "no direction", 2: "two directions"}.get(len(given), "three directions")
            hint = "give one of rises_with, falls_with and unchanged_with"
            problems.append(node.place.problem("E035", f"expect[{index}] has {count}", hint))
        if (claim.unchanged_with is None) != (claim.within is None):
            problems.append(_margin(claim, node))
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


def _margin(claim: kinds.Expectation, node: Node) -> Problem:
    if claim.within is None:
        message = "unchanged_with needs a margin: no number of networks shows that nothing changes"
        return node.keys["unchanged_with"].problem("E081", message, "add within: 0.1 for ±10 %")
    message = "within is the margin of unchanged_with, which is not there"
    return node.keys["within"].problem("E081", message, "claim unchanged_with, or drop within")


def _swept(spec: Spec, path: str, place: Place) -> list[Problem]:
    if path in spec.factors:
        return []
    hint = f"{nearest(path, spec.factors)}swept: {listed(spec.factors)}"
    return [place.problem("E034", f"'{path}' is not swept", hint)]
