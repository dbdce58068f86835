"""Files beside the pages: pictures, data, styles and scripts."""

import csv
import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from carbonshed.report.charts.theme import for_file
from carbonshed.report.content import Chart
from carbonshed.report.marts import Rows
from carbonshed.report.scope import Scope

ASSETS = "carbonshed.report.assets"
OURS = ("report.css", "theme.js", "report.js", "region.js")
_PNG_SCALE = 2.0  # dots per pixel: sharp on paper

# what would end a script, or a line of one
_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def json_text(value: Any) -> str:
    """Return JSON that may stand in a script of a page, whatever its texts hold."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def write_csv(path: Path, rows: Rows) -> None:
    """Write rows with all their digits."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(rows.columns)
        writer.writerows(rows.rows)


def write_pictures(folder: Path, scope: Scope, chart: Chart) -> None:
    """Write a chart as SVG and PNG, with its title and its scope in the picture."""
    import vl_convert

    spec = for_file(chart.spec, chart.title, scope.subtitle)
    picture = vl_convert.vegalite_to_svg(spec)
    (folder / f"{chart.id}.svg").write_text(picture, encoding="utf-8")
    png = vl_convert.svg_to_png(picture, scale=_PNG_SCALE)
    (folder / f"{chart.id}.png").write_bytes(png)


def write_assets(folder: Path) -> None:
    """Write styles and scripts; charts are drawn by the one that all pages share."""
    folder.mkdir()
    for name in OURS:
        text = files(ASSETS).joinpath(name).read_text("utf-8")
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "vega.js").write_text(_vega(), encoding="utf-8")


@cache
def _vega() -> str:
    import vl_convert

    return vl_convert.javascript_bundle()
