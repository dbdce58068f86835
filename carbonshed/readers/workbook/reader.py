"""Tables of any office, in workbooks or CSV files, for all years of a map."""

from pathlib import Path

from carbonshed.dataset.matrix_table import MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.yaml_files import Node, read_yaml
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.concordance import read_concordance
from carbonshed.readers.workbook.books import Books
from carbonshed.readers.workbook.emissions import EmissionsFile
from carbonshed.readers.workbook.one_year import Year, sectors_of
from carbonshed.readers.workbook.plan import ROOT_KEYS, Plan, read_plan
from carbonshed.readers.workbook.styles import csv_style, text_style
from carbonshed.readers.workbook.years import with_year, years_of
from carbonshed.text import Progress


def read_excel(
    source: Path, options: IngestOptions, progress: Progress
) -> list[MatrixTable]:
    """Read workbooks.

    Parameters
    ----------
    source
        A workbook, or a folder of them.
    options
        With the map.
    progress
        Called with what is being read and the share of it that is done.

    Returns
    -------
    list of MatrixTable
        A table for each year of the map.

    Raises
    ------
    CarbonshedError
        If the map, a label or a cell is not as it should be, or rows or columns miss
        the published output.
    """
    return _read(source, options, progress, is_csv=False)


def read_csv_matrix(
    source: Path, options: IngestOptions, progress: Progress
) -> list[MatrixTable]:
    """Read CSV files: one, or all of a folder, each a sheet named by its stem.

    Parameters
    ----------
    source, options, progress
        As of `read_excel`.

    Returns
    -------
    list of MatrixTable
        A table for each year of the map.

    Raises
    ------
    CarbonshedError
        As `read_excel`.
    """
    return _read(source, options, progress, is_csv=True)


def _read(
    source: Path, options: IngestOptions, progress: Progress, *, is_csv: bool
) -> list[MatrixTable]:
    if options.map is None:
        raise CarbonshedError("a map is needed: --map FILE")
    content = read_yaml(options.map)
    root = Node(options.map.name, "", content, ROOT_KEYS)
    years = years_of(root, options.year)
    if len(years) > 1 and options.indicators is None:
        _refuse_one_population(root)
    plans = [
        read_plan(options.map.name, with_year(content, year), year, options)
        for year in years
    ]
    emissions = _emissions_file(options, plans[0])
    style = csv_style(root) if is_csv else None
    books = Books(source, style, text_style(root))
    tables = []
    for number, plan in enumerate(plans):
        progress(f"reading {plan.year}", number / len(plans))
        tables.append(Year(plan, books, emissions, len(plans) > 1).table())
    return tables


def _refuse_one_population(root: Node) -> None:
    """Refuse people and GDP that would be the same in all years."""
    rows = root.content.get("regions")
    for row in rows if isinstance(rows, list) else []:
        for key in ("population", "gdp"):
            if isinstance(row, dict) and isinstance(row.get(key), str) and row[key]:
                raise CarbonshedError(
                    f"{root.file}: `{key}` of a region is one number for several "
                    f"years; expected one for each, {key}: {{2011: ..., 2012: ...}}, "
                    "or a file as --indicators"
                )


def _emissions_file(options: IngestOptions, plan: Plan) -> EmissionsFile | None:
    if options.emissions is None:
        if options.concordance is not None:
            raise CarbonshedError("--concordance goes with --emissions")
        return None
    concordance = None
    if options.concordance is not None:
        concordance = read_concordance(
            options.concordance, [row["sector_id"] for row in sectors_of(plan)]
        )
    return EmissionsFile(options.emissions, concordance)
