"""The finding of each level in a sentence, with its numbers."""

from typing import Any, NamedTuple

import polars as pl

from ._arrangement import Condition
from ._degeneracy import primary
from ._numbers import PERCENT, Number, counts, number
from ._study import Study
from ._words import LEVELS, lowered, name_of


def measured_by(study: Study) -> str:
    """What the findings are of: the measure of each level, and how many networks."""
    names = [
        f"{LEVELS[level]}: {lowered(study.metric(name).title)}"
        for level in LEVELS
        if (name := primary(study, level))
    ]
    rows = study.rows("degeneracy", "at", "value", "n_networks").filter(at="end")
    of = rows.drop_nulls()["n_networks"].to_list()
    many = f"{counts(of, 'network')}{study.each}" if of else "networks"
    return f"{'; '.join(names)}. In brackets: 95{PERCENT} intervals over {many}."


class Finding(NamedTuple):
    """What happened at one level along one factor. link: where the page shows it."""

    level: str
    text: str
    direction: str
    link: str


def findings(study: Study) -> list[Finding]:
    """One sentence a level and factor; with nothing varied, the value of each level."""
    found = []
    effects = study.rows(
        "effects", "factor", "level", "metric", "change", "ci_low", "ci_high", "direction",
        "monotone", "smallest_visible",
    )  # fmt: skip
    for level in LEVELS:
        name = primary(study, level)
        rows = effects.filter((pl.col("level") == level) & (pl.col("metric") == name))
        for row in rows.iter_rows(named=True):
            text, direction = sentence(study, row)
            found.append(Finding(LEVELS[level], text, direction, f"level-{level}"))
        if not rows.height and name:
            text = _value(study, level, name)
            if text:
                found.append(Finding(LEVELS[level], text, "", f"level-{level}"))
    return found


def sentence(study: Study, row: dict[str, Any]) -> tuple[str, str]:
    """An effect in words, and its direction."""
    path = _path(study, row["factor"])
    change = row["change"]
    if change is None:
        return f"degeneracy could not be compared {path}.", ""
    if row["ci_low"] is None or row["ci_high"] is None:
        few = "too few networks for an interval"
        return f"degeneracy changes by {signed(change)} {path}; {few}.", "unclear"
    if row["direction"] not in ("rises", "falls"):
        interval = f"[{signed(row['ci_low'])}, {signed(row['ci_high'])}]"
        least = row.get("smallest_visible")
        seen = f"; only {signed(least)} or more would show" if least is not None else ""
        return f"no clear change {path}: {signed(change)} {interval}{seen}.", "unclear"
    bounds = sorted((abs(row["ci_low"]), abs(row["ci_high"])))
    interval = f"[{percent(bounds[0])}, {percent(bounds[1])}]"
    steadily = "" if row["monotone"] else ", though not at every step"
    change = f"{row['direction']} by {percent(abs(change))}{PERCENT} {interval}"
    return f"degeneracy {change} {path}{steadily}.", row["direction"]


def percent(share: Number) -> str:
    """A share as a percentage, without its sign of the unit."""
    # Beyond tenfold only the size is of interest.
    return number(round(100 * share, 1 if share < 0.1 else 0), 4 if share < 10 else 2)


def signed(share: Number) -> str:
    """A change as a percentage with its sign."""
    sign = "+" if share > 0 else "−" if share < 0 else ""
    return f"{sign}{percent(abs(share))}{PERCENT}"


def _path(study: Study, factor: str) -> str:
    """Along which levels: "from 1 to 5 channels" where the levels are numbers."""
    there = [one for one in study.conditions if factor in one.levels]
    name = name_of(factor)
    if not there:
        return f"along {factor}"
    first, last = (one.words[factor] for one in (there[0], there[-1]))
    levels = [one.levels[factor] for one in there]
    if all(isinstance(level, int) and not isinstance(level, bool) for level in levels):
        return f"from {first} to {last} {name}"
    return f"from {name} {first} to {last}"


# Conditions of which a sentence has each value.
_FEW = 3


def _value(study: Study, level: str, name: str) -> str:
    rows = study.rows(
        "degeneracy", "condition", "level", "metric", "at", "value", "ci_low", "ci_high"
    )
    rows = rows.filter(
        (pl.col("level") == level)
        & (pl.col("metric") == name)
        & (pl.col("at") == "end")
        & pl.col("value").is_not_null()
    )
    # Of many, the ends.
    few = rows.height <= _FEW
    shown = rows if few else rows.sort("value")[[0, -1]]
    said = []
    for row in shown.iter_rows(named=True):
        condition: Condition = study.by_id[row["condition"]]
        interval = (
            f" [{number(row['ci_low'])}, {number(row['ci_high'])}]"
            if row["ci_low"] is not None
            else ""
        )
        label = f" ({condition.label})" if len(study.conditions) > 1 else ""
        said.append(f"{number(row['value'])}{interval}{label}")
    values = "; ".join(said) if few else f"from {' to '.join(said)}"
    return f"{study.metric(name).title} {values}." if said else ""
