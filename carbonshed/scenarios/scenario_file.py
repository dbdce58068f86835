"""A user's scenarios: ``scenarios.csv``, read and checked against a dataset.

The file is small and written by hand: it is read into memory, and one message lists
all of its problems, line by line.
"""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from carbonshed.dataset import Dataset
from carbonshed.dataset.contract import SCENARIO_TABLE, UNRANKED_REGION_TYPES, Column
from carbonshed.dataset.fields import (
    FieldError,
    describe_field,
    is_empty,
    label_of,
    parse_field,
    parse_number,
)
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import read_text
from carbonshed.outputs import write_new_file
from carbonshed.paths import kept_scenarios
from carbonshed.scenarios.allowed_ids import MAX_LISTED, Vocabulary, load_vocabulary
from carbonshed.text import listing, suggestion

Row = dict[str, object]
_MAX_PROBLEMS = 10
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
    if not path.exists():
        raise CarbonshedError(
            f"{path}: no such file (a relative path starts in {Path.cwd()})"
        )
    return scenarios_of_text(read_text(path), path, vocabulary)


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
    records = _records(path, text)
    _, header = next(records, (0, []))
    _check_header(path, header)
    rows: list[ScenarioRow] = []
    problems: list[str] = []
    first_lines: dict[tuple, int] = {}
    number = 0
    for number, (line, fields) in enumerate(records, start=1):
        found, values = _parse_record(header, fields, vocabulary)
        if not found:
            row = ScenarioRow(number, line, **values)
            rows.append(row)
            found = _repeated(first_lines, row)
        problems += [f"line {line}: {problem}" for problem in found]
    if not number:
        raise CarbonshedError(
            f"{path}: no rows below the header; expected {SCENARIO_TABLE.description}, "
            "one row per change"
        )
    if problems:
        raise CarbonshedError(report(path, problems, vocabulary))
    return rows


def report(path: Path, problems: list[str], vocabulary: Vocabulary) -> str:
    """Return a message with all that is wrong with a file, the first ten in words."""
    shown = _first(problems)
    lists = vocabulary.how_to_list(shown)
    if len(problems) == 1:
        return "\n  ".join([f"{path}: {problems[0]}", *lists])
    return "\n  ".join([f"{path}: {len(problems)} problems:", *shown, *lists])


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
    return _first(large)


def _records(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and fields of every record that is not a blank line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for fields in reader:
            if fields:
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        raise CarbonshedError(
            f"{path}: line {line}: {error}; fields with commas, quotes or line ends "
            'stand in double quotes, and a double quote in them is written twice: ""'
        ) from None


def _check_header(path: Path, header: list[str]) -> None:
    names = SCENARIO_TABLE.column_names
    expected = f"expected {listing(names)}"
    if not header:
        raise CarbonshedError(f"{path}: the file is empty; {expected} in the header")
    problems = [
        f"the column {name!r} is not known{suggestion(name, names)}"
        for name in dict.fromkeys(header)
        if name not in names
    ]
    problems += [
        f"the column `{name}` is there {header.count(name)} times"
        for name in names
        if header.count(name) > 1
    ]
    problems += [
        f"the column `{column.name}` is missing"
        for column in SCENARIO_TABLE.columns
        if column.name not in header and not column.is_optional
    ]
    if problems:
        optional = [c.name for c in SCENARIO_TABLE.columns if c.is_optional]
        raise CarbonshedError(
            f"{path}: {'; '.join(problems)}; {expected}, separated by commas"
            f" ({listing(optional)} may be left out)"
        )


def _parse_record(
    header: list[str], fields: list[str], vocabulary: Vocabulary
) -> tuple[list[str], dict[str, Any]]:
    """Return the faults of a record, and its values."""
    if len(fields) != len(header):
        return [f"has {len(fields)} fields, the header has {len(header)}"], {}
    if not any(fields):
        return ["all fields are empty; fill them or delete the line"], {}
    raw = dict(zip(header, fields, strict=True))
    values: dict[str, Any] = {}
    problems = []
    for column in SCENARIO_TABLE.columns:
        field = raw.get(column.name)
        try:
            if column.name == "value":  # `kind` comes before it
                values |= _setting(values.get("kind"), field, vocabulary)
            else:
                values[column.name] = _parse(column, field, vocabulary)
        except FieldError as error:
            problems.append(describe_field(column, field, error))
    problems += _contradictions(values)
    problems += _excludes_power(values, vocabulary)
    if values.get("includes_power_supply") is None:
        values["includes_power_supply"] = True
    return problems, values


def _parse(column: Column, raw: str | None, vocabulary: Vocabulary) -> Any:
    """Return the value of a field, None if it is empty and may be."""
    if is_empty(raw) and column.vocabulary:
        raise FieldError(f"one of {listing(column.vocabulary)}")
    value = parse_field(column, raw)
    if value is None:
        return None
    if column.kind == "year" and value not in vocabulary.years:
        known = listing(vocabulary.years, MAX_LISTED)
        raise FieldError(f"a year of dataset {vocabulary.dataset}: {known}; or nothing")
    if column.references and value not in vocabulary.ids[column.references]:
        expected = vocabulary.an_id_of(column.references)
        instead = vocabulary.instead_of(column.references, value)
        raise FieldError(f"{expected}{instead}; or nothing, for all")
    return value


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


def _repeated(first_lines: dict[tuple, int], row: ScenarioRow) -> list[str]:
    key = tuple(getattr(row, name) for name in SCENARIO_TABLE.key)
    first = first_lines.setdefault(key, row.line)
    if first == row.line:
        return []
    values = {name: getattr(row, name) for name in SCENARIO_TABLE.key}
    label = label_of(SCENARIO_TABLE.key, values)
    return [f"the same as line {first}: {label}; keep one of them"]


def _percentage(factor: float) -> str:
    """Return the effect of a factor, and the number to write if it is a percentage."""
    meant = (
        f"for a cut of {factor:.12g} % write {1 - factor / 100:.12g}"
        if factor <= 100
        else f"for {factor:.12g} % of today write {factor / 100:.12g}"
    )
    return f"factor {factor:.12g} multiplies by {factor:.12g}; {meant}"


def _first(lines: list[str]) -> list[str]:
    """Return the first ten lines, and how many more there are."""
    more = len(lines) - _MAX_PROBLEMS
    return lines[:_MAX_PROBLEMS] + ([f"and {more} more"] if more > 0 else [])


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
