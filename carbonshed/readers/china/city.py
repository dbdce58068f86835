"""China's city table of CEADs, years 2012, 2015 and 2017: one struct in a .mat file.

The file has no names, no units and no year. The meaning of a block is proven on its
numbers; options state what cannot be proven. docs/formats/ceads_city.md has the list.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from carbonshed.accounting.closure import MAX_GAP, SAME_TOTAL, check_columns
from carbonshed.accounting.known_totals import check_total
from carbonshed.dataset.matrix_table import (
    Decision,
    MatrixTable,
    iter_contiguous_views,
)
from carbonshed.errors import CarbonshedError
from carbonshed.progress import Progress
from carbonshed.readers.china.city_files import (
    Labels,
    read_city_labels,
    read_emissions,
)
from carbonshed.readers.china.inventories import kind_of_workbook, unit_of_emissions
from carbonshed.readers.china.names import (
    CO2,
    CURRENCY_UNIT,
    FINAL_DEMAND,
    category_rows,
)
from carbonshed.readers.files.mat_files import is_hdf5, read_struct
from carbonshed.readers.files.workbooks import Workbook
from carbonshed.readers.options import IngestOptions
from carbonshed.text import listing, shape_text

NAME = "ceads-city"
FIELD_NAMES = "field-names"

_STRUCT = "MRIO"
_CATEGORIES = tuple(FINAL_DEMAND)
_RURAL, _URBAN, _, _CAPITAL, _STOCKS = range(len(_CATEGORIES))
_IMPORTS, _EXPORTS = ("Import", "IM"), ("Export", "EX")
# field name -> years in whose published files it was seen
_SEEN = {
    "Import": (2012, 2015),
    "IM": (2015, 2017),
    "Export": (2012, 2015, 2017),
    "EX": (2015,),
}
_YEARS = (2012, 2015, 2017)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FAR_FROM_GDP = 3.0


@dataclass
class _Blocks:
    """The blocks of the struct without NaN."""

    where: str  # file and struct, to begin a message with
    Z: np.ndarray
    F: np.ndarray
    VA: np.ndarray
    imports: np.ndarray
    exports: np.ndarray
    names: dict[str, str]  # field of each block
    decisions: list[Decision]

    def field(self, block: str) -> str:
        """Return file and field of a block, for messages."""
        return f"{self.where}.{self.names[block]}"


def read_ceads_city(
    source: Path, options: IngestOptions, progress: Progress
) -> MatrixTable:
    """Read the city table of one year, a .mat file of version 7 or 7.3.

    `regions` and `emissions` are required; `year` if the name of the file has none.
    """
    _refuse_workbook(source)
    version = "7.3 (HDF5)" if is_hdf5(source) else "7"
    year, year_source = _year_of(source, options)
    labels = read_city_labels(options, year)
    blocks = _read_blocks(source, year, options, progress)
    progress(f"checking {source.name}", 1.0)
    _check_shapes(blocks, labels)
    n, n_users = len(blocks.Z), blocks.F.shape[1]
    exports = _vector(blocks, n)
    by_sector, by_category, odd = _imports(blocks, n, n_users)
    order = _check_category_order(blocks)
    row_sums, column_sums = blocks.Z.sum(axis=1), blocks.Z.sum(axis=0)
    final_demand = blocks.F.sum(axis=1) + exports
    output = row_sums + final_demand
    inputs = column_sums + by_sector
    value_added, reading = _value_added(blocks, output, inputs)
    added = sum(value_added.values())
    columns = check_columns(
        row_sums,
        column_sums,
        final_demand,
        by_sector + added,
        f"{blocks.where}.Z",
        labels.producer,
    )
    unit, where = options.unit or CURRENCY_UNIT, f"{NAME}: {source.name}"
    totals = [
        check_total(kind, year, float(amounts.sum()) * unit, where=where, unit=unit)
        for kind, amounts in (("china_output", output), ("china_value_added", added))
    ]
    by_region = added.reshape(len(labels.regions), -1).sum(axis=1) * unit
    order_of_regions = _compare_with_gdp(by_region, labels)
    emissions, emissions_decisions = read_emissions(options, year, labels, output)
    read_from = f"read from {source.name}, MATLAB version {version}; {year_source}"
    fields = f"fields {', '.join(blocks.names.values())} of {_STRUCT}"
    no_direct = (
        "WARNING: no direct emissions of households: footprints are without them"
    )
    return MatrixTable(
        year=year,
        regions=labels.regions,
        sectors=labels.sectors,
        categories=category_rows(),
        stressors=[CO2 | {"unit": unit_of_emissions(options, NAME)}],
        population=labels.population,
        gdp=labels.gdp,
        transactions=blocks.Z,
        final_demand=blocks.F,
        exports=exports,
        imports_by_sector=by_sector,
        imports_by_category=by_category,
        value_added=value_added,
        emissions={"co2": emissions.ravel()},
        descriptor=_descriptor(source, options),
        decisions=[
            Decision("source_file", read_from),
            *labels.decisions,
            Decision("fields", fields),
            *blocks.decisions,
            *odd,
            order,
            reading,
            columns,
            *totals,
            order_of_regions,
            *emissions_decisions,
            Decision("no_direct_emissions", no_direct),
        ],
    )


def _descriptor(source: Path, options: IngestOptions) -> dict[str, object]:
    return {
        "title": "China's multi-regional input-output table of cities (CEADs)",
        "licenses": [
            {
                "title": "CEADs: free of charge for research after registration, to be "
                "cited, not to be passed on"
            }
        ],
        "sources": [
            {"title": f"CEADs, city-level MRIO table, {source.name}"},
            {"title": f"CO2 by city and sector, {options.emissions.name}"},
        ],
        "mrio": {
            "currency": "CNY",
            "currency_unit": options.unit or CURRENCY_UNIT,
            "price_basis": "producer prices, current",
            "country": "CHN",
        },
    }


# --- the file --------------------


def _refuse_workbook(source: Path) -> None:
    """Refuse a workbook; the message names the reader that it belongs to."""
    if not source.is_file():
        return
    with source.open("rb") as file:
        is_zip = file.read(4) == b"PK\x03\x04"
    if is_zip:
        with Workbook(source) as book:
            kind = kind_of_workbook(book)
            kind = kind or f"a workbook with the sheets {book.listed_sheets()}"
        raise CarbonshedError(
            f"{NAME}: {source.name}: this is {kind}; expected the .mat file of the "
            "city table"
        )


def _year_of(source: Path, options: IngestOptions) -> tuple[int, str]:
    """Return the year, and a note on its source."""
    years = {int(year) for year in _YEAR.findall(source.name)}
    if options.year is None:
        if len(years) != 1:
            raise CarbonshedError(
                f"{NAME} needs --year: the name of the file, {source.name!r}, has "
                f"{'no year' if not years else 'several years'}, and the table in it "
                "has none"
            )
        (year,) = years
        return year, f"year {year} from the name of the file"
    if years and options.year not in years:
        raise CarbonshedError(
            f"{NAME}: {source.name}: --year is {options.year}, the name of the file "
            f"says {listing(sorted(years), separator=' and ')}; rename it if the name "
            "is wrong"
        )
    return options.year, f"year {options.year} as given"


def _read_blocks(
    source: Path, year: int, options: IngestOptions, progress: Progress
) -> _Blocks:
    """Read the struct; count NaN, which become 0, and negative cells."""
    pairs = {"imports": _IMPORTS, "exports": _EXPORTS}
    spellings = pairs | {block: (block,) for block in ("Z", "F", "VA")}
    fields = tuple(name for names in spellings.values() for name in names)
    struct = read_struct(source, _STRUCT, fields, progress)
    where = f"{NAME}: {source.name}: {_STRUCT}"
    names = {
        block: _one_of(struct, options, where) for block, options in spellings.items()
    }
    for block, pair in pairs.items():
        _check_year_of_name(names[block], pair, year, options, where)
    decisions = []
    for field in names.values():
        missing = _zero_nan(struct[field], f"{where}.{field}")
        if missing:
            # published files have NaN in Z, VA and imports, nowhere else
            warning = "" if field in ("Z", "VA", *_IMPORTS) else "WARNING: "
            text = f"{warning}{missing:,} NaN in {field} count as 0"
            decisions.append(Decision("empty_cells", text))
    parts = [part[part < 0] for part in iter_contiguous_views(struct["Z"])]
    count = sum(part.size for part in parts)
    if count:
        text = (
            f"WARNING: {count:,} negative cells in Z, sum "
            f"{sum(float(part.sum()) for part in parts):.6g} in table units, kept as "
            "they are"
        )
        decisions.append(Decision("negative_cells", text))
    arrays = {block: struct[name] for block, name in names.items()}
    return _Blocks(where, **arrays, names=names, decisions=decisions)


def _one_of(struct: dict[str, np.ndarray], names: tuple[str, ...], where: str) -> str:
    fields = [name for name in names if name in struct]
    if len(fields) != 1:
        expected = listing(names, quote=True, separator=" or ")
        both = listing(fields, quote=True, separator=" and ")
        raise CarbonshedError(
            f"{where} has {f'both {both}' if fields else 'no such field'}; expected "
            f"{expected}; fields found: {listing(struct)}"
        )
    return fields[0]


def _check_year_of_name(
    field: str, pair: tuple[str, ...], year: int, options: IngestOptions, where: str
) -> None:
    """Refuse a field name that only tables of other years have."""
    if year in _SEEN[field] or year not in _YEARS or FIELD_NAMES in options.accept:
        return
    (other,) = (name for name in pair if year in _SEEN[name])
    raise CarbonshedError(
        f"{where} has the field {field!r}, as the table of "
        f"{listing(_SEEN[field], separator=' and ')}; expected {other!r} in a table of "
        f"{year}: is it of another year? If {year} is right, add --accept {FIELD_NAMES}"
    )


def _zero_nan(block: np.ndarray, where: str) -> int:
    """Set NaN to 0 in place; return their number."""
    count = 0
    for part in iter_contiguous_views(block):
        # one sum tells whether all numbers are finite
        if np.isfinite(part.sum()):
            continue
        infinite = int(np.isinf(part).sum())
        if infinite:
            raise CarbonshedError(
                f"{where} holds {infinite} infinite numbers; expected finite ones"
            )
        wrong = np.isnan(part)
        count += int(wrong.sum())
        part[wrong] = 0.0
    return count


# --- the blocks --------------------


def _check_shapes(blocks: _Blocks, labels: Labels) -> None:
    Z, F = blocks.Z, blocks.F
    where, shape = blocks.where, shape_text(blocks.Z.shape)
    n_regions, n_sectors = len(labels.regions), len(labels.sectors)
    n_users = n_regions * len(_CATEGORIES)
    if Z.ndim != 2 or Z.shape[0] != Z.shape[1]:
        raise CarbonshedError(f"{where}.Z is {shape}; expected a square matrix")
    n = len(Z)
    if n % n_sectors:
        raise CarbonshedError(
            f"{where}.Z is {shape}: {n} is no multiple of {n_sectors} sectors "
            f"({labels.sector_source}); --sectors FILE names others"
        )
    if n != n_regions * n_sectors:
        raise CarbonshedError(
            f"{where}.Z is {shape}: Z has room for {n // n_sectors} regions, "
            f"{labels.region_source} has {n_regions} ({n_sectors} sectors: "
            f"{labels.sector_source})"
        )
    shape = shape_text(F.shape)
    if F.shape == (n_users, n) and n_users != n:
        raise CarbonshedError(
            f"{where}.F is {shape}, which is transposed; expected {n} x {n_users}"
        )
    if F.ndim != 2 or len(F) != n:
        raise CarbonshedError(
            f"{where}.F is {shape}; expected {n} rows, one for each row of Z"
        )
    if F.shape[1] != n_users:
        raise CarbonshedError(
            f"{where}.F has {F.shape[1]} columns; expected {n_users} = {n_regions} "
            f"regions ({labels.region_source}) x {len(_CATEGORIES)} categories"
        )


def _vector(blocks: _Blocks, length: int) -> np.ndarray:
    """Return exports, a row or a column."""
    array = blocks.exports
    if array.size != length or max(array.shape, default=0) != length:
        raise CarbonshedError(
            f"{blocks.field('exports')} is {shape_text(array.shape)}; expected a row "
            f"or a column of {length}, one number for each row of Z"
        )
    return array.ravel()


def _imports(
    blocks: _Blocks, producers: int, users: int
) -> tuple[np.ndarray, np.ndarray | None, list[Decision]]:
    """Split imports into those of sectors, (producers,), and of final users, (users,).

    They are a row, a column, or a matrix of which only the first row is used; another
    length, or a further row that is not empty, is refused. `users` counts categories
    times regions. The decision notes what is odd.
    """
    where = f"{blocks.field('imports')} is {shape_text(blocks.imports.shape)}"
    matrix = np.atleast_2d(blocks.imports)
    matrix = matrix.T if matrix.shape[1] == 1 else matrix
    if matrix.shape[1] not in (producers, producers + users) or not len(matrix):
        raise CarbonshedError(
            f"{where}; expected {producers + users} numbers = {producers} sectors of "
            f"regions + {users} final users, or the first {producers} alone"
        )
    if matrix[1:].any():
        sums = listing(f"{total:.6g}" for total in matrix.sum(axis=1)[:6])
        raise CarbonshedError(
            f"{where} and more than its first row is not zero (sums of rows: {sums}); "
            "expected imports in the first row"
        )
    of_sectors, of_users = np.split(matrix[0], [producers])
    if of_users.size:
        return of_sectors, of_users, []
    text = (
        f"WARNING: {blocks.field('imports')} has no imports of final users "
        f"({producers} numbers)"
    )
    return of_sectors, None, [Decision("imports_of_users_missing", text)]


def _value_added(
    blocks: _Blocks, output: np.ndarray, inputs: np.ndarray
) -> tuple[dict[str, np.ndarray], Decision]:
    """Return the components of value added, and whether the last row is their total.

    Components are rows. The last row is a total if it equals the sum of the rows above
    it. The column identity must then hold: output = inputs + value added, with row sums
    as output and imports among the inputs.
    """
    n, matrix = output.size, np.atleast_2d(blocks.VA)
    where = f"{blocks.field('VA')} is {shape_text(blocks.VA.shape)}"
    if not len(matrix) or matrix.shape[1] < n:
        raise CarbonshedError(
            f"{where}; expected components in rows and at least {n} columns, one for "
            "each column of Z"
        )
    if matrix[:, n:].any():
        raise CarbonshedError(
            f"{where} and its columns after the first {n} are not empty (sum "
            f"{float(matrix[:, n:].sum()):.6g}); expected 0 or NaN there"
        )
    rows = matrix[:, :n]
    k, last = len(rows), rows[-1]
    difference = np.abs(rows[:-1].sum(axis=0) - last).sum()
    has_total = k > 1 and difference <= SAME_TOTAL * np.abs(last).sum()
    total = float(output.sum())
    gaps = {
        reading: (float(inputs.sum() + added.sum()) - total) / (total or np.nan)
        for reading, added in (
            (f"{k} rows are components", rows),
            (f"row {k} is the total", last),
        )
    }
    reading = list(gaps)[int(has_total)]
    if not abs(gaps[reading]) <= MAX_GAP:
        both = "; ".join(f"{gap:+.2%} if {name}" for name, gap in gaps.items())
        raise CarbonshedError(
            f"{blocks.field('VA')}: inputs + value added miss output by {both}; "
            f"expected less than {MAX_GAP:.0%} where {reading}, as the numbers of the "
            "last row say"
        )
    components = enumerate(rows[:-1] if has_total else rows, start=1)
    text = (
        f"value added: {reading}{', left out' if has_total else ''}; inputs + value "
        f"added miss output by {gaps[reading]:+.3%}"
    )
    return (
        {f"VA{number:03d}": row for number, row in components},
        Decision("value_added_rows", text),
    )


def _check_category_order(blocks: _Blocks) -> Decision:
    """Check the order of the five categories of final demand in a region.

    The file does not name them. But fixed capital is the largest of the five in
    China, changes in inventories the smallest and the one with the most negative
    cells, and urban households spend more than rural ones.
    """
    by_category = blocks.F.reshape(len(blocks.F), -1, len(_CATEGORIES))
    sums = by_category.sum(axis=(0, 1))
    below_zero = (by_category < 0).sum(axis=(0, 1))
    others = np.delete(np.abs(sums), _STOCKS)
    rules = {
        "fixed capital is the largest": sums.argmax() == _CAPITAL,
        "inventories are the smallest": abs(sums[_STOCKS]) <= others.min(),
        "urban households spend more than rural ones": sums[_URBAN] > sums[_RURAL],
        "inventories have the most negative cells": (
            below_zero[_STOCKS] == below_zero.max()
        ),
    }
    pairs = zip(_CATEGORIES, sums, strict=True)
    listed = listing(f"{category} {total:.4g}" for category, total in pairs)
    broken = [rule for rule, is_kept in rules.items() if not is_kept]
    if broken:
        raise CarbonshedError(
            f"{blocks.where}.F: category order: expected {listing(_CATEGORIES)} inside "
            f"every region, where {broken[0]}; found {listed}"
        )
    text = f"final demand: the five columns of a region are {listed} (order tested)"
    return Decision("category_order", text)


def _compare_with_gdp(value_added: Sequence[float], labels: Labels) -> Decision:
    """Compare value added of regions with their GDP: the matrix itself has no names."""
    file, most = labels.region_source, _FAR_FROM_GDP
    ratios = [
        (float(own / gdp), row["region_name"])
        for own, gdp, row in zip(value_added, labels.gdp, labels.regions, strict=True)
        if gdp
    ]
    if not ratios:
        text = (
            f"no GDP of regions is given, which would show whether {file} is in the "
            "order of the matrix"
        )
        return Decision("order_of_regions", text)
    middle = float(np.median([ratio for ratio, _ in ratios]))
    text = f"value added of regions is {middle:.2f} times their GDP at the median"
    far = [name for ratio, name in ratios if not 1 / most <= ratio <= most]
    if not far:
        text = f"{text}, and never {most:g} times more or less"
        return Decision("order_of_regions", text)
    text = (
        f"WARNING: {text}, and {most:g} times more or less in {len(far)} of "
        f"{len(ratios)}: {listing(far, 5)}; is {file} in the order of the matrix, and "
        "GDP in single CNY?"
    )
    return Decision("order_of_regions", text)
