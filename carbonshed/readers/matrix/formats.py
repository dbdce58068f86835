"""Formats: plain matrices, placed by a map."""

from carbonshed.readers.format import Format

_MAP = (
    ("map", "where in the file what is; `carbonshed template excel PATH` writes one"),
)
_MAP_OPTIONS = (
    ("year", "if the map says none"),
    ("regions", "labels of the regions, if the map has none"),
    ("sectors", "labels of the sectors, if the map has none"),
    ("indicators", "population and GDP, in place of those of the map"),
)
FORMATS = (
    Format(
        name="excel",
        title="Matrix workbook, as statistics offices publish it, placed by a map",
        source="the workbook (.xlsx, .xls, .xlsb or .ods)",
        reader="carbonshed.readers.matrix.reader:read_excel",
        needs=_MAP,
        takes=_MAP_OPTIONS,
        extra="excel",
    ),
    Format(
        name="csv-matrix",
        title="Matrix as CSV, one file or one per block, placed by a map",
        source="the CSV file, or the folder that holds one per block",
        reader="carbonshed.readers.matrix.reader:read_csv_matrix",
        needs=_MAP,
        takes=_MAP_OPTIONS,
    ),
)
