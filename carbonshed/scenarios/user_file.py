"""A user's file of scenarios or prices: CSV, checked against what a dataset has.

The file is small and written by hand: it is read into memory, and one message lists
all of its problems, line by line.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from carbonshed.dataset.contract import Column, InputTable
from carbonshed.dataset.fields import (
    FieldError,
    describe_field,
    is_empty,
    label_of,
    parse_field,
)
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import read_text
from carbonshed.scenarios.allowed_ids import MAX_LISTED, Vocabulary
from carbonshed.text import listing, other_separator, suggestion

Values = dict[str, Any]
Check = Callable[[dict[str, str | None]], tuple[list[str], Values]]
"""From the fields of a row, by column, to its faults and its values."""

_MAX_PROBLEMS = 10
_MAX_ROWS = 20_000  # one for each sector of the 309 cities, and more; ten seconds


def read_user_file(path: Path) -> str:
    """Return the text of a file, which must be there."""
    if not path.exists():
        raise CarbonshedError(
            f"{path}: no such file (a relative path starts in {Path.cwd()})"
        )
    return read_text(path)


def rows_of_text(
    text: str, path: Path, table: InputTable, vocabulary: Vocabulary, check: Check
) -> list[tuple[int, Values]]:
    """Return the line and the values of each row; `path` names the file in messages.

    Raises
    ------
    CarbonshedError
        If anything is wrong with it: one message with all that is, the first ten
        problems with line, column, what was found and what is expected.
    """
    reader = _records(path, text)
    _, header = next(reader, (0, []))
    _check_header(path, header, table)
    records = list(islice(reader, _MAX_ROWS + 1))
    if len(records) > _MAX_ROWS:
        raise CarbonshedError(
            f"{path}: has more than {_MAX_ROWS:,} rows; expected at most so many: an"
            " empty field means all, and several files are evaluated one by one"
        )
    rows: list[tuple[int, Values]] = []
    problems: list[str] = []
    first_lines: dict[tuple, int] = {}
    line = 0
    for line, fields in records:
        found, values = _shape_problems(header, fields), {}
        if not found:
            raw = dict(zip(header, fields, strict=True))
            found, values = check({name: raw.get(name) for name in table.column_names})
        if not found:
            rows.append((line, values))
            found = _repeated(first_lines, table, line, values)
        problems += [f"line {line}: {problem}" for problem in found]
    if not line:
        raise CarbonshedError(
            f"{path}: no rows below the header; expected {table.description}"
        )
    if problems:
        raise CarbonshedError(report(path, problems, vocabulary))
    return rows


def parse_columns(
    columns: Iterable[Column], raw: dict[str, str | None], vocabulary: Vocabulary
) -> tuple[list[str], Values]:
    """Return the faults of fields, and the values of those without."""
    values, problems = {}, []
    for column in columns:
        field = raw[column.name]
        try:
            values[column.name] = _parse(column, field, vocabulary)
        except FieldError as error:
            problems.append(describe_field(column, field, error))
    return problems, values


def report(path: Path, problems: list[str], vocabulary: Vocabulary) -> str:
    """Return a message with all that is wrong with a file, the first ten in words."""
    shown = first_of(problems)
    lists = vocabulary.how_to_list(shown)
    if len(problems) == 1:
        return "\n  ".join([f"{path}: {problems[0]}", *lists])
    return "\n  ".join([f"{path}: {len(problems)} problems:", *shown, *lists])


def first_of(lines: list[str]) -> list[str]:
    """Return the first ten lines, and how many more there are."""
    more = len(lines) - _MAX_PROBLEMS
    return lines[:_MAX_PROBLEMS] + ([f"and {more} more"] if more > 0 else [])


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


def _check_header(path: Path, header: list[str], table: InputTable) -> None:
    names = table.column_names
    expected = f"expected {listing(names)}"
    if not header:
        raise CarbonshedError(f"{path}: the file is empty; {expected} in the header")
    if separator := other_separator(header):
        raise CarbonshedError(f"{path}: {separator}")
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
        for column in table.columns
        if column.name not in header and not column.is_optional
    ]
    if problems:
        optional = [c.name for c in table.columns if c.is_optional]
        raise CarbonshedError(
            f"{path}: {'; '.join(problems)}; {expected}, separated by commas"
            f" ({listing(optional)} may be left out)"
        )


def _shape_problems(header: list[str], fields: list[str]) -> list[str]:
    if len(fields) != len(header):
        return [f"has {len(fields)} fields, the header has {len(header)}"]
    return [] if any(fields) else ["all fields are empty; fill them or delete the line"]


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


def _repeated(
    first_lines: dict[tuple, int], table: InputTable, line: int, values: Values
) -> list[str]:
    key = tuple(values[name] for name in table.key)
    first = first_lines.setdefault(key, line)
    if first == line:
        return []
    label = label_of(table.key, values)
    return [f"the same as line {first}: {label}; keep one of them"]
