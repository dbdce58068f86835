"""How far a compiled table is from the truth, on tables whose truth is known.

A real table is added up to a parent, its statistics are given back, and what comes out
is compared with it: ``python -m benchmarks.compile_validation NAME PLACES.csv``, with
the ingested dataset NAME and a file of coordinates (region_id, longitude, latitude).
"""

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

from carbonshed.compile.emissions import EmissionFigures
from carbonshed.compile.parent import Parent
from carbonshed.compile.prior import complete_distances, great_circle
from carbonshed.compile.ras import divide, group_sums
from carbonshed.compile.shares import Activity
from carbonshed.compile.statistics import default_trade_parameters
from carbonshed.compile.year import ParentYear, Statistics, compile_year
from carbonshed.dataset import open_dataset

STRESSOR = "co2"
HEADER = (
    "| known of the regions | Z | Y | footprints | rank correlation per person |"
    " interregional share |"
)


@dataclass(frozen=True)
class Truth:
    """The real table of one year.

    Attributes
    ----------
    table : ParentYear
        All regions of the table.
    source : Parent
    population, gdp : ndarray, shape (R,)
        NaN where not known.
    distance : ndarray, shape (R, R)
    """

    table: ParentYear
    source: Parent
    population: np.ndarray
    gdp: np.ndarray
    distance: np.ndarray

    def footprints(self, cells: np.ndarray, emissions: np.ndarray) -> np.ndarray:
        """Return emissions of region r for the final demand of region s, (R, R)."""
        n_sectors = len(self.source.sectors)
        n = cells.shape[0] * n_sectors
        output = (cells.sum(axis=(2, 3)) + self.table.exports).ravel()
        usual = np.median(output[output > 0])
        output = np.where(np.abs(output) <= 1e-9 * usual, 0.0, output)
        inputs = divide(cells[..., :n_sectors].reshape(n, n), output)
        demand = cells[..., n_sectors:].sum(axis=3).reshape(n, -1)
        embodied = np.linalg.solve(np.eye(n) - inputs, demand)
        by_producer = divide(emissions.ravel(), output)[:, None] * embodied
        return by_producer.reshape(-1, n_sectors, cells.shape[0]).sum(axis=1)


def read_truth(name: str, places: Path, people: dict[str, float]) -> Truth:
    """Return the only year of a dataset, with coordinates and people that it lacks."""
    source = Parent(open_dataset(name))
    (year,) = source.dataset.years
    with places.open(encoding="utf-8", newline="") as file:
        found = {
            row["region_id"]: (float(row["longitude"]), float(row["latitude"]))
            for row in csv.DictReader(file)
        }
    unknown = (np.nan, np.nan)
    known = np.array([found.get(region, unknown) for region in source.regions])
    rows = source.people(year)
    population = [
        rows[region]["population"] or people.get(region) for region in source.regions
    ]
    gdp = [rows[region]["gdp"] for region in source.regions]
    return Truth(
        source.year(year),
        source,
        np.array(population, dtype=float),
        np.array(gdp, dtype=float),
        complete_distances(great_circle(known[:, 0], known[:, 1])),
    )


def added_up(table: ParentYear, group: np.ndarray) -> ParentYear:
    """Return the table with groups of regions added up."""

    def along(values: np.ndarray, axis: int) -> np.ndarray:
        moved = np.moveaxis(values, axis, 0)
        return np.moveaxis(group_sums(moved, group), 0, axis)

    return ParentYear(
        cells=along(along(table.cells, 0), 2),
        exports=along(table.exports, 0),
        imports=along(table.imports, 0),
        value_added={k: along(found, 0) for k, found in table.value_added.items()},
        emissions={k: along(found, 0) for k, found in table.emissions.items()},
        direct_emissions={
            k: along(found, 0) for k, found in table.direct_emissions.items()
        },
    )


def knowledge(truth: Truth) -> Iterator[tuple[str, Activity, np.ndarray]]:
    """Yield what is given back: a name, activity, and totals of demand."""
    table = truth.table
    shape = table.exports.shape
    groups = np.array([row["sector_group"] for row in truth.source.sector_rows])
    labels = np.array(
        [
            groups == "agriculture",
            ~np.isin(groups, ["agriculture", "services"]),
            groups == "services",
        ]
    )
    nothing = np.zeros(shape)
    empty = np.zeros((shape[0], len(labels)))
    plain = Activity(
        population=truth.population,
        gdp=truth.gdp,
        output=nothing,
        value_added=nothing,
        employment=nothing,
        label_output=empty,
        label_value_added=empty,
        label_employment=empty,
        labels=labels,
    )
    earned = np.maximum(table.total_value_added, 0.0)
    broad = np.maximum(table.total_value_added @ labels.T, 0.0)
    made = np.maximum(table.output, 0.0)
    n_sectors = shape[1]
    users = table.cells.sum(axis=(0, 1)) + table.imports
    demand = np.maximum(users[:, n_sectors:], 0.0)
    none = np.zeros_like(demand)
    by_output = replace(plain, output=made)
    full = replace(by_output, value_added=earned)
    yield "gdp and population only", plain, none
    yield (
        "value added of three broad sectors",
        replace(plain, label_value_added=broad),
        none,
    )
    yield "output by sector", by_output, none
    yield "output and value added by sector", full, none
    yield "output by sector and demand", by_output, demand
    yield "output, value added, demand", full, demand


def compare(
    truth: Truth, activity: Activity, demand: np.ndarray, group: np.ndarray
) -> dict[str, float]:
    """Return how far the compiled table is from the truth."""
    table = truth.table
    emissions = table.emissions[STRESSOR]
    decay, delta = np.array(default_trade_parameters(truth.source.sector_rows)).T
    found = compile_year(
        added_up(table, group),
        Statistics(
            parent=group,
            activity=activity,
            demand_totals=demand,
            distance=truth.distance,
            distance_decay=decay,
            own_region_delta=delta,
            emissions={
                STRESSOR: EmissionFigures(
                    emissions,
                    table.direct_emissions[STRESSOR],
                    np.zeros(len(emissions)),
                )
            },
        ),
        truth.source.is_inventory,
    )
    cells = np.stack(list(found.blocks()))
    n_sectors = len(truth.source.sectors)
    flows = truth.footprints(cells, found.emissions[STRESSOR])
    true_flows = truth.footprints(table.cells, emissions)
    ranked = np.array(
        [
            row["region_type"] != "rest_of_world"
            for row in truth.source.labels["regions"]
        ]
    )
    direct = table.direct_emissions[STRESSOR].sum(axis=1)
    per_person, true_per_person = (
        rankdata(((each.sum(axis=0) + direct) / truth.population)[ranked])
        for each in (flows, true_flows)
    )
    return {
        "Z": wape(cells[..., :n_sectors], table.cells[..., :n_sectors]),
        "Y": wape(cells[..., n_sectors:], table.cells[..., n_sectors:]),
        "footprints": wape(flows.sum(axis=0) + direct, true_flows.sum(axis=0) + direct),
        "ranks": float(np.corrcoef(per_person, true_per_person)[0, 1]),
        "share": 1 - np.trace(flows) / flows.sum(),
        "true share": 1 - np.trace(true_flows) / true_flows.sum(),
    }


def wape(found: np.ndarray, true: np.ndarray) -> float:
    """Return the sum of absolute errors over the sum of absolute values."""
    return float(np.abs(found - true).sum() / np.abs(true).sum())


def rows(truth: Truth) -> Iterator[str]:
    """Yield the rows of the table, for one parent region and for its groups."""
    one = np.zeros(len(truth.source.regions), dtype=int)
    for name, activity, demand in knowledge(truth):
        yield _row(name, compare(truth, activity, demand, one))


def _row(name: str, found: dict[str, float]) -> str:
    return (
        f"| {name} | {found['Z']:.2f} | {found['Y']:.2f} | {found['footprints']:.3f}"
        f" | {found['ranks']:.3f} | {found['share']:.3f} |"
    )


def main() -> None:
    """Print the table of a dataset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="an ingested dataset of one year")
    parser.add_argument("places", type=Path, help="coordinates of its regions")
    parser.add_argument(
        "--people",
        action="append",
        default=[],
        metavar="REGION=NUMBER",
        help="people that the dataset lacks",
    )
    arguments = parser.parse_args()
    people = {
        region: float(number)
        for region, _, number in (each.partition("=") for each in arguments.people)
    }
    truth = read_truth(arguments.name, arguments.places, people)
    true_share = truth.footprints(truth.table.cells, truth.table.emissions[STRESSOR])
    print(HEADER)
    print("|---|---:|---:|---:|---:|---:|")
    for row in rows(truth):
        print(row, flush=True)
    print(
        f"\ntrue interregional share: {1 - np.trace(true_share) / true_share.sum():.3f}"
    )


if __name__ == "__main__":
    main()
