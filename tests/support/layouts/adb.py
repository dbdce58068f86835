"""The Asian Development Bank's table as it is published: a sheet of a workbook.

Titles are in rows 1 to 3, names of sectors in row 5, economies in row 6, codes in row
7, labels in columns B to D, numbers from E8 on, a column of totals at the end. Numbers
are drawn; `python -m support.layouts.adb FILE 63` writes as many as are published.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from openpyxl import Workbook

YEAR = 2022
N_SECTORS = 35
USERS = ("F1", "F2", "F3", "F4", "F5")
BELOW = (  # code, name
    ("r99", "taxes less subsidies on products"),
    ("r61", "Cif/ fob adjustments on exports"),
    ("r62", "Direct purchases abroad by residents"),
    ("r63", "Purchases on the domestic territory by non-residents"),
    ("r64", "Value added at basic prices"),
    ("r65", "International Transport Margins"),
)
WORLD = 100e6  # final demand, million USD of 2022


@dataclass
class Adb:
    """A table that closes: n producers, m final users."""

    economies: tuple[str, ...]
    transactions: np.ndarray  # (n, n)
    final_demand: np.ndarray  # (n, m)
    below: np.ndarray  # (6, n + m)

    @property
    def producers(self) -> list[tuple[str, str]]:
        """Economy and code of each producer."""
        codes = [f"c{k}" for k in range(1, N_SECTORS + 1)]
        return [(economy, code) for economy in self.economies for code in codes]

    def write(self, path: Path, sheet: str = f"ADB MRIO {YEAR}") -> Path:
        """Write the workbook."""
        book = Workbook(write_only=True)
        page = book.create_sheet(sheet)
        users = [(economy, code) for economy in self.economies for code in USERS]
        across = [*self.producers, *users]
        cells = np.hstack([self.transactions, self.final_demand])
        left: list[object] = [None] * 4
        page.append(["Multi-Regional Input-Output Table"])
        page.append([f"Year {YEAR}"])
        page.append(["(in million US dollars, current prices)"])
        page.append([])
        page.append([*left, *(f"Name of {code}" for _, code in across), "Total"])
        page.append([*left, *(economy for economy, _ in across), "TOTAL"])
        page.append([*left, *(code for _, code in across), None])
        for (economy, code), row in zip(self.producers, cells, strict=True):
            label = [None, f"Name of {code}", economy, code]
            page.append([*label, *row.tolist(), row.sum()])
        total = [None, "Total intermediate consumption", "TOT", "r60"]
        page.append([*total, *cells.sum(axis=0).tolist(), cells.sum()])
        for (code, name), row in zip(BELOW, self.below, strict=True):
            page.append([None, name, "TOT", code, *row.tolist(), row.sum()])
        output = cells.sum(axis=0) + self.below.sum(axis=0)
        last = [None, "Output at basic prices", "TOT", "r69"]
        page.append([*last, *output.tolist(), output.sum()])
        book.save(path)
        return path


def adb(economies: tuple[str, ...] = ("PRC", "TAP", "RoW"), seed: int = 0) -> Adb:
    """Draw a table."""
    rng = np.random.default_rng(seed)
    n, m = len(economies) * N_SECTORS, len(economies) * len(USERS)
    demand = rng.uniform(0.2, 2, (n, m))
    demand[:, 4::5] -= 1  # inventories
    demand *= WORLD / demand.sum()
    flows = rng.uniform(0.5, 1.5, (n, n))
    flows *= WORLD / flows.sum()
    left = flows.sum(axis=1) + demand.sum(axis=1) - flows.sum(axis=0)
    below = np.zeros((len(BELOW), n + m))
    below[:, :n] = np.outer([0.02, 0, 0, 0, 0.96, 0.02], left)
    below[0, n:], below[2, n:], below[3, n:] = 5.0, 3.0, -3.0
    return Adb(economies, flows, demand, below)


if __name__ == "__main__":
    many = tuple(f"E{k:02}" for k in range(1, int(sys.argv[2])))
    adb((*many, "RoW")).write(Path(sys.argv[1]))
