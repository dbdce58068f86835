"""The files of the city table of CEADs, as published: .mat of both versions, sheets."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
import openpyxl
import scipy.io

from carbonshed.readers.china.names import sector_list_of, sectors_of
from support.layouts.china_labels import CATEGORIES, COMPONENTS, KNOWN
from support.systems import Region, Sector, Stressor, System, Year

CO2 = {2012: 9335.0, 2015: 9420.0, 2017: 9725.0}  # Mt, provinces without households
FIELDS = {2012: ("Import", "Export"), 2015: ("IM", "EX"), 2017: ("IM", "Export")}
UNIT = 1e4

# rural and urban households, government, fixed capital, inventories: shares of demand
_DEMAND = np.array([0.09, 0.3, 0.14, 0.45, 0.02])
_INPUTS, _IMPORTED_INPUTS = 0.62, 0.04

REGIONS = [
    Region("hefei", "合肥市", "city", "安徽省"),
    Region("anqing", "安庆市", "city", "安徽省"),
    Region("beijing", "北京市", "city", None),
    Region("rest", "其他", "remainder", "西藏自治区"),
]


def city_system(seed: int = 1, year: int = 2012) -> System:
    """Return a small country with the totals and the 42 sectors of a year."""
    rng = np.random.Generator(np.random.PCG64(seed))
    sectors = sectors_of(sector_list_of(year))
    R, S, C = len(REGIONS), len(sectors), len(CATEGORIES)
    n = R * S
    A = rng.exponential(size=(n, n)) * (rng.random((n, n)) < 0.3)
    zero_output = np.zeros(n, dtype=bool)
    zero_output[[S + 2, 3 * S - 1]] = True  # a sector that a region does not have
    A[zero_output], A[:, zero_output] = 0.0, 0.0
    Y = rng.exponential(size=(n, R, C)) * (rng.random((n, R, C)) < 0.5) * _DEMAND
    Y[..., 4] *= rng.choice([1.0, -0.4], size=(n, R))
    size = np.repeat([4.0, 2.0, 8.0, 1.0], S)  # regions are not alike
    A *= size[:, None]
    A *= _INPUTS / np.where(A.sum(axis=0) > 0, A.sum(axis=0), 1.0)
    Y *= size[:, None, None]
    Y[zero_output] = 0.0
    ex = rng.exponential(size=n) * 0.15 * (rng.random(n) < 0.5) * ~zero_output
    x = np.linalg.solve(np.eye(n) - A, Y.sum(axis=(1, 2)) + ex)
    scale = KNOWN[year][0] * 1e12 / UNIT / x.sum()
    x, Y, ex = x * scale, Y * scale, ex * scale
    Z = A * x
    imported = x * _IMPORTED_INPUTS * (rng.random(n) < 0.8)
    added = x - Z.sum(axis=0) - imported
    shares = np.array([0.5, 0.1, 0.15, 0.25])[:, None]
    co2 = rng.exponential(size=(R, S)) * x.reshape(R, S)
    power = next(k for k, sector in enumerate(sectors) if sector.is_power_supply)
    co2[:, power] = 0.0
    co2[:, power] = 0.8 * co2.sum(axis=1)
    co2[1, 2] = 0.001 * co2.sum()  # a sector without output that emits
    co2 = np.round(co2 * CO2[year] / co2.sum(), 6)  # as a cell keeps it
    gdp = (added.reshape(R, S).sum(axis=1) * UNIT).tolist()
    people = [round(income / 5e4) for income in gdp]
    return System(
        regions=REGIONS,
        sectors=[
            Sector(s.sector_id, s.sector_name, s.sector_group, s.is_power_supply)
            for s in sectors
        ],
        categories=CATEGORIES,
        stressors=[Stressor("co2", "Carbon dioxide", "Mt")],
        years={
            year: Year(
                transactions=Z,
                final_demand=Y,
                exports=ex,
                emissions={"co2": co2.ravel()},
                direct={},
                population=[*people[:-1], None],
                gdp=[*gdp[:-1], None],
                value_added=added * shares,
                imports_by_sector=imported,
                imports_by_category=rng.exponential(size=(R, C)) * scale,
            )
        },
        currency="CNY",
        currency_unit=UNIT,
        country="CHN",
        components=COMPONENTS,
    )


def struct_of(system: System, year: int, *, has_total: bool = True) -> dict:
    """Return the fields of the struct, as published."""
    table = system.years[year]
    n = len(system.producers)
    imports, exports = FIELDS[year]
    value_added = table.value_added
    if has_total:
        value_added = np.vstack([value_added, value_added.sum(axis=0)])
    return {
        "Z": table.transactions.copy(),
        "F": table.final_demand.reshape(n, -1).copy(),
        "VA": np.pad(value_added, ((0, 0), (0, 3)), constant_values=np.nan),
        imports: np.concatenate(
            [table.imports_by_sector, table.imports_by_category.ravel()]
        )[None, :],
        exports: table.exports[:, None].copy(),
    }


def write_mat(path: Path, struct: dict, version: str = "7", name: str = "MRIO") -> Path:
    """Write a struct as MATLAB does: version 7, compressed or not, or 7.3."""
    if version == "7.3":
        _write_hdf5(path, struct, name)
    else:
        is_compressed = version == "7"
        scipy.io.savemat(path, {name: struct}, do_compression=is_compressed)
    return path


def _write_hdf5(path: Path, struct: dict, name: str) -> None:
    """Write HDF5 after the 512 bytes of MATLAB; every array transposed."""
    with h5py.File(path, "w", userblock_size=512) as file:
        group = file.create_group(name)
        group.attrs["MATLAB_class"] = np.bytes_("struct")
        for key, value in struct.items():
            data = group.create_dataset(key, data=np.ascontiguousarray(value.T))
            data.attrs["MATLAB_class"] = np.bytes_("double")
    with path.open("r+b") as file:
        text = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: a day HDF5 schema"
        file.write(text.ljust(116) + bytes(8) + b"\x00\x02IM")


@dataclass
class Sheet:
    """The layout of the sheet of CO2, and the labels around the numbers."""

    is_transposed: bool = False
    region_labels: list | None = None
    sector_labels: list | None = None
    title: str | None = None
    name: str | None = None
    cells: dict = field(default_factory=dict)  # values by address, written last


def write_co2(
    path: Path, system: System, year: int, sheet: Sheet | None = None
) -> Path:
    """Write the sheet of a year, beside another one."""
    sheet = sheet or Sheet()
    shape = (len(system.regions), len(system.sectors))
    block = system.years[year].emissions["co2"].reshape(shape).tolist()
    rows, columns = sheet.region_labels, sheet.sector_labels
    if rows:
        block = [[label, *row] for label, row in zip(rows, block, strict=True)]
    if columns:
        block.insert(0, [*([None] if rows else []), *columns])
    if sheet.is_transposed:
        block = [list(row) for row in zip(*block, strict=True)]
    if sheet.title:
        block.insert(0, [sheet.title])
    book = openpyxl.Workbook()
    book.active.title = "2017to2012"
    book.active.append([1.0, 0.97])
    target = book.create_sheet(sheet.name or f"CO2_{year}")
    for row in block:
        target.append(row)
    for address, value in sheet.cells.items():
        target[address] = value
    book.save(path)
    return path


def write_regions(
    path: Path, system: System, year: int, encoding: str = "utf-8"
) -> Path:
    """Write the file of regions that the user gives."""
    table = system.years[year]
    header = "position region_id region_name parent_region_id region_type"
    people = zip(system.regions, table.population, table.gdp, strict=False)
    rows = [
        [k, region.id, region.name, region.parent, region.type, count, gdp]
        for k, (region, count, gdp) in enumerate(people, start=1)
    ]
    header = [*header.split(), "population", "gdp"]
    return _write_csv(path, [header, *rows], encoding)


def write_sectors(path: Path, sectors: list[Sector]) -> Path:
    """Write a file of sectors that the user gives."""
    header = ["position", "sector_id", "sector_name", "sector_group", "is_power_supply"]
    rows = [
        [k, s.id, s.name, s.group, str(s.is_power_supply).lower()]
        for k, s in enumerate(sectors, start=1)
    ]
    return _write_csv(path, [header, *rows])


def _write_csv(path: Path, rows: list[list], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path
