"""Formats and publishers of world tables, read through pymrio or by a shipped map."""

from dataclasses import dataclass

from carbonshed.readers.format import Explained, Format

_ANY_YEAR = r"(?<!\d)((?:19|20)\d\d)(?!\d)"


@dataclass(frozen=True)
class Publisher:
    """A publisher of world tables: the facts that apply to every year of a table."""

    form: str  # the format of ingest; maps of labels are named after it
    title: str  # the table's, without the year
    licence: str  # this and the next for the descriptor of a dataset
    citation: str
    source: str  # the files of a table
    # the source must be a folder, because a table consists of several files
    is_folder: bool = False
    # regular expressions for the year in the name of a file; the first that matches
    # counts; without them the year must be given
    year_patterns: tuple[str, ...] = ()
    # a region or sector that pymrio's parser drops with its numbers
    dropped: str | None = None
    # a shipped CSV of population and GDP, and the publication it is from
    people: str | None = None
    people_source: str | None = None


EXIOBASE3 = Publisher(
    form="exiobase3",
    title="EXIOBASE 3",
    licence="As stated by EXIOBASE (CC BY-SA 4.0 since 3.8)",
    citation="EXIOBASE 3, Stadler et al. 2018, doi:10.1111/jiec.12715",
    source="IOT_YYYY_pxp.zip or IOT_YYYY_ixi.zip, or the folder it was unpacked to",
    year_patterns=(_ANY_YEAR,),
)

WIOD = Publisher(
    form="wiod",
    title="World Input-Output Database, release 2013",
    licence="As stated by WIOD: free, with citation",
    citation="World Input-Output Database, Timmer et al. 2015, doi:10.1111/roie.12178",
    source="the folder with wiotYY_*.xlsx and the AIR_, CO2_, EM_ accounts",
    is_folder=True,
    dropped="secQ",  # extra-territorial bodies: not among the 35 industries
    people="wiod_people.csv",
    people_source=(
        "the Penn World Table 9.1 (Feenstra, Inklaar and Timmer 2015, "
        "doi:10.1257/aer.20130954)"
    ),
)

OECD_ICIO = Publisher(
    form="oecd-icio",
    title="OECD inter-country input-output table",
    licence="As stated by the OECD: free, with attribution",
    citation="OECD Inter-Country Input-Output Tables, https://oe.cd/icio",
    source="ICIOvvvv_YYYY.csv, a zip file of it, or a folder with them",
    year_patterns=(r"^ICIO\d{4}_(\d{4})", _ANY_YEAR),  # ICIO2023_2018: release, year
)

EORA26 = Publisher(
    form="eora26",
    title="Eora26",
    licence="As stated by Eora: free for academic use after registration",
    citation=(
        "Eora global supply chain database, Lenzen et al. 2013, "
        "doi:10.1080/09535314.2013.769938"
    ),
    source="Eora26_YYYY_bp.zip (indices.zip beside it), or the unpacked folder",
    year_patterns=(r"Eora26_(\d{4})",),
    dropped="ROW",  # statistical discrepancies, as a block of one sector
)

GLORIA = Publisher(
    form="gloria",
    title="GLORIA",
    licence="As stated by the Industrial Ecology Virtual Laboratory",
    citation="GLORIA, Lenzen et al. 2022, doi:10.1038/s41893-022-00979-y",
    source="the folder with the archives and GLORIA_ReadMe_0VV.xlsx",
    is_folder=True,
)

FIGARO = Publisher(
    form="figaro",
    title="FIGARO",
    licence="CC BY 4.0, Eurostat",
    citation=(
        "Eurostat, FIGARO tables, https://ec.europa.eu/eurostat/web/"
        "esa-supply-use-input-tables/database"
    ),
    source="the folder with matrix_eu-ic-io_ind-by-ind_..._YYYY.csv, or the file",
    year_patterns=(r"_(\d{4})\.csv$",),
)

ADB = Publisher(
    form="adb",
    title="ADB multi-regional input-output table",
    licence="As stated by the Asian Development Bank: free, with attribution",
    citation=(
        "Asian Development Bank, Multi-Regional Input-Output Tables, "
        "https://kidb.adb.org/mrio"
    ),
    source="the workbook, such as ADB-MRIO62-2022_June2023.xlsx",
    year_patterns=(r"MRIO\d*[-_ ]((?:19|20)\d\d)(?!\d)", _ANY_YEAR),
)

PUBLISHERS = (EXIOBASE3, WIOD, OECD_ICIO, EORA26, GLORIA)


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


_BY_MAP = (
    ("indicators", "population and GDP, for footprints per person"),
    ("emissions", "a CSV with region_id, sector_id, value: the table has none"),
    ("emissions_unit", "unit of its values (kt)"),
    ("concordance", "from the sectors of the emissions to those of the table"),
    *_LABEL_FILES,
)


def _by_map(
    publisher: Publisher, title: str, extra: str | None, *more: tuple[str, str]
) -> Format:
    return Format(
        name=publisher.form,
        title=title,
        source=publisher.source,
        reader=f"carbonshed.readers.world.{publisher.form}:read_{publisher.form}",
        needs=(_YEAR,),
        takes=(*more, *_BY_MAP),
        accepts=_ACCEPT[:1],
        extra=extra,
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
    _by_map(
        FIGARO,
        "FIGARO of Eurostat: 46 or 50 areas, 64 industries",
        None,
        ("stressors", "CO2 (the default) or GHG of Eurostat's bulk files beside it"),
    ),
    _by_map(ADB, "ADB's tables: 63 or 75 economies, 35 sectors", "excel"),
)
