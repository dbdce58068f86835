"""Takes the pictures of docs/report.md.

A page on a screen, light, and a phone, dark; with names of pages those alone, and the
dataset's name comes first in each file name. `--whole` takes all pages of a report from
top to bottom, in one picture::

    .venv/bin/python tests/support/report_screenshots.py reports/usa_states docs/report
    .venv/bin/python tests/support/report_screenshots.py reports/finland docs/report \
        compare
    .venv/bin/python tests/support/report_screenshots.py --whole reports/finland \
        docs/report
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
WHOLE_WIDTH = 440  # pixels, a page among all pages
COLUMNS = 4
QUALITY = 70
PAGES = (
    "index",
    "compare",
    "trade",
    "pays",
    "whatif",
    "place",
    "trust",
)


def shot(browser: Browser, url: str, width: int, scheme: str, whole: bool) -> str:
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
    picture = base64.b64encode(page.screenshot(full_page=whole)).decode()
    page.close()
    return f"data:image/png;base64,{picture}"


def together(
    browser: Browser, pictures: Sequence[str], target: Path, size: str, look: str
) -> None:
    """Put pictures together into one: CSS of their size and of how they lie."""
    page = browser.new_page(viewport={"width": 2_000, "height": 1_000})
    images = "".join(f'<img src="{path}" style="{size}">' for path in pictures)
    page.set_content(
        f'<body style="margin:0"><div style="{look};gap:14px;padding:14px;'
        f'background:#8a8f98">{images}</div>'
    )
    page.wait_for_function("[...document.images].every(each => each.complete)")
    page.locator("div").screenshot(path=target, type="jpeg", quality=QUALITY)
    page.close()


def main(report: Path, folder: Path, pages: Sequence[str], whole: bool) -> None:
    """Write a picture of each page of a report, of some, or of all pages whole."""
    folder.mkdir(parents=True, exist_ok=True)
    first = f"{report.name}-" if pages else ""
    urls = {
        name: (report / f"{name}.html").resolve().as_uri()
        for name in pages or PAGES
        if (report / f"{name}.html").exists()
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        if whole:
            pictures = [
                shot(browser, url, 1_280, "light", whole) for url in urls.values()
            ]
            target = folder / f"{report.name}.jpg"
            size = f"width:{WHOLE_WIDTH}px;margin-bottom:10px;break-inside:avoid"
            wide = COLUMNS * (WHOLE_WIDTH + 14)
            look = f"columns:{COLUMNS};width:{wide}px"
            together(browser, pictures, target, size, look)
        else:
            for name, url in urls.items():
                pictures = [shot(browser, url, *view, whole) for view in VIEWS]
                target = folder / f"{first}{name}.jpg"
                size = f"height:{round(HEIGHT * SCALE)}px"
                together(browser, pictures, target, size, "display:inline-flex")
        browser.close()


if __name__ == "__main__":
    WHOLE = "--whole"
    report, folder, *pages = (each for each in sys.argv[1:] if each != WHOLE)
    main(Path(report), Path(folder), pages, WHOLE in sys.argv)
