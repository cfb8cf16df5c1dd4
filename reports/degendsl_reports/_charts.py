"""The charts of the page, from tables alone."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

# Okabe & Ito's colours, told apart with any kind of colour vision, black left out.
PALETTE = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#B8A800"]
_WIDTH = 250

LEVELS: dict[str, tuple[str, str]] = {
    "behavior": ("ood_spread", "spread of OOD loss, σ"),
    "dynamics": ("dsa", "mean DSA distance"),
    "weights": ("pif", "mean permutation distance"),
}


def _colour(labels: Sequence[str]) -> alt.Color:
    scale = alt.Scale(domain=list(labels), range=[PALETTE[i % 7] for i in range(len(labels))])
    return alt.Color("label:N", scale=scale, title=None, legend=None)


def degeneracy_chart(
    degeneracy: pl.DataFrame, pairs: pl.DataFrame, level: str, labels: Sequence[str]
) -> alt.LayerChart | alt.FacetChart:
    """Value and interval per condition, every pair behind it, the untrained reference beside it."""
    metric, title = LEVELS[level]
    rows = degeneracy.filter((pl.col("metric") == metric) & (pl.col("at") == "end"))
    x = alt.X("label:N", sort=list(labels), title=None, axis=alt.Axis(labelAngle=0))
    # A spread of losses covers orders of magnitude between untrained and trained networks.
    logarithmic = level == "behavior" and (rows["value"] > 0).all()
    scale = alt.Scale(type="log") if logarithmic else alt.Scale(zero=True)

    def y(column: str) -> alt.Y:
        axis = alt.Axis(tickCount=5, format="~g")
        return alt.Y(f"{column}:Q", title=title, scale=scale, axis=axis)

    base = alt.Chart(rows.select("label", "value", "ci_low", "ci_high", "untrained"))
    tooltip = [
        "label:N",
        *(alt.Tooltip(f"{c}:Q", format=".3g") for c in ("value", "ci_low", "ci_high", "untrained")),
    ]
    layers: list[Any] = []
    points = pairs.filter((pl.col("metric") == metric) & (pl.col("at") == "end"))
    if points.height:
        layers.append(
            alt.Chart(points.select("label", "distance", jitter=_jitter(points.height)))
            .mark_circle(size=14, opacity=0.3)
            .encode(
                x=x,
                xOffset=alt.XOffset("jitter:Q", scale=alt.Scale(domain=[-1, 2])),
                y=y("distance"),
                color=_colour(labels),
            )
        )
    layers += [
        base.mark_tick(thickness=2, color="#888", size=38).encode(
            x=x, y=y("untrained"), tooltip=tooltip
        ),
        base.mark_rule(strokeWidth=2).encode(x=x, y=y("ci_low"), y2="ci_high:Q"),
        base.mark_point(filled=True, size=90, opacity=1, stroke="white").encode(
            x=x, y=y("value"), color=_colour(labels), tooltip=tooltip
        ),
    ]
    return alt.layer(*layers).properties(width=_WIDTH, height=240)


def _jitter(count: int) -> pl.Series:
    """Spreads points sideways; the golden ratio's multiples never bunch, and repeat each time."""
    return (pl.Series(range(count), dtype=pl.Float64) * 0.6180339887498949) % 1.0


def map_chart(maps: pl.DataFrame, labels: Sequence[str]) -> alt.FacetChart:
    """Networks as points whose distances are their DSA distances, a panel per condition."""
    bound = (
        float(maps.select(pl.max_horizontal(pl.col("x").abs(), pl.col("y").abs())).max().item())
        * 1.1
        or 1.0
    )  # pyright: ignore[reportOptionalMemberAccess]
    scale = alt.Scale(domain=[-bound, bound], nice=False)
    return (
        alt.Chart(maps.select("label", "seed", "x", "y"))
        .mark_circle(size=70, opacity=0.85)
        .encode(
            x=alt.X("x:Q", scale=scale, title="MDS 1 (rad)"),
            y=alt.Y("y:Q", scale=scale, title="MDS 2 (rad)"),
            color=_colour(labels),
            tooltip=["label:N", "seed:N"],
        )
        .properties(width=240, height=240)
        .facet(facet=alt.Facet("label:N", sort=list(labels), title=None), columns=3)
    )


def learning_chart(
    learning: pl.DataFrame, labels: Sequence[str], threshold: float
) -> alt.FacetChart:
    """Training loss per epoch, one line a network, with the threshold."""
    base = alt.Chart(
        learning.with_columns(threshold=threshold).select(
            "label", "seed", "epoch", "loss", "threshold"
        )
    )
    lines = base.mark_line(strokeWidth=1.3, opacity=0.7).encode(
        x=alt.X("epoch:Q", title="epoch", axis=alt.Axis(tickMinStep=1)),
        y=alt.Y("loss:Q", title="mean squared error", scale=alt.Scale(type="log")),
        detail="seed:N",
        color=_colour(labels),
        tooltip=["label:N", "seed:N", "epoch:Q", alt.Tooltip("loss:Q", format=".3g")],
    )
    rule = base.mark_rule(strokeDash=[4, 3], color="#888").encode(y="mean(threshold):Q")
    return (
        alt.layer(lines, rule)
        .properties(width=240, height=180)
        .facet(facet=alt.Facet("label:N", sort=list(labels), title=None), columns=3)
    )


def trials_chart(trials: pl.DataFrame, label: str) -> alt.FacetChart:
    """One test trial of the median network: pulses, target and output, a panel per channel."""
    one = trials.filter((pl.col("label") == label) & (pl.col("trial") == 0))
    rows = one.with_columns(channel=pl.format("channel {}", pl.col("channel") + 1))
    base = alt.Chart(rows.select("channel", "time", "input", "target", "output"))
    x = alt.X("time:Q", title="time")
    names = alt.Scale(domain=["target", "output"], range=["#999", PALETTE[0]])

    def line(column: str, width: float, interpolate: Any) -> alt.Chart:
        return (
            base.transform_calculate(what=f"'{column}'")
            .mark_line(strokeWidth=width, interpolate=interpolate)
            .encode(
                x=x,
                y=alt.Y(f"{column}:Q", title="signal"),
                color=alt.Color("what:N", scale=names, title=None, legend=alt.Legend(orient="top")),
            )
        )

    pulses = (
        base.transform_filter("datum.input != 0")
        .mark_tick(color=PALETTE[5], thickness=2, size=10, orient="vertical")
        .encode(x=x, y=alt.Y("input:Q", title="signal"))
    )
    return (
        alt.layer(line("target", 4.0, "step-after"), line("output", 1.6, "linear"), pulses)
        .properties(width=820, height=90)
        .facet(
            row=alt.Row("channel:N", title=None, header=alt.Header(labelAngle=0, labelAlign="left"))
        )
    )
