"""`python -m tests.docs.pictures ADDRESS`: pictures of the kit, taken of a demonstration that is running there."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from core.web.kit import pieces

FOLDER = Path(__file__).parents[2] / "docs" / "images" / "kit"
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


def main(address: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(viewport={"width": 840, "height": 900}, locale="en-GB")
        page.goto(f"{address}/town/kit")
        for piece in pieces():
            shown = page.locator(f"#{piece.name} > .shown")
            shown.scroll_into_view_if_needed()
            page.wait_for_timeout(600)  # A chart is drawn when it comes into sight.
            shown.screenshot(path=FOLDER / f"{piece.name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
