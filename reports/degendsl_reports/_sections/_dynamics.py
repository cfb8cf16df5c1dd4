"""Dynamics: map, spread of pairs, trajectories, fixed points, operator spectra, sensitivity."""

import math

import polars as pl

from .._charts import Chart, Table
from .._drawing import Axis, Plot, Point
from .._scales import Linear, Number, number
from .._study import Condition, Study, farthest, least, most
from .._words import metric, slug
from ._levels import level_chart, others_of, primary
from ._section import Section
from ._sensitivity import sensitivity_charts
from ._strips import distribution_chart, map_chart, panel_width, per_condition


def dynamics(study: Study) -> Section | None:
    """How states evolve, and how differently."""
    name = primary(study, "dynamics")
    if not name:
        return None
    unit = "rad" if name == "dsa" else metric(name).axis
    more = [
        level_chart(
            study,
            "dynamics",
            other,
            id=f"dynamics-{slug(other)}",
            title=metric(other).title,
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
    rows = rows.filter(pl.col("role") == "median") if rows["role"].is_not_null().any() else rows
    if not rows.height:
        return None
    fixed = study.named("fixed_points", "x", "y", "stable")
    shown = [c for c in study.showcase if (rows["condition"] == c.id).any()]
    explained = rows["explained"].drop_nulls()

    def draw(condition: Condition, width: Number) -> Plot:
        here = rows.filter(pl.col("condition") == condition.id)
        who = here["who"][0]
        points = fixed.filter((pl.col("who") == who) & pl.col("x").is_not_null())
        bound = 1.08 * farthest(here["x"], here["y"])
        scale = Linear(low=-bound, high=bound, count=4)
        plot = Plot(width, None, Axis(scale, "PC 1 of states"), Axis(scale, "PC 2 of states"))
        for _, one in here.group_by("trial", maintain_order=True):
            one = one.sort("time")
            plot.line(
                one["x"].to_list(),
                one["y"].to_list(),
                kind="path",
                colour=condition.colour,
                who=who,
            )
        for stable, kind in ((True, "stable"), (False, "unstable")):
            found = points.filter(pl.col("stable") == stable)
            inside = [(x, y) for x, y in found.select("x", "y").rows() if _within(x, y, bound)]
            plot.dots(
                [Point(x, y, who) for x, y in inside],
                colour=condition.colour,
                radius=4.5,
                kind=kind,
            )
        return plot

    counts = [
        (
            c.label,
            _count(fixed, c.id, True),
            _count(fixed, c.id, False),
        )
        for c in shown
    ]
    said = "Filled: stable fixed points; hollow: unstable ones." if fixed.height else ""
    share = (
        f"The two directions hold {number(100 * least(explained), 2)} to "
        f"{number(100 * most(explained), 2)} % of the variance."
        if len(explained)
        else ""
    )
    return Chart(
        id="trajectories",
        title="Trajectories of the median network",
        summary="States over a few test trials, projected on their two main directions.",
        panels=per_condition(shown, draw),
        width=panel_width(len(shown)),
        table=Table(
            columns=("Condition", "Stable fixed points", "Unstable fixed points"),
            rows=tuple(counts),
            full="trajectories",
        ),
        note=" ".join(filter(None, (said, share))),
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

    def draw(condition: Condition, width: Number) -> Plot:
        here = rows.filter(pl.col("condition") == condition.id)
        scale = Linear(low=-bound, high=bound, count=4)
        plot = Plot(width, None, Axis(scale, "real part"), Axis(scale, "imaginary part"))
        circle = [2 * math.pi * i / 90 for i in range(91)]
        plot.line([math.cos(a) for a in circle], [math.sin(a) for a in circle], kind="guide")
        points = [Point(x, y, who) for x, y, who in here.select("real", "imaginary", "who").rows()]
        plot.dots(points, colour=condition.colour, radius=2.2, kind="behind")
        return plot

    modulus = (rows["real"] ** 2 + rows["imaginary"] ** 2).sqrt()
    largest = {c.label: most(modulus.filter(rows["condition"] == c.id)) for c in shown}
    return Chart(
        id="eigenvalues",
        title="Eigenvalues of the DSA operators",
        summary="Each network's linear operator has one point an eigenvalue; near the unit circle "
        "activity lasts, near zero it fades at once.",
        panels=per_condition(shown, draw),
        width=panel_width(len(shown)),
        table=Table(
            columns=("Condition", "Largest modulus"),
            rows=tuple(largest.items()),
            full="eigenvalues",
        ),
        note=study.sampled,
    )


def _within(x: Number, y: Number, bound: Number) -> bool:
    return abs(x) <= bound and abs(y) <= bound


def _count(fixed: pl.DataFrame, condition: str, stable: bool) -> Number | None:
    """Fixed points a network, the mean over the networks that were searched."""
    here = fixed.filter(pl.col("condition") == condition)
    if not here.height:
        return None
    return here.filter(pl.col("stable") == stable).height / here["seed"].n_unique()
