"""Takes the pictures of docs/report.md: a page on a screen, light, and a phone, dark.

With names of pages it takes those alone, and the dataset's name comes first in each
file name::

    .venv/bin/python tests/support/report_screenshots.py reports/usa_states docs/report
    .venv/bin/python tests/support/report_screenshots.py reports/finland docs/report \
        inequality
"""

import base64
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

HEIGHT = 1_200
VIEWS = ((1_280, "light"), (390, "dark"))
SCALE = 0.62  # for pictures side by side
QUALITY = 70
PAGES = (
    "index",
    "ranking",
    "inequality",
    "leakage",
    "responsibility",
    "emitters",
    "explore",
    "quota",
    "region",
    "quality",
)


def shot(browser: Browser, url: str, width: int, scheme: str) -> str:
    """Return a picture of a page as an address of its data."""
    page = browser.new_page(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme
    )
    page.goto(url)
    page.wait_for_function(
        # what is folded away is drawn when it is unfolded
        "[...document.querySelectorAll('[data-chart]')]"
        ".filter(each => !each.closest('details:not([open])'))"
        ".every(each => each.querySelector('svg'))"
    )
    picture = base64.b64encode(page.screenshot()).decode()
    page.close()
    return f"data:image/png;base64,{picture}"


def together(browser: Browser, pictures: list[str], target: Path) -> None:
    """Put pictures side by side into one."""
    page = browser.new_page(viewport={"width": 2_000, "height": 1_000})
    images = "".join(
        f'<img src="{path}" height="{round(HEIGHT * SCALE)}">' for path in pictures
    )
    page.set_content(
        '<body style="margin:0"><div style="display:inline-flex;gap:14px;padding:14px;'
        f'background:#8a8f98">{images}</div>'
    )
    page.wait_for_function("[...document.images].every(each => each.complete)")
    page.locator("div").screenshot(path=target, type="jpeg", quality=QUALITY)
    page.close()


def main(report: Path, folder: Path, pages: Sequence[str]) -> None:
    """Write a picture of each page of a report, or of some."""
    folder.mkdir(parents=True, exist_ok=True)
    first = f"{report.name}-" if pages else ""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name in pages or PAGES:
            url = (report / f"{name}.html").resolve().as_uri()
            pictures = [shot(browser, url, *view) for view in VIEWS]
            together(browser, pictures, folder / f"{first}{name}.jpg")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
