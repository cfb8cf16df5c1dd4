"""The page in a real browser."""

import re
from pathlib import Path

import pytest
from conftest import TINY, tiny
from playwright.sync_api import sync_playwright

import degendsl

HOSTILE = "</script><script>alert(1)</script> & <b>bold</b>"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = TINY.replace("name: tiny", f"name: tiny, title: '{HOSTILE}'")
    text += "sweep:\n  - train.optimizer.learning_rate: [1e-2, 2e-2]\n"
    text += "expect:\n  - {level: weights, rises_with: train.optimizer.learning_rate}\n"
    return degendsl.run(tiny(text), tmp_path_factory.mktemp("page")).report


def test_no_address_outside_is_named_by_an_element(report: Path):
    html = report.read_text()
    body = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    assert not re.search(r"""(?:src|href|url)\s*[=(]\s*["']?https?:""", body)
    assert HOSTILE not in html


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_opens_without_errors_or_requests(report: Path, chromium: str, scheme: str):
    trouble: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(color_scheme=scheme)  # pyright: ignore[reportArgumentType]
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: trouble.append("a script of the title ran"))
        page.on(
            "request",
            lambda request: (
                trouble.append(request.url)
                if not request.url.startswith(("file:", "data:", "blob:"))
                else None
            ),
        )
        page.goto(report.as_uri())
        page.wait_for_function("document.querySelectorAll('svg.chart').length >= 7")
        drawn = page.evaluate("document.querySelectorAll('figure').length")
        shapes = page.evaluate(
            "document.querySelectorAll('svg.chart path, svg.chart circle').length"
        )
        title = page.inner_text("h1")
        browser.close()
    assert trouble == []
    assert drawn > 7 and shapes > 50
    assert title == HOSTILE
