"""Takes the README's picture again: `python -m tools.picture` (needs chromium; look at it before you commit it)."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "examples" / "consolidated" / "report.html"
PICTURE = ROOT / "docs" / "images" / "report.png"


def main() -> None:
    """The canvas of the example's report, in light colours."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 880}, color_scheme="light")
        page.goto(REPORT.as_uri())
        page.evaluate("document.querySelector('.zoom').hidden = true")
        PICTURE.parent.mkdir(exist_ok=True)
        page.locator("#canvas").screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
