"""The formats that can be read: a new one is a row here and a module beside it."""

from dataclasses import dataclass

from carbonshed.errors import CarbonshedError

Explained = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Format:
    """One format of ``carbonshed ingest``.

    Attributes
    ----------
    name, title
        The word on the command line, and what it stands for.
    source
        What SOURCE is: a folder, a file.
    module, function
        Where its reader is; loaded when the format is asked for.
    needs, takes
        Options that must and that may be given, each with its reason: names of
        fields of `IngestOptions`.
    accepts
        Words for ``--accept``, each with what one agrees to.
    extra
        Optional dependencies, ``carbonshed[EXTRA]``.
    is_matrix
        The reader returns a `MatrixTable` of one year; otherwise it stores the
        dataset itself.
    """

    name: str
    title: str
    source: str
    module: str
    function: str
    needs: Explained = ()
    takes: Explained = ()
    accepts: Explained = ()
    extra: str | None = None
    is_matrix: bool = True


_MAP = (
    ("map", "where in the file what is; `carbonshed template excel PATH` writes one"),
)
_MAP_OPTIONS = (
    ("year", "if the map says none"),
    ("regions", "labels of the regions, if the map has none"),
    ("sectors", "labels of the sectors, if the map has none"),
    ("indicators", "population and GDP, in place of those of the map"),
)

_INDICATORS = (
    "indicators",
    "population and GDP by region: `carbonshed template indicators` writes the file",
)
_STRESSORS = (
    "stressors",
    "a row of the extensions: LABEL, EXTENSION: LABEL or ID=LABEL; the same ID several "
    "times is a sum; without it ingest lists what there is",
)
_LABEL_FILES = (
    ("regions", "a CSV like the contract's regions, instead of the shipped names"),
    ("sectors", "a CSV like the contract's sectors, instead of the shipped groups"),
)
_UNIT = ("unit", "how many currency units one number is worth, if the source is wrong")
_ACCEPT = (
    ("co2-total", "the chosen CO2 is only a part of the world's"),
    ("losses", "more than 0.1 % is lost with regions that the parser drops"),
)
_YEAR = ("year", "the year to read")


_INDICATORS = (
    "indicators",
    "population and GDP by region: `carbonshed template indicators` writes the file",
)
_STRESSORS = (
    "stressors",
    "a row of the extensions: LABEL, EXTENSION: LABEL or ID=LABEL; the same ID several "
    "times is a sum; without it ingest lists what there is",
)
_LABEL_FILES = (
    ("regions", "a CSV like the contract's regions, instead of the shipped names"),
    ("sectors", "a CSV like the contract's sectors, instead of the shipped groups"),
)
_UNIT = ("unit", "how many currency units one number is worth, if the source is wrong")
_ACCEPT = (
    ("co2-total", "the chosen CO2 is only a part of the world's"),
    ("losses", "more than 0.1 % is lost with regions that the parser drops"),
)
_YEAR = ("year", "the year to read")


_FORMATS = (
    Format(
        name="tidy",
        title="Tidy folder: one row per cell, CSV or Parquet",
        source="the folder that holds datapackage.json and the tables",
        module="carbonshed.readers.tidy.reader",
        function="ingest_tidy",
        is_matrix=False,
    ),
    Format(
        name="ceads-city",
        title="China's city table of CEADs, 2012, 2015, 2017 (.mat)",
        source="the .mat file with the struct MRIO, of version 7 or 7.3",
        module="carbonshed.readers.ceads.city.reader",
        function="read_ceads_city",
        needs=(
            (
                "regions",
                "the file has no names; `carbonshed template ceads-city PATH` writes "
                "the columns to fill in",
            ),
            (
                "emissions",
                "the table holds money only; a workbook with the sheet CO2_YYYY",
            ),
        ),
        takes=(
            ("year", "if the name of the file does not say it"),
            ("emissions_unit", "of CO2; default Mt"),
            ("indicators", "population and GDP, if not in the file of the regions"),
            ("sectors", "another list of sectors; default: the list of the year"),
            ("unit", "of money; default 10000, that is 10^4 CNY"),
        ),
        accepts=(
            (
                "spread-city-totals",
                "emissions are totals of cities: spread them over sectors by the fuel "
                "they buy",
            ),
            ("field-names", "fields are named as in a table of another year"),
        ),
        extra="ceads",
    ),
    Format(
        name="ceads-province",
        title="CEADs tables of China's provinces: 31 x 42 sectors, 2012 to 2020",
        source="the workbook (.xlsx)",
        module="carbonshed.readers.ceads.province.reader",
        function="read_ceads_province",
        needs=(("indicators", "population and GDP by province, which no table has"),),
        takes=(
            ("emissions", "CEADs inventory by province, where the table has no CO2"),
            ("year", "the year, where no sheet and no title says it"),
            ("emissions_unit", "unit of the row of CO2 in the table (Mt)"),
            ("unit", "currency units that one number is worth (10000)"),
        ),
        accepts=(("consistent", "read Table_2017_consistent in place of Table_2017"),),
        extra="ceads",
    ),
    Format(
        name="ceads-inventories",
        title="CEADs emission inventories by province or city: checked, no table",
        source="the workbook (.xlsx)",
        module="carbonshed.readers.ceads.inventories.reader",
        function="read_inventories",
        extra="ceads",
    ),
    Format(
        name="nbs-national",
        title="China's national table of 2012 or 2015 as one region",
        source="the CSV file of the table, of 139 or 42 sectors",
        module="carbonshed.readers.nbs.reader",
        function="read_nbs_national",
        needs=(("year", "the file does not say it"),),
        takes=(
            ("emissions", "CEADs' provincial inventories of the year (.xlsx)"),
            ("indicators", "population and GDP, in place of those published"),
        ),
        extra="ceads",
    ),
    Format(
        name="excel",
        title="Matrix workbook, as statistics offices publish it, placed by a map",
        source="the workbook (.xlsx)",
        module="carbonshed.readers.matrix.reader",
        function="read_excel",
        needs=_MAP,
        takes=_MAP_OPTIONS,
        extra="excel",
    ),
    Format(
        name="csv-matrix",
        title="Matrix as CSV, one file or one per block, placed by a map",
        source="the CSV file, or the folder that holds one per block",
        module="carbonshed.readers.matrix.reader",
        function="read_csv_matrix",
        needs=_MAP,
        takes=_MAP_OPTIONS,
    ),
    Format(
        name="from-pymrio",
        title="A system that pymrio has saved by save_all",
        source="the folder, or a zip file of it",
        module="carbonshed.readers.world.from_pymrio",
        function="read_from_pymrio",
        takes=(
            ("year", "needed unless the system was exported from a dataset"),
            ("stressors", "which rows to take; otherwise all in a unit of mass"),
            ("indicators", "population and GDP, if the system has no population"),
            *_LABEL_FILES,
            ("map", "YAML: `categories:` with LABEL: GROUP, and title, country, ..."),
            _UNIT,
        ),
        extra="world",
    ),
    Format(
        name="exiobase3",
        title="EXIOBASE 3: 49 regions, 200 products or 163 industries",
        source="IOT_YYYY_pxp.zip or IOT_YYYY_ixi.zip, or the folder it was unpacked to",
        module="carbonshed.readers.world.exiobase3",
        function="read_exiobase3",
        needs=(_INDICATORS,),
        takes=(_STRESSORS, ("year", "if the file name does not say it"), *_LABEL_FILES),
        accepts=_ACCEPT[:1],
        extra="world",
    ),
    Format(
        name="wiod",
        title="WIOD, release 2013: 41 regions, 35 industries, 1995 to 2011",
        source="the folder with wiotYY_*.xlsx and the AIR_, CO2_, EM_ accounts",
        module="carbonshed.readers.world.wiod",
        function="read_wiod",
        needs=(_YEAR, _INDICATORS),
        takes=(_STRESSORS, *_LABEL_FILES),
        accepts=_ACCEPT,
        extra="world",
    ),
    Format(
        name="oecd-icio",
        title="OECD inter-country tables, releases 2016 to 2023",
        source="ICIOvvvv_YYYY.csv, a zip file of it, or a folder with them",
        module="carbonshed.readers.world.oecd_icio",
        function="read_oecd_icio",
        needs=(
            _INDICATORS,
            ("emissions", "a CSV: the tables have no emissions"),
            ("emissions_unit", "unit of its values"),
        ),
        takes=(("year", "if the file name does not say it"), *_LABEL_FILES),
        accepts=_ACCEPT[:1],
        extra="world",
    ),
    Format(
        name="eora26",
        title="Eora26: 189 countries, 26 sectors, basic prices",
        source="Eora26_YYYY_bp.zip (indices.zip beside it), or the unpacked folder",
        module="carbonshed.readers.world.eora26",
        function="read_eora26",
        needs=(_INDICATORS,),
        takes=(_STRESSORS, ("year", "for a folder"), *_LABEL_FILES),
        accepts=_ACCEPT,
        extra="world",
    ),
    Format(
        name="gloria",
        title="GLORIA: 164 regions, 120 sectors, basic prices",
        source="the folder with the archives and GLORIA_ReadMe_0VV.xlsx",
        module="carbonshed.readers.world.gloria",
        function="read_gloria",
        needs=(_YEAR, _INDICATORS),
        takes=(_STRESSORS, *_LABEL_FILES),
        accepts=_ACCEPT,
        extra="world",
    ),
)

FORMATS = {form.name: form for form in _FORMATS}


def format_of(name: str) -> Format:
    """Return the format called `name`.

    Raises
    ------
    CarbonshedError
        If there is none.
    """
    if name not in FORMATS:
        raise CarbonshedError(
            f"format {name!r} is not known; formats: {', '.join(FORMATS)}"
        )
    return FORMATS[name]
