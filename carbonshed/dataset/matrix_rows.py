"""The small tables of a year of matrices: one value for a producer or final user."""

from typing import Any

import numpy as np
import pyarrow as pa

from carbonshed.dataset import stored_schema
from carbonshed.dataset.matrix_table import MatrixTable


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
    """Return place and value of all cells that are not zero."""
    flat = np.ravel(values if values is not None else np.zeros(0)).astype(float)
    cells = np.flatnonzero(flat)
    return cells, flat[cells]


def _by_producer(
    name: str, table: MatrixTable, key: str, vectors: dict[str, np.ndarray]
) -> pa.Table:
    """Return one row per producer and name; in the order of the store."""
    parts = [(label, *_cells(vector)) for label, vector in vectors.items()]
    labels = [label for label, cells, _ in parts for _ in cells]
    places = np.concatenate([np.zeros(0, int), *(cells for _, cells, _ in parts)])
    values = np.concatenate([np.zeros(0), *(found for *_, found in parts)])
    rows = _rows(
        name, table.year, region_sector_id=places, value=values, **{key: labels}
    )
    if key == "component_id":  # producers first, components inside
        order = np.argsort(places, kind="stable")
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
    place = np.where(
        is_sector, buyer % len(sectors), (buyer - table.n_producers) % len(categories)
    )
    who = list(zip(is_sector.tolist(), place.tolist(), strict=True))
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
