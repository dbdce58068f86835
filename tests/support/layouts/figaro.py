r"""FIGARO of Eurostat as one square CSV: labels such as AT_A01, factors of the world.

Numbers are drawn; the layout is the published one: rows are producers and then six
factors, columns are producers and then final users, million euro, no totals. The real
one of 2025 has 50 areas of 64 industries, `python -m support.layouts.figaro FILE 50
64` writes as much.
"""

import gzip
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from support.layouts.office import head

YEAR = 2015
AREAS = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR"),
    *("HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI"),
    *("SK", "AL", "AR", "AU", "BR", "CA", "CH", "CN", "GB", "ID", "IN", "JP", "KR"),
    *("ME", "MK", "MX", "NO", "RS", "RU", "SA", "TR", "US", "ZA", "FIGW1"),
)
# NACE, and the last letter of it over again where more are asked for
INDUSTRIES = (
    *("A01", "A02", "A03", "B", "C10T12", "C13T15", "C16", "C17", "C18", "C19", "C20"),
    *("C21", "C22", "C23", "C24", "C25", "C26", "C27", "C28", "C29", "C30", "C31_32"),
    *("C33", "D35", "E36", "E37T39", "F", "G45", "G46", "G47", "H49", "H50", "H51"),
    *("H52", "H53", "I", "J58", "J59_60", "J61", "J62_63", "K64", "K65", "K66", "L"),
    *("M69_70", "M71", "M72", "M73", "M74_75", "N77", "N78", "N79", "N80T82", "O84"),
    *("P85", "Q86", "Q87_88", "R90T92", "R93", "S94", "S95", "S96", "T", "U"),
)
USERS = (
    ("P3_S13", "Final consumption of government", "government"),
    ("P3_S14", "Final consumption of households", "household"),
    ("P3_S15", "Final consumption of non-profit institutions", "household"),
    ("P51G", "Gross fixed capital formation", "investment"),
    ("P5M", "Changes in inventories and valuables", "inventory"),
)
FACTORS = ("D21X31", "OP_RES", "OP_NRES", "D1", "D29X39", "B2A3G")
# codes that Eurostat's bulk files have in place of FIGARO's
_BULK_CODES = {"D35": "D", "O84": "O", "P85": "P", "GR": "EL", "GB": "UK"}
_BULK_CODES |= {"FIGW1": "WRL_REST"}
WORLD = 66.0e6  # final demand, million euro of 2015
_DIGITS = 5


@dataclass
class Figaro:
    """A table that closes: n producers, m final users."""

    areas: tuple[str, ...]
    industries: tuple[str, ...]
    transactions: np.ndarray  # (n, n)
    final_demand: np.ndarray  # (n, m)
    factors: np.ndarray  # (6, n + m), of which users have taxes and purchases abroad

    @property
    def producers(self) -> list[tuple[str, str]]:
        """Area and industry of each producer."""
        return [(area, code) for area in self.areas for code in self.industries]

    @property
    def emissions(self) -> np.ndarray:
        """CO2 of producers, kt: half a kt for each million euro of their demand."""
        return np.round(self.final_demand.sum(axis=1) / 2, 3)

    @property
    def of_households(self) -> np.ndarray:
        """CO2 of households themselves by area, kt."""
        return 1000.125 + np.arange(len(self.areas))

    def write(self, path: Path) -> Path:
        """Write the CSV file."""
        users = [(area, code) for area in self.areas for code, _, _ in USERS]
        across = ["_".join(pair) for pair in (*self.producers, *users)]
        down = [*across[: len(self.producers)], *(f"W2_{code}" for code in FACTORS)]
        cells = np.hstack([self.transactions, self.final_demand])
        with path.open("w", encoding="utf-8") as stream:
            stream.write(",".join(["rowLabels", *across]) + "\n")
            for label, row in zip(down, np.vstack([cells, self.factors]), strict=True):
                numbers = ",".join(f"{number:.{_DIGITS}f}" for number in row.tolist())
                stream.write(f"{label},{numbers}\n")
        return path

    def map(self, **more: Any) -> dict[str, Any]:
        """Return the map that reads it, emissions apart; `more` replaces its keys."""
        labels = {"pattern": "(?P<region>[A-Z0-9]+?)_(?P<sector>.+)"}
        content = {
            "year": str(YEAR),
            "country": "WLD",
            "synthetic": "false",  # it is compared with what is known of the world
            "rows": labels,
            "columns": labels,
            "regions": [
                {"region_id": area, "region_name": area, "region_type": kind}
                | ({"population": "1000000"} if kind == "country" else {})
                for area in self.areas
                for kind in ["rest_of_world" if area == "FIGW1" else "country"]
            ],
            "sectors": [
                {"sector_id": code, "sector_name": code, "sector_group": "services"}
                for code in self.industries
            ],
            "categories": [
                {"category_id": code, "category_name": name, "category_group": group}
                for code, name, group in USERS
            ],
            "blocks": {
                "transactions": "B2",
                "value_added": {
                    code: {"row": f"W2_{code}"}
                    for code in ("D21X31", "D1", "D29X39", "B2A3G")
                },
            },
        }
        return head(**content | more)

    def write_emissions(self, path: Path) -> Path:
        """Write emissions of CO2: half a kt for each million euro of demand."""
        lines = ["region_id,sector_id,value"]
        for pair, row in zip(self.producers, self.final_demand, strict=True):
            lines.append(",".join([*pair, f"{row.sum() / 2:.{_DIGITS}f}"]))
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return path

    def write_accounts(
        self, path: Path, areas: Iterable[str], missing: Iterable[str] = ()
    ) -> Path:
        """Write air emission accounts of some areas; some codes are not available."""
        lines = []
        for area in areas:
            for code, amount in self._amounts(area):
                for unit, text in (
                    ("THS_T", f"{amount:.3f} p"),
                    ("T", f"{amount * 1000:.0f}"),
                    ("KG_HAB", "7.5 b"),
                ):
                    shown = ": c" if code in missing else text
                    key = ("A", "CO2", bulk_code(code), unit, bulk_code(area))
                    lines.append((key, shown))
            lines.append((("A", "CH4", "A01", "THS_T", bulk_code(area)), "1"))
        return write_bulk(path, "freq,airpol,nace_r2,unit,geo", lines)

    def write_footprints(self, path: Path, areas: Iterable[str] | None = None) -> Path:
        """Write the official footprints of areas: what arises there, what they cause.

        What an area causes is made up: a tenth more than what arises there.
        """
        lines = []
        for area in self.areas if areas is None else areas:
            own = bulk_code(area)
            for code, amount in self._amounts(area):
                key = (bulk_code(code), "TOTAL", "THS_T")
                lines.append((("A", own, key[0], "WORLD", *key[1:]), f"{amount:.3f} e"))
                lines.append((("A", own, key[0], "AT", *key[1:]), "0.125"))
                caused = f"{amount * 1.1:.3f}"
                lines.append((("A", "WORLD", key[0], own, *key[1:]), caused))
                lines.append((("A", "WORLD", key[0], own, "P3_S14", "THS_T"), "3"))
        return write_bulk(path, "freq,c_orig,nace_r2,c_dest,na_item,unit", lines)

    def _amounts(self, area: str) -> list[tuple[str, float]]:
        """Return emissions of an area, kt, by industry and of printed sums."""
        first = self.areas.index(area) * len(self.industries)
        own = self.emissions[first : first + len(self.industries)]
        household = float(self.of_households[self.areas.index(area)])
        return [
            *zip(self.industries, own.tolist(), strict=True),
            ("C", 0.25),
            ("TOTAL", float(own.sum())),
            ("HH", household),
            ("HH_TRA", household / 2),
            ("TOTAL_HH", float(own.sum()) + household),
        ]


def bulk_code(code: str) -> str:
    """Return the code of an area or industry in Eurostat's bulk files.

    Examples
    --------
    >>> bulk_code("C10T12"), bulk_code("J62_63"), bulk_code("O84")
    ('C10-C12', 'J62_J63', 'O')
    """
    code = re.sub(r"^([A-Z])(\d+)T(\d+)$", r"\1\2-\1\3", code)
    code = re.sub(r"^([A-Z])(\d+)_(\d+)$", r"\1\2_\1\3", code)
    return _BULK_CODES.get(code, code)


def write_bulk(
    path: Path, dimensions: str, lines: Iterable[tuple[tuple[str, ...], str]]
) -> Path:
    """Write a bulk file: two years, of which the first is not available."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8") as stream:
        stream.write(f"{dimensions}\\TIME_PERIOD\t{YEAR - 1} \t{YEAR} \n")
        for key, text in lines:
            stream.write(f"{','.join(key)}\t: \t{text}\n")
    return path


def figaro(
    n_areas: int = 3,
    n_industries: int = 4,
    seed: int = 0,
    areas: tuple[str, ...] = (),
) -> Figaro:
    """Draw a table of the last areas, or of those named, and first industries."""
    rng = np.random.default_rng(seed)
    areas, industries = areas or AREAS[-n_areas:], INDUSTRIES[:n_industries]
    n_areas = len(areas)
    n, m = n_areas * n_industries, n_areas * len(USERS)
    demand = rng.uniform(0.2, 2, (n, m))
    demand[:, 4::5] -= 1  # inventories
    demand *= WORLD / demand.sum()
    flows = rng.uniform(0.5, 1.5, (n, n))
    flows *= WORLD / flows.sum()
    flows, demand = np.round(flows, _DIGITS), np.round(demand, _DIGITS)
    left = flows.sum(axis=1) + demand.sum(axis=1) - flows.sum(axis=0)
    factors = np.zeros((len(FACTORS), n + m))
    shares = np.array([0.02, 0, 0, 0.55, 0.03])
    factors[:5, :n] = np.outer(shares, left)
    factors[5, :n] = left - factors[:5, :n].sum(axis=0)
    factors[0, n:] = 0.05 * demand.sum(axis=0)
    factors[1, n + 1 :: 5], factors[2, n + 1 :: 5] = 3.0, -3.0
    return Figaro(areas, industries, flows, demand, np.round(factors, _DIGITS))


if __name__ == "__main__":
    figaro(*map(int, sys.argv[2:4])).write(Path(sys.argv[1]))
