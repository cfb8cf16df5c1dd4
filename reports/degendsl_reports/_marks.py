"""Marks that several charts share: strokes across a band, references with their words, jitter."""

import math
from collections.abc import Sequence

import altair as alt
import polars as pl

from ._numbers import Number
from ._theme import REFERENCE, SOFT, tip

# How the line of each reference is dashed.
_DASHES = {
    "untrained": [1, 0],
    "shuffled": [8, 2, 1, 2],
    "cross": [2, 2],
    "null": [5, 2],
    "floor": [1, 3],
    "init": [4, 3],
}


def across(rows: pl.DataFrame, x: alt.X) -> alt.Chart:
    """A chart whose marks reach from one edge of the band of their `band` to the other."""
    low = x.copy()
    low["bandPosition"] = 0.04
    return alt.Chart(rows).encode(x=low, x2=alt.X2("band:N", bandPosition=0.96))


def reference_lines(rows: pl.DataFrame, x: alt.X, y: alt.Y, which: alt.Tooltip) -> alt.Chart:
    """A dashed stroke across the band of a level for each `reference`, by its word.

    which: the line that says of which condition it is.
    """
    dashes = alt.Scale(domain=list(_DASHES), range=list(_DASHES.values()))
    return (
        across(rows, x)
        .mark_rule(color=REFERENCE)
        .encode(
            y=y,
            strokeDash=alt.StrokeDash("reference:N", scale=dashes, legend=None),
            tooltip=[
                tip("reference", "reference", "N"),
                which,
                tip("value", "value"),
            ],
        )
    )


def reference_names(
    rows: pl.DataFrame, y: alt.Y, seen: list[Number], height: Number, *, log: bool
) -> alt.Chart:
    """The words of references at the right end, moved apart where their lines are close."""
    last = rows.group_by("reference", maintain_order=True).last()
    places = apart(
        last["value"].to_list(), [one for one in seen if one > 0 or not log], height, log
    )
    named = last.select("reference").with_columns(value=pl.Series(places, dtype=pl.Float64))
    return (
        alt.Chart(named)
        .mark_text(align="left", dx=4, color=SOFT)
        .encode(x=alt.XValue("width"), y=y, text=alt.Text("reference:N"))
    )


def jitter(index: pl.Expr) -> pl.Expr:
    """A share of 0 to 1. Multiples of the golden ratio never bunch, and repeat each time."""
    return (index * 0.6180339887498949) % 1.0


def apart(
    values: Sequence[Number], seen: Sequence[Number], height: Number, log: bool
) -> list[Number]:
    """Places for labels of values, moved until neighbours are a line apart.

    seen: what the axis holds, which is `height` pixels tall.
    """
    if not values:
        return []
    to, back = (math.log, math.exp) if log else (float, float)
    low, high = to(min(seen)), to(max(seen))
    if not log:
        low, high = min(low, 0.0), max(high, 0.0)
    gap = (high - low) * 12.5 / height or 1.0
    order = sorted(range(len(values)), key=lambda index: values[index])
    moved = [to(value) for value in values]
    for _ in range(60):
        for below, above in zip(order, order[1:], strict=False):
            lack = gap - (moved[above] - moved[below])
            if lack > 1e-9 * gap:
                moved[below] -= lack / 2
                moved[above] += lack / 2
    under = max(low - min(moved), 0.0)
    return [back(place + under) for place in moved]
