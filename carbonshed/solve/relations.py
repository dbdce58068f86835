"""The relations of the warehouse that a solve reads, and their arrays."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.solve.cells import BATCH_ROWS, CellFiles

EXPORT = "EXPORT"
UNATTRIBUTED = "UNATTRIBUTED"
# positions in tables; models/solved/demand_labels.sql has the same
RESERVED_POSITIONS = {EXPORT: -1, UNATTRIBUTED: -2}


@dataclass(frozen=True, kw_only=True)
class Relations:
    """The relations that a solve reads, by the names of their models.

    Who works on years that are solved gives the first three, and what else it reads.

    Attributes
    ----------
    session : the connection that the relations belong to
    files : those that transactions and final demand come from
    sector_output : region_sector_id, region_id, sector_id, output, is_zero_output
        by year
    transactions : origin_id, destination_id, amount by year
    final_demand : origin_id, region_id, category_id, amount by year
    exports : region_sector_id, amount by year
    intensities : stressor_id, region_sector_id, direct_intensity by year
    neighbour_intensities : intensity_year, stressor_id, region_sector_id,
        direct_intensity by year: those of the years before and after
    covered_intensities : coverage_id, stressor_id, region_sector_id, direct_intensity
        by year: the part of each that pays a price
    regions : region_id, region_position
    categories : category_id, category_position
    sectors : sector_id, sector_position
    imports : region_id, sector_id, category_id, amount by year
    imported_products : region_id, sector_id, category_id, product_id, amount by year
    """

    session: duckdb.DuckDBPyConnection
    files: CellFiles
    sector_output: duckdb.DuckDBPyRelation
    transactions: duckdb.DuckDBPyRelation | None = None
    final_demand: duckdb.DuckDBPyRelation | None = None
    exports: duckdb.DuckDBPyRelation | None = None
    intensities: duckdb.DuckDBPyRelation | None = None
    neighbour_intensities: duckdb.DuckDBPyRelation | None = None
    covered_intensities: duckdb.DuckDBPyRelation | None = None
    regions: duckdb.DuckDBPyRelation | None = None
    categories: duckdb.DuckDBPyRelation | None = None
    sectors: duckdb.DuckDBPyRelation | None = None
    imports: duckdb.DuckDBPyRelation | None = None
    imported_products: duckdb.DuckDBPyRelation | None = None

    @cached_property
    def region_positions(self) -> dict[str, int]:
        """Position of every region, and of the two reserved destinations."""
        return RESERVED_POSITIONS | _positions(self.regions, "region")

    @cached_property
    def category_positions(self) -> dict[str, int]:
        """Position of every category, and of the two reserved ones."""
        return RESERVED_POSITIONS | _positions(self.categories, "category")

    @cached_property
    def sector_positions(self) -> dict[str, int]:
        """Position of every sector."""
        return dict(self.sectors.project("sector_id, sector_position").fetchall())

    @cached_property
    def years(self) -> list[int]:
        """The years of the table, in order."""
        rows = self.sector_output.aggregate("year").order("year").fetchall()
        return [year for (year,) in rows]


@dataclass(frozen=True)
class Demand:
    """The columns of demand, by region and category."""

    # labels of k columns; `EXPORT` and `UNATTRIBUTED` stand for themselves
    regions: list[str]
    categories: list[str]
    values: np.ndarray  # shape (n, k), Fortran order, currency
    # shape (n,), currency: deliveries to final users of the producer's own region
    own: np.ndarray
    total: np.ndarray  # shape (n,), currency: deliveries to all columns


def _positions(relation: duckdb.DuckDBPyRelation, name: str) -> dict[str, int]:
    return dict(relation.project(f"{name}_id, {name}_position").fetchall())


def sector_output(
    relation: duckdb.DuckDBPyRelation, year: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return output (n,), zero-output mask (n,) and region labels (n,) of a year."""
    table = (
        relation.filter(f"year = {year}")
        .order("region_sector_id")
        .project("output, is_zero_output, region_id")
        .to_arrow_table()
    )
    return (
        table["output"].to_numpy(),
        table["is_zero_output"].to_numpy(),
        np.asarray(table["region_id"].to_pylist(), dtype=object),
    )


def sectors_of_producers(relation: duckdb.DuckDBPyRelation, year: int) -> np.ndarray:
    """Return the sector of each region-sector of a year, shape (n,)."""
    rows = relation.filter(f"year = {year}").order("region_sector_id")
    return np.array([sector for (sector,) in rows.project("sector_id").fetchall()])


def demand(
    relations: Relations,
    year: int,
    labels: list[tuple[str, str]],
    producers: np.ndarray,
    rows: slice | None = None,
) -> Demand:
    """Return every column of demand of a year, of some rows or all.

    Columns are final demand by labels, exports, and what is unattributed, which is
    still empty: it comes from the matrix. Producers are the region of each row.
    """
    rows = rows or slice(0, len(producers))
    values = np.zeros((rows.stop - rows.start, len(labels) + 2), order="F")
    cells = relations.files.final_demand_of(year)
    cells.put_demand(values[:, : len(labels)], labels, rows)
    exports = relations.exports.filter(
        f"year = {year} and region_sector_id >= {rows.start}"
        f" and region_sector_id < {rows.stop}"
    )
    for origin, amount in columns(exports.project("region_sector_id, amount")):
        values[origin - rows.start, -2] = amount
    regions = [region for region, _ in labels]
    return Demand(
        [*regions, EXPORT, UNATTRIBUTED],
        [*(category for _, category in labels), EXPORT, UNATTRIBUTED],
        values,
        _own(values, regions, producers[rows]),
        values.sum(axis=1),
    )


def _own(values: np.ndarray, regions: list[str], producers: np.ndarray) -> np.ndarray:
    """Return deliveries to final users of the producer's own region, shape (n,)."""
    rows: dict[str, list[int]] = {}
    for row, region in enumerate(producers):
        rows.setdefault(region, []).append(row)
    own = np.zeros(len(producers))
    for column, region in enumerate(regions):
        at_home = rows.get(region, [])
        own[at_home] += values[at_home, column]
    return own


def deliveries_elsewhere(relations: Relations, year: int, size: int) -> np.ndarray:
    """Return deliveries of each region-sector to other regions and abroad, shape (n,).

    In currency: to their producers, also to those without output, to their final users,
    and out of the table.
    """
    producers = relations.sector_output.filter(f"year = {year}").project(
        "region_sector_id, region_id"
    )
    # numbers are compared much faster than texts
    numbers = producers.project(
        "region_sector_id, dense_rank() over (order by region_id) as region"
    )
    sold = (
        relations.transactions.filter(f"year = {year}")
        .set_alias("cells")
        .join(numbers.set_alias("o"), "cells.origin_id = o.region_sector_id")
        .join(numbers.set_alias("d"), "cells.destination_id = d.region_sector_id")
        .filter("o.region <> d.region")
        .project("origin_id, amount")
    )
    bought = (
        relations.final_demand.filter(f"year = {year}")
        .set_alias("cells")
        .join(producers.set_alias("o"), "cells.origin_id = o.region_sector_id")
        .filter("o.region_id <> cells.region_id")
        .project("origin_id, amount")
    )
    abroad = relations.exports.filter(f"year = {year}").project(
        "region_sector_id, amount"
    )
    values = np.zeros(size)
    for deliveries in (sold, bought, abroad):
        key, _ = deliveries.columns
        for row, amount in columns(deliveries.aggregate(f"{key}, sum(amount)")):
            values[row] += amount
    return values


def intensities(
    relation: duckdb.DuckDBPyRelation, year: int, size: int
) -> tuple[list[str], np.ndarray]:
    """Return stressor ids and f of a year, shape (n, q), per unit of currency."""
    of_year = relation.filter(f"year = {year}")
    stressors = [
        row[0] for row in of_year.aggregate("stressor_id").order("1").fetchall()
    ]
    values = np.zeros((size, len(stressors)), order="F")
    for column, stressor in enumerate(stressors):
        rows = of_year.filter(
            duckdb.ColumnExpression("stressor_id")
            == duckdb.ConstantExpression(stressor)
        ).project("region_sector_id, direct_intensity")
        for row, intensity in columns(rows):
            values[row, column] = intensity
    return stressors, values


@dataclass(frozen=True)
class OtherIntensities:
    """Intensities that a year follows besides its own."""

    # length p: year of the intensities or coverage, and stressor
    labels: list[tuple[int | str, str]]
    values: np.ndarray  # shape (n, p), unit of the stressor per currency of the year


def other_intensities(
    relation: duckdb.DuckDBPyRelation, label: str, year: int, size: int
) -> OtherIntensities:
    """Return the intensities of a relation for a year, by a label and stressor."""
    of_year = relation.filter(f"year = {year}")
    labels: list[tuple[int | str, str]] = []
    parts = [np.zeros((size, 0))]
    for (other,) in of_year.aggregate(label).order("1").fetchall():
        rows = of_year.filter(
            duckdb.ColumnExpression(label) == duckdb.ConstantExpression(other)
        )
        stressors, values = intensities(rows, year, size)
        labels += [(other, stressor) for stressor in stressors]
        parts.append(values)
    return OtherIntensities(labels, np.hstack(parts))


def columns(relation: duckdb.DuckDBPyRelation) -> Iterator[list[np.ndarray]]:
    """Yield the columns of a relation batch by batch, in its order."""
    for batch in relation.to_arrow_reader(BATCH_ROWS):
        if len(batch):
            yield [column.to_numpy(zero_copy_only=False) for column in batch.columns]


Buyer = tuple[str, str]  # region and category of final demand


@dataclass(frozen=True)
class Imports:
    """Purchases outside the system; p products, n region-sectors, u final users."""

    products: np.ndarray  # shape (n,): the product of each region-sector
    by_producer: np.ndarray  # shape (n,), currency
    users: list[Buyer]  # length u: region and category of every final user with imports
    by_user: np.ndarray  # shape (u,), currency
    mix_of_users: np.ndarray  # shape (p, u): products in what they buy in the table
    # shape (p, n + u), currency: imports of buyers that report them by product
    reported: np.ndarray
    is_reported: np.ndarray  # shape (n + u,): True for these buyers

    @cached_property
    def is_any(self) -> bool:
        """True if anything is imported at all."""
        return bool(np.any(self.by_producer) or np.any(self.by_user))

    def by_product(
        self, coefficients: np.ndarray | leontief.RowBlocks, output: np.ndarray
    ) -> np.ndarray:
        """Return imports by product, as reported or of the mix bought in the table.

        Coefficients are A, with zeros in columns of zero output; the result has the
        shape (p, n + u).
        """
        inputs = leontief.inputs_by_product(coefficients, self.products, output)
        assumed = np.hstack(
            [
                leontief.product_mix(inputs, self.products) * self.by_producer,
                self.mix_of_users * self.by_user,
            ]
        )
        return np.where(self.is_reported, self.reported, assumed)

    def technology(
        self,
        multipliers: np.ndarray,
        total_intensities: np.ndarray,
        output: np.ndarray,
        is_zero: np.ndarray,
    ) -> np.ndarray | None:
        """Return intensities of imports by domestic technology, shape (p, q).

        None where imports need imports without end; parameters as for
        `leontief.domestic_technology`.
        """
        try:
            return leontief.domestic_technology(
                multipliers, total_intensities, output, is_zero, self.products
            )
        except leontief.UnboundedImportsError:
            return None


def read_imports(relations: Relations, year: int) -> Imports:
    """Read the purchases outside the system in a year."""
    positions = relations.sector_positions
    producers = relations.sector_output.filter(f"year = {year}").project(
        "region_sector_id, region_id, sector_id"
    )
    sectors = producers.order("region_sector_id").project("sector_id").fetchall()
    products = np.array([positions[sector] for (sector,) in sectors], dtype=np.int64)
    bought = relations.imports.filter(f"year = {year} and amount <> 0")
    rows = (
        bought.filter("category_id is not null")
        .project("region_id, category_id, amount")
        .order("1, 2")
        .fetchall()
    )
    users = [(region, category) for region, category, _ in rows]
    buyers = _buyers(relations, producers, users, len(products))
    by_producer = np.zeros(len(products))
    for buyer, amount in columns(
        _of_buyers(bought.filter("sector_id is not null"), buyers, "amount")
    ):
        by_producer[buyer] = amount
    by_product = np.zeros((len(positions), len(products) + len(users)))
    is_reported = np.zeros(by_product.shape[1], dtype=bool)
    product_rows = relations.imported_products.filter(f"year = {year}").set_alias(
        "cells"
    )
    product_rows = product_rows.join(
        relations.sectors.set_alias("products"), "cells.product_id = products.sector_id"
    ).project("region_id, cells.sector_id, category_id, sector_position, amount")
    for buyer, product, amount in columns(
        _of_buyers(product_rows, buyers, "sector_position, amount")
    ):
        by_product[product, buyer] = amount
        is_reported[buyer] = True
    return Imports(
        products,
        by_producer,
        users,
        np.array([amount for *_, amount in rows]),
        _mix_of_users(relations, producers, users, year),
        by_product,
        is_reported,
    )


def _buyers(
    relations: Relations,
    producers: duckdb.DuckDBPyRelation,
    users: list[Buyer],
    size: int,
) -> duckdb.DuckDBPyRelation:
    """Return the position of every buyer: region-sectors, then final users."""
    of_users = pa.table(
        {
            "r": pa.array([region for region, _ in users], pa.string()),
            "s": pa.nulls(len(users), pa.string()),
            "c": pa.array([category for _, category in users], pa.string()),
            "buyer_position": pa.array(range(size, size + len(users)), pa.int32()),
        }
    )
    of_producers = producers.project(
        "region_id as r, sector_id as s, null::varchar as c,"
        " region_sector_id as buyer_position"
    )
    return of_producers.union(relations.session.from_arrow(of_users))


def _of_buyers(
    cells: duckdb.DuckDBPyRelation, buyers: duckdb.DuckDBPyRelation, amounts: str
) -> duckdb.DuckDBPyRelation:
    return (
        cells.set_alias("cells")
        .join(
            buyers.set_alias("buyers"),
            "cells.region_id = r and cells.sector_id is not distinct from s"
            " and cells.category_id is not distinct from c",
        )
        .project(f"buyer_position, {amounts}")
    )


def _mix_of_users(
    relations: Relations,
    producers: duckdb.DuckDBPyRelation,
    users: list[Buyer],
    year: int,
) -> np.ndarray:
    """Return the mix of what final users buy in the table, shape (p, u)."""
    positions = relations.sector_positions
    cells = (
        relations.final_demand.filter(f"year = {year}")
        .set_alias("cells")
        .join(
            producers.set_alias("producers"),
            "cells.origin_id = producers.region_sector_id",
        )
        .aggregate(
            "producers.sector_id as sector_id, cells.region_id as buyer,"
            " category_id, sum(amount) as amount"
        )
        .fetchall()
    )
    bought = [(region, category) for _, region, category, _ in cells]
    labels = list(dict.fromkeys([*bought, *users]))
    columns_of = {label: column for column, label in enumerate(labels)}
    purchases = np.zeros((len(positions), len(labels)))
    for sector, region, category, amount in cells:
        purchases[positions[sector], columns_of[region, category]] = amount
    _, groups = np.unique([category for _, category in labels], return_inverse=True)
    mix = leontief.product_mix(purchases, groups)
    return mix[:, [columns_of[user] for user in users]]
