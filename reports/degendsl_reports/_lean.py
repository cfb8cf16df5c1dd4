"""What Vega draws, as lean SVG: classes for colours and styles, names of networks, few digits.

Vega writes colours and fonts on every mark. A page that serves light and dark, and paper, needs
them as classes, so marks are grouped under the words their layer was given (see `_drawing.py`).
A mark's description is the network it stands for, which links the views (`data-n`).
"""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from markupsafe import escape

Number = float | int

_TRANSLATED = re.compile(r"translate\(([-\d.e]+),([-\d.e]+)\)")
_LAYER = re.compile(r"\b(k\d+)_marks\b")
_AXIS = re.compile(r"role-axis-(grid|domain|title)\b")
_AXIS_STYLE = {"grid": "grid", "domain": "axis", "title": "axis"}
# Words of colour, and what stands for them in a specification: Vega passes colours on as they are.
_WORDS = {"": "#000000", "rising": "#b00001", "falling": "#b00002"}
_COLOURS = {colour: word for word, colour in _WORDS.items()}


class Style(NamedTuple):
    """What a layer is: its classes, and the radius of its circles."""

    kind: str
    radius: Number = 0


def colour_code(word: str) -> str:
    """What stands for a class of colour in a specification."""
    if word in _WORDS:
        return _WORDS[word]
    kind = "a" if word[0] == "h" else "c"
    return f"#{kind}0{int(word[1:]):04x}"


def lean(svg: str, styles: Mapping[str, Style]) -> str:
    """The marks and axes of a drawing by Vega, to be put inside an `svg` or a `g`."""
    return "".join(_walk(ElementTree.fromstring(svg), styles, 0.0, 0.0))


def _walk(
    element: ElementTree.Element, styles: Mapping[str, Style], x: Number, y: Number
) -> Iterator[str]:
    right, down = _moved(element)
    x, y = x + right, y + down
    name = element.get("class", "")
    layer, axis = _LAYER.search(name), _AXIS.search(name)
    if layer and layer[1] in styles:
        yield from _group(list(element), styles[layer[1]], x, y)
    elif axis:
        yield from _group(list(element), Style(_AXIS_STYLE[axis[1]]), x, y)
    else:
        for child in element:
            yield from _walk(child, styles, x, y)


def _group(
    marks: Sequence[ElementTree.Element], style: Style, x: Number, y: Number
) -> Iterator[str]:
    """Marks of one layer, a group for each run of one colour."""
    for colour, run in groupby(marks, _colour):
        inside = "".join(_mark(mark, style, x, y) for mark in run)
        if inside:
            yield f'<g class="{f"{style.kind} {colour}".strip()}">{inside}</g>'


def _mark(mark: ElementTree.Element, style: Style, x: Number, y: Number) -> str:
    right, down = _moved(mark)
    x, y = x + right, y + down
    tag = mark.tag.partition("}")[2]
    who = _who(mark.get("aria-label", ""))
    if tag == "text":
        return _text(mark, x, y)
    if tag == "line":
        x2, y2 = (float(mark.get(name, 0)) for name in ("x2", "y2"))
        return f'<path d="{path([(x, y), (x + x2, y + y2)])}"{who}/>'
    if tag == "image":
        address = mark.get("href") or mark.get("{http://www.w3.org/1999/xlink}href", "")
        return (
            f'<image x="{short(x)}" y="{short(y)}" width="{short(float(mark.get("width", 0)))}" '
            f'height="{short(float(mark.get("height", 0)))}" preserveAspectRatio="none" '
            f'image-rendering="pixelated" href="{escape(address)}"/>'
        )
    if style.radius:
        return f'<circle cx="{short(x)}" cy="{short(y)}" r="{style.radius:g}"{who}/>'
    d = _shorter(mark.get("d", ""), x, y)
    return f'<path d="{d}"{who}/>' if d else ""


def _text(mark: ElementTree.Element, x: Number, y: Number) -> str:
    anchor = mark.get("text-anchor", "start")
    said = "" if anchor == "start" else f' text-anchor="{anchor}"'
    turned = re.search(r"rotate\(([-\d.]+)\)", mark.get("transform", ""))
    place = (
        f' transform="translate({short(x)} {short(y)}) rotate({turned[1]})"'
        if turned
        else f' x="{short(x)}" y="{short(y)}"'
    )
    return f"<text{place}{said}>{escape(mark.text or '')}</text>"


def _shorter(d: str, x: Number, y: Number) -> str:
    """A path of straight pieces, moved and written in steps."""
    parts = []
    for piece in re.findall(r"M[^M]*", d):
        closed = piece.rstrip().upper().endswith("Z")
        places: list[tuple[Number, Number]] = []
        for word, values in re.findall(r"([MLhv])([^A-Za-z]*)", piece):
            numbers = [float(one) for one in re.findall(r"-?[\d.]+(?:e-?\d+)?", values)]
            if word in "ML":
                places += zip(numbers[::2], numbers[1::2], strict=True)
            else:
                last, (step,) = places[-1], numbers
                places.append(
                    (last[0] + step, last[1]) if word == "h" else (last[0], last[1] + step)
                )
        parts.append(path([(a + x, b + y) for a, b in places]) + "z" * closed)
    return "".join(parts)


def path(places: Sequence[tuple[Number, Number]]) -> str:
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


def _moved(element: ElementTree.Element) -> tuple[Number, Number]:
    found = _TRANSLATED.search(element.get("transform", ""))
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def _colour(mark: ElementTree.Element) -> str:
    for code in (mark.get("fill", ""), mark.get("stroke", "")):
        if code in _COLOURS:
            return _COLOURS[code]
        if re.fullmatch(r"#[ca]0[0-9a-f]{4}", code):
            return f"{'h' if code[1] == 'a' else 'c'}{int(code[3:], 16)}"
    return ""


def _who(who: str) -> str:
    return f' data-n="{who}"' if re.fullmatch(r"\d+\.\d+( \d+\.\d+)*", who) else ""
