"""Files that complete the city table: regions, sectors, and CO2 by city and sector.

Regions come from a file, sectors from the list of the year or from a file, and CO2
from the sheet ``CO2_YYYY`` of a workbook, which may lie either way and have no labels.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from carbonshed.accounting.known_totals import check_total
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.china.inventories import unit_of_emissions
from carbonshed.readers.china.names import sector_list_of, sector_rows, sectors_of
from carbonshed.readers.files.workbooks import (
    Row,
    Workbook,
    cell_name,
    numbers_of,
    pad,
    text_of,
)
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.small_tables import (
    REGION_FILE,
    SECTOR_FILE,
    read_indicators,
    read_labels,
)

# as published; the matrix has a few regions more, which are no cities
PUBLISHED_CITIES = 309

_MIN_CORRELATION = 0.5


@dataclass
class Labels:
    """Labels of both axes."""

    regions: list[dict[str, Any]]
    sectors: list[dict[str, Any]]
    # all names of each sector, for labels of sheets
    sector_names: list[tuple[str, ...]]
    region_source: str  # for messages
    sector_source: str  # for messages
    population: list[int | None]
    gdp: list[float | None]
    # position of power supply, from 0, and in a list of other years of that length
    power: int | None
    other_power: int | None
    decisions: list[Decision]

    def producer(self, position: int) -> str:
        """Return a row of the table as text: region and sector."""
        region, sector = divmod(position, len(self.sectors))
        return (
            f"{self.regions[region]['region_name']} {self.sectors[sector]['sector_id']}"
        )


def read_city_labels(options: IngestOptions, year: int) -> Labels:
    """Read labels of regions and sectors."""
    regions = read_labels(options.regions, REGION_FILE)
    file = options.regions.name
    population = [row.pop("population") for row in regions]
    gdp = [row.pop("gdp") for row in regions]
    decisions = []
    if options.indicators is not None:
        ids = [row["region_id"] for row in regions]
        population, gdp = read_indicators(options.indicators, year, ids)
        text = f"population and GDP from {options.indicators.name}"
        decisions.append(Decision("people_source", text))
    cities = sum(row["region_type"] == "city" for row in regions)
    if cities != PUBLISHED_CITIES:
        text = (
            f"WARNING: {cities} of {len(regions)} regions of {file} are of type city; "
            f"CEADs speaks of {PUBLISHED_CITIES} cities: which regions are not is for "
            "you to say"
        )
        decisions.append(Decision("city_count", text))
    named = sector_list_of(year)
    shipped = sectors_of(named)
    sectors, source = sector_rows(shipped), f"the list of {named}"
    names = [(*sector.names, sector.sector_id) for sector in shipped]
    if options.sectors is not None:
        sectors = read_labels(options.sectors, SECTOR_FILE)
        source = options.sectors.name
        is_as_long = len(sectors) == len(shipped)
        names = [
            (str(row["sector_name"]), str(row["sector_id"]), *more)
            for row, more in zip(
                sectors, names if is_as_long else [()] * len(sectors), strict=True
            )
        ]
        if is_as_long:
            _check_sector_file(sectors, sector_rows(shipped), source, year)
    text = f"{len(regions)} regions from {file}, {len(sectors)} sectors: {source}"
    decisions.append(Decision("labels_source", text))
    (other,) = {"2012", "2017"} - {named}
    others = sector_rows(sectors_of(other)) if len(sectors) == len(shipped) else []
    return Labels(
        regions=regions,
        sectors=sectors,
        sector_names=names,
        region_source=file,
        sector_source=source,
        population=population,
        gdp=gdp,
        power=_power(sectors),
        other_power=_power(others),
        decisions=decisions,
    )


def _power(sectors: list[dict[str, Any]]) -> int | None:
    """Return the position of power supply, None without one."""
    positions = [k for k, row in enumerate(sectors) if row["is_power_supply"]]
    return positions[0] if len(positions) == 1 else None


def _check_sector_file(
    sectors: list[dict[str, Any]], shipped: list[dict[str, Any]], file: str, year: int
) -> None:
    """Refuse a list of 42 sectors that is not the one of the year."""
    count = sum(bool(row["is_power_supply"]) for row in sectors)
    if count != 1:
        raise CarbonshedError(
            f"{file}: {count} sectors are power supply; expected is_power_supply to be "
            "true of exactly one of 42"
        )
    position, expected = _power(sectors), _power(shipped)
    name = str(sectors[position]["sector_name"])
    if "电力" not in name and "electric" not in name.casefold():
        raise CarbonshedError(
            f"{file}: position {position + 1}, {name!r}, is marked as power supply; "
            "expected a name with 电力 or 'electric' in it"
        )
    if position != expected:
        raise CarbonshedError(
            f"{file}: power supply is at position {position + 1} ({name!r}); expected "
            f"{expected + 1} in a table of {year}, where position {position + 1} is "
            f"{shipped[position]['sector_name']!r}: this seems to be the list of other "
            "years (codes 22 to 36 changed in 2017)"
        )


# --- CO2 --------------------


@dataclass(frozen=True)
class _Axis:
    """One axis of the block of CO2, and the names of its entries."""

    what: str  # ``regions`` or ``sectors``
    source: str  # the source of the names
    names: list[tuple[str, ...]]  # by position; messages show the first of each

    def __len__(self) -> int:
        """Return the number of positions."""
        return len(self.names)

    def mismatch(self, labels: list[str]) -> int | None:
        """Return the first position at which a label is not one of the names."""
        for position, (label, names) in enumerate(zip(labels, self.names, strict=True)):
            if _plain(label) not in map(_plain, names):
                return position
        return None


@dataclass(frozen=True)
class _Block:
    """Numbers and the labels around them; positions are counted from 0."""

    where: str  # file and sheet
    numbers: np.ndarray
    row_labels: list[list[str]]  # one list per column of labels
    column_labels: list[list[str]]
    first: tuple[int, int]
    is_transposed: bool = False  # rows are columns of the sheet

    @property
    def transposed(self) -> "_Block":
        """The block with rows and columns exchanged."""
        return replace(
            self,
            numbers=self.numbers.T,
            row_labels=self.column_labels,
            column_labels=self.row_labels,
            first=self.first[::-1],
            is_transposed=not self.is_transposed,
        )


def read_emissions(
    options: IngestOptions, year: int, labels: Labels, output: np.ndarray
) -> tuple[np.ndarray, list[Decision]]:
    """Read the CO2 of regions and sectors, (R, S), from the sheet ``CO2_YYYY``.

    It is compared with the output of the producers, (n,), and with the known total.
    """
    file = options.emissions.name
    with Workbook(options.emissions) as book:
        sheet = book.find(f"CO2_{year}")
        if sheet is None:
            has_totals = book.find("emission vector") is not None
            raise CarbonshedError(
                f"ceads-city: {file}: no sheet 'CO2_{year}'; sheets found: "
                f"{book.listed_sheets()}; expected CO2 by city and sector"
                f"{', and these are totals by city' if has_totals else ''}"
            )
        block = _find_block(list(book.rows(sheet)), f"{file}: sheet {sheet!r}")
    names = [(str(r["region_name"]), str(r["region_id"])) for r in labels.regions]
    regions = _Axis("regions", labels.region_source, names)
    sectors = _Axis("sectors", labels.sector_source, labels.sector_names)
    values, agreeing, decisions = _in_order(block, regions, sectors)
    where = f"ceads-city: {file}: CO2_{year}"
    decisions += _check_power(values, labels, where, year)
    decisions += _check_correlation(values, output, where, "regions" in agreeing)
    unit = unit_of_emissions(options, "ceads-city")
    emitted = values.ravel()[output == 0]
    if emitted.any():
        text = (
            f"sectors without output that emit: {np.count_nonzero(emitted)}, "
            f"{emitted.sum():.6g} {unit}; kept: they become unattributed emissions"
        )
        decisions.append(Decision("zero_output_emits", text))
    where, tonnes = f"ceads-city: {file}", TONNES_PER_UNIT[unit]
    total = float(values.sum()) * tonnes
    decisions.append(check_total("china_co2", year, total, where=where, unit=tonnes))
    return values, decisions


def _in_order(
    block: _Block, regions: _Axis, sectors: _Axis
) -> tuple[np.ndarray, list[str], list[Decision]]:
    """Return the block by region and sector, and the axes whose labels agree."""
    block = _without_counters(block, {len(regions), len(sectors)})
    where, (height, width) = block.where, block.numbers.shape
    block = _by_region(block, regions, sectors)
    agreeing = [axis.what for axis in (regions, sectors) if _has_labels(block, axis)]
    labels = "which has no labels"
    if agreeing:
        order = reversed(agreeing) if block.is_transposed else agreeing
        labels = f"labels of {' and '.join(order)} agree"
    text = (
        f"CO2: cities in {'columns' if block.is_transposed else 'rows'} of {where} "
        f"({height} x {width}), {labels}"
    )
    decisions = [Decision("emissions_sheet", text)]
    values = block.numbers
    empty = int(np.isnan(values).sum())
    if empty:
        text = f"WARNING: {where}: {empty} empty cells count as 0"
        decisions.append(Decision("empty_cells", text))
    values = np.ascontiguousarray(np.nan_to_num(values, nan=0.0))
    negative = values[values < 0]
    if negative.size:
        text = (
            f"WARNING: {where}: {negative.size} negative cells, sum "
            f"{negative.sum():.6g}, kept as they are"
        )
        decisions.append(Decision("negative_cells", text))
    return values, agreeing, decisions


def _find_block(rows: list[Row], where: str) -> _Block:
    """Split a sheet into labels at the top and at the left, and numbers."""
    width = max(map(len, rows), default=0)
    grid = [pad(row, width) for row in rows]
    shape = (len(grid), width)
    numbers = np.array([_is_number(cell) for row in grid for cell in row], bool)
    filled = np.array([bool(text_of(cell)) for row in grid for cell in row], bool)
    numbers, filled = numbers.reshape(shape), filled.reshape(shape)
    texts = filled & ~numbers
    if not numbers.any():
        raise CarbonshedError(f"{where}: no numbers; expected CO2 by city and sector")
    # a leading row or column with no more numbers than texts holds labels
    top = _leading(texts.sum(axis=1), numbers.sum(axis=1))
    left = _leading(texts[top:].sum(axis=0), numbers[top:].sum(axis=0))
    bottom = int(np.flatnonzero(filled.any(axis=1))[-1]) + 1
    right = int(np.flatnonzero(filled.any(axis=0))[-1]) + 1
    body = [numbers_of(grid[r][left:right], where, r, left) for r in range(top, bottom)]
    return _Block(
        where,
        np.array(body),
        [[text_of(grid[r][c]) for r in range(top, bottom)] for c in range(left)],
        [[text_of(grid[r][c]) for c in range(left, right)] for r in range(top)],
        (top, left),
    )


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _leading(texts: np.ndarray, numbers: np.ndarray) -> int:
    """Return the number of lines at the beginning that have labels or nothing."""
    is_label = numbers <= texts
    return int(np.argmin(is_label)) if not is_label.all() else 0


def _without_counters(block: _Block, sizes: set[int]) -> _Block:
    """Drop a first row or column of 1, 2, 3, ... if the block is too large by one."""
    for _ in range(2):
        line, (top, left) = block.numbers[:, 0], block.first
        # the corner may be empty
        line = line[1:] if np.isnan(line[:1]).any() else line
        is_counter = np.array_equal(line, np.arange(1, line.size + 1))
        if block.numbers.shape[1] - 1 in sizes and line.size > 1 and is_counter:
            block = replace(
                block,
                numbers=block.numbers[:, 1:],
                column_labels=[labels[1:] for labels in block.column_labels],
                first=(top, left + 1),
            )
        block = block.transposed
    return block


def _by_region(block: _Block, regions: _Axis, sectors: _Axis) -> _Block:
    """Return the block with regions in rows."""
    size = len(regions), len(sectors)
    ways = [way for way in (block, block.transposed) if way.numbers.shape == size]
    height, width = block.numbers.shape
    if not ways:
        raise CarbonshedError(
            f"{block.where}: the block of numbers is {height} x {width}, from cell "
            f"{cell_name(*block.first)}; expected {size[0]} x {size[1]} = "
            f"{regions.source} x {sectors.source}, or {size[1]} x {size[0]}"
        )
    if len(ways) == 2:  # as many regions as sectors
        ways = [
            way
            for way in ways
            if None in map(regions.mismatch, way.row_labels)
            or None in map(sectors.mismatch, way.column_labels)
        ]
    if len(ways) != 1:
        raise CarbonshedError(
            f"{block.where}: the block is {height} x {width}, with as many regions as "
            "sectors, and its labels do not tell which way it lies; expected names of "
            f"{regions.source} on one side"
        )
    return ways[0]


def _has_labels(block: _Block, axis: _Axis) -> bool:
    """Return whether there are labels along an axis; refuse those of another."""
    is_row = axis.what == "regions"
    lines = block.row_labels if is_row else block.column_labels
    lines = [labels for labels in lines if sum(map(bool, labels)) > len(labels) / 2]
    wrong = [axis.mismatch(labels) for labels in lines]
    if None in wrong or not lines:
        return bool(lines)
    # report the one of several lines of labels that agrees longest
    line, position = max(zip(lines, wrong, strict=True), key=lambda pair: pair[1])
    kind, start = ("row", block.first[0]) if is_row else ("column", block.first[1])
    if block.is_transposed:
        kind = "column" if is_row else "row"
    raise CarbonshedError(
        f"{block.where}: label {line[position]!r} in {kind} {start + position + 1}; "
        f"expected {axis.names[position][0]!r}, number {position + 1} of {axis.source}"
    )


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _check_power(
    values: np.ndarray, labels: Labels, where: str, year: int
) -> list[Decision]:
    """Detect a list of sectors of other years: power supply emits most everywhere."""
    if labels.power is None or labels.other_power is None:
        return []
    by_sector = values.sum(axis=0)
    largest = int(by_sector.argmax())
    if largest == labels.power:
        return []
    shares = by_sector / float(by_sector.sum())
    names = [
        f"{k + 1} ({labels.sectors[k]['sector_name']}), {shares[k]:.1%} of all CO2"
        for k in (largest, labels.power)
    ]
    finding = f"most is emitted by sector {names[0]}; power supply is sector {names[1]}"
    if largest == labels.other_power:
        raise CarbonshedError(
            f"{where}: power supply check: {finding}; expected power supply to emit "
            f"most. Sector {largest + 1} is power supply in the list of other years: "
            f"is {year} the year of the table, and {labels.sector_source} its list?"
        )
    text = f"WARNING: {where}: {finding}; in China power supply emits most"
    return [Decision("power_check", text)]


def _check_correlation(
    values: np.ndarray, output: np.ndarray, where: str, has_names: bool
) -> list[Decision]:
    """Compare CO2 with the output of the table, region by region.

    Labels of cities cannot show that the file of regions is in another order than
    the matrix; a low correlation can.
    """
    emitted = values.sum(axis=1)
    produced = output.reshape(values.shape).sum(axis=1)
    is_positive = (emitted > 0) & (produced > 0)
    logs = np.log(emitted[is_positive]), np.log(produced[is_positive])
    if is_positive.sum() < 3 or min(log.std() for log in logs) == 0:
        return []
    correlation = float(np.corrcoef(*logs)[0, 1])
    text = (
        f"{where} has {'names' if has_names else 'no names'} of cities; log CO2 and "
        f"log output of regions correlate with {correlation:.2f}"
    )
    if correlation < _MIN_CORRELATION:
        text = (
            f"WARNING: {text}, expected {_MIN_CORRELATION} or more: are the cities in "
            "the order of the matrix?"
        )
    return [Decision("region_correlation", text)]
