"""How every chart looks: the configuration of Vega-Lite, and what recurs in its encodings.

Colours are CSS variables (`var(--ink)`), which Vega hands on to the SVG as they are: one drawing
serves light and dark pages and paper, and an exported figure gets the light values. Vega can't mix
variables, so a scale of colours is a list of them, or a column of the data with `scale=None`.

Words of a spec are data or titles of axes, never part of an expression: an order of names is a
scale's `domain` (Vega-Lite turns `sort` into an expression), names of rows are a parameter, and
titles of tooltips are words of ours.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import altair as alt

from ._numbers import Number
from ._study import Study

INK, SOFT, PAPER = "var(--ink)", "var(--soft)", "var(--paper)"
REFERENCE, TARGET = "var(--reference)", "var(--target)"
FONT_SIZE = 11

Values = Iterable[Number | None]
Graphic = alt.Chart | alt.LayerChart | alt.FacetChart

# A generous mean over fonts, in pixels.
_CHARACTER = 6.1

# Each chart has a parameter `chosen`: a network as `condition.seed`, two of them for a pair, or ''.
# A mark is of the chosen where it is one of them, or a pair with the only one.
_CHOSEN = (
    "chosen && (indexof(' ' + datum.who + ' ', ' ' + chosen + ' ') >= 0"
    " || indexof(' ' + chosen + ' ', ' ' + datum.who + ' ') >= 0)"
)
_POWER = (
    "datum.label == '' ? '' : datum.value >= 0.001 && datum.value < 100000"
    " ? format(datum.value, '~r') : '10' + (datum.value < 1 ? '⁻' : '')"
    " + slice('⁰¹²³⁴⁵⁶⁷⁸⁹', abs(round(log(datum.value) / LN10)),"
    " abs(round(log(datum.value) / LN10)) + 1)"
)
# A long name keeps both its ends, for names of one study often begin alike.
_LONGEST = 22
_BOTH_ENDS = "length({0}) > 22 ? slice({0}, 0, 9) + '…' + slice({0}, -12) : {0}"
# Left of the axis, and what is no room for names where references have theirs, in pixels.
_MARGIN, _BESIDE = 28, 130


def config() -> dict[str, Any]:
    """What all charts share; given to Vega-Lite beside each specification."""
    return {
        "background": None,
        # Each drawing has its words and its table; a description on every mark is noise.
        "aria": False,
        "font": "system-ui, -apple-system, Segoe UI, Helvetica, Arial, DejaVu Sans, sans-serif",
        "padding": 4,
        "view": {"stroke": None},
        "axis": {
            "labelColor": SOFT,
            "titleColor": SOFT,
            "titleFontWeight": "normal",
            "labelFontSize": FONT_SIZE,
            "titleFontSize": FONT_SIZE,
            "titlePadding": 6,
            "labelPadding": 4,
            "labelLimit": 130,
            "labelOverlap": "parity",
            "labelSeparation": 6,
            "gridColor": "var(--grid)",
            "domainColor": "var(--axis)",
            "ticks": False,
            "tickCount": 5,
        },
        "axisX": {"grid": False},
        "axisY": {"domain": False, "labelSeparation": 2},
        "text": {"color": INK, "fontSize": FONT_SIZE},
        "rule": {"strokeWidth": 1.8},
        "line": {"strokeWidth": 1.7, "cursor": "pointer"},
        "circle": {"opacity": 0.8, "strokeWidth": 1.2, "cursor": "pointer"},
        "area": {"opacity": 0.22},
    }


def paint(position: int) -> str:
    """The colour of a level of the compared factor, in every chart."""
    return f"var(--c{position})"


def colours(study: Study) -> alt.Color:
    """Colour by `band`, for charts of several; a chart of one condition takes its `paint`."""
    paints = [paint(position) for position in range(len(study.levels))]
    return alt.Color("band:N", scale=alt.Scale(domain=study.levels, range=paints), legend=None)


def levels_x(study: Study, width: Number, *, gap: Number = 0.1) -> alt.X:
    """The compared factor along the horizontal axis, a band a level."""
    return names_x(study.levels, width, "band", title=study.axis, gap=gap)


def names_x(
    names: Sequence[str],
    width: Number,
    field: str,
    *,
    title: str | None = None,
    gap: Number = 0.1,
) -> alt.X:
    """Names along the horizontal axis in their order; tilted where they can't lie level."""
    numeric = all(name.lstrip("−-")[:1].isdigit() for name in names)
    room = (width - 60) / max(1, len(names))
    tilted = not numeric and max(map(text_width, names), default=0) + 6 > room
    # The first name reaches back from the middle of its band: as steep as it has to be.
    back = _MARGIN + (width - _BESIDE) / (2 * max(1, len(names)))
    longest = min(max(map(len, names), default=0), _LONGEST) * _CHARACTER
    angle = next((a for a in (35, 60) if longest * math.cos(math.radians(a)) <= back), 90)
    axis = alt.Axis(
        title=title or None,
        labelExpr=_BOTH_ENDS.format("datum.label"),
        labelLimit=180,
        labelAngle=-angle if tilted else 0,
        labelAlign="right" if tilted else "center",
        labelOverlap=False if tilted else "parity",
    )
    scale = alt.Scale(type="band", domain=names, paddingInner=gap, paddingOuter=gap / 2)
    return alt.X(f"{field}:N", scale=scale, axis=axis)


def value_y(
    field: str, title: str, seen: Values = (), *, log: bool = False, zero: bool = True
) -> alt.Y:
    """A quantity along the vertical axis; powers of ten where it is logarithmic.

    seen: what the axis must hold, so that panels have one scale; by default what is drawn.
    """
    return alt.Y(f"{field}:Q", scale=_scale(seen, log, zero), axis=_axis(title, log), stack=None)


def value_x(
    field: str, title: str, seen: Values = (), *, log: bool = False, zero: bool = False
) -> alt.X:
    """A quantity along the horizontal axis."""
    return alt.X(f"{field}:Q", scale=_scale(seen, log, zero), axis=_axis(title, log), stack=None)


def _scale(seen: Values, log: bool, zero: bool) -> alt.Scale:
    known = [value for value in seen if value is not None and math.isfinite(value)]
    if log:
        known = [value for value in known if value > 0]
    elif zero and known:
        known.append(0.0)
    if not known:
        return alt.Scale(type="log") if log else alt.Scale(zero=zero)
    return alt.Scale(type="log" if log else "linear", domain=[min(known), max(known)], nice=True)


def _axis(title: str, log: bool) -> alt.Axis:
    if not log:
        return alt.Axis(title=title)
    # Steps between powers of ten have no label, and so no line.
    lines = {"condition": {"test": "datum.label == ''", "value": 0}, "value": 1}
    # One pair of brackets holds the unit and what became of it.
    said = f"{title[:-1]}, log)" if title.endswith(")") else f"{title} (log)"
    return alt.Axis(title=said, labelExpr=_POWER, gridOpacity=lines, labelOverlap="greedy")


def names_y(
    names: Sequence[str], field: str, title: str = ""
) -> tuple[alt.VariableParameter, alt.Y]:
    """Rows from the top, for what is drawn between them: `field` counts from 0.

    The parameter holds the names and must be one of the chart's `params`.
    """
    axis = alt.Axis(
        values=list(range(len(names))),
        # Vega leaves out every other value until they are no more than this.
        tickCount=len(names),
        labelExpr=_BOTH_ENDS.format("row_names[datum.value]"),
        title=title or None,
        labelLimit=180,
        labelOverlap="parity" if len(names) > 20 else False,
    )
    scale = alt.Scale(domain=[len(names) - 0.5, -0.5], nice=False, zero=False)
    return (
        alt.VariableParameter(name=alt.ParameterName("row_names"), value=list(names)),
        alt.Y(f"{field}:Q", scale=scale, axis=axis, stack=None),
    )


def focus(opacity: Number = 0.8) -> alt.OpacityValue:
    """An opacity that fades where a network is chosen and the mark, by its `who`, is not of it."""
    return alt.OpacityValue(
        0.1, condition=[{"test": "!chosen", "value": opacity}, {"test": _CHOSEN, "value": 1}]
    )


def ring() -> alt.StrokeValue:
    """A stroke around the marks of the chosen network."""
    return alt.StrokeValue(None, condition={"test": _CHOSEN, "value": INK})


def tip(field: str, title: str, kind: Literal["N", "Q"] = "Q") -> alt.Tooltip:
    """A line of what the pointer is told. title: words of ours, for they end in an expression."""
    if kind == "Q":
        return alt.Tooltip(f"{field}:Q", title=title, format=".3~g")
    return alt.Tooltip(f"{field}:N", title=title)


def which(study: Study) -> alt.Tooltip:
    """The line that says of which condition, or of which group, a mark is."""
    return tip("label", study.terms.condition, "N")


def network_of(study: Study) -> tuple[alt.Tooltip, alt.Tooltip]:
    """The lines that say of which network a mark is."""
    return which(study), tip("name", "network", "N")


def equal(chart: Graphic, width: Number, aspect: Number = 1.0) -> Graphic:
    """A chart on which one unit is as long upwards as sideways."""
    pad = alt.AutoSizeParams(type="pad")
    side = inside(width)
    return chart.properties(width=side, height=side * aspect, autosize=pad)


def equal_axes(x: str, y: str, bound: Number, tall: Number, titles: tuple[str, str]) -> Any:
    """Axes for `equal`: as much room for labels in each panel, so that panels match."""
    return {
        "x": alt.X(
            f"{x}:Q",
            scale=alt.Scale(domain=[-bound, bound], nice=False),
            axis=alt.Axis(title=titles[0], tickCount=4),
        ),
        "y": alt.Y(
            f"{y}:Q",
            scale=alt.Scale(domain=[-tall, tall], nice=False),
            axis=plane_axis(titles[1]),
        ),
    }


def inside(width: Number) -> Number:
    """How wide the room between the axes of `equal` is."""
    return width - 68


def plane_axis(title: str, *, grid: bool = True) -> alt.Axis:
    """A vertical axis with as much room for its labels in each panel."""
    return alt.Axis(title=title, grid=grid, tickCount=4, minExtent=36, maxExtent=36)


def text_width(words: str) -> Number:
    """About how many pixels words take."""
    return len(words) * _CHARACTER


def shortened(words: str, most: int = 18) -> str:
    """Words cut to fit, visibly."""
    return words if len(words) <= most else words[: most - 1] + "…"
