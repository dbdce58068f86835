"""Write a compiled year into a dataset, one origin region at a time."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed.compile.parent import Parent
from carbonshed.compile.statistics import Tables
from carbonshed.compile.year import CompiledYear
from carbonshed.dataset import stored_schema
from carbonshed.dataset.contract import ASSUMPTIONS
from carbonshed.dataset.matrix_rows import small_tables
from carbonshed.dataset.matrix_table import MatrixTable
from carbonshed.dataset.parquet_writer import FlowWriter
from carbonshed.text import counted


def without_flows(
    compiled: CompiledYear, tables: Tables, parent: Parent, year: int
) -> dict[str, pa.Table]:
    """Return all stored tables of a year but transactions and final demand."""
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
                name: found.ravel() for name, found in compiled.value_added.items()
            },
            emissions={
                name: found.ravel() for name, found in compiled.emissions.items()
            },
            direct_emissions=dict(compiled.direct_emissions),
        )
    )


def assumptions(
    tables: Tables, parent: Parent
) -> tuple[dict[str, pa.Table], list[str]]:
    """Return the tables of assumptions, and what of the parent's holds and does not.

    A file of the folder is taken as it is, also without rows; otherwise rows of the
    parent hold that are of all its regions, or of one that stays whole.
    """
    found, notes = {}, []
    for name in ASSUMPTIONS:
        rows = tables.folder.rows[name]
        path = parent.dataset.table(name)
        theirs = pq.read_table(path).to_pylist() if path.exists() else []
        of_parent = f"of the parent {parent.dataset.name}"
        is_given = name in tables.folder.files
        if is_given and theirs:
            notes.append(
                f"{name}: as in {tables.folder.file(name)}, in place of "
                f"{counted(len(theirs), 'row')} {of_parent}"
            )
        elif not is_given:
            holds = (None, *tables.folder.whole)
            rows = [row for row in theirs if row.get("region_id") in holds]
            lost = len(theirs) - len(rows)
            if rows:
                notes.append(f"{name}: {counted(len(rows), 'row')} {of_parent}")
            if lost:
                notes.append(
                    f"left out: {counted(lost, 'row')} of {name} {of_parent}, of "
                    "regions that are split; their own go into "
                    f"{tables.folder.file(name)} of {tables.folder.folder.name}"
                )
        found[name] = pa.Table.from_pylist(rows, stored_schema(name))
    return found, notes


def write_flows(
    compiled: CompiledYear,
    tables: Tables,
    parent: Parent,
    year: int,
    transactions: FlowWriter,
    final_demand: FlowWriter,
    progress: Callable[[float], None],
) -> None:
    """Stream the deliveries of one region after the other; zeros have no row."""
    ids = pa.array([row["region_id"] for row in tables.regions], pa.string())
    categories = pa.array(parent.categories, pa.string())
    n_sectors = np.int32(len(parent.sectors))
    n_categories = np.int32(len(parent.categories))
    for region, block in enumerate(compiled.blocks()):
        first = region * n_sectors
        origin, destination, value = _cells(block[:, :, :n_sectors])
        transactions.append(year, first + origin, [destination], value)
        origin, user, value = _cells(block[:, :, n_sectors:])
        buyer, category = np.divmod(user, n_categories)
        labels = [
            pa.DictionaryArray.from_arrays(pa.array(buyer), ids),
            pa.DictionaryArray.from_arrays(pa.array(category), categories),
        ]
        final_demand.append(year, first + origin, labels, value)
        progress((region + 1) / len(ids))


def _cells(block: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return sector, place in (R, users) and value of what is not zero."""
    flat = block.reshape(len(block), -1)
    origin, place = np.nonzero(flat)
    return origin.astype(np.int32), place.astype(np.int32), flat[origin, place]
