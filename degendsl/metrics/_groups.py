"""Pairs of operators in groups that are turned onto the same one."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from degendsl._cores import on_cores

from ._coordinates import canonical, precedence
from ._starting import Landmarks, landmarks


class Group(NamedTuple):
    """Operators that are turned onto the same one, and the places of these pairs among all."""

    onto: Landmarks
    turned: Sequence[Landmarks]
    places: Sequence[int]

    def parts(self, most: int) -> Iterator["Group"]:
        for at in range(0, len(self.places), most):
            yield Group(self.onto, self.turned[at : at + most], self.places[at : at + most])


def groups_of(operators: Sequence[np.ndarray], pairs: Sequence[tuple[int, int]]) -> list[Group]:
    """The largest group first, so that threads end together.

    A smaller operator is extended by zeros.
    """
    sizes = [max(len(operators[i]), len(operators[j])) for i, j in pairs]
    # An operator as it is compared: of which network, and at which rank.
    used = sorted({(k, size) for pair, size in zip(pairs, sizes, strict=True) for k in pair})

    def marked(key: tuple[int, int]) -> Landmarks:
        k, size = key
        return landmarks(canonical(_extended(operators[k], size)))

    marks = dict(zip(used, on_cores(marked, used), strict=True))
    first = {key: precedence(mark.operator) for key, mark in marks.items()}
    members: dict[tuple[int, int], list[tuple[Landmarks, int]]] = {}
    for place, ((i, j), size) in enumerate(zip(pairs, sizes, strict=True)):
        # The order within a pair comes from the operators, so d(i, j) = d(j, i) to the last bit.
        one, other = (i, size), (j, size)
        onto, turned = (one, other) if first[one] >= first[other] else (other, one)
        members.setdefault(onto, []).append((marks[turned], place))
    ordered = sorted(members, key=lambda onto: -len(members[onto]))
    return [Group(marks[onto], *zip(*members[onto], strict=True)) for onto in ordered]


def _extended(operator: np.ndarray, rank: int) -> np.ndarray:
    return np.pad(operator, (0, rank - len(operator)))
