"""Write a national table of China as it is published: codes, two names, numbers."""

import csv
from pathlib import Path

import numpy as np

from carbonshed.readers.china.names import read_packaged, sectors_of
from support.layouts.china_labels import CATEGORIES, COMPONENTS

DEMAND = [category.id for category in CATEGORIES]
ROWS = {
    "TII": ("Total intermediate input", "中间投入合计"),
    "VA001": ("Compensation of employees", "劳动者报酬"),
    "VA002": ("Net taxes on production", "生产税净额"),
    "VA003": ("Depreciation of fixed assets", "固定资产折旧"),
    "VA004": ("Operating surplus", "营业盈余"),
    "TVA": ("Total value-added", "增加值合计"),
    "TI": ("Total inputs", "总投入"),
}
# trillion CNY, as published
TOTALS = {2012: (160.163, 53.680), 2015: (208.145, 68.025)}


def national_table(year: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Return a random table with the totals of a year, in 10^4 CNY, by code."""
    rng = np.random.default_rng(seed)
    n = len(names_of(year))
    output_total, added_total = (total * 1e8 for total in TOTALS[year])
    output = rng.uniform(0.5, 2, n)
    output *= output_total / output.sum()
    added = output * rng.uniform(0.8, 1.2, n)
    added *= added_total / added.sum()
    mix = output[:, np.newaxis] * rng.uniform(0.8, 1.2, (n, n))
    table = {"Z": mix / mix.sum(axis=0) * (output - added)}
    table["TIU"] = table["Z"].sum(axis=1)
    table["IM"] = table["TIU"] * rng.uniform(0, 0.2, n)
    table["EX"] = output * rng.uniform(0, 0.1, n)
    table["ERR"] = output * rng.uniform(-0.01, 0.02, n)
    final = output - table["TIU"] + table["IM"] - table["ERR"] - table["EX"]
    parts = np.array([0.2, 0.4, 0.1, 0.32, -0.02])[:, np.newaxis]
    table |= dict(zip(DEMAND, parts * final, strict=True))
    shares = np.array([0.6, -0.1, 0.2, 0.3])[:, np.newaxis]
    table |= dict(zip(COMPONENTS, shares * added, strict=True))
    table["GO"] = table["TI"] = output
    table["TVA"], table["TII"] = added, output - added
    table["TC"] = table["FU101"] + table["FU102"] + table["FU103"]
    table["GCF"] = table["FU201"] + table["FU202"]
    table["TFU"] = table["TC"] + table["GCF"] + table["EX"]
    return table


def names_of(year: int) -> list[tuple[str, str, str]]:
    """Return code and names of the sectors in the list of a year."""
    if year == 2012:
        rows = read_packaged("china_sectors_139.csv")
        return [(row["code"], row["sector_name"], row["name_zh"]) for row in rows]
    return [(s.sector_id, s.sector_name, s.name_zh) for s in sectors_of("2012")]


def grid(year: int, table: dict[str, np.ndarray]) -> list[list[str]]:
    """Return the cells of the file, so that a test may spoil them."""
    names = names_of(year)
    columns = ["TIU", "FU101", "FU102", "FU103", "TC", "FU201", "FU202", "GCF"]
    columns += ["EX", "TFU", "IM", "ERR", "GO"]
    header = ["Code", "Description", "DescriptionInChinese"]
    cells = [[*header, *(code for code, *_ in names), *columns]]
    for k, labels in enumerate(names):
        numbers = [*table["Z"][k], *(table[name][k] for name in columns)]
        cells.append([*labels, *(repr(float(x)) for x in numbers)])
    for name, texts in ROWS.items():
        row = table[name]
        cells.append([name, *texts, *(repr(float(x)) for x in row)])
        # beside the sums of sectors there are those of uses
        cells[-1] += [repr(float(row.sum()))] + [""] * (len(columns) - 1)
    return cells


def write_national(path: Path, cells: list[list[str]]) -> Path:
    """Write the file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC).writerows(cells)
    return path
