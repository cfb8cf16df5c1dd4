"""The page come to life: what answers to pointer and keyboard, what can be taken."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import polars as pl
import pytest
from conftest import once
from pages import awake, choose, expect_focus, in_focus, opened, two_factors
from playwright.sync_api import Browser, expect

from degendsl.store import Store
from degendsl_reports._live import packed


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return once(tmp_path_factory, "synthetic", two_factors)


def test_choosing_a_network_shows_it_in_every_view(browser: Browser, store: Store):
    views = (
        "level-behavior", "level-dynamics", "map-dynamics", "map-weights", "curves", "eval-losses",
        "weight-change", "trials-in", "trials-temporal", "trajectories", "eigenvalues",
    )  # fmt: skip
    with opened(browser, store) as (page, trouble):
        awake(page, *views[:4])
        assert "0.2" not in in_focus(page, "map-weights")
        choose(page, "map-weights", "0.1")
        expect_focus(page, "map-weights", "0.1")
        # Views that come to life later know of it too.
        awake(page, *views[4:])
        found = {view: in_focus(page, view) for view in views}
        # Itself, or pairs of which it is one; and no other network.
        assert all(found.values()), found
        assert all("0.1" in name.split(" ") for names in found.values() for name in names), found
        row = store.table("networks").row(1, named=True)
        expect(page.locator("#chosen")).to_contain_text("channels 1, max 5, network 1")
        expect(page.locator("#chosen")).to_contain_text(str(row["epochs"]))
        page.locator("#chosen .views svg").nth(2).wait_for()
        awake(page, "level-dynamics")
        pair = next(name for name in in_focus(page, "level-dynamics"))
        choose(page, "level-dynamics", pair)
        awake(page, "map-weights")
        expect_focus(page, "map-weights", *pair.split(" "))
        page.keyboard.press("Escape")
        expect(page.locator("#chosen")).to_be_hidden()
        expect_focus(page, "map-weights")
        assert trouble == []


def test_a_figure_says_that_it_lacks_a_network_and_fades_nothing(browser: Browser, store: Store):
    with opened(browser, store) as (page, trouble):
        # Three of eight networks have trajectories.
        awake(page, "map-weights", "trajectories")
        before = page.locator("#trajectories .view").first.inner_html()
        choose(page, "map-weights", "0.7")
        said = page.locator("#trajectories .absent")
        expect(said).to_have_text("Not drawn here: channels 1, max 5, network 7.")
        # Whatever follows the choice has followed it.
        expect_focus(page, "map-weights", "0.7")
        assert page.locator("#trajectories .view").first.inner_html() == before
        expect(page.locator("#map-weights .absent, #level-dynamics .absent")).to_have_count(0)
        choose(page, "map-weights", "0.1")
        expect_focus(page, "trajectories", "0.1")
        expect(page.locator(".absent")).to_have_count(0)
        assert trouble == []


def test_small_pictures_end_with_their_choice(browser: Browser, store: Store):
    with opened(browser, store) as (page, trouble):
        awake(page, "map-weights")
        page.evaluate("""() => {
          const embed = vegaEmbed, living = document.body.dataset;
          living.views = 0;
          window.vegaEmbed = async (...all) => {
            const made = await embed(...all);
            // Panels that come into sight stay.
            if (!('rows' in all[1].datasets)) return made;
            const end = made.view.finalize.bind(made.view);
            living.views = Number(living.views) + 1;
            made.view.finalize = () => { living.views -= 1; return end(); };
            return made;
          };
        }""")
        page.click("#choose-go")
        # Some before they are drawn.
        for _ in range(16):
            page.locator("#chosen button", has_text="Next").click()
        page.locator("#chosen .views svg").nth(2).wait_for()
        expect(page.locator("body")).to_have_attribute("data-views", "3")
        expect(page.locator("#chosen .views svg")).to_have_count(3)
        page.keyboard.press("Escape")
        expect(page.locator("body")).to_have_attribute("data-views", "0")
        assert trouble == []


def test_the_pointer_is_told_values(browser: Browser, store: Store):
    with opened(browser, store) as (page, trouble):
        awake(page, "level-weights")
        page.locator("#level-weights .view path[stroke='var(--paper)']").first.hover(force=True)
        row = store.table("degeneracy").filter(metric="pif", at="end").row(0, named=True)
        told = page.locator("#vg-tooltip-element.visible")
        expect(told).to_contain_text("channels 1, max 5")
        expect(told).to_contain_text(f"{row['ci_high']:.3g}")
        assert trouble == []


def test_a_page_whose_vega_is_damaged_keeps_its_drawings(
    browser: Browser, store: Store, tmp_path: Path
):
    html = store.report_path.read_text()
    path = tmp_path / "report.html"
    path.write_text(re.sub(r'(id="vega">)[^<]*', rf"\1{packed('broken')}", html))
    with browser.new_context() as inside:
        page = inside.new_page()
        page.goto(path.as_uri())
        page.locator("#level-dynamics").scroll_into_view_if_needed()
        page.locator("#level-dynamics .still").first.wait_for()
        expect(page.locator("#level-dynamics svg.chart").first).to_be_visible()
        page.click("#choose-go")
        expect(page.locator("#chosen")).to_contain_text("channels 1, max 5, network 0")


def test_the_same_by_keyboard(browser: Browser, store: Store):
    with opened(browser, store) as (page, _):
        awake(page, "map-dynamics")
        page.focus("#choose-condition")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.type("3")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#chosen")).to_contain_text("channels 1, max 10, network 3")
        expect_focus(page, "map-dynamics", "1.3")
        page.locator("#chosen button", has_text="Next").focus()
        page.keyboard.press("Enter")
        expect_focus(page, "map-dynamics", "1.4")


@pytest.mark.parametrize("scripts", [True, False])
def test_tables_can_be_taken_with_and_without_scripts(
    browser: Browser, store: Store, tmp_path: Path, scripts: bool
):
    with opened(browser, store, java_script_enabled=scripts) as (page, _):
        if scripts:
            page.locator("html.js").wait_for()
        for name in ("effects", "pairs", "learning"):
            with page.expect_download() as waiting:
                page.click(f"#table-{name} a")
            download = waiting.value
            path = tmp_path / download.suggested_filename
            download.save_as(path)
            assert path.name == f"{name}.csv" or (not scripts and path.name == f"{name}.csv.gz")
            _same(pl.read_csv(path), store.table(name))


def _same(found: pl.DataFrame, kept: pl.DataFrame) -> None:
    # Polars reads compressed text as it is.
    assert found.columns == kept.columns and found.height == kept.height
    for column, kind in kept.schema.items():
        if kind.is_float():
            # Six significant digits are written.
            worst = ((found[column] - kept[column]) / kept[column]).abs().max()
            assert isinstance(worst, float) and worst <= 5e-6
        elif kind.is_integer():
            assert found[column].to_list() == kept[column].to_list()


def test_figures_can_be_taken_as_svg_and_png(browser: Browser, store: Store, tmp_path: Path):
    with opened(browser, store) as (page, trouble):
        for kind in ("SVG", "PNG"):
            with page.expect_download() as waiting:
                page.click(f"#level-dynamics button:has-text('{kind}')")
            waiting.value.save_as(tmp_path / waiting.value.suggested_filename)
        assert trouble == []
    tree = ElementTree.parse(tmp_path / "level-dynamics.svg")
    words = {element.text for element in tree.iter("{http://www.w3.org/2000/svg}text")}
    assert {"untrained", "null", "floor", "DSA distance (rad)"} <= words
    png = (tmp_path / "level-dynamics.png").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and int.from_bytes(png[16:20], "big") > 1000
