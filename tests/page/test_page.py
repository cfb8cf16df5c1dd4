"""The page in a real browser: what it shows, what it refuses, what is left on paper."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import HOSTILE, once
from pages import all_awake, opened, two_factors
from playwright.sync_api import Browser, Page, expect

from degendsl.api import RunResult
from degendsl.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return once(tmp_path_factory, "synthetic", two_factors)


# Texts of drawings that leave them, or that lie on one another.
UNREADABLE = """() => [...document.querySelectorAll('.panel svg')].flatMap(svg => {
  const box = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')].filter(one => one.textContent
      && one.getAttribute('opacity') !== '0' && getComputedStyle(one).display !== 'none')
    .map(text => [text, text.getBoundingClientRect()]);
  const outside = texts.filter(([, mine]) => mine.left < box.left - 2 || mine.right > box.right + 2
    || mine.top < box.top - 2 || mine.bottom > box.bottom + 2).map(([text]) => text.textContent);
  const level = texts.filter(([text]) => !/rotate/.test(text.getAttribute('transform')));
  const crossing = level.flatMap(([text, a], i) => level.slice(i + 1).filter(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4
  ).map(([other]) => `${text.textContent} / ${other.textContent}`));
  return [...outside, ...crossing].map(words => `${svg.closest('figure')?.id}: ${words}`);
})"""

# Figures with a picture that has no name, or without words or numbers.
SILENT = """() => [...document.querySelectorAll('figure')].filter(one =>
  one.querySelector('figcaption p').textContent.length < 20
  || !one.querySelector('table')
  || [...one.querySelectorAll('svg')].some(svg =>
       !svg.getAttribute('aria-label') || svg.getAttribute('role') !== 'img'
       || svg.closest('[aria-hidden], [aria-roledescription]'))
).map(one => one.id)"""


class Reading(NamedTuple):
    """What someone finds on a page: `sideways` if it must be scrolled, names of pictures."""

    sideways: bool
    unreadable: list[str]
    silent: list[str]
    names: list[str]


class Visit(NamedTuple):
    """A page read in another width, then in its own, then with every picture drawn by Vega."""

    title: str
    sections: list[str]
    marks: int
    other: Reading
    still: Reading
    live: Reading
    trouble: list[str]


def visit(browser: Browser, store: Store, width: int, other: int) -> Visit:
    with opened(browser, store, viewport={"width": other, "height": 900}) as (page, trouble):
        title = page.inner_text("h1")
        sections = page.evaluate("[...document.querySelectorAll('h2')].map(one => one.id)")
        marks = page.evaluate("document.querySelectorAll('svg.chart :is(path, circle)').length")
        narrow = read(page)
        page.set_viewport_size({"width": width, "height": 900})
        still = read(page)
        all_awake(page)
        return Visit(title, sections, marks, narrow, still, read(page), trouble)


def read(page: Page) -> Reading:
    assert page.viewport_size is not None
    width = page.evaluate("document.documentElement.scrollWidth")
    named = "[...document.querySelectorAll('.panel svg')].map(one => one.ariaLabel)"
    return Reading(
        width > page.viewport_size["width"],
        *(page.evaluate(script) for script in (UNREADABLE, SILENT, named)),
    )


@pytest.fixture(params=["trained", "synthetic"])
def found(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Visit:
    """A page of a real study, read on a desk, or one of every table, read on a phone."""

    def seen(_: Path) -> Visit:
        if request.param == "trained":
            return visit(browser, request.getfixturevalue("study").store, 1180, 390)
        return visit(browser, request.getfixturevalue("store"), 390, 1180)

    return once(tmp_path_factory, f"visit-{request.param}", seen)


def test_a_page_opens_and_comes_to_life_without_errors_or_requests(found: Visit):
    assert found.trouble == [] and found.title == HOSTILE
    assert found.sections == [
        "findings", "levels", "behavior", "dynamics", "weights", "learning", "task", "ran",
        "methods", "tables", "spec",
    ]  # fmt: skip
    assert found.marks > 200


def test_nothing_is_cut_off_and_no_label_lies_on_another(found: Visit):
    for one in found[3:6]:
        assert not one.sideways and one.unreadable == []


def test_every_chart_has_words_and_numbers(found: Visit):
    assert found.other.silent == found.still.silent == found.live.silent == []
    # Vega's pictures are called as the drawings that they replace.
    assert all(found.still.names) and found.live.names == found.still.names


def test_no_address_outside_is_named_by_an_element(study: RunResult, store: Store):
    for one in (study.store, store):
        html = one.report_path.read_text()
        assert not re.search(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:|//)""", html)
        assert "<script>alert" not in html and "<b>bold" not in html


def test_the_policy_lets_nothing_run_but_the_page_itself(browser: Browser, store: Store):
    html = store.report_path.read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy and policy[1].startswith("default-src &#39;none&#39;; script-src &#39;sha256-")
    # The script of the page, and Vega as it is unpacked.
    assert policy[1].partition("style-src")[0].count("sha256-") == 2
    assert "unsafe" not in policy[1] and "connect-src &#39;none&#39;" in policy[1]
    assert "img-src data: blob:" in policy[1]
    with opened(browser, store) as (page, _):
        page.evaluate(
            "() => { const one = document.createElement('script');"
            " one.textContent = 'window.intruded = true'; document.body.append(one) }"
        )
        assert page.evaluate("window.intruded") is None
        assert page.evaluate("fetch('https://example.org').then(() => 1, () => 0)") == 0


def test_it_reads_without_scripts(browser: Browser, store: Store):
    with opened(browser, store, java_script_enabled=False) as (page, trouble):
        drawn = store.report_path.read_text().count("<svg ")
        expect(page.locator("svg.chart")).to_have_count(drawn)
        expect(page.locator("#chosen")).to_be_hidden()
        expect(page.locator("#choose-go")).to_be_hidden()
        expect(page.locator("#level-dynamics svg").first).to_be_visible()
        page.click("#level-dynamics summary")
        table = page.locator("#level-dynamics table").first
        expect(table).to_be_visible()
        expect(table).to_contain_text("channels 1, max 5")
        assert trouble == []


def test_it_prints(browser: Browser, store: Store):
    with opened(browser, store, color_scheme="dark") as (page, _):
        page.emulate_media(media="print")
        assert (
            page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        )
        for paper in ("A4", "Letter"):
            pdf = page.pdf(format=paper)
            assert pdf.startswith(b"%PDF") and pdf.count(b"/Type /Page\n") > 3
