"""One sheet of a CEADs provincial table, whose blocks are located by their codes.

The published grid has a title, provinces in merged cells, sector names and codes in
rows 1 to 4, the same labels in columns A to C, and the numbers of 31 provinces x 42
sectors from D5. Only the codes and labels are relied on; addresses are reported where
they differ.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product, takewhile

import numpy as np

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.progress import Progress
from carbonshed.readers.china.names import (
    ChinaSector,
    Province,
    province_named,
    sector_named,
    sectors_of,
)
from carbonshed.readers.files.workbooks import (
    Row,
    Workbook,
    cell_name,
    numbers_of,
    text_of,
)
from carbonshed.text import listing

OF_USERS = " of final users"  # ends the name of the part of a row below final demand

_PUBLISHED_START = "D5"
_LONGEST_HEAD = 12
_SECTOR = re.compile(r"\d\d")
_CATEGORY = re.compile(r"FU\d+")
_COMPONENT = re.compile(r"VA\d+")
_COLUMNS = ("TIU", "TFU", "GO", "EX")  # columns that must be there
_SUBTOTALS = ("THC", "TC", "GCF")
_ROWS = ("IM", "TII", "TVA", "TI")  # rows that must be there
_ROW = re.compile(rf"{'|'.join(_ROWS)}|{_COMPONENT.pattern}")
_CO2_LABEL = re.compile(r"co2|co₂|二氧化碳", re.IGNORECASE)
_LISTS = {"2012": "2012 and 2015", "2017": "2017, 2018 and 2020"}
_POWER = (("电力",), ("electric", "power"), ("electricity",))

Names = dict[str, dict[str, str]]
"""Names of sectors by code, each with the cell of the code beside the first one."""


@dataclass
class ProvinceSheet:
    """The content of a sheet, in its own order; n = R provinces x S sectors."""

    where: str  # file and sheet, for messages
    regions: tuple[Province, ...]
    codes: tuple[str, ...]  # sectors inside each province
    categories: tuple[str, ...]  # final users inside each province
    names: Names
    # Z (n, n), FU (n, R * C), columns and rows by code (n,), perhaps CO2 (n,);
    # IM and CO2 of final users (R * C,); NaN if empty
    blocks: dict[str, np.ndarray]
    decisions: list[Decision]

    @property
    def components(self) -> list[str]:
        """Return the codes of the components of value added, in order."""
        return [code for code in self.blocks if _COMPONENT.fullmatch(code)]

    def note(self, code: str, text: str) -> None:
        """Add a decision."""
        self.decisions.append(Decision(code, text))

    def producer(self, position: int) -> str:
        """Return province and sector of a row of Z."""
        region, sector = divmod(int(position), len(self.codes))
        return f"{self.regions[region].region_name} {self.codes[sector]}"


@dataclass(frozen=True)
class _Label:
    """The labels of a row or column of numbers."""

    region: Province
    code: str
    name: str
    cell: str  # address of the code

    def __str__(self) -> str:
        """Return cell, code and province for messages."""
        return f"cell {self.cell} is {_of(self.code, self.region)}"


def code_of(value: object) -> str:
    """Return a code as text: 1, 1.0, '1' and '01' are all ``01``."""
    text = re.sub(r"\s", "", text_of(value)).upper()
    match = re.fullmatch(r"(\d{1,2})(\.0+)?", text)
    return match[1].zfill(2) if match else text


def find_head(rows: Iterable[Row]) -> list[Row] | None:
    """Return the first rows up to the one of the codes, None if there is none."""
    head = []
    for row in islice(rows, _LONGEST_HEAD):
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
    step = f"{book.path.name}: {sheet}"
    progress(step, 0.0)
    grid = _Grid(f"{book.path.name}: sheet {sheet!r}", list(book.rows(sheet)))
    columns = grid.labels_of_columns(range(grid.first, grid.end))
    regions, codes = _by_province(columns, grid.where)
    users = grid.labels_of_columns(grid.categories)
    regions_of_users, categories = _by_province(users, grid.where)
    rows, sector_rows = grid.rows_below()
    down = grid.labels_of_rows(sector_rows)
    for label, column in zip(down, columns, strict=True):
        if (label.region, label.code) != (column.region, column.code):
            raise CarbonshedError(
                f"{grid.where}: {label}, and {column}; expected the same sectors in "
                "the same order along rows and columns (merged cells moved?)"
            )
    if regions_of_users != regions:
        raise CarbonshedError(
            f"{grid.where}: final demand is of the provinces "
            f"{listing(p.region_name for p in regions_of_users)}; expected those of "
            f"the sectors, {listing(p.region_name for p in regions)}, in the same order"
        )
    lines = []
    for row in sector_rows:
        progress(step, row / len(grid.rows))
        lines.append(grid.numbers(row))
    n, first, numbers = grid.end - grid.first, grid.first, np.array(lines)
    positions = np.array(grid.categories) - first
    blocks = {"Z": np.ascontiguousarray(numbers[:, :n]), "FU": numbers[:, positions]}
    blocks |= {code: numbers[:, i - first] for code, i in grid.columns.items()}
    for code, row in rows.items():
        if code in ("IM", "CO2"):
            line = grid.numbers(row)
            blocks |= {code: line[:n], code + OF_USERS: line[positions]}
        else:  # the numbers below totals are not read
            blocks[code] = grid.numbers(row, grid.end)
        if code == "IM" and np.nan_to_num(line[grid.columns["EX"] - first]):
            exported = line[grid.columns["EX"] - first]
            grid.note(
                "imports_of_exports_unused",
                f"WARNING: not used: imports below exports, {exported:.6g} (goods that "
                "pass through)",
            )
    names: Names = {code: {} for code in codes}
    for label in (*down, *columns):
        names[label.code][label.name] = label.cell
    return ProvinceSheet(
        where=grid.where,
        regions=regions,
        codes=codes,
        categories=categories,
        names=names,
        blocks=blocks,
        decisions=grid.decisions,
    )


class _Grid:
    """The cells of a sheet, and the positions of its blocks, counted from 0."""

    def __init__(self, where: str, rows: list[Row]) -> None:
        self.where, self.rows = where, rows
        self.decisions: list[Decision] = []
        head = find_head(rows)
        if head is None:
            raise CarbonshedError(
                f"{where}: no row with the codes 01.., TIU, FU101.., EX, TFU, GO among "
                f"the first {_LONGEST_HEAD}; expected it in row 4"
            )
        self.head = len(head) - 1
        self.codes = [code_of(value) for value in head[-1]]
        # column of the first number
        self.first = next(i for i, c in enumerate(self.codes) if _SECTOR.fullmatch(c))
        if self.first < 3 or self.head < 2:
            raise CarbonshedError(
                f"{where}: the codes begin in cell {cell_name(self.head, self.first)}; "
                "expected three columns (province, sector, code) and two rows "
                "(province, sector) of labels before them"
            )
        sectors = takewhile(_SECTOR.fullmatch, self.codes[self.first :])
        self.end = self.first + len(list(sectors))  # column after those of sectors
        self.columns = self._columns_by_code()
        self.last = self.columns["GO"]
        self.categories = [
            i for i in range(self.end, self.last) if _CATEGORY.fullmatch(self.codes[i])
        ]
        # subtotals and columns without a code
        read = {*range(self.end), *self.columns.values(), *self.categories}
        self._unread = set(range(self.last)) - read
        start = cell_name(self.head + 1, self.first)
        if start != _PUBLISHED_START:
            text = f"numbers begin in {start} (published: {_PUBLISHED_START})"
            self.note("moved_block", text)
        beyond = zip(*(row[self.last + 1 :] for row in head[-2:]), strict=True)
        texts = list(filter(None, (text_of(c) or text_of(name) for name, c in beyond)))
        if texts:
            text = f"not used: columns {listing(texts, 5)} beyond GO"
            self.note("unused_columns", text)

    def note(self, code: str, text: str) -> None:
        """Add a decision."""
        self.decisions.append(Decision(code, text))

    def _columns_by_code(self) -> dict[str, int]:
        """Return the columns of single codes, up to GO."""
        right = self.codes[self.end :]
        columns: dict[str, int] = {}
        for i, code in enumerate(right, start=self.end):
            if not code or _CATEGORY.fullmatch(code) or code in _SUBTOTALS:
                continue
            if code not in (*_COLUMNS, "ERR") or code in columns:
                state = "there twice" if code in columns else "not known"
                raise CarbonshedError(
                    f"{self.where}: cell {cell_name(self.head, i)}: the code {code!r} "
                    f"is {state}; expected TIU, FU101.., EX, TFU, ERR and GO right of "
                    "the sectors"
                )
            columns[code] = i
            if code == "GO":
                break
        missing = [code for code in _COLUMNS if code not in columns]
        if missing:
            raise CarbonshedError(
                f"{self.where}: no column {listing(missing, 5)}; codes in row "
                f"{self.head + 1}: {listing(dict.fromkeys(filter(None, right)), 12)}"
            )
        return columns

    def rows_below(self) -> tuple[dict[str, int], list[int]]:
        """Return the rows of single codes, CO2 among them, and those of sectors."""
        rows: dict[str, int] = {}
        sectors: list[int] = []
        co2: dict[int, str] = {}
        unused = []
        for number in range(self.head + 1, len(self.rows)):
            texts = [text_of(value) for value in self.rows[number][: self.first]]
            code = code_of(texts[-1])
            label = next(filter(_CO2_LABEL.match, texts), None)
            if _SECTOR.fullmatch(code):
                sectors.append(number)
            elif _ROW.fullmatch(code):
                if code in rows:
                    raise CarbonshedError(
                        f"{self.where}: rows {rows[code] + 1} and {number + 1} both "
                        f"have the code {code}"
                    )
                rows[code] = number
            elif label:
                co2[number] = label
            elif any(texts):
                named = listing(filter(None, texts), 5)[:40]
                unused.append(f"row {number + 1} ({named})")
            elif "TI" in rows and self._is_full(number):
                # in 2017 the row of CO2 has no label
                if number == rows["TI"] + 2 and not co2:
                    co2[number] = ""
                else:
                    unused.append(f"row {number + 1} (numbers without a label)")
        self._check_rows(rows, sectors)
        if unused:
            self.note("unused_rows", f"not used: {listing(unused, 5)}")
        return rows | self._emissions_row(co2), sectors

    def _is_full(self, row: int) -> bool:
        cells = self.rows[row][self.first : self.end]
        return all(isinstance(value, int | float) for value in cells)

    def _check_rows(self, rows: dict[str, int], sectors: list[int]) -> None:
        """Refuse a sheet that lacks a row, or has one too many."""
        n = self.end - self.first
        below = min(rows.values(), default=len(self.rows))
        surplus = [row for k, row in enumerate(sectors) if k >= n or row > below]
        if surplus:
            code = code_of(self.rows[surplus[0]][self.first - 1])
            raise CarbonshedError(
                f"{self.where}: row {surplus[0] + 1} has the code {code}, but {n} rows "
                "of sectors were expected, as many as there are columns, with IM, TII, "
                "VA001.., TVA and TI below them"
            )
        if len(sectors) != n:
            raise CarbonshedError(
                f"{self.where}: {len(sectors)} rows of sectors, but {n} columns; "
                "expected the same sectors on both axes"
            )
        missing = [code for code in _ROWS if code not in rows]
        if not any(map(_COMPONENT.fullmatch, rows)):
            missing.append("VA001..")
        if missing:
            raise CarbonshedError(
                f"{self.where}: no row {listing(missing, 5)}; codes below the sectors: "
                f"{listing(rows, 12)}"
            )

    def _emissions_row(self, labels: dict[int, str]) -> dict[str, int]:
        """Return the row of CO2, if there is one."""
        if len(labels) > 1:
            named = listing(f"{row + 1} {label!r}" for row, label in labels.items())
            raise CarbonshedError(
                f"{self.where}: {len(labels)} rows of CO2: {named}; expected one"
            )
        if not labels:
            return {}
        ((row, label),) = labels.items()
        named = repr(label) if label else "without a label, two rows below TI"
        self.note("emissions_row", f"CO2 is row {row + 1} ({named})")
        return {"CO2": row}

    def numbers(self, row: int, end: int | None = None) -> np.ndarray:
        """Return the numbers of a row, up to GO or before the column `end`."""
        cells = [
            None if i in self._unread else value
            for i, value in enumerate(self.rows[row][: end or self.last + 1])
        ]
        return numbers_of(cells[self.first :], self.where, row, self.first)

    def labels_of_columns(self, columns: Sequence[int]) -> list[_Label]:
        """Return the labels above columns."""
        above, names = self.rows[self.head - 2], self.rows[self.head - 1]
        provinces = list(_filled(above[self.first :]))
        return [
            self._label(
                provinces[i - self.first], names[i], self.head, i, self.codes[i]
            )
            for i in columns
        ]

    def labels_of_rows(self, rows: Sequence[int]) -> list[_Label]:
        """Return the labels beside rows."""
        column = self.first - 1
        before = [self.rows[row][column - 2 : self.first] for row in rows]
        provinces = _filled(province for province, _, _ in before)
        return [
            self._label(province, name, row, column, code_of(code))
            for row, province, (_, name, code) in zip(
                rows, provinces, before, strict=True
            )
        ]

    def _label(
        self, province: str, name: object, row: int, column: int, code: str
    ) -> _Label:
        cell, region = cell_name(row, column), province_named(province)
        if region is None:
            state = (
                f"{province!r} is not a province that is known, in Chinese or English"
            )
            if not province:
                state = (
                    "no province beside the first code; expected it there or in a "
                    "merged cell that begins there (merged cells moved?)"
                )
            raise CarbonshedError(f"{self.where}: cell {cell} is {code}: {state}")
        return _Label(region, code, text_of(name), cell)


def _filled(cells: Iterable[object]) -> Iterator[str]:
    """Yield texts; a cell that is merged with the one before it repeats it."""
    last = ""
    for value in cells:
        last = text_of(value) or last
        yield last


def _by_province(
    labels: list[_Label], where: str
) -> tuple[tuple[Province, ...], tuple[str, ...]]:
    """Return the provinces, and the codes that each of them has."""
    if not labels:
        raise CarbonshedError(f"{where}: no columns of final demand, FU101..")
    first, *others = (label.code for label in labels)
    codes = (first, *takewhile(lambda code: code != first, others))
    length = len(codes)
    regions = tuple(label.region for label in labels[::length])
    shown = listing(codes, 3)
    for label, (region, code) in zip(labels, product(regions, codes), strict=False):
        if (label.region, label.code) != (region, code):
            raise CarbonshedError(
                f"{where}: {label}; expected {_of(code, region)}: every province has "
                f"the codes {shown}, in one piece (merged cells moved?)"
            )
    if len(labels) % length:
        raise CarbonshedError(
            f"{where}: {labels[-1]}, the last one; expected every province to have the "
            f"codes {shown}"
        )
    for items in ([region.region_name for region in regions], codes):
        twice = [item for item in dict.fromkeys(items) if items.count(item) > 1]
        if twice:
            raise CarbonshedError(f"{where}: columns: {listing(twice, 5)} there twice")
    return regions, codes


def _of(code: str, region: Province) -> str:
    return f"{code} of {region.region_name} ({region.name_zh})"


# --- sectors --------------------


def check_sectors(sheet: ProvinceSheet, sector_list: str) -> list[ChinaSector]:
    """Return the sectors of a table, each identified by its names.

    Codes alone do not suffice: 22 to 36 mean other sectors before and after 2016.
    """
    by_code = {sector.sector_id: sector for sector in sectors_of(sector_list)}
    for code in sheet.codes:
        if code not in by_code:
            raise CarbonshedError(
                f"{sheet.where}: the code {code} is not one of the {len(by_code)} "
                f"sectors of {_LISTS[sector_list]}"
            )
        for name, cell in sheet.names[code].items():
            if sector_named(name, sector_list) != by_code[code]:
                raise _other_name(by_code[code], name, sector_list, sheet.where, cell)
    power = [code for code in sheet.codes if any(map(_is_power, sheet.names[code]))]
    supply = [code for code, sector in by_code.items() if sector.is_power_supply]
    if len(sheet.codes) == len(by_code) and power != supply:
        raise CarbonshedError(
            f"{sheet.where}: sectors with 电力 or electric power in their names: "
            f"{listing(power, 5)}; expected {listing(supply, 5)} only"
        )
    return [by_code[code] for code in sheet.codes]


def _other_name(
    sector: ChinaSector, name: str, sector_list: str, where: str, cell: str
) -> CarbonshedError:
    fault = f"{where}: {cell}: sector {sector.sector_id} is called {name!r}"
    namesake = sector_named(name, sector_list)
    if namesake:
        fault += f", which is sector {namesake.sector_id} of {_LISTS[sector_list]}"
    hint = "is it a renamed or shifted label?"
    (other,) = _LISTS.keys() - {sector_list}
    namesake = sector_named(name, other)
    if namesake and namesake.sector_id == sector.sector_id:
        hint = (
            f"the name is the one of {_LISTS[other]}, the list of another year: is the "
            "year of the table right?"
        )
    return CarbonshedError(
        f"{fault}; expected {sector.name_zh} ({sector.sector_name}); {hint}"
    )


def _is_power(name: str) -> bool:
    folded = name.casefold()
    return any(all(word in folded for word in words) for words in _POWER)
