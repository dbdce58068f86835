"""Write the report: every page of every year and stressor, with their files."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import duckdb
from jinja2 import Environment, PackageLoader, StrictUndefined

from carbonshed import __version__
from carbonshed.numbers import unbroken
from carbonshed.progress import Progress
from carbonshed.report import vega
from carbonshed.report.content import Chart, Page, figures_of
from carbonshed.report.context import Context, read_contexts
from carbonshed.report.folder import report_folder
from carbonshed.report.maps import data_of, with_outlines
from carbonshed.report.pages import MOVED, PAGES
from carbonshed.report.place_files import write_places
from carbonshed.report.queries import Marts, Rows, english_names
from carbonshed.report.share import Site, iframe, sitemap, write_share_picture
from carbonshed.report.vega import EXPORT_WIDTH
from carbonshed.report.workbook import Workbook
from carbonshed.text import sentence

ASSETS = "carbonshed.report.assets"
_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
_VIEWS = "views.js"  # views of a chart, which pages of other years load too

# these would end a script, or a line of one
_ESCAPES = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def write_report(
    connection: duckdb.DuckDBPyConnection,
    out: Path,
    progress: Progress,
    pictures: bool = True,
    charts: bool = True,
    address: str | None = None,
) -> Path:
    """Write the report of a dataset.

    Parameters
    ----------
    connection
        The publication, from `open_marts`.
    out
        A new or empty folder, or one with an earlier report, which is replaced when
        the new one is complete.
    progress
        Called with the page that is made, and the share that is done.
    pictures
        Save charts as SVG and PNG too, which takes most of the time.
    charts
        Draw charts; without, pages have their words, tables and data.
    address
        Where the report will stand: pages name it, and there are pictures for
        messengers, charts for pages of others and a site map.

    Returns
    -------
    Path
        The first page.

    Raises
    ------
    CarbonshedError
        If there is nothing to report on, the folder cannot be written, or the address
        is none.
    """
    site_at = Site.at(address) if address else None
    names = english_names(connection)
    contexts = read_contexts(Marts(connection, names=names))
    with report_folder(out) as folder:
        progress("scripts", 0.0)
        write_assets(folder / "assets", charts)
        if charts and contexts[0].ground is not None:
            text = json_text(data_of(contexts[0].ground))
            text = f"window.carbonshedOutlines = {text};\n"
            (folder / "assets" / "outlines.js").write_text(text, encoding="utf-8")
        site = _Site(folder, contexts, _templates(charts), pictures and charts, site_at)
        steps = [(context, id_) for context in contexts for id_ in PAGES]
        for number, (context, id_) in enumerate(steps):
            progress(
                f"{context.title}: {context.with_nouns(PAGES[id_].TITLE)}",
                number / len(steps),
            )
            values = {"year": context.year, "stressor": context.stressor}
            site.write(context, id_, Marts(connection, values, names=names))
        for context in contexts:
            site.write_moved(context)
        site.write_map()
        site.workbook.write(folder / f"{contexts[0].dataset['name']}.xlsx")
    return out / "index.html"


def file_name(id_: str) -> str:
    """Return the file of a page."""
    return "index.html" if id_ == next(iter(PAGES)) else f"{id_}.html"


def _templates(charts: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("carbonshed.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_written,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "json_text": json_text,
        "saved": saved,
        "figures_of": figures_of,
        "frame_of": frame_of,
        "iframe_of": iframe_of,
        "views_of": views_of,
        "heading_of": heading_of,
        "line_of": line_of,
        "path_to": path_to,
        "file_stem": file_stem,
        "draws": charts,
        "zip": zip,
    }
    return environment


def _written(value: Any) -> Any:
    """Return a value as it enters a page; what is HTML already is left alone."""
    return unbroken(value) if type(value) is str else value


@dataclass
class _Site:
    folder: Path
    contexts: list[Context]
    templates: Environment
    pictures: bool
    at: Site | None = None
    paths: list[str] = field(default_factory=list)  # of pages, for the site map
    workbook: Workbook = field(default_factory=Workbook)
    # where words are explained first, by the folder of the pages and the word
    terms: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def write(self, context: Context, id_: str, marts: Marts) -> None:
        """Write a page with its pictures and data."""
        page = PAGES[id_].page(context, marts)
        root = self.folder / context.folder
        for name in ("charts", "data"):
            (root / name).mkdir(parents=True, exist_ok=True)
        drawn = []  # charts as they are embedded
        for chart in page.charts:
            if self.pictures and not chart.is_live:
                write_picture(root / "charts", context, chart)
                if self.at is not None:
                    drawn.append(self._write_embed(self.at, context, id_, chart))
            self._write_data(context, chart.id, chart.source)
        for table in page.tables:
            self._write_data(context, table.id, table.source)
        for name, rows in page.more.get("files", {}).items():
            self._write_data(context, f"region-{name}", rows)
        self.workbook.add(context, page)
        self._write_terms(context, id_, page)
        for file, text in _scripts(context, page):
            (root / "data" / file).write_text(text, encoding="utf-8")
        path = f"{context.folder}/{file_name(id_)}".lstrip("/")
        image = self._write_share_picture(context, id_, page, next(iter(drawn), None))
        html = self.templates.get_template(page.template).render(
            **self._surroundings(context, id_, page, marts),
            site=self.at,
            address=self.at and self.at.of(path),
            image=image,
        )
        (root / file_name(id_)).write_text(html, encoding="utf-8")
        self.paths.append(path)
        if id_ == "place" and context is self.contexts[0]:
            around = self._surroundings(context, id_, page, marts)
            self.paths += write_places(
                self.folder,
                context,
                page,
                self.templates,
                around,
                self.at,
                has_pictures=self.pictures,
            )

    def _write_embed(self, at: Site, context: Context, id_: str, chart: Chart) -> str:
        """Write a chart as a page that others can show; return it as SVG."""
        folder = self.folder / context.folder / "embeds"
        folder.mkdir(exist_ok=True)
        page = f"{context.folder}/{file_name(id_)}".lstrip("/")
        picture = bare_svg(context, chart)
        html = self.templates.get_template("embed.html").render(
            chart=chart,
            context=context,
            picture=picture,
            href=f"{at.of(page)}#chart-{chart.id}",
            up="../../" if context.folder else "../",
        )
        (folder / f"{chart.id}.html").write_text(html, encoding="utf-8")
        return picture

    def _write_share_picture(
        self, context: Context, id_: str, page: Page, picture: str | None
    ) -> str | None:
        """Write the picture that messengers show of a page; return its address."""
        if self.at is None or not self.pictures:
            return None
        path = f"{context.folder}/share/{id_}.png".lstrip("/")
        headline = page.headline or page.finding or context.with_nouns(page.title)
        if page.picture and page.picture.is_map:
            # on half the width its names are twice as large
            picture = bare_svg(context, page.picture, EXPORT_WIDTH // 2)
        words = sentence(page.finding or page.lead)
        write_share_picture(self.folder / path, headline, context, picture, words)
        return self.at.of(path)

    def write_map(self) -> None:
        """Write the site map."""
        if self.at is not None:
            published = self.contexts[0].dataset["ingested_at"]
            addresses = map(self.at.of, self.paths)
            text = sitemap(addresses, published.strftime("%Y-%m-%d"))
            (self.folder / "sitemap.xml").write_text(text, encoding="utf-8")

    def write_moved(self, context: Context) -> None:
        """Write what leads from the addresses of earlier reports to those of today."""
        template = self.templates.get_template("moved.html")
        for old, new in MOVED.items():
            html = template.render(
                href=file_name(new),
                title=context.with_nouns(PAGES[new].TITLE),
                up="../" if context.folder else "",
            )
            path = self.folder / context.folder / file_name(old)
            path.write_text(html, encoding="utf-8")

    def _write_data(self, context: Context, id_: str, rows: Rows) -> None:
        path = self.folder / context.folder / "data" / f"{file_stem(context, id_)}.csv"
        write_csv(path, rows, context.marks)

    def _write_terms(self, context: Context, id_: str, page: Page) -> None:
        """Write which words pages explain, and where, for the search box of each."""
        terms = self.terms.setdefault(context.folder, {})
        # behind the address of the page of a region stands a region
        for table in page.tables if "data" not in page.more else ():
            href = f"{file_name(id_)}#table-{table.id}"
            for term, _ in table.words:
                terms.setdefault(term, [term, context.with_nouns(page.title), href])
        text = f"window.carbonshedTerms = {json_text([*terms.values()])};\n"
        path = self.folder / context.folder / "data" / "terms.js"
        path.write_text(text, encoding="utf-8")

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
                    f"{path_to(context, other.folder)}{file_name(id_)}",
                    other.title,
                    other is context,
                )
                for other in self.contexts
            ],
            "marts": sorted(marts.read),
            "workbook": f"{up}{context.dataset['name']}.xlsx",
            "version": __version__,
        }


def _scripts(context: Context, page: Page) -> Iterator[tuple[str, str]]:
    """Yield the files of data that scripts of a page load, each with its text."""
    for chart in page.charts:
        if chart.elsewhere:
            views = json_text(_drawn(context, page, chart))
            yield (
                _VIEWS,
                f"Object.assign((window.carbonshedViews ??= {{}}), {views});\n",
            )
    if "data" in page.more:
        data = page.more["data"]
        yield "regions.js", f"window.carbonshedRegions = {json_text(data)};\n"
        for number, part in enumerate(page.more["parts"]):
            text = f"window.carbonshedRegionParts[{number}] = {json_text(part)};\n"
            yield f"regions-{number}.js", text
        yield "places.js", _places(data["regions"], page.more["also"])
    # pages of all years share what goes over the years
    if page.more.get("over_years") and context.year == max(context.years):
        yield "years.js", f"window.carbonshedYears = {json_text(page.more['lines'])};\n"
    if "levers" in page.more and page.more["levers"].script:
        yield "levers.js", page.more["levers"].script


def _places(regions: list[dict[str, Any]], also: Mapping[str, str]) -> str:
    """Return the script of the search box of each page: ids and names of regions.

    A country has other names too: its codes, and what it is called in other languages.
    """
    rows = [
        [region["id"], region["name"], also.get(region["id"], "")] for region in regions
    ]
    return f"window.carbonshedPlaces = {json_text(rows)};\n"


def json_text(value: Any) -> str:
    """Return JSON that is safe in a script of a page, whatever its texts are."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def write_csv(path: Path, rows: Rows, marks: Mapping[str, Any]) -> None:
    """Write rows with all their digits, and the same columns `marks` in each.

    An apostrophe stands before a text that a spreadsheet would run as a formula.
    """
    added = {name: value for name, value in marks.items() if name not in rows.columns}
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*rows.columns, *added])
        writer.writerows(map(_inert, [*row, *added.values()]) for row in rows.rows)


def _inert(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.startswith(_FORMULA_BEGINS)
    return f"'{value}" if is_formula else value


def write_picture(folder: Path, context: Context, chart: Chart) -> None:
    """Write a chart as SVG, with title and source in the picture."""
    import vl_convert

    picture = vl_convert.vegalite_to_svg(saved(context, chart))
    # a picture is read out by its title, and not mark by mark
    title = f'<svg role="img" aria-label={quoteattr(chart.heading)} '
    picture = picture.replace("<svg ", title, 1)
    name = file_stem(context, chart.id)
    (folder / f"{name}.svg").write_text(picture, encoding="utf-8")


def bare_svg(context: Context, chart: Chart, width: int = EXPORT_WIDTH) -> str:
    """Return a chart as SVG, without a frame."""
    import vl_convert

    spec = vega.bare(chart.spec, width)
    is_map = chart.is_map and context.ground is not None
    spec = with_outlines(spec, context.ground) if is_map else spec
    return vl_convert.vegalite_to_svg(spec)


def iframe_of(site: Site, context: Context, chart: Chart) -> str:
    """Return the text that shows a chart on another page."""
    path = f"{context.folder}/embeds/{chart.id}.html".lstrip("/")
    height = chart.spec.get("height") or EXPORT_WIDTH * chart.spec["usermeta"]["ratio"]
    lines = 8 + len(chart.notes)
    return iframe(site, path, chart.heading, round(height) + 24 * lines)


def saved(context: Context, chart: Chart) -> dict[str, Any]:
    """Return the specification of the picture that is saved of a chart."""
    spec = vega.for_file(chart.spec, *_around(context, chart))
    is_map = chart.is_map and context.ground is not None
    return with_outlines(spec, context.ground) if is_map else spec


def frame_of(context: Context, chart: Chart) -> dict[str, Any]:
    """Return what stands around a chart in a picture that the page saves."""
    return vega.frame_of(chart.spec, *_around(context, chart))


def _around(context: Context, chart: Chart) -> tuple[str, list[str], list[str]]:
    """Return title, words and notes of the picture that is saved of a chart."""
    subtitle, *notes = context.of(chart.extent).notes
    words = [chart.title, subtitle] if chart.finding else [subtitle]
    return chart.finding or chart.title, words, [*chart.notes, *notes]


def views_of(context: Context, page: Page, chart: Chart) -> dict[str, Any]:
    """Return all views of a chart by their answers, each on a line of its own.

    The specification of the chart itself is on the page already. A chart with views of
    other years names the folders whose files of views have them.
    """
    views = _drawn(context, page, chart)
    own = "\n".join(chart.own_answers)
    views[own] |= {"spec": None, "frame": None}
    if not chart.elsewhere:
        return views
    folders = dict.fromkeys(chart.all_views, context.folder)
    folders |= chart.elsewhere
    others = {
        "\n".join(answers): {"folder": path_to(context, folder)}
        for answers, folder in folders.items()
    }
    return others | {own: views[own]}


def _drawn(context: Context, page: Page, chart: Chart) -> dict[str, dict[str, Any]]:
    """Return all views of a chart with their specifications, by their answers."""
    return {
        "\n".join(answers): {
            "heading": unbroken(heading_of(page, view)),
            "words": unbroken(line_of(context, page, view)),
            "summary": unbroken(view.summary),
            "stem": file_stem(context, view.id),
            "spec": view.spec,
            "frame": frame_of(context, view),
        }
        for answers, view in chart.all_views.items()
    }


def heading_of(page: Page, chart: Chart) -> str:
    """Return the heading of a chart on a page: the finding, if the page has not it."""
    is_said = chart.finding in (page.headline, page.finding)
    return chart.title if is_said else chart.heading


def line_of(context: Context, page: Page, chart: Chart) -> str:
    """Return the line below the heading of a chart: what is drawn, and its scope.

    The picture that a page begins with has the scope of the page, just above it, unless
    it may show another year.
    """
    words = chart.words if heading_of(page, chart) == chart.finding else ""
    scope = [context.title, context.of(chart.extent).holds]
    is_of_page = page.begins_with(chart) and not page.picture.elsewhere
    if chart.is_live or is_of_page:
        scope = scope[1:] if chart.extent not in ("", context.extent) else []
    return " · ".join(filter(None, [words, *scope]))


def path_to(context: Context, folder: str) -> str:
    """Return the way from a page to a folder of the report, with a slash behind it."""
    if folder == context.folder:
        return ""
    up = "../" if context.folder else ""
    return f"{up}{folder}/" if folder else up


def file_stem(context: Context, id_: str) -> str:
    """Return the name of a file without its ending, unique among all reports."""
    return f"{context.stem}-{id_}"


def write_assets(folder: Path, charts: bool = True) -> None:
    """Write styles and scripts, with the one that draws charts if there are any."""
    folder.mkdir()
    for file in files(ASSETS).iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    if charts:
        (folder / "vega.js").write_text(_vega(), encoding="utf-8")


@cache
def _vega() -> str:
    import vl_convert

    return vl_convert.javascript_bundle()
