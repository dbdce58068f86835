"""Formats: any office's workbooks and CSV files, placed by a map."""

from carbonshed.readers.format import Format

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
FORMATS = (
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
