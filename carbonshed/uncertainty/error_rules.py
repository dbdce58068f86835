"""Measured emissions of a year and the size of their errors: rules and own figures."""

from dataclasses import dataclass

import duckdb
import numpy as np

from carbonshed import leontief
from carbonshed.solve import relations as arrays
from carbonshed.solve.stored_matrix import blocks_of_regions
from carbonshed.solve.year_system import YearSystem


@dataclass(frozen=True)
class Size:
    """The size of the errors of a component, as in the seed ``error_rules``."""

    rse_largest: float
    exponent: float
    rse_cap: float

    def errors(
        self,
        values: np.ndarray,
        largest: float,
        own: np.ndarray,
        out: np.ndarray | None = None,
    ) -> np.ndarray:
        """Return standard errors; see `leontief.standard_errors`.

        `own` has a dataset's own relative error for each row of values; NaN where the
        rule counts. `out` may be the values.
        """
        rows = np.flatnonzero(np.isfinite(own))
        shape = (-1, *[1] * (values.ndim - 1))
        own_errors = own[rows].reshape(shape) * values[rows]
        errors = leontief.standard_errors(
            values,
            largest,
            rse_largest=self.rse_largest,
            exponent=self.exponent,
            rse_cap=self.rse_cap,
            out=out,
        )
        errors[rows] = own_errors
        return errors


@dataclass(frozen=True)
class Rule:
    """An uncertainty rule: by component the size of errors and their shared share."""

    name: str
    sizes: dict[str, Size]
    shared: dict[str, float]


def read_rules(relation: duckdb.DuckDBPyRelation) -> list[Rule]:
    """Return the uncertainty rules, by name."""
    sizes: dict[str, dict[str, Size]] = {}
    shared: dict[str, dict[str, float]] = {}
    rows = relation.project(
        "uncertainty_rule, component, shared_share, rse_largest, exponent, rse_cap"
    ).order("1, 2")
    for name, component, share, *size in rows.fetchall():
        sizes.setdefault(name, {})[component] = Size(*size)
        shared.setdefault(name, {})[component] = share
    return [Rule(name, sizes[name], shared[name]) for name in sizes]


class OwnErrors:
    """The relative standard errors of a dataset's own, by region and sector.

    An empty id means all; the row with most ids counts.
    """

    def __init__(
        self,
        relation: duckdb.DuckDBPyRelation,
        regions: list[str],
        sectors: list[str],
    ) -> None:
        self.rows = relation.project(
            "component, stressor_id, region_id, sector_id, relative_standard_error"
        ).fetchall()
        self.rows.sort(key=lambda row: (-row[1:4].count(None), str(row)))
        self._regions = {region: k for k, region in enumerate(regions)}
        self._sectors = {sector: k for k, sector in enumerate(sectors)}

    def of(self, component: str, stressor: str | None = None) -> np.ndarray:
        """Return relative errors, shape (R, sectors); NaN where the rule counts."""
        errors = np.full((len(self._regions), len(self._sectors)), np.nan)
        for name, only, region, sector, error in self.rows:
            if name != component or only not in (None, stressor):
                continue
            errors[
                slice(None) if region is None else self._regions[region],
                slice(None) if sector is None else self._sectors[sector],
            ] = error
        return errors


class MeasuredYear:
    """A year's system with what was measured of its emissions.

    Attributes
    ----------
    stressors : list of str, length q
        Those that are a mass.
    emissions : ndarray, shape (q, n), t
        F, also of zero outputs.
    direct_emissions : ndarray, shape (q, R, C), t
        D, regions in the order of rows.
    regions : list of str, length R
        In the order of rows.
    region_rows : list of slice
        The rows of each region.
    sectors : list of str
    """

    def __init__(
        self, system: YearSystem, direct_emissions: duckdb.DuckDBPyRelation
    ) -> None:
        self.system = system
        self.region_rows = blocks_of_regions(system.producers, 1)
        self.regions = [
            system.producers[rows_of_region.start]
            for rows_of_region in self.region_rows
        ]
        relations = system.relations
        rows = relations.sector_output.filter(f"year = {system.year}")
        labels = rows.order("region_sector_id").project("sector_id").fetchall()
        self.sectors = [sector for (sector,) in labels[self.region_rows[0]]]
        emissions = relations.intensities.filter(
            f"year = {system.year} and unit = 't'"
        ).project("stressor_id, region_sector_id, emissions")
        self.stressors = system.masses
        self.emissions = np.zeros((len(self.stressors), system.size))
        position = {stressor: k for k, stressor in enumerate(self.stressors)}
        for names, rows, amounts in arrays.columns(emissions):
            self.emissions[[position[name] for name in names], rows] = amounts
        self.direct_emissions = self._direct(direct_emissions, position)

    def _direct(
        self, relation: duckdb.DuckDBPyRelation, stressors: dict[str, int]
    ) -> np.ndarray:
        rows = relation.filter(f"year = {self.system.year}").project(
            "stressor_id, region_id, category_id, emissions"
        )
        mass_rows = [row for row in rows.fetchall() if row[0] in stressors]
        regions = {region: k for k, region in enumerate(self.regions)}
        categories = {
            name: k for k, name in enumerate(sorted({r[2] for r in mass_rows}))
        }
        values = np.zeros((len(stressors), len(regions), len(categories)))
        for stressor, region, category, amount in mass_rows:
            cell = stressors[stressor], regions[region], categories[category]
            values[cell] += amount
        return values

    @property
    def sector_of_row(self) -> np.ndarray:
        """Position of the sector of each row, shape (n,)."""
        return np.arange(self.system.size) % len(self.sectors)
