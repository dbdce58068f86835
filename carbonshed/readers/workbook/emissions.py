"""Emissions from a file of their own, also by sectors of another classification."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from carbonshed.dataset.contract import Column, InputTable
from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.rows.concordance import Concordance
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.text import listing, suggestion

Row = dict[str, Any]

EMISSIONS_FILE = InputTable(
    "emissions",
    (
        Column("year", "year", is_optional=True, is_nullable=True),
        Column("stressor_id", "id", is_optional=True, is_nullable=True),
        Column("region_id", "id", is_optional=True, is_nullable=True),
        Column("sector_id", "id", is_optional=True, is_nullable=True),
        Column("category_id", "id", is_optional=True, is_nullable=True),
        Column("value", "number"),
    ),
    ("year", "stressor_id", "region_id", "sector_id", "category_id"),
    True,
    "emissions by sector, and by category of final users themselves",
)


@dataclass
class Emissions:
    """Emissions of one year."""

    of_sectors: dict[str, np.ndarray]  # arrays of shape (R * S,) by stressor
    # arrays of shape (R, C) by stressor, of those that have any
    direct: dict[str, np.ndarray]
    decisions: list[Decision]  # emissions that were spread, and by which shares


class EmissionsFile:
    """A file of emissions, read once for all years."""

    def __init__(self, path: Path, concordance: Concordance | None = None) -> None:
        self.path = path
        self._concordance = concordance
        source = open_source(path, EMISSIONS_FILE)
        self._rows = read_rows(source, Dimensions())
        self._notes = [Decision("emissions_file", text) for text in source.notes]

    def of_year(
        self, year: int, many_years: bool, labels: dict[str, list[Row]]
    ) -> Emissions:
        """Return the emissions of a year."""
        ids = {
            "region_id": [row["region_id"] for row in labels["regions"]],
            "sector_id": [row["sector_id"] for row in labels["sectors"]],
            "category_id": [row["category_id"] for row in labels["categories"]],
            "stressor_id": [row["stressor_id"] for row in labels["stressors"]],
        }
        amounts: dict[tuple[str, int], dict[str, float]] = {}
        direct: dict[str, np.ndarray] = {}
        shape = (len(ids["region_id"]), len(ids["category_id"]))
        rows = [row for row in self._rows if self._is_of(row, year, many_years)]
        for row in rows:
            stressor = self._one(row, "stressor_id", ids)
            region = ids["region_id"].index(self._one(row, "region_id", ids))
            has_sector = row.get("sector_id") is not None
            if has_sector == (row.get("category_id") is not None):
                raise CarbonshedError(
                    f"{self.path.name}: a row has the sector_id "
                    f"{row.get('sector_id')!r} and the category_id "
                    f"{row.get('category_id')!r}; expected exactly one of the two"
                )
            if has_sector:
                by_sector = amounts.setdefault((stressor, region), {})
                by_sector[row["sector_id"]] = row["value"]
            else:
                category = self._one(row, "category_id", ids)
                block = direct.setdefault(stressor, np.zeros(shape))
                block[region, ids["category_id"].index(category)] = row["value"]
        if not amounts:
            years = sorted({row["year"] for row in self._rows if row.get("year")})
            others = f"; there are {listing(years, 12)}" if years else ""
            raise CarbonshedError(
                f"{self.path.name}: no emissions of sectors in {year}{others}"
            )
        return self._spread(amounts, direct, ids)

    def _spread(
        self,
        amounts: dict[tuple[str, int], dict[str, float]],
        direct: dict[str, np.ndarray],
        ids: dict[str, list[str]],
    ) -> Emissions:
        n_sectors = len(ids["sector_id"])
        size = len(ids["region_id"]) * n_sectors
        of_sectors: dict[str, np.ndarray] = {}
        for (stressor, region), by_sector in amounts.items():
            vector = of_sectors.setdefault(stressor, np.zeros(size))
            first = region * n_sectors
            vector[first : first + n_sectors] = self._by_sector(by_sector, ids)
        decisions = list(self._notes)
        if self._concordance is not None:
            total = sum(float(vector.sum()) for vector in of_sectors.values())
            text = (
                f"{self.path.name}: emissions of another classification are spread by "
                f"the shares of the concordance, {total:.10g} in all"
            )
            missed = self._concordance.uncovered()
            if missed:
                text = (
                    f"WARNING: {text}; {len(missed)} sectors of the table are in no "
                    f"row of it and get none: {listing(missed, 8, quote=True)}"
                )
            decisions.append(Decision("emissions_spread", text))
        return Emissions(of_sectors, direct, decisions)

    def _by_sector(
        self, amounts: dict[str, float], ids: dict[str, list[str]]
    ) -> np.ndarray:
        if self._concordance is not None:
            return self._concordance.spread(amounts, self.path.name)
        positions = {sector: k for k, sector in enumerate(ids["sector_id"])}
        vector = np.zeros(len(positions))
        for sector, value in amounts.items():
            if sector not in positions:
                raise CarbonshedError(
                    f"{self.path.name}: sector_id {sector!r} is not one of the table"
                    f"{suggestion(sector, positions)}; expected one of "
                    f"{listing(positions, 8)}. Sectors of another classification need "
                    "--concordance"
                )
            vector[positions[sector]] = value
        return vector

    def _is_of(self, row: Row, year: int, many_years: bool) -> bool:
        if row.get("year") is None:
            if many_years:
                raise CarbonshedError(
                    f"{self.path.name}: a row has no year, and the map has several; "
                    "expected a column `year`"
                )
            return True
        return row["year"] == year

    def _one(self, row: Row, key: str, ids: dict[str, list[str]]) -> str:
        """Return an id of a row; where there is one only, it need not say it."""
        value = row.get(key)
        if value is None and len(ids[key]) == 1:
            return ids[key][0]
        if value not in ids[key]:
            raise CarbonshedError(
                f"{self.path.name}: {key} "
                f"{'is missing' if value is None else repr(value)}"
                f"{suggestion(value, ids[key])}; expected one of {listing(ids[key], 8)}"
            )
        return value
