"""What the page is made of, without a browser."""

import base64
import gzip
import itertools
import json
import math
import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import polars as pl
import pytest
from synthetic import synthetic_store

from degendsl_reports import write_figures
from degendsl_reports._arrangement import arranged
from degendsl_reports._colours import colour_rules, light, palette
from degendsl_reports._images import heat_png
from degendsl_reports._live import packed
from degendsl_reports._marks import apart
from degendsl_reports._numbers import number
from degendsl_reports._references import references_of, study_bibtex
from degendsl_reports._sections._downloads import csv_of
from degendsl_reports._theme import names_x, names_y, paint
from degendsl_reports._vega import draw, lean, specification

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1.0, "1"), (0.12345, "0.123"), (-2.5, "−2.5"), (999.6, "1000"),
        (12345.0, "12300"), (0.000342, "0.000342"), (0.0001, "0.0001"), (1.2e-5, "1.2×10⁻⁵"),
        (1e-6, "10⁻⁶"), (3e7, "3×10⁷"), (None, "–"),
        (float("nan"), "–"), (1225, "1225"), (-12345, "−12345"),
    ],
)  # fmt: skip
def test_numbers_for_people(value: float | None, text: str):
    assert number(value) == text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([0.001, 0.002], ["0.001", "0.002"]),
        # Rounded to four digits, unless that makes one of two.
        ([1 / 3, 2 / 3], ["0.3333", "0.6667"]),
        ([0.123441, 0.123449, 0.5], ["0.12344", "0.12345", "0.5"]),
        ([0.123451, 0.123459], ["0.12345", "0.12346"]),
        ([{"kind": "gaussian", "gain": g} for g in (1.00001, 1.00002)],
         ["gaussian gain 1.00001", "gaussian gain 1.00002"]),
        ([2, 2, 3], ["2", "2", "3"]),
    ],
)  # fmt: skip
def test_swept_values_have_as_many_digits_as_tell_them_apart(values: list[Any], words: list[str]):
    listed = [{"id": str(k), "label": "", "levels": {"x": v}} for k, v in enumerate(values)]
    found = arranged(listed, None)
    assert [one.words["x"] for one in found.conditions] == words
    assert found.levels == tuple(dict.fromkeys(words)) and found.factors == ("x",)
    assert [found.levels[one.position] for one in found.conditions] == words


def test_a_factor_that_moves_along_is_no_panel():
    listed = [
        {"id": str(k), "label": "", "levels": {"a.b": a, "a.c": 10 * a, "d": d}}
        for k, (a, d) in enumerate(itertools.product((1, 2), (0.5, 0.50001)))
    ]
    found = arranged(listed, "a.c")
    assert (found.factor, found.others, found.levels) == ("a.c", ("d",), ("10", "20"))
    assert found.facets == ("d 0.5", "d 0.50001")
    assert arranged([], None).levels == ("",) and arranged([], "a").factor is None


def test_factors_come_in_the_order_of_the_spec():
    # As a lock has them, by the alphabet.
    listed = [{"id": "0", "label": "", "levels": {"model.init": "a", "regime": "b", "task.x": 1}}]
    sweep = [{"task.x": [1]}, {"name": "regime", "levels": {"b": {}}}, {"model.init": ["a"]}]
    found = arranged(listed, None, sweep)
    assert found.factors == ("task.x", "regime", "model.init") and found.factor == "task.x"
    # Groups of given networks have no sweep.
    assert arranged(listed).factors == ("model.init", "regime", "task.x")


def test_labels_are_moved_apart_and_no_further():
    assert apart([0.0, 100.0], [0.0, 100.0], 100, log=False) == pytest.approx([0.0, 100.0])
    places = sorted(apart([5.0, 5.0, 6.0], [0.0, 100.0], 125, log=False))
    # A line is 12.5 pixels, here ten units; sixty rounds leave less than a thousandth of one.
    assert np.diff(places).min() >= 10 - 1e-2 and places[0] >= 0
    low, high = sorted(apart([1.0, 1.0], [0.1, 10.0], 125, log=True))
    assert math.log10(high / low) == pytest.approx(0.2)


def test_vega_draws_marks_where_they_belong_and_lines_in_their_order():
    plane: dict[str, Any] = {
        name: axis(f"{name}:Q", scale=alt.Scale(domain=[0, 2], nice=False), axis=None)
        for name, axis in (("x", alt.X), ("y", alt.Y))
    }
    places = pl.DataFrame({"x": [0.0, 2.0, 1.0, 0.0], "y": [0.0, 1.0, 2.0, 0.0], "t": range(4)})
    spots = pl.DataFrame({"x": [1.0, 2.0], "y": [1.0, 0.0]})
    chart = alt.layer(
        alt.Chart(places).mark_line(color=paint(1)).encode(**plane, order="t:Q"),
        alt.Chart(spots).mark_circle(size=100, opacity=1, color=paint(0)).encode(**plane),
    ).properties(width=200, height=100)
    spec = specification(lambda _: chart, 200)
    assert spec["params"][0] == {"name": "chosen", "value": ""} and "config" not in spec
    drawing = draw(spec)
    root = ElementTree.fromstring(f"<svg>{drawing.body}</svg>")
    (line,) = root.findall("g[@stroke='var(--c1)']/path")
    steps = np.array(re.findall(r"-?[\d.]+", re.sub("[hv]", "", line.get("d", ""))), float)
    seen = steps.reshape(-1, 2).cumsum(axis=0)
    # Written to a tenth of a pixel; Vega pads and moves the whole by half a pixel.
    expected = np.array([(100 * x, 100 - 50 * y) for x, y, _ in places.rows()])
    assert np.allclose(seen - seen[0], expected - expected[0], atol=0.11)
    one, other = root.findall("g[@fill='var(--c0)']/circle")
    assert float(other.get("cx", 0)) - float(one.get("cx", 0)) == pytest.approx(100, abs=0.11)
    # Vega's size of a mark is the area of the square around it.
    assert one.get("r") == other.get("r") == "5"


def test_what_is_not_to_be_seen_is_not_written():
    drawing = lean(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="8"><g fill="none">'
        '<path d="M0,0h9v8h-9Z" class="background"/><line x2="5" stroke="red" opacity="0"/>'
        '<g transform="translate(1,2)"><line x2="5" stroke="red" aria-label="a"/>'
        '<line transform="translate(0,1.23)" x2="5" stroke="red"/></g>'
        '<text transform="translate(1,1) rotate(-35)" fill="red">a &lt; b</text></g></svg>'
    )
    assert drawing == (
        '<g stroke="red"><path d="M1 2h5"/><path d="M1 3.2h5"/></g><g fill="red">'
        '<text transform="translate(1 1)rotate(-35)">a &lt; b</text></g>',
        9.0,
        8.0,
    )


def test_colours_of_exported_figures_are_those_of_white_paper():
    assert light('fill="var(--c0)" stroke="var(--ink)"', 1) == 'fill="#0072b2" stroke="#1c1e21"'


def test_a_matrix_becomes_a_picture_of_its_signs():
    values = np.array([[1.0, -1.0], [0.0, 0.5]])
    data = base64.b64decode(heat_png(values.ravel().tolist(), 2, 1.0).split(",")[1])
    length = struct.unpack(">I", data[33:37])[0]
    rows = np.frombuffer(zlib.decompress(data[41 : 41 + length]), np.uint8).reshape(2, 9)[:, 1:]
    pixels = rows.reshape(2, 2, 4)
    assert pixels[..., 3].tolist() == [[255, 255], [0, 128]]
    assert pixels[0, 0, 0] > pixels[0, 0, 2] and pixels[0, 1, 0] < pixels[0, 1, 2]
    # A small one has several pixels an entry, so that no browser smears it.
    wide = base64.b64decode(heat_png(values.ravel().tolist(), 2, 1.0, each=3).split(",")[1])
    length = struct.unpack(">I", wide[33:37])[0]
    rows = np.frombuffer(zlib.decompress(wide[41 : 41 + length]), np.uint8).reshape(6, 25)[:, 1:]
    assert (rows.reshape(6, 6, 4) == pixels.repeat(3, axis=0).repeat(3, axis=1)).all()


def test_every_name_stands_beside_its_row_and_keeps_both_its_ends():
    names = [f"rather long names of kind {index}" for index in range(9)]
    params, y = names_y(names, "row")
    x = names_x(names, 332, "name")
    rows = pl.DataFrame({"row": range(9), "value": 1.0, "name": names})
    charts = (
        alt.layer(alt.Chart(rows).mark_circle().encode(x="value:Q", y=y), params=[params]),
        alt.Chart(rows).mark_circle().encode(x=x, y="value:Q"),
    )
    for chart in charts:
        drawing = draw(specification(lambda _, chart=chart: chart.properties(height=300), 332))
        assert set(re.findall(r"rather lo…[^<]*", drawing.body)) == {
            f"rather lo…es of kind {index}" for index in range(9)
        }


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


def test_every_level_has_a_colour():
    style = colour_rules(3)
    assert ".c2{" in style and ".c3{" not in style


def test_figures_are_files_with_text_in_them(tmp_path: Path):
    store = synthetic_store(tmp_path / "study" / "hash", channels=(1,), networks=3, exhibited=1)
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
    assert [one.key for one in references_of(resolved)] == [
        "huang2025", "ostrow2023", "sussillo2013"
    ]  # fmt: skip
    named = {"study": {"name": "a-b", "title": "50 % of {x} & y_z", "authors": [{"name": "A. B"}]}}
    assert study_bibtex(named, "f" * 12, "2025", "0.1.0").splitlines()[:3] == [
        "@misc{ab2025,",
        "  author = {A. B},",
        r"  title = {50 \% of x \& y\_z},",
    ]
