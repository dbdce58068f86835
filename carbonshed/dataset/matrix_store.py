"""Years of a dataset as matrices: stored beside its other years, and read again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from carbonshed.dataset import Dataset, DatasetWriter, stored_schema
from carbonshed.dataset.contract import (
    ASSUMPTIONS,
    LABEL_TABLES,
    UNRANKED_REGION_TYPES,
)
from carbonshed.dataset.descriptor import parse_descriptor
from carbonshed.dataset.fields import without_people
from carbonshed.dataset.matrix_table import MatrixTable, Row
from carbonshed.dataset.parquet_writer import FlowWriter, nonzero_cells
from carbonshed.dataset.store import label_rows, label_table, why_refused
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import explain_write_error
from carbonshed.progress import Progress, no_progress
from carbonshed.text import listing

_SAME_MONEY = ("currency", "currency_unit", "price_basis", "country", "synthetic")
_BLOCK_CELLS = 2_000_000
# share of the work, measured on a table of cities
_SHARE_OF_FINAL_DEMAND = 0.25

# column of each axis of a block -> ids at its positions, None where they are stored
Axes = dict[str, pa.Array | None]
# a block, its axes, and the columns that have one value
Cells = tuple[np.ndarray | None, Axes, dict[str, str]]


def small_tables(table: MatrixTable) -> dict[str, pa.Table]:
    """Return the tables with one value for a producer or a final user."""
    regions = _ids(table.regions, "region_id")
    sectors = _ids(table.sectors, "sector_id")
    categories = _ids(table.categories, "category_id")
    by_sector = {"region_id": regions, "sector_id": sectors}
    by_category = {"region_id": regions, "category_id": categories}
    by_producer = {"region_sector_id": None}
    shape, demand_shape = table.shape, table.demand_shape
    n, products = table.n_producers, table.imported_products
    imports, demand = table.imports_by_sector, table.imports_by_category

    def cells(name: str, *blocks: Cells) -> pa.Table:
        return _cells(name, table.year, blocks)

    def labelled(name: str, key: str, axes: Axes, blocks: dict) -> pa.Table:
        parts = [(block, axes, {key: label}) for label, block in blocks.items()]
        return cells(name, *parts)

    return {
        "region_years": pa.table(
            {
                "year": np.full(len(regions), table.year),
                "region_id": regions,
                "population": pa.array(table.population, pa.int64()),
                "gdp": pa.array(table.gdp, pa.float64(), from_pandas=False),
            },
        ).cast(stored_schema("region_years")),
        "imports": cells(
            "imports",
            (None if imports is None else imports.reshape(shape), by_sector, {}),
            (None if demand is None else demand.reshape(demand_shape), by_category, {}),
        ),
        # buyers first, products inside
        "imported_products": cells("imported_products")
        if products is None
        else cells(
            "imported_products",
            (
                products[:, :n].T.reshape(*shape, -1),
                {**by_sector, "product_id": sectors},
                {},
            ),
            (
                products[:, n:].T.reshape(*demand_shape, -1),
                {**by_category, "product_id": sectors},
                {},
            ),
        ),
        # producers first, components inside
        "value_added": labelled(
            "value_added", "component_id", by_producer, table.value_added
        ).sort_by("region_sector_id"),
        "emissions": labelled("emissions", "stressor_id", by_producer, table.emissions),
        "direct_emissions": labelled(
            "direct_emissions", "stressor_id", by_category, table.direct_emissions
        ),
        "exports": cells("exports", (table.exports, by_producer, {})),
        "output": cells("output", (table.output, by_producer, {})),
    }


def _ids(rows: Sequence[Row], key: str) -> pa.Array:
    return pa.array([row[key] for row in rows], pa.string())


def _cells(name: str, year: int, blocks: Iterable[Cells]) -> pa.Table:
    """Return the cells of blocks that are not zero, in the order of the blocks."""
    schema = stored_schema(name)
    parts = [schema.empty_table()]
    for block, axes, constants in blocks:
        if block is None:
            continue
        positions = np.nonzero(block)
        columns = {
            column: pa.array(index) if labels is None else labels.take(pa.array(index))
            for (column, labels), index in zip(axes.items(), positions, strict=True)
        }
        columns["value"] = pa.array(block[positions].astype(float))
        count = len(columns["value"])
        values = {"year": year, **constants}
        for field in schema:
            if field.name not in columns:
                value = pa.scalar(values.get(field.name), field.type)
                columns[field.name] = pa.repeat(value, count)
        parts.append(pa.table(columns).select(schema.names).cast(schema))
    return pa.concat_tables(parts)


def read_matrix_table(dataset: Dataset, year: int) -> MatrixTable:
    """Return a year of a dataset as matrices; every stressor has both of its blocks."""
    labels = {}
    for name, position in LABEL_TABLES.items():
        rows = dataset.read(name)
        rows = rows.sort_by(position).drop_columns(position) if position else rows
        labels[name] = rows.to_pylist()
    ids = {
        "region_id": _ids(labels["regions"], "region_id"),
        "sector_id": _ids(labels["sectors"], "sector_id"),
        "category_id": _ids(labels["final_demand_categories"], "category_id"),
    }
    ids["product_id"] = ids["sector_id"]
    sizes = {key: len(values) for key, values in ids.items()}
    n = sizes["region_id"] * sizes["sector_id"]

    def rows_of(name: str) -> pa.Table:
        return dataset.read(name, filters=[("year", "=", year)])

    def dense(rows: pa.Table, *axes: str) -> np.ndarray:
        for column in {"sector_id", "category_id"}.intersection(axes):
            rows = rows.filter(pc.is_valid(rows[column]))
        values = np.zeros([sizes.get(axis, n) for axis in axes])
        cells = (
            pc.index_in(rows[axis], ids[axis]) if axis in ids else rows[axis]
            for axis in axes
        )
        values[tuple(cell.to_numpy() for cell in cells)] = rows["value"].to_numpy()
        return values

    def by_label(name: str, key: str, labels: Iterable[str], *axes: str) -> dict:
        rows = rows_of(name)
        return {
            label: dense(rows.filter(pc.equal(rows[key], label)), *axes)
            for label in labels or pc.unique(rows[key]).to_pylist()
        }

    people = {row["region_id"]: row for row in rows_of("region_years").to_pylist()}
    stressors = [row["stressor_id"] for row in labels["stressors"]]
    exports, output, imports, products = map(
        rows_of, ("exports", "output", "imports", "imported_products")
    )
    of_regions = [people.get(row["region_id"], {}) for row in labels["regions"]]
    return MatrixTable(
        year=year,
        regions=labels["regions"],
        sectors=labels["sectors"],
        categories=labels["final_demand_categories"],
        stressors=labels["stressors"],
        population=[row.get("population") for row in of_regions],
        gdp=[row.get("gdp") for row in of_regions],
        transactions=dense(rows_of("transactions"), "origin_id", "destination_id"),
        final_demand=dense(
            rows_of("final_demand"), "origin_id", "region_id", "category_id"
        ).reshape(n, -1),
        descriptor=dataset.descriptor,
        exports=dense(exports, "region_sector_id") if len(exports) else None,
        imports_by_sector=dense(imports, "region_id", "sector_id").ravel()
        if len(imports)
        else None,
        imports_by_category=dense(imports, "region_id", "category_id").ravel()
        if len(imports)
        else None,
        imported_products=np.concatenate(
            [
                dense(products, "region_id", buyer, "product_id").reshape(
                    -1, sizes["product_id"]
                )
                for buyer in ("sector_id", "category_id")
            ]
        ).T
        if len(products)
        else None,
        value_added=by_label("value_added", "component_id", [], "region_sector_id"),
        output=dense(output, "region_sector_id") if len(output) else None,
        emissions=by_label("emissions", "stressor_id", stressors, "region_sector_id"),
        direct_emissions=by_label(
            "direct_emissions", "stressor_id", stressors, "region_id", "category_id"
        ),
    )


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
    decisions = {**decisions, str(table.year): of_year}
    return {year: decisions[year] for year in sorted(decisions, key=int)}


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
        kept = earlier if earlier and earlier.table(name).exists() else None
        if name in table.assumptions:
            rows = pa.Table.from_pylist(table.assumptions[name], stored_schema(name))
        elif name == "official_footprints" and table.official_footprints is not None:
            rows = pa.Table.from_pylist(table.official_footprints, stored_schema(name))
            rows = _merged_with_earlier(name, rows, table.year, kept)
        elif kept is not None:
            rows = pq.read_table(kept.table(name))
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
    share = _SHARE_OF_FINAL_DEMAND
    users = _ids(table.regions, "region_id"), _ids(table.categories, "category_id")
    for name, matrix, labels, start, part in (
        ("final_demand", table.final_demand, users, 0.0, share),
        ("transactions", table.transactions, None, share, 1 - share),
    ):
        with FlowWriter(writer, name, labels) as file:
            _append_earlier(file, name, earlier, lambda year: year < table.year)
            for done in _append_matrix(file, table.year, matrix):
                progress(f"storing {name.replace('_', ' ')}", start + part * done)
            _append_earlier(file, name, earlier, lambda year: year > table.year)


def _append_matrix(file: FlowWriter, year: int, matrix: np.ndarray) -> Iterator[float]:
    """Write the cells that are not zero; yield the share of rows that is written.

    Python selects the cells of a block while Arrow encodes those of the previous one:
    two cores are busy, and three blocks are in memory.
    """
    rows = max(1, _BLOCK_CELLS // max(1, matrix.shape[1]))
    with ThreadPoolExecutor(1) as encoder:
        pending: Future | None = None
        for start in range(0, len(matrix), rows):
            block = np.ascontiguousarray(matrix[start : start + rows], dtype=float)
            cells = nonzero_cells(block, start)
            if pending is not None:
                pending.result()
            pending = encoder.submit(file.append, year, *cells)
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
    # keep dictionaries as they are, and so the bytes
    texts = [
        column.name for column in stored_schema(name) if column.type == pa.string()
    ]
    with pq.ParquetFile(earlier.table(name), read_dictionary=texts) as there:
        for group in range(there.num_row_groups):
            rows = there.read_row_group(group)
            rows = rows.filter(pc.is_in(rows["year"], pa.array(years, pa.int32())))
            if len(rows):
                file.append_table(rows)
