"""Formats: tables of the world, through pymrio."""

from carbonshed.readers.format import Format

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

FORMATS = (
    Format(
        name="from-pymrio",
        title="A system that pymrio has saved by save_all",
        source="the folder, or a zip file of it",
        reader="carbonshed.readers.world.from_pymrio:read_from_pymrio",
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
        reader="carbonshed.readers.world.exiobase3:read_exiobase3",
        needs=(_INDICATORS,),
        takes=(_STRESSORS, ("year", "if the file name does not say it"), *_LABEL_FILES),
        accepts=_ACCEPT[:1],
        extra="world",
    ),
    Format(
        name="wiod",
        title="WIOD, release 2013: 41 regions, 35 industries, 1995 to 2011",
        source="the folder with wiotYY_*.xlsx and the AIR_, CO2_, EM_ accounts",
        reader="carbonshed.readers.world.wiod:read_wiod",
        needs=(_YEAR,),
        takes=(
            _STRESSORS,
            ("indicators", "population and GDP, if not those that are shipped"),
            *_LABEL_FILES,
        ),
        accepts=_ACCEPT,
        extra="world",
    ),
    Format(
        name="oecd-icio",
        title="OECD inter-country tables, releases 2016 to 2023",
        source="ICIOvvvv_YYYY.csv, a zip file of it, or a folder with them",
        reader="carbonshed.readers.world.oecd_icio:read_oecd_icio",
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
        reader="carbonshed.readers.world.eora26:read_eora26",
        needs=(_INDICATORS,),
        takes=(_STRESSORS, ("year", "for a folder"), *_LABEL_FILES),
        accepts=_ACCEPT,
        extra="world",
    ),
    Format(
        name="gloria",
        title="GLORIA: 164 regions, 120 sectors, basic prices",
        source="the folder with the archives and GLORIA_ReadMe_0VV.xlsx",
        reader="carbonshed.readers.world.gloria:read_gloria",
        needs=(_YEAR, _INDICATORS),
        takes=(_STRESSORS, *_LABEL_FILES),
        accepts=_ACCEPT,
        extra="world",
    ),
)
