"""Dynamics: map, spread of pairs, trajectories, fixed points, operator spectra, sensitivity."""

import math

import altair as alt
import polars as pl

from .._arrangement import Condition
from .._charts import Chart, Table, panel_width, per_condition
from .._degeneracy import others_of, primary
from .._numbers import PERCENT, Number, counts, farthest, most, span
from .._study import Study
from .._theme import (
    INK,
    PAPER,
    SOFT,
    Graphic,
    equal,
    equal_axes,
    focus,
    network_of,
    paint,
    ring,
    tip,
)
from .._words import slug
from ._level_chart import level_chart
from ._maps import map_chart
from ._pairs import distribution_chart
from ._section import Section
from ._sensitivity import sensitivity_charts


def dynamics(study: Study) -> Section | None:
    """How states evolve, and how differently."""
    name = primary(study, "dynamics")
    if not name:
        return None
    axis = study.metric(name).axis
    unit = "rad" if axis.endswith("(rad)") else axis
    more = [
        level_chart(
            study,
            "dynamics",
            other,
            id=f"dynamics-{slug(other)}",
            title=study.metric(other).title,
        )
        for other in others_of(study, "dynamics")
    ]
    charts = [
        map_chart(study, name, id="map-dynamics", title="Map of the dynamics", unit=unit),
        distribution_chart(study, name, id="pairs-dynamics"),
        trajectory_chart(study),
        eigenvalue_chart(study),
        *sensitivity_charts(study, "dynamics"),
        *more,
    ]
    return Section(id="dynamics", title="Dynamics", charts=[c for c in charts if c is not None])


def trajectory_chart(study: Study) -> Chart | None:
    """States of the median network on a few trials, in their own two main directions."""
    rows = study.named("trajectories", "role", "trial", "time", "x", "y", "explained")
    # Of networks from elsewhere the losses may not be known; then it is the first of each group.
    median = rows["role"].is_not_null().any()
    first = pl.col("seed") == pl.col("seed").first().over("condition")
    rows = rows.filter(pl.col("role") == "median" if median else first)
    if not rows.height:
        return None
    searched = study.named("fixed_points", "x", "y", "stable")
    # Slow points are neither stable nor unstable; the table has them.
    fixed = searched.drop_nulls("stable")
    shown = [c for c in study.showcase if (rows["condition"] == c.id).any()]
    explained = rows["explained"].drop_nulls()

    def draw(condition: Condition, width: Number) -> Graphic:
        here = rows.filter(pl.col("condition") == condition.id).sort("trial", "time")
        bound = 1.08 * farthest(here["x"], here["y"])
        plane = equal_axes("x", "y", bound, bound, ("PC 1 of states", "PC 2 of states"))
        points = fixed.filter(
            (pl.col("who") == here["who"][0])
            & (pl.col("x").abs() <= bound)
            & (pl.col("y").abs() <= bound)
        )
        colour = paint(condition.position)
        found = alt.Chart(points.select("x", "y", "stable", "who")).encode(
            **plane,
            opacity=focus(1),
            tooltip=[tip("x", "PC 1"), tip("y", "PC 2"), tip("stable", "stable", "N")],
        )
        layers = [
            alt.Chart(study.placed(here).select("trial", "time", "x", "y", "who", "label", "name"))
            .mark_line(color=colour, strokeWidth=0.9)
            .encode(
                **plane,
                detail=alt.Detail("trial:N"),
                order=alt.Order("time:Q"),
                opacity=focus(0.75),
                tooltip=network_of(study),
            ),
            found.transform_filter("!datum.stable").mark_circle(
                size=64, fill=PAPER, stroke=colour, strokeWidth=1.6
            ),
            found.transform_filter("datum.stable").mark_circle(
                size=64, fill=colour, stroke=INK, strokeWidth=1.2
            ),
        ]
        return equal(alt.layer(*layers[: 3 if points.height else 1]), width)

    facts = [_facts(study, rows, searched, c) for c in shown]
    counted = [rows.filter(condition=c.id)["trial"].n_unique() for c in shown]
    said = "Filled: fixed points that are stable without input; hollow: unstable ones."
    percents = [round(100 * one) for one in explained]
    share = (
        f"The two directions hold {span(percents)}{PERCENT} of the variance." if percents else ""
    )
    return Chart(
        id="trajectories",
        title=f"Trajectories of {'the median' if median else 'one'} network",
        summary=f"States of one network{study.each} over "
        f"{counts(counted, study.terms.trials)}, projected on their two main directions.",
        panels=per_condition(shown, draw),
        width=panel_width(len(shown)),
        table=Table(
            columns=(
                study.terms.heading,
                "Network",
                "Variance in two directions",
                *(("Stable fixed points", "Unstable fixed points") if searched.height else ()),
            ),
            rows=tuple(facts),
            full="trajectories",
        ),
        note=" ".join(filter(None, (said if fixed.height else "", share))),
    )


def eigenvalue_chart(study: Study) -> Chart | None:
    """Eigenvalues of the operators that are compared, with the unit circle."""
    rows = study.named("eigenvalues", "index", "real", "imaginary").filter(
        pl.col("real").is_not_null()
    )
    if not rows.height:
        return None
    shown = [c for c in study.showcase if (rows["condition"] == c.id).any()]
    bound = 1.08 * max(1.0, farthest(rows["real"], rows["imaginary"]))

    turns = [2 * math.pi * step / 90 for step in range(91)]
    circle = pl.DataFrame(
        {
            "step": range(91),
            "real": [math.cos(turn) for turn in turns],
            "imaginary": [math.sin(turn) for turn in turns],
        }
    )

    def draw(condition: Condition, width: Number) -> Graphic:
        here = study.placed(rows.filter(pl.col("condition") == condition.id))
        plane = equal_axes("real", "imaginary", bound, bound, ("real part", "imaginary part"))
        return equal(
            alt.layer(
                alt.Chart(circle)
                .mark_line(color=SOFT, strokeDash=[4, 3], strokeWidth=1)
                .encode(**plane, order=alt.Order("step:Q")),
                alt.Chart(here.select("label", "name", "who", "real", "imaginary"))
                .mark_circle(color=paint(condition.position), size=15)
                .encode(
                    **plane,
                    opacity=focus(0.36),
                    stroke=ring(),
                    tooltip=[
                        *network_of(study),
                        tip("real", "real"),
                        tip("imaginary", "imaginary"),
                    ],
                ),
            ),
            width,
        )

    counted = [rows.filter(condition=c.id)["who"].n_unique() for c in shown]
    modulus = (rows["real"] ** 2 + rows["imaginary"] ** 2).sqrt()
    largest = {c.label: most(modulus.filter(rows["condition"] == c.id)) for c in shown}
    return Chart(
        id="eigenvalues",
        title="Eigenvalues of the DSA operators",
        summary=f"Of the linear operators of {counts(counted, 'network')}{study.each}, one point "
        "an eigenvalue: its angle is how far activity turns in a step; near the unit circle "
        "(dashed) activity lasts, near zero it fades at once.",
        panels=per_condition(shown, draw),
        width=panel_width(len(shown)),
        table=Table(
            columns=(study.terms.heading, "Largest modulus"),
            rows=tuple(largest.items()),
            full="eigenvalues",
        ),
        note=study.sampled,
    )


def _facts(
    study: Study, rows: pl.DataFrame, searched: pl.DataFrame, condition: Condition
) -> tuple[object, ...]:
    """Which network is shown of a condition, how well, and how many fixed points were found."""
    here = rows.filter(condition=condition.id).row(0, named=True)
    points = [_count(searched, condition.id, stable) for stable in (True, False)]
    return (condition.label, here["name"], here["explained"], *(points if searched.height else ()))


def _count(fixed: pl.DataFrame, condition: str, stable: bool) -> Number | None:
    """Fixed points a network, the mean over the networks that were searched."""
    here = fixed.filter(pl.col("condition") == condition)
    if not here.height:
        return None
    return here.filter(pl.col("stable") == stable).height / here["seed"].n_unique()
