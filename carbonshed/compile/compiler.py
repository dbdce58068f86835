"""From a folder of statistics and a parent to a dataset."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed import __version__
from carbonshed.compile.compiled_year import CompiledYear, compile_year
from carbonshed.compile.messages import compile_notes, explain_refusals
from carbonshed.compile.parent import Parent
from carbonshed.compile.statistics import NO_FACTORS, Tables
from carbonshed.compile.statistics_folder import StatisticsFolder, read_statistics
from carbonshed.dataset import Dataset, DatasetWriter, open_dataset, stored_schema
from carbonshed.dataset.contract import (
    ASSUMPTIONS,
    COMPILE_VARIANTS,
    EXPORT,
    LABEL_TABLES,
)
from carbonshed.dataset.descriptor import OF_REGIONS
from carbonshed.dataset.matrix_store import small_tables
from carbonshed.dataset.matrix_table import MatrixTable
from carbonshed.dataset.parquet_writer import FlowWriter
from carbonshed.dataset.store import label_table
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import explain_write_error
from carbonshed.memory import free_memory, gb
from carbonshed.names import validate_name
from carbonshed.progress import Message, Progress, no_message, no_progress
from carbonshed.readers.rows.household_groups import HOUSEHOLD_TABLES
from carbonshed.text import counted

# Python, Arrow and the rows of the files
OVERHEAD_BYTES = 300_000_000
# theta of the prior, and while shares of suppliers are made: weighted, and divided
THETAS = 3
PARENTS = 6  # cells of the parent: as read, kept, balanced, with factors, two in use
DISTANCES = 8  # between all regions: on the sphere, angles, their logarithms
WINDOWS = 4  # purchases from one region: W, deliveries, positions of their cells
FORMAT = "compile"


def require_memory(statistics: StatisticsFolder, parent: Parent) -> str:
    """Return a sentence on the memory that compiling needs and that is free.

    Call it before any array of regions x regions is allocated.
    """
    n_regions, n_sectors = len(statistics.rows["regions"]), len(parent.sectors)
    n_users = n_sectors + len(parent.categories)
    theta = 8 * n_sectors * n_regions**2
    window = 8 * n_sectors * n_regions * n_users
    cells = 8 * len(parent.regions) ** 2 * n_sectors * n_users
    changes = any(statistics.rows[name] for name in ("known_flows", "known_shares"))
    needs = (
        (THETAS + changes) * theta
        + DISTANCES * 8 * n_regions**2
        + WINDOWS * window
        + PARENTS * cells
        + OVERHEAD_BYTES
    )
    free = free_memory()
    words = (
        f"{n_regions:,} regions x {n_sectors:,} sectors: {gb(needs)} of memory needed "
        f"(trade shares theta {gb(theta)}, purchases W from one parent region "
        f"{gb(window)}), {gb(free)} free"
    )
    if needs > free:
        raise CarbonshedError(
            f"{statistics.file('regions')}: {words}; expected fewer regions, or "
            "fewer sectors in the parent (`carbonshed aggregate`), or more free memory"
        )
    return words


def without_flows(
    compiled: CompiledYear, tables: Tables, year: int
) -> dict[str, pa.Table]:
    """Return all stored tables of a year but transactions and final demand."""
    parent = tables.parent
    population, gdp = tables.people(year)
    n_sectors = len(parent.sectors)
    empty = np.empty((0, 0))
    products = compiled.imported_products
    if products is not None:
        # buyers of all regions in a row, sectors before categories
        buyers = products[:, :n_sectors], products[:, n_sectors:]
        products = np.concatenate([part.reshape(-1, n_sectors) for part in buyers]).T
    return small_tables(
        MatrixTable(
            year=year,
            regions=tables.regions,
            sectors=parent.labels["sectors"],
            categories=parent.labels["final_demand_categories"],
            stressors=parent.labels["stressors"],
            population=population,
            gdp=gdp,
            transactions=empty,
            final_demand=empty,
            descriptor={},
            exports=compiled.exports.ravel(),
            imports_by_sector=compiled.imports[:, :n_sectors].ravel(),
            imports_by_category=compiled.imports[:, n_sectors:].ravel(),
            imported_products=products,
            value_added={
                name: values.ravel() for name, values in compiled.value_added.items()
            },
            emissions={
                name: values.ravel() for name, values in compiled.emissions.items()
            },
            direct_emissions=dict(compiled.direct_emissions),
        )
    )


def assumptions(tables: Tables) -> tuple[dict[str, pa.Table], list[str]]:
    """Return the tables of assumptions, and notes on the parent's rows.

    A file of the folder is used as it is, even without rows; otherwise those rows of
    the parent apply that concern all its regions, or one that stays whole. Household
    groups, their spending and its labels come from one of the two together.
    """
    parent = tables.parent.dataset
    kept: dict[str, list[dict[str, Any]]] = {}
    notes = []
    has_own_groups = "household_groups" in tables.folder.files
    groups: set[tuple[int, str]] = set()  # of the parent's, in regions that stay whole
    for name in ASSUMPTIONS:
        is_given = name in tables.folder.files
        is_own = has_own_groups if name in HOUSEHOLD_TABLES else is_given
        rows = tables.folder.rows[name]
        path = parent.table(name)
        theirs = pq.read_table(path).to_pylist() if path.exists() else []
        of_parent = f"of the parent {parent.name}"
        if is_own and is_given and theirs:
            notes.append(
                f"{name}: as in {tables.folder.file(name)}, in place of "
                f"{counted(len(theirs), 'row')} {of_parent}"
            )
        elif not is_own:
            holds = (None, EXPORT, *tables.folder.whole)
            # without some of its rows a price, or a charge, would be another one
            broken = {_whole_of(row) for row in theirs if _region_of(row) not in holds}
            rows = [
                row
                for row in theirs
                if _region_of(row) in holds
                and (_whole_of(row) is None or _whole_of(row) not in broken)
            ]
            if name == "household_groups":
                groups = {(row["year"], row["group_id"]) for row in rows}
            elif name == "household_spending":  # per head, of groups that are left
                rows = [row for row in rows if (row["year"], row["group_id"]) in groups]
            lost = len(theirs) - len(rows)
            if rows:
                notes.append(f"{name}: {counted(len(rows), 'row')} {of_parent}")
            if lost:
                notes.append(
                    f"left out: {counted(lost, 'row')} of {name} {of_parent}, of "
                    "regions that are split; their own go into "
                    f"{tables.folder.file(name)} of {tables.folder.folder.name}"
                )
        kept[name] = rows
    # labels of activity alone end here
    bought = {row["label_id"] for row in kept["household_spending"]}
    kept["labels"] = [row for row in kept["labels"] if row["label_id"] in bought]
    figures = {
        name: pa.Table.from_pylist(rows, stored_schema(name))
        for name, rows in kept.items()
    }
    return figures, notes


def _whole_of(row: dict[str, Any]) -> str | None:
    """Return the charge or the price that a row is a part of."""
    return row.get("charge_id") or row.get("price_id")


def _region_of(row: dict[str, Any]) -> str | None:
    """Return the region that a row of assumptions is about, None for all."""
    is_border = row.get("kind") in ("zone", "paid_at_home")
    return row["id"] if is_border else row.get("region_id")


def compile_dataset(
    folder: Path,
    parent_name: str,
    name: str,
    *,
    factors: Mapping[str, float] = NO_FACTORS,
    progress: Progress = no_progress,
    say: Message = no_message,
) -> Dataset:
    """Split a dataset into smaller regions, from published statistics.

    The notes of the new dataset describe its sources and its fit.

    Parameters
    ----------
    folder
        Statistics of the regions: see `STATISTICS_TABLES`.
    parent_name, name
        The dataset that is split, and the one that is written.
    factors
        Multiply `distance_decay` or `own_region_delta` of every sector.
    say
        A receiver of a sentence on memory, before the work begins.

    Raises
    ------
    CarbonshedError
        If a file breaks the contract, the totals contradict each other, or memory
        does not suffice. An earlier dataset of the name then stays as it was.
    """
    validate_name(name)
    dataset = open_dataset(parent_name)
    if name == parent_name:
        raise CarbonshedError(
            f"--name is {name!r}, the parent itself; choose another name"
        )
    parent = Parent(dataset)
    statistics = read_statistics(folder, parent)
    say(require_memory(statistics, parent))
    tables = Tables(statistics, parent, factors)
    with (
        DatasetWriter(name) as writer,
        explain_write_error(f"dataset {name}", writer.partial, writer.partial),
    ):
        notes, sweeps = _write(writer, tables, progress)
        descriptor = _descriptor(tables, factors, sweeps)
        return writer.commit(descriptor, format=FORMAT, notes=notes)


def write_variants(
    folder: Path, parent_name: str, name: str, progress: Progress = no_progress
) -> list[Dataset]:
    """Compile the variants of a dataset: see `COMPILE_VARIANTS`.

    Parameters, errors: see `compile_dataset`.
    """
    return [
        compile_dataset(
            folder,
            parent_name,
            f"{name}-{variant}",
            factors=factors,
            progress=_prefixed(progress, variant),
        )
        for variant, factors in COMPILE_VARIANTS.items()
    ]


def _prefixed(progress: Progress, word: str) -> Progress:
    return lambda step, share: progress(f"{word}: {step}", share)


def _write(
    writer: DatasetWriter, tables: Tables, progress: Progress
) -> tuple[list[str], dict[int, int]]:
    """Write all tables; return notes, and the sweeps of every year."""
    parent = tables.parent
    for table in LABEL_TABLES:
        rows = tables.regions if table == "regions" else parent.labels[table]
        writer.write(table, label_table(table, rows))
    own_tables, left_out = assumptions(tables)
    for table, rows in own_tables.items():
        writer.write(table, rows)
    notes = [*tables.folder.notes, *left_out]
    sweeps = {}
    small: dict[str, list[pa.Table]] = {}
    regions = [row["region_id"] for row in tables.regions]
    users = pa.array(regions, pa.string()), pa.array(parent.categories, pa.string())
    n_sectors = len(parent.sectors)
    with (
        FlowWriter(writer, "transactions") as transactions,
        FlowWriter(writer, "final_demand", users) as final_demand,
    ):
        for year in tables.years:
            progress(f"{year}: shares and prior", 0.0)
            source = parent.year(year)
            with explain_refusals(tables, year):
                compiled = compile_year(
                    source,
                    tables.year(year),
                    parent.is_inventory,
                    _prefixed(progress, str(year)),
                )
            sweeps[year] = compiled.deliveries.sweeps
            for table, rows in without_flows(compiled, tables, year).items():
                small.setdefault(table, []).append(rows)
            for region, block in enumerate(compiled.blocks()):
                first = region * n_sectors
                inputs, demand = block[:, :, :n_sectors], block[:, :, n_sectors:]
                transactions.append_block(year, first, inputs.reshape(n_sectors, -1))
                final_demand.append_block(year, first, demand.reshape(n_sectors, -1))
                progress(f"{year}: writing", (region + 1) / len(regions))
            notes += compile_notes(compiled, tables, year)
    for table, parts in small.items():
        if table != "output":  # the row sum is the output
            writer.write(table, pa.concat_tables(parts))
    return notes, sweeps


def _descriptor(
    tables: Tables, factors: Mapping[str, float], sweeps: dict[int, int]
) -> dict[str, Any]:
    """Return the folder's descriptor with the parent's money and the parameters."""
    statistics, dataset = tables.folder, tables.parent.dataset
    content = dict(statistics.descriptor)
    title = content.get("title") or content.get("name") or dataset.title
    varied = [f", {name} x {factor:g}" for name, factor in factors.items()]
    content["title"] = f"{title}{''.join(varied)} (compiled)"
    own = content.get("sources") or []
    content["sources"] = [*own, *(dataset.descriptor.get("sources") or [])]
    licences = content.get("licenses") or []
    content["licenses"] = [*licences, *(dataset.descriptor.get("licenses") or [])]
    money = dataset.descriptor["mrio"].items()
    whole = statistics.whole
    if earlier := dataset.descriptor["mrio"].get("compiled"):  # some were split then
        whole = whole.intersection(earlier.get("whole_regions", ()))
    content["mrio"] = {
        **{key: value for key, value in money if key not in OF_REGIONS},
        **statistics.descriptor.get("mrio", {}),
        "compiled": {
            "parent": dataset.name,
            "parent_dataset_id": dataset.dataset_id,
            "files": statistics.hashes,
            "parameters": {
                "factors": dict(factors),
                "trade": {
                    sector: {
                        "distance_decay": float(decay),
                        "own_region_delta": float(delta),
                    }
                    for sector, decay, delta in zip(
                        tables.parent.sectors,
                        tables.distance_decay,
                        tables.own_region_delta,
                        strict=True,
                    )
                },
            },
            # of categories without, all regions buy in the same proportions
            "demand_totals": sorted(
                {row["category_id"] for row in statistics.rows["demand_totals"]}
            ),
            "whole_regions": sorted(whole),
            "sweeps": {str(year): count for year, count in sweeps.items()},
            "version": __version__,
        },
    }
    return content
