"""Small tables of the contract, read row by row into memory: labels, people, GDP.

The big tables may use no other ids.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from carbonshed.dataset.contract import (
    INPUT_TABLES,
    LABEL_TABLES,
    MASS_STRESSORS,
    RESERVED_STRESSOR_ID,
    TONNES_PER_UNIT,
    UNRANKED_REGION_TYPES,
    Column,
    InputTable,
)
from carbonshed.dataset.fields import (
    FieldError,
    explain_row,
    explain_rows,
    explain_whole,
    label_of,
    parse_field,
)
from carbonshed.dataset.store import Row
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.readers.rows.sources import Source, open_source
from carbonshed.text import listing

# the key of a cell must fit into 64 bits, and the matrix on a disk
_MAX_REGION_SECTORS = 10**6
_POSITION = Column("position", "count")
PEOPLE = (
    Column("population", "count", is_optional=True, is_nullable=True),
    Column("gdp", "number", is_optional=True, is_nullable=True),
)


@dataclass
class Dimensions:
    """The rows of the small tables and the position of every id."""

    # parsed rows by table, in the order of the file
    rows: dict[str, list[Row]] = field(default_factory=dict)
    # position of each id by table
    positions: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, table: str, rows: list[Row]) -> None:
        """Take up the rows of a table of labels, in the order of their positions."""
        key = INPUT_TABLES[table].key[0]
        self.rows[table] = rows
        self.positions[table] = {row[key]: i for i, row in enumerate(rows)}
        if table == "stressors":
            self.positions[MASS_STRESSORS] = {
                row[key]: i
                for i, row in enumerate(rows)
                if row["unit"] in TONNES_PER_UNIT
            }

    def ids(self, table: str) -> list[str]:
        """Return the ids of a table in the order of their positions."""
        return list(self.positions[table])

    @property
    def ranked_regions(self) -> list[str]:
        """Ids of the regions that must have people."""
        return [
            row["region_id"]
            for row in self.rows["regions"]
            if row["region_type"] not in UNRANKED_REGION_TYPES
        ]


def read_dimensions(sources: dict[str, Source]) -> Dimensions:
    """Read and check the dimension tables; `sources` are opened files by table."""
    dimensions = Dimensions()
    for name in LABEL_TABLES:
        dimensions.add(name, read_rows(sources[name], dimensions))
    sizes = [len(dimensions.rows[name]) for name in ("regions", "sectors")]
    if sizes[0] * sizes[1] > _MAX_REGION_SECTORS:
        raise CarbonshedError(
            f"{sources['regions'].file}: {sizes[0]} regions x {sizes[1]} sectors are "
            f"more than {_MAX_REGION_SECTORS} rows of a table"
        )
    return dimensions


def read_rows(
    source: Source, dimensions: Dimensions, *, may_be_empty: bool = False
) -> list[Row]:
    """Return all rows of a small table, parsed and checked against the contract.

    No key may occur twice, and without `may_be_empty` there must be a row.
    """
    table = source.table
    first_rows: dict[tuple, int] = {}
    rows = []
    with closing(_raw_rows(source)) as raw_rows:
        for number, raw in enumerate(raw_rows, start=1):
            row = _parse(source, number, raw, dimensions)
            key = tuple(row[name] for name in table.key)
            if key in first_rows:
                raise CarbonshedError(
                    f"{source.file}: data rows {first_rows[key]} and {number} are the "
                    f"same: duplicate {label_of(table.key, row)}"
                )
            first_rows[key] = number
            rows.append(row)
    if not rows and not may_be_empty:
        raise CarbonshedError(f"{source.file}: no rows; expected {table.description}")
    if reason := explain_rows(table, rows, dimensions.positions):
        raise CarbonshedError(f"{source.file}: {reason}")
    return rows


def _raw_rows(source: Source) -> Iterator[Row]:
    with closing(source.batches()) as batches:
        for batch in batches:
            for raw in batch.to_pylist():
                yield {name: raw.get(name) for name in source.table.column_names}


def _parse(source: Source, number: int, raw: Row, dimensions: Dimensions) -> Row:
    table = source.table
    row = {}
    for column in table.columns:
        try:
            ids = dimensions.positions.get(column.references or "")
            value = parse_field(column, raw[column.name], ids)
            row[column.name] = column.default if value is None else value
        except FieldError:
            reason = explain_row(table, raw, dimensions.positions)
            break
    else:
        if row.get("stressor_id") == RESERVED_STRESSOR_ID:
            raise CarbonshedError(
                f"{source.file}: data row {number}: the stressor_id "
                f"{RESERVED_STRESSOR_ID!r} is reserved for the table value_added, "
                "which is accounted for like a stressor; choose another id"
            )
        reason = explain_whole(table, raw, dimensions.positions)
        if reason is None:
            return row
    raise CarbonshedError(f"{source.file}: data row {number}: {reason}")


def read_indicators(
    path: Path, year: int, region_ids: list[str]
) -> tuple[list[int | None], list[float | None]]:
    """Read population and GDP of one year, by region; None where there is none.

    Parameters
    ----------
    path
        A CSV or Parquet file with the columns year, region_id, population
        (persons) and gdp (single currency units, may be empty). Rows of other
        years are not used, but there must be one of the year.
    region_ids
        The regions of the table, in order; another is refused.
    """
    dimensions = Dimensions(
        positions={"regions": {r: i for i, r in enumerate(region_ids)}}
    )
    rows = read_rows(open_source(path, INPUT_TABLES["region_years"]), dimensions)
    people = {row["region_id"]: row for row in rows if row["year"] == year}
    if not people:
        years = sorted({row["year"] for row in rows})
        raise CarbonshedError(
            f"{path.name}: no row of the year {year}; there are {listing(years)}"
        )
    none: dict = {}
    return (
        [people.get(region, none).get("population") for region in region_ids],
        [people.get(region, none).get("gdp") for region in region_ids],
    )


def _placed(name: str, *more: Column) -> InputTable:
    table = INPUT_TABLES[name]
    return replace(table, columns=(_POSITION, *table.columns, *more))


REGION_FILE = _placed("regions", *PEOPLE)
SECTOR_FILE = _placed("sectors")


def read_labels(path: Path, table: InputTable) -> list[Row]:
    """Read a file of labels, in the order of their positions, which it drops.

    `table` is `REGION_FILE` or `SECTOR_FILE`. Positions must be 1, 2, 3, ... without
    a gap.
    """
    if path.suffix.lower() == ".csv":
        _refuse_gbk(path)
    rows = read_rows(open_source(path, table), Dimensions())
    rows.sort(key=lambda row: row["position"])
    for expected, row in enumerate(rows, start=1):
        if row["position"] != expected:
            key = table.key[0]
            raise CarbonshedError(
                f"{path.name}: {key} {row[key]!r} has position {row['position']}; "
                f"expected {expected}: positions are those of the matrix, 1 to "
                f"{len(rows)}, each once"
            )
        del row["position"]
    return rows


def _refuse_gbk(path: Path) -> None:
    """Refuse GBK, the encoding of spreadsheets in China, and name it."""
    need_file(path)
    content = path.read_bytes()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        try:
            content.decode("gb18030")
        except UnicodeDecodeError:
            return  # another encoding: the CSV reader names the line
        raise CarbonshedError(
            f"{path.name}: line {line} is not UTF-8 but seems to be GBK; save the "
            "file as CSV UTF-8"
        ) from None
