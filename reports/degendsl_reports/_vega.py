"""From a chart to what the page holds: a specification for Vega, and a lean drawing by it."""

import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode
from markupsafe import escape

from degendsl.spec import printable

from ._numbers import Number
from ._theme import Graphic, config

# What a mark looks like. All else that Vega writes on it is the same for every chart.
_STYLES = (
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity",
    "opacity", "font-size", "font-weight", "font-style", "text-anchor",
)  # fmt: skip
_MOVED = re.compile(r"translate\(([-\d.e]+)[, ]([-\d.e]+)\)")
_TURNED = re.compile(r"rotate\([^)]*\)")
_ROUND = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0Z?")
_NUMBER = re.compile(r"-?\d*\.?\d+(?:e[-+]?\d+)?")


class Drawing(NamedTuple):
    """The inside of an `svg` element, and its size in pixels."""

    body: str
    width: Number
    height: Number


def specification(make: Callable[[Number], Graphic], width: Number) -> dict[str, Any]:
    """A chart as Vega-Lite without its theme, `width` pixels wide with its axes."""
    # Charts made of numbers need no check against the schema, which takes most of the time.
    with debug_mode(False), alt.data_transformers.enable("default", max_rows=None):
        spec = make(width).to_dict(validate=False)
    for word in ("$schema", "config"):
        spec.pop(word, None)
    # Added here and not by methods, each of which would copy the whole chart.
    if "width" not in spec:
        spec |= {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    spec["params"] = [{"name": "chosen", "value": ""}, *spec.get("params", ())]
    return _plain(spec)


def draw(spec: dict[str, Any]) -> Drawing:
    """A specification as Vega draws it, made small."""
    return lean(vl_convert.vegalite_to_svg(spec, config=config()))


def lean(svg: str) -> Drawing:
    """A drawing by Vega with its look, without its structure.

    Neighbouring marks that look alike become one group, invisible ones go, places are written in
    steps and to a tenth of a pixel.
    """
    root = ElementTree.fromstring(svg)
    body = []
    for look, run in groupby(_marks(root, 0.0, 0.0, {}), lambda mark: mark[0]):
        said = "".join(f' {name}="{escape(value)}"' for name, value in look)
        body.append(f"<g{said}>{''.join(mark for _, mark in run)}</g>")
    return Drawing("".join(body), float(root.get("width", 0)), float(root.get("height", 0)))


Look = tuple[tuple[str, str], ...]


def _marks(
    element: ElementTree.Element, x: Number, y: Number, inherited: dict[str, str]
) -> Iterator[tuple[Look, str]]:
    """Each visible mark with its look."""
    moved = _MOVED.search(element.get("transform", ""))
    if moved:
        x, y = x + float(moved[1]), y + float(moved[2])
    look = inherited | {name: element.attrib[name] for name in _STYLES if name in element.attrib}
    kind = element.tag.partition("}")[2]
    if kind in ("svg", "g"):
        for child in element:
            yield from _marks(child, x, y, look)
        return
    if kind != "image" and not _visible(look):
        return
    mark = _WRITERS[kind](element, x, y) if kind in _WRITERS else ""
    if mark:
        yield tuple(one for one in look.items() if one != _UNFILLED), mark


# Said once, of the whole drawing.
_UNFILLED = ("fill", "none")


def _visible(look: dict[str, str]) -> bool:
    nothing = ("none", "transparent")
    inked = look.get("fill", "none") not in nothing or look.get("stroke", "none") not in nothing
    return inked and look.get("opacity") != "0"


def _line(mark: ElementTree.Element, x: Number, y: Number) -> str:
    x2, y2 = (float(mark.get(name, 0)) for name in ("x2", "y2"))
    return f'<path d="{path([(x, y), (x + x2, y + y2)])}"/>' if x2 or y2 else ""


def _path(mark: ElementTree.Element, x: Number, y: Number) -> str:
    d = mark.get("d", "")
    disc = _ROUND.fullmatch(d)
    if disc:
        return f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(float(disc[1]))}"/>'
    if set("ACQ") & set(d):
        rounded = _NUMBER.sub(lambda one: short(float(one[0])), d)
        return f'<path transform="translate({short(x)} {short(y)})" d="{rounded}"/>'
    d = _steps(d, x, y)
    return f'<path d="{d}"/>' if d else ""


def _text(mark: ElementTree.Element, x: Number, y: Number) -> str:
    words = str(escape(mark.text or "")) + "".join(
        f'<tspan x="0" dy="{part.get("dy", "0")}">{escape(part.text or "")}</tspan>'
        for part in mark
    )
    turned = _TURNED.search(mark.get("transform", ""))
    if turned or len(mark):
        place = f'transform="translate({short(x)} {short(y)}){turned[0] if turned else ""}"'
    else:
        place = f'x="{short(x)}" y="{short(y)}"'
    return f"<text {place}>{words}</text>" if words else ""


def _image(mark: ElementTree.Element, x: Number, y: Number) -> str:
    address = mark.get("href") or mark.get("{http://www.w3.org/1999/xlink}href", "")
    width, height = (short(float(mark.get(name, 0))) for name in ("width", "height"))
    return (
        f'<image x="{short(x)}" y="{short(y)}" width="{width}" height="{height}" '
        f'preserveAspectRatio="none" image-rendering="pixelated" href="{escape(address)}"/>'
    )


_WRITERS = {"line": _line, "path": _path, "text": _text, "image": _image}


def _steps(d: str, x: Number, y: Number) -> str:
    """A path of straight pieces, moved and written in steps."""
    parts = []
    for piece in re.findall(r"M[^M]*", d):
        closed = piece.rstrip().upper().endswith("Z")
        places: list[tuple[Number, Number]] = []
        for word, values in re.findall(r"([MLhvHV])([^A-Za-z]*)", piece):
            numbers = [float(one) for one in _NUMBER.findall(values)]
            if word in "ML":
                places += zip(numbers[::2], numbers[1::2], strict=True)
                continue
            last, (step,) = places[-1], numbers
            places.append((last[0] + step, last[1]) if word == "h" else (last[0], last[1] + step))
        if len(set(places)) > 1:
            parts.append(path([(a + x, b + y) for a, b in places]) + "z" * closed)
    return "".join(parts)


def path(places: list[tuple[Number, Number]]) -> str:
    """A line in steps from place to place: half the text of one in places, without their drift."""
    x, y = (round(10 * value) for value in places[0])
    words = [f"M{short(x / 10)} {short(y / 10)}"]
    for place in places[1:]:
        right, down = (round(10 * value) - old for value, old in zip(place, (x, y), strict=True))
        x, y = x + right, y + down
        if right and down:
            words.append(f"l{short(right / 10)}{'' if down < 0 else ' '}{short(down / 10)}")
        elif right:
            words.append(f"h{short(right / 10)}")
        elif down:
            words.append(f"v{short(down / 10)}")
    return "".join(words)


def short(value: Number) -> str:
    """A coordinate to a tenth of a pixel."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def _plain(value: Any) -> Any:
    """What a specification may hold, whatever people call their networks.

    Five digits are finer than any screen, what is no number has no word in JSON, and no drawing is
    read again with a control character in it.
    """
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    near = float(f"{value:.5g}")
    return int(near) if near.is_integer() and abs(near) < 1e9 else near
