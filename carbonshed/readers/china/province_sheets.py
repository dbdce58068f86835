"""One sheet of a CEADs provincial table, whose blocks are located by their codes.

The published grid has a title, provinces in merged cells, sector names and codes in
rows 1 to 4, the same labels in columns A to C, and the numbers of 31 provinces x 42
sectors from D5. Only the codes and labels are relied on; addresses are reported where
they differ.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.progress import Progress
from carbonshed.readers.china.names import (
    ChinaSector,
    province_named,
    provinces,
)
from carbonshed.readers.china.province_labels import Axis, Grouped, grouped
from carbonshed.readers.files.workbooks import (
    Row,
    Workbook,
    cell_name,
    numbers_of,
    pad,
    text_of,
)
from carbonshed.readers.options import IngestOptions
from carbonshed.text import listing

PUBLISHED_START = "D5"
LABEL_COLUMNS = 3  # province, sector name, code
_HEADER_ROWS = 3  # the same, above the numbers
_LONGEST_HEAD = 12
_SECTOR = re.compile(r"\d\d")
_CATEGORY = re.compile(r"FU\d+")
_COMPONENT = re.compile(r"VA\d+")
_SUMS = ("TIU", "TFU", "GO")  # columns that must be there
_SUBTOTALS = ("THC", "TC", "GCF")
_MARGINS = ("IM", "TII", "TVA", "TI")  # rows that must be there
_CO2_LABEL = re.compile(r"co2|co₂|二氧化碳", re.IGNORECASE)
FORMAT = "ceads-province"
CONSISTENT = "consistent"
_TABLE = re.compile(r"table((?:19|20)\d\d)?(consistent|englishversion|english)?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass
class ProvinceSheet:
    """The content of a sheet, in its own order; n = R provinces x S sectors."""

    where: str  # file and sheet, for messages
    title: str  # texts above the labels
    producers: Grouped  # labels of Z
    users: Grouped  # labels of final demand
    # Z (n, n), FU (n, R * C); EX, TIU, TFU, GO, perhaps ERR (n,); NaN if empty
    blocks: dict[str, np.ndarray]
    # (n,): rows below Z by code: IM, TII, TVA, TI and the components
    margins: dict[str, np.ndarray]
    imports_of_users: np.ndarray  # (R * C,): the row IM below final demand
    emissions: np.ndarray | None = None  # (n,): the row of CO2
    direct_emissions: np.ndarray | None = None  # (R * C,): the row of CO2
    decisions: list[Decision] = field(default_factory=list)

    @property
    def components(self) -> list[str]:
        """Return the codes of the components of value added, in order."""
        return [code for code in self.margins if _COMPONENT.fullmatch(code)]


def code_of(value: object) -> str:
    """Return a code as text: 1, 1.0, '1' and '01' are all ``01``."""
    text = re.sub(r"\s", "", text_of(value)).upper()
    match = re.fullmatch(r"(\d{1,2})(\.0+)?", text)
    return match[1].zfill(2) if match else text


def find_head(rows: Iterator[Row]) -> list[Row] | None:
    """Return the first rows up to the one of the codes, None if there is none."""
    head = []
    for row, _ in zip(rows, range(_LONGEST_HEAD), strict=False):
        head.append(row)
        codes = [code_of(value) for value in row]
        if "TIU" in codes and any(map(_SECTOR.fullmatch, codes)):
            return head
    return None


def read_sheet(book: Workbook, sheet: str, progress: Progress) -> ProvinceSheet:
    """Read a sheet.

    Refuse codes, provinces or blocks that are not where labels must have them, rows and
    columns with other labels, and a cell of a block that is not a number.
    """
    where = f"{book.path.name}: sheet {sheet!r}"
    rows = book.rows(sheet)
    head = find_head(rows)
    if head is None:
        raise CarbonshedError(
            f"{where}: no row with the codes 01.., TIU, FU101.., EX, TFU, GO among the "
            f"first {_LONGEST_HEAD}; expected it in row 4"
        )
    columns = _Columns(head, where)
    body = _Body(columns, where, len(head))
    for number, row in enumerate(rows, start=len(head)):
        body.take(number, row)
        progress(f"{book.path.name}: {sheet}", min(body.share, 1.0))
    return body.finish()


class _Columns:
    """The positions of the blocks, from the three rows of labels above them."""

    def __init__(self, head: list[Row], where: str) -> None:
        self.where = where
        row = len(head) - 1
        codes = [code_of(value) for value in head[-1]]
        self.first = next(i for i, code in enumerate(codes) if _SECTOR.fullmatch(code))
        if self.first < LABEL_COLUMNS or row < _HEADER_ROWS - 1:
            raise CarbonshedError(
                f"{where}: the codes begin in cell {cell_name(row, self.first)}; "
                "expected three columns (province, sector, code) and two rows "
                "(province, sector) of labels before them"
            )
        end = self.first
        while end < len(codes) and _SECTOR.fullmatch(codes[end]):
            end += 1
        self.sectors = list(range(self.first, end))
        self.by_code = self._others(codes, end, row)
        self.categories = [
            i for i in range(end, self.last) if _CATEGORY.fullmatch(codes[i])
        ]
        used = {*self.sectors, *self.categories, *self.by_code.values()}
        # subtotals and columns without a code are not read
        self.unused = [i for i in range(self.first, self.last) if i not in used]
        self.title = " ".join(
            filter(None, (text_of(value) for r in head[:-_HEADER_ROWS] for value in r))
        )
        names = [text_of(value) for value in head[-2]]
        provinces = list(_filled(head[-3], self.first, len(codes)))

        def axis(columns: list[int]) -> Axis:
            return Axis(
                "columns",
                [provinces[i - self.first] for i in columns],
                [codes[i] for i in columns],
                [names[i] if i < len(names) else "" for i in columns],
                [cell_name(row, i) for i in columns],
            )

        self.producers = grouped(axis(self.sectors), where)
        self.users = grouped(axis(self.categories), where)
        self.beyond = [
            text_of(value) or names[i] if i < len(names) else text_of(value)
            for i, value in enumerate(head[-1])
            if i > self.last and (text_of(value) or (i < len(names) and names[i]))
        ]

    def _others(self, codes: list[str], end: int, row: int) -> dict[str, int]:
        """Return the columns of single codes, by code; set the last column."""
        if "GO" not in codes[end:]:
            raise CarbonshedError(
                f"{self.where}: no column GO right of the sectors; codes found in row "
                f"{row + 1}: {listing(filter(None, codes[end:]), 12)}"
            )
        self.last = codes.index("GO", end)
        by_code: dict[str, int] = {}
        for i in range(end, self.last + 1):
            code = codes[i]
            if not code or _CATEGORY.fullmatch(code) or code in _SUBTOTALS:
                continue
            if code not in (*_SUMS, "EX", "ERR") or code in by_code:
                what = "there twice" if code in by_code else "not known"
                raise CarbonshedError(
                    f"{self.where}: cell {cell_name(row, i)}: the code {code!r} is "
                    f"{what}; expected TIU, FU101.., EX, TFU, ERR and GO right of the "
                    "sectors"
                )
            by_code[code] = i
        missing = [code for code in (*_SUMS, "EX") if code not in by_code]
        if missing:
            raise CarbonshedError(
                f"{self.where}: no column {listing(missing, 5)}; codes found in row "
                f"{row + 1}: {listing(dict.fromkeys(filter(None, codes[end:])), 12)}"
            )
        return by_code


class _Body:
    """A collector of the rows below the labels, one by one."""

    def __init__(self, columns: _Columns, where: str, start: int) -> None:
        self._columns = columns
        self._where = where
        self._start = start
        width = columns.last + 1 - columns.first
        self._count = len(columns.sectors)
        self._numbers = np.empty((self._count, width))
        self._axis = Axis("rows", [], [], [], [])
        self._margins: dict[str, np.ndarray] = {}
        self._margin_rows: dict[str, int] = {}
        self._co2: list[tuple[int, str, np.ndarray]] = []
        self._province = ""
        self._unused: list[str] = []

    @property
    def share(self) -> float:
        """Return the share of the table that has been read, about."""
        return (len(self._axis.codes) + len(self._margins)) / (self._count + 9)

    def take(self, number: int, row: Row) -> None:
        """Add the row of this number, counted from 0."""
        first = self._columns.first
        row = pad(row, self._columns.last + 1)
        province, name, label = row[first - LABEL_COLUMNS : first]
        code = code_of(label)
        words = [text_of(value) for value in row[:first]]
        if _SECTOR.fullmatch(code):
            self._province = text_of(province) or self._province
            self._take_sector(number, row, code, text_of(name))
        elif code in _MARGINS or _COMPONENT.fullmatch(code):
            self._take_margin(number, row, code)
        elif any(map(_CO2_LABEL.match, words)):
            label = next(word for word in words if _CO2_LABEL.match(word))
            self._co2.append((number, label, self._numbers_of(number, row)))
        elif "TI" in self._margins and not any(words) and self._is_full(row):
            self._take_nameless(number, row)
        elif any(words):
            self._unused.append(
                f"row {number + 1} ({listing(filter(None, words), 5)[:40]})"
            )

    def _take_sector(self, number: int, row: Row, code: str, name: str) -> None:
        position = len(self._axis.codes)
        if position == self._count or self._margins:
            raise CarbonshedError(
                f"{self._where}: row {number + 1} has the code {code}, but "
                f"{self._count} rows of sectors were expected, as many as there are "
                "columns, with IM, TII, VA001.., TVA and TI below them"
            )
        self._numbers[position] = self._numbers_of(number, row)
        self._axis.provinces.append(self._province)
        self._axis.codes.append(code)
        self._axis.names.append(name)
        self._axis.cells.append(cell_name(number, self._columns.first - 1))

    def _take_margin(self, number: int, row: Row, code: str) -> None:
        if code in self._margins:
            raise CarbonshedError(
                f"{self._where}: rows {self._margin_rows[code] + 1} and {number + 1} "
                f"both have the code {code}"
            )
        # the numbers below totals are not read
        width = self._count if code != "IM" else None
        self._margins[code] = self._numbers_of(number, row, width)
        self._margin_rows[code] = number

    def _take_nameless(self, number: int, row: Row) -> None:
        """Add a row without a label: CO2 of 2017, two rows below TI."""
        if number == self._margin_rows["TI"] + 2 and not self._co2:
            self._co2.append((number, "", self._numbers_of(number, row)))
        else:
            self._unused.append(f"row {number + 1} (numbers without a label)")

    def _is_full(self, row: Row) -> bool:
        cells = row[self._columns.first : self._columns.first + self._count]
        return all(isinstance(value, int | float) for value in cells)

    def _numbers_of(
        self, number: int, row: Row, width: int | None = None
    ) -> np.ndarray:
        first = self._columns.first
        end = self._columns.last + 1 if width is None else first + width
        if self._columns.unused:
            cells = list(row)
            for i in self._columns.unused:
                cells[i] = None
            row = tuple(cells)
        return numbers_of(row[first:end], self._where, number, first)

    def finish(self) -> ProvinceSheet:
        """Return the sheet, if it is complete."""
        columns, count = self._columns, self._count
        if len(self._axis.codes) != count:
            raise CarbonshedError(
                f"{self._where}: {len(self._axis.codes)} rows of sectors, but {count} "
                "columns; expected the same sectors on both axes"
            )
        rows = grouped(self._axis, self._where)
        rows.require_same(columns.producers, self._where)
        columns.users.require_regions(columns.producers, self._where)
        missing = [code for code in _MARGINS if code not in self._margins]
        if not any(map(_COMPONENT.fullmatch, self._margins)):
            missing.append("VA001..")
        if missing:
            raise CarbonshedError(
                f"{self._where}: no row {listing(missing, 5)}; codes found below the "
                f"sectors: {listing(self._margins, 12)}"
            )
        positions = {code: [i] for code, i in columns.by_code.items()}
        positions |= {"Z": columns.sectors, "FU": columns.categories}
        cut = {code: self._cut(self._numbers, at) for code, at in positions.items()}
        blocks = {
            code: block if code in ("Z", "FU") else block[:, 0]
            for code, block in cut.items()
        }
        imports = self._margins["IM"]
        sheet = ProvinceSheet(
            where=self._where,
            title=columns.title,
            producers=columns.producers,
            users=columns.users,
            blocks=blocks,
            margins={code: row[:count] for code, row in self._margins.items()},
            imports_of_users=self._cut(imports, columns.categories),
        )
        sheet.producers.add_names(rows)
        self._add_emissions(sheet)
        sheet.decisions += self._decisions(imports)
        return sheet

    def _cut(self, numbers: np.ndarray, columns: list[int]) -> np.ndarray:
        return numbers[..., np.array(columns) - self._columns.first]

    def _add_emissions(self, sheet: ProvinceSheet) -> None:
        if len(self._co2) > 1:
            rows = listing(f"{number + 1} {label!r}" for number, label, _ in self._co2)
            raise CarbonshedError(
                f"{self._where}: {len(self._co2)} rows of CO2: {rows}; expected one"
            )
        for number, label, numbers in self._co2:
            sheet.emissions = numbers[: self._count]
            sheet.direct_emissions = self._cut(numbers, self._columns.categories)
            named = f"{label!r}" if label else "without a label, two rows below TI"
            sheet.decisions.append(
                Decision("emissions_row", f"CO2 is row {number + 1} ({named})")
            )

    def _decisions(self, imports: np.ndarray) -> list[Decision]:
        start = cell_name(self._start, self._columns.first)
        decisions = []
        if start != PUBLISHED_START:
            decisions.append(
                Decision(
                    "moved_block",
                    f"numbers begin in {start} (published: {PUBLISHED_START})",
                )
            )
        if self._columns.beyond:
            decisions.append(
                Decision(
                    "unused_columns",
                    f"not used: columns {listing(self._columns.beyond, 5)} beyond GO",
                )
            )
        if self._unused:
            decisions.append(
                Decision("unused_rows", f"not used: {listing(self._unused, 5)}")
            )
        exported = self._cut(imports, [self._columns.by_code["EX"]])[0]
        if exported and not np.isnan(exported):
            decisions.append(
                Decision(
                    "imports_of_exports_unused",
                    f"WARNING: not used: imports below exports, {exported:.6g} (goods "
                    "that pass through)",
                )
            )
        return decisions


def _filled(row: Row, start: int, end: int) -> Iterator[str]:
    """Yield texts; a cell that is merged with the one before it repeats it."""
    last = ""
    for value in pad(row, end)[start:end]:
        last = text_of(value) or last
        yield last


@dataclass(frozen=True)
class ChosenSheets:
    """The sheets of a workbook that are read."""

    year: int
    main: str  # the sheet that is read
    english: str | None  # the sheet that must have the same numbers
    decisions: list[Decision]  # the reasons


def choose_sheets(book: Workbook, options: IngestOptions) -> ChosenSheets:
    """Return the sheets of the year.

    Names seen: ``Table`` (2015), ``Table_2017`` and ``Table_2017_consistent``,
    ``Table_2018`` and ``Table_2018_English Version``.
    """
    sheets: dict[tuple[int | None, str], str] = {}
    for sheet in book.sheets:
        match = _TABLE.fullmatch(re.sub(r"[\s_]", "", sheet).casefold())
        if match:
            year = int(match[1]) if match[1] else None
            kind = (match[2] or "").replace("englishversion", "english")
            sheets[year, kind] = sheet
    decisions: list[Decision] = []
    if not sheets:
        sheets[None, ""] = _only_table(book)
        decisions.append(
            Decision(
                "sheet_by_labels", "no sheet is called Table; this one has its labels"
            )
        )
    year = _year(book, sheets, options.year)
    own = {kind: name for (y, kind), name in sheets.items() if y in (year, None)}
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
    book: Workbook, sheets: dict[tuple[int | None, str], str], requested: int | None
) -> int:
    years = sorted({year for year, _ in sheets if year})
    if not years:
        head = find_head(book.rows(next(iter(sheets.values())))) or []
        title = " ".join(text_of(value) for row in head[:-3] for value in row)
        years = sorted({int(year) for year in _YEAR.findall(title)})
        years = years if len(years) == 1 else []
    name = f"{FORMAT}: {book.path.name}"
    if requested is None:
        if len(years) == 1:
            return years[0]
        which = (
            f"has tables of {listing(map(str, years), 5)}" if years else "has no year"
        )
        raise CarbonshedError(f"{name} {which}; say which with --year")
    if years and requested not in years:
        raise CarbonshedError(
            f"{name} has the year {listing(map(str, years), 5)}; --year says "
            f"{requested}"
        )
    return requested


def _plain_or_consistent(
    book: Workbook, plain: str | None, consistent: str, options: IngestOptions
) -> tuple[str, str]:
    """Choose between the two tables of 2017; return a sentence on it too."""
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
    """Compare the sheets that list provinces and sectors, if any, with the table."""
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
        by_code = {sector.sector_id: sector for sector in sectors}
        unlisted = [
            code
            for code, names in sheet.producers.names.items()
            if not {word.casefold() for word in (*names, *by_code[code].names)} & words
        ]
        if unlisted:
            decisions.append(
                Decision(
                    "sector_list_differs",
                    f"WARNING: sheet {name!r} does not list the names of sectors "
                    f"{listing(unlisted, 5)}",
                )
            )
    return decisions
