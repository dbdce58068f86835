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

from support.layouts.china_labels import CHINESE, ENGLISH_2017, PROVINCES
from support.systems import Category, Region, Sector, Stressor, System, Year

Change = Callable[[dict[str, Worksheet]], None]
Grid = list[list[object]]

GROUPS = [
    "agriculture",
    *["energy"] * 2,
    *["heavy_industry"] * 2,
    *["light_industry"] * 5,
    "energy",
    *["heavy_industry"] * 6,
    *["high_tech"] * 4,
    "light_industry",
]
POWER = {"2012": 25, "2017": 24}
CATEGORIES = [
    Category("FU101", "Rural households", "household"),
    Category("FU102", "Urban households", "household"),
    Category("FU103", "Government", "government"),
    Category("FU201", "Fixed capital formation", "investment"),
    Category("FU202", "Changes in inventories", "inventory"),
]
COMPONENTS = ["VA001", "VA002", "VA003", "VA004"]

# trillion CNY, trillion CNY, Mt: what a table of the year must come near
KNOWN = {
    2012: (160.2, 53.7, 9742.7),
    2015: (208.1, 68.0, 9831.6),
    2017: (225.8, 82.3, 10171.2),
    2018: (249.5, 92.2, 10300.0),
    2020: (269.9, 101.6, 10500.0),
}


@dataclass(frozen=True)
class Release:
    """How the workbook of a year is laid out."""

    sheets: tuple[str, ...]
    has_lists: bool
    co2_label: str | None  # None: no row; empty: a row without a label
    has_checks: bool


RELEASES = {
    2012: Release(("Table",), False, None, False),
    2015: Release(("Table",), False, None, False),
    2017: Release(("Table_2017", "Table_2017_consistent"), False, "", False),
    2018: Release(
        ("Table_2018", "Table_2018_English Version"), True, "CO2 emissions (Mt)", True
    ),
    2020: Release(
        ("Table_2020", "Table_2020_English Version"), True, "CO2 emissions (Mt)", True
    ),
}


def sector_list(year: int) -> str:
    """Return the list of sectors of a year."""
    return "2012" if year < 2016 else "2017"


def province_system(
    year: int,
    provinces: tuple[str, ...] = ("110000", "150000", "540000"),
    codes: tuple[int, ...] = (1, 2, 14, 22, 24),
    seed: int = 7,
    error: float = 0.0,
) -> System:
    """Draw a system that adds up and has the totals of the year.

    Parameters
    ----------
    year
        2012, 2015, 2017, 2018 or 2020.
    provinces
        Codes of GB/T 2260.
    codes
        Which of the 42 sectors.
    seed
        Of the random numbers.
    error
        By which share GO is above the sum of its row.
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
    names = CHINESE[sector_list(year)]
    return System(
        regions=[Region(p, PROVINCES[p][1], "province") for p in provinces],
        sectors=[
            Sector(
                f"{code:02d}",
                names[code - 1],
                GROUPS[code - 1] if code <= len(GROUPS) else "services",
                code == POWER[sector_list(year)],
            )
            for code in codes
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
    """Write the workbook of a system of one year.

    Parameters
    ----------
    path
        The workbook.
    system
        Drawn by `province_system`.
    change
        Told the sheets by name, to spoil them.
    release
        Another layout than that of the year.
    short_names
        Write 内蒙 for 内蒙古.
    """
    (number,) = system.years
    release = release or RELEASES[number]
    book = Workbook()
    sheets: dict[str, Worksheet] = {}
    book.remove(book.active)
    if release.has_lists:
        _write_lists(book, system, number)
    for name in release.sheets:
        is_english = "English" in name
        sheet = book.create_sheet(name)
        sheets[name] = sheet
        names = _names(system, number, is_english, short_names)
        grid, merged = _grid(system, number, release, names)
        for row in grid:
            sheet.append(row)
        for area in merged:
            # openpyxl empties all cells but the first, as Excel does
            sheet.merge_cells(
                start_row=area[0],
                start_column=area[1],
                end_row=area[2],
                end_column=area[3],
            )
    change({sheet.title: sheet for sheet in book.worksheets})
    book.save(path)
    return path


@dataclass(frozen=True)
class _Names:
    provinces: list[str]
    sectors: list[str]
    title: str


def _names(system: System, year: int, is_english: bool, short: bool) -> _Names:
    column = 1 if is_english else 0
    provinces = [PROVINCES[region.id][column] for region in system.regions]
    if short:
        provinces = [name.replace("内蒙古", "内蒙") for name in provinces]
    sectors = ENGLISH_2017 if is_english else CHINESE[sector_list(year)]
    title = f"{year}年中国省级投入产出表 万元"
    if is_english:
        title = f"China MRIO table {year} (10,000 CNY)"
    return _Names(provinces, [sectors[int(s.id) - 1] for s in system.sectors], title)


def _code(number: int) -> object:
    """Codes arrive in several ways."""
    return (number, float(number), str(number), f"{number:02d}")[number % 4]


def _grid(
    system: System, number: int, release: Release, names: _Names
) -> tuple[Grid, list[tuple[int, int, int, int]]]:
    year = system.years[number]
    R, S = len(system.regions), len(system.sectors)
    n, users = R * S, R * len(CATEGORIES)
    codes = [int(sector.id) for sector in system.sectors]
    tail = ["EX", "TFU", "ERR", "GO"]
    tail_names = ["出口", "最终使用合计", "其他", "总产出"]
    if release.has_checks:
        tail += [None, None]
        tail_names += ["误差占比", "检验"]
    header: Grid = [
        [names.title],
        [None, None, None]
        + [name for name in names.provinces for _ in range(S)]
        + ["合计"]
        + [name for name in names.provinces for _ in CATEGORIES]
        + tail_names,
        [None, None, None]
        + names.sectors * R
        + ["中间使用合计"]
        + [category.name for category in CATEGORIES] * R
        + tail_names,
        [None, None, None]
        + [_code(code) for _ in range(R) for code in codes]
        + ["TIU"]
        + [category.id for category in CATEGORIES] * R
        + tail,
    ]
    Z = year.transactions
    final = year.final_demand.reshape(n, users)
    delivered = Z.sum(1) + final.sum(1) + year.exports
    errors = year.output - delivered
    rows: Grid = []
    for i in range(n):
        checks = [float(errors[i] / year.output[i]), "OK"] if release.has_checks else []
        rows.append(
            [
                names.provinces[i // S],
                names.sectors[i % S],
                _code(codes[i % S]),
                *Z[i].tolist(),
                float(Z[i].sum()),
                *final[i].tolist(),
                float(year.exports[i]),
                float(final[i].sum() + year.exports[i]),
                float(errors[i]),
                float(year.output[i]),
                *checks,
            ]
        )
    rows += list(_margins(year, release))
    rows.append([])
    rows.append(["资料来源 中国碳核算数据库 CEADs"])
    merged = [(5 + r * S, 1, 4 + (r + 1) * S, 1) for r in range(R)]
    merged += [(2, 4 + r * S, 2, 3 + (r + 1) * S) for r in range(R)]
    start = 4 + n + 1
    merged += [(2, start + r * 5, 2, start + r * 5 + 4) for r in range(R)]
    merged.append((1, 1, 1, 3))
    return header + rows, merged


def _margins(year: Year, release: Release) -> Iterator[list[object]]:
    imports = year.imports_by_sector
    total = year.transactions.sum(0) + imports
    earned = year.value_added
    yield [
        None,
        "进口",
        "IM",
        *imports.tolist(),
        None,
        *year.imports_by_category.ravel().tolist(),
    ]
    yield [None, "中间投入合计", "TII", *total.tolist()]
    for code, part in zip(COMPONENTS, earned, strict=True):
        yield [None, code, code, *part.tolist()]
    yield [None, "增加值合计", "TVA", *earned.sum(0).tolist()]
    yield [None, "总投入", "TI", *(total + earned.sum(0)).tolist()]
    if release.co2_label is not None:
        yield []
        label = release.co2_label or None
        yield [None, label, None, *year.emissions["co2"].tolist()]


def _write_lists(book: Workbook, system: System, year: int) -> None:
    note = book.create_sheet("Note")
    note.append(["Please cite the paper."])
    sectors = book.create_sheet("Sector ")
    sectors.append(["Code", "Sector", "部门"])
    for sector in system.sectors:
        place = int(sector.id) - 1
        sectors.append(
            [_code(place + 1), ENGLISH_2017[place], CHINESE[sector_list(year)][place]]
        )
    provinces = book.create_sheet("Province")
    provinces.append(["No.", "Province", "省份"])
    for place, region in enumerate(system.regions):
        provinces.append([place + 1, PROVINCES[region.id][1], PROVINCES[region.id][0]])
