"""The parent of a compiled table: one year of a dataset as small arrays."""

from operator import itemgetter
from typing import Any

import numpy as np

from carbonshed.compile.compiled_year import ParentYear
from carbonshed.dataset import Dataset
from carbonshed.dataset.contract import INPUT_TABLES, LABEL_TABLES
from carbonshed.dataset.matrix_store import read_matrix_table
from carbonshed.errors import CarbonshedError

_MAX_CELLS = 1 << 28  # 2 GB; the balance holds two arrays of this size


class Parent:
    """A dataset that is split into smaller regions.

    `regions`, `sectors`, `categories` and `stressors` are ids in the order of the
    matrices; `sector_rows` and `labels` are stored rows; `is_inventory` marks
    categories, (C,).
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        rows = {table: dataset.read(table).to_pylist() for table in LABEL_TABLES}
        for table, position in LABEL_TABLES.items():
            if position:
                rows[table].sort(key=itemgetter(position))
        self.regions, self.sectors, self.categories, self.stressors = (
            [row[INPUT_TABLES[table].key[0]] for row in rows[table]] for table in rows
        )
        self.sector_rows = rows["sectors"]
        self.labels = rows
        self.is_inventory = np.array(
            [
                row["category_group"] == "inventory"
                for row in rows["final_demand_categories"]
            ]
        )
        n_users = len(self.sectors) + len(self.categories)
        size = len(self.regions) ** 2 * len(self.sectors) * n_users
        if size > _MAX_CELLS:
            raise CarbonshedError(
                f"the parent {dataset.name} has {size:,} cells; expected at most "
                f"{_MAX_CELLS:,}. Aggregate it first (`carbonshed aggregate`)"
            )

    def people(self, year: int) -> dict[str, dict[str, Any]]:
        """Return population and GDP of the parent's regions, by region_id."""
        rows = self.dataset.read("region_years").to_pylist()
        return {row["region_id"]: row for row in rows if row["year"] == year}

    def year(self, year: int) -> ParentYear:
        """Return one year."""
        table = read_matrix_table(self.dataset, year)
        n, sectors, users = table.n_producers, table.shape, table.demand_shape
        by_sector = table.transactions.reshape(*sectors, *sectors)
        by_category = table.final_demand.reshape(*sectors, *users)
        no_imports = np.zeros(sectors), np.zeros(users)
        imports = table.imports_by_sector, table.imports_by_category
        products = None
        if (mix := table.imported_products) is not None:
            parts = mix[:, :n].T.reshape(*sectors, -1), mix[:, n:].T.reshape(*users, -1)
            products = np.concatenate(parts, axis=1)

        def by_producer(amounts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
            return {name: values.reshape(sectors) for name, values in amounts.items()}

        return ParentYear(
            cells=np.concatenate([by_sector, by_category], axis=3),
            exports=np.zeros(sectors)
            if table.exports is None
            else table.exports.reshape(sectors),
            imports=np.concatenate(
                [
                    zeros if part is None else part.reshape(zeros.shape)
                    for part, zeros in zip(imports, no_imports, strict=True)
                ],
                axis=1,
            ),
            value_added=by_producer(table.value_added),
            emissions=by_producer(table.emissions),
            direct_emissions=table.direct_emissions,
            imported_products=products,
        )
