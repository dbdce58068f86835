"""FIGARO, Eurostat's inter-country table: which file of a folder holds a year."""

import re
from pathlib import Path

from carbonshed.dataset.matrix_table import MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.progress import Progress
from carbonshed.readers.files.grids import Books, CsvStyle
from carbonshed.readers.files.yaml_files import YamlFile
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.world.eurostat import EurostatFiles
from carbonshed.readers.world.formats import FIGARO
from carbonshed.readers.world.reading import list_folder, need_source
from carbonshed.readers.world.shipped_map import (
    read_shipped,
    region_ids,
    sectors_of,
    shipped_map,
    year_in_name,
)

# the edition of 2022 has no tag
_TABLE = re.compile(
    r"matrix_eu-ic-io_(ind-by-ind|prod-by-prod)(_\d\ded)?_(\d{4})\.csv", re.I
)
_SUPPLY_AND_USE = re.compile(r"eu-ic-(supply|use|sup|suiot|sut)", re.I)


def read_figaro(
    source: Path, options: IngestOptions, progress: Progress
) -> MatrixTable:
    """Read a year of FIGARO, industry by industry or product by product."""
    file = _file_of(source, options.year)
    books, places = Books(file, CsvStyle(), is_shipped=True), _map(options.year)
    beside = EurostatFiles(file.parent, options, f"{FIGARO.form}: {file.name}")
    table = read_shipped(FIGARO, places, books, options, progress, beside)
    beside.add_official(table)
    return table


def regions_of(source: Path, year: int | None, where: str) -> list[str]:
    """Return the areas of a table, from the labels of its rows."""
    if year is None:
        raise CarbonshedError(f"{where}: give --year")
    books = Books(_file_of(source, year), CsvStyle(), is_shipped=True)
    return region_ids(FIGARO, _map(year), books, year)


def _map(year: int) -> YamlFile:
    file = shipped_map(FIGARO, year)
    file.content["sectors"] = sectors_of(FIGARO.form, lambda _, code: code)
    return file


def _file_of(source: Path, year: int) -> Path:
    """Return the file of a year: the source itself, or the one in a folder."""
    need_source(source, FIGARO.source)
    where = f"{FIGARO.form}: {source.name}"
    if source.is_file():
        _refuse_supply_and_use([source.name], where)
        year_in_name(FIGARO, source, year)
        return source
    names = [path.name for path in sorted(source.iterdir()) if path.is_file()]
    tables = [match for name in names if (match := _TABLE.fullmatch(name))]
    own = [match[0] for match in tables if int(match[3]) == year]
    if len(own) == 1:
        return source / own[0]
    if own:
        raise CarbonshedError(
            f"{where}: {len(own)} tables of {year}, {', '.join(own)}; name the file "
            "itself as SOURCE"
        )
    if not tables:
        _refuse_supply_and_use(names, where)
    raise CarbonshedError(
        f"{where}: no table of {year}; expected {FIGARO.source}; the folder has "
        f"{list_folder(source)}"
    )


def _refuse_supply_and_use(names: list[str], where: str) -> None:
    name = next(filter(_SUPPLY_AND_USE.search, names), None)
    if name is not None:
        raise CarbonshedError(
            f"{where}: {name} is a supply or use table of many countries; expected "
            "the inter-country table that Eurostat makes from them, "
            "matrix_eu-ic-io_ind-by-ind_..._YYYY.csv: only supply and use tables of "
            "one region are read"
        )
