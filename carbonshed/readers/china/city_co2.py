"""CO2 for the city table, by city and sector."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from carbonshed.accounting.known_totals import check_total
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.china.city_labels import Labels
from carbonshed.readers.files.workbooks import (
    Workbook,
    cell_name,
    numbers_of,
    pad,
    text_of,
)
from carbonshed.readers.options import IngestOptions

Grid = list[tuple[Any, ...]]
_DEFAULT_UNIT = "Mt"
_POWERS = {"kg": -3, "t": 0, "kt": 3, "Mt": 6, "Gt": 9}
_CITY_TOTALS = "emission vector"
_MIN_CORRELATION = 0.5


@dataclass(frozen=True)
class Axis:
    """One axis of the block of CO2, and the names of its entries."""

    what: str  # ``regions`` or ``sectors``
    source: str  # of the names
    names: tuple[tuple[str, ...], ...]  # by position; messages show the first of each

    def __len__(self) -> int:
        """Return the number of positions."""
        return len(self.names)

    def mismatch(self, labels: list[str]) -> int | None:
        """Return the first position at which a label is not one of the names."""
        for position, (label, names) in enumerate(zip(labels, self.names, strict=True)):
            if _plain(label) not in {_plain(name) for name in names}:
                return position
        return None


@dataclass(frozen=True)
class Co2:
    """Emissions in the unit of the sheet, shape (regions, sectors)."""

    values: np.ndarray
    has_region_labels: bool
    decisions: list[Decision]


@dataclass(frozen=True)
class _Block:
    """Numbers and the labels around them; positions are counted from 0."""

    numbers: np.ndarray
    row_labels: list[list[str]]  # one list per column of labels
    column_labels: list[list[str]]
    first: tuple[int, int]


def read_co2(path: Path, year: int, regions: Axis, sectors: Axis) -> Co2:
    """Read the sheet of a year: ``CO2_2017`` for 2017."""
    with Workbook(path) as book:
        sheet = book.require(f"CO2_{year}")
        where = f"{path.name}: sheet {sheet!r}"
        grid = list(book.rows(sheet))
    block = _find_block(grid, where)
    block = _without_counters(block, {len(regions), len(sectors)})
    is_transposed = _is_transposed(block, regions, sectors, where)
    axes = (sectors, regions) if is_transposed else (regions, sectors)
    agreeing = [
        _check_labels(labels, axis, where, block, is_column)
        for labels, axis, is_column in (
            (block.row_labels, axes[0], True),
            (block.column_labels, axes[1], False),
        )
    ]
    values = block.numbers.T if is_transposed else block.numbers
    decisions = [
        Decision(
            "emissions_sheet",
            f"CO2: {'cities in columns' if is_transposed else 'cities in rows'} of "
            f"{where} ({block.numbers.shape[0]} x {block.numbers.shape[1]}), "
            + (
                f"labels of {' and '.join(filter(None, agreeing))} agree"
                if any(agreeing)
                else "which has no labels"
            ),
        )
    ]
    empty = int(np.isnan(values).sum())
    if empty:
        decisions.append(
            Decision("empty_cells", f"WARNING: {where}: {empty} empty cells count as 0")
        )
    values = np.nan_to_num(values, nan=0.0)
    below_zero = values[values < 0]
    if below_zero.size:
        decisions.append(
            Decision(
                "negative_cells",
                f"WARNING: {where}: {below_zero.size} negative cells, sum "
                f"{below_zero.sum():.6g}, kept as they are",
            )
        )
    return Co2(np.ascontiguousarray(values), "regions" in agreeing, decisions)


def _find_block(grid: Grid, where: str) -> _Block:
    """Split a sheet into labels at the top and at the left, and numbers."""
    width = max((len(row) for row in grid), default=0)
    texts = np.zeros((len(grid), width), dtype=bool)
    numbers = np.zeros((len(grid), width), dtype=bool)
    rows = [pad(row, width) for row in grid]
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
            numbers[r, c] = is_number
            texts[r, c] = not is_number and bool(text_of(cell))
    if not numbers.any():
        raise CarbonshedError(f"{where}: no numbers; expected CO2 by city and sector")
    # a leading row or column with no more numbers than texts holds labels
    top = _leading(texts.sum(axis=1), numbers.sum(axis=1))
    left = _leading(texts[top:].sum(axis=0), numbers[top:].sum(axis=0))
    filled = texts | numbers
    bottom = int(np.flatnonzero(filled.any(axis=1))[-1]) + 1
    right = int(np.flatnonzero(filled.any(axis=0))[-1]) + 1
    body = [numbers_of(rows[r][left:right], where, r, left) for r in range(top, bottom)]
    return _Block(
        np.array(body),
        [[text_of(rows[r][c]) for r in range(top, bottom)] for c in range(left)],
        [[text_of(rows[r][c]) for c in range(left, right)] for r in range(top)],
        (top, left),
    )


def _leading(texts: np.ndarray, numbers: np.ndarray) -> int:
    """Return the number of lines at the beginning that have labels or nothing."""
    is_label = numbers <= texts
    return int(np.argmin(is_label)) if not is_label.all() else 0


def _without_counters(block: _Block, sizes: set[int]) -> _Block:
    """Drop a first row or column of 1, 2, 3, ... if the block is too large by one."""
    numbers, (top, left) = block.numbers, block.first
    row_labels, column_labels = block.row_labels, block.column_labels
    if numbers.shape[1] - 1 in sizes and _counts(numbers[:, 0]):
        numbers, left = numbers[:, 1:], left + 1
        column_labels = [labels[1:] for labels in column_labels]
    if numbers.shape[0] - 1 in sizes and _counts(numbers[0]):
        numbers, top = numbers[1:], top + 1
        row_labels = [labels[1:] for labels in row_labels]
    return _Block(numbers, row_labels, column_labels, (top, left))


def _counts(line: np.ndarray) -> bool:
    """Return whether a line is 1, 2, 3, ..., perhaps with an empty corner."""
    rest = line[1:] if np.isnan(line[:1]).any() else line
    return bool(rest.size > 1 and np.array_equal(rest, np.arange(1, rest.size + 1)))


def _is_transposed(block: _Block, regions: Axis, sectors: Axis, where: str) -> bool:
    shape, size = block.numbers.shape, (len(regions), len(sectors))
    ways = {False: shape == size, True: shape == size[::-1]}
    if all(ways.values()):  # as many regions as sectors
        ways = {
            False: _names(block.row_labels, regions, block.column_labels, sectors),
            True: _names(block.row_labels, sectors, block.column_labels, regions),
        }
    if ways[True] != ways[False]:
        return ways[True]
    if size[0] == size[1] and shape == size:
        raise CarbonshedError(
            f"{where}: the block is {shape[0]} x {shape[1]}, with as many regions as "
            "sectors, and its labels do not tell which way it lies; expected names of "
            f"{regions.source} on one side"
        )
    raise CarbonshedError(
        f"{where}: the block of numbers is {shape[0]} x {shape[1]}, from cell "
        f"{cell_name(*block.first)}; expected {size[0]} x {size[1]} = "
        f"{regions.source} x {sectors.source}, or {size[1]} x {size[0]}"
    )


def _names(
    rows: list[list[str]], of_rows: Axis, columns: list[list[str]], of_columns: Axis
) -> bool:
    """Return whether labels name one of the two axes, in full."""
    return any(of_rows.mismatch(labels) is None for labels in rows) or any(
        of_columns.mismatch(labels) is None for labels in columns
    )


def _check_labels(
    lines: list[list[str]], axis: Axis, where: str, block: _Block, is_column: bool
) -> str | None:
    """Return the axis if there are labels and they agree, None without labels."""
    lines = [labels for labels in lines if sum(map(bool, labels)) > len(labels) / 2]
    if not lines:
        return None
    wrong = [axis.mismatch(labels) for labels in lines]
    if None in wrong:
        return axis.what
    # report the one of several lines of labels that agrees longest
    line, position = max(zip(lines, wrong, strict=True), key=lambda pair: pair[1])
    top, left = block.first
    number = top + position + 1 if is_column else left + position + 1
    raise CarbonshedError(
        f"{where}: label {line[position]!r} in {'row' if is_column else 'column'} "
        f"{number}; expected {axis.names[position][0]!r}, number {position + 1} of "
        f"{axis.source}"
    )


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


@dataclass
class Emissions:
    """Emissions by region and sector, shape (R, S), in the unit of the stressor."""

    values: np.ndarray
    stressor: dict[str, Any]
    source: str
    decisions: list[Decision] = field(default_factory=list)


def read_emissions(
    options: IngestOptions,
    year: int,
    labels: Labels,
    output: np.ndarray,
) -> Emissions:
    """Read the CO2 of the sectors from the workbook `emissions`, sheet ``CO2_YYYY``.

    It is compared with the output of the producers, (n,).
    """
    unit = options.emissions_unit or _DEFAULT_UNIT
    with Workbook(options.emissions) as book:
        if book.find(_CITY_TOTALS) and not book.find(f"CO2_{year}"):
            raise CarbonshedError(
                f"ceads-city: {options.emissions.name} has totals of cities and no "
                f"sectors; expected a workbook with the sheet CO2_{year}"
            )
    emissions = _read_sheet(options, year, labels, output)
    total = float(emissions.values.sum()) * TONNES_PER_UNIT[unit]
    emissions.stressor["unit"] = unit
    emissions.decisions.append(
        check_total(
            "china_co2",
            year,
            total,
            where=f"ceads-city: {options.emissions.name}",
            power=_POWERS[unit],
        )
    )
    return emissions


def _read_sheet(
    options: IngestOptions,
    year: int,
    labels: Labels,
    output: np.ndarray,
) -> Emissions:
    regions = Axis(
        "regions",
        labels.region_source,
        tuple(
            (str(row["region_name"]), str(row["region_id"])) for row in labels.regions
        ),
    )
    sectors = Axis("sectors", labels.sector_source, tuple(labels.sector_names))
    co2 = read_co2(options.emissions, year, regions, sectors)
    where = f"ceads-city: {options.emissions.name}: CO2_{year}"
    decisions = [*co2.decisions, *_check_power(co2.values, labels, where, year)]
    named = "names" if co2.has_region_labels else "no names"
    decisions += _check_correlation(
        co2.values, output, f"{where} has {named} of cities"
    )
    has_none = (co2.values.ravel() != 0) & (output == 0)
    if has_none.any():
        decisions.append(
            Decision(
                "zero_output_emits",
                f"sectors without output that emit: {int(has_none.sum())}, "
                f"{co2.values.ravel()[has_none].sum():.6g} "
                f"{options.emissions_unit or 'Mt'}; "
                "kept: they become unattributed emissions",
            )
        )
    return Emissions(
        co2.values,
        {"stressor_id": "co2", "stressor_name": "Carbon dioxide"},
        f"CO2 by city and sector, {options.emissions.name}",
        decisions,
    )


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
    total = float(by_sector.sum())
    names = [
        f"{sector + 1} ({labels.sectors[sector]['sector_name']}), "
        f"{by_sector[sector] / total:.1%} of all CO2"
        for sector in (largest, labels.power)
    ]
    finding = f"most is emitted by sector {names[0]}; power supply is sector {names[1]}"
    if largest == labels.other_power:
        raise CarbonshedError(
            f"{where}: power supply check: {finding}; expected power supply to emit "
            f"most. Sector {largest + 1} is power supply in the list of other years: "
            f"is {year} the year of the table, and {labels.sector_source} its list?"
        )
    return [
        Decision(
            "power_check",
            f"WARNING: {where}: {finding}; in China power supply emits most",
        )
    ]


def _check_correlation(
    values: np.ndarray, output: np.ndarray, power_text: str
) -> list[Decision]:
    """Compare CO2 with the output of the table, region by region.

    Labels of cities cannot show that the file of regions is in another order than
    the matrix; a low correlation can.
    """
    emitted = values.sum(axis=1)
    produced = output.reshape(values.shape).sum(axis=1)
    is_known = (emitted > 0) & (produced > 0)
    if is_known.sum() < 3:
        return []
    logs = np.log(emitted[is_known]), np.log(produced[is_known])
    if min(log.std() for log in logs) == 0:
        return []
    correlation = float(np.corrcoef(*logs)[0, 1])
    text = (
        f"{power_text}; log CO2 and log output of regions correlate with "
        f"{correlation:.2f}"
    )
    if correlation < _MIN_CORRELATION:
        text = (
            f"WARNING: {text}, expected {_MIN_CORRELATION} or more: are the cities "
            "in the order of the matrix?"
        )
    return [Decision("region_correlation", text)]
