"""What a chart is: panels to draw at any width, words for those who can't see it, its numbers."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import polars as pl
from markupsafe import Markup, escape

from ._arrangement import Condition
from ._numbers import Number, number
from ._theme import Graphic
from ._vega import draw, specification

_GAP = 14
# A panel of an exported figure is no narrower, in pixels.
_LEAST = 150
_TITLE = 16
# About the width of a letter of a title, in pixels.
_LETTER = 7.2


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One drawing of a chart. draw: an Altair chart for a width in pixels. title: what it is of."""

    draw: Callable[[Number], Graphic]
    title: str = ""
    colour: str = ""


class Shown(NamedTuple):
    """A panel on the page. view: the name of its specification; svg: the same, drawn."""

    title: str
    colour: str
    view: str
    svg: Markup
    spec: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Numbers in rows, for reading; `full` names the table that can be downloaded."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    full: str | None = None

    def text_rows(self) -> list[list[str]]:
        return [[_cell(value) for value in row] for row in self.rows]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A figure of the page.

    id: unique on the page, and the file name of the exported figure.
    title: what is drawn, as a heading. summary: what is to be seen, in a sentence.
    width: of one panel on the page, in pixels. tags: words that choose where it is shown.
    table: the same numbers in rows. note: what a reader must know, such as what was left out.
    """

    id: str
    title: str
    summary: str
    panels: Sequence[Panel]
    width: Number = 332
    table: Table | None = None
    note: str = ""
    flags: Sequence[str] = field(default=())

    @cached_property
    def shown(self) -> list[Shown]:
        """The panels as elements of the page."""
        return [self._show(index, panel) for index, panel in enumerate(self.panels)]

    def _show(self, index: int, panel: Panel) -> Shown:
        label = f"{self.title}, {panel.title}" if panel.title else f"{self.title}. {self.summary}"
        spec = specification(panel.draw, self.width)
        drawing = draw(spec)
        element = (
            f'<svg class="chart" viewBox="0 0 {drawing.width:g} {drawing.height:g}" '
            f'width="{drawing.width:g}" height="{drawing.height:g}" fill="none" role="img" '
            f'aria-label="{escape(label)}">{drawing.body}</svg>'
        )
        return Shown(panel.title, panel.colour, f"{self.id}/{index}", Markup(element), spec)

    def figure(self, width: Number, *, style: str, millimetres: Number) -> str:
        """All panels in one drawing of its own, `width` pixels wide."""
        columns = max(
            1, min(len(self.panels), int((width + _GAP) // (max(_LEAST, 0.62 * self.width) + _GAP)))
        )
        each = (width - (columns - 1) * _GAP) / columns
        parts, top = [], 0.0
        for first in range(0, len(self.panels), columns):
            row = [
                (panel, draw(specification(panel.draw, each)))
                for panel in self.panels[first : first + columns]
            ]
            lines = {panel: _wrapped(panel.title, each) for panel, _ in row}
            title = _TITLE * max(map(len, lines.values()))
            for index, (panel, drawing) in enumerate(row):
                left = index * (each + _GAP)
                parts.append(f'<g transform="translate({left:.1f} {top + title:.1f})">')
                parts.append(f"{drawing.body}</g>")
                parts += [
                    f'<text class="title" x="{left:.1f}" y="{top + 12 + line * 14:.1f}">'
                    f"{escape(words)}</text>"
                    for line, words in enumerate(lines[panel])
                ]
            top += title + max(drawing.height for _, drawing in row) + _GAP
        height = max(top - _GAP, 1.0)
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" class="chart" fill="none" '
            f'width="{millimetres:g}mm" height="{millimetres * height / width:.2f}mm" '
            f'viewBox="0 0 {width:g} {height:.1f}">'
            f"<title>{escape(self.title)}</title><desc>{escape(self.summary)}</desc>"
            f"<style>{style}</style>{''.join(parts)}</svg>"
        )


def _wrapped(words: str, width: Number) -> list[str]:
    """A title in as many lines as it needs in a panel so wide."""
    return textwrap.wrap(words, max(10, int(width / _LETTER)))


def per_condition(
    conditions: Sequence[Condition], draw: Callable[[Condition, Number], Any]
) -> list[Panel]:
    """A panel for each condition, titled and coloured as it."""

    def panel(condition: Condition) -> Panel:
        return Panel(
            draw=lambda width: draw(condition, width),
            title=condition.label,
            colour=condition.colour,
        )

    return [panel(condition) for condition in conditions]


def panel_width(count: int) -> Number:
    """How wide panels are drawn on the page so that so many make a figure one can take in."""
    return 332 if count <= 3 else 246 if count <= 8 else 160


def table_of(frame: pl.DataFrame, names: dict[str, str], *, full: str | None = None) -> Table:
    """Some columns of a frame, renamed for readers; those it lacks are left out."""
    kept = [name for name in names if name in frame.columns]
    return Table(
        columns=tuple(names[name] for name in kept),
        rows=tuple(frame.select(kept).rows()),
        full=full,
    )


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value)
    return str(value)
