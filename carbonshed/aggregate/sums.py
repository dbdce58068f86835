"""A dataset with fewer regions or sectors, made from another one.

A map is a table with one row per old label: the new label that it belongs to and, where
the old labels do not say it, the other columns of the new one.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from carbonshed.dataset import Dataset, DatasetWriter, open_dataset, stored_schema
from carbonshed.dataset.contract import (
    ASSUMPTIONS,
    INPUT_TABLES,
    UNRANKED_REGION_TYPES,
    Column,
    InputTable,
)
from carbonshed.dataset.descriptor import REGION_NOUNS
from carbonshed.dataset.parquet_writer import COMPRESSION, execute_interruptibly
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import explain_write_error, scratch_folder
from carbonshed.names import validate_ingest_name
from carbonshed.progress import Progress, no_progress
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.text import listing, sql_text, suggestion

Row = dict[str, Any]

# a new label needs these columns; the others may be empty
_REQUIRED = ("region_type", "sector_group", "is_power_supply")
_MAX_ROWS_SHOWN = 20
FORMAT = "aggregate"
CONSERVED = 1e-12  # relative to the sum of absolute amounts
_NOT_ADDED_UP = ("region_years", "region_sectors", "regions", "sectors")
MEMORY_LIMIT = "2GB"
THREADS = min(os.cpu_count() or 1, 4)
_ROWS_PER_GROUP = 1 << 20
# columns that stay as they are, by table; ids of producers and regions are mapped
FLOWS: dict[str, tuple[str, ...]] = {
    "exports": (),
    "output": (),
    "imports": ("category_id",),
    "value_added": ("component_id",),
    "emissions": ("stressor_id",),
    "direct_emissions": ("stressor_id", "category_id"),
    "final_demand": ("category_id",),
    "transactions": (),
}
_OF_PRODUCERS = ("exports", "output", "value_added", "emissions")
REGION_YEARS = """
    with years as (select distinct year from stored_region_years),
    -- a region without a row is one without people, as in the contract
    members as (
        select years.year, new_position, new_id, population, gdp
        from years cross join regions_map
        left join stored_region_years as given
            on given.year = years.year and given.region_id = old_id
    )
    select
        year, new_id as region_id,
        case when count(population) = count(*) then sum(population)::bigint end
            as population,
        case when count(gdp) = count(*) then sum(gdp) end as gdp
    from members
    group by year, new_position, new_id
    order by year, new_position
"""
_BUYER = "year, region.new_id as region_id, sector.new_id as sector_id, category_id"
_BUYER_MAPS = """
    inner join regions_map as region on region.old_id = region_id
    left join sectors_map as sector on sector.old_id = sector_id
"""
# a buyer knows its mix if all those do that it is made of
IMPORTED_PRODUCTS = f"""
    with known as (
        select {_BUYER}, product.new_id as product_id, sum(value) as value
        from stored_imported_products {_BUYER_MAPS}
        inner join sectors_map as product on product.old_id = product_id
        group by all
    ),
    of_unknown_mix as (
        select distinct {_BUYER}
        from (
            select year, region_id, sector_id, category_id
            from stored_imports where value <> 0
            except
            select year, region_id, sector_id, category_id
            from stored_imported_products
        ) {_BUYER_MAPS}
    )
    select known.* from known
    left join of_unknown_mix as other
        on
            other.year = known.year and other.region_id = known.region_id
            and other.sector_id is not distinct from known.sector_id
            and other.category_id is not distinct from known.category_id
    where other.year is null
    order by 1, 2, 3 nulls last, 4, 5
"""


@dataclass(frozen=True)
class LabelMap:
    """The new label of every old one."""

    # rows of the contract, in the order in which their first members come
    labels: list[Row]
    targets: list[int]  # position of the new label of each old one


def identity_map(labels: Sequence[Row]) -> LabelMap:
    """Return the map that changes nothing."""
    return LabelMap([dict(row) for row in labels], list(range(len(labels))))


def read_map(path: Path, table: str, labels: Sequence[Row]) -> LabelMap:
    """Read a map of regions or sectors, a CSV or Parquet file.

    It has the columns ``region_id`` and ``new_region_id`` and, optional,
    ``new_region_name`` and the other columns of the contract; likewise for sectors.
    Columns that the map leaves empty come from the old labels if they agree.
    """
    contract = INPUT_TABLES[table]
    key = contract.key[0]
    source = open_source(path, map_table(table))
    rows = read_rows(source, Dimensions())
    by_old = _by_old(rows, key, source.file)
    old_ids = [row[key] for row in labels]
    _refuse_unmatched(by_old, old_ids, key, source.file)
    members: dict[str, list[Row]] = {}
    for label in labels:
        members.setdefault(by_old[label[key]][f"new_{key}"], []).append(label)
    by_new: dict[str, list[Row]] = {}
    for row in rows:
        by_new.setdefault(row[f"new_{key}"], []).append(row)
    positions = {new_id: k for k, new_id in enumerate(members)}
    return LabelMap(
        labels=[
            _new_label(contract, new_id, by_new[new_id], old, source.file)
            for new_id, old in members.items()
        ],
        targets=[positions[by_old[old_id][f"new_{key}"]] for old_id in old_ids],
    )


def map_table(table: str) -> InputTable:
    """Return the columns of a map of regions or sectors."""
    contract = INPUT_TABLES[table]
    key = contract.key[0]
    described = [
        Column(f"new_{c.name}", c.kind, True, True, None, c.vocabulary)
        for c in contract.columns
        if c.name != key
    ]
    return InputTable(
        f"map of {table}",
        (Column(key, "id"), Column(f"new_{key}", "id"), *described),
        (key, f"new_{key}"),
        True,
        f"one row for each of the {table}",
    )


def _by_old(rows: list[Row], key: str, file: str) -> dict[str, Row]:
    """Return the row of each old label."""
    by_old: dict[str, Row] = {}
    for row in rows:
        first = by_old.setdefault(row[key], row)
        if first is not row:
            raise CarbonshedError(
                f"{file}: {key} {row[key]!r} goes to {first[f'new_{key}']!r} and to "
                f"{row[f'new_{key}']!r}; expected one: flows are added up, never split"
            )
    return by_old


def _refuse_unmatched(
    by_old: dict[str, Row], old_ids: list[str], key: str, file: str
) -> None:
    """Refuse labels that are only in the map or only in the dataset."""
    missing = [label for label in old_ids if label not in by_old]
    unknown = [label for label in by_old if label not in set(old_ids)]
    named = listing(unknown, _MAX_ROWS_SHOWN, quote=True)
    if missing:
        only_here = f" ({len(unknown)} only in the map: {named})" if unknown else ""
        raise CarbonshedError(
            f"{file}: {len(missing)} of {len(old_ids)} labels of the dataset are not "
            f"in the map: {listing(missing, _MAX_ROWS_SHOWN, quote=True)}; expected "
            f"a row for every {key}{only_here}"
        )
    if unknown:
        raise CarbonshedError(
            f"{file}: {len(unknown)} labels are not in the dataset: "
            f"{named}{suggestion(unknown[0], old_ids)}; expected only labels of the "
            "dataset"
        )


def _new_label(
    contract: InputTable, new_id: str, rows: list[Row], members: list[Row], file: str
) -> Row:
    """Return the row of a new label: fields of the map, else those of all members."""
    key, name = contract.column_names[:2]
    label: Row = {key: new_id}
    for column in contract.columns[1:]:
        values = {row[f"new_{column.name}"] for row in rows} - {None}
        if len(values) > 1:
            raise CarbonshedError(
                f"{file}: `new_{column.name}` of {new_id!r} is "
                f"{' and '.join(sorted(map(repr, values)))}; expected the same in "
                "every row of it"
            )
        old = {row.get(column.name) for row in members}
        if values:
            (label[column.name],) = values
        elif len(old) == 1:
            (agreed,) = old
            # members of a province become that province, which is not a part of itself
            is_itself = column.name == "parent_region_id" and agreed == new_id
            # the English of a name that they no longer have
            is_of_another = column.name == "region_name_en" and label[name] not in {
                row[name] for row in members
            }
            label[column.name] = None if is_itself or is_of_another else agreed
        elif column.name in _REQUIRED:
            differ = ", ".join(
                f"{row[key]!r} {row[column.name]}" for row in members[:_MAX_ROWS_SHOWN]
            )
            raise CarbonshedError(
                f"{file}: members of {new_id!r} differ in `{column.name}` ({differ}); "
                f"expected `new_{column.name}` in the map to say what it is"
            )
        else:
            label[column.name] = new_id if column.name == name else None
    return label


def aggregate(
    name: str,
    new_name: str,
    *,
    regions: Path | None = None,
    sectors: Path | None = None,
    progress: Progress = no_progress,
) -> Dataset:
    """Add up regions and sectors of a dataset into a new one.

    Flows are added up, in all tables and years; derived figures, such as
    intensities, are computed anew when the new dataset is built.

    Parameters
    ----------
    name, new_name
        The dataset, and the one that is made from it.
    regions, sectors
        Maps, see `read_map`; without one, nothing changes on that side.
    progress
        A receiver of the table that is being added up and of the share done.

    Returns
    -------
    Dataset
        The new dataset; its notes name its source.

    Raises
    ------
    CarbonshedError
        If a map does not fit, a ranked region would have no people, or a total
        would change. An earlier dataset of the new name then stays as it was.
    """
    validate_ingest_name(new_name)
    dataset = open_dataset(name)
    if new_name == name:
        raise CarbonshedError(
            f"--name is {new_name!r}, the dataset that is aggregated; choose another"
        )
    if regions is None and sectors is None:
        raise CarbonshedError(
            "nothing to aggregate: expected --regions MAP, --sectors MAP or both"
        )
    maps = {
        table: _map_of(dataset, table, path)
        for table, path in (("regions", regions), ("sectors", sectors))
    }
    with (
        DatasetWriter(new_name) as writer,
        scratch_folder(writer.partial) as scratch,
        explain_write_error(f"dataset {new_name}", writer.partial, scratch),
        _connection(dataset, maps, scratch) as connection,
    ):
        _write_labels(writer, dataset, maps)
        without_gdp = _write_people(writer, connection, dataset, maps["regions"])
        for number, table in enumerate(FLOWS):
            progress(f"adding up {table.replace('_', ' ')}", number / len(FLOWS))
            statement = copy_to(writer.path(table), flow_statement(table))
            execute_interruptibly(connection, statement, [])
            _check_totals(connection, table, writer.path(table))
        path = writer.path("imported_products")
        execute_interruptibly(connection, copy_to(path, IMPORTED_PRODUCTS), [])
        notes = _notes(dataset, maps, without_gdp)
        notes += _write_assumptions(writer, dataset, keeps_sectors=sectors is None)
        connection.close()
        shutil.rmtree(scratch)
        descriptor = _descriptor(dataset, keeps_regions=regions is None)
        return writer.commit(descriptor, format=FORMAT, notes=notes)


def _map_of(dataset: Dataset, table: str, path: Path | None) -> LabelMap:
    position = f"{table.removesuffix('s')}_position"
    labels = dataset.read(table).sort_by(position).to_pylist()
    if path is None:
        return identity_map(labels)
    if not path.is_file():
        state = "is a folder" if path.is_dir() else "no such file"
        raise CarbonshedError(f"{path}: {state} (--{table})")
    return read_map(path, table, labels)


@contextmanager
def _connection(
    dataset: Dataset, maps: dict[str, LabelMap], scratch: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection with the stored tables as views and the maps as tables."""
    config = {
        "temp_directory": str(scratch),
        "memory_limit": MEMORY_LIMIT,
        "threads": THREADS,
        "preserve_insertion_order": False,
    }
    with duckdb.connect(config=config) as connection:
        for table in (*FLOWS, "imported_products", *_NOT_ADDED_UP):
            source = sql_text(dataset.table(table))
            connection.execute(f"create view stored_{table} as from {source}")
        for table, label_map in maps.items():
            name = table.removesuffix("s")
            rows = pa.table(
                {
                    "position": pa.array(range(len(label_map.targets)), pa.int32()),
                    "new_position": pa.array(label_map.targets, pa.int32()),
                    "new_id": [
                        label_map.labels[target][f"{name}_id"]
                        for target in label_map.targets
                    ],
                }
            )
            connection.register("new_labels", rows)
            connection.execute(f"""
                create table {table}_map as
                select {name}_id as old_id, new_position, new_id
                from new_labels
                inner join stored_{table} on {name}_position = position
            """)
            connection.unregister("new_labels")
        n_sectors = len(maps["sectors"].labels)
        connection.execute(f"""
            create table producers as
            select
                region_sector_id as old_id,
                (region.new_position * {n_sectors} + sector.new_position)::int
                    as new_id
            from stored_region_sectors as old
            inner join regions_map as region on region.old_id = old.region_id
            inner join sectors_map as sector on sector.old_id = old.sector_id
        """)
        yield connection


def _write_labels(
    writer: DatasetWriter, dataset: Dataset, maps: dict[str, LabelMap]
) -> None:
    for table, label_map in maps.items():
        position = f"{table.removesuffix('s')}_position"
        rows = [{**row, position: k} for k, row in enumerate(label_map.labels)]
        schema = stored_schema(table)
        rows = [{name: row.get(name) for name in schema.names} for row in rows]
        writer.write(table, pa.Table.from_pylist(rows, schema))
    for table in ("final_demand_categories", "stressors"):
        writer.write(table, dataset.read(table))


def _write_people(
    writer: DatasetWriter,
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    regions: LabelMap,
) -> list[str]:
    """Add up people and GDP; return the regions whose GDP is not known."""
    rows = connection.execute(REGION_YEARS).to_arrow_table()
    unranked = {
        row["region_id"]
        for row in regions.labels
        if row["region_type"] in UNRANKED_REGION_TYPES
    }
    without_gdp = {}
    for row in rows.to_pylist():
        year, region = row["year"], row["region_id"]
        if region in unranked or year not in dataset.years:
            continue
        if not row["population"]:
            raise CarbonshedError(
                f"region {region!r} would be without people in {year}: not all of its "
                "members have a population. Expected people in every member, or "
                "`new_region_type` remainder or rest_of_world"
            )
        if row["gdp"] is None:
            without_gdp[region] = True
    writer.write("region_years", rows)
    return list(without_gdp)


def _write_assumptions(
    writer: DatasetWriter, dataset: Dataset, *, keeps_sectors: bool
) -> list[str]:
    """Write the assumptions that apply to the aggregate; return the others."""
    notes = []
    for table in ASSUMPTIONS:
        names = INPUT_TABLES[table].column_names
        # a sum is less uncertain than its parts, even of sectors alone
        if "region_id" not in names and ("sector_id" not in names or keeps_sectors):
            writer.write(table, dataset.read(table))
        elif dataset.rows[table]:
            notes.append(
                f"left out: {table}, which is of the cells of {dataset.name}"
                if "region_id" in names
                else f"left out: {table}, which is by the sectors of {dataset.name}"
            )
    return notes


def _check_totals(
    connection: duckdb.DuckDBPyConnection, table: str, path: Path
) -> None:
    """Compare the totals before and after, by year and by kind."""
    before, after = (
        {tuple(key): (total, size) for *key, total, size in rows}
        for rows in (
            connection.execute(total_statement(table, source)).fetchall()
            for source in (f"stored_{table}", sql_text(path))
        )
    )
    for key, (total, size) in before.items():
        total_after, _ = after.get(key, (0.0, 0.0))
        if not abs(total_after - total) <= CONSERVED * size:
            kind = ", ".join(str(part) for part in key)
            raise CarbonshedError(
                f"{table} ({kind}) would change from {total!r} to {total_after!r}; "
                "expected the same. The stored dataset may be damaged: ingest it again"
            )


def _descriptor(dataset: Dataset, *, keeps_regions: bool) -> dict[str, Any]:
    content = {k: v for k, v in dataset.descriptor.items() if k != "carbonshed"}
    if not keeps_regions:  # prefectures may have become provinces
        money = content["mrio"].items()
        content["mrio"] = {k: v for k, v in money if k not in REGION_NOUNS}
    content["title"] = f"{dataset.title} (aggregated)"
    content.pop("resources", None)
    return content


def _notes(
    dataset: Dataset, maps: dict[str, LabelMap], without_gdp: list[str]
) -> list[str]:
    return [
        f"made from dataset {dataset.name} ({dataset.dataset_id}): "
        + ", ".join(_counted(maps)),
        *(f"GDP is not known of region {region}" for region in without_gdp),
        *(f"{dataset.name}: {note}" for note in dataset.notes),
    ]


def _counted(maps: dict[str, LabelMap]) -> Iterator[str]:
    for table, label_map in maps.items():
        yield f"{len(label_map.targets)} {table} to {len(label_map.labels)}"


def flow_statement(table: str) -> str:
    """Return the query of the summed rows of a table, in the order of the store."""
    if table == "transactions":
        return """
            select
                year, origin.new_id as origin_id, destination.new_id as destination_id,
                sum(value) as value
            from stored_transactions
            inner join producers as origin on origin.old_id = origin_id
            inner join producers as destination on destination.old_id = destination_id
            group by all
            order by 1, 2, 3
        """
    if table == "final_demand":
        return """
            select
                year, origin.new_id as origin_id, region.new_id as region_id,
                category_id, sum(value) as value
            from stored_final_demand
            inner join producers as origin on origin.old_id = origin_id
            inner join regions_map as region on region.old_id = region_id
            group by all
            order by 1, 2, 3, 4
        """
    kept = "".join(f"{column}, " for column in FLOWS[table])
    if table in _OF_PRODUCERS:
        # the order of columns is that of the store
        first, last = ("", kept) if table == "value_added" else (kept, "")
        return f"""
            select
                year, {first}producers.new_id as region_sector_id, {last}
                sum(value) as value
            from stored_{table}
            inner join producers on producers.old_id = region_sector_id
            group by all
            order by all
        """
    if table == "imports":
        return f"""
            select {_BUYER}, sum(value) as value
            from stored_imports {_BUYER_MAPS}
            group by all
            order by 1, 2, 3 nulls last, 4
        """
    return """
        select
            year, stressor_id, region.new_id as region_id, category_id,
            sum(value) as value
        from stored_direct_emissions
        inner join regions_map as region on region.old_id = region_id
        group by all
        order by 1, 2, 3, 4
    """


def copy_to(path: Path, statement: str) -> str:
    """Return the statement that writes the rows of a query to Parquet."""
    return f"""
        copy ({statement}) to {sql_text(path)} (
            format parquet, parquet_version v2, compression {COMPRESSION},
            row_group_size {_ROWS_PER_GROUP}
        )
    """


def total_statement(table: str, source: str) -> str:
    """Return the query of totals by year and by columns that are never added up."""
    kept = "".join(f", {column}" for column in FLOWS[table])
    # cells of opposite sign may cancel: the size is that before adding up
    return f"""
        select year{kept}, fsum(value), fsum(abs(value)) from {source} group by all
    """
