"""Every chart of the page as a file for a manuscript: SVG and PDF, in one column and in two."""

import re
from pathlib import Path

import vl_convert

from degendsl.store import Store

from ._colours import light
from ._page import source
from ._sections import sections_of
from ._study import Study

# Millimetres, as most journals have it, and pixels: so text of 11 px is 8 points on paper.
SIZES = {"one-column": (85.0, 321.0), "two-columns": (178.0, 673.0)}
_FONTS = "Helvetica,Arial,'DejaVu Sans',sans-serif"


def write_figures(store: Store, folder: Path) -> list[Path]:
    """Write each chart twice as SVG and PDF into a folder; the files written, by name.

    Text stays text in both, so that it can be searched and edited.
    """
    study = Study(store)
    style = _manuscript(source("chart.css"))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for section in sections_of(study):
        for chart in section.charts:
            for size, (millimetres, pixels) in SIZES.items():
                svg = light(
                    chart.figure(pixels, style=style, millimetres=millimetres), len(study.levels)
                )
                path = folder / f"{chart.id}-{size}.svg"
                path.write_text(svg, encoding="utf-8")
                pdf = path.with_suffix(".pdf")
                pdf.write_bytes(vl_convert.svg_to_pdf(svg))
                written += [path, pdf]
    return written


def _manuscript(style: str) -> str:
    """The page's style with fonts that a manuscript has."""
    return re.sub("font-family:[^;}]*", f"font-family:{_FONTS}", style)
