"""Publishers of world tables: the facts that apply to every year of a table."""

from dataclasses import dataclass

_ANY_YEAR = r"(?<!\d)((?:19|20)\d\d)(?!\d)"


@dataclass(frozen=True)
class Publisher:
    """A publisher of world tables.

    Attributes
    ----------
    form
        The format of ``carbonshed ingest``; maps of labels are named after it.
    title
        The name of the table, without the year.
    licence, citation
        For the descriptor of a dataset.
    source
        The files of a table.
    is_folder
        The source must be a folder, because a table consists of several files.
    year_patterns
        Regular expressions for the year in the name of a file; the first that matches
        counts. Without them the year must be given.
    dropped
        A region or sector that pymrio's parser drops with its numbers.
    people, people_source
        A shipped CSV of population and GDP, and the publication it is from.
    """

    form: str
    title: str
    licence: str
    citation: str
    source: str
    is_folder: bool = False
    year_patterns: tuple[str, ...] = ()
    dropped: str | None = None
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

PUBLISHERS = (EXIOBASE3, WIOD, OECD_ICIO, EORA26, GLORIA)
