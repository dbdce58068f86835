"""Files beside the pages: pictures, data, styles and scripts."""

import csv
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from carbonshed.report.content import Chart
from carbonshed.report.context import Context
from carbonshed.report.marts import Rows
from carbonshed.report.vega import for_file

ASSETS = "carbonshed.report.assets"
OURS = ("report.css", "theme.js", "report.js", "region.js")
_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
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


def write_csv(path: Path, rows: Rows, marks: Mapping[str, Any]) -> None:
    """Write rows with all their digits; each says what it is about, in `marks`.

    Who opens the file in a spreadsheet does not run what a name of the table says:
    before a text that would be a formula stands an apostrophe.
    """
    added = {name: value for name, value in marks.items() if name not in rows.columns}
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*rows.columns, *added])
        writer.writerows(map(_inert, [*row, *added.values()]) for row in rows.rows)


def _inert(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.startswith(_FORMULA_BEGINS)
    return f"'{value}" if is_formula else value


def write_pictures(folder: Path, context: Context, chart: Chart) -> None:
    """Write a chart as SVG and PNG, with what it shows and its source in it."""
    import vl_convert

    picture = vl_convert.vegalite_to_svg(saved(context, chart))
    name = file_stem(context, chart.id)
    (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
    png = vl_convert.svg_to_png(picture, scale=_PNG_SCALE)
    (folder / f"{name}.png").write_bytes(png)


def saved(context: Context, chart: Chart) -> dict[str, Any]:
    """Return the specification of the picture that is saved of a chart."""
    if chart.finding:
        return for_file(
            chart.spec, chart.finding, [chart.title, *context.of(chart.extent).notes]
        )
    return for_file(chart.spec, chart.title, context.of(chart.extent).notes)


def file_stem(context: Context, id_: str) -> str:
    """Return the name of a file without its ending: it is told apart anywhere."""
    return f"{context.stem}-{id_}"


def write_assets(folder: Path, charts: bool = True) -> None:
    """Write styles and scripts; `charts` are drawn by the one that all pages share."""
    folder.mkdir()
    for name in OURS:
        text = files(ASSETS).joinpath(name).read_text("utf-8")
        (folder / name).write_text(text, encoding="utf-8")
    if charts:
        (folder / "vega.js").write_text(_vega(), encoding="utf-8")


@cache
def _vega() -> str:
    import vl_convert

    return vl_convert.javascript_bundle()
