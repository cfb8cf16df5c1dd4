"""Screenshots of the quickstart's page for the README, in headless Chromium."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent


def main() -> None:
    (page_path,) = ROOT.glob("results/quickstart/*/report.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1180, "height": 1180})
        page.goto(page_path.as_uri())
        page.locator("#level-weights .view svg").wait_for()
        page.screenshot(path=ROOT / "docs" / "quickstart.png")
        browser.close()


if __name__ == "__main__":
    main()
