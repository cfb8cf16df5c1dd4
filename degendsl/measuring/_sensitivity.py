"""The settings under which a verdict must keep its sign."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from degendsl.spec import kinds

from ._names import setting


class Setting(NamedTuple):
    """One combination of settings of one level, in words, and the measure that has them."""

    level: str
    text: str
    measure: kinds.Measure


def settings_of(measure: kinds.Measure) -> Iterator[Setting]:
    """Every combination of the values listed under `sensitivity`, level by level.

    They replace keys of the level's first measure, the one that decides verdicts.
    """
    by_level: dict[str, dict[str, tuple[Any, ...]]] = {}
    for path, values in measure.sensitivity.items():
        level, _, name = path.partition(".")
        by_level.setdefault(level, {})[name] = values
    for level, listed in by_level.items():
        first = getattr(measure, level)[0]
        for chosen in itertools.product(*listed.values()):
            one = kinds.changed(first, dict(zip(listed, chosen, strict=True)))
            text = setting({name: getattr(one, name) for name in listed})
            yield Setting(level, text, replace(measure, **{level: (one,)}))
