"""Real tables, and the distance of a compiled table from them.

The GDP of a region is the value added of the table. A region without population gets
one that follows from the median value added per person of the others. Footprints are
those of final demand, without direct emissions, which are the same in both tables.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from carbonshed.accounting.ras import divide, group_sums
from carbonshed.compile.compiled_year import (
    CompiledYear,
    EmissionFigures,
    ParentYear,
    Statistics,
    compile_year,
)
from carbonshed.compile.parent import Parent
from carbonshed.compile.shares import Activity, complete_distances, great_circle
from carbonshed.compile.statistics import default_trade_parameters
from carbonshed.dataset import open_dataset
from carbonshed.dataset.contract import UNRANKED_REGION_TYPES

STRESSOR = "co2"


@dataclass(frozen=True)
class Truth:
    """The real table of one year.

    Attributes
    ----------
    table : ParentYear
        All regions of the table.
    sectors : list of dict
        Rows of the sectors.
    is_inventory : ndarray of bool, shape (C,)
    is_ranked : ndarray of bool, shape (R,)
    group : ndarray of int, shape (R,), in ascending order
        The wider region of every region.
    population, gdp : ndarray, shape (R,)
    distance : ndarray, shape (R, R)
    """

    table: ParentYear
    sectors: list[dict[str, Any]]
    is_inventory: np.ndarray
    is_ranked: np.ndarray
    group: np.ndarray
    population: np.ndarray
    gdp: np.ndarray
    distance: np.ndarray

    def footprints(self, cells: np.ndarray, emissions: np.ndarray) -> np.ndarray:
        """Return emissions of region r for the final demand of region s, (R, R)."""
        n_sectors = len(self.sectors)
        n = cells.shape[0] * n_sectors
        output = (cells.sum(axis=(2, 3)) + self.table.exports).ravel()
        usual = np.median(output[output > 0])
        output = np.where(np.abs(output) <= 1e-9 * usual, 0.0, output)
        inputs = divide(cells[..., :n_sectors].reshape(n, n), output)
        demand = cells[..., n_sectors:].sum(axis=3).reshape(n, -1)
        embodied = np.linalg.solve(np.eye(n) - inputs, demand)
        by_producer = divide(emissions.ravel(), output)[:, None] * embodied
        return by_producer.reshape(-1, n_sectors, cells.shape[0]).sum(axis=1)


def read_truth(name: str, coordinates: Path) -> Truth:
    """Return the only year of a dataset, with coordinates; regions group by group.

    A group is a parent_region_id, else the region itself.
    """
    source = Parent(open_dataset(name))
    (year,) = source.dataset.years
    with coordinates.open(encoding="utf-8", newline="") as file:
        points = {
            row["region_id"]: (float(row["longitude"]), float(row["latitude"]))
            for row in csv.DictReader(file)
        }
    names = [
        row["parent_region_id"] or row["region_id"] for row in source.labels["regions"]
    ]
    groups = list(dict.fromkeys(names))
    group = np.array([groups.index(name) for name in names])
    order = np.argsort(group, kind="stable")
    table = _in_order(source.year(year), order)
    regions = [source.labels["regions"][k] for k in order]
    unknown = (np.nan, np.nan)
    positions = np.array([points.get(row["region_id"], unknown) for row in regions])
    people = source.people(year)
    population = np.array(
        [people[row["region_id"]]["population"] for row in regions], dtype=float
    )
    gdp = table.total_value_added.sum(axis=1)
    usual = np.nanmedian(gdp / population)
    return Truth(
        table=table,
        sectors=source.sector_rows,
        is_inventory=source.is_inventory,
        is_ranked=np.array(
            [row["region_type"] not in UNRANKED_REGION_TYPES for row in regions]
        ),
        group=group[order],
        population=np.where(np.isnan(population), gdp / usual, population),
        gdp=gdp,
        distance=complete_distances(great_circle(positions[:, 0], positions[:, 1])),
    )


def _in_order(table: ParentYear, order: np.ndarray) -> ParentYear:
    """Return the table with its regions in another order."""

    def ordered(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {key: values[order] for key, values in arrays.items()}

    return ParentYear(
        cells=table.cells[order][:, :, order],
        exports=table.exports[order],
        imports=table.imports[order],
        value_added=ordered(table.value_added),
        emissions=ordered(table.emissions),
        direct_emissions=ordered(table.direct_emissions),
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
        value_added={k: along(values, 0) for k, values in table.value_added.items()},
        emissions={k: along(values, 0) for k, values in table.emissions.items()},
        direct_emissions={
            k: along(values, 0) for k, values in table.direct_emissions.items()
        },
    )


def knowledge(truth: Truth) -> Iterator[tuple[str, Activity, np.ndarray]]:
    """Yield sets of known statistics: a name, activity, and totals of demand."""
    table = truth.table
    shape = table.exports.shape
    groups = np.array([row["sector_group"] for row in truth.sectors])
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


def compile_again(
    truth: Truth,
    activity: Activity,
    demand: np.ndarray,
    group: np.ndarray,
    emissions: EmissionFigures | None = None,
) -> CompiledYear:
    """Return the table compiled from statistics, by default with true emissions."""
    table = truth.table
    decay, delta = np.array(default_trade_parameters(truth.sectors)).T
    by_sector = EmissionFigures(
        table.emissions[STRESSOR],
        table.direct_emissions[STRESSOR],
        np.zeros(len(group)),
    )
    return compile_year(
        added_up(table, group),
        Statistics(
            parent=group,
            activity=activity,
            demand_totals=demand,
            distance=truth.distance,
            distance_decay=decay,
            own_region_delta=delta,
            emissions={STRESSOR: emissions or by_sector},
        ),
        truth.is_inventory,
    )


def compare(truth: Truth, compiled: CompiledYear) -> dict[str, float]:
    """Return the errors of a compiled table."""
    from scipy.stats import rankdata  # whoever reads a truth alone does not wait for it

    table = truth.table
    cells = np.stack(list(compiled.blocks()))
    n_sectors = len(truth.sectors)
    flows = truth.footprints(cells, compiled.emissions[STRESSOR])
    true_flows = truth.footprints(table.cells, table.emissions[STRESSOR])
    per_person, true_per_person = (
        rankdata((flow.sum(axis=0) / truth.population)[truth.is_ranked])
        for flow in (flows, true_flows)
    )
    return {
        "Z": wape(cells[..., :n_sectors], table.cells[..., :n_sectors]),
        "Y": wape(cells[..., n_sectors:], table.cells[..., n_sectors:]),
        "footprints": wape(flows.sum(axis=0), true_flows.sum(axis=0)),
        "ranks": float(np.corrcoef(per_person, true_per_person)[0, 1]),
        "share": float(1 - np.trace(flows) / flows.sum()),
        "true share": float(1 - np.trace(true_flows) / true_flows.sum()),
    }


def wape(estimate: np.ndarray, true: np.ndarray) -> float:
    """Return the sum of absolute errors over the sum of absolute values."""
    return float(np.abs(estimate - true).sum() / np.abs(true).sum())
