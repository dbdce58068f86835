"""Formats: tables of the world, through pymrio."""

from carbonshed.readers.format import Explained, Format
from carbonshed.readers.world.publisher import (
    EORA26,
    EXIOBASE3,
    GLORIA,
    OECD_ICIO,
    WIOD,
    Publisher,
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


def _format(
    publisher: Publisher,
    title: str,
    *,
    needs: Explained,
    takes: Explained,
    accepts: Explained,
) -> Format:
    module = publisher.form.replace("-", "_")
    return Format(
        name=publisher.form,
        title=title,
        source=publisher.source,
        reader=f"carbonshed.readers.world.{module}:read_{module}",
        needs=needs,
        takes=takes,
        accepts=accepts,
        extra="world",
    )


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
    _format(
        EXIOBASE3,
        "EXIOBASE 3: 49 regions, 200 products or 163 industries",
        needs=(_INDICATORS,),
        takes=(_STRESSORS, ("year", "if the file name does not say it"), *_LABEL_FILES),
        accepts=_ACCEPT[:1],
    ),
    _format(
        WIOD,
        "WIOD, release 2013: 41 regions, 35 industries, 1995 to 2011",
        needs=(_YEAR,),
        takes=(
            _STRESSORS,
            ("indicators", "population and GDP, if not those that are shipped"),
            *_LABEL_FILES,
        ),
        accepts=_ACCEPT,
    ),
    _format(
        OECD_ICIO,
        "OECD inter-country tables, releases 2016 to 2023",
        needs=(
            _INDICATORS,
            ("emissions", "a CSV: the tables have no emissions"),
            ("emissions_unit", "unit of its values"),
        ),
        takes=(("year", "if the file name does not say it"), *_LABEL_FILES),
        accepts=_ACCEPT[:1],
    ),
    _format(
        EORA26,
        "Eora26: 189 countries, 26 sectors, basic prices",
        needs=(_INDICATORS,),
        takes=(_STRESSORS, ("year", "for a folder"), *_LABEL_FILES),
        accepts=_ACCEPT,
    ),
    _format(
        GLORIA,
        "GLORIA: 164 regions, 120 sectors, basic prices",
        needs=(_YEAR, _INDICATORS),
        takes=(_STRESSORS, *_LABEL_FILES),
        accepts=_ACCEPT,
    ),
)
