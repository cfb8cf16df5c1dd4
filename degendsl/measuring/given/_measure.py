"""Every level of every group of networks from elsewhere, where its data are there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from degendsl.errors import MeasureError
from degendsl.spec import kinds
from degendsl.store import Store, UnitRecord

from .._cache import Measured
from .._groups import Group
from .._left_out import sentences
from .._study import ConditionMeasures
from ._dynamics import dynamics, of_halves
from ._examples import examples
from ._kept import Kept
from ._networks import Compared, Given
from ._rank import ChosenRank, choose_rank
from ._usable import too_few, usable
from ._weights import described, of_shuffled, weights

# What becomes of training is not known of networks that were given.
GIVEN = "given"


@dataclass(frozen=True, kw_only=True)
class GivenMeasures:
    """What was found in each group. rank: of the operators, where it was chosen from data."""

    groups: list[ConditionMeasures]
    rank: ChosenRank | None


def measure_given(
    groups: Sequence[tuple[Group, Sequence[Given]]],
    dsa: kinds.DSA,
    pif: kinds.PIF,
    store: Store,
    report: Callable[[str], None] = lambda _: None,
    *,
    pairs: int | None = None,
    ranks: Any = (),
) -> GivenMeasures:
    """Measure each level of each group where its data are there; what is wrong is said.

    What the store knows is not measured again. `pairs`: at most so many of a group are compared,
    as of `measure.pairs.max`. `ranks`: what was chosen before, see `choose_rank`.
    """
    kept = Kept(store)
    measuring = [_Measuring(group, networks, kept, pif, pairs) for group, networks in groups]
    rank, unranked = None, ""
    try:
        rank = choose_rank(dsa, [one.states for one in measuring if one.states.seeds], ranks)
    except MeasureError as error:
        unranked = str(error)
    if rank:
        dsa = replace(dsa, rank=float(rank.rank), choose="given")
    found = []
    for one in measuring:
        report(one.group.label)
        found.append(one.everything(dsa, unranked))
    return GivenMeasures(groups=found, rank=rank)


class _Measuring:
    """One group while it is measured, and what goes wrong with its networks."""

    def __init__(
        self,
        group: Group,
        networks: Sequence[Given],
        kept: Kept,
        pif: kinds.PIF,
        pairs: int | None,
    ) -> None:
        self.group, self._networks = group, networks
        self._kept, self._pif, self._pairs = kept, pif, pairs
        self._found = usable(networks)
        self._problems = list(self._found.problems)
        self._levels: dict[tuple[str, str], Measured] = {}
        self._references: dict[tuple[str, str], Measured] = {}

    @property
    def states(self) -> Compared:
        return self._found.states

    def everything(self, dsa: kinds.DSA, unranked: str) -> ConditionMeasures:
        """All levels for which there are data; none of dynamics where there is no rank."""
        given = self._found.weights
        losses = self._losses()
        if losses and len(losses.seeds) >= 2:
            self._levels["behavior", "end"] = losses
        if len(self.states.seeds) >= 2 and unranked:
            self._problems.append(f"dynamics: {unranked}")
        elif len(self.states.seeds) >= 2:
            self._attempt("dynamics", lambda: self._dynamics(dsa))
        if len(given.seeds) >= 2:
            self._attempt("weights", self._weights)
        compared = sorted({seed for one in self._levels.values() for seed in one.seeds})
        also = {("weight_change", "end"): described(given, self._kept)} if given.seeds else {}
        return ConditionMeasures(
            condition=self.group,
            records={
                place: UnitRecord(arrays={}, manifest={"outcome": GIVEN})
                for place in range(len(self._networks))
            },
            compared=tuple(compared),
            levels=self._levels,
            references=self._references,
            also=also,
            everyone=losses,
            examples=examples(self._found, self._kept),
            problems=tuple(f"{self.group.label}: {problem}" for problem in self._problems),
        )

    def _dynamics(self, dsa: kinds.DSA) -> None:
        found = dynamics(self.states, dsa, self._pairs, self._kept)
        left_out = found.left_out.get("", {})
        of = len(found.seeds) + len(left_out)
        names = dict(zip(self.states.seeds, self.states.names, strict=True))
        self._problems += [f"dynamics: {one}" for one in sentences(left_out, of, names)]
        if len(found.seeds) < 2:
            self._problems.append(too_few("dynamics", len(found.seeds), of))
            return
        self._levels["dynamics", "end"] = found
        pairs = [(int(i), int(j)) for i, j in found.arrays["pairs"]]
        halves = of_halves(self.states.only(found.seeds), pairs, dsa, self._kept)
        self._references |= {("dynamics", name): half for name, half in halves.items()}

    def _weights(self) -> None:
        given = self._found.weights
        self._levels["weights", "end"] = weights(given, self._pif, self._pairs, self._kept)
        self._references["weights", "surrogate"] = of_shuffled(given, self._pif, self._kept)

    def _losses(self) -> Measured | None:
        losses = self._found.losses
        if not losses:
            return None
        return Measured(seeds=tuple(losses), arrays={"ood_mse": np.array(list(losses.values()))})

    def _attempt(self, level: str, measure: Callable[[], None]) -> None:
        """Measure a level, or say what is missing."""
        try:
            measure()
        except MeasureError as error:
            self._problems.append(f"{level}: {error}")
        except MemoryError:
            what = "delays" if level == "dynamics" else "networks"
            self._problems.append(f"{level}: memory does not suffice; use fewer {what}")
