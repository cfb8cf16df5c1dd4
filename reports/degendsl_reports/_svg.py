"""Drawing one panel: two axes and marks between them, as lean SVG.

Colours, line widths and fonts are classes, so that one drawing serves a light page, a dark page
and paper (see `templates/chart.css`). A mark that stands for a network carries its name in
`data-n`; that is what links the views.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import escape

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
        self._parts: list[str] = []
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
        self._y_axis(y, grid)
        self._x_axis(x, tilted)

    def _y_axis(self, axis: Axis, grid: bool) -> None:
        if grid:
            lines = "".join(
                f"M{_n(self.left)} {_n(self.y(value))}H{_n(self.right)}"
                for value, _ in self.y.ticks()
            )
            self._parts.append(f'<path class="grid" d="{lines}"/>')
        if axis.labels:
            for value, label in self.y.ticks():
                self.text(self.left - 5, self.y(value) + 4, label, anchor="end", kind="soft")
        if axis.title:
            middle = (self.top + self.bottom) / 2
            room = int((self.height - 4) / _CHARACTER)
            title = shortened(axis.title, max(8, room))
            middle = max(middle, text_width(title) / 2 + 2)
            self._parts.append(
                f'<text class="axis" text-anchor="middle" '
                f'transform="translate(11 {_n(middle)}) rotate(-90)">{escape(title)}</text>'
            )

    def _x_axis(self, axis: Axis, tilted: bool) -> None:
        self._parts.append(
            f'<path class="axis" d="M{_n(self.left)} {_n(self.bottom)}H{_n(self.right)}"/>'
        )
        if axis.labels:
            ticks = self.x.ticks()
            widest = max((text_width(label) for _, label in ticks), default=0) + 6
            room = abs(self.right - self.left)
            every = 1 if tilted else max(1, -(-len(ticks) * widest // room))
            if tilted:
                every = max(1, -(-len(ticks) * 14 // room))
            for value, label in ticks[:: int(every)]:
                if tilted:
                    place = f"translate({_n(self.x(value) + 4)} {_n(self.bottom + 12)}) rotate(-35)"
                    self._parts.append(
                        f'<text class="soft" text-anchor="end" transform="{place}">'
                        f"{escape(shortened(label))}</text>"
                    )
                else:
                    self.text(self.x(value), self.bottom + 14, label, anchor="middle", kind="soft")
        if axis.title:
            middle = (self.left + self.right) / 2
            self.text(middle, self.height - 5, axis.title, anchor="middle", kind="axis")

    def text(
        self, x: Number, y: Number, words: str, *, anchor: str = "start", kind: str = ""
    ) -> None:
        """Words at a place in pixels."""
        name = f' class="{kind}"' if kind else ""
        self._parts.append(
            f'<text{name} x="{_n(x)}" y="{_n(y)}"'
            f"{'' if anchor == 'start' else f' text-anchor={chr(34)}{anchor}{chr(34)}'}>"
            f"{escape(words)}</text>"
        )

    def dots(
        self, points: Iterable[Point], *, colour: str, radius: Number = 3, kind: str = "dot"
    ) -> None:
        """A circle a point."""
        circles = "".join(
            f'<circle cx="{_n(self.x(p.x))}" cy="{_n(self.y(p.y))}" r="{radius:g}"{_who(p.who)}/>'
            for p in points
        )
        self._parts.append(f'<g class="{kind} {colour}">{circles}</g>')

    def shifted_dots(
        self,
        points: Iterable[tuple[Point, Number]],
        *,
        colour: str,
        radius: Number,
        kind: str = "dot",
    ) -> None:
        """Circles moved sideways by so many pixels, so that many at one place can be told apart."""
        circles = "".join(
            f'<circle cx="{_n(self.x(p.x) + shift)}" cy="{_n(self.y(p.y))}" r="{radius:g}"'
            f"{_who(p.who)}/>"
            for p, shift in points
        )
        self._parts.append(f'<g class="{kind} {colour}">{circles}</g>')

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
        if len(xs) == 0:
            return
        name = f"{kind} {colour}".strip()
        d = _path([(self.x(x), self.y(y)) for x, y in zip(xs, ys, strict=True)])
        self._parts.append(f'<path class="{name}" d="{d}"{_who(who)}/>')

    def band(
        self, xs: Sequence[Number], lows: Sequence[Number], highs: Sequence[Number], *, colour: str
    ) -> None:
        """The area between two lines."""
        there = [(self.x(x), self.y(y)) for x, y in zip(xs, highs, strict=True)]
        back = [(self.x(x), self.y(y)) for x, y in zip(xs, lows, strict=True)][::-1]
        self._parts.append(f'<path class="band {colour}" d="{_path(there + back)}z"/>')

    def whisker(
        self, x: Number, low: Number, high: Number, *, colour: str, shift: Number = 0
    ) -> None:
        """An interval, upright."""
        place = _n(self.x(x) + shift)
        d = f"M{place} {_n(self.y(low))}V{_n(self.y(high))}"
        self._parts.append(f'<path class="whisker {colour}" d="{d}"/>')

    def tick(self, x: Number, y: Number, half: Number, *, kind: str) -> None:
        """A short level stroke, `half` pixels to each side."""
        here = self.x(x)
        d = f"M{_n(here - half)} {_n(self.y(y))}H{_n(here + half)}"
        self._parts.append(f'<path class="{kind}" d="{d}"/>')

    def bar(
        self, x0: Number, x1: Number, y0: Number, y1: Number, *, colour: str, kind: str = ""
    ) -> None:
        """A filled box between two corners."""
        left, right = sorted((self.x(x0), self.x(x1)))
        high, low = sorted((self.y(y0), self.y(y1)))
        self._parts.append(
            f'<rect class="{f"box {kind}".strip()} {colour}" x="{_n(left)}" y="{_n(high)}" '
            f'width="{_n(right - left)}" height="{_n(low - high)}"/>'
        )

    def raw(self, element: str) -> None:
        """An element made elsewhere."""
        self._parts.append(element)

    def body(self) -> str:
        """What was drawn, to be put inside an `svg` or a `g`."""
        return "".join(self._parts)


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


def _path(places: Sequence[tuple[Number, Number]]) -> str:
    """A line in steps from place to place: half the text of one in places, without their drift."""
    x, y = (round(10 * value) for value in places[0])
    words = [f"M{_n(x / 10)} {_n(y / 10)}"]
    for place in places[1:]:
        right, down = (round(10 * value) - old for value, old in zip(place, (x, y), strict=True))
        x, y = x + right, y + down
        if right and down:
            words.append(f"l{_n(right / 10)}{'' if down < 0 else ' '}{_n(down / 10)}")
        elif right:
            words.append(f"h{_n(right / 10)}")
        elif down:
            words.append(f"v{_n(down / 10)}")
    return "".join(words)


def _who(who: str) -> str:
    return f' data-n="{who}"' if who else ""


def _n(value: Number) -> str:
    """A coordinate to a tenth of a pixel."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text
