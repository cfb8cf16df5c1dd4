"""Every level of every group of networks from elsewhere, where its data are there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from degendsl.errors import MeasureError
from degendsl.spec import kinds
from degendsl.store import Store, UnitRecord

from .._cache import Measured
from .._condition import ConditionMeasures
from .._groups import Group
from .._sensitivity import settings_of
from ._examples import examples
from ._kept import Kept
from ._levels import Found, Missing, level_of, of_losses
from ._networks import Compared, Given
from ._rank import ChosenRank, Ranks
from ._usable import usable
from ._weights import described

# What becomes of training is not known of networks that were given.
GIVEN = "given"
# What messages call each level.
_WORDS = {"behavior": "behaviour", "dynamics": "dynamics", "weights": "weights"}


@dataclass(frozen=True, kw_only=True)
class GivenMeasures:
    """What was found in each group.

    rank: of the operators, where it was chosen from data. ranks: all that were chosen, also those
    of other settings.
    """

    groups: list[ConditionMeasures]
    rank: ChosenRank | None
    ranks: tuple[ChosenRank, ...]


def measure_given(
    groups: Sequence[tuple[Group, Sequence[Given]]],
    measure: kinds.Measure,
    store: Store,
    report: Callable[[str], None] = lambda _: None,
    *,
    ranks: Any = (),
) -> GivenMeasures:
    """Measure each level of each group where its data are there; what is wrong is said.

    What the store knows is not measured again. measure: of each level one entry, which is measured
    again under every setting of `sensitivity`. ranks: what was chosen before, see `Ranks`.
    """
    kept = Kept(store)
    measuring = [_GivenGroup(group, networks, kept) for group, networks in groups]
    choosing = Ranks([one.states for one in measuring if one.states.seeds], ranks)
    first = _asked("", "", measure, choosing)
    settings = [
        _asked(level, text, one, choosing)
        for level, text, one in settings_of(measure, first.measure)
    ]
    found = []
    for one in measuring:
        report(one.group.label)
        found.append(one.everything(first, settings))
    return GivenMeasures(
        groups=found,
        rank=first.rank,
        ranks=tuple(choosing.chosen),
    )


class _Asked(NamedTuple):
    """What is measured, its rank settled: everything, or one level under the setting in `text`."""

    level: str
    text: str
    measure: kinds.Measure
    rank: ChosenRank | None = None
    unranked: str = ""


def _asked(level: str, text: str, measure: kinds.Measure, choosing: Ranks) -> _Asked:
    (dsa,) = measure.dynamics
    try:
        rank = choosing.rank_for(dsa) if level in ("", "dynamics") else None
    except MeasureError as error:
        return _Asked(level, text, measure, unranked=str(error))
    if rank:
        dsa = replace(dsa, rank=float(rank.rank), choose="given")
    return _Asked(level, text, replace(measure, dynamics=(dsa,)), rank)


class _GivenGroup:
    """One group while it is measured, and what goes wrong with its networks."""

    def __init__(self, group: Group, networks: Sequence[Given], kept: Kept) -> None:
        self.group, self._count, self._kept = group, len(networks), kept
        self._usable = usable(networks)
        self._problems = list(self._usable.problems)
        self._said: set[tuple[str, Missing]] = set()

    @property
    def states(self) -> Compared:
        return self._usable.trained.states

    def everything(self, first: _Asked, settings: Sequence[_Asked]) -> ConditionMeasures:
        """All levels for which there are data, and those that settings name once more."""
        found = {level: self._level(level, first) for level in _WORDS}
        label = self.group.label
        trained, untrained = self._usable.trained, self._usable.untrained
        weights, losses = trained.weights, trained.losses
        compared = {
            seed for one in found.values() if (end := one.levels.get("end")) for seed in end.seeds
        }
        whole = ConditionMeasures(
            condition=self.group,
            records={
                place: UnitRecord(arrays={}, manifest={"outcome": GIVEN})
                for place in range(self._count)
            },
            compared=tuple(sorted(compared)),
            levels=_levels(found),
            references=_references(found),
            also={("weight_change", "end"): described(weights, untrained.weights, self._kept)}
            if weights.seeds
            else {},
            everyone=of_losses(losses) if losses else None,
            examples=examples(self._usable, self._kept),
            problems=(),
            notes=tuple(
                f"{label}: {_WORDS[level]}: {note}"
                for level, one in found.items()
                for note in one.notes
            ),
        )
        under: dict[tuple[str, str], ConditionMeasures] = {}
        for one in settings:
            again = {one.level: self._level(one.level, one)}
            under[one.level, one.text] = replace(
                whole, levels=_levels(again), references=_references(again)
            )
        problems = tuple(f"{label}: {problem}" for problem in self._problems)
        return replace(whole, sensitivity=under, problems=problems)

    def _level(self, level: str, asked: _Asked) -> Found:
        """A level as it is asked for; what could not be measured is said once."""
        if level == "dynamics" and asked.unranked:
            enough = len(self.states.seeds) >= 2
            found = Found(missing=(Missing("", asked.unranked),) if enough else ())
        else:
            found = level_of(level, self._usable, asked.measure, self._kept)
        under = f" with {asked.text}" if asked.text else ""
        for one in found.missing:
            # What a value lacks, other settings mostly lack for the same reason.
            if (level, one) not in self._said:
                self._problems.append(f"{_WORDS[level]}{under}{one.which}: {one.why}")
                self._said.add((level, one))
        return found


def _levels(found: Mapping[str, Found]) -> dict[tuple[str, str], Measured]:
    """By (level, at), in the order in which tables have them."""
    return {
        (level, at): one.levels[at]
        for level, one in found.items()
        for at in ("init", "end")
        if at in one.levels
    }


def _references(found: Mapping[str, Found]) -> dict[tuple[str, str], Measured]:
    return {
        (level, name): measured
        for level, one in found.items()
        for name, measured in one.references.items()
    }
