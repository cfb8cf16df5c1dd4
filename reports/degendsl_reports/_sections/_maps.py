"""Maps of networks: points whose distances on paper are theirs."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from .._arrangement import Condition
from .._charts import Chart, Table, panel_width, per_condition
from .._numbers import Number, counts, farthest, most, span
from .._study import Study
from .._theme import Graphic, equal, equal_axes, focus, network_of, paint, ring


def map_chart(study: Study, name: str, *, id: str, title: str, unit: str) -> Chart | None:
    """Networks as points whose distances are theirs, a panel a condition, all to one scale."""
    maps = study.named("maps", "metric", "at", "x", "y", "stress")
    # The distance per parameter has the map of the distance itself.
    there = [one for one in (name, name.partition("_")[0]) if (maps["metric"] == one).any()]
    rows = maps.filter(
        pl.col("metric").is_in(there[:1]) & (pl.col("at") == "end") & pl.col("x").is_not_null()
    )
    if not rows.height:
        return None
    bound = farthest(rows["x"]) * 1.1
    # Flat where the second dimension says little, but never so flat that marks run together.
    tall = max(most(rows["y"].abs()) * 1.15, 0.35 * bound)
    shown = [c for c in study.conditions if (rows["condition"] == c.id).any()]
    places = {c.id: rows.filter(pl.col("condition") == c.id) for c in shown}

    def draw(condition: Condition, width: Number) -> Graphic:
        here = study.placed(places[condition.id]).select("x", "y", "who", "label", "name")
        titles = (f"MDS 1 ({unit})", f"MDS 2 ({unit})")
        points = (
            alt.Chart(here)
            .mark_circle(size=50 if width > 200 else 20, color=paint(condition.position))
            .encode(
                **equal_axes("x", "y", bound, tall, titles),
                opacity=focus(),
                stroke=ring(),
                tooltip=network_of(study),
            )
        )
        return equal(points, width, tall / bound)

    # Where two dimensions suffice, what is left is rounding.
    stress = [round(most(places[c.id]["stress"]), 6) for c in shown]
    return Chart(
        id=id,
        title=title,
        summary="One point a network; near points are alike, and directions mean nothing. The "
        f"share of distance that two dimensions misplace (stress) is {span(stress, 2)}; "
        f"{counts([places[c.id].height for c in shown], 'network')}{study.each}.",
        panels=per_condition(shown, draw),
        width=panel_width(len(shown)),
        table=Table(
            columns=(study.terms.heading, "Networks", "Stress"),
            rows=tuple(
                (c.label, places[c.id].height, s) for c, s in zip(shown, stress, strict=True)
            ),
            full="maps",
        ),
        flags=_flat(shown, stress),
        note="Multidimensional scaling"
        + (f", each {study.terms.condition} on its own, all to one scale. " if study.each else ". ")
        + study.sampled,
    )


# Kruskal (1964) calls a stress of 0.2 poor.
_POOR = 0.2


def _flat(shown: Sequence[Condition], stress: list[Number]) -> list[str]:
    """What to say where distances do not fit on paper."""
    poor = [c.label for c, one in zip(shown, stress, strict=True) if one > _POOR]
    if not poor:
        return []
    where = "everywhere" if len(poor) == len(shown) else f"of {'; '.join(poor)}"
    return [f"Stress above {_POOR} {where}: two dimensions are too few, so trust the distances."]
