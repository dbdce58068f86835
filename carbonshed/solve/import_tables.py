"""Imports as long tables of the solve store; positions in place of names."""

import numpy as np
import pyarrow as pa

from carbonshed.solve.imports import SolvedImports
from carbonshed.solve.year import YearSystem

Columns = dict[str, np.ndarray | pa.Array]


def import_tables(system: YearSystem, imports: SolvedImports) -> dict[str, Columns]:
    """Return the solved tables of imports, without zeros.

    Returns
    -------
    dict of str to dict of str to array
        ``import_multipliers``: year, region_sector_id, product_position, multiplier.
        ``imports_by_product``: year, region_sector_id (NULL of final users),
        region_position, category_position (NULL of producers), product_position,
        amount. ``domestic_technology``: year, stressor_id, product_position, intensity,
        zeros too.
    """
    place, product = np.nonzero(imports.multipliers.T)
    return {
        "import_multipliers": {
            "year": _year(system, len(place)),
            "region_sector_id": place.astype(np.int32),
            "product_position": product.astype(np.int32),
            "multiplier": imports.multipliers[product, place],
        },
        "imports_by_product": _by_product(system, imports),
        "domestic_technology": _technology(system, imports.technology),
    }


def _by_product(system: YearSystem, imports: SolvedImports) -> Columns:
    buyer, product = np.nonzero(imports.by_product.T)
    relations = system.relations
    regions = [
        relations.region_positions[region]
        for region in (*system.producers, *(region for region, _ in imports.users))
    ]
    categories = [
        relations.category_positions[category] for _, category in imports.users
    ]
    is_user = buyer >= system.size
    # producers have no category: any number, masked
    category = np.array([*np.zeros(system.size), *categories], np.int32)[buyer]
    return {
        "year": _year(system, len(buyer)),
        "region_sector_id": pa.array(buyer.astype(np.int32), mask=is_user),
        "region_position": np.array(regions, np.int32)[buyer],
        "category_position": pa.array(category, mask=~is_user),
        "product_position": product.astype(np.int32),
        "amount": imports.by_product[product, buyer],
    }


def _technology(system: YearSystem, technology: np.ndarray | None) -> Columns:
    values = np.zeros((0, 0)) if technology is None else technology
    products, stressors = values.shape
    names = np.array(system.stressors[:stressors], object)
    return {
        "year": _year(system, products * stressors),
        "stressor_id": pa.array(np.repeat(names, products), pa.string()),
        "product_position": np.tile(np.arange(products, dtype=np.int32), stressors),
        "intensity": values.T.reshape(-1),
    }


def _year(system: YearSystem, length: int) -> np.ndarray:
    return np.full(length, system.year, np.int32)
