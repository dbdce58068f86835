"""A real browser that opens a report from disk; skipped where there is none."""

import shutil

import pytest

from support.report_pages import read_csv

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def browser():
    """Start the system's Chromium, once."""
    api = pytest.importorskip(
        "playwright.sync_api",
        reason="Playwright is not installed: pip install playwright",
    )
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("there is no Chromium; install it: apt-get install chromium")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[*OPTIONS])
        yield started
        started.close()


@pytest.fixture(scope="module")
def context(browser):
    """Open a profile of its own, once."""
    opened = browser.new_context()
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context):
    """Open a tab that fails the test for a request that leaves, or an error."""
    wrong = []
    tab = context.new_page()

    def only_files(route):
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            wrong.append(f"asked for {route.request.url}")
            route.abort()

    tab.route("**/*", only_files)
    tab.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
    yield tab
    tab.close()
    assert wrong == []


def reopen(page) -> None:
    """Open the address of a page once more, from elsewhere."""
    address = page.url
    page.goto("about:blank")
    page.goto(address)


def saved_by(page, control: str):
    """Return the file that a control saves."""
    with page.expect_download() as saved:
        page.locator(control).click()
    return saved.value


def rows_saved_by(page, control: str) -> list[dict[str, str]]:
    """Return the rows of the file of data that a control saves."""
    return read_csv(saved_by(page, control).path())


def serious(page, **options) -> list[str]:
    """Return what axe finds to be a serious barrier."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="axe is not installed: pip install axe-playwright-python",
    )
    options |= {"preload": False, "resultTypes": ["violations"]}
    violations = axe.Axe().run(page, options=options).response["violations"]
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:300]}"
        for violation in violations
        if violation["impact"] in ("serious", "critical")
    ]


# texts of a chart over each other or beyond its sides, by more than a rounding
_COVERED = """() => [...document.querySelectorAll("figure svg")].flatMap(svg => {
  const texts = [...svg.querySelectorAll("text")]
    .filter(text => text.textContent && getComputedStyle(text).opacity > 0
      // the box around a slanted text is larger than the text
      && !text.getAttribute("transform")?.includes("rotate"))
    .map(text => [text.textContent, text.getBoundingClientRect()]);
  const sides = svg.getBoundingClientRect();
  const cut = texts.filter(([_, {left, right}]) => left < right
    && (left < sides.left - 1 || right > sides.right + 1));
  return [...cut.map(([text]) =>  `${text} is cut`),
    ...texts.flatMap(([one, a], place) => texts.slice(place + 1)
    // a halo has the words that it surrounds
    .filter(([other, b]) => one !== other
      && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
    .map(([other]) => `${one} / ${other}`))];
})"""


def covered(page) -> list[str]:
    """Return texts of charts that are cut at a side, and pairs that overlap."""
    return page.evaluate(_COVERED)
