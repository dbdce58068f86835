"""Every policy table of the three cities beside the numbers of their page.

The numbers are in three_cities.txt, typed from docs/three_cities.md and the page
after it, which work them out by pencil; none of them was computed by the warehouse.
"""

import math
import re
from fractions import Fraction
from pathlib import Path

import pytest
from support.compare import OF_TOTAL, OF_VALUE, asked

HERE = Path(__file__).resolve().parent
MODELS = HERE.parents[1] / "models"

ALL_EMISSIONS = 6800e6  # t
UNITS = {"[M]": 10**6, "[kg]": Fraction(1, 1000), "": 1}
WORDS = {"NULL": None, "true": True, "false": False}
HEADING = re.compile(r"^# (\w+)(?: where (.+))?\n", re.MULTILINE)

# the same numbers stand in another table
TWICE = {"scenario_levers"}


class Typed:
    """A table of the text file: which rows of a table, and what they hold."""

    def __init__(self, table: str, where: str | None, body: str) -> None:
        self.table = table
        self.schema = "intermediate" if table.startswith("int_") else "marts"
        self.where = where or "true"
        header, *lines = [line.split() for line in body.strip().splitlines()]
        self.keys = header.index("|")
        named = [column.partition("[") for column in header if column != "|"]
        self.columns = [name for name, _, _ in named]
        self.units = [UNITS[bracket + unit] for _, bracket, unit in named]
        self.rows = {}
        for line in lines:
            cells = self._cells([word for word in line if word != "|"])
            self.rows[tuple(cells[: self.keys])] = cells[self.keys :]
        assert len(self.rows) == len(lines) > 0

    def _cells(self, words: list[str]) -> list[object]:
        return [_cell(*pair) for pair in zip(words, self.units, strict=True)]

    def differences(self, found: dict[tuple, tuple]) -> list[str]:
        """Return what the table has otherwise."""
        columns, units = self.columns[self.keys :], self.units[self.keys :]
        return [
            f"{key} {column}: {want} expected, {have}"
            for key, cells in self.rows.items()
            for column, unit, want, have in zip(
                columns, units, cells, found[key], strict=True
            )
            if not _is_same(want, have, unit)
        ]


def _cell(word: str, unit: int | Fraction) -> object:
    if word in WORDS:
        return WORDS[word]
    if not word[0].isdigit():
        return word
    above, _, below = word.partition("/")
    return Fraction(above) / Fraction(below or 1) * unit


def _is_same(want: object, have: object, unit: int | Fraction) -> bool:
    if not isinstance(want, Fraction) or have is None:
        return want == have
    zero = OF_TOTAL * (ALL_EMISSIONS if unit == UNITS["[M]"] else 1)
    return math.isclose(want, have, rel_tol=OF_VALUE, abs_tol=zero)


def typed_tables() -> list[Typed]:
    """Return the tables of the text file."""
    parts = HEADING.split((HERE / "three_cities.txt").read_text("utf-8"))
    return [Typed(*parts[k : k + 3]) for k in range(1, len(parts), 3)]


@pytest.mark.parametrize("table", typed_tables(), ids=lambda table: table.table)
def test_table(table, three_cities):
    names = ", ".join(table.columns)
    relation = f"{table.schema}.{table.table}"
    question = f"select {names} from {relation} where {table.where}"
    rows = asked(three_cities, question)
    found = {row[: table.keys]: row[table.keys :] for row in rows}
    assert len(found) == len(rows)
    assert found.keys() == table.rows.keys()
    assert table.differences(found) == []


def test_every_table_is_worked_out():
    marts = {path.stem for path in (MODELS / "marts" / "policy").glob("*.sql")}
    assert marts - TWICE <= {table.table for table in typed_tables()}


def test_the_grid_is_whole(three_cities):
    (projections,) = asked(
        three_cities,
        "select count(*) from seeds.peak_projections"
        " where country = 'CHN' and stressor_id = 'co2'",
    )[0]
    (cells,) = asked(
        three_cities, "select count(*) from marts.living_standards_by_choice"
    )[0]
    assert cells == 5 * 3 * 3 * 2 * 3 * projections > 0
