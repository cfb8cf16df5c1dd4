"""What the page is made of, without a browser."""

import base64
import gzip
import json
import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from synthetic import synthetic_store

from degendsl_reports import write_figures
from degendsl_reports._colours import palette
from degendsl_reports._drawing import Axis, Plot, Point, spread
from degendsl_reports._images import heat_png
from degendsl_reports._live import packed
from degendsl_reports._page import chart_style
from degendsl_reports._references import references_of, study_bibtex
from degendsl_reports._scales import Linear, Log, fitted, number
from degendsl_reports._sections._downloads import csv_of

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1.0, "1"), (0.12345, "0.123"), (-2.5, "−2.5"), (999.6, "1000"),
        (12345.0, "12300"), (1.2e-5, "1.2×10⁻⁵"), (1e-6, "10⁻⁶"), (3e7, "3×10⁷"), (None, "–"),
        (float("nan"), "–"),
    ],
)  # fmt: skip
def test_numbers_for_people(value: float | None, text: str):
    assert number(value) == text


def test_scales_hold_their_values_and_write_ticks_inside():
    random = np.random.default_rng(0)
    for _ in range(300):
        values = (random.normal(size=5) * 10.0 ** random.integers(-6, 6)).tolist()
        for zero, log in ((True, False), (False, False), (False, True)):
            seen = [abs(v) for v in values] if log else values
            scale = fitted(seen, zero=zero, log=log)
            assert scale.low <= min(seen) and max(seen) <= scale.high
            ticks = [value for value, _ in scale.ticks()]
            assert 1 <= len(ticks) <= 14
            room = 1e-9 * (scale.high - scale.low)
            assert all(scale.low - room <= value <= scale.high + room for value in ticks)
            assert len({label for _, label in scale.ticks()}) == len(ticks)
    assert isinstance(fitted([0.0, 1.0], log=True), Linear)
    assert isinstance(fitted([1e-3, 1.0], log=True), Log)
    assert fitted([]).high > 0 and fitted([2.0, 2.0], zero=False).low < 2.0


def test_labels_are_moved_apart_and_no_further():
    assert spread([0.0, 100.0], 10) == [0.0, 100.0]
    places = sorted(spread([5.0, 5.0, 6.0], 10, 30.0))
    assert np.diff(places).min() >= 10 - 1e-6 and places[-1] <= 30.0


def test_altair_draws_marks_where_they_belong_and_lines_in_their_order():
    scale = Linear(low=0.0, high=2.0)
    plot = Plot(200, 100, Axis(scale), Axis(scale))
    plot.line([0.0, 2.0, 1.0, 0.0], [0.0, 1.0, 2.0, 0.0], kind="path", colour="c1", who="0.3")
    plot.dots([Point(1.0, 1.0, "0.1 0.2"), Point(2.0, 0.0)], colour="c0", radius=2.5)
    root = ElementTree.fromstring(f"<svg>{plot.body()}</svg>")
    line = root.find("g[@class='path c1']/path")
    assert line is not None and line.get("data-n") == "0.3"
    steps = np.array(re.findall(r"-?[\d.]+", re.sub("[hv]", "", line.get("d", ""))), float)
    seen = steps.reshape(-1, 2).cumsum(axis=0)
    places = [(0, 0), (2, 1), (1, 2), (0, 0)]
    # Written to a tenth of a pixel; Vega moves the whole by half a pixel to sharpen lines.
    assert np.allclose(seen, [(plot.x(x), plot.y(y)) for x, y in places], atol=0.61)
    pair, alone = root.findall("g[@class='dot c0']/circle")
    assert (pair.get("data-n"), alone.get("data-n")) == ("0.1 0.2", None)
    assert abs(float(pair.get("cx", 0)) - plot.x(1.0)) < 0.61 and pair.get("r") == "2.5"


def test_a_matrix_becomes_a_picture_of_its_signs():
    values = np.array([[1.0, -1.0], [0.0, 0.5]])
    data = base64.b64decode(heat_png(values.ravel().tolist(), 2, 1.0).split(",")[1])
    length = struct.unpack(">I", data[33:37])[0]
    rows = np.frombuffer(zlib.decompress(data[41 : 41 + length]), np.uint8).reshape(2, 9)[:, 1:]
    pixels = rows.reshape(2, 2, 4)
    assert pixels[..., 3].tolist() == [[255, 255], [0, 128]]
    assert pixels[0, 0, 0] > pixels[0, 0, 2] and pixels[0, 1, 0] < pixels[0, 1, 2]


def test_no_text_inside_packed_data_ends_its_script():
    data = {"title": "</script><!-- & \u2028", "value": 1.5}
    text = packed(data)
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", text)
    assert json.loads(gzip.decompress(base64.b64decode(text))) == data


def test_tables_are_written_to_six_digits():
    table = pl.DataFrame({"a": [0.123456789, None], "b": ['say "x", y', "z"], "c": [[1], [2, 3]]})
    assert csv_of(table).splitlines() == ["a,b,c", '0.123457,"say ""x"", y",[1]', ',z,"[2, 3]"']


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("count", [1, 7, 8, 30])
def test_marks_stand_out_from_the_paper(count: int, dark: bool):
    colours = [colour for name, colour in palette(count, dark=dark).items() if name[0] == "c"]
    assert len(set(colours)) == count
    paper = _luminance("#17191c" if dark else "#ffffff")
    for colour in colours:
        high, low = sorted((_luminance(colour), paper), reverse=True)
        # WCAG 2.2 asks 3:1 of graphics.
        assert (high + 0.05) / (low + 0.05) >= 3.0, colour


def test_every_class_of_a_mark_has_a_style():
    style = chart_style(3)
    assert ".c2{" in style and ".c3{" not in style


def test_figures_are_files_with_text_in_them(tmp_path: Path):
    store = synthetic_store(tmp_path / "study" / "hash", networks=4)
    written = write_figures(store, tmp_path / "figures")
    names = {path.name for path in written}
    assert {
        f"level-weights-{s}.{e}" for s in ("one-column", "two-columns") for e in ("svg", "pdf")
    } < names
    for path in written:
        if path.suffix == ".pdf":
            pdf = path.read_bytes()
            # Characters are mapped back to text, so it can be searched and copied.
            assert pdf.startswith(b"%PDF") and b"/ToUnicode" in pdf and b"/Font" in pdf
            continue
        root = ElementTree.parse(path).getroot()
        assert root.get("width") == ("85mm" if "one-column" in path.name else "178mm")
        assert [t for t in root.iter(f"{SVG}text") if t.text] and root.find(
            f"{SVG}title"
        ) is not None


def test_references_follow_what_was_used():
    resolved = {"task": {"kind": "sine_wave"}, "measure": {"dynamics": [{"kind": "dsa"}]}}
    assert [one.key for one in references_of(resolved)] == ["huang2025", "ostrow2023"]
    named = {"study": {"name": "a-b", "title": "50 % of {x} & y_z", "authors": [{"name": "A. B"}]}}
    assert study_bibtex(named, "f" * 12, "2025", "0.1.0").splitlines()[:3] == [
        "@misc{ab2025,",
        "  author = {A. B},",
        r"  title = {50 \% of x \& y\_z},",
    ]
