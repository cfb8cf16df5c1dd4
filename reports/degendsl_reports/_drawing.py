"""Drawing one panel with Altair: two axes and marks between them.

Calls collect rows; marks of one kind are one layer of a layered chart, so a panel of 50 networks
is a handful of layers. Colours, line widths and fonts are classes, so that one drawing serves a
light page, a dark page and paper (see `templates/chart.css`). A mark that stands for a network is
described by its name; that is what links the views.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from ._lean import Style, colour_code, lean
from ._scales import Bands, Linear, Log, Number, between

FONT_SIZE = 11
# A generous mean over fonts: a label measured too wide costs room, one too narrow is cut off.
_CHARACTER = 6.1


class Axis(NamedTuple):
    """A scale and what it counts. labels: whether its ticks are written."""

    scale: Linear | Log | Bands
    title: str = ""
    labels: bool = True


class Point(NamedTuple):
    """A mark at a place; who: the networks it stands for, such as `2.5` or `2.5 2.7`."""

    x: Number
    y: Number
    who: str = ""


class Plot:
    """A panel being drawn. Places are in the axes' own values; sizes are in pixels."""

    def __init__(
        self,
        width: Number,
        height: Number | None,
        x: Axis,
        y: Axis,
        *,
        right: Number = 10,
        top: Number = 10,
        grid: bool = True,
    ) -> None:
        self._layers: dict[tuple[str, Style], list[dict[str, Any]]] = {}
        self._lines = 0
        y_labels = [label for _, label in y.scale.ticks()] if y.labels else []
        left = 6 + max((text_width(label) for label in y_labels), default=0) + 20 * bool(y.title)
        if x.labels and not isinstance(x.scale, Bands):
            # A label is centred on its tick, which may be where the axis begins or ends.
            half = max((text_width(label) / 2 for _, label in x.scale.ticks()), default=0)
            left, right = max(left, half + 2), max(right, half + 2)
        tilted = _tilt(x, width - left - right)
        bottom = 4 + 18 * bool(x.title) + (_depth(x) if tilted else 16) * x.labels
        if height is None:
            # One unit is as long upwards as sideways, so that distances on a map are distances.
            height = (width - left - right) * _aspect(x, y) + top + bottom
        self.width, self.height = width, height
        self.left, self.right, self.top, self.bottom = left, width - right, top, height - bottom
        self.x = between(x.scale, left, width - right)
        self.y = between(y.scale, self.bottom, top)
        self._x_scale, self._y_scale = _scale(x.scale), _scale(y.scale)
        self._axes = self._x_axis(x, tilted), self._y_axis(y, grid)

    def _y_axis(self, axis: Axis, grid: bool) -> alt.Axis:
        if axis.labels:
            for value, label in self.y.ticks():
                self.text(self.left - 5, self.y(value) + 4, label, anchor="end", kind="soft")
        title = shortened(axis.title, max(8, int((self.height - 4) / _CHARACTER)))
        middle = max((self.top + self.bottom) / 2, text_width(title) / 2 + 2)
        return alt.Axis(
            **_BARE,
            domain=False,
            grid=grid,
            values=[value for value, _ in self.y.ticks()],
            title=title or None,
            titleX=11 - self.left,
            titleY=middle - self.top,
            titleBaseline="alphabetic",
        )

    def _x_axis(self, axis: Axis, tilted: bool) -> alt.Axis:
        ticks = self.x.ticks() if axis.labels else []
        widest = max((text_width(label) for _, label in ticks), default=0) + 6
        room = abs(self.right - self.left)
        every = max(1, -(-len(ticks) * (14 if tilted else widest) // room))
        for value, label in ticks[:: int(every)]:
            if tilted:
                place = self.x(value) + 4, self.bottom + 12
                self.text(*place, shortened(label), anchor="end", kind="soft", angle=-35)
            else:
                self.text(self.x(value), self.bottom + 14, label, anchor="middle", kind="soft")
        return alt.Axis(
            **_BARE,
            domain=True,
            grid=False,
            title=axis.title or None,
            titleX=(self.right - self.left) / 2,
            titleY=self.height - 5 - self.bottom,
            titleBaseline="alphabetic",
        )

    def text(
        self,
        x: Number,
        y: Number,
        words: str,
        *,
        anchor: str = "start",
        kind: str = "",
        angle: Number = 0,
    ) -> None:
        """Words at a place in pixels."""
        self._add(f"text {anchor} {angle:g}", kind, x=x - self.left, y=y - self.top, t=words)

    def dots(
        self, points: Iterable[Point], *, colour: str, radius: Number = 3, kind: str = "dot"
    ) -> None:
        """A circle a point."""
        self.shifted_dots(((p, 0) for p in points), colour=colour, radius=radius, kind=kind)

    def shifted_dots(
        self,
        points: Iterable[tuple[Point, Number]],
        *,
        colour: str,
        radius: Number,
        kind: str = "dot",
    ) -> None:
        """Circles moved sideways by so many pixels, so that many at one place can be told apart."""
        for p, shift in points:
            x = p.x + self._sideways(shift)
            self._add("circle", kind, colour, radius=radius, x=x, y=p.y, w=p.who)

    def line(
        self,
        xs: Sequence[Number],
        ys: Sequence[Number],
        *,
        kind: str = "line",
        colour: str = "",
        who: str = "",
    ) -> None:
        """A line through places."""
        self._lines += 1
        for order, (x, y) in enumerate(zip(xs, ys, strict=True)):
            self._add("line", kind, colour, x=x, y=y, w=who, i=self._lines, o=order)

    def band(
        self, xs: Sequence[Number], lows: Sequence[Number], highs: Sequence[Number], *, colour: str
    ) -> None:
        """The area between two lines."""
        self._lines += 1
        for x, low, high in zip(xs, lows, highs, strict=True):
            self._add("area", "band", colour, x=x, y=low, y2=high, i=self._lines)

    def whisker(
        self, x: Number, low: Number, high: Number, *, colour: str, shift: Number = 0
    ) -> None:
        """An interval, upright."""
        self._add("rule", "whisker", colour, x=x + self._sideways(shift), y=low, y2=high)

    def tick(self, x: Number, y: Number, half: Number, *, kind: str) -> None:
        """A short level stroke, `half` pixels to each side."""
        reach = self._sideways(half)
        *kinds, last = kind.split()
        named, colour = (kinds, last) if last[1:].isdigit() else ([*kinds, last], "")
        self._add("rule", " ".join(named), colour, x=x - reach, x2=x + reach, y=y)

    def bar(
        self, x0: Number, x1: Number, y0: Number, y1: Number, *, colour: str, kind: str = ""
    ) -> None:
        """A filled box between two corners."""
        self._add("rect", f"box {kind}".strip(), colour, x=x0, x2=x1, y=y0, y2=y1)

    def image(self, address: str) -> None:
        """A picture that fills the room between the axes."""
        self._add("image", "", x=0, y=0, u=address)

    def chart(self) -> alt.LayerChart | alt.FacetChart:
        """What was drawn, as a chart."""
        axes = self._axes
        layers = []
        for index, ((mark, style), rows) in enumerate(self._layers.items()):
            layers.append(self._layer(mark, style, rows, axes).properties(name=f"k{index}"))
        return alt.layer(
            *layers,
            width=self.right - self.left,
            height=self.bottom - self.top,
            background=None,
            autosize=alt.AutoSizeParams(type="none"),
            padding={
                "left": self.left,
                "top": self.top,
                "right": self.width - self.right,
                "bottom": self.height - self.bottom,
            },
        )

    def body(self) -> str:
        """What was drawn, to be put inside an `svg` or a `g`."""
        # Charts made of numbers need no check against the schema, which takes half of the time.
        with debug_mode(False):
            spec = self.chart().to_dict(validate=False)
        styles = {f"k{index}": style for index, (_, style) in enumerate(self._layers)}
        return lean(vl_convert.vegalite_to_svg(spec), styles)

    def _layer(
        self, mark: str, style: Style, rows: list[dict[str, Any]], axes: tuple[alt.Axis, alt.Axis]
    ) -> alt.Chart:
        base = alt.Chart(alt.Data(values=rows))
        if mark.startswith("text"):
            _, anchor, angle = mark.split()
            align = _ALIGNED[anchor]
            drawn = base.mark_text(align=align, baseline="alphabetic", angle=float(angle) % 360)
            return drawn.encode(
                x=alt.X("x:Q", scale=None, axis=None),
                y=alt.Y("y:Q", scale=None, axis=None),
                text="t:N",
            )
        if mark == "image":
            drawn = base.mark_image(
                width=self.right - self.left,
                height=self.bottom - self.top,
                align="left",
                baseline="top",
                aspect=False,
            )
            x, y = alt.value(0), alt.value(0)
            return drawn.encode(x=x, y=y, url="u:N")
        encoding: dict[str, Any] = {
            "x": alt.X("x:Q", scale=self._x_scale, axis=axes[0]),
            "y": alt.Y("y:Q", scale=self._y_scale, axis=axes[1], stack=None),
            "color": alt.Color("c:N", scale=None),
        }
        first = rows[0]
        encoding |= {name: end(name) for name, end in _ENDS.items() if name in first}
        if any("w" in row for row in rows):
            encoding["description"] = "w:N"
        if "i" in first:
            encoding["detail"] = "i:N"
        if "o" in first:
            # Else Vega-Lite orders the places of a line from left to right.
            encoding["order"] = "o:Q"
        size = math.pi * style.radius**2
        make = {
            "circle": lambda: base.mark_circle(size=size),
            "line": base.mark_line,
            "area": base.mark_area,
            "rule": base.mark_rule,
            "rect": base.mark_rect,
        }
        return make[mark]().encode(**encoding)

    def _add(
        self, mark: str, kind: str, colour: str | None = None, *, radius: Number = 0, **row: Any
    ) -> None:
        if colour is not None:
            row["c"] = colour_code(colour)
        if row.get("w") == "":
            del row["w"]
        self._layers.setdefault((mark, Style(kind, radius)), []).append(row)

    def _sideways(self, pixels: Number) -> Number:
        """So many pixels along a horizontal axis of equal steps, in its values."""
        return pixels / (self.x(1) - self.x(0))


_ALIGNED: dict[str, Any] = {"start": "left", "middle": "center", "end": "right"}
# Labels are written as text, in words of our own (10⁻³, 1.5×10⁶), moved and thinned to fit.
_ENDS: dict[str, Any] = {"x2": alt.X2, "y2": alt.Y2}
_BARE: dict[str, Any] = {"labels": False, "ticks": False}


def _scale(scale: Linear | Log | Bands) -> alt.Scale:
    if isinstance(scale, Bands):
        return alt.Scale(domain=[-0.5, len(scale.names) - 0.5], nice=False, zero=False)
    kind = "log" if isinstance(scale, Log) else "linear"
    return alt.Scale(type=kind, domain=[scale.low, scale.high], nice=False, zero=False)


def text_width(words: str, size: Number = FONT_SIZE) -> Number:
    """About how many pixels words take."""
    return len(words) * _CHARACTER * size / FONT_SIZE


def shortened(words: str, most: int = 18) -> str:
    """Words cut to fit, visibly."""
    return words if len(words) <= most else words[: most - 1] + "…"


def spread(places: Sequence[Number], gap: Number, lowest: Number = math.inf) -> list[Number]:
    """Places moved apart until neighbours are `gap` from one another, as little as that takes.

    lowest: how far down the page they may go.
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for _ in range(60):
        for below, above in zip(order, order[1:], strict=False):
            lack = gap - (moved[above] - moved[below])
            if lack > 1e-9:
                moved[below] -= lack / 2
                moved[above] += lack / 2
    over = max(max(moved, default=0) - lowest, 0)
    return [place - over for place in moved]


def _aspect(x: Axis, y: Axis) -> Number:
    if isinstance(x.scale, Bands) or isinstance(y.scale, Bands):
        return 1.0
    return (y.scale.high - y.scale.low) / (x.scale.high - x.scale.low)


def _tilt(axis: Axis, room: Number) -> bool:
    """Whether labels of bands are too wide to lie level."""
    if not isinstance(axis.scale, Bands) or not axis.labels:
        return False
    widest = max(text_width(name) for name in axis.scale.names) + 6
    numeric = all(_is_number(name) for name in axis.scale.names)
    return widest * len(axis.scale.names) > room and not numeric


def _depth(axis: Axis) -> Number:
    """How far tilted labels reach down."""
    longest = max(text_width(shortened(label)) for _, label in axis.scale.ticks())
    return 12 + 0.6 * longest


def _is_number(text: str) -> bool:
    return text.replace("−", "-").replace("×10", "e").strip("0123456789.-e⁻⁰¹²³⁴⁵⁶⁷⁸⁹") == ""
