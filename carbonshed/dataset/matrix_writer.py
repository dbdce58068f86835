"""Storage of one year of matrices beside the other years of the dataset."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from carbonshed.dataset import Dataset, DatasetWriter, stored_schema
from carbonshed.dataset.contract import ASSUMPTIONS, UNRANKED_REGION_TYPES
from carbonshed.dataset.descriptor import parse_descriptor
from carbonshed.dataset.fields import without_people
from carbonshed.dataset.matrix_table import MatrixTable, Row
from carbonshed.dataset.parquet_writer import FlowWriter
from carbonshed.dataset.store import label_rows, label_table, why_refused
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import explain_write_error
from carbonshed.progress import Progress, no_progress
from carbonshed.text import listing

_SAME_MONEY = ("currency", "currency_unit", "price_basis", "country", "synthetic")
_BLOCK_CELLS = 2_000_000
# share of the work, measured on a table of cities
_SHARE_OF_FINAL_DEMAND = 0.25


def small_tables(table: MatrixTable) -> dict[str, pa.Table]:
    """Return the tables with one value for a producer or a final user."""
    regions = [row["region_id"] for row in table.regions]
    tables = {
        "region_years": _rows(
            "region_years",
            table.year,
            region_id=regions,
            population=table.population,
            gdp=table.gdp,
        ),
        "imports": _imports(table, regions),
        "imported_products": _imported_products(table, regions),
        "value_added": _by_producer(
            "value_added", table, "component_id", table.value_added
        ),
        "emissions": _by_producer("emissions", table, "stressor_id", table.emissions),
        "direct_emissions": _direct(table, regions),
    }
    for name, vector in (("exports", table.exports), ("output", table.output)):
        cells, values = _cells(vector)
        tables[name] = _rows(name, table.year, region_sector_id=cells, value=values)
    return tables


def _rows(name: str, year: int, **columns: Any) -> pa.Table:
    schema = stored_schema(name)
    columns["year"] = np.full(len(next(iter(columns.values()))), year)
    arrays = [
        pa.array(columns[field.name], type=field.type, from_pandas=False)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _cells(values: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return position and value of all cells that are not zero."""
    flat = np.ravel(values if values is not None else np.zeros(0)).astype(float)
    cells = np.flatnonzero(flat)
    return cells, flat[cells]


def _by_producer(
    name: str, table: MatrixTable, key: str, vectors: dict[str, np.ndarray]
) -> pa.Table:
    """Return one row per producer and name; in the order of the store."""
    parts = [(label, *_cells(vector)) for label, vector in vectors.items()]
    labels = [label for label, cells, _ in parts for _ in cells]
    positions = np.concatenate([np.zeros(0, int), *(cells for _, cells, _ in parts)])
    values = np.concatenate([np.zeros(0), *(cells for *_, cells in parts)])
    rows = _rows(
        name, table.year, region_sector_id=positions, value=values, **{key: labels}
    )
    if key == "component_id":  # producers first, components inside
        order = np.argsort(positions, kind="stable")
        rows = rows.take(pa.array(order))
    return rows


def _imports(table: MatrixTable, regions: list[str]) -> pa.Table:
    """Return the imports of sectors, then those of final users."""
    sectors = [row["sector_id"] for row in table.sectors]
    categories = [row["category_id"] for row in table.categories]
    inputs, input_values = _cells(table.imports_by_sector)
    demand, demand_values = _cells(table.imports_by_category)
    region, sector = np.divmod(inputs, len(sectors))
    demand_region, category = np.divmod(demand, len(categories))
    return _rows(
        "imports",
        table.year,
        region_id=[regions[r] for r in (*region, *demand_region)],
        sector_id=[sectors[s] for s in sector] + [None] * len(demand),
        category_id=[None] * len(inputs) + [categories[c] for c in category],
        value=np.concatenate([input_values, demand_values]),
    )


def _imported_products(table: MatrixTable, regions: list[str]) -> pa.Table:
    """Return the imports of every buyer by product, sectors before final users."""
    sectors = [row["sector_id"] for row in table.sectors]
    categories = [row["category_id"] for row in table.categories]
    none = np.zeros((len(sectors), 0))
    amounts = none if table.imported_products is None else table.imported_products
    # buyers first, products inside
    cells, values = _cells(amounts.T)
    buyer, product = np.divmod(cells, len(sectors))
    is_sector = buyer < table.n_producers
    of_region = np.where(
        is_sector,
        buyer // len(sectors),
        (buyer - table.n_producers) // len(categories),
    )
    position = np.where(
        is_sector, buyer % len(sectors), (buyer - table.n_producers) % len(categories)
    )
    who = list(zip(is_sector.tolist(), position.tolist(), strict=True))
    return _rows(
        "imported_products",
        table.year,
        region_id=[regions[r] for r in of_region],
        sector_id=[sectors[k] if is_own else None for is_own, k in who],
        category_id=[None if is_own else categories[k] for is_own, k in who],
        product_id=[sectors[i] for i in product],
        value=values,
    )


def _direct(table: MatrixTable, regions: list[str]) -> pa.Table:
    categories = [row["category_id"] for row in table.categories]
    columns: dict[str, list] = {
        "stressor_id": [],
        "region_id": [],
        "category_id": [],
        "value": [],
    }
    for stressor, block in table.direct_emissions.items():
        cells, values = _cells(block)
        region, category = np.divmod(cells, len(categories))
        columns["stressor_id"] += [stressor] * len(cells)
        columns["region_id"] += [regions[r] for r in region]
        columns["category_id"] += [categories[c] for c in category]
        columns["value"] += values.tolist()
    return _rows("direct_emissions", table.year, **columns)


def store_matrix_tables(
    tables: Sequence[MatrixTable],
    name: str,
    format_name: str,
    progress: Progress = no_progress,
    people_file: str | None = None,
) -> Dataset:
    """Write several years into ``data/NAME/``, one after the other.

    All are checked before the first is written. The other arguments are those of
    `store_matrix_table`.
    """
    for table in tables:
        _check(table, people_file)
    for table in tables:
        dataset = store_matrix_table(table, name, format_name, progress, people_file)
    return dataset


def store_matrix_table(
    table: MatrixTable,
    name: str,
    format_name: str,
    progress: Progress = no_progress,
    people_file: str | None = None,
) -> Dataset:
    """Write one year into ``data/NAME/``; other years of that dataset stay.

    `people_file` names the source of population in messages. The notes of the new
    dataset are the decisions of every year.
    """
    _check(table, people_file)
    with (
        DatasetWriter(name) as writer,
        explain_write_error(f"dataset {name}", writer.partial, writer.partial),
    ):
        earlier = _earlier_to_keep(writer, table)
        if earlier is not None:
            _check_same(earlier, table)
        for kind, labels in table.labels.items():
            writer.write(kind, label_table(kind, labels))
        for small, rows in small_tables(table).items():
            writer.write(small, _merged_with_earlier(small, rows, table.year, earlier))
        unused = _write_assumptions(writer, table, earlier)
        _write_flows(writer, table, earlier, progress)
        decisions = _decisions(table, earlier)
        return writer.commit(
            _descriptor(table, earlier),
            format=format_name,
            notes=[
                f"{year}: {decision['text']}"
                for year, taken in decisions.items()
                for decision in taken
            ]
            + unused,
            decisions=decisions,
        )


def _check(table: MatrixTable, people_file: str | None) -> None:
    """Refuse a table that breaks the contract."""
    table.check()
    parse_descriptor(table.descriptor)
    _check_people(table, people_file)
    _check_emissions(table)


def _check_people(table: MatrixTable, file: str | None) -> None:
    """Refuse a ranked region without people."""
    where = f"{file}: " if file else ""
    for region, people in zip(table.regions, table.population, strict=True):
        if region["region_type"] in UNRANKED_REGION_TYPES or people:
            continue
        problem = "there is none" if people is None else "it is 0"
        reason = without_people(table.year, region["region_id"], problem)
        raise CarbonshedError(where + reason)


def _check_emissions(table: MatrixTable) -> None:
    if not any(vector.any() for vector in table.emissions.values()):
        raise CarbonshedError(
            f"no emissions of the year {table.year}; expected those of every year of "
            "transactions"
        )


def _earlier_to_keep(writer: DatasetWriter, table: MatrixTable) -> Dataset | None:
    """Return the earlier dataset if it has years to keep."""
    earlier = writer.earlier()
    if earlier is None or not set(earlier.years) - {table.year}:
        return None
    if reason := why_refused(earlier.path):
        raise CarbonshedError(
            f"dataset {earlier.name!r} has the years {listing(earlier.years)}, to which"
            f" {table.year} cannot be added: {reason}. Give the first of its years"
            f" another --name, or remove {earlier.path}"
        )
    record = earlier.descriptor["carbonshed"]
    if "decisions" not in record:  # readers of matrices take up one year at a time
        raise CarbonshedError(
            f"dataset {earlier.name!r} was made by {record['format']} and has the "
            f"years {listing(earlier.years)}; {table.year} cannot be added to "
            "it: choose another --name"
        )
    return earlier


def _check_same(earlier: Dataset, table: MatrixTable) -> None:
    """Refuse years whose labels or money unit differ from those stored."""
    years = listing(year for year in earlier.years if year != table.year)
    stays = f"dataset {earlier.name!r} with {years}"
    for name, labels in table.labels.items():
        stored = pq.read_table(earlier.table(name)).to_pylist()
        rows = label_rows(name, labels)
        for number, (old, new) in enumerate(zip_longest(stored, rows), start=1):
            if old != new:
                raise CarbonshedError(
                    f"{name}: number {number} is {_difference(new, old)} here and "
                    f"{_difference(old, new)} in {stays}; "
                    "a dataset has one list for all years: choose another --name"
                )
    money, new_money = earlier.descriptor["mrio"], table.descriptor["mrio"]
    for key in _SAME_MONEY:
        old, new = money.get(key) or None, new_money.get(key) or None
        if old != new:
            raise CarbonshedError(
                f"{key} is {new!r} here and {old!r} in {stays}; choose another --name"
            )


def _difference(row: Row | None, other: Row | None) -> str:
    """Return the differences of a row from another one."""
    if row is None:
        return "missing"
    (key, name) = list(row)[:2]
    wrong = [k for k in row if other is None or row[k] != other[k]]
    if other is None or key in wrong or name in wrong:
        return f"{row[key]!r} ({row[name]})"
    return f"{row[key]!r} with {wrong[0]} {row[wrong[0]]!r}"


def _decisions(
    table: MatrixTable, earlier: Dataset | None
) -> dict[str, list[dict[str, str]]]:
    """Return the decisions of all years, as they are stored."""
    decisions = {} if earlier is None else earlier.descriptor["carbonshed"]["decisions"]
    of_year = [asdict(decision) for decision in table.decisions]
    return dict(sorted({**decisions, str(table.year): of_year}.items(), key=_by_year))


def _by_year(item: tuple[str, object]) -> int:
    return int(item[0])


def _descriptor(table: MatrixTable, earlier: Dataset | None) -> dict[str, Any]:
    """Return the descriptor of all years together."""
    content = {**table.descriptor}
    if earlier is None:
        return content
    old = earlier.descriptor
    for key in ("licenses", "sources"):
        content[key] = [*(old.get(key) or [])]
        content[key] += [
            entry
            for entry in table.descriptor.get(key) or []
            if entry not in content[key]
        ]
    rates = {
        **old["mrio"].get("currency_per_usd", {}),
        **table.descriptor["mrio"].get("currency_per_usd", {}),
    }
    content["mrio"] = {**content["mrio"]}
    if rates:
        content["mrio"]["currency_per_usd"] = dict(sorted(rates.items()))
    return content


def _merged_with_earlier(
    name: str, rows: pa.Table, year: int, earlier: Dataset | None
) -> pa.Table:
    """Return the rows of a year merged into those of the earlier dataset."""
    if earlier is None:
        return rows
    stored = pq.read_table(earlier.table(name))
    before = stored.filter(pc.less(stored["year"], year))
    after = stored.filter(pc.greater(stored["year"], year))
    return pa.concat_tables([part.cast(rows.schema) for part in (before, rows, after)])


def _write_assumptions(
    writer: DatasetWriter, table: MatrixTable, earlier: Dataset | None
) -> list[str]:
    """Write new rows, else the stored ones; return those that no year uses."""
    years = {table.year} if earlier is None else {table.year, *earlier.years}
    notes = []
    for name in ASSUMPTIONS:
        if name in table.assumptions:
            rows = pa.Table.from_pylist(table.assumptions[name], stored_schema(name))
        elif earlier is not None and earlier.table(name).exists():
            rows = pq.read_table(earlier.table(name))
        else:
            continue
        writer.write(name, rows)
        if "year" in rows.column_names:
            other_years = {*rows["year"].to_pylist()} - {None, *years}
            if other_years:
                notes.append(
                    f"not used: years {listing(sorted(other_years))} of {name}, which "
                    "the dataset does not have"
                )
    return notes


def _write_flows(
    writer: DatasetWriter,
    table: MatrixTable,
    earlier: Dataset | None,
    progress: Progress,
) -> None:
    """Stream the two large tables, each sorted by year, origin and destination."""
    regions = pa.array([row["region_id"] for row in table.regions], pa.string())
    categories = pa.array([row["category_id"] for row in table.categories], pa.string())

    def users(columns_of_users: np.ndarray) -> list[pa.Array]:
        region, category = np.divmod(columns_of_users, np.int32(len(categories)))
        return [
            pa.DictionaryArray.from_arrays(pa.array(region), regions),
            pa.DictionaryArray.from_arrays(pa.array(category), categories),
        ]

    share = _SHARE_OF_FINAL_DEMAND
    with FlowWriter(writer, "final_demand", "region_id", "category_id") as file:
        _append_earlier(file, "final_demand", earlier, lambda year: year < table.year)
        for done in _append_matrix(file, table.year, table.final_demand, users):
            progress("storing final demand", share * done)
        _append_earlier(file, "final_demand", earlier, lambda year: year > table.year)
    with FlowWriter(writer, "transactions") as file:
        _append_earlier(file, "transactions", earlier, lambda year: year < table.year)
        for done in _append_matrix(
            file, table.year, table.transactions, lambda columns: [columns]
        ):
            progress("storing transactions", share + (1 - share) * done)
        _append_earlier(file, "transactions", earlier, lambda year: year > table.year)


def _append_matrix(
    file: FlowWriter,
    year: int,
    matrix: np.ndarray,
    columns: Callable[[np.ndarray], list],
) -> Iterator[float]:
    """Write the cells that are not zero; yield the share of rows that is written.

    Python selects the cells of a block while Arrow encodes those of the previous one:
    two cores are busy, and three blocks are in memory.
    """
    rows = max(1, _BLOCK_CELLS // max(1, matrix.shape[1]))
    with ThreadPoolExecutor(1) as encoder:
        pending: Future | None = None
        for start in range(0, len(matrix), rows):
            block = np.ascontiguousarray(matrix[start : start + rows], dtype=float)
            origin, column = np.nonzero(block)
            value = block[origin, column]
            origin = (origin + start).astype(np.int32)
            labels = columns(column.astype(np.int32))
            if pending is not None:
                pending.result()
            pending = encoder.submit(file.append, year, origin, labels, value)
            yield min(1.0, (start + rows) / len(matrix))
        if pending is not None:
            pending.result()


def _append_earlier(
    file: FlowWriter,
    name: str,
    earlier: Dataset | None,
    is_wanted: Callable[[int], bool],
) -> None:
    """Copy the years of an earlier dataset that come before, or after, the new one."""
    if earlier is None:
        return
    years = [year for year in earlier.years if is_wanted(year)]
    with pq.ParquetFile(earlier.table(name)) as there:
        for group in range(there.num_row_groups):
            rows = there.read_row_group(group)
            rows = rows.filter(pc.is_in(rows["year"], pa.array(years, pa.int32())))
            if len(rows):
                file.append_table(rows)
