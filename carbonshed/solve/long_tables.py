"""Matrices, imports and trade of a solve as long tables, for the solve store."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from carbonshed.files import writing
from carbonshed.leontief import ExportedOutput, Linkages, SharedIntensities
from carbonshed.solve.relations import SolvedImports
from carbonshed.solve.year_system import YearSystem

Columns = dict[str, np.ndarray | pa.Array]
INTENSITIES_BY_ORIGIN = "intensities_by_origin"
SHARED_INTENSITIES = "value_added_shared_intensities"
EXPORTED_OUTPUT = "exported_output"
DELIVERIES_ONCE = "deliveries_once"
EMBODIED_OUTPUT = pa.schema(
    [
        ("year", pa.int32()),
        ("origin_id", pa.int32()),
        ("region_position", pa.int32()),
        ("category_position", pa.int32()),
        ("output", pa.float64()),
    ]
)
BY_ORIGIN = pa.schema(
    [
        ("year", pa.int32()),
        ("region_sector_id", pa.int32()),
        ("stressor_id", pa.string()),
        ("region_position", pa.int32()),
        ("intensity", pa.float64()),
    ]
)
# several row groups of DuckDB at a time: 0.5 million rows of 13,146 region-sectors
BATCH_COLUMNS = 40


def import_tables(system: YearSystem, imports: SolvedImports) -> dict[str, Columns]:
    """Return the solved tables of imports: but for technology, without zeros."""
    producer, product = np.nonzero(imports.multipliers.T)
    return {
        "import_multipliers": {
            "year": _year(system, len(producer)),
            "region_sector_id": producer.astype(np.int32),
            "product_position": product.astype(np.int32),
            "multiplier": imports.multipliers[product, producer],
        },
        "imports_by_product": _by_product(system, imports),
        "domestic_technology": _technology(system, imports.technology),
    }


def mixed_columns(system: YearSystem, mixed: np.ndarray) -> Columns:
    """Return intensities of the years before and after along the chains of this year.

    Shape (n, p), in the order of `YearSystem.neighbours`.
    """
    neighbours = system.neighbours
    return intensities_by_year(system, neighbours.labels, mixed) | {
        "direct_intensity": neighbours.values.T.reshape(-1)
    }


def covered_columns(system: YearSystem, covered: np.ndarray) -> Columns:
    """Return intensities that pay a price along the chains of this year.

    Shape (n, p), in the order of `YearSystem.covered`.
    """
    coverages = np.array([coverage for coverage, _ in system.covered.labels], object)
    names = pa.array(np.repeat(coverages, system.size), pa.string())
    return {
        "year": _year(system, covered.size),
        "coverage_id": names,
        **_of_labels(system, system.covered.labels, covered),
        "direct_intensity": system.covered.values.T.reshape(-1),
    }


def intensities_by_year(
    system: YearSystem, labels: Sequence[tuple[int, str]], intensities: np.ndarray
) -> Columns:
    """Return intensities, shape (n, p), by the year and stressor of each column."""
    years = np.array([year for year, _ in labels], np.int32)
    return {
        "year": _year(system, intensities.size),
        "intensity_year": np.repeat(years, system.size),
        **_of_labels(system, labels, intensities),
    }


def _of_labels(
    system: YearSystem,
    labels: Sequence[tuple[int | str, str]],
    intensities: np.ndarray,
) -> Columns:
    """Return intensities, shape (n, p), by the stressor of each column."""
    stressors = np.array([stressor for _, stressor in labels], object)
    return {
        "stressor_id": pa.array(np.repeat(stressors, system.size), pa.string()),
        "region_sector_id": np.tile(
            np.arange(system.size, dtype=np.int32), len(labels)
        ),
        "intensity": intensities.T.reshape(-1),
    }


def linkage_tables(system: YearSystem, linkages: Linkages) -> dict[str, Columns]:
    """Return the solved tables of linkages, a row for each region-sector."""
    numbers = np.arange(system.size, dtype=np.int32)
    within = linkages.backward_within_region
    return _shared_columns(system, linkages) | {
        "downstream_intensities": _of_masses(system, linkages.downstream),
        "output_multipliers": {
            "year": _year(system, system.size),
            "region_sector_id": numbers,
            "backward": linkages.backward,
            "forward": linkages.forward,
            "direct_backward": linkages.direct_backward,
            "direct_forward": linkages.direct_forward,
            "backward_within_region": pa.nulls(system.size, pa.float64())
            if within is None
            else within,
        },
    }


def _shared_columns(system: YearSystem, linkages: Linkages) -> dict[str, Columns]:
    """Return intensities shared by value added, no rows without any value added."""
    if not system.with_shares:
        return {}
    shared = linkages.shared
    if shared is None:
        shared = SharedIntensities(np.zeros(0), np.zeros((0, len(system.masses))))
    passed = np.tile(shared.passed_share, len(system.masses))
    columns = _of_masses(system, shared.intensities) | {"passed_share": passed}
    return {SHARED_INTENSITIES: columns}


def _of_masses(system: YearSystem, intensities: np.ndarray) -> Columns:
    """Return intensities of every stressor that is a mass, shape (n, q)."""
    size, masses = len(intensities), np.array(system.masses, object)
    return {
        "year": _year(system, intensities.size),
        "stressor_id": pa.array(np.repeat(masses, size), pa.string()),
        "region_sector_id": np.tile(np.arange(size, dtype=np.int32), len(masses)),
        "intensity": intensities.T.reshape(-1),
    }


def exported_columns(system: YearSystem, exported: ExportedOutput) -> Columns:
    """Return output behind the exports of the own region, a row a region-sector."""
    return {
        "year": _year(system, system.size),
        "region_sector_id": np.arange(system.size, dtype=np.int32),
        "exports": exported.exports,
        "own_chain_output": exported.own_chain_output,
        "output": exported.output,
    }


def deliveries_columns(system: YearSystem, deliveries_once: np.ndarray) -> Columns:
    """Return deliveries to other regions, each counted once, a row a region-sector.

    NULL where they are not known: NaN.
    """
    return {
        "year": _year(system, system.size),
        "region_sector_id": np.arange(system.size, dtype=np.int32),
        "amount": pa.array(deliveries_once, from_pandas=True),
    }


def _by_product(system: YearSystem, imports: SolvedImports) -> Columns:
    buyer, product = np.nonzero(imports.by_product.T)
    relations = system.relations
    regions = [
        relations.region_positions[region]
        for region in (*system.producers, *(region for region, _ in imports.users))
    ]
    categories = [
        relations.category_positions[category] for _, category in imports.users
    ]
    is_user = buyer >= system.size
    # producers have no category: any number, masked
    category = np.array([*np.zeros(system.size), *categories], np.int32)[buyer]
    return {
        "year": _year(system, len(buyer)),
        "region_sector_id": pa.array(buyer.astype(np.int32), mask=is_user),
        "region_position": np.array(regions, np.int32)[buyer],
        "category_position": pa.array(category, mask=~is_user),
        "product_position": product.astype(np.int32),
        "amount": imports.by_product[product, buyer],
    }


def _technology(system: YearSystem, technology: np.ndarray | None) -> Columns:
    values = np.zeros((0, 0)) if technology is None else technology
    products, stressors = values.shape
    names = np.array(system.stressors[:stressors], object)
    return {
        "year": _year(system, products * stressors),
        "stressor_id": pa.array(np.repeat(names, products), pa.string()),
        "product_position": np.tile(np.arange(products, dtype=np.int32), stressors),
        "intensity": values.T.reshape(-1),
    }


def tier_columns(system: YearSystem, by_tier: np.ndarray) -> Columns:
    """Return total intensities by tier, shape (tiers, n, p), stressor by stressor."""
    tiers, size, stressors = by_tier.shape
    names = np.array(system.masses, object)
    numbers = np.repeat(np.arange(tiers, dtype=np.int32), size)
    producers = np.arange(size, dtype=np.int32)
    return {
        "year": _year(system, by_tier.size),
        "stressor_id": pa.array(np.repeat(names, tiers * size), pa.string()),
        "tier": np.tile(numbers, stressors),
        "region_sector_id": np.tile(producers, tiers * stressors),
        "intensity": by_tier.transpose(2, 0, 1).reshape(-1),
    }


def _year(system: YearSystem, length: int) -> np.ndarray:
    return np.full(length, system.year, np.int32)


@dataclass(frozen=True)
class Trade:
    """Sales of the producers of each region to those of each region."""

    regions: list[str]  # length R
    amounts: np.ndarray  # shape (R, R), currency: origin by destination
    embodied: np.ndarray  # shape (R, q, R), unit of the stressor: emissions behind it
    is_any: np.ndarray  # shape (R, R): there are sales; they may add up to zero

    @classmethod
    def of(
        cls,
        regions: list[str],
        edges: np.ndarray,
        sales: np.ndarray,
        totals: np.ndarray,
    ) -> "Trade":
        """Add up what region-sectors sell, those between two edges for a region.

        Regions, and rows of sales and total intensities, may be some of all.
        """
        rows = [slice(*ends) for ends in pairwise(edges)]
        return cls(
            regions,
            np.array([sales[own].sum(axis=0) for own in rows]),
            np.array([totals[own].T @ sales[own] for own in rows]),
            np.array([np.any(sales[own], axis=0) for own in rows]),
        )


def intermediate_trade_columns(system: YearSystem, trade: Trade) -> Columns:
    """Return the sales between producers of regions, and the embodied emissions."""
    # pairs of two regions with any sales, once for each stressor
    origins, destinations = np.nonzero(
        trade.is_any & ~np.eye(len(trade.regions), dtype=bool)
    )
    names = np.array(
        [system.relations.region_positions[region] for region in trade.regions],
        np.int32,
    )
    count, stressors = len(origins), np.array(system.stressors, object)
    repeats = len(stressors)
    return {
        "year": np.full(count * repeats, system.year, np.int32),
        "stressor_id": pa.array(np.repeat(stressors, count), pa.string()),
        "origin_position": np.tile(names[origins], repeats),
        "destination_position": np.tile(names[destinations], repeats),
        "amount": np.tile(trade.amounts[origins, destinations], repeats),
        "embodied": trade.embodied[origins, :, destinations].T.reshape(-1),
    }


def write_embodied_output(
    path: Path,
    year: int,
    rows: slice,
    regions: np.ndarray,  # positions of the columns, as categories
    categories: np.ndarray,
    values: np.ndarray,  # shape (rows, k), currency
) -> None:
    """Write X, or some rows and columns of it, as a long table without zeros."""
    producers = np.arange(rows.start, rows.stop, dtype=np.int32)
    _write_matrix(path, EMBODIED_OUTPUT, year, producers, (regions, categories), values)


def write_by_origin(
    folder: Path, system: YearSystem, intensities: np.ndarray | None
) -> None:
    """Write total intensities by region of origin, if they were asked for."""
    if intensities is None:
        return
    positions = system.relations.region_positions
    regions = [positions[region] for region in dict.fromkeys(system.producers)]
    _write_matrix(
        folder / f"{INTENSITIES_BY_ORIGIN}.parquet",
        BY_ORIGIN,
        system.year,
        np.arange(system.size, dtype=np.int32),
        (
            np.repeat(np.array(system.masses, object), len(regions)),
            np.tile(np.array(regions, np.int32), len(system.masses)),
        ),
        intensities,
    )


def _write_matrix(
    path: Path,
    schema: pa.Schema,
    year: int,
    rows: np.ndarray,
    labels: tuple[np.ndarray, np.ndarray],
    values: np.ndarray,
) -> None:
    """Write a matrix as a long table, some columns at a time, without zeros.

    The schema has the year, the row, two labels of the column, and the value.
    """
    names = schema.names
    with (
        writing(path),
        pq.ParquetWriter(
            path,
            schema,
            # no two values are alike, and rows rise
            use_dictionary=[names[0], *names[2:-1]],
            column_encoding={names[1]: "DELTA_BINARY_PACKED", names[-1]: "PLAIN"},
        ) as writer,
    ):
        for start in range(0, values.shape[1], BATCH_COLUMNS):
            columns = slice(start, start + BATCH_COLUMNS)
            amounts = np.ascontiguousarray(values[:, columns].T)
            # masks take 0.1 s, positions of what is not zero 0.6 s (13,146 x 1,567)
            is_there = amounts != 0
            counts = np.count_nonzero(is_there, axis=1)
            writer.write_batch(
                pa.record_batch(
                    [
                        np.full(counts.sum(), year, np.int32),
                        np.broadcast_to(rows, amounts.shape)[is_there],
                        *(np.repeat(label[columns], counts) for label in labels),
                        amounts[is_there],
                    ],
                    schema=schema,
                )
            )
