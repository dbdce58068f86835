"""Makes the report: every page of every year and stressor, in one folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined

from carbonshed import __version__
from carbonshed.report.content import Page
from carbonshed.report.context import Context, read_contexts
from carbonshed.report.files import (
    file_stem,
    json_text,
    saved,
    write_assets,
    write_csv,
    write_pictures,
)
from carbonshed.report.folder import report_folder
from carbonshed.report.marts import Marts, Rows, english_names
from carbonshed.report.pages import PAGES

Progress = Callable[[str, float], None]


def write_report(
    connection: duckdb.DuckDBPyConnection,
    out: Path,
    progress: Progress,
    pictures: bool = True,
    charts: bool = True,
) -> Path:
    """Write the report of a dataset.

    Parameters
    ----------
    connection
        What `open_marts` returned.
    out
        A new or empty folder, or one with an earlier report, which is replaced when
        the new one is complete.
    progress
        Told what is being made, and the share that is done.
    pictures
        Whether charts are saved as SVG and PNG too, which takes most of the time.
    charts
        Whether pages draw charts; without, they have their words, tables and data.

    Returns
    -------
    Path
        The first page.

    Raises
    ------
    CarbonshedError
        If there is nothing to report on, or the folder cannot be written.
    """
    names = english_names(connection)
    contexts = read_contexts(Marts(connection, names=names))
    with report_folder(out) as folder:
        progress("scripts", 0.0)
        write_assets(folder / "assets", charts)
        site = _Site(folder, contexts, _templates(charts), pictures and charts)
        steps = [(context, id_) for context in contexts for id_ in PAGES]
        for number, (context, id_) in enumerate(steps):
            progress(
                f"{context.title}: {context.with_nouns(PAGES[id_].TITLE)}",
                number / len(steps),
            )
            values = {"year": context.year, "stressor": context.stressor}
            site.write(context, id_, Marts(connection, values, names=names))
    return out / "index.html"


def file_name(id_: str) -> str:
    """Return the file of a page."""
    return "index.html" if id_ == next(iter(PAGES)) else f"{id_}.html"


def _templates(charts: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("carbonshed.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "json_text": json_text,
        "saved": saved,
        "file_stem": file_stem,
        "draws": charts,
    }
    return environment


@dataclass
class _Site:
    folder: Path
    contexts: list[Context]
    templates: Environment
    pictures: bool

    def write(self, context: Context, id_: str, marts: Marts) -> None:
        """Write a page with its pictures and data."""
        page = PAGES[id_].page(context, marts)
        root = self.folder / context.folder
        for name in ("charts", "data"):
            (root / name).mkdir(parents=True, exist_ok=True)
        for chart in page.charts:
            if self.pictures:
                write_pictures(root / "charts", context, chart)
            self._write_data(context, chart.id, chart.source)
        for table in page.tables:
            self._write_data(context, table.id, table.source)
        for name, rows in page.more.get("files", {}).items():
            self._write_data(context, f"region-{name}", rows)
        if "data" in page.more:
            text = f"window.carbonshedRegions = {json_text(page.more['data'])};\n"
            (root / "data" / "regions.js").write_text(text, encoding="utf-8")
        html = self.templates.get_template(page.template).render(
            **self._surroundings(context, id_, page, marts)
        )
        (root / file_name(id_)).write_text(html, encoding="utf-8")

    def _write_data(self, context: Context, id_: str, rows: Rows) -> None:
        path = self.folder / context.folder / "data" / f"{file_stem(context, id_)}.csv"
        write_csv(path, rows, context.marks)

    def _surroundings(
        self, context: Context, id_: str, page: Page, marts: Marts
    ) -> dict[str, Any]:
        up = "../" if context.folder else ""
        return {
            "page": page,
            "context": context,
            "up": up,
            "links": [
                (file_name(other), context.with_nouns(module.TITLE), other == id_)
                for other, module in PAGES.items()
            ],
            "contexts": [
                (
                    f"{up}{each.folder}/{file_name(id_)}"
                    if each.folder
                    else f"{up}{file_name(id_)}",
                    each.title,
                    each is context,
                )
                for each in self.contexts
            ],
            "marts": sorted(marts.asked),
            "version": __version__,
        }
