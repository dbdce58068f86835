"""What the yml of the marts promises: their grain, and their columns."""

import re
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[2]


def entries_of(folder: str, kind: str = "models") -> dict[str, dict]:
    """Return the entries of the yml files of a folder, by name."""
    return {
        entry["name"]: entry
        for path in sorted((PROJECT / folder).rglob("*.yml"))
        for entry in yaml.load(path.read_bytes(), yaml.CSafeLoader).get(kind, [])
    }


def _grain(mart: dict) -> list[str]:
    """Return the columns that tell rows apart, as its data test has them."""
    for test in mart.get("data_tests", []):
        if isinstance(test, dict) and "one_row_per_combination" in test:
            return test["one_row_per_combination"]["arguments"]["combination"]
    return []


MARTS = entries_of("models/marts")
GRAINS = {name: _grain(mart) for name, mart in MARTS.items()}
COLUMNS = {name: [c["name"] for c in mart["columns"]] for name, mart in MARTS.items()}

# marts that a var leaves out: the analyses, and those that another var has to ask for
_CHOSEN = re.compile(r"enabled=is_chosen\('analyses'\)( and is_chosen\()?")
_CHOICES = {
    path.stem: choice
    for path in sorted((PROJECT / "models" / "marts").rglob("*.sql"))
    if (choice := _CHOSEN.search(path.read_text("utf-8")))
}
ON_REQUEST = [mart for mart, choice in _CHOICES.items() if choice[1]]
ANALYSES = _CHOICES.keys() - {*ON_REQUEST}
