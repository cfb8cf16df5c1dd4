"""Whether all can read the page, by the rules of axe."""

import os
from pathlib import Path

import pytest
from conftest import once
from pages import awake, choose, opened, two_factors
from playwright.sync_api import Browser

from degendsl.store import Store

AXE = Path(__file__).parents[2] / ".tools" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return once(tmp_path_factory, "synthetic", two_factors)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1180), ("dark", 390)])
def test_axe_finds_nothing_serious(browser: Browser, store: Store, scheme: str, width: int):
    if not AXE.exists():
        if "axe" in os.environ.get("DEGENDSL_REQUIRE", ""):
            pytest.fail(f"axe-core is required here and not at {AXE}")
        pytest.skip("no axe-core; `npm install --prefix .tools axe-core@4` brings it")
    viewport = {"width": width, "height": 900}
    with opened(browser, store, color_scheme=scheme, viewport=viewport) as (page, _):
        page.evaluate("[...document.querySelectorAll('details')].forEach(one => one.open = true)")
        awake(page, "level-dynamics", "trials-in", "map-weights")
        choose(page, "map-weights", "0.1")
        page.locator("#chosen .views svg").nth(2).wait_for()
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            "axe.run({resultTypes: ['violations']}).then(result => result.violations)"
        )
    bad = [
        f"{one['id']}: {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
    assert bad == []
