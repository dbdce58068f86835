"""What the shipped states are made from."""

import csv
from pathlib import Path

SOURCES = Path(__file__).parent / "sources"


def read_source(name: str, folder: Path = SOURCES) -> list[dict[str, str]]:
    """Return the rows of a file, of `sources/` if of no other folder."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
