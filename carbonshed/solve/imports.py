"""Imports of a year, by buyer and by product."""

from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.solve.relations import Relations, columns

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


@dataclass(frozen=True)
class SolvedImports:
    """Imports by product, and the emissions they embody by domestic technology."""

    users: list[Buyer]  # length u
    # shape (p, n + u), currency: of every region-sector, then of every final user
    by_product: np.ndarray
    # shape (p, n): imported products behind a unit of final demand for each product
    multipliers: np.ndarray
    # shape (p, q), unit of the stressor per currency, of each imported product; None
    # where imports need imports without end
    technology: np.ndarray | None

    @classmethod
    def of_nothing(cls, size: int) -> "SolvedImports":
        """Return those of n region-sectors that import nothing: no products."""
        none = np.zeros((0, size))
        return cls([], none, none, np.zeros((0, 0)))


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
