"""What a solve finds beside the output embodied in demand: passes over a year.

A pass takes what it needs of A, before factors take its place. It has columns that are
solved together with those of all passes, and makes its solved tables of what comes of
them. Where it is asked for, a year without its tables is solved again.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import ClassVar, NamedTuple, Self

import numpy as np
import pyarrow as pa

from carbonshed import leontief
from carbonshed.solve import memory_plan as memory
from carbonshed.solve import relations as arrays
from carbonshed.solve import solved_tables
from carbonshed.solve.relations import Imports, OtherIntensities
from carbonshed.solve.solved_tables import Columns, Table
from carbonshed.solve.year_system import Producers, Settings, YearSystem

VALUE_ADDED = "value_added"  # the stressor of that name
DELIVERIES_ONCE = "deliveries_once"
Coefficients = np.ndarray | leontief.RowBlocks  # A


class RightSides(NamedTuple):
    """Columns of a pass that are to be solved for, each of shape (n, c)."""

    # per unit of output, as intensities: followed to suppliers
    direct: np.ndarray | None = None
    # amounts, as demand: followed to buyers
    supplied: np.ndarray | None = None


@dataclass(frozen=True)
class Rounds:
    """What the factors give to rounds for the regions."""

    # (L z)_K of every region K for z, shape (n, q) both, and a name in progress
    own_output_of: Callable[[np.ndarray, str], np.ndarray]
    kept: np.ndarray  # shape (n,), as of `leontief.kept_output`
    tolerance: float


def numbered(
    name: str, own_output_of: Callable[[np.ndarray, str], np.ndarray]
) -> Callable[[np.ndarray], np.ndarray]:
    """Name each round in progress, the first one 1."""
    numbers = count(1)
    return lambda demand: own_output_of(demand, f"{name}, round {next(numbers)}")


@dataclass(frozen=True)
class Solution:
    """What has come of the columns of a pass."""

    totals: np.ndarray  # shape (n, c), of its direct columns
    supplied: np.ndarray  # shape (n, c), of its supplied columns
    intensities: np.ndarray  # shape (n, q): total intensities of all stressors
    rounds: Rounds


class Pass(ABC):
    """A quantity that is followed along all chains, and its solved tables."""

    names: ClassVar[tuple[str, ...]]  # its solved tables

    @classmethod
    def of(cls, system: YearSystem) -> Self:
        """Return the pass over a year, with what it reads besides the system."""
        return cls()

    @staticmethod
    def like_stressors(system: YearSystem) -> int:
        """Return how many stressors would take as much memory."""
        return 0

    @staticmethod
    def vectors_beside(system: YearSystem) -> int:
        """Return how many vectors it holds besides."""
        return 0

    @abstractmethod
    def prepare(self, coefficients: Coefficients, producers: Producers) -> RightSides:
        """Take what it needs of A, and return its columns."""

    @abstractmethod
    def take(self, solution: Solution) -> None:
        """Take what has come of its columns, while the factors are there."""

    @abstractmethod
    def tables(self, system: YearSystem) -> dict[str, Table]:
        """Return its solved tables."""


class _OfMasses(Pass):
    """A pass over the stressors that are a mass; `masses` has their columns."""

    def __init__(self, masses: list[int]) -> None:
        self._masses = masses

    @classmethod
    def of(cls, system: YearSystem) -> Self:
        """Return the pass over the stressors that are a mass."""
        return cls(system.mass_columns)


class ImportedProducts(Pass):
    """Purchases outside the system, followed to suppliers by product."""

    names = "import_multipliers", "imports_by_product", "domestic_technology"

    def __init__(self, imports: Imports) -> None:
        self._imports = imports

    @classmethod
    def of(cls, system: YearSystem) -> Self:
        """Return the pass, with purchases by product where they are reported."""
        return cls(arrays.read_imports(system.relations, system.year))

    @staticmethod
    def like_stressors(system: YearSystem) -> int:
        """Return three of each product: a column in the solve, and some vectors."""
        return 3 * len(system.relations.sector_positions)

    def prepare(self, coefficients: Coefficients, producers: Producers) -> RightSides:
        """Return imports of each product per unit of output, if there are any."""
        self._producers, output = producers, producers.output
        if not self._imports.is_any:
            self._bought = np.zeros((0, len(output)))
            return RightSides()
        # shape (p, n + u), currency: of every region-sector, then of every final user
        self._bought = self._imports.by_product(coefficients, output)
        products = leontief.import_coefficients(
            self._bought[:, : len(output)], output, producers.is_zero
        )
        return RightSides(products.T)

    def take(self, solution: Solution) -> None:
        """Take imported products behind a unit of final demand for each product."""
        self._multipliers, self._technology = solution.totals.T, None
        if self._imports.is_any:
            self._technology = self._imports.technology(
                self._multipliers,
                solution.intensities,
                self._producers.output,
                self._producers.is_zero,
            )

    def tables(self, system: YearSystem) -> dict[str, Table]:
        """Return the tables of imports: but for technology, without zeros."""
        producer, product = np.nonzero(self._multipliers.T)
        return {
            "import_multipliers": {
                "year": solved_tables.year_column(system, len(producer)),
                "region_sector_id": producer.astype(np.int32),
                "product_position": product.astype(np.int32),
                "multiplier": self._multipliers[product, producer],
            },
            "imports_by_product": self._by_product(system),
            "domestic_technology": self._of_technology(system),
        }

    def _by_product(self, system: YearSystem) -> Columns:
        buyer, product = np.nonzero(self._bought.T)
        relations, users = system.relations, self._imports.users
        regions = solved_tables.region_positions(
            relations, (*system.producers, *(region for region, _ in users))
        )
        categories = [relations.category_positions[category] for _, category in users]
        is_user = buyer >= system.size
        # producers have no category: any number, masked
        category = np.array([*np.zeros(system.size), *categories], np.int32)[buyer]
        return {
            "year": solved_tables.year_column(system, len(buyer)),
            "region_sector_id": pa.array(buyer.astype(np.int32), mask=is_user),
            "region_position": regions[buyer],
            "category_position": pa.array(category, mask=~is_user),
            "product_position": product.astype(np.int32),
            "amount": self._bought[product, buyer],
        }

    def _of_technology(self, system: YearSystem) -> Columns:
        """Return emissions of products by domestic technology, shape (p, q)."""
        none = np.zeros((0, 0))  # also where imports need imports without end
        values = none if self._technology is None else self._technology
        products, stressors = values.shape
        names = np.array(system.stressors[:stressors], object)
        return {
            "year": solved_tables.year_column(system, products * stressors),
            "stressor_id": pa.array(np.repeat(names, products), pa.string()),
            "product_position": np.tile(np.arange(products, dtype=np.int32), stressors),
            "intensity": values.T.reshape(-1),
        }


class Linkages(_OfMasses):
    """Stressors that are a mass followed to buyers, and output itself both ways.

    `masses` has the columns of the stressors. By origin, output is told apart by region
    too, of which the own region's is kept. Forward multipliers are 0 where output is
    zero.
    """

    names = "downstream_intensities", "output_multipliers"

    def __init__(self, masses: list[int], *, by_origin: bool) -> None:
        super().__init__(masses)
        self._by_origin = by_origin

    @classmethod
    def of(cls, system: YearSystem) -> Self:
        """Return the pass over the stressors that are a mass."""
        return cls(system.mass_columns, by_origin=system.settings.by_origin)

    @staticmethod
    def like_stressors(system: YearSystem) -> int:
        """Return each stressor once, output twice, and that of each region."""
        origins = len(system.regions) if system.settings.by_origin else 0
        return len(system.masses) + 2 + origins

    def prepare(self, coefficients: Coefficients, producers: Producers) -> RightSides:
        """Return output of all and of each region, and emissions as amounts."""
        self._producers = producers
        self._direct_multipliers = leontief.direct_multipliers(
            coefficients, producers.output, producers.is_zero
        )
        output = np.ones((len(producers.output), 1))
        if self._by_origin:
            of_regions = leontief.columns_by_region(output, producers.regions)
            output = np.hstack([output, of_regions])
        followed = producers.intensities[:, self._masses]
        return RightSides(output, leontief.supplied_columns(followed, producers.output))

    def take(self, solution: Solution) -> None:
        """Take multipliers, and the share of a region's own among those of output."""
        producers = self._producers
        self._forward = leontief.per_output(
            solution.supplied, producers.output, producers.is_zero
        )
        self._backward = solution.totals[:, 0]
        self._within_region = None
        if self._by_origin:
            self._within_region = leontief.of_own_region(
                solution.totals[:, 1:], producers.regions
            )

    def tables(self, system: YearSystem) -> dict[str, Table]:
        """Return intensities of the buyers, and a row of multipliers for each."""
        direct_backward, direct_forward = self._direct_multipliers
        within_region = self._within_region
        if within_region is None:
            within_region = pa.nulls(system.size, pa.float64())
        return {
            "downstream_intensities": solved_tables.of_stressors(
                system, system.masses, self._forward[:, :-1]
            ),
            "output_multipliers": {
                **solved_tables.keys(system),
                "backward": self._backward,
                "forward": self._forward[:, -1],
                "direct_backward": direct_backward,
                "direct_forward": direct_forward,
                "backward_within_region": within_region,
            },
        }


class SharedByValueAdded(_OfMasses):
    """Emissions that producers pass on with their deliveries, and what they keep.

    alpha, shape (n,), is the share of what reaches a producer that it passes on, and
    rho, shape (n, p), what reaches it per unit of its output. Both come of A alone;
    there is no column. Value added, shape (n,), in currency, is None where there is
    none.
    """

    names = ("value_added_shared_intensities",)

    def __init__(self, masses: list[int], value_added: np.ndarray | None) -> None:
        super().__init__(masses)
        self._value_added = value_added

    @classmethod
    def of(cls, system: YearSystem) -> Self:
        """Return the pass, with value added of the year."""
        value_added = None
        if VALUE_ADDED in system.stressors:
            position = system.stressors.index(VALUE_ADDED)
            per_output = system.intensities[:, position]
            value_added = per_output * system.output if per_output.any() else None
        return cls(system.mass_columns, value_added)

    @staticmethod
    def like_stressors(system: YearSystem) -> int:
        """Return each stressor once."""
        return len(system.masses)

    def prepare(self, coefficients: Coefficients, producers: Producers) -> RightSides:
        """Share emissions; without value added, none."""
        self._passed, self._reached = np.zeros(0), np.zeros((0, len(self._masses)))
        if self._value_added is not None:
            self._passed = leontief.passed_shares(
                coefficients, self._value_added, producers.output, producers.is_zero
            )
            self._reached = leontief.shared_intensities(
                coefficients, producers.intensities[:, self._masses], self._passed
            )
        return RightSides()

    def take(self, solution: Solution) -> None:
        """Take nothing: it has no column."""

    def tables(self, system: YearSystem) -> dict[str, Table]:
        """Return what reaches producers, and the share of it that they pass on."""
        passed = np.tile(self._passed, len(self._masses))
        columns = solved_tables.of_stressors(system, system.masses, self._reached)
        return {self.names[0]: columns | {"passed_share": passed}}


class Tiers(_OfMasses):
    """Total intensities told apart by tier, of the stressors that are a mass."""

    names = ("tier_intensities",)

    @staticmethod
    def like_stressors(system: YearSystem) -> int:
        """Return six of each: terms of f and m, while the others are solved."""
        return (leontief.TIERS + 1) // 2 * len(system.masses)

    def prepare(self, coefficients: Coefficients, producers: Producers) -> RightSides:
        """Make the tiers that are told apart; the rest is what totals leave."""
        self._terms = leontief.power_series(
            coefficients, producers.intensities[:, self._masses]
        )
        return RightSides()

    def take(self, solution: Solution) -> None:
        """Take the rest, shape (11, n, p) with all tiers."""
        self._by_tier = leontief.tier_intensities(
            self._terms, solution.intensities[:, self._masses]
        )
        del self._terms

    def tables(self, system: YearSystem) -> dict[str, Table]:
        """Return intensities stressor by stressor, and tier by tier."""
        tiers, size, stressors = self._by_tier.shape
        names = np.array(system.masses, object)
        numbers = np.repeat(np.arange(tiers, dtype=np.int32), size)
        producers = np.arange(size, dtype=np.int32)
        columns = {
            "year": solved_tables.year_column(system, self._by_tier.size),
            "stressor_id": pa.array(np.repeat(names, tiers * size), pa.string()),
            "tier": np.tile(numbers, stressors),
            "region_sector_id": np.tile(producers, tiers * stressors),
            "intensity": self._by_tier.transpose(2, 0, 1).reshape(-1),
        }
        return {self.names[0]: columns}


class ByOrigin(_OfMasses):
    """Stressors that are a mass, followed to suppliers by region of origin."""

    names = (solved_tables.INTENSITIES_BY_ORIGIN,)

    @staticmethod
    def like_stressors(system: YearSystem) -> int:
        """Return one for each stressor and region."""
        return len(system.masses) * len(system.regions)

    def prepare(self, coefficients: Coefficients, producers: Producers) -> RightSides:
        """Return the regions of a stressor together, shape (n, p R)."""
        followed = producers.intensities[:, self._masses]
        return RightSides(leontief.columns_by_region(followed, producers.regions))

    def take(self, solution: Solution) -> None:
        """Take total intensities in the same order."""
        self._intensities = solution.totals

    def tables(self, system: YearSystem) -> dict[str, Table]:
        """Return a long table without zeros."""
        return {self.names[0]: solved_tables.by_origin(system, self._intensities)}


class _AlongChains(Pass):
    """Intensities that are not those of the year, along the chains of the year."""

    label: ClassVar[pa.Field]  # what tells them apart, beside their stressors

    def __init__(self, followed: OtherIntensities) -> None:
        self._followed = followed

    @classmethod
    def of(cls, system: YearSystem) -> Self:
        """Return the pass, with the intensities that the system has besides its own."""
        return cls(cls.followed(system))

    @staticmethod
    @abstractmethod
    def followed(system: YearSystem) -> OtherIntensities:
        """Return these intensities."""

    @classmethod
    def like_stressors(cls, system: YearSystem) -> int:
        """Return one for each of them."""
        return len(cls.followed(system).labels)

    def prepare(self, coefficients: Coefficients, producers: Producers) -> RightSides:
        """Return them as they are."""
        return RightSides(self._followed.values)

    def take(self, solution: Solution) -> None:
        """Take what they come to along the chains of this year."""
        self._intensities = solution.totals

    def tables(self, system: YearSystem) -> dict[str, Table]:
        """Return both, so that a change of the former is found."""
        columns = self.labelled(system, self._followed.labels, self._intensities)
        return {
            self.names[0]: columns
            | {"direct_intensity": self._followed.values.T.reshape(-1)}
        }

    @classmethod
    def labelled(
        cls,
        system: YearSystem,
        labels: list[tuple[int | str, str]],
        intensities: np.ndarray,
    ) -> Columns:
        """Return intensities, shape (n, p), by the label and stressor of each."""
        values = pa.array([label for label, _ in labels], cls.label.type)
        stressors = [stressor for _, stressor in labels]
        columns = solved_tables.of_stressors(system, stressors, intensities)
        year = columns.pop("year")
        repeated = values.take(np.repeat(np.arange(len(labels)), system.size))
        return {"year": year, cls.label.name: repeated} | columns


class OtherYears(_AlongChains):
    """Intensities of the years before and after."""

    names = ("mixed_intensities",)
    label = pa.field("intensity_year", pa.int32())

    @staticmethod
    def followed(system: YearSystem) -> OtherIntensities:
        """Return those of the years before and after."""
        return system.neighbours

    @classmethod
    def read(cls, folder: Path, system: YearSystem, year: int) -> np.ndarray:
        """Return stored intensities of another year, of stressors that are a mass.

        Shape (n, p), in their order.
        """
        labels = system.neighbours.labels
        stored = solved_tables.read_column(folder, cls.names[0], "intensity")
        stored = stored.reshape(len(labels), system.size)
        return stored[[labels.index((year, stressor)) for stressor in system.masses]].T


class Covered(_AlongChains):
    """Intensities that pay a price, by coverage."""

    names = ("covered_intensities",)
    label = pa.field("coverage_id", pa.string())

    @staticmethod
    def followed(system: YearSystem) -> OtherIntensities:
        """Return the part of each that pays."""
        return system.covered


class Exported(Pass):
    """Output that each region-sector makes for the exports of its own region.

    Exports e, shape (n,), are deliveries to other regions and abroad, in currency. The
    output that they take is (I - A_rr)^-1 e_r without a chain that leaves the region
    and comes back, L_rr e_r with these. Goods that come back and go out again count
    once for each time.

    References
    ----------
    Los, Timmer and de Vries (2016), American Economic Review 106; Johnson and Noguera
    (2012), Journal of International Economics 86.
    """

    names = ("exported_output",)

    def __init__(self, exports: np.ndarray) -> None:
        self._exports = exports

    @classmethod
    def of(cls, system: YearSystem) -> Self:
        """Return the pass, with the exports of the year."""
        return cls(
            arrays.deliveries_elsewhere(system.relations, system.year, system.size)
        )

    @staticmethod
    def like_stressors(system: YearSystem) -> int:
        """Return one for each region."""
        return len(system.regions)

    def prepare(self, coefficients: Coefficients, producers: Producers) -> RightSides:
        """Return the exports of each region by itself, as amounts."""
        self._producers = producers
        self._own_chain_output = leontief.own_chain_output(
            coefficients, producers.regions, self._exports
        )
        return RightSides(
            supplied=leontief.columns_by_region(
                self._exports[:, None], producers.regions
            )
        )

    def take(self, solution: Solution) -> None:
        """Take what the own region makes."""
        self._output = leontief.of_own_region(
            solution.supplied, self._producers.regions
        )

    def tables(self, system: YearSystem) -> dict[str, Table]:
        """Return a row for each region-sector."""
        columns = {
            **solved_tables.keys(system),
            "exports": self._exports,
            "own_chain_output": self._own_chain_output,
            "output": self._output,
        }
        return {self.names[0]: columns}


class DeliveriesOnce(Pass):
    """Deliveries of each region to others, each counted once, by rounds.

    Shape (n,), L_KK z_K = x_K - kept for every region K. NaN where the others have no
    answer without a region.
    """

    names = (DELIVERIES_ONCE,)

    @staticmethod
    def vectors_beside(system: YearSystem) -> int:
        """Return what rounds hold: a column for each region, and its product."""
        columns = min(len(system.regions), leontief.PARTS_AT_A_TIME)
        return (
            memory.vectors_of_rounds(system.size, system.regions.values())
            + columns
            + min(columns, leontief.PRODUCT_COLUMNS)
        )

    def prepare(self, coefficients: Coefficients, producers: Producers) -> RightSides:
        """Take the own system of every region."""
        self._output = producers.output
        self._regions = leontief.parts_of(producers.regions)
        self._systems = leontief.own_systems(coefficients, self._regions)
        return RightSides()

    def take(self, solution: Solution) -> None:
        """Find deliveries in rounds."""
        rounds = solution.rounds
        try:
            self._deliveries = leontief.demand_for_parts(
                numbered("deliveries of regions", rounds.own_output_of),
                self._systems,
                self._regions,
                self._output - rounds.kept,
                tolerance=rounds.tolerance,
            )
        except leontief.ExtractionError as error:
            self._deliveries = error.demand
        del self._systems

    def tables(self, system: YearSystem) -> dict[str, Table]:
        """Return a row for each region-sector, NULL where it is not known."""
        amounts = pa.array(self._deliveries, from_pandas=True)
        return {DELIVERIES_ONCE: {**solved_tables.keys(system), "amount": amounts}}


def kinds_of(settings: Settings) -> list[type[Pass]]:
    """Return the passes that are asked for, in the order of their columns."""
    passes: list[type[Pass]] = []
    if settings.with_analyses:
        passes += [ImportedProducts, Linkages, Tiers]
        if settings.with_shares:
            passes.append(SharedByValueAdded)
    if settings.by_origin:
        passes.append(ByOrigin)
    if settings.with_analyses:
        passes += [OtherYears, Covered]
        if settings.with_exports:
            passes.append(Exported)
        passes.append(DeliveriesOnce)  # it keeps most of A
    return passes


class Followed:
    """The columns of all passes side by side, those of the stressors first.

    `direct`, shape (n, columns), are followed to suppliers per unit of output,
    `supplied`, shape (n, columns), to buyers as amounts. Coefficients are A, not yet
    overwritten.
    """

    def __init__(
        self, coefficients: Coefficients, producers: Producers, passes: Sequence[Pass]
    ) -> None:
        self._passes = passes
        self._stressors = producers.intensities.shape[1]
        sides = [each.prepare(coefficients, producers) for each in passes]
        none = np.zeros((len(producers.output), 0))
        direct = [none if side.direct is None else side.direct for side in sides]
        supplied = [none if side.supplied is None else side.supplied for side in sides]
        self._widths = [
            (one.shape[1], other.shape[1])
            for one, other in zip(direct, supplied, strict=True)
        ]
        self.direct = producers.intensities  # alone they need no copy
        if any(width for width, _ in self._widths):
            self.direct = np.hstack([producers.intensities, *direct])
        self.supplied = np.asfortranarray(np.hstack([none, *supplied]))

    def take(
        self, totals: np.ndarray, supplied: np.ndarray, rounds: Rounds
    ) -> np.ndarray:
        """Let each pass take what has come of its columns; return m of the stressors.

        `totals` solve for `direct`, and the other for `supplied`.
        """
        first, other = self._stressors, 0
        intensities = totals[:, :first]
        for each, (width, width_supplied) in zip(
            self._passes, self._widths, strict=True
        ):
            each.take(
                Solution(
                    totals[:, first : first + width],
                    supplied[:, other : other + width_supplied],
                    intensities,
                    rounds,
                )
            )
            first, other = first + width, other + width_supplied
        return intensities
