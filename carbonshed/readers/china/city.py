"""China's city table of CEADs, years 2012, 2015 and 2017: one struct in a .mat file.

The file has no names, no units and no year. The meaning of a block is proven on its
numbers; options state what cannot be proven. docs/formats/ceads_city.md has the list.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from carbonshed.accounting.closure import check_columns
from carbonshed.accounting.known_totals import check_total
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.progress import Progress
from carbonshed.readers.china.city_blocks import (
    CATEGORIES,
    check_category_order,
    compare_with_gdp,
    negatives,
    read_imports,
    read_value_added,
    read_vector,
    zero_nan,
)
from carbonshed.readers.china.city_co2 import Emissions, read_emissions
from carbonshed.readers.china.city_labels import Labels, read_city_labels
from carbonshed.readers.china.names import category_rows
from carbonshed.readers.files.mat_files import is_hdf5, read_struct
from carbonshed.readers.options import IngestOptions
from carbonshed.text import shape_text

NAME = "ceads-city"
FIELD_NAMES = "field-names"
TEN_THOUSAND_CNY = 1e4

_STRUCT = "MRIO"
_IMPORTS, _EXPORTS = ("Import", "IM"), ("Export", "EX")
# field name -> years in whose published files it was seen
_SEEN = {
    "Import": (2012, 2015),
    "IM": (2015, 2017),
    "Export": (2012, 2015, 2017),
    "EX": (2015,),
}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass
class _Blocks:
    """The blocks of the struct without NaN, and the names of its fields."""

    Z: np.ndarray
    F: np.ndarray
    VA: np.ndarray
    imports: np.ndarray
    exports: np.ndarray
    names: dict[str, str]
    decisions: list[Decision]


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
    where = f"{NAME}: {source.name}: {_STRUCT}"
    n_users = len(labels.regions) * len(CATEGORIES)
    _check_shapes(blocks, labels, where)
    n = len(blocks.Z)
    exports = read_vector(blocks.exports, n, f"{where}.{blocks.names['exports']}")
    by_sector, by_category, odd = read_imports(
        blocks.imports, n, n_users, f"{where}.{blocks.names['imports']}"
    )
    order = check_category_order(blocks.F, f"{where}.F")
    row_sums, column_sums = blocks.Z.sum(axis=1), blocks.Z.sum(axis=0)
    final_demand = blocks.F.sum(axis=1) + exports
    output = row_sums + final_demand
    value_added, reading = read_value_added(
        blocks.VA, output, column_sums + by_sector, f"{where}.VA"
    )
    columns = check_columns(
        row_sums,
        column_sums,
        final_demand,
        by_sector + sum(value_added.values()),
        f"{where}.Z",
        labels.producer,
    )
    units = _check_units(source, year, options, output, value_added)
    by_region = sum(value_added.values()).reshape(len(labels.regions), -1).sum(axis=1)
    order_of_regions = compare_with_gdp(
        by_region * (options.unit or TEN_THOUSAND_CNY),
        labels.gdp,
        [str(row["region_name"]) for row in labels.regions],
        labels.region_source,
    )
    emissions = read_emissions(options, year, labels, output)
    return MatrixTable(
        year=year,
        regions=labels.regions,
        sectors=labels.sectors,
        categories=category_rows(),
        stressors=[emissions.stressor],
        population=labels.population,
        gdp=labels.gdp,
        transactions=blocks.Z,
        final_demand=blocks.F,
        exports=exports,
        imports_by_sector=by_sector,
        imports_by_category=by_category,
        value_added=value_added,
        emissions={emissions.stressor["stressor_id"]: emissions.values.ravel()},
        descriptor=_descriptor(source, options, emissions),
        decisions=[
            Decision(
                "source_file",
                f"read from {source.name}, MATLAB version {version}; {year_source}",
            ),
            *labels.decisions,
            Decision(
                "fields", f"fields {', '.join(blocks.names.values())} of {_STRUCT}"
            ),
            *blocks.decisions,
            *([odd] if odd else []),
            order,
            reading,
            columns,
            *units,
            order_of_regions,
            *emissions.decisions,
            Decision(
                "no_direct_emissions",
                "WARNING: no direct emissions of households: footprints are without "
                "them",
            ),
        ],
    )


def _refuse_workbook(source: Path) -> None:
    """Refuse a workbook; the message names the reader that it belongs to."""
    if not source.is_file():
        return
    with source.open("rb") as file:
        is_zip = file.read(4) == b"PK\x03\x04"
    if is_zip:
        from carbonshed.readers.china.inventories import kind_of_workbook

        raise CarbonshedError(
            f"{NAME}: {source.name}: {kind_of_workbook(source)}; expected the .mat "
            "file of the city table"
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
            f"says {' and '.join(map(str, sorted(years)))}; rename it if the name is "
            "wrong"
        )
    return options.year, f"year {options.year} as given"


def _read_blocks(
    source: Path, year: int, options: IngestOptions, progress: Progress
) -> _Blocks:
    """Read the struct and count its NaN."""
    fields = ("Z", "F", "VA", *_IMPORTS, *_EXPORTS)
    struct = read_struct(source, _STRUCT, fields, progress)
    where = f"{NAME}: {source.name}: {_STRUCT}"
    names = {
        "imports": _one_of(struct, _IMPORTS, where),
        "exports": _one_of(struct, _EXPORTS, where),
    }
    for block in ("Z", "F", "VA"):
        names[block] = _one_of(struct, (block,), where)
    for field in (names["imports"], names["exports"]):
        _check_year_of_name(field, year, options, where)
    decisions = []
    for field in names.values():
        missing = zero_nan(struct[field], f"{where}.{field}")
        if missing:
            # published files have NaN in Z, VA and imports, nowhere else
            is_usual = field in ("Z", "VA", *_IMPORTS)
            warning = "" if is_usual else "WARNING: "
            decisions.append(
                Decision(
                    "empty_cells", f"{warning}{missing:,} NaN in {field} count as 0"
                )
            )
    count, total = negatives(struct["Z"])
    if count:
        decisions.append(
            Decision(
                "negative_cells",
                f"WARNING: {count:,} negative cells in Z, sum {total:.6g} in table "
                "units, kept as they are",
            )
        )
    return _Blocks(
        struct["Z"],
        struct["F"],
        struct["VA"],
        struct[names["imports"]],
        struct[names["exports"]],
        names,
        decisions,
    )


def _one_of(struct: dict[str, np.ndarray], names: tuple[str, ...], where: str) -> str:
    fields = [name for name in names if name in struct]
    if len(fields) != 1:
        expected = " or ".join(f"{name!r}" for name in names)
        what = f"both {' and '.join(map(repr, fields))}" if fields else "no such field"
        raise CarbonshedError(
            f"{where} has {what}; expected {expected}; fields found: "
            f"{', '.join(struct)}"
        )
    return fields[0]


def _check_year_of_name(
    field: str, year: int, options: IngestOptions, where: str
) -> None:
    """Refuse a field name that only tables of other years have."""
    years = sorted({y for seen in _SEEN.values() for y in seen})
    if year in _SEEN[field] or year not in years or FIELD_NAMES in options.accept:
        return
    pair = _IMPORTS if field in _IMPORTS else _EXPORTS
    others = [name for name in pair if year in _SEEN[name]]
    raise CarbonshedError(
        f"{where} has the field {field!r}, as the table of "
        f"{' and '.join(map(str, _SEEN[field]))}; expected {others[0]!r} in a table of "
        f"{year}: is it of another year? If {year} is right, add --accept {FIELD_NAMES}"
    )


def _check_shapes(blocks: _Blocks, labels: Labels, where: str) -> None:
    Z, F = blocks.Z, blocks.F
    n_regions, n_sectors = len(labels.regions), len(labels.sectors)
    n_users = n_regions * len(CATEGORIES)
    if Z.ndim != 2 or Z.shape[0] != Z.shape[1]:
        raise CarbonshedError(
            f"{where}.Z is {shape_text(Z.shape)}; expected a square matrix"
        )
    n = len(Z)
    if n != n_regions * n_sectors:
        raise CarbonshedError(
            f"{where}.Z is {shape_text(Z.shape)}: "
            + (
                f"{n} is no multiple of {n_sectors} sectors ({labels.sector_source}); "
                "--sectors FILE names others"
                if n % n_sectors
                else f"Z has room for {n // n_sectors} regions, {labels.region_source} "
                f"has {n_regions} ({n_sectors} sectors: {labels.sector_source})"
            )
        )
    if F.shape == (n_users, n) and n_users != n:
        raise CarbonshedError(
            f"{where}.F is {shape_text(F.shape)}, which is transposed; expected {n} x "
            f"{n_users}"
        )
    if F.ndim != 2 or len(F) != n:
        raise CarbonshedError(
            f"{where}.F is {shape_text(F.shape)}; expected {n} rows, one for each row "
            "of Z"
        )
    if F.shape[1] != n_users:
        raise CarbonshedError(
            f"{where}.F has {F.shape[1]} columns; expected {n_users} = {n_regions} "
            f"regions ({labels.region_source}) x {len(CATEGORIES)} categories"
        )


def _check_units(
    source: Path,
    year: int,
    options: IngestOptions,
    output: np.ndarray,
    value_added: dict[str, np.ndarray],
) -> list[Decision]:
    """Compare output and value added with the national totals."""
    unit = options.unit or TEN_THOUSAND_CNY
    power = round(math.log10(unit))
    declared = None if math.isclose(10.0**power, unit) else f"{unit:g} CNY"
    totals = {
        "china_output": output.sum(),
        "china_value_added": sum(row.sum() for row in value_added.values()),
    }
    return [
        check_total(
            kind,
            year,
            float(total) * unit,
            where=f"{NAME}: {source.name}",
            power=power,
            declared=declared,
        )
        for kind, total in totals.items()
    ]


def _descriptor(
    source: Path, options: IngestOptions, emissions: Emissions
) -> dict[str, object]:
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
            {"title": emissions.source},
        ],
        "mrio": {
            "currency": "CNY",
            "currency_unit": options.unit or TEN_THOUSAND_CNY,
            "price_basis": "producer prices, current",
            "country": "CHN",
        },
    }
