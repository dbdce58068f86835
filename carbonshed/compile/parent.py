"""The parent of a compiled table: one year of a dataset as small arrays."""

from operator import itemgetter
from typing import Any

import duckdb
import numpy as np

from carbonshed.compile.compiled_year import ParentYear
from carbonshed.dataset import Dataset
from carbonshed.dataset.contract import INPUT_TABLES, LABEL_TABLES
from carbonshed.dataset.store import damaged
from carbonshed.errors import CarbonshedError
from carbonshed.text import listing, sql_text

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
        """Return one year; refuse one that the parent does not have."""
        if year not in self.dataset.years:
            raise CarbonshedError(
                f"region_years: the year {year} is not in the parent "
                f"{self.dataset.name}; expected one of {listing(self.dataset.years)}"
            )
        with duckdb.connect() as connection:
            return _Reading(self, connection, year).parent_year()


class _Reading:
    """A reader of the tables of one year into arrays."""

    def __init__(
        self, parent: Parent, connection: duckdb.DuckDBPyConnection, year: int
    ) -> None:
        self.parent = parent
        self.connection = connection
        self.year = year
        self.positions = {
            "region_id": {label: k for k, label in enumerate(parent.regions)},
            "sector_id": {label: k for k, label in enumerate(parent.sectors)},
            "category_id": {label: k for k, label in enumerate(parent.categories)},
        }

    def columns(self, table: str, columns: str, where: str = "") -> list[np.ndarray]:
        """Return columns of the year's rows."""
        path = self.parent.dataset.table(table)
        try:
            rows = self.connection.sql(
                f"select {columns}, value from {sql_text(path)}"
                f" where year = {self.year} {where}"
            ).fetchnumpy()
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise damaged(path, self.parent.dataset.name, error) from None
        return [np.asarray(array) for array in rows.values()]

    def places(self, column: str, ids: np.ndarray) -> np.ndarray:
        """Return positions of ids."""
        positions = self.positions[column]
        return np.fromiter((positions[label] for label in ids), int, len(ids))

    def parent_year(self) -> ParentYear:
        """Return the arrays."""
        parent = self.parent
        n_sectors, n_categories = len(parent.sectors), len(parent.categories)
        shape = (len(parent.regions), n_sectors)
        cells = np.zeros((*shape, shape[0], n_sectors + n_categories))
        origin, user, value = self.columns("transactions", "origin_id, destination_id")
        region, sector = np.divmod(origin, n_sectors)
        cells[region, sector, *np.divmod(user, n_sectors)] = value
        origin, buyer, category, value = self.columns(
            "final_demand", "origin_id, region_id, category_id"
        )
        region, sector = np.divmod(origin, n_sectors)
        users = n_sectors + self.places("category_id", category)
        cells[region, sector, self.places("region_id", buyer), users] = value
        producer, value = self.columns("exports", "region_sector_id")
        exports = np.zeros(shape)
        exports[np.divmod(producer, n_sectors)] = value
        return ParentYear(
            cells=cells,
            exports=exports,
            imports=self.imports(shape[0], n_sectors + n_categories),
            value_added=self.by_producer("value_added", "component_id", shape),
            emissions=self.emissions(shape),
            direct_emissions=self.direct_emissions((shape[0], n_categories)),
            imported_products=self.imported_products(
                (shape[0], n_sectors + n_categories, n_sectors)
            ),
        )

    def imports(self, n_regions: int, n_users: int) -> np.ndarray:
        """Return imports by user."""
        imports = np.zeros((n_regions, n_users))
        n_sectors = len(self.parent.sectors)
        for column, first in (("sector_id", 0), ("category_id", n_sectors)):
            region, user, value = self.columns(
                "imports", f"region_id, {column}", f"and {column} is not null"
            )
            users = first + self.places(column, user)
            imports[self.places("region_id", region), users] = value
        return imports

    def imported_products(self, shape: tuple[int, int, int]) -> np.ndarray | None:
        """Return imports by user and product, None if no user's are known."""
        if not self.parent.dataset.rows["imported_products"]:
            return None
        values = np.zeros(shape)
        for column, first in (("sector_id", 0), ("category_id", shape[2])):
            region, user, product, value = self.columns(
                "imported_products",
                f"region_id, {column}, product_id",
                f"and {column} is not null",
            )
            users = first + self.places(column, user)
            products = self.places("sector_id", product)
            values[self.places("region_id", region), users, products] = value
        return values

    def by_producer(
        self, table: str, key: str, shape: tuple[int, int]
    ) -> dict[str, np.ndarray]:
        """Return an array of one value by producer for every key."""
        names, producer, value = self.columns(table, f"{key}, region_sector_id")
        by_stressor = {}
        for name in dict.fromkeys(names.tolist()):
            by_stressor[name] = np.zeros(shape)
            rows = names == name
            by_stressor[name][np.divmod(producer[rows], shape[1])] = value[rows]
        return by_stressor

    def emissions(self, shape: tuple[int, int]) -> dict[str, np.ndarray]:
        """Return emissions by stressor, also of one without rows."""
        by_stressor = self.by_producer("emissions", "stressor_id", shape)
        return {
            stressor: by_stressor.get(stressor, np.zeros(shape))
            for stressor in self.parent.stressors
        }

    def direct_emissions(self, shape: tuple[int, int]) -> dict[str, np.ndarray]:
        """Return direct emissions by stressor."""
        by_stressor = {stressor: np.zeros(shape) for stressor in self.parent.stressors}
        names, region, category, value = self.columns(
            "direct_emissions", "stressor_id, region_id, category_id"
        )
        positions = (
            self.places("region_id", region),
            self.places("category_id", category),
        )
        for stressor, array in by_stressor.items():
            rows = names == stressor
            array[positions[0][rows], positions[1][rows]] = value[rows]
        return by_stressor
