"""Shares of regions in their parent region: of output, exports, demand and trade.

Shares of trade are the prior of deliveries: gravity between regions, a location
quotient within.

Arrays: P parent regions, R regions, S sectors, C categories, L labels. `parent` gives
the parent region of each region, in ascending order. Absent figures are zeros, and only
proportions within a parent region count.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from carbonshed.accounting.ras import (
    RasError,
    divide,
    group_sums,
    ras,
    shares_within,
)

EARTH_RADIUS_KM = 6371.0088
MIN_DISTANCE = 1.0
MIN_SIZE = 1e-9
# the first with a sum over the regions of a parent shares out
SECTOR_MEASURES = ("output", "value_added")
LABEL_MEASURES = ("value_added", "output", "employment")
# elasticity of demand per head to GDP per head [ours]; of 0, 0.5, 0.75 and 1 it came
# nearest to the demand of the tables that it was tried on
DEMAND_ELASTICITY = 0.75
# value added may be above output by so much of it: figures are published in few digits
ROUNDING = 1e-6
# a region exports at most this share of its output [ours]: an office that counts where
# goods are loaded gives ports more than they make
MOST_EXPORTED = 0.9


def great_circle(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Return distances on the sphere in km, (R, R), from degrees, (R,).

    NaN stands for an unknown position and an unknown distance.
    """
    longitude, latitude = np.radians(longitude), np.radians(latitude)
    half_chord = (
        np.sin((latitude[:, None] - latitude) / 2) ** 2
        + np.cos(latitude)[:, None]
        * np.cos(latitude)
        * np.sin((longitude[:, None] - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half_chord, 1.0)))


def complete_distances(distances: np.ndarray) -> np.ndarray:
    """Return distances of at least 1; unknown ones (NaN) are the median of the known.

    The diagonal is not used. All are 1 if nothing is known.
    """
    apart = ~np.eye(len(distances), dtype=bool)
    measured = distances[apart & ~np.isnan(distances)]
    usual = float(np.median(measured)) if measured.size else 1.0
    return np.maximum(np.where(np.isnan(distances), usual, distances), MIN_DISTANCE)


def own_shares(
    supply: np.ndarray,
    size: np.ndarray,
    own_region_delta: np.ndarray,
    parent: np.ndarray,
) -> np.ndarray:
    """Return q_ri: how much of its purchases of i in the parent region r makes itself.

    q = log2(1 + size)^delta, the size term of Flegg's location quotient without the
    quotient (after Flegg and Webber 1997, Regional Studies 31, 795); 0 without supply,
    1 where nobody else in the parent region has any. `size` is the region's share in
    its parent's output, limited to `MIN_SIZE` to 1: only outputs below 0 exceed that.
    """
    is_supplier = supply > 0
    suppliers = group_sums(is_supplier.astype(float), parent)[parent]
    shares = np.log2(1 + np.clip(size, MIN_SIZE, 1.0))[:, None] ** own_region_delta
    return np.where(is_supplier, np.where(suppliers == 1, 1.0, shares), 0.0)


def trade_shares(
    supply: np.ndarray,
    own: np.ndarray,
    distance: np.ndarray,
    distance_decay: np.ndarray,
    parent: np.ndarray,
) -> list[np.ndarray]:
    """Return theta: the share of region r in what region s buys of i from r's parent.

    Other regions of the parent share what is not the buyer's own by supply over
    distance to the power of `distance_decay`. One array for each parent region, (S,
    members, R); columns sum to 1 where the parent supplies i, to 0 elsewhere.
    """
    n_regions = len(parent)
    parts = []
    for first, last in parent_slices(parent):
        members = np.arange(first, last)
        pull = np.empty((supply.shape[1], last - first, n_regions))
        log_distance = np.log(distance[members])
        for sector, decay in enumerate(distance_decay):
            pull[sector] = supply[members, sector, None] * np.exp(-decay * log_distance)
        pull[:, members - first, members] = 0.0
        rest = np.ones((supply.shape[1], n_regions))
        rest[:, members] -= own[members].T
        pull *= divide(rest, pull.sum(axis=1))[:, None, :]
        pull[:, members - first, members] = own[members].T
        parts.append(pull)
    return parts


def split_parents(parent: np.ndarray) -> Iterator[tuple[int, slice]]:
    """Yield each parent region that has several regions, and their rows."""
    for number, (first, last) in enumerate(parent_slices(parent)):
        if last - first > 1:
            yield number, slice(first, last)


def parent_slices(parent: np.ndarray) -> list[tuple[int, int]]:
    """Return first and last + 1 of the regions of each parent region."""
    edges = np.flatnonzero(np.diff(parent, prepend=-1, append=parent[-1] + 1))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


@dataclass(eq=False)
class NoIndicatorError(ValueError):
    """No indicator tells how to share something out among the regions of a parent."""

    kind: str  # sector, demand or label
    parent: int
    # the sector, category or label; the number of labels is the rest, by GDP
    position: int
    region: int | None = None  # one with a total of a label, and no employment


@dataclass(eq=False)
class LostFigureError(ValueError):
    """A region has a figure of one measure only, and another measure shares out."""

    kind: str  # sector or label
    parent: int
    position: int  # the sector or label
    region: int  # within the parent
    used: str  # the measure that shares out
    lost: str  # the one that the region has


@dataclass(frozen=True)
class Activity:
    """The known activity of the regions in one year; figures are not negative."""

    population: np.ndarray  # (R,), NaN where not known
    gdp: np.ndarray  # (R,), NaN where not known
    output: np.ndarray  # (R, S), as the next two: figures of single sectors
    value_added: np.ndarray
    employment: np.ndarray
    label_output: np.ndarray  # (R, L), as the next two: figures of labels
    label_value_added: np.ndarray
    label_employment: np.ndarray
    labels: np.ndarray  # (L, S), bool: the sectors of each label


@dataclass(frozen=True)
class OutputShares:
    """Shares of output, and their source."""

    values: np.ndarray  # (R, S): sum to 1 over the regions of each parent region
    source: np.ndarray  # (P, S): whole, output, value_added, label, gdp or population


def output_shares(
    activity: Activity, parent: np.ndarray, value_added: np.ndarray
) -> OutputShares:
    """Return s: the share of every region in its parent's output of every sector.

    Sector by sector the first that has a positive sum: a figure of the sector, a label
    of the sector, the GDP of the regions, their population. Inside a label employment
    says how sectors differ; then value added by sector and region is balanced to the
    parent's value added, (P, S), and to the label's totals.
    """
    n_sectors = value_added.shape[1]
    values = np.ones((len(parent), n_sectors))
    source = np.full(value_added.shape, "whole", dtype="<U11")
    for number, rows in split_parents(parent):
        member = _Members(activity, rows, value_added[number], number)
        values[rows], source[number] = member.shares()
    return OutputShares(values, source)


class _Members:
    """The regions of one parent region."""

    def __init__(
        self, activity: Activity, rows: slice, value_added: np.ndarray, number: int
    ) -> None:
        self.activity = activity
        self.rows = rows
        self.value_added = value_added
        self.number = number

    def shares(self) -> tuple[np.ndarray, list[str]]:
        """Return s (members, S), and its source by sector."""
        activity, rows = self.activity, self.rows
        n_sectors = len(self.value_added)
        shares = np.zeros((rows.stop - rows.start, n_sectors))
        source = [""] * n_sectors
        for sector in range(n_sectors):
            if (measure := self._first("sector", sector, SECTOR_MEASURES)) is not None:
                source[sector], shares[:, sector] = measure
        for label, is_inside in enumerate(activity.labels):
            measure = self._first("label", label, LABEL_MEASURES)
            sectors = np.flatnonzero(
                is_inside & np.array([word == "" for word in source])
            )
            if measure is not None and sectors.size:
                shares[:, sectors] = self._inside(label, sectors, measure[1])
                for sector in sectors:
                    source[sector] = "label"
        rest = np.flatnonzero([word == "" for word in source])
        if rest.size:
            shares[:, rest], words = self._rest(rest)
            for sector, word in zip(rest, words, strict=True):
                source[sector] = word
        return shares / shares.sum(axis=0), source

    def _first(
        self, kind: str, position: int, measures: tuple[str, ...]
    ) -> tuple[str, np.ndarray] | None:
        """Return the first measure with a sum and its shares, None without any."""
        prefix = "label_" if kind == "label" else ""
        figures = {
            name: getattr(self.activity, prefix + name)[self.rows, position]
            for name in measures
        }
        used = next((name for name in measures if figures[name].sum() > 0), None)
        if used is None:
            return None
        # a region with jobs may make nothing; one with sales or earnings may not
        for lost in SECTOR_MEASURES:
            regions = np.flatnonzero((figures[lost] > 0) & (figures[used] <= 0))
            if regions.size:
                region = int(regions[0])
                raise LostFigureError(kind, self.number, position, region, used, lost)
        return used, figures[used] / figures[used].sum()

    def _rest(self, sectors: np.ndarray) -> tuple[np.ndarray, list[str]]:
        """Return the shares of sectors without figure and label."""
        gdp = self.activity.gdp[self.rows]
        has_total = bool(np.all(gdp >= 0)) and gdp.sum() > 0
        if has_total:
            totals = self._inside(len(self.activity.labels), sectors, gdp / gdp.sum())
            return totals, ["gdp"] * len(sectors)
        employment = self.activity.employment[self.rows][:, sectors]
        people = np.nan_to_num(self.activity.population[self.rows])
        has_employment = employment.sum(axis=0) > 0
        if not has_employment.all() and people.sum() <= 0:
            sector = int(sectors[np.argmin(has_employment)])
            raise NoIndicatorError("sector", self.number, sector)
        by_people = divide(people, people.sum())[:, None]
        totals = np.where(
            has_employment, divide(employment, employment.sum(axis=0)), by_people
        )
        words = [
            "employment" if has_any else "population" for has_any in has_employment
        ]
        return totals, words

    def _inside(self, label: int, sectors: np.ndarray, total: np.ndarray) -> np.ndarray:
        """Return the shares of the sectors of a label with a total."""
        employment = self.activity.employment[self.rows][:, sectors]
        has_employment = employment.sum(axis=0) > 0
        shares = np.where(
            has_employment,
            divide(employment, employment.sum(axis=0)),
            total[:, None],
        )
        value_added = self.value_added[sectors]
        inside = np.flatnonzero(value_added > 0)
        if has_employment[inside].any():
            prior = value_added[inside, None] * shares[:, inside].T
            columns = total * value_added[inside].sum()
            try:
                balanced = ras(prior, value_added[inside], columns)
            except RasError as error:
                region = error.position if error.axis == "column" else None
                raise NoIndicatorError("label", self.number, label, region) from None
            shares[:, inside] = balanced.T
        return shares


@dataclass(eq=False)
class AllExportedError(ValueError):
    """The regions with exports of a sector are all at the limit of their output."""

    parent: int
    sector: int
    # what the parent itself exports of its output, if it is at the limit or above
    parent_share: float | None


def regional_exports(
    figures: np.ndarray,
    parent: np.ndarray,
    shares: np.ndarray,
    exports: np.ndarray,
    inside: np.ndarray,
    output: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return exports of every region and sector, (R, S), and what was moved, (P, S).

    The parent's exports, (P, S), are shared out like the figures, (R, S), of which only
    proportions within a parent region count; without any, or where the parent's are not
    above 0, like output. No region exports more than `MOST_EXPORTED` of its output, nor
    more than it delivers (`inside`, (P, S)) and exports: what is above goes to the
    other regions with exports, in proportion. What was moved is a share of the parent's
    exports, NaN where figures have no effect.
    """
    wanted = shares * exports[parent]
    most = np.minimum(MOST_EXPORTED * output, inside + exports)
    moved = np.full_like(exports, np.nan)
    for number, rows in split_parents(parent):
        for sector in np.flatnonzero(figures[rows].sum(axis=0) > 0):
            total = exports[number, sector]
            if total <= 0:
                continue
            limits = shares[rows, sector] * most[number, sector]
            proportions = figures[rows, sector] / figures[rows, sector].sum()
            found, first = _below(proportions * total, limits)
            if found is None:
                parent_share = None
                if total >= most[number, sector] and output[number, sector] > 0:
                    parent_share = float(total / output[number, sector])
                raise AllExportedError(number, int(sector), parent_share)
            wanted[rows, sector] = found
            moved[number, sector] = first / total
    return wanted, moved


def _below(wanted: np.ndarray, limits: np.ndarray) -> tuple[np.ndarray | None, float]:
    """Return amounts below their limits with the same sum, and what was above at first.

    None stands for amounts that are all at their limits.
    """
    total, first = wanted.sum(), np.maximum(wanted - limits, 0.0).sum()
    is_full = np.zeros(len(wanted), dtype=bool)
    while (above := (wanted > limits) & ~is_full).any():
        is_full |= above
        room = total - limits[is_full].sum()
        rest = np.where(is_full, 0.0, wanted)
        if rest.sum() <= 0:
            return None, first
        wanted = np.where(is_full, limits, rest * (room / rest.sum()))
    return wanted, first


def demand_shares(
    demand_totals: np.ndarray,
    population: np.ndarray,
    gdp: np.ndarray,
    parent: np.ndarray,
) -> np.ndarray:
    """Return w, (R, C): shares of regions in their parent's demand of every category.

    Shares of `demand_totals`, (R, C), where they have a sum; else of population and GDP
    with `DEMAND_ELASTICITY` [ours], else of population, else of GDP, each only if it is
    positive for every region of the parent.
    """
    shares = shares_within(demand_totals, parent)
    is_known = group_sums(demand_totals, parent) > 0
    is_whole = np.bincount(parent)[parent] == 1
    shares[is_whole] = 1.0
    for number, rows in split_parents(parent):
        if is_known[number].all():
            continue
        people, incomes = population[rows], gdp[rows]
        weight = people ** (1 - DEMAND_ELASTICITY)
        if np.all(people > 0) and np.all(incomes > 0):
            weight = weight * incomes**DEMAND_ELASTICITY
        elif np.all(people > 0):
            weight = people
        elif np.all(incomes > 0):
            weight = incomes
        else:
            category = int(np.argmin(is_known[number]))
            raise NoIndicatorError("demand", number, category)
        unknown = ~is_known[number]
        shares[rows, unknown] = (weight / weight.sum())[:, None]
    return shares


def has_both(
    activity: Activity, rows: slice, output: np.ndarray, value_added: np.ndarray
) -> bool:
    """Return whether the regions of a parent have output and value added by sector.

    Sectors with neither in the parent, (S,), need no figures.
    """
    return bool(
        np.all(activity.output[rows].sum(axis=0)[output > 0] > 0)
        and np.all(activity.value_added[rows].sum(axis=0)[value_added > 0] > 0)
    )


@dataclass(frozen=True)
class Purchases:
    """Purchases of users, and the value added that goes with them."""

    values: np.ndarray  # (R, S + C), B: imports included, kept cells not
    # (R, S): share of a region in its parent's value added
    value_added_shares: np.ndarray
    short: list[tuple[int, int]]  # (region, sector) with more value added than output


def purchases(
    activity: Activity,
    parent: np.ndarray,
    shares: np.ndarray,
    demand: np.ndarray,
    uses: np.ndarray,
    output: np.ndarray,
    value_added: np.ndarray,
) -> Purchases:
    """Return the purchases of every sector and category.

    National input ratios in total [standard]; where a parent region has figures of
    output and of value added for all its sectors, a sector buys in proportion to its
    output less its value added. `shares` and `demand` are s and w; `uses`, (P, S + C),
    are purchases of the parent's users, imports included, without kept cells.
    """
    user_shares = np.concatenate([shares, demand], axis=1)
    own_value_added = shares.copy()
    short = []
    for number, rows in split_parents(parent):
        figures = activity.value_added[rows]
        earns = value_added[number] > 0
        if not has_both(activity, rows, output[number], value_added[number]):
            continue
        earned = divide(figures, figures.sum(axis=0))
        produced = shares[rows] * output[number]
        inputs = produced - earned * value_added[number]
        inputs[(inputs < 0) & (inputs >= -ROUNDING * produced)] = 0.0
        short += [
            (rows.start + int(region), int(sector))
            for region, sector in np.argwhere((inputs < 0) & earns)
        ]
        input_shares = divide(inputs, inputs.sum(axis=0))
        changes = np.flatnonzero(earns & (inputs.sum(axis=0) > 0))
        user_shares[rows, changes] = input_shares[:, changes]
        own_value_added[rows, earns] = earned[:, earns]
    return Purchases(user_shares * uses[parent], own_value_added, short)
