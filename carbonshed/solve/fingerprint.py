"""Whether a system was solved before: a digest of all that its solution depends on."""

import hashlib
import json
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import scipy

from carbonshed import leontief
from carbonshed.solve.relations import Relations
from carbonshed.solve.year import Settings, YearSystem

# a change of the algebra, or of how it is fed, makes every solution an old one
_CODE = sorted(
    path
    for folder in (Path(leontief.__file__).parent, Path(__file__).parent)
    for path in folder.rglob("*.py")
)


def fingerprints(
    relations: Relations, systems: list[YearSystem], settings: Settings
) -> list[str]:
    """Return a text for each system that two share only if they are the same.

    Transactions, demand, exports and imports count to the last bit, whatever the order
    of their rows. Output and intensities are sums that SQL adds up in any order, so
    their last bits differ from build to build: `SolveStore.find` compares them.
    """
    transactions = _digests(relations.transactions, "origin_id, destination_id, amount")
    demand = _digests(
        relations.final_demand, "origin_id, region_id, category_id, amount"
    )
    exports = _digests(relations.exports, "region_sector_id, amount")
    buyer = "region_id, sector_id, category_id"
    imports = _digests(relations.imports, f"{buyer}, amount")
    products = _digests(relations.imported_products, f"{buyer}, product_id, amount")
    labels = [
        sorted(relations.region_positions.items()),
        sorted(relations.category_positions.items()),
        sorted(relations.sector_positions.items()),
        settings.tolerance,
        code_digest(),
    ]

    def fingerprint(system: YearSystem) -> str:
        parts = [
            # two years may share all but their emissions, which are compared later
            system.year,
            *(
                table.get(system.year)
                for table in (transactions, demand, exports, imports, products)
            ),
            system.producers.tolist(),
            system.is_zero.tolist(),
            system.stressors,
            *labels,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    return [fingerprint(system) for system in systems]


def _digests(
    relation: duckdb.DuckDBPyRelation, columns: str
) -> dict[int, tuple[int, str]]:
    """Return by year the number of rows, and the sum of their hashes.

    A sum of integers does not depend on the order of rows. An exclusive or would not
    do: DuckDB combines hashes of columns by one, so exchanged values would cancel. It
    takes 2 s for 158 million transactions, reading them into a matrix takes 5 s.
    """
    rows = relation.project(f"year, hash({columns}) as digest").aggregate(
        "year, count(*), sum(digest)::varchar"
    )
    return {year: tuple(found) for year, *found in rows.fetchall()}


@cache
def code_digest() -> str:
    """Return a digest of the code that solves and hashes, ours and others'."""
    versions = duckdb.__version__, np.__version__, scipy.__version__
    digest = hashlib.sha256(" ".join(versions).encode())
    for path in _CODE:
        digest.update(path.read_bytes())
    return digest.hexdigest()
