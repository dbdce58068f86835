"""Errors carried to first order beside tables of which every cell is drawn anew.

``python -m benchmarks.redraw_errors NAME [--draws 1000]``, with an ingested dataset:
every cell is multiplied by a lognormal number of the rule's relative standard error,
with parts that groups share; the system is solved from scratch, draw by draw.
"""

import argparse
import csv
from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np

from carbonshed import leontief
from carbonshed.dataset.contract import UNCERTAIN_COMPONENTS
from carbonshed.dataset.store import Dataset, open_dataset
from carbonshed.paths import seeds_dir

SEED = 7


@dataclass
class Table:
    """A year of a dataset in its own units: n rows, R regions, C categories."""

    cells: dict[str, np.ndarray]  # by component: (n,), (R, C), (n, n), (n, R, C), (n,)
    groups: dict[str, np.ndarray]  # which cells share an error, shaped alike
    regions: int

    def footprints(self, cells: dict[str, np.ndarray]) -> np.ndarray:
        """Solve from scratch; the footprints of the regions, shape (R,)."""
        Z, Y = cells["transactions"], cells["final_demand"]
        x = Z.sum(axis=1) + Y.sum(axis=(1, 2)) + cells["exports"]
        divisor = np.where(self.is_zero, np.inf, x)
        A, f = Z / divisor, cells["emissions"] / divisor
        m = np.linalg.solve((np.eye(len(x)) - A).T, f)
        return m @ Y.sum(axis=2) + cells["direct_emissions"].sum(axis=1)

    @cached_property
    def is_zero(self) -> np.ndarray:
        """Which outputs count as zero."""
        cells = self.cells
        x = cells["transactions"].sum(axis=1) + cells["exports"]
        return leontief.is_zero_output(x + cells["final_demand"].sum(axis=(1, 2)))


def read_table(dataset: Dataset, year: int, stressor: str) -> Table:
    """Read a year from the ingested dataset."""
    connection = duckdb.connect()

    def rows(table: str, columns: str, where: str = "") -> list[tuple]:
        path = dataset.table(table)
        return connection.sql(
            f"select {columns} from '{path}' where year = {year} {where}"
        ).fetchall()

    def ids(table: str, column: str) -> dict[str, int]:
        sql = f"select {column} from '{dataset.table(table)}' order by 1"
        return {id_: k for k, (id_,) in enumerate(connection.sql(sql).fetchall())}

    labels = connection.sql(
        f"select region_id, sector_id from '{dataset.table('region_sectors')}'"
        " order by region_sector_id"
    ).fetchall()
    regions = {name: k for k, name in enumerate(dict.fromkeys(r for r, _ in labels))}
    categories = ids("final_demand_categories", "category_id")
    n, r, c = len(labels), len(regions), len(categories)
    of_stressor = f"and stressor_id = '{stressor}'"
    cells = {
        "emissions": np.zeros(n),
        "direct_emissions": np.zeros((r, c)),
        "transactions": np.zeros((n, n)),
        "final_demand": np.zeros((n, r, c)),
        "exports": np.zeros(n),
    }
    for i, value in rows("emissions", "region_sector_id, value", of_stressor):
        cells["emissions"][i] = value
    names = "region_id, category_id, value"
    for region, category, value in rows("direct_emissions", names, of_stressor):
        cells["direct_emissions"][regions[region], categories[category]] = value
    for i, j, value in rows("transactions", "origin_id, destination_id, value"):
        cells["transactions"][i, j] = value
    for i, region, category, value in rows("final_demand", f"origin_id, {names}"):
        cells["final_demand"][i, regions[region], categories[category]] = value
    for i, value in rows("exports", "region_sector_id, value"):
        cells["exports"][i] = value
    sectors = n // r
    own = np.arange(n) // sectors
    to_final = np.broadcast_to(
        own[:, None, None] * r + np.arange(r)[:, None], (n, r, c)
    )
    groups = {
        "emissions": np.arange(n) % sectors,
        "direct_emissions": np.broadcast_to(np.arange(c), (r, c)),
        "transactions": own[:, None] * r + own,
        "final_demand": to_final,
        "exports": own,
    }
    return Table(cells, groups, r)


def read_rules() -> dict[str, dict[str, dict[str, str]]]:
    """Return the seed by rule and component."""
    found: dict[str, dict] = {}
    with (seeds_dir() / "error_rules.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["uncertainty_rule"], {})[row["component"]] = row
    return found


def errors_of(table: Table, rule: dict[str, dict[str, str]]) -> dict[str, np.ndarray]:
    """Return standard errors by component."""
    return {
        name: leontief.standard_errors(
            values,
            np.abs(values).max(initial=0.0),
            **{
                key: float(rule[name][key])
                for key in ("rse_largest", "exponent", "rse_cap")
            },
        )
        for name, values in table.cells.items()
    }


def first_order(
    table: Table, errors: dict[str, np.ndarray], shared: dict[str, float]
) -> np.ndarray:
    """Return the variance of every region's footprint, shape (R,)."""
    cells, r, zero = table.cells, table.regions, table.is_zero
    n = len(cells["exports"])
    Y = cells["final_demand"].sum(axis=2)
    x = cells["transactions"].sum(axis=1) + Y.sum(axis=1) + cells["exports"]
    divisor = np.where(zero, np.inf, x)
    inverse = np.linalg.inv(np.eye(n) - cells["transactions"] / divisor)
    lost = cells["transactions"][:, zero].sum(axis=1)
    shares = inverse @ np.column_stack([Y, cells["exports"], lost]) / divisor[:, None]
    shares[zero, -1] = 1.0
    m = cells["emissions"] / divisor @ inverse
    places = [slice(k, k + n // r) for k in range(0, n, n // r)]
    trade = leontief.TransactionCovariance(shares, m[:, None], places)
    trade.add(slice(0, n), errors["transactions"].copy())
    direct = np.zeros((r + 2, cells["direct_emissions"].shape[1]))
    direct[:r] = errors["direct_emissions"]
    s, ex = errors["final_demand"], errors["exports"][:, None]
    final = s.sum(axis=2), (s**2).sum(axis=2), np.arange(r)
    parts = {
        "emissions": leontief.emission_covariance(
            shares, errors["emissions"], table.groups["emissions"]
        ),
        "direct_emissions": leontief.direct_emission_covariance(direct),
        "transactions": trade.result()[0],
        "final_demand": leontief.demand_covariance(shares, m, *final, places),
        "exports": leontief.demand_covariance(
            shares, m, ex, ex**2, np.array([r]), places
        ),
    }
    total = sum(
        (1 - shared[name]) * own + shared[name] * common
        for name, (own, common) in parts.items()
    )
    return np.diag(total)[:r]


def redraw(
    table: Table,
    errors: dict[str, np.ndarray],
    shared: dict[str, float],
    draws: int,
) -> np.ndarray:
    """Return the footprints of tables drawn anew, shape (draws, R)."""
    generator = np.random.Generator(np.random.PCG64(SEED))
    widths = {
        name: np.sqrt(
            np.log1p(
                np.divide(s, values, out=np.zeros_like(values), where=values != 0) ** 2
            )
        )
        for (name, values), s in zip(table.cells.items(), errors.values(), strict=True)
    }
    found = []
    for _ in range(draws):
        cells = {}
        for name, values in table.cells.items():
            t, k, group = widths[name], shared[name], table.groups[name]
            w = generator.standard_normal(int(group.max(initial=0)) + 1)[group]
            u = generator.standard_normal(values.shape)
            error = np.sqrt(k) * w + np.sqrt(1 - k) * u
            cells[name] = values * np.exp(t * error - t**2 / 2)
        found.append(table.footprints(cells))
    return np.array(found)


def compare(
    footprints: np.ndarray, variance: np.ndarray, drawn: np.ndarray
) -> list[str]:
    """Return the figures of the page: ratios over regions, and the share inside."""
    error = np.sqrt(variance)
    q = np.sqrt(np.log1p((error / footprints) ** 2))
    low, high = (footprints * np.exp(z * 1.6448536 * q - q**2 / 2) for z in (-1, 1))
    ends = np.quantile(drawn, (0.05, 0.95), axis=0)
    inside = ((drawn >= low) & (drawn <= high)).mean(axis=0)
    ratios = error / drawn.std(axis=0, ddof=1), (high - low) / (ends[1] - ends[0])
    texts = [
        "{1:.3f} [{0:.2f}, {2:.2f}]".format(*np.quantile(ratio, (0.05, 0.5, 0.95)))
        for ratio in ratios
    ]
    return [
        texts[0],
        f"{np.median(inside):.3f}",
        texts[1],
        f"{np.median(error / footprints):.3f}",
    ]


def main() -> None:
    """Print a row for every rule."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("--year", type=int)
    parser.add_argument("--stressor", default="co2")
    parser.add_argument("--draws", type=int, default=1000)
    chosen = parser.parse_args()
    dataset = open_dataset(chosen.name)
    year = chosen.year or dataset.descriptor["carbonshed"]["years"][-1]
    table = read_table(dataset, year, chosen.stressor)
    footprints = table.footprints(table.cells)
    print(
        "| rule | draws | standard error, first order / drawn | draws inside 90 % |"
        " width of the interval, first order / drawn | relative standard error |"
    )
    print("|---|---:|---|---:|---|---:|")
    for name, rule in read_rules().items():
        errors = errors_of(table, rule)
        shared = {
            part: float(rule[part]["shared_share"]) for part in UNCERTAIN_COMPONENTS
        }
        drawn = redraw(table, errors, shared, chosen.draws)
        figures = compare(footprints, first_order(table, errors, shared), drawn)
        print(f"| `{name}` | {chosen.draws:,} | {' | '.join(figures)} |", flush=True)


if __name__ == "__main__":
    main()
