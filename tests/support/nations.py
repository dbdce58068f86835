"""Nations of any size, printed as offices do, with the map that reads them right.

Labels stand twice on both axes, as codes and as names; totals stand beside the blocks.
Tests spoil the map or the sheets.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from support.layouts.office import Office, head

USERS = (
    ("hh", "P3_S14", "Final consumption of households", "household"),
    ("gov", "P3_S13", "Final consumption of government", "government"),
    ("gfcf", "P51G", "Gross fixed capital formation", "investment"),
    ("stocks", "P52", "Changes in inventories", "inventory"),
)
WORDS = (
    *("Farms", "Forests", "Mines", "Food", "Textiles", "Paper", "Chemicals", "Metals"),
    *("Machines", "Power", "Water", "Building", "Trade", "Transport", "Hotels"),
    "Banks",
)


@dataclass
class Nation:
    """A table that closes, in whole numbers, and its office."""

    office: Office  # the sheet ``T`` and the map
    # the map reads it
    transactions: np.ndarray
    final_demand: np.ndarray
    exports: np.ndarray
    output: np.ndarray
    imports: np.ndarray
    imports_of_users: np.ndarray

    @property
    def rows(self) -> list[list[Any]]:
        """The cells of the sheet."""
        return self.office.rows

    @property
    def blocks(self) -> dict[str, Any]:
        """The blocks of the map."""
        return self.office.blocks

    def row(self, label: str) -> list[Any]:
        """Return the row that has a label in column B."""
        return next(row for row in self.rows if row[1:2] == [label])

    def column(self, label: str) -> int:
        """Return the column that has a label in row 3."""
        return self.rows[2].index(label)


def nation(seed: int) -> Nation:
    """Draw a nation of 4 to 9 sectors with all that offices print."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 10))
    names = [WORDS[k] for k in rng.permutation(len(WORDS))[:n]]
    codes = [f"{10 + k:02d}" if seed % 2 else f"A{k + 1:02d}" for k in range(n)]
    z = rng.integers(5, 400, (n, n)).astype(float)
    y = np.column_stack(
        [
            rng.integers(300, 2000, n),
            rng.integers(50, 900, n),
            rng.integers(50, 900, n),
            rng.integers(-20, 41, n),
        ]
    ).astype(float)
    y[:, 3] += np.where(y[:, 3] == 0, 7, 0)
    exports = rng.integers(100, 900, n).astype(float)
    output = z.sum(axis=1) + y.sum(axis=1) + exports
    left = output - z.sum(axis=0)
    short = left < 0.2 * output  # a sector that buys more than it sells
    exports[short] += np.ceil(0.5 * output + np.abs(left))[short]
    output = z.sum(axis=1) + y.sum(axis=1) + exports
    left = output - z.sum(axis=0)
    imports = np.floor(left * rng.uniform(0.1, 0.3, n))
    taxes = np.floor(left * rng.uniform(0.01, 0.02, n)) + 1
    wages = np.floor(left * rng.uniform(0.3, 0.5, n))
    surplus = left - imports - taxes - wages
    of_users = np.floor(y.sum(axis=0) * rng.uniform(0.05, 0.15, 4))
    users_taxes = np.floor(np.abs(y.sum(axis=0)) * 0.03)
    rows: list[list[Any]] = [
        ["Input-output table 2012, million euro"],
        ["", "", *names, "Intermediate use", *(name for _, _, name, _ in USERS)],
        ["", "", *codes, "TOT", *(code for _, code, _, _ in USERS), "P3", "P6", "TFU"],
    ]
    rows[1] += ["Final consumption", "Exports", "Final use", "Output"]
    rows[2] += ["P1"]
    for k in range(n):
        consumed, used = y[k, :2].sum(), y[k].sum() + exports[k]
        right = [z[k].sum(), *y[k], consumed, exports[k], used, output[k]]
        rows.append([names[k], codes[k], *z[k], *right])
    bought = np.hstack([z.sum(axis=0), z.sum(), y.sum(axis=0), y[:, :2].sum()])
    rows.append(["Domestic inputs", "TOT", *bought, exports.sum()])
    rows.append(["Imports", "P7", *imports, imports.sum(), *of_users])
    rows.append(["Taxes on products", "D21", *taxes, taxes.sum(), *users_taxes])
    rows.append(["Wages", "D1", *wages, wages.sum()])
    rows.append(["Surplus", "B2", *surplus, surplus.sum()])
    rows.append(["Value added", "B1", *(wages + surplus), (wages + surplus).sum()])
    rows.append(["Output", "P1", *output, output.sum()])
    content = head(
        sheet="T",
        header_rows=["3"],
        header_columns=["B"],
        sectors=[
            {"sector_id": code, "sector_name": name, "sector_group": "services"}
            for code, name in zip(codes, names, strict=True)
        ],
        categories=[
            {
                "category_id": key,
                "category_name": name,
                "category_group": group,
                "label": code,
            }
            for key, code, name, group in USERS
        ],
        blocks={
            "transactions": "C4",
            "exports": {"column": "P6"},
            "output": {"column": "P1"},
            "imports": {"row": "P7"},
            "imports_of_final_users": {"row": "P7"},
            "value_added": {
                "taxes": {"row": "D21"},
                "wages": {"row": "D1"},
                "surplus": {"row": "B2"},
            },
            "emissions": {"co2": {"row": "CO2"}},
        },
    )
    rows.append(["Carbon dioxide", "CO2", *(output / 10)])
    return Nation(
        Office({"T": rows}, content), z, y, exports, output, imports, of_users
    )
