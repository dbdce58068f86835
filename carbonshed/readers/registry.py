"""All formats that can be read: of any table here, of a publisher in its own folder.

A folder beside this module may have a module `formats` with a tuple `FORMATS`. The
declarations import nothing but `Format`, so that the command line starts quickly.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.readers.format import Format
from carbonshed.text import listing, suggestion

_MAP = (
    (
        "map",
        "where in the file what is; `carbonshed look FILE` and `carbonshed template "
        "excel PATH` write one",
    ),
)
_MAP_OPTIONS = (
    ("year", "if the map says none, or one of its years"),
    ("regions", "labels of the regions, if the map has none"),
    ("sectors", "labels of the sectors, if the map has none"),
    ("emissions", "emissions by sector, if the file has none"),
    ("concordance", "from the sectors of the emissions to those of the table"),
    ("indicators", "population and GDP, in place of those of the map"),
)
_FORMATS = (
    Format(
        name="tidy",
        title="Tidy folder: one row per cell, CSV or Parquet",
        source="the folder that holds datapackage.json and the tables",
        reader="carbonshed.readers.tidy:ingest_tidy",
        is_matrix=False,
    ),
    Format(
        name="excel",
        title="Workbooks, as statistics offices publish them, placed by a map",
        source="the workbook (.xlsx, .xlsm, .xls, .xlsb or .ods), or a folder of them",
        reader="carbonshed.readers.workbook.assemble:read_excel",
        needs=_MAP,
        takes=_MAP_OPTIONS,
        extra="excel",
    ),
    Format(
        name="csv-matrix",
        title="Matrices as CSV, one file or several, placed by a map",
        source="the CSV file, or the folder that holds one per sheet",
        reader="carbonshed.readers.workbook.assemble:read_csv_matrix",
        needs=_MAP,
        takes=_MAP_OPTIONS,
    ),
)


def _of_publishers() -> Iterator[Format]:
    for folder in sorted(Path(__file__).parent.iterdir()):
        if (folder / "formats.py").exists():
            name = f"{__package__}.{folder.name}.formats"
            yield from import_module(name).FORMATS


FORMATS = {form.name: form for form in (*_FORMATS, *_of_publishers())}


def format_of(name: str) -> Format:
    """Return the format called `name`; a refusal lists all formats."""
    if name not in FORMATS:
        raise CarbonshedError(
            f"format {name!r} is not known{suggestion(name, FORMATS)}; formats: "
            f"{listing(FORMATS)}"
        )
    return FORMATS[name]
