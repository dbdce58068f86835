"""First-order errors compared with tables in which every cell is drawn anew.

``python -m benchmarks.redraw_errors NAME [--draws 1000]``, with an ingested dataset:
every cell is multiplied by a lognormal number of the rule's relative standard error,
with parts that groups share; the system is solved from scratch, draw by draw. If a
warehouse was built with the var ``by_origin: true``, its interval of the interregional
share is compared with the drawn shares.
"""

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np

from carbonshed import leontief
from carbonshed.dataset.contract import UNCERTAIN_COMPONENTS
from carbonshed.dataset.store import Dataset, open_dataset
from carbonshed.paths import seeds_dir

SEED = 7
QUANTILE = 1.6448536
Cells = dict[str, np.ndarray]


@dataclass
class Table:
    """A year of a dataset in its own units: n rows, R regions, C categories."""

    cells: Cells  # by component: (n,), (R, C), (n, n), (n, R, C), (n,)
    groups: Cells  # number of the group that shares an error, same shapes
    regions: int

    def solve(self, cells: Cells) -> tuple[np.ndarray, float]:
        """Return footprints, shape (R,), and the interregional share, solved anew.

        The interregional share is the part of emissions for final demand that arises
        outside the region of the demand; without direct emissions and exports.
        """
        Z, Y = cells["transactions"], cells["final_demand"]
        x = Z.sum(axis=1) + Y.sum(axis=(1, 2)) + cells["exports"]
        divisor = np.where(self.is_zero, np.inf, x)
        A, f = Z / divisor, cells["emissions"] / divisor
        X = np.linalg.solve(np.eye(len(x)) - A, Y.sum(axis=2))
        by_sector = (f[:, None] * X).reshape(self.regions, -1, self.regions)
        flows = by_sector.sum(axis=1)  # by region of origin and of demand
        footprints = flows.sum(axis=0) + cells["direct_emissions"].sum(axis=1)
        return footprints, 1 - np.trace(flows) / flows.sum()

    @cached_property
    def is_zero(self) -> np.ndarray:
        """Return a mask of the outputs that count as zero."""
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
    return Table(cells, groups_of(n, r, c), r)


def groups_of(n: int, r: int, c: int) -> Cells:
    """Return the group of cells that share an error, for each cell."""
    sectors = n // r
    own = np.arange(n) // sectors
    to_final = np.broadcast_to(
        own[:, None, None] * r + np.arange(r)[:, None], (n, r, c)
    )
    return {
        "emissions": np.arange(n) % sectors,
        "direct_emissions": np.broadcast_to(np.arange(c), (r, c)),
        "transactions": own[:, None] * r + own,
        "final_demand": to_final,
        "exports": own,
    }


def read_rules() -> dict[str, dict[str, dict[str, str]]]:
    """Return the seed by rule and component."""
    rules: dict[str, dict] = {}
    with (seeds_dir() / "error_rules.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rules.setdefault(row["uncertainty_rule"], {})[row["component"]] = row
    return rules


def errors_of(table: Table, rule: dict[str, dict[str, str]]) -> Cells:
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


def first_order(table: Table, errors: Cells, shared: dict[str, float]) -> np.ndarray:
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
    region_slices = [slice(k, k + n // r) for k in range(0, n, n // r)]
    trade = leontief.TransactionCovariance(shares, m[:, None], region_slices)
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
        "final_demand": leontief.demand_covariance(shares, m, *final, region_slices),
        "exports": leontief.demand_covariance(
            shares, m, ex, ex**2, np.array([r]), region_slices
        ),
    }
    total = sum(
        (1 - shared[name]) * own + shared[name] * common
        for name, (own, common) in parts.items()
    )
    return np.diag(total)[:r]


def redraw(
    table: Table, errors: Cells, shared: dict[str, float], draws: int
) -> Iterator[Cells]:
    """Yield tables in which every cell is drawn anew."""
    generator = np.random.Generator(np.random.PCG64(SEED))
    widths = {
        name: np.sqrt(
            np.log1p(
                np.divide(s, values, out=np.zeros_like(values), where=values != 0) ** 2
            )
        )
        for (name, values), s in zip(table.cells.items(), errors.values(), strict=True)
    }
    for _ in range(draws):
        cells = {}
        for name, values in table.cells.items():
            t, k, group = widths[name], shared[name], table.groups[name]
            w = generator.standard_normal(int(group.max(initial=0)) + 1)[group]
            u = generator.standard_normal(values.shape)
            error = np.sqrt(k) * w + np.sqrt(1 - k) * u
            cells[name] = values * np.exp(t * error - t**2 / 2)
        yield cells


def compare(
    error: np.ndarray, low: np.ndarray, high: np.ndarray, drawn: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compare figures with their draws, shape (draws, figures).

    Returns
    -------
    errors, inside, widths : ndarray, shape (figures,)
        Standard error over the drawn one, share of draws in the 90 % interval, its
        width over the drawn one.
    """
    ends = np.quantile(drawn, (0.05, 0.95), axis=0)
    return (
        error / drawn.std(axis=0, ddof=1),
        ((drawn >= low) & (drawn <= high)).mean(axis=0),
        (high - low) / (ends[1] - ends[0]),
    )


def of_footprints(
    footprints: np.ndarray, variance: np.ndarray, drawn: np.ndarray
) -> list[str]:
    """Return the figures of the page: over regions, 5, 50 and 95 % of them."""
    error = np.sqrt(variance)
    q = np.sqrt(np.log1p((error / footprints) ** 2))
    low, high = (footprints * np.exp(z * QUANTILE * q - q**2 / 2) for z in (-1, 1))
    errors, inside, widths = compare(error, low, high, drawn)
    texts = [
        "{1:.3f} [{0:.2f}, {2:.2f}]".format(*np.quantile(ratio, (0.05, 0.5, 0.95)))
        for ratio in (errors, widths)
    ]
    return [
        texts[0],
        f"{np.median(inside):.3f}",
        texts[1],
        f"{np.median(error / footprints):.3f}",
    ]


def headlines(name: str, year: int, stressor: str) -> dict[tuple[str, str], dict]:
    """Return the headlines of a warehouse by rule and quantity, if it is there."""
    if not (path := Path("warehouse", f"{name}.duckdb")).is_file():
        return {}
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.table("marts.headline_uncertainty").to_arrow_table()
    return {
        (row["uncertainty_rule"], row["quantity"]): row
        for row in rows.to_pylist()
        if row["year"] == year and row["stressor_id"] == stressor
    }


def of_headline(row: dict, drawn: np.ndarray) -> list[str]:
    """Return the figures of the page of one headline, from its draws."""
    ends = (np.array([row[key]]) for key in ("standard_error", "p05", "p95"))
    ratios = compare(*ends, drawn[:, None])
    value = row["value"], row["drawn_mean"] or row["value"], drawn.mean()
    figures = [f"{number:.4g}" for number in value]
    figures += [f"{row['standard_error']:.4g}", f"{drawn.std(ddof=1):.4g}"]
    return figures + [f"{figure[0]:.3f}" for figure in ratios]


HEADLINE_COLUMNS = (
    "value | mean of the interval | of draws | standard error | of draws |"
    " their ratio | draws inside 90 % | width of the interval over the drawn one"
)


def main() -> None:
    """Print a row for every rule."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("--year", type=int)
    parser.add_argument("--stressor", default="co2")
    parser.add_argument("--draws", type=int, default=1000)
    options = parser.parse_args()
    dataset = open_dataset(options.name)
    year = options.year or dataset.descriptor["carbonshed"]["years"][-1]
    table = read_table(dataset, year, options.stressor)
    footprints, _ = table.solve(table.cells)
    published = headlines(options.name, year, options.stressor)
    shares = []
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
        tables = redraw(table, errors, shared, options.draws)
        drawn, drawn_shares = zip(*map(table.solve, tables), strict=True)
        variance = first_order(table, errors, shared)
        figures = of_footprints(footprints, variance, np.array(drawn))
        print(f"| `{name}` | {options.draws:,} | {' | '.join(figures)} |", flush=True)
        if row := published.get((name, "interregional_share")):
            shares.append([f"`{name}`", *of_headline(row, np.array(drawn_shares))])
    if not shares:
        print("\nno interregional share: build with the var by_origin: true")
        return
    print(f"\n| interregional share by rule | {HEADLINE_COLUMNS} |")
    for figures in shares:
        print(f"| {' | '.join(figures)} |")


if __name__ == "__main__":
    main()
