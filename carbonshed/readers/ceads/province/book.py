"""Which sheets of a provincial workbook hold the table, and how the others agree."""

import re
from dataclasses import dataclass

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.ceads.names import (
    ChinaSector,
    province_named,
    provinces,
)
from carbonshed.readers.ceads.province.sheet import ProvinceSheet, find_head
from carbonshed.readers.files.workbooks import Workbook, text_of
from carbonshed.readers.options import IngestOptions
from carbonshed.text import listing

FORMAT = "ceads-province"
CONSISTENT = "consistent"

_TABLE = re.compile(r"table((?:19|20)\d\d)?(consistent|englishversion|english)?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class ChosenSheets:
    """Which sheets of a workbook are read.

    Attributes
    ----------
    year
        The year of the table.
    main, english
        The sheet that is read, and the one that must hold the same numbers.
    decisions
        Why these.
    """

    year: int
    main: str
    english: str | None
    decisions: list[Decision]


def choose_sheets(book: Workbook, options: IngestOptions) -> ChosenSheets:
    """Return the sheets of the year.

    Names seen: ``Table`` (2015), ``Table_2017`` and ``Table_2017_consistent``,
    ``Table_2018`` and ``Table_2018_English Version``.
    """
    found: dict[tuple[int | None, str], str] = {}
    for sheet in book.sheets:
        match = _TABLE.fullmatch(re.sub(r"[\s_]", "", sheet).casefold())
        if match:
            year = int(match[1]) if match[1] else None
            kind = (match[2] or "").replace("englishversion", "english")
            found[year, kind] = sheet
    decisions: list[Decision] = []
    if not found:
        found[None, ""] = _only_table(book)
        decisions.append(
            Decision(
                "sheet_by_labels", "no sheet is called Table; this one has its labels"
            )
        )
    year = _year(book, found, options.year)
    own = {kind: name for (y, kind), name in found.items() if y in (year, None)}
    plain = own.get("")
    main = plain
    if CONSISTENT in own:
        main, text = _plain_or_consistent(book, plain, own[CONSISTENT], options)
        decisions.append(Decision("consistent_table", text))
    elif CONSISTENT in options.accept:
        raise CarbonshedError(
            f"{FORMAT}: {book.path.name}: --accept {CONSISTENT}, but there is no sheet "
            f"Table_{year}_consistent; sheets found: {book.listed_sheets()}"
        )
    english = own.get("english")
    if main is None:
        return ChosenSheets(year, english, None, decisions)
    return ChosenSheets(year, main, english, decisions)


def _only_table(book: Workbook) -> str:
    """Return the one sheet that has the labels of a table."""
    tables = [sheet for sheet in book.sheets if find_head(book.rows(sheet))]
    if len(tables) == 1:
        return tables[0]
    plain = [re.sub(r"[\s_]", "", sheet).casefold() for sheet in book.sheets]
    hint = "expected a sheet Table, Table_2017, Table_2018, ..."
    if "emissionvector" in plain:
        hint = "it is an inventory by city, which has no sectors"
    elif any(name.startswith("co2") for name in plain):
        hint = "its sheets of CO2 by city go with ceads-city (--emissions)"
    elif any(province_named(re.sub(r"\d{4}$", "", name.strip())) for name in plain):
        hint = "it is an inventory by province, which goes with --emissions"
    raise CarbonshedError(
        f"{FORMAT}: {book.path.name}: {len(tables) or 'no'} sheets with a provincial "
        f"table; sheets found: {book.listed_sheets()}; {hint}"
    )


def _year(
    book: Workbook, found: dict[tuple[int | None, str], str], wanted: int | None
) -> int:
    years = sorted({year for year, _ in found if year})
    if not years:
        head = find_head(book.rows(next(iter(found.values())))) or []
        title = " ".join(text_of(value) for row in head[:-3] for value in row)
        years = sorted({int(year) for year in _YEAR.findall(title)})
        years = years if len(years) == 1 else []
    name = f"{FORMAT}: {book.path.name}"
    if wanted is None:
        if len(years) == 1:
            return years[0]
        which = (
            f"has tables of {listing(map(str, years), 5)}" if years else "has no year"
        )
        raise CarbonshedError(f"{name} {which}; say which with --year")
    if years and wanted not in years:
        raise CarbonshedError(
            f"{name} has the year {listing(map(str, years), 5)}; --year says {wanted}"
        )
    return wanted


def _plain_or_consistent(
    book: Workbook, plain: str | None, consistent: str, options: IngestOptions
) -> tuple[str, str]:
    """Return which of the two tables of 2017 is read, and a sentence on it."""
    if plain is None:
        return consistent, f"there is no table beside {consistent!r}"
    heads = [find_head(book.rows(sheet)) or [] for sheet in (plain, consistent)]
    labels = [[[text_of(v) for v in row] for row in head[-3:]] for head in heads]
    same = "the same" if labels[0] == labels[1] else "WARNING: other"
    if CONSISTENT in options.accept:
        return consistent, f"{consistent!r} is read as was asked; labels: {same}"
    return plain, (
        f"{consistent!r} is not read (--accept {CONSISTENT} takes it instead); its "
        f"labels: {same}"
    )


def compare_lists(
    book: Workbook, sheet: ProvinceSheet, sectors: list[ChinaSector]
) -> list[Decision]:
    """Compare the sheets that list provinces and sectors, if there are any."""
    decisions = []
    missing = [
        province.region_name
        for province in provinces()
        if province not in sheet.producers.regions
    ]
    if missing:
        decisions.append(
            Decision(
                "provinces_missing",
                f"WARNING: {len(sheet.producers.regions)} of {len(provinces())} "
                f"provinces; missing: {listing(missing, 31)}",
            )
        )
    name = book.find("Province")
    if name:
        words = {text_of(value) for row in book.rows(name) for value in row}
        named = {province_named(word) for word in words} - {None}
        if named and named != set(sheet.producers.regions):
            decisions.append(
                Decision(
                    "province_list_differs",
                    f"WARNING: sheet {name!r} lists {len(named)} provinces, not those "
                    "of the table",
                )
            )
    name = book.find("Sector")
    if name:
        words = {text_of(value).casefold() for row in book.rows(name) for value in row}
        known = {sector.sector_id: sector for sector in sectors}
        strange = [
            code
            for code, names in sheet.producers.names.items()
            if not {word.casefold() for word in (*names, *known[code].names)} & words
        ]
        if strange:
            decisions.append(
                Decision(
                    "sector_list_differs",
                    f"WARNING: sheet {name!r} does not list the names of sectors "
                    f"{listing(strange, 5)}",
                )
            )
    return decisions
