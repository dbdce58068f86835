"""The time of a change of a lever on the page "What if", until its answer is drawn.

``PYTHONPATH=tests python -m benchmarks.explorer REPORT [--changes 300] [--open]``, with
a report that `carbonshed report` wrote; ``--open`` unfolds all tables and lists first.
Chromium opens the page from disk. Levers are moved one at a time, at random. Prints

- the milliseconds from the event of a lever to the end of the frame that draws it, the
  wait for the frame included, and
- the processor time of the page's thread, of its scripts, styles and layout: other
  programs on the machine do not add to it.
"""

import argparse
import os
import random
import shutil
from pathlib import Path

import numpy as np
from playwright.sync_api import CDPSession, Page, sync_playwright
from support.in_browser import NAMES, OPTIONS

SEED = 20261129
WARM_UP = 20  # changes that are not counted
OPENING = 60_000  # ms until the page has computed all shipped figures again
CLOCKS = {
    "TaskDuration": "processor time",
    "ScriptDuration": "of scripts",
    "RecalcStyleDuration": "of styles",
    "LayoutDuration": "of layout",
}
# resolves in the task after the next frame
MOVE = """
    ([id, value]) => new Promise(done => {
      const choice = document.querySelector(`#${id} input[value="${value}"]`);
      const lever = choice ?? document.getElementById(id);
      const start = performance.now();
      if (choice) choice.click();
      else if (lever.type === "checkbox") lever.click();
      else {
        lever.value = value;
        lever.dispatchEvent(new Event(lever.type === "range" ? "input" : "change"));
      }
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => done(performance.now() - start);
        port2.postMessage(null);
      });
    })
"""
LEVERS = """
    () => {
      const values = list => [...list].map(({ value }) => value);
      const steps = ({ min, max, step }) => {
        const count = Math.round((max - min) / step);
        return Array.from({ length: count + 1 }, (_, n) => String(+min + n * step));
      };
      const choices = id => values(document.querySelectorAll(`#${id} input`));
      const range = id => steps(document.getElementById(id));
      return {
        rule: values(document.querySelectorAll("#rule option")).filter(Boolean),
        benchmarks: choices("benchmarks"), allocations: choices("allocations"),
        way: range("way"), cap: range("cap"), people: range("people"),
        power: ["on"], pathways: ["on"],
      };
    }
"""


def clocks(session: CDPSession) -> np.ndarray:
    """Return the processor time of the page's thread so far, by kind, in ms."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    named = {metric["name"]: metric["value"] for metric in metrics}
    return np.array([1000 * named[name] for name in CLOCKS])


def moves(page: Page, count: int) -> list[tuple[str, str]]:
    """Draw a lever and its value, `count` times."""
    draw = random.Random(SEED)
    levers = page.evaluate(LEVERS)
    names = draw.choices(sorted(levers), k=count)
    return [(name, draw.choice(levers[name])) for name in names]


def measure(page: Page, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Move levers; return ms of each change, and those of the processor by kind."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    waits, used = [], []
    for number, move in enumerate(moves(page, WARM_UP + count)):
        before = clocks(session)
        wait = page.evaluate(MOVE, list(move))
        if number >= WARM_UP:
            waits.append(wait)
            used.append(clocks(session) - before)
    return np.array(waits), np.array(used)


def line(label: str, values: np.ndarray) -> str:
    """Return median and 95th percentile of a column."""
    return f"{label:<22}{np.median(values):8.1f}{np.quantile(values, 0.95):8.1f}"


def main(report: Path, count: int, opens: bool) -> None:
    """Open a report and print what its levers take."""
    path = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*OPTIONS])
        page = browser.new_page(viewport={"width": 1_280, "height": 900})
        page.goto((report.absolute() / "whatif.html").as_uri())
        page.locator("#explorer-page").wait_for(timeout=OPENING)
        if page.locator("#across-open").is_visible():
            page.click("#across-open")
        if opens:
            page.evaluate(
                "document.querySelectorAll('details').forEach(each => each.open = true)"
            )
        waits, used = measure(page, count)
        browser.close()
    load, _, _ = os.getloadavg()
    print(f"{count} changes; {os.cpu_count()} cores, load {load:.1f}")
    print(f"{'ms':<22}{'median':>8}{'95 %':>8}")
    print(line("until drawn", waits))
    for column, label in enumerate(CLOCKS.values()):
        print(line(label, used[:, column]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("report", type=Path)
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--open", action="store_true")
    arguments = parser.parse_args()
    main(arguments.report, arguments.changes, arguments.open)
