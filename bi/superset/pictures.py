"""Pictures of the dashboards, taken by a browser that must not leave the machine."""

from pathlib import Path

from carbonshed.errors import CarbonshedError

try:
    from playwright.sync_api import Dialog, Page, Request, Response, sync_playwright
except ImportError as missing:
    msg = "pictures are taken with Playwright and Chromium: pip install playwright"
    raise CarbonshedError(msg) from missing

BROWSER = "/usr/bin/chromium"
WIDTH = 1400  # pixels
SCALE = 0.7  # pictures are shown beside text
PATIENCE = 120_000  # milliseconds
# selectors of charts that are loading, and of errors
WAITING = "document.querySelectorAll('.loading, .ant-skeleton').length"
FAILED = ".chart-container .ant-alert-error, .error-boundary"


def take(
    address: str, user: str, password: str, boards: dict[str, str], folder: Path
) -> None:
    """Open every dashboard in a browser and save a picture of it.

    Parameters
    ----------
    address
        Address of the server.
    user, password
        Login of Superset.
    boards
        Path of the page by name of the picture.
    folder
        Folder of the pictures.

    Raises
    ------
    CarbonshedError
        If a chart shows an error, its data call fails, or a page asks another
        machine for something or opens a dialog, as a script in a label may.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []

    # requests count even without an answer; those that a page's policy blocks do not
    def check_address(request: Request) -> None:
        is_here = request.url.startswith((f"{address}/", "data:", "blob:"))
        if not is_here and request.failure != "csp":
            wrong.append(f"asked another machine: {request.url}")

    def refuse_dialog(dialog: Dialog) -> None:
        wrong.append(f"opened a dialog: {dialog.message}")
        dialog.dismiss()

    def check_answer(answer: Response) -> None:
        if "/chart/data" in answer.url and answer.status != 200:
            wrong.append(f"{answer.status} for {answer.url}: {answer.text()[:500]}")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox"]
        )
        page = browser.new_page(device_scale_factor=SCALE)
        page.set_default_timeout(PATIENCE)
        page.on("requestfinished", check_address)
        page.on("requestfailed", check_address)
        page.on("dialog", refuse_dialog)
        page.on("response", check_answer)
        page.goto(f"{address}/login/")
        page.fill("#username", user)
        page.fill("#password", password)
        page.press("#password", "Enter")
        page.wait_for_url(lambda url: "login" not in url)
        for name, path in boards.items():
            _picture(page, f"{address}{path}", folder / f"{name}.jpg", wrong)
        browser.close()
    if wrong:
        raise CarbonshedError("\n".join(dict.fromkeys(wrong)))


def _picture(page: Page, url: str, file: Path, wrong: list[str]) -> None:
    page.set_viewport_size({"width": WIDTH, "height": 900})
    page.goto(url)
    page.wait_for_selector(".dashboard-component-chart-holder")
    # charts are drawn when they come into view: make all of them visible
    height = page.evaluate(
        "document.querySelector('.grid-container').getBoundingClientRect().bottom"
    )
    page.set_viewport_size({"width": WIDTH, "height": int(height) + 60})
    page.wait_for_load_state("networkidle")
    page.wait_for_function(f"{WAITING} === 0")
    page.wait_for_timeout(1500)  # animations
    wrong += [
        f"{file.stem}: {failure.inner_text()[:500]}"
        for failure in page.query_selector_all(FAILED)
    ]
    page.screenshot(path=file, type="jpeg", quality=60)
