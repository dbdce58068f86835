"""A concordance with shares: from sectors of one classification to those of a table.

Emissions are often published by other sectors than the table has. A concordance says
which sectors of the table each of them covers, and with which share of its emissions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from carbonshed.dataset.contract import Column, InputTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.text import listing, suggestion

Row = dict[str, Any]

CONCORDANCE_FILE = InputTable(
    "concordance",
    (
        Column("source", "id"),
        Column("sector_id", "id"),
        Column("share", "number", is_optional=True, is_nullable=True),
    ),
    ("source", "sector_id"),
    True,
    "for each sector of the other classification, the sectors it covers, with shares",
)

_MAX_NAMES = 8
_ROUNDING = 1e-5  # shares may be written with six digits


@dataclass(frozen=True)
class Concordance:
    """The sectors of a table that each sector of another classification covers."""

    file: str  # its name, for messages
    sources: tuple[str, ...]  # names of the other classification, each once
    sector_ids: tuple[str, ...]  # sectors of the table, in order
    shares: np.ndarray  # shape (len(sources), len(sector_ids)); each row sums to 1

    def spread(self, amounts: Mapping[str, float], where: str) -> np.ndarray:
        """Spread amounts of the other classification over the sectors of the table.

        Their sum stays; a name that the concordance lacks is refused.
        `where` is the file of the amounts, to begin a message with.
        """
        unknown = [name for name in amounts if name not in self.sources]
        if unknown:
            raise CarbonshedError(
                f"{where}: {len(unknown)} sectors are not in the concordance "
                f"{self.file}: {listing(unknown, _MAX_NAMES, quote=True)}"
                f"{suggestion(unknown[0], self.sources)}; expected a row for each, "
                "in its column `source`"
            )
        emissions = np.array([amounts.get(name, 0.0) for name in self.sources])
        return emissions @ self.shares

    def uncovered(self) -> list[str]:
        """Return the sectors of the table that no row leads to."""
        is_reached = (self.shares != 0).any(axis=0)
        return [
            sector
            for sector, is_in in zip(self.sector_ids, is_reached, strict=True)
            if not is_in
        ]


def read_concordance(path: Path, sector_ids: Sequence[str]) -> Concordance:
    """Read a CSV or Parquet file with the columns source, sector_id and share.

    A share may be empty or missing where a source covers one sector; those of a source
    sum to 1.
    """
    source = open_source(path, CONCORDANCE_FILE)
    rows = read_rows(source, Dimensions())
    return make_concordance(rows, sector_ids, source.file)


def make_concordance(
    rows: Sequence[Row], sector_ids: Sequence[str], file: str
) -> Concordance:
    """Return the concordance of the rows of a file; see `read_concordance`."""
    positions = {sector: k for k, sector in enumerate(sector_ids)}
    unknown = dict.fromkeys(
        row["sector_id"] for row in rows if row["sector_id"] not in positions
    )
    if unknown:
        first = next(iter(unknown))
        raise CarbonshedError(
            f"{file}: {len(unknown)} sectors are not in the table: "
            f"{listing(unknown, _MAX_NAMES, quote=True)}{suggestion(first, positions)}"
        )
    by_source: dict[str, list[Row]] = {}
    for row in rows:
        by_source.setdefault(row["source"], []).append(row)
    shares = np.zeros((len(by_source), len(positions)))
    for number, (name, members) in enumerate(by_source.items()):
        for row in members:
            shares[number, positions[row["sector_id"]]] = _share(row, members, file)
        total = float(shares[number].sum())
        if abs(total - 1.0) > _ROUNDING:
            raise CarbonshedError(
                f"{file}: the shares of {name!r} sum to {total:.6g}; expected 1: all "
                "its emissions go to sectors of the table, none twice"
            )
        shares[number] /= total
    return Concordance(file, tuple(by_source), tuple(sector_ids), shares)


def _share(row: Row, members: list[Row], file: str) -> float:
    share = row.get("share")
    if share is None:
        if len(members) > 1:
            raise CarbonshedError(
                f"{file}: {row['source']!r} covers {len(members)} sectors and has no "
                f"`share` for {row['sector_id']!r}; expected one, between 0 and 1"
            )
        return 1.0
    if not 0 <= share <= 1:
        raise CarbonshedError(
            f"{file}: the share of {row['source']!r} in {row['sector_id']!r} is "
            f"{share:.6g}; expected a share between 0 and 1"
        )
    return float(share)
