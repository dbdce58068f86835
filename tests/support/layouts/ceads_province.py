"""Write CEADs provincial tables as they are published, year by year.

Sheets, merged cells, codes, totals, error columns, the row of CO2 and footers are
those of each release; names are typed here, not taken from the product.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from support.layouts.china_labels import (
    CATEGORIES,
    CHINESE,
    COMPONENTS,
    ENGLISH_2017,
    KNOWN,
    PROVINCES,
    sector_list,
)
from support.systems import Region, Sector, Stressor, System, Year

Change = Callable[[dict[str, Worksheet]], None]
Rows = list[list[object]]

_GROUPS = (
    *("agriculture", "energy", "energy"),
    *["heavy_industry"] * 2,
    *["light_industry"] * 5,
    "energy",
    *["heavy_industry"] * 6,
    *["high_tech"] * 4,
    "light_industry",
    *["services"] * 20,
)
_POWER = {"2012": 25, "2017": 24}


@dataclass(frozen=True)
class Release:
    """The layout of the workbook of a year."""

    sheets: tuple[str, ...]
    has_lists: bool = False
    co2_label: str | None = None  # None: no row; empty: a row without a label
    has_checks: bool = False


def release_of(year: int) -> Release:
    """Return the layout of a year."""
    if year < 2017:
        return Release(("Table",))
    if year == 2017:
        return Release(("Table_2017", "Table_2017_consistent"), co2_label="")
    sheets = (f"Table_{year}", f"Table_{year}_English Version")
    return Release(sheets, True, "CO2 emissions (Mt)", True)


def province_system(
    year: int,
    provinces: tuple[str, ...] = ("110000", "150000", "540000"),
    codes: tuple[int, ...] = (1, 2, 14, 22, 24),
    seed: int = 7,
    error: float = 0.0,
) -> System:
    """Draw a system that adds up and has the totals of the year.

    `provinces` are codes of GB/T 2260, `codes` those of sectors; GO is above the sum of
    its row by the share `error`.
    """
    rng = np.random.default_rng(seed)
    R, n = len(provinces), len(provinces) * len(codes)
    trillions, value_added, megatonnes = KNOWN[year]
    output = rng.gamma(2.0, size=n) + 0.1
    output *= trillions * 1e8 / output.sum()  # 10^4 CNY
    inputs = 0.9 - value_added / trillions
    shares = np.outer(output, output) / output.sum()
    Z = np.round(inputs * shares * rng.uniform(0.8, 1.2, (n, n)), 2)
    rest = output - Z.sum(1)
    exports = np.round(0.1 * rest * rng.random(n), 2)
    final = (rest - exports)[:, None] * rng.dirichlet(np.ones(R * 5), size=n)
    final = np.round(final, 2).reshape(n, R, 5)
    inventories = np.round(final[:, :, 4] * rng.choice([-0.2, 0.2], size=(n, R)), 2)
    final[:, :, 3] += final[:, :, 4] - inventories
    final[:, :, 4] = inventories
    x = (Z.sum(1) + final.sum((1, 2)) + exports) * (1 + error)
    imports = 0.1 * x
    earned = x - Z.sum(0) - imports
    parts = earned * rng.dirichlet(np.ones(4), size=n).T
    co2 = rng.gamma(0.5, size=n)
    co2 *= megatonnes / co2.sum()
    names, power = CHINESE[sector_list(year)], _POWER[sector_list(year)]
    return System(
        regions=[Region(p, PROVINCES[p][1], "province") for p in provinces],
        sectors=[
            Sector(f"{k:02d}", names[k - 1], _GROUPS[k - 1], k == power) for k in codes
        ],
        categories=CATEGORIES,
        stressors=[Stressor("co2", "Carbon dioxide", "Mt")],
        years={
            year: Year(
                transactions=Z,
                final_demand=final,
                exports=exports,
                emissions={"co2": co2},
                direct={},
                population=[int(1e6) * (k + 1) for k in range(R)],
                gdp=[float(k + 1) * 1e12 for k in range(R)],
                value_added=parts,
                output=x,
                imports_by_sector=imports,
                imports_by_category=np.round(rng.random((R, 5)) * 1e5, 2),
            )
        },
        currency="CNY",
        currency_unit=1e4,
        country="CHN",
        components=COMPONENTS,
    )


def write_province(
    path: Path,
    system: System,
    change: Change = lambda sheets: None,
    *,
    release: Release | None = None,
    short_names: bool = False,
) -> Path:
    """Write the workbook of a system of one year, drawn by `province_system`.

    `change` gets the sheets by name; `short_names` writes 内蒙 for 内蒙古.
    """
    ((number, year),) = system.years.items()
    release = release or release_of(number)
    book = Workbook()
    book.remove(book.active)
    chinese = CHINESE[sector_list(number)]
    if release.has_lists:
        _write_lists(book, system, chinese)
    R, S = len(system.regions), len(system.sectors)
    for name in release.sheets:
        is_english = "English" in name
        provinces = [PROVINCES[region.id][is_english] for region in system.regions]
        if short_names:
            provinces = [name.replace("内蒙古", "内蒙") for name in provinces]
        names = ENGLISH_2017 if is_english else chinese
        sectors = [names[int(sector.id) - 1] for sector in system.sectors]
        title = f"{number}年中国省级投入产出表 万元"
        if is_english:
            title = f"China MRIO table {number} (10,000 CNY)"
        codes = [int(sector.id) for sector in system.sectors]
        sheet = book.create_sheet(name)
        for row in [[title], *_rows(year, release, provinces, sectors, codes)]:
            sheet.append(row)
        # openpyxl empties all cells but the first, as Excel does
        sheet.merge_cells("A1:C1")
        for r in range(R):
            top, left, right = 5 + r * S, 4 + r * S, 5 + R * S + r * 5
            sheet.merge_cells(None, top, 1, top + S - 1, 1)
            sheet.merge_cells(None, 2, left, 2, left + S - 1)
            sheet.merge_cells(None, 2, right, 2, right + 4)
    change({sheet.title: sheet for sheet in book.worksheets})
    book.save(path)
    return path


def _code(number: int) -> object:
    """Return a code in one of the several ways in which they arrive."""
    return (number, float(number), str(number), f"{number:02d}")[number % 4]


def _rows(
    year: Year,
    release: Release,
    provinces: list[str],
    sectors: list[str],
    codes: list[int],
) -> Iterator[list[object]]:
    """Yield the rows below the title."""
    R, S = len(provinces), len(sectors)
    tail = ["出口", "最终使用合计", "其他", "总产出"]
    checks = ["误差占比", "检验"] if release.has_checks else []
    users = [name for name in provinces for _ in CATEGORIES]
    across = [name for name in provinces for _ in range(S)]
    yield [None, None, None, *across, "合计", *users, *tail, *checks]
    users = [category.name for category in CATEGORIES] * R
    names = ["中间使用合计", *users, *tail, *checks]
    yield [None, None, None, *sectors * R, *names]
    users = [category.id for category in CATEGORIES] * R
    own = [_code(code) for _ in range(R) for code in codes]
    yield [None, None, None, *own, "TIU", *users, "EX", "TFU", "ERR", "GO"]
    Z, x, exports = year.transactions, year.output, year.exports
    final = year.final_demand.reshape(len(Z), -1)
    errors = x - (Z.sum(1) + final.sum(1) + exports)
    for i, row in enumerate(Z):
        yield [
            *(provinces[i // S], sectors[i % S], _code(codes[i % S])),
            *row.tolist(),
            float(row.sum()),
            *final[i].tolist(),
            *map(float, (exports[i], final[i].sum() + exports[i], errors[i], x[i])),
            *([float(errors[i] / x[i]), "OK"] if release.has_checks else []),
        ]
    imports, earned = year.imports_by_sector, year.value_added
    total = Z.sum(0) + imports
    of_users = year.imports_by_category.ravel().tolist()
    yield [None, "进口", "IM", *imports.tolist(), None, *of_users]
    yield [None, "中间投入合计", "TII", *total.tolist()]
    names = ("劳动者报酬", "生产税净额", "固定资产折旧", "营业盈余")
    for name, code, part in zip(names, COMPONENTS, earned, strict=True):
        yield [None, name, code, *part.tolist()]
    yield [None, "增加值合计", "TVA", *earned.sum(0).tolist()]
    yield [None, "总投入", "TI", *(total + earned.sum(0)).tolist()]
    if release.co2_label is not None:
        yield []
        yield [None, release.co2_label or None, None, *year.emissions["co2"].tolist()]
    yield []
    yield ["资料来源 中国碳核算数据库 CEADs"]


def _write_lists(book: Workbook, system: System, chinese: list[str]) -> None:
    book.create_sheet("Note").append(["Please cite the paper."])
    sheet = book.create_sheet("Sector ")
    sheet.append(["Code", "Sector", "部门"])
    for number in (int(sector.id) for sector in system.sectors):
        sheet.append([_code(number), ENGLISH_2017[number - 1], chinese[number - 1]])
    sheet = book.create_sheet("Province")
    sheet.append(["No.", "Province", "省份"])
    for number, region in enumerate(system.regions, start=1):
        sheet.append([number, *PROVINCES[region.id][::-1]])
