"""How the conditions of a study are arranged in every chart: by one factor, and by all others."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from degendsl.spec import printable

from ._words import name_of, word

# Significant digits of a swept number, unless it takes more to tell it from another.
_DIGITS, _MOST = 4, 17


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition and its place in every chart.

    levels, words: its value of each swept key, and the same as the page says it.
    position: index of its level along the compared factor, which is also its colour.
    facet: its values of all other factors, in words; empty where there are none.
    """

    index: int
    id: str
    label: str
    levels: Mapping[str, Any]
    words: Mapping[str, str]
    position: int
    facet: str

    @property
    def colour(self) -> str:
        return f"c{self.position}"


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """Conditions in the order of the spec, and what they differ by.

    factor: the swept key along the horizontal axes; None where nothing is swept. factors: every
    swept key. others: those that are neither compared nor move together with the one that is.
    levels: of the compared factor, in words; one empty text where nothing is swept.
    """

    factor: str | None
    factors: tuple[str, ...]
    others: tuple[str, ...]
    levels: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @property
    def facets(self) -> tuple[str, ...]:
        """Every combination of the other factors' values; one empty text where there are none."""
        return tuple(dict.fromkeys(one.facet for one in self.conditions))


def arranged(
    listed: Sequence[Mapping[str, Any]],
    compare: str | None = None,
    sweep: Sequence[Mapping[str, Any]] = (),
) -> Arrangement:
    """The conditions of a lock, along the factor that the spec compares or the first of its sweep.

    sweep: its items in the order of the spec; the keys of a lock are in that of the alphabet.
    """
    asked = [path for item in sweep for path in ([item["name"]] if "name" in item else item)]
    known = {path for one in listed for path in one["levels"]}
    factors = (*(path for path in dict.fromkeys(asked) if path in known), *sorted(known - {*asked}))
    factor = compare if compare in factors else next(iter(factors), None)
    words = {path: told_apart([one["levels"].get(path) for one in listed]) for path in factors}
    along = words[factor] if factor else [""] * len(listed)
    levels = tuple(dict.fromkeys(along)) or ("",)
    others = tuple(
        path
        for path in factors
        # A factor moves along that has one value for each level of the compared one.
        if path != factor and not len(set(along)) == len(set(zip(along, words[path], strict=True)))
    )
    return Arrangement(
        factor=factor,
        factors=factors,
        others=others,
        levels=levels,
        conditions=tuple(
            Condition(
                index=index,
                id=one["id"],
                label=printable(one["label"]) or "all networks",
                levels=one["levels"],
                words={path: words[path][index] for path in factors},
                position=levels.index(along[index]),
                facet=", ".join(f"{name_of(path)} {words[path][index]}" for path in others),
            )
            for index, one in enumerate(listed)
        ),
    )


def told_apart(values: Sequence[Any]) -> list[str]:
    """Values as labels, with as many digits as tell apart those that are not equal."""
    kinds = len({json.dumps(value, sort_keys=True) for value in values})
    digits = _DIGITS
    words = [word(value, digits) for value in values]
    while len(set(words)) < kinds and digits < _MOST:
        digits += 1
        words = [word(value, digits) for value in values]
    return words
