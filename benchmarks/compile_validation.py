"""Compiled tables compared with real ones, and with the results of other methods.

A real table is aggregated to a parent, compiled again from its own statistics, and
compared with the result: ``python -m benchmarks.compile_validation NAME PLACES.csv``,
with the ingested dataset NAME and a file of coordinates (region_id, longitude,
latitude).
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.known_tables import (
    STRESSOR,
    Truth,
    compare,
    compile_again,
    knowledge,
    read_truth,
)
from carbonshed.accounting.ras import divide, ras
from carbonshed.compile.balance import Deliveries, Totals, balance
from carbonshed.compile.compiled_year import CompiledYear, EmissionFigures
from carbonshed.compile.shares import own_shares, trade_shares

HEADER = (
    "| known of the regions | Z | Y | footprints | rank correlation per person |"
    " interregional share |"
)
# the cases that are repeated with a parent of several regions
WITHIN_GROUPS = ("gdp and population only", "output by sector")


def rows(truth: Truth) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield known statistics and errors: for one parent, then for its groups."""
    one = np.zeros_like(truth.group)
    for name, activity, demand in knowledge(truth):
        yield name, compare(truth, compile_again(truth, activity, demand, one))
    n_groups = truth.group[-1] + 1
    for name, activity, demand in knowledge(truth):
        if name in WITHIN_GROUPS:
            compiled = compile_again(truth, activity, demand, truth.group)
            yield f"parent with {n_groups} regions, {name}", compare(truth, compiled)


def other_methods(truth: Truth) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield the errors of other methods, given output by sector and demand."""
    one = np.zeros_like(truth.group)
    knowledge_by_name = {name: statistics for name, *statistics in knowledge(truth)}
    activity, demand = knowledge_by_name["output by sector and demand"]
    ours = compile_again(truth, activity, demand, one)
    yield "ours", compare(truth, ours)
    totals, theta = totals_and_prior(ours)
    yield (
        "same prior, two steps: national technology, then RAS by sector",
        compare(truth, replace(ours, deliveries=two_steps(ours, totals, theta))),
    )
    supply = divide(totals.supply, totals.supply.sum(axis=0))
    everywhere = np.repeat(supply.T[:, :, None], len(supply), axis=2)
    yield (
        "no distance, no own share",
        compare(truth, replace(ours, deliveries=balance(totals, [everywhere]))),
    )
    emissions = truth.table.emissions[STRESSOR]
    direct = truth.table.direct_emissions[STRESSOR]
    nothing = np.zeros_like(emissions), np.zeros_like(direct)
    all_of_it = emissions.sum(axis=1) + direct.sum(axis=1)
    for name, totals_of_regions in (
        ("ours, emissions as totals of regions", all_of_it),
        ("ours, emissions at national intensities", np.zeros(len(one))),
    ):
        figures = EmissionFigures(*nothing, totals_of_regions)
        compiled = compile_again(truth, activity, demand, one, figures)
        yield name, compare(truth, compiled)


def totals_and_prior(compiled: CompiledYear) -> tuple[Totals, np.ndarray]:
    """Return totals and prior of a parent with one region; theta is (S, R, R)."""
    group = compiled.statistics.parent
    cells = compiled.parent.cells - compiled.kept
    supply = compiled.output.values * cells.sum(axis=(2, 3))[group]
    made = (compiled.output.values * compiled.parent.output[group]).sum(axis=1)
    statistics = compiled.statistics
    own = own_shares(supply, made / made.sum(), statistics.own_region_delta, group)
    (theta,) = trade_shares(
        supply, own, statistics.distance, statistics.distance_decay, group
    )
    totals = Totals(
        parent=group,
        cells=cells,
        imports=np.maximum(compiled.parent.imports, 0.0),
        supply=supply,
        purchases=compiled.purchases.values,
        shares=np.concatenate([compiled.output.values, compiled.demand], axis=1),
    )
    return totals, theta


def two_steps(compiled: CompiledYear, totals: Totals, theta: np.ndarray) -> Deliveries:
    """Return national technology in every region, its trade by RAS sector by sector."""
    demand = totals.cells[0, :, 0, :] @ totals.shares.T
    trade = np.zeros_like(theta)
    for sector in np.flatnonzero(totals.supply.sum(axis=0) > 0):
        balanced = ras(
            theta[sector] * demand[sector], totals.supply[:, sector], demand[sector]
        )
        trade[sector] = divide(balanced, demand[sector])
    return replace(
        compiled.deliveries,
        trade=[trade],
        cells=totals.cells,
        pooled=[np.ones_like(demand)],
        users=totals.shares,
    )


def main() -> None:
    """Print the tables of a dataset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="an ingested dataset of one year")
    parser.add_argument("places", type=Path, help="coordinates of its regions")
    arguments = parser.parse_args()
    truth = read_truth(arguments.name, arguments.places)
    print(HEADER)
    print("|---|---:|---:|---:|---:|---:|")
    for name, errors in rows(truth):
        print(
            f"| {name} | {errors['Z']:.2f} | {errors['Y']:.2f} "
            f"| {errors['footprints']:.3f} | {errors['ranks']:.3f} "
            f"| {errors['share']:.3f} |",
            flush=True,
        )
    print(f"\ntrue interregional share: {errors['true share']:.3f}")
    print("\n| other methods | Z | footprints | interregional share |")
    print("|---|---:|---:|---:|")
    for name, errors in other_methods(truth):
        print(
            f"| {name} | {errors['Z']:.2f} | {errors['footprints']:.3f} "
            f"| {errors['share']:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
