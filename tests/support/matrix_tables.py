"""Between systems, matrices and the store, in code that no reader shares."""

from dataclasses import asdict

import numpy as np
import pyarrow.parquet as pq

from carbonshed.dataset import Dataset
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from support.systems import System, Year


def matrix_table(system: System, number: int) -> MatrixTable:
    """Return a year of a system as a reader would return it."""
    year = system.years[number]
    n, R, C = year.final_demand.shape

    def rows(labels: list, prefix: str) -> list[dict]:
        names = {
            "id": f"{prefix}_id",
            "name": f"{prefix}_name",
            "group": f"{prefix}_group",
            "type": f"{prefix}_type",
            "parent": "parent_region_id",
        }
        return [{names.get(k, k): v for k, v in asdict(row).items()} for row in labels]

    components = zip(
        system.components,
        [] if year.value_added is None else year.value_added,
        strict=False,
    )
    by_category = year.imports_by_category
    return MatrixTable(
        year=number,
        regions=rows(system.regions, "region"),
        sectors=rows(system.sectors, "sector"),
        categories=rows(system.categories, "category"),
        stressors=rows(system.stressors, "stressor"),
        population=year.population,
        gdp=year.gdp,
        transactions=year.transactions.copy(),
        final_demand=year.final_demand.reshape(n, R * C).copy(),
        descriptor={
            "title": "A system",
            "licenses": [{"title": "CC0"}],
            "sources": [{"title": f"Drawn for {number}"}],
            "mrio": {
                "currency": system.currency,
                "currency_unit": system.currency_unit,
                "price_basis": "basic prices, current",
                "country": system.country,
                "synthetic": system.is_synthetic,
            },
        },
        exports=year.exports,
        imports_by_sector=year.imports_by_sector,
        imports_by_category=None if by_category is None else by_category.ravel(),
        imported_products=year.imported_products,
        value_added=dict(components),
        output=year.output,
        emissions=year.emissions,
        direct_emissions=year.direct,
        decisions=[Decision("drawn", f"drawn for {number}")],
    )


def stored(dataset: Dataset, table: str) -> list[tuple]:
    """Return the rows of a stored table as tuples."""
    return [
        tuple(row.values()) for row in pq.read_table(dataset.table(table)).to_pylist()
    ]


def expected_rows(system: System) -> dict[str, list[tuple]]:
    """Return what the store must hold of all years, rows in the order of the store."""
    tables: dict[str, list[tuple]] = {}
    for number in sorted(system.years):
        for table, rows in _year_rows(system, number, system.years[number]).items():
            tables.setdefault(table, []).extend(rows)
    return tables


def _year_rows(system: System, number: int, year: Year) -> dict[str, list[tuple]]:
    regions = [region.id for region in system.regions]
    sectors = [sector.id for sector in system.sectors]
    categories = [category.id for category in system.categories]
    S, C = len(sectors), len(categories)

    def rows(values: np.ndarray | None, label) -> list[tuple]:
        if values is None:
            return []
        return [
            (number, *label(*place), float(values[place]))
            for place in np.ndindex(*values.shape)
            if values[place] != 0
        ]

    buyers = [(r, i, None) for r in regions for i in sectors]
    buyers += [(r, None, c) for r in regions for c in categories]
    flat = year.imports_by_category
    by_category = None if flat is None else np.reshape(flat, (len(regions), C))
    tables = {
        "region_years": [
            (number, region, year.population[k], year.gdp[k])
            for k, region in enumerate(regions)
        ],
        "transactions": rows(year.transactions, lambda i, j: (i, j)),
        "final_demand": rows(
            year.final_demand, lambda i, s, c: (i, regions[s], categories[c])
        ),
        "exports": rows(year.exports, lambda i: (i,)),
        "output": rows(year.output, lambda i: (i,)),
        "imports": rows(
            year.imports_by_sector,
            lambda i: (regions[i // S], sectors[i % S], None),
        )
        + rows(by_category, lambda s, c: (regions[s], None, categories[c])),
        "imported_products": rows(
            None
            if year.imported_products is None
            else np.transpose(year.imported_products),
            lambda k, i: (*buyers[k], sectors[i]),
        ),
        "value_added": rows(
            None if year.value_added is None else np.transpose(year.value_added),
            lambda i, k: (i, system.components[k]),
        ),
        "emissions": [],
        "direct_emissions": [],
    }
    for stressor in (row.id for row in system.stressors):
        tables["emissions"] += rows(
            year.emissions.get(stressor), lambda i, q=stressor: (q, i)
        )
        tables["direct_emissions"] += rows(
            year.direct.get(stressor),
            lambda s, c, q=stressor: (q, regions[s], categories[c]),
        )
    return tables
