"""A user's scenarios: ``scenarios.csv``, read and checked against a dataset."""

import csv
import io
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from carbonshed.dataset import Dataset
from carbonshed.dataset.contract import SCENARIO_TABLE, UNRANKED_REGION_TYPES
from carbonshed.dataset.fields import (
    FieldError,
    describe_field,
    is_empty,
    parse_number,
)
from carbonshed.io_errors import read_text
from carbonshed.outputs import write_new_file
from carbonshed.paths import kept_scenarios
from carbonshed.scenarios.allowed_ids import Vocabulary, load_vocabulary
from carbonshed.scenarios.user_file import (
    first_of,
    parse_columns,
    read_user_file,
    rows_of_text,
)
from carbonshed.text import listing

Row = dict[str, object]
# its kind says what it is
_VALUE = SCENARIO_TABLE.column("value")
# a quota is a difference of sums: larger factors would show rounding errors
_MAX_FACTOR = 1000
# above this, a factor looks like a percentage
_MAX_USUAL_FACTOR = 2
# kinds whose value is a footprint per person
_CAPPING = ("scale_to_cap", "cap")


@dataclass(frozen=True)
class ScenarioRow:
    """One row of a file, its value in the column of its kind; None means all."""

    row_number: int  # number of the row, from 1
    line: int  # line of the file where it begins, from 1
    scenario_id: str
    year: int | None
    region_id: str | None
    sector_id: str | None
    category_id: str | None
    lever: str
    kind: str
    factor: float | None  # the factor of intensity or demand, for kind factor
    benchmark_id: str | None  # the named statistic, of kind benchmark
    # the named cap, or the cap in tonnes per person; of kinds scale_to_cap and cap
    cap_id: str | None
    cap_tonnes: float | None
    includes_power_supply: bool


def read_scenarios(path: Path, vocabulary: Vocabulary) -> list[ScenarioRow]:
    """Read and check a file of scenarios: CSV, UTF-8, with a header.

    Raises
    ------
    CarbonshedError
        If anything is wrong with it: one message with all that is, the first ten
        problems with line, column, what was found and what is expected.
    """
    return scenarios_of_text(read_user_file(path), path, vocabulary)


def load_scenarios(name: str, path: str | Path) -> list[ScenarioRow]:
    """Return the checked rows of a file of scenarios about a dataset."""
    return read_scenarios(Path(path), load_vocabulary(name))


def chosen_scenarios(name: str, path: str | None) -> Path | None:
    """Return the file of scenarios of a build, None without one.

    The path is the var `scenarios`; without it, the file kept with the dataset counts.
    """
    if path:
        return Path(path)
    kept = kept_scenarios(name)
    return kept if kept.exists() else None


def scenarios_of_text(
    text: str, path: Path, vocabulary: Vocabulary
) -> list[ScenarioRow]:
    """Check scenarios as `read_scenarios` does; `path` names the file in messages."""
    rows = rows_of_text(
        text, path, SCENARIO_TABLE, vocabulary, lambda raw: _parse_row(raw, vocabulary)
    )
    return [
        ScenarioRow(number, line, **values)
        for number, (line, values) in enumerate(rows, start=1)
    ]


def scenarios_json(rows: list[ScenarioRow]) -> str:
    """Return rows as JSON, in the form in which SQL takes them."""
    return json.dumps([asdict(row) for row in rows])


def scenario_ids(path: Path) -> list[str]:
    """Return the scenarios that a file names, in order, whatever else is wrong."""
    rows = csv.DictReader(io.StringIO(read_text(path), newline=""))
    return list(dict.fromkeys(filter(None, (row.get("scenario_id") for row in rows))))


def suspicious_factors(path: Path, rows: list[ScenarioRow]) -> list[str]:
    """Return the factors that are allowed but may be percentages, one line each."""
    large = [
        f"{path} line {row.line}: {_percentage(row.factor)}"
        for row in rows
        if row.factor is not None and row.factor > _MAX_USUAL_FACTOR
    ]
    return first_of(large)


def _parse_row(
    raw: dict[str, str | None], vocabulary: Vocabulary
) -> tuple[list[str], dict[str, Any]]:
    """Return the faults of a row, and its values."""
    columns = [column for column in SCENARIO_TABLE.columns if column != _VALUE]
    problems, values = parse_columns(columns, raw, vocabulary)
    field = raw[_VALUE.name]
    try:
        values |= _setting(values.get("kind"), field, vocabulary)
    except FieldError as error:
        problems.append(describe_field(_VALUE, field, error))
    problems += _contradictions(values)
    problems += _excludes_power(values, vocabulary)
    if values.get("includes_power_supply") is None:
        values["includes_power_supply"] = True
    return problems, values


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    """Return which fields contradict each other, among those that are valid."""
    lever, kind = values.get("lever"), values.get("kind")
    problems = []
    if (lever, kind) == ("demand", "benchmark"):
        problems.append(
            "`kind` is 'benchmark' with lever demand; expected factor, scale_to_cap or "
            "cap: a benchmark is an intensity"
        )
    if lever == "intensity" and kind in _CAPPING:
        problems.append(
            f"`kind` is {kind!r} with lever intensity; expected factor or benchmark: a "
            "cap is a footprint per person"
        )
    if lever == "demand" and values.get("sector_id") is not None:
        problems.append(
            f"`sector_id` is {values['sector_id']!r} with lever demand; expected "
            "nothing: demand is changed by region and category"
        )
    if lever == "intensity" and values.get("category_id") is not None:
        problems.append(
            f"`category_id` is {values['category_id']!r} with lever intensity; "
            "expected nothing: an intensity is of a region's sector"
        )
    return problems


def _excludes_power(values: Mapping[str, Any], vocabulary: Vocabulary) -> list[str]:
    """Return why a row that excludes power supply cannot do so."""
    lever, sector = values.get("lever"), values.get("sector_id")
    if values.get("includes_power_supply") is not False:
        return []
    if lever == "demand":
        return [
            "`includes_power_supply` is false with lever demand; expected nothing: "
            "only the lever intensity can leave power supply alone"
        ]
    if lever == "intensity" and not vocabulary.power_supply:
        return [
            "`includes_power_supply` is false, but no sector of dataset "
            f"{vocabulary.dataset} is marked as power supply, so it would be cut like "
            "any other; expected true or nothing, or a dataset with a mark "
            "(`is_power_supply` in its table of sectors)"
        ]
    if lever == "intensity" and sector in vocabulary.power_supply:
        return [
            f"`includes_power_supply` is false and `sector_id` is {sector!r}, which is "
            "power supply: the row would change nothing; expected true or nothing, or "
            "a sector that is not power supply"
        ]
    return []


def _setting(
    kind: str | None, raw: str | None, vocabulary: Vocabulary
) -> dict[str, Any]:
    """Return the value of a row in the column of its kind."""
    setting = dict.fromkeys(("factor", "benchmark_id", "cap_id", "cap_tonnes"))
    if kind == "factor":
        expected = f"a number from 0 to {_MAX_FACTOR}: 0.9 cuts by a tenth"
        return {**setting, "factor": _number(raw, expected, _MAX_FACTOR)}
    if kind == "benchmark":
        if raw not in vocabulary.benchmarks:
            raise FieldError(f"a benchmark: {listing(vocabulary.benchmarks)}")
        return {**setting, "benchmark_id": raw}
    if kind in _CAPPING and raw in vocabulary.caps:
        return {**setting, "cap_id": raw}
    if kind in _CAPPING:
        expected = (
            "a finite number of 0 or more, tonnes per person, or a named cap: "
            f"{listing(vocabulary.caps)}"
        )
        return {**setting, "cap_tonnes": _number(raw, expected)}
    if is_empty(raw):
        raise FieldError("a number, or the name of a benchmark or a cap")
    return {}  # the kind is refused: nothing to compare with


def _number(raw: str | None, expected: str, largest: float = math.inf) -> float:
    try:
        number = parse_number(raw)
    except FieldError:
        raise FieldError(expected) from None
    if not 0 <= number <= largest:
        raise FieldError(expected)
    return number + 0.0  # -0 is 0


def _percentage(factor: float) -> str:
    """Return the effect of a factor, and the number to write if it is a percentage."""
    meant = (
        f"for a cut of {factor:.12g} % write {1 - factor / 100:.12g}"
        if factor <= 100
        else f"for {factor:.12g} % of today write {factor / 100:.12g}"
    )
    return f"factor {factor:.12g} multiplies by {factor:.12g}; {meant}"


def write_scenario_template(path: Path, rows: list[Row]) -> None:
    """Write a new file of scenarios, from fields by column."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, SCENARIO_TABLE.column_names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_new_file(path, text.getvalue())


def example_rows(dataset: Dataset, vocabulary: Vocabulary) -> list[Row]:
    """Return scenarios that are valid for a dataset, one for each kind of row."""
    intensity = {"scenario_id": "cleaner", "lever": "intensity"}
    demand = {"scenario_id": "sparing", "lever": "demand"}
    place = {"year": dataset.years[-1], "region_id": _region(dataset)}
    both = {**place, "scenario_id": "one_place", "kind": "factor"}
    return [
        {**intensity, "sector_id": _sector(dataset), "kind": "factor", "value": 0.8},
        {
            **intensity,
            "kind": "benchmark",
            "value": vocabulary.benchmarks[0],
            "includes_power_supply": "false" if vocabulary.power_supply else "true",
        },
        {**demand, "kind": "scale_to_cap", "value": vocabulary.caps[0]},
        {**both, "lever": "intensity", "value": 0.9},
        {**both, "category_id": _category(dataset), "lever": "demand", "value": 0.95},
    ]


def _region(dataset: Dataset) -> str:
    rows = _rows(dataset, "regions")
    ranked = [row for row in rows if row["region_type"] not in UNRANKED_REGION_TYPES]
    return (ranked or rows)[0]["region_id"]


def _sector(dataset: Dataset) -> str:
    rows = _rows(dataset, "sectors")
    power = [row for row in rows if row["is_power_supply"]]
    return (power or rows)[0]["sector_id"]


def _category(dataset: Dataset) -> str:
    rows = _rows(dataset, "final_demand_categories")
    households = [row for row in rows if row["category_group"] == "household"]
    return (households or rows)[0]["category_id"]


def _rows(dataset: Dataset, table: str) -> list[dict]:
    return dataset.read(table).to_pylist()
