"""Weights: raw beside scale-free distances, map, matched matrices, singular values."""

import altair as alt
import polars as pl

from .._arrangement import Condition
from .._charts import Chart, Panel, Table, panel_width, per_condition
from .._degeneracy import others_of, primary
from .._images import heat_png
from .._numbers import Number, most, number
from .._study import Study
from .._theme import (
    SOFT,
    Graphic,
    equal,
    inside,
    paint,
    plane_axis,
    tip,
    value_x,
    value_y,
)
from .._words import slug
from ._learning import network_strips
from ._level_chart import level_chart
from ._maps import map_chart
from ._pairs import distribution_chart
from ._section import Section
from ._sensitivity import sensitivity_charts


def weights(study: Study) -> Section | None:
    """What the weights say: a raw distance grows with the weights, a scale-free one does not."""
    name = primary(study, "weights")
    charts = [*_compared(study, name)] if name else []
    # What training did to them stands under learning, where that is known.
    charts += network_strips(study) if study.given and not study.untrained else []
    if not charts:
        return None
    raw = (
        "Larger weights are further apart. So the raw distance stands above, and here beside it "
        "what is left when size is taken out."
    )
    return Section(id="weights", title="Weights", intro=raw if name else "", charts=charts)


def _compared(study: Study, name: str) -> list[Chart]:
    charts = [
        *(
            level_chart(
                study,
                "weights",
                other,
                id=f"weights-{slug(other)}",
                title=study.metric(other).title,
            )
            for other in others_of(study, "weights")
        ),
        map_chart(study, name, id="map-weights", title="Map of the weights", unit="Frobenius"),
        distribution_chart(study, name, id="pairs-weights"),
        *sensitivity_charts(study, "weights"),
        matched_chart(study),
        singular_chart(study),
    ]
    return [chart for chart in charts if chart is not None]


def matched_chart(study: Study) -> Chart | None:
    """Two recurrent matrices of a condition, the second's units in the order that matches best."""
    rows = study.rows("matched", "condition", "seed_a", "seed_b", "row", "column", "a", "b")
    if not rows.height:
        return None
    shown = [c for c in study.conditions if (rows["condition"] == c.id).any()]
    bound = max(float(rows[name].abs().quantile(0.995) or 0) for name in ("a", "b")) or 1.0
    panels, facts = [], []
    for condition in shown:
        here = rows.filter(pl.col("condition") == condition.id).sort("row", "column")
        size = here["row"].n_unique()
        seeds = (int(here["seed_a"][0]), int(here["seed_b"][0]))
        names = [study.name(condition.id, seed) for seed in seeds]
        facts.append((condition.label, *names, here.select(pl.corr("a", "b")).item()))
        for column, name, said in (("a", names[0], ""), ("b", names[1], ", matched")):
            panels.append(_matrix_panel(condition, here[column].to_list(), size, bound, name, said))
    known = not study.given or study.rows("networks", "ood_mse")["ood_mse"].is_not_null().any()
    middling = ", of middling loss" if known else ""
    note = f"Blue below zero, red above; full colour at ±{number(bound)}."
    return Chart(
        id="matched",
        title="Recurrent matrices of two networks, units matched",
        summary=f"Two networks{study.of_each}{middling}; where both show the same pattern "
        "the networks are wired alike.",
        panels=panels,
        width=160 if len(panels) > 4 else 246,
        table=Table(
            columns=(
                study.terms.heading,
                "Network",
                "Matched network",
                "Correlation of entries",
            ),
            rows=tuple(facts),
            full="matched",
        ),
        note=note,
    )


# Pixels of a picture of a matrix: of fewer, a browser smears entries into each other.
_SHARP = 96


def _matrix_panel(
    condition: Condition, values: list[Number], size: int, bound: Number, name: str, said: str
) -> Panel:
    picture = heat_png(values, size, bound, each=max(1, _SHARP // size))

    def draw(width: Number) -> Graphic:
        ends = alt.Scale(domain=[0, size], nice=False)
        down = alt.Scale(domain=[size, 0], nice=False)
        side = inside(width)
        chart = (
            alt.Chart(pl.DataFrame({"middle": [size / 2], "picture": [picture]}))
            .mark_image(width=side, height=side, aspect=False)
            .encode(
                x=alt.X("middle:Q", scale=ends, axis=alt.Axis(title="from unit", tickCount=3)),
                y=alt.Y("middle:Q", scale=down, axis=plane_axis("to unit", grid=False)),
                url=alt.Url("picture:N"),
            )
        )
        return equal(chart, width)

    return Panel(
        draw=draw, title=f"{condition.label}: network {name}{said}", colour=condition.colour
    )


def singular_chart(study: Study) -> Chart | None:
    """Singular values of the recurrent matrices, before and after: median and range."""
    rows = study.rows("singular_values", "condition", "at", "index", "median", "low", "high")
    if not rows.height:
        return None
    shown = [c for c in study.showcase if (rows["condition"] == c.id).any()]
    counted = rows.sort("index").with_columns(pl.col("index") + 1)
    y = value_y("median", "singular value", rows["high"].to_list())
    x = value_x("index", "index, the largest first", [1, most(counted["index"])])
    x = x.scale(domain=[1, most(counted["index"])], nice=False)

    def draw(condition: Condition, width: Number) -> Graphic:
        here = counted.filter(pl.col("condition") == condition.id)
        before, after = (
            alt.Chart(
                here.filter(pl.col("at") == at).select("index", "median", "low", "high")
            ).encode(x=x, tooltip=[tip("index", "index"), tip("median", "median")])
            for at in ("init", "end")
        )
        paints = paint(condition.position)
        layers = [
            before.mark_line(color=SOFT, strokeDash=[4, 3]).encode(y=y),
            after.mark_area(color=paints).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q")),
            after.mark_line(color=paints).encode(y=y),
        ]
        return alt.layer(*layers, height=150)

    firsts = rows.filter(pl.col("index") == 0)
    times = {"init": "Largest before training", "end": "Largest after"}
    # Of networks from elsewhere there is no before.
    untrained = (rows["at"] == "init").any()
    times = times if untrained else {"end": "Largest"}
    facts = [(c.label, *(_median(firsts, c.id, at) for at in times)) for c in shown]
    return Chart(
        id="singular-values",
        title="Singular values of the recurrent matrices",
        summary="Median over networks (line) and their range (band)"
        f"{'; dashed: before training' if untrained else ''}.",
        panels=per_condition(shown, draw),
        width=panel_width(len(shown)),
        table=Table(
            columns=(study.terms.heading, *times.values()),
            rows=tuple(facts),
            full="singular_values",
        ),
    )


def _median(rows: pl.DataFrame, condition: str, at: str) -> Number | None:
    found = rows.filter((pl.col("condition") == condition) & (pl.col("at") == at))["median"]
    return float(found[0]) if len(found) else None
