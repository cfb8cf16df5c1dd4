"""The settings under which a verdict must keep its sign."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from degendsl.spec import kinds

from ._names import setting

# What a rank follows from; a setting that says none of it has the study's rank.
_RULES = frozenset(("rank", "choose"))


class Setting(NamedTuple):
    """One combination of settings of one level, in words, and the measure that has them.

    Its rank is yet to be chosen where the setting says how.
    """

    level: str
    text: str
    measure: kinds.Measure


def settings_of(asked: kinds.Measure, settled: kinds.Measure) -> Iterator[Setting]:
    """Every combination of the values listed under `sensitivity`, level by level.

    They replace keys of the level's first measure, the one that decides verdicts.

    asked: as the spec has it. settled: with the ranks that were chosen for the study.
    """
    by_level: dict[str, dict[str, tuple[Any, ...]]] = {}
    for path, values in asked.sensitivity.items():
        level, _, name = path.partition(".")
        by_level.setdefault(level, {})[name] = values
    for level, listed in by_level.items():
        for chosen in itertools.product(*listed.values()):
            changes = dict(zip(listed, chosen, strict=True))
            first = getattr(asked if _anew(level, changes) else settled, level)[0]
            change = kinds.under_setting if level == "dynamics" else kinds.changed
            one = replace(settled, **{level: (change(first, changes),)})
            yield Setting(level, setting(changes), one)


def _anew(level: str, changes: Mapping[str, Any]) -> bool:
    """Whether a setting says itself how its rank comes about."""
    says = _RULES & set(changes) or changes.get("rank_per") == "condition"
    return level == "dynamics" and bool(says)
