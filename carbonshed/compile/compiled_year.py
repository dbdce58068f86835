"""One year of a compiled table: from a parent and statistics to deliveries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from carbonshed.accounting.ras import RasError, divide, group_sums, ras, shares_within
from carbonshed.compile.balance import (
    Deliveries,
    KnownFlow,
    KnownShares,
    Totals,
    balance,
)
from carbonshed.compile.shares import (
    Activity,
    OutputShares,
    Purchases,
    demand_shares,
    output_shares,
    own_shares,
    purchases,
    regional_exports,
    split_parents,
    trade_shares,
)
from carbonshed.progress import Progress, no_progress

_NOTHING = 1e-12  # of output


@dataclass(eq=False)
class TotalsNotMetError(ValueError):
    """A region has a total of emissions and no emitter."""

    parent: int
    region: int | None


@dataclass(eq=False)
class ValueAddedAboveOutputError(ValueError):
    """Regions whose value added is above their output."""

    cells: list[tuple[int, int]]  # region and sector


@dataclass(eq=False)
class NothingToShareError(ValueError):
    """Regions have known shares for others and nothing to deliver to them."""

    cells: list[tuple[int, int]]  # region and sector


@dataclass(frozen=True)
class EmissionFigures:
    """The known emissions of a stressor in one year, not negative; zeros elsewhere."""

    sectors: np.ndarray  # (R, S)
    direct: np.ndarray  # (R, C)
    totals: np.ndarray  # (R,), direct emissions included


def regional_emissions(
    figures: EmissionFigures,
    parent: np.ndarray,
    shares: np.ndarray,
    demand: np.ndarray,
    emissions: np.ndarray,
    direct: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return emissions of every region by sector, (R, S), and by category, (R, C).

    The parent's emissions by sector, (P, S), and category, (P, C), are kept. They are
    shared out like output (s) and demand (w); figures of a sector or category replace
    its shares; totals of regions are met by RAS, as proportions.
    """
    own_figures = np.concatenate([figures.sectors, figures.direct], axis=1)
    usual = np.concatenate([shares, demand], axis=1)
    is_given = group_sums(own_figures, parent) > 0
    usual = np.where(is_given[parent], shares_within(own_figures, parent), usual)
    targets = np.concatenate([emissions, direct], axis=1)
    estimates = usual * targets[parent]
    for number, rows in split_parents(parent):
        totals = figures.totals[rows]
        if totals.sum() <= 0:
            continue
        if (targets[number] < 0).any():
            raise TotalsNotMetError(number, None)
        try:
            balanced = ras(estimates[rows].T, targets[number], totals)
        except RasError as error:
            region = rows.start + error.position if error.axis == "column" else None
            raise TotalsNotMetError(number, region) from None
        estimates[rows] = balanced.T
    n_sectors = shares.shape[1]
    return estimates[:, :n_sectors], estimates[:, n_sectors:]


@dataclass(frozen=True)
class ParentYear:
    """One year of the parent; P regions, S sectors, C categories, K = S + C users."""

    cells: np.ndarray  # (P, S, P, K), table units: transactions and final demand
    exports: np.ndarray  # (P, S)
    imports: np.ndarray  # (P, K)
    value_added: Mapping[str, np.ndarray]  # (P, S) by component; may be empty
    emissions: Mapping[str, np.ndarray]  # (P, S) by stressor
    direct_emissions: Mapping[str, np.ndarray]  # (P, C) by stressor
    # (P, K, S): imports by product; all 0 for a user whose products are not known
    imported_products: np.ndarray | None = None

    @property
    def output(self) -> np.ndarray:
        """Return row sums with exports, shape (P, S)."""
        return self.cells.sum(axis=(2, 3)) + self.exports

    @property
    def total_value_added(self) -> np.ndarray:
        """Return all components, else output less all inputs, shape (P, S)."""
        if self.value_added:
            return sum(self.value_added.values(), np.zeros(self.exports.shape))
        n_sectors = self.exports.shape[1]
        inputs = self.cells.sum(axis=(0, 1)) + self.imports
        return self.output - inputs[:, :n_sectors]


@dataclass(frozen=True)
class Statistics:
    """The statistics of the regions in one year."""

    parent: np.ndarray  # (R,), int, ascending
    activity: Activity
    demand_totals: np.ndarray  # (R, C)
    distance: np.ndarray  # (R, R)
    distance_decay: np.ndarray  # (S,)
    own_region_delta: np.ndarray  # (S,)
    flows: tuple[KnownFlow, ...] = ()
    known_shares: tuple[KnownShares, ...] = ()
    exports: np.ndarray | None = None  # (R, S), zeros where not known
    # by stressor
    emissions: Mapping[str, EmissionFigures] = field(default_factory=dict)


@dataclass(frozen=True)
class CompiledYear:
    """The table of one year; its flows come block by block."""

    parent: ParentYear
    statistics: Statistics
    output: OutputShares
    demand: np.ndarray
    purchases: Purchases
    deliveries: Deliveries
    exports: np.ndarray  # (R, S)
    # (P, S): above the limits of regions, as a share; NaN where figures have no effect
    exports_moved: np.ndarray
    imports: np.ndarray  # (R, K)
    imported_products: np.ndarray | None  # (R, K, S)
    value_added: Mapping[str, np.ndarray]  # (R, S) by component
    emissions: Mapping[str, np.ndarray]  # by stressor
    direct_emissions: Mapping[str, np.ndarray]  # by stressor
    kept: np.ndarray

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield deliveries of one region after the other, shape (S, R, K)."""
        group = self.statistics.parent
        users = np.concatenate([self.output.values, self.demand], axis=1)
        n_sectors = self.output.values.shape[1]
        has_kept = self.kept.any(axis=(1, 2, 3))
        for region, balanced in enumerate(self.deliveries.blocks()):
            number = group[region]
            if has_kept[number]:
                share = self.output.values[region][:, None, None]
                kept = self.kept[number][:, group, :] * users
                # final demand inside a parent region stays with the producer
                inside = group == number
                kept[:, inside, n_sectors:] = 0.0
                kept[:, region, n_sectors:] = self.kept[number][:, number, n_sectors:]
                yield balanced + share * kept
            else:
                yield balanced


def compile_year(
    parent: ParentYear,
    statistics: Statistics,
    is_inventory: np.ndarray,
    progress: Progress = no_progress,
) -> CompiledYear:
    """Return the table nearest to the prior that carries all totals.

    Categories of `is_inventory`, (C,), are shared out in proportion, like negative
    cells.
    """
    group, activity = statistics.parent, statistics.activity
    earned = parent.total_value_added
    output = output_shares(activity, group, earned)
    demand = demand_shares(
        statistics.demand_totals, activity.population, activity.gdp, group
    )
    kept = np.where(_is_kept(parent.cells, is_inventory), parent.cells, 0.0)
    cells = parent.cells - kept
    kept_imports = np.minimum(parent.imports, 0.0)
    imports = parent.imports - kept_imports
    user_purchases = purchases(
        activity,
        group,
        output.values,
        demand,
        cells.sum(axis=(0, 1)) + imports,
        parent.output,
        earned,
    )
    if user_purchases.short:
        raise ValueAddedAboveOutputError(user_purchases.short)
    users = np.concatenate([output.values, demand], axis=1)
    inside = cells.sum(axis=(2, 3))  # deliveries, without exports and what is kept
    figures = statistics.exports
    exports, moved = regional_exports(
        np.zeros_like(output.values) if figures is None else figures,
        group,
        output.values,
        parent.exports,
        inside,
        parent.output,
    )
    made = output.values * parent.output[group]
    kept_at_home = output.values * parent.exports[group] - exports
    supply = np.maximum(output.values * inside[group] + kept_at_home, 0.0)
    # what remains of a region at its limit is rounding
    supply[(kept_at_home < 0) & (supply < _NOTHING * made)] = 0.0
    _require_supply(statistics.known_shares, supply)
    regional_output = made.sum(axis=1)
    size = divide(regional_output, group_sums(regional_output, group)[group])
    own = own_shares(supply, size, statistics.own_region_delta, group)
    prior = trade_shares(
        supply, own, statistics.distance, statistics.distance_decay, group
    )
    totals = Totals(
        parent=group,
        cells=cells,
        imports=imports,
        supply=supply,
        purchases=user_purchases.values,
        shares=users,
        flows=statistics.flows,
        known_shares=statistics.known_shares,
    )
    deliveries = balance(totals, prior, progress)
    nothing = EmissionFigures(
        np.zeros_like(output.values), np.zeros_like(demand), np.zeros(len(group))
    )
    emitted = {
        stressor: regional_emissions(
            statistics.emissions.get(stressor, nothing),
            group,
            output.values,
            demand,
            parent.emissions[stressor],
            parent.direct_emissions[stressor],
        )
        for stressor in parent.emissions
    }
    imported = deliveries.imports + users * kept_imports[group]
    products = None
    if parent.imported_products is not None:
        total = parent.imports[group]
        # products that cancel to 0 are shared out as the user itself is
        share = np.where(total == 0, users, divide(imported, total))
        products = share[:, :, None] * parent.imported_products[group]
    return CompiledYear(
        parent=parent,
        statistics=statistics,
        output=output,
        demand=demand,
        purchases=user_purchases,
        deliveries=deliveries,
        exports=exports,
        exports_moved=moved,
        imports=imported,
        imported_products=products,
        value_added={
            component: user_purchases.value_added_shares * amounts[group]
            for component, amounts in parent.value_added.items()
        },
        emissions={key: figures for key, (figures, _) in emitted.items()},
        direct_emissions={key: figures for key, (_, figures) in emitted.items()},
        kept=kept,
    )


def _require_supply(known: tuple[KnownShares, ...], supply: np.ndarray) -> None:
    """Refuse shares for other regions of what delivers nothing."""
    cells = [
        (int(origin), shares.sector)
        for shares in known
        for origin, own in zip(shares.origins, shares.own, strict=True)
        if supply[origin, shares.sector] <= 0 and own < 1
    ]
    if cells:
        raise NothingToShareError(cells)


def _is_kept(cells: np.ndarray, is_inventory: np.ndarray) -> np.ndarray:
    is_kept = cells < 0
    is_kept[..., cells.shape[-1] - len(is_inventory) :] |= is_inventory
    return is_kept
