"""One sheet of a CEADs provincial table: the lists and addresses that its map needs.

The published grid has a title, provinces in merged cells, sector names and codes in
rows 1 to 4, the same labels in columns A to C, and the numbers of 31 provinces x 42
sectors from D5. Only the codes and labels are relied on.
"""

import re
from collections.abc import Iterator
from itertools import islice, takewhile

from carbonshed.dataset.matrix_table import Decision
from carbonshed.readers.china.names import (
    ChinaSector,
    Province,
    map_of,
    province_named,
    sector_named,
    sectors_of,
)
from carbonshed.readers.files.grids import Grid
from carbonshed.readers.files.workbooks import cell_name, column_letters, text_of
from carbonshed.readers.files.yaml_files import YamlFile
from carbonshed.text import listing

_PUBLISHED_START = "D5"
_LONGEST_HEAD = 12
_SECTOR = re.compile(r"\d\d")
_CATEGORY = re.compile(r"FU(?:10[1-3]|20[12])")
_COLUMNS = ("", "TIU", "EX", "TFU", "ERR", "GO", "THC", "TC", "GCF")
_ROW = re.compile(r"\d\d|IM|TII|VA\d+|TVA|TI")
_CO2_LABEL = re.compile(r"co2|co₂|二氧化碳", re.IGNORECASE)
_POWER = re.compile(r"电力|electricity|electric.*power|power.*electric", re.IGNORECASE)
_LISTS = {"2012": "2012 and 2015", "2017": "2017, 2018 and 2020"}


def code_of(text: str) -> str:
    """Return a code as the lists have it: 1, 1.0 and 01 are all ``01``."""
    plain = re.sub(r"\s", "", text).upper()
    match = re.fullmatch(r"(\d{1,2})(\.0+)?", plain)
    return match[1].zfill(2) if match else plain


def find_head(grid: Grid) -> list[list[str]]:
    """Return the texts of the first rows up to that of the codes; none without it."""
    head = []
    for row in islice(grid.rows, _LONGEST_HEAD):
        head.append(list(map(text_of, row)))
        codes = list(map(code_of, head[-1]))
        if "TIU" in codes and any(map(_SECTOR.fullmatch, codes)):
            return head
    return []


class ProvinceSheet:
    """The labels of a sheet; rows and columns are counted from 0."""

    def __init__(self, grid: Grid, sector_list: str) -> None:
        self.grid = grid
        self.decisions: list[Decision] = []
        head = find_head(grid)
        if not head:
            raise grid.refusal(
                "no row with the codes 01.., TIU, FU101.., EX, TFU, GO among the first "
                f"{_LONGEST_HEAD}; expected it in row 4"
            )
        self.head = len(head) - 1
        self.codes = list(map(code_of, head[-1]))
        # the first column with numbers, and the one after those of sectors
        self.first = next(i for i, c in enumerate(self.codes) if _SECTOR.fullmatch(c))
        if self.first < 3 or self.head < 2:
            raise grid.refusal(
                f"the codes begin in cell {cell_name(self.head, self.first)}; expected "
                "three columns (province, sector, code) and two rows (province, "
                "sector) of labels before them"
            )
        sectors = takewhile(_SECTOR.fullmatch, self.codes[self.first :])
        self.end = self.first + len(list(sectors))
        self.last = self._last_column(head[-2])
        del self.codes[self.last + 1 :]
        self.sector_list = sector_list
        self.provinces = self._provinces()
        # names of sectors on the sheet, each with its first cell
        self.names: dict[ChinaSector, dict[str, str]] = {}
        self.sectors = self._sectors()
        self._refuse_other_power()

    def note(self, code: str, text: str) -> None:
        """Add a decision."""
        self.decisions.append(Decision(code, text))

    def map(self, sheet: str, **more: str | list) -> YamlFile:
        """Return the map of the sheet; `more` are further keys."""
        head, first = self.head, self.first
        rows = [row for row, _ in self._cells(2, first)]
        # footers are no labels of a region
        numbers = [
            number
            for number, row in enumerate(self.grid.rows, start=1)
            if any(isinstance(cell, int | float) for cell in row[first:])
        ]
        bottom = max(numbers, default=len(self.grid.rows))
        start = cell_name(rows[0] if rows else head + 1, first)
        if start != _PUBLISHED_START:
            text = f"numbers begin in {start} (published: {_PUBLISHED_START})"
            self.note("moved_block", text)
        file = map_of(
            "ceads_province.yml",
            sheet=sheet,
            area=f"A1:{column_letters(self.last)}{bottom}",
            header_rows=[str(head - 1), str(head + 1)],
            header_columns=[column_letters(first - 3), column_letters(first - 1)],
            regions=[p.item(labels) for p, labels in self.provinces.items()],
            sectors=[
                s.item(s.sector_id, (*s.names, *labels))
                for s, labels in self.sectors.items()
            ],
            **more,
        )
        content = file.content
        content["columns"]["names"] = str(head)
        content["rows"]["names"] = column_letters(first - 2)
        content["blocks"]["transactions"] = start
        self._place_emissions(content["blocks"])
        if "ERR" not in self.codes:  # some tables have none
            del content["check"]["sums"]["ERR"]
        return file

    def _last_column(self, names: list[str]) -> int:
        """Return the column of GO; refuse a code before it that is not known."""
        for column, code in enumerate(self.codes[self.end :], start=self.end):
            if code not in _COLUMNS and not _CATEGORY.fullmatch(code):
                raise self.grid.refusal(
                    f"cell {cell_name(self.head, column)}: the code {code!r} is not "
                    "known; expected TIU, FU101 to FU202, EX, TFU, ERR and GO right of "
                    "the sectors"
                )
            if code == "GO":
                texts = list(filter(None, names[column + 1 :]))
                if texts:
                    text = f"not used: columns {listing(texts, 5)} beyond GO"
                    self.note("unused_columns", text)
                return column
        return len(self.codes) - 1

    def _cells(self, level: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the cells of labels above columns up to `end`, then beside sectors.

        `level` is 0 for provinces, 1 for names of sectors, 2 for codes.
        """
        for column in range(self.first, end):
            yield self.head - 2 + level, column
        for row in range(self.head + 1, len(self.grid.rows)):
            if _SECTOR.fullmatch(code_of(self.grid.text(row, self.first - 1))):
                yield row, self.first - 3 + level

    def _provinces(self) -> dict[Province, dict[str, None]]:
        """Return the provinces of the sectors, each with its texts on the sheet."""
        labels: dict[Province, dict[str, None]] = {}
        for row, column in self._cells(0, self.last):
            is_of_sectors = row < self.head and column < self.end
            code = self.codes[column]
            if row < self.head and not is_of_sectors and not _CATEGORY.fullmatch(code):
                continue
            text = self.grid.text(row, column)
            province = province_named(text)
            if is_of_sectors and province:
                labels.setdefault(province, {})
            if province in labels:
                labels[province][text] = None
            elif text or not labels:
                expected = "a province, in Chinese or English"
                if not is_of_sectors:
                    expected = listing(p.region_name for p in labels)
                    expected = f"a province above the sectors, {expected}"
                raise self.grid.refusal(
                    f"cell {cell_name(row, column)} is {text!r}; expected {expected} "
                    "(merged cells moved?)"
                )
        return labels

    def _sectors(self) -> dict[ChinaSector, dict[str, None]]:
        """Return the sectors of the columns, each with its codes on the sheet."""
        by_code = {sector.sector_id: sector for sector in sectors_of(self.sector_list)}
        labels: dict[ChinaSector, dict[str, None]] = {}
        for cell, named in zip(
            self._cells(2, self.end), self._cells(1, self.end), strict=True
        ):
            text = self.grid.text(*cell)
            sector = by_code.get(code_of(text))
            if cell[0] == self.head:
                if sector is None:
                    raise self.grid.refusal(
                        f"cell {cell_name(*cell)}: the code {text} is not one of the "
                        f"{len(by_code)} sectors of {_LISTS[self.sector_list]}"
                    )
                labels.setdefault(sector, {})
            if sector in labels:
                labels[sector][text] = None
                self._refuse_other_list(sector, named)
                names = self.names.setdefault(sector, {})
                names.setdefault(self.grid.text(*named), cell_name(*named))
        return labels

    def _refuse_other_list(self, sector: ChinaSector, cell: tuple[int, int]) -> None:
        """Refuse the name that the code has in tables of other years.

        The codes 22 to 36 mean other sectors before and after 2016.
        """
        name = self.grid.text(*cell)
        if sector_named(name, self.sector_list) == sector:
            return
        (other,) = _LISTS.keys() - {self.sector_list}
        namesake = sector_named(name, other)
        if namesake and namesake.sector_id == sector.sector_id:
            raise self.grid.refusal(
                f"cell {cell_name(*cell)} calls the sector {sector.sector_id} {name!r},"
                f" its name in the tables of {_LISTS[other]}; expected "
                f"{sector.name_zh} ({sector.sector_name}): is the year of the table "
                "right?"
            )

    def _refuse_other_power(self) -> None:
        """Refuse a whole table in which not one sector alone is called electric power.

        Names need only be near those of the list, as 电力教育 is to education.
        """
        power = {
            sector.sector_id: cell
            for sector, names in self.names.items()
            for name, cell in names.items()
            if _POWER.search(name)
        }
        every = sectors_of(self.sector_list)
        supply = [sector.sector_id for sector in every if sector.is_power_supply]
        if len(self.sectors) == len(every) and list(power) != supply:
            named = listing(f"{sector} ({cell})" for sector, cell in power.items())
            raise self.grid.refusal(
                f"sectors with 电力 or electric power in their names: {named}; "
                f"expected {listing(supply)} only"
            )

    def _place_emissions(self, blocks: dict[str, object]) -> None:
        """Place the row of CO2, if there is one, and that of final users."""
        rows: dict[int, str] = {}
        unlabelled = -1
        for row in range(self.head + 1, len(self.grid.rows)):
            texts = [self.grid.text(row, column) for column in range(self.first)]
            code = code_of(texts[-1])
            if code == "TI":
                unlabelled = row + 2  # as in 2017
            label = next(filter(_CO2_LABEL.match, texts), None)
            if label and not _ROW.fullmatch(code):
                rows[row] = label
            cells = self.grid.rows[row][self.first : self.end]
            is_full = len(cells) == self.end - self.first
            is_full = is_full and all(isinstance(cell, int | float) for cell in cells)
            if row == unlabelled and is_full and not any(texts) and not rows:
                rows[row] = ""
        if len(rows) > 1:
            named = listing(f"{row + 1} {label!r}" for row, label in rows.items())
            raise self.grid.refusal(f"{len(rows)} rows of CO2: {named}; expected one")
        for row, label in rows.items():
            named = repr(label) if label else "without a label, two rows below TI"
            self.note("emissions_row", f"CO2 is row {row + 1} ({named})")
            blocks["emissions"] = {"co2": {"corner": cell_name(row, self.first)}}
            users = [k for k, c in enumerate(self.codes) if _CATEGORY.fullmatch(c)]
            if self.grid.amounts((row, column) for column in users).any():
                corner = {"corner": cell_name(row, users[0])}
                blocks["direct_emissions"] = {"co2": corner}
