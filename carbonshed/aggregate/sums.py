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

from carbonshed.dataset import Dataset, DatasetWriter, open_dataset
from carbonshed.dataset.contract import (
    ASSUMPTIONS,
    CELL_LAYOUTS,
    INPUT_TABLES,
    LABEL_TABLES,
    UNRANKED_REGION_TYPES,
    Column,
    InputTable,
)
from carbonshed.dataset.descriptor import OF_REGIONS
from carbonshed.dataset.parquet_writer import copy_rows
from carbonshed.dataset.store import label_table
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import explain_write_error, scratch_folder
from carbonshed.names import validate_name
from carbonshed.progress import Progress, no_progress
from carbonshed.readers.rows.household_groups import HOUSEHOLD_TABLES
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
# map of the ids of a column; a buyer may have no sector
_MAPS = {
    **dict.fromkeys(("origin_id", "destination_id", "region_sector_id"), "producers"),
    "region_id": "regions_map",
    "sector_id": "sectors_map",
    "product_id": "sectors_map",
}
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


@dataclass(frozen=True)
class LabelMap:
    """The new label of every old one."""

    # rows of the contract, in the order in which their first members come
    labels: list[Row]
    targets: dict[str, int]  # position of the new label by old id


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
        targets={old: positions[by_old[old][f"new_{key}"]] for old in old_ids},
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

    Raises
    ------
    CarbonshedError
        If a map does not fit, a ranked region would have no people, or a total
        would change. An earlier dataset of the new name then stays as it was.
    """
    validate_name(new_name)
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
        for number, table in enumerate(CELL_LAYOUTS):
            words = table.replace("_", " ")
            progress(f"adding up {words}", number / len(CELL_LAYOUTS))
            copy_rows(connection, flow_statement(table), writer.path(table))
            if table != "imported_products":  # some are no longer known
                _check_totals(connection, table, writer.path(table))
        notes = _notes(dataset, maps, without_gdp)
        if regions is not None and dataset.descriptor["mrio"].get("outlines"):
            notes.append(f"left out: outlines, which are of the regions of {name}")
        notes += _write_assumptions(writer, dataset, keeps_sectors=sectors is None)
        connection.close()
        shutil.rmtree(scratch)
        descriptor = _descriptor(dataset, keeps_regions=regions is None)
        return writer.commit(descriptor, format=FORMAT, notes=notes)


def _map_of(dataset: Dataset, table: str, path: Path | None) -> LabelMap:
    labels = dataset.read(table).sort_by(LABEL_TABLES[table]).to_pylist()
    if path is None:  # nothing changes
        key = INPUT_TABLES[table].key[0]
        return LabelMap(labels, {row[key]: k for k, row in enumerate(labels)})
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
        for table in (*CELL_LAYOUTS, *_NOT_ADDED_UP):
            source = sql_text(dataset.table(table))
            connection.execute(f"create view stored_{table} as from {source}")
        for table, label_map in maps.items():
            key = INPUT_TABLES[table].key[0]
            targets = label_map.targets.values()
            rows = pa.table(
                {
                    "old_id": list(label_map.targets),
                    "new_position": pa.array(targets, pa.int32()),
                    "new_id": [label_map.labels[target][key] for target in targets],
                }
            )
            connection.register("new_labels", rows)
            connection.execute(f"create table {table}_map as from new_labels")
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
        writer.write(table, label_table(table, label_map.labels))
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
    # groups without what they spend, or the other way round, would tell another story
    if any(dataset.rows[table] for table in HOUSEHOLD_TABLES):
        notes.append(
            f"left out: {listing(HOUSEHOLD_TABLES)}, which are of the regions and "
            f"sectors of {dataset.name}"
        )
    for table in ASSUMPTIONS:
        if table in HOUSEHOLD_TABLES:
            continue
        names = INPUT_TABLES[table].column_names
        # a sum is less uncertain than its parts, even of sectors alone
        names_regions = not {"region_id", "id"}.isdisjoint(names)
        if not names_regions and ("sector_id" not in names or keeps_sectors):
            writer.write(table, dataset.read(table))
        elif dataset.rows[table]:
            notes.append(
                f"left out: {table}, which is of the cells of {dataset.name}"
                if names_regions
                else f"left out: {table}, which is by the sectors of {dataset.name}"
            )
    return notes


def _check_totals(
    connection: duckdb.DuckDBPyConnection, table: str, path: Path
) -> None:
    """Compare totals before and after, by year and by columns never added up."""
    kinds = (column for column in CELL_LAYOUTS[table] if column not in _MAPS)
    keys = ", ".join(("year", *kinds))
    # cells of opposite sign may cancel: the size is that before adding up
    before, after = (
        {
            tuple(key): (total, size)
            for *key, total, size in connection.execute(
                f"select {keys}, fsum(value), fsum(abs(value)) from {source}"
                " group by all"
            ).fetchall()
        }
        for source in (f"stored_{table}", sql_text(path))
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
        content["mrio"] = {k: v for k, v in money if k not in OF_REGIONS}
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
    if table == "imported_products":
        return _imported_products()
    return f"{_summed(table)} order by all"


def _summed(table: str) -> str:
    """Return the query of summed rows, with the ids of the new labels."""
    columns = CELL_LAYOUTS[table]
    mapped = [column for column in columns if column in _MAPS]
    ids = [
        f"{column}_map.new_id as {column}" if column in mapped else column
        for column in columns
    ]
    joins = (
        f"{'left' if column == 'sector_id' else 'inner'} join {_MAPS[column]}"
        f" as {column}_map on {column}_map.old_id = {column}"
        for column in mapped
    )
    return f"""
        select year, {", ".join(ids)}, sum(value) as value
        from stored_{table} {" ".join(joins)}
        group by all
    """


def _imported_products() -> str:
    """Return the query of imports by product: known if all members know their mix."""
    buyer = "year, region_id, sector_id, category_id"
    return f"""
        with known as ({_summed("imported_products")}),
        of_unknown_mix as (
            select distinct
                year, region.new_id as region_id, sector.new_id as sector_id,
                category_id
            from (
                select {buyer} from stored_imports where value <> 0
                except
                select {buyer} from stored_imported_products
            )
            inner join regions_map as region on region.old_id = region_id
            left join sectors_map as sector on sector.old_id = sector_id
        )
        select known.* from known
        left join of_unknown_mix as other
            on
                other.year = known.year and other.region_id = known.region_id
                and other.sector_id is not distinct from known.sector_id
                and other.category_id is not distinct from known.category_id
        where other.year is null
        order by all
    """
