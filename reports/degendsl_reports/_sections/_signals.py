"""Signals of a trial over time, a row a channel.

Time counts as the field does: input x_t is held over [t − 1, t), in steps, and an output is read
at t. Tables have the beginning of each step; here a sample stands at its end.
"""

from typing import Any, NamedTuple

import altair as alt
import polars as pl

from .._numbers import Number, least, most, number
from .._theme import Graphic, focus, names_y, tip, value_x

_CHANNELS = 4

# Trials are known of networks that were trained here, which have conditions.
_NETWORK = (tip("label", "condition", "N"), tip("name", "network", "N"))


class Signal(NamedTuple):
    """One signal of a chart: rows with time, channel and value, and how its line looks.

    held: whether it keeps its value until the next, as inputs do; else it is a line.
    """

    rows: pl.DataFrame
    look: dict[str, Any]
    held: bool = False


def stands_still(target: pl.DataFrame) -> bool:
    """Whether a target jumps: at most steps of a trial it is what it was before.

    target: channel, time and value of one trial, in this order.
    """
    channel, time, value = target.columns
    same = target.select(pl.col(value).diff().over(channel, order_by=time) == 0).to_series()
    return 2 * int(same.sum()) > len(same)


def scale_of(signal: pl.DataFrame) -> str:
    """The range of every row in words, where conditions have one: each row is as tall as it.

    signal: condition, trial and value.
    """
    first = pl.col("trial") == pl.col("trial").min().over("condition")
    ends = signal.filter(first).group_by("condition").agg(low=pl.min("value"), high=pl.max("value"))
    ranges = {(number(low), number(high)) for low, high in ends.select("low", "high").rows()}
    return ", from {} to {}".format(*ranges.pop()) if len(ranges) == 1 else ""


def step_of(times: pl.Series) -> Number:
    """How long a sample lasts: a step of the solver, or a few where times were thinned."""
    return least(times.unique().sort().diff().drop_nulls())


def signals(layers: list[Signal], *, each: Number = 40) -> Graphic:
    """Signals over time, all rows to the first one's range.

    layers: the first with the task's words for the channels as `signal`.
    """
    base = layers[0].rows
    channels = base["channel"].unique().sort().to_list()[:_CHANNELS]
    low, high = least(base["value"]), most(base["value"])
    step, start = step_of(base["time"]), least(base["time"])
    said = dict(base.select("channel", "signal").unique().iter_rows())
    title = "" if any(said.values()) else "channel"
    names, rows = names_y([said[one] or str(one + 1) for one in channels], "place", title)
    if len(channels) == 1:
        rows = rows.axis(None)
    time = value_x("time", "time", [start, most(base["time"]) + step]).scale(nice=False)
    place = {one: row for row, one in enumerate(channels)}

    def line(frame: pl.DataFrame, look: dict[str, Any], held: bool) -> alt.Chart:
        # Far outside its target an output would run into its neighbours' rows.
        share = (pl.col("value").cast(pl.Float64) - (low + high) / 2) / ((high - low) or 1.0)
        ends = frame.with_columns(pl.col("time") + step)
        if held:
            first = frame.filter(pl.col("time") == start)
            ends, look = pl.concat([first, ends]), {"interpolate": "step-before", **look}
        drawn = ends.filter(pl.col("channel").is_in(channels)).with_columns(
            place=pl.col("channel").replace_strict(place, return_dtype=pl.Int64)
            - (0.72 * share).clip(-0.48, 0.48).round(3)
        )
        named = ("who", "label", "name") if "who" in frame.columns else ()
        chart = alt.Chart(drawn.select("time", "channel", "place", "value", *named))
        chart = chart.mark_line(**look).encode(x=time, y=rows, detail=alt.Detail("channel:N"))
        return chart.encode(opacity=focus(1), tooltip=_NETWORK) if named else chart

    return alt.layer(
        *(line(*layer) for layer in layers), height=each * len(channels), params=[names]
    )
