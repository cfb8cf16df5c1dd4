"""A page in a real browser: opened, brought to life, chosen from."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from conftest import HOSTILE
from playwright.sync_api import Browser, Page, TimeoutError, expect
from synthetic import synthetic_store

from degendsl.store import Store
from degendsl_reports import write_report

# Milliseconds until what does not come is missed: far more than a slow machine takes.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def two_factors(root: Path) -> Store:
    """A store of two factors and every table, with its page and a title that would be code."""
    store = synthetic_store(root / "study" / "hash", channels=(1, 2), delays=(5, 10), title=HOSTILE)
    write_report(store)
    return store


@contextmanager
def opened(browser: Browser, store: Store, **context: Any) -> Iterator[tuple[Page, list[str]]]:
    """A page with everything that goes wrong on it, and every request for what it lacks."""
    trouble: list[str] = []
    with browser.new_context(accept_downloads=True, **context) as inside:
        page = inside.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda _: trouble.append("a script of the title ran"))
        page.on("request", lambda request: trouble.extend(_outside(request.url)))
        page.goto(store.report_path.as_uri())
        yield page, trouble


def awake(page: Page, *figures: str) -> None:
    """Bring figures into sight, and wait until each panel is drawn by Vega."""
    for figure in figures:
        for panel in page.locator(f"#{figure} .panel").all():
            drawn = panel.locator(".view svg")
            # What is drawn or laid out above may move a panel out of sight again.
            for _ in range(PATIENCE // 2000):
                panel.scroll_into_view_if_needed()
                with suppress(TimeoutError):
                    drawn.wait_for(timeout=2000)
                    break
            expect(drawn).to_be_visible()


def all_awake(page: Page) -> None:
    """Bring every figure to life by a window as tall as the page."""
    assert page.viewport_size is not None
    page.set_viewport_size({"width": page.viewport_size["width"], "height": 40_000})
    waiting = page.locator(".panel:not(:has(.view))")
    expect(waiting).to_have_count(0)
    assert page.locator(".still").count() == 0


# The networks whose marks stand out in a figure, as Vega has them.
_FOCUS = """id => [...new Set([...document.querySelectorAll(`#${id} .view path`)]
  .filter(one => one.getAttribute('opacity') === '1' && one.__data__?.datum?.who)
  .map(one => one.__data__.datum.who))].sort()"""


def in_focus(page: Page, figure: str) -> set[str]:
    """The networks whose marks stand out in a figure; Vega may be about to draw others."""
    return set(page.evaluate(_FOCUS, figure))


def expect_focus(page: Page, figure: str, *whos: str) -> None:
    """Wait until the marks of these networks, and of no others, stand out in a figure."""
    found = f"([id, whos]) => JSON.stringify(({_FOCUS})(id)) === whos"
    try:
        page.wait_for_function(found, arg=[figure, json.dumps(sorted(whos), separators=(",", ":"))])
    except TimeoutError:
        assert in_focus(page, figure) == set(whos), figure


def choose(page: Page, figure: str, who: str) -> None:
    """Click the mark of a network."""
    place = page.evaluate_handle(
        """([id, who]) => [...document.querySelectorAll(`#${id} .view path`)]
          .find(one => one.__data__?.datum?.who === who)""",
        [figure, who],
    ).as_element()
    assert place is not None
    place.click(force=True)


def _outside(address: str) -> list[str]:
    """An address that the page should not have asked for; itself and what is in it are none."""
    return [] if address.startswith(("file:", "data:", "blob:")) else [address]
