"""What the shipped states are made from."""

import csv
from pathlib import Path

SOURCES = Path(__file__).parent / "sources"


def read_source(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of `sources/`."""
    with (SOURCES / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
