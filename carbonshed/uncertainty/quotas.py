"""The quota of a policy from other emissions, with trade and demand unchanged.

Selection, role in supply chains, benchmarks, caps and quota of docs/methods.md, for
many draws of all emissions at once. What no emission touches, GDP, people, industry
types and output embodied in demand, stays as it is. Regions R, rows n = R x sectors.

The producers' lever f' acts on all demand and exports, the consumers' k on capped
demand and direct emissions only. Together they avoid

    quota = sum_i (f - f')_i X_i + sum_s (1 - k_s) (sum_i f'_i Xcap_is + D_s)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

ROUNDING = 1e-12  # relative; smaller differences count as equal


@dataclass(frozen=True)
class Selection:
    """A rule for super-emitters, a row of the seed ``super_emitter_rules``."""

    kind: str
    take: int | None = None
    of_every: int | None = None
    share: float | None = None


@dataclass(frozen=True)
class Benchmark:
    """A row of the seed ``benchmarks``: a quantile of the peers, or their mean."""

    kind: str
    quantile: float | None = None


@dataclass(frozen=True)
class Cap:
    """A row of the seed ``caps``; `tonnes` a person where there is no mean."""

    kind: str
    tonnes: float | None = None


@dataclass(frozen=True)
class Scenario:
    """The benchmark of producers and the cap of consumers with a lever."""

    benchmark: Benchmark
    cap: Cap
    includes_power_supply: bool = True


@dataclass(frozen=True)
class Role:
    """A role in supply chains: the bounds of its ratio, and its levers by region."""

    # bounds of what is emitted for demand inside the table, over the footprint;
    # neither: the role of all others
    ratio_from: float | None
    ratio_to: float | None
    has_producer_lever: np.ndarray  # shape (R,)
    has_consumer_lever: np.ndarray  # shape (R,)


@dataclass(frozen=True)
class QuotaSystem:
    """The inputs of quotas besides emissions."""

    output: np.ndarray  # shape (n,), currency
    is_zero: np.ndarray  # shape (n,): which outputs count as zero
    # shape (n,): rows of a region stand together, in the order of regions
    region_of_row: np.ndarray
    # shape (n,): group of the rows that a benchmark compares, below 0 for a row
    # without peers
    peers: np.ndarray
    is_power_supply: np.ndarray  # shape (n,)
    # shape (n, R), currency: output embodied in all final demand of each region, and
    # in what a cap acts on
    to_regions: np.ndarray
    to_capped: np.ndarray
    # shape (n,), currency: output embodied in all final demand and in exports
    to_all: np.ndarray
    population: np.ndarray  # shape (R,), persons
    is_affluent: np.ndarray  # shape (R,)
    ranked: np.ndarray  # shape (K,): positions of the ranked regions
    # shape (K,): positions in `ranked`, in the order that settles ties of either
    by_footprint: np.ndarray
    by_production: np.ndarray
    selection: Selection
    roles: Sequence[Role]
    scenarios: Sequence[Scenario] = field(default_factory=tuple)

    @cached_property
    def groups(self) -> list[np.ndarray]:
        """Rows of every group of peers."""
        order = np.argsort(self.peers, kind="stable")
        order = order[np.searchsorted(self.peers[order], 0) :]
        edges = np.flatnonzero(np.diff(self.peers[order])) + 1
        return np.split(order, edges) if len(order) else []

    @cached_property
    def starts(self) -> np.ndarray:
        """First row of each region, shape (R,)."""
        return np.searchsorted(self.region_of_row, np.arange(len(self.population)))

    @cached_property
    def inside(self) -> np.ndarray:
        """Output embodied in final demand inside the table, shape (n,), currency."""
        return self.to_regions.sum(axis=1)

    def quotas(self, emissions: np.ndarray, direct: np.ndarray) -> np.ndarray:
        """Return the quota of every scenario in every draw, (draws, scenarios), t.

        Emissions F have the shape (draws, n); direct ones D, of all categories
        together, (draws, R).
        """
        divisor = np.where(self.is_zero, np.inf, self.output)
        intensities = emissions / divisor
        footprints = intensities @ self.to_regions + direct
        selected = self._selected(emissions, direct, footprints)
        producers, consumers = self._levers(intensities, direct, footprints)
        producers &= selected
        consumers &= selected
        acting = np.flatnonzero(producers.any(axis=0)[self.region_of_row])
        rows = acting[self.peers[acting] >= 0]
        cuts = self._cuts(emissions, intensities, rows)
        acts = producers.T[self.region_of_row[rows]]
        columns = np.flatnonzero(consumers.any(axis=0))
        capped = self.to_capped[:, columns]
        caused = intensities @ capped + direct[:, columns]
        quotas = np.empty((len(emissions), len(self.scenarios)))
        for k, scenario in enumerate(self.scenarios):
            cut = cuts[scenario.benchmark] * acts
            if not scenario.includes_power_supply:
                cut[self.is_power_supply[rows]] = 0.0
            kept = self._demand_factors(scenario.cap, footprints)[:, columns]
            less = np.where(consumers[:, columns], 1.0 - kept, 0.0)
            left = caused - cut.T @ capped[rows]
            quotas[:, k] = self.to_all[rows] @ cut + (less * left).sum(axis=1)
        return quotas

    def _selected(
        self, emissions: np.ndarray, direct: np.ndarray, footprints: np.ndarray
    ) -> np.ndarray:
        """Return which regions are super-emitters, shape (draws, R)."""
        production = np.add.reduceat(emissions, self.starts, axis=1) + direct
        is_selected = np.zeros(footprints.shape, dtype=bool)
        is_selected[:, self.ranked] = select(
            self.selection,
            footprints[:, self.ranked],
            production[:, self.ranked],
            self.population[self.ranked],
            self.by_footprint,
            self.by_production,
        )
        return is_selected

    def _levers(
        self, intensities: np.ndarray, direct: np.ndarray, footprints: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return which regions would have each lever if selected, each (draws, R)."""
        emitted = np.add.reduceat(intensities * self.inside, self.starts, axis=1)
        ratios = np.full(footprints.shape, np.nan)
        np.divide(emitted + direct, footprints, out=ratios, where=footprints != 0)
        producers = np.zeros(footprints.shape, dtype=bool)
        consumers = np.zeros(footprints.shape, dtype=bool)
        has_role = np.zeros(footprints.shape, dtype=bool)
        # the role without bounds comes last: it takes the rest
        for role in sorted(self.roles, key=_is_unbounded):
            has_it = ~has_role
            if role.ratio_from is not None:
                has_it &= ratios >= role.ratio_from - ROUNDING * abs(role.ratio_from)
            if role.ratio_to is not None:
                has_it &= ratios <= role.ratio_to + ROUNDING * abs(role.ratio_to)
            producers |= has_it & role.has_producer_lever
            consumers |= has_it & role.has_consumer_lever
            has_role |= has_it
        return producers, consumers

    def _cuts(
        self, emissions: np.ndarray, intensities: np.ndarray, rows: np.ndarray
    ) -> dict[Benchmark, np.ndarray]:
        """Return the excess of some rows over each benchmark, shape (rows, draws)."""
        benchmarks = {scenario.benchmark for scenario in self.scenarios}
        position = np.full(len(self.peers), -1)
        position[rows] = np.arange(len(rows))
        cuts = {
            benchmark: np.zeros((len(rows), len(emissions))) for benchmark in benchmarks
        }
        for group in self.groups:
            acting = position[group] >= 0
            if not acting.any():
                continue
            values = np.ascontiguousarray(intensities[:, group].T)
            mean = emissions[:, group].sum(axis=1) / self.output[group].sum()
            ordered = np.sort(values, axis=0)
            for benchmark in benchmarks:
                above = values[acting] - _best(benchmark, mean, ordered)
                cuts[benchmark][position[group[acting]]] = np.maximum(above, 0.0)
        return cuts

    def _demand_factors(self, cap: Cap, footprints: np.ndarray) -> np.ndarray:
        """Return k of every region under a cap, shape (draws, R)."""
        match cap.kind:
            case "national_mean":
                members = self.ranked
            case "affluent_mean":
                members = self.ranked[self.is_affluent[self.ranked]]
            case "comparator":
                members = self.ranked[:0]
            case _:
                raise ValueError(f"no cap is of the kind {cap.kind!r}")
        tonnes = np.full(len(footprints), np.nan if cap.tonnes is None else cap.tonnes)
        if (people := self.population[members].sum()) > 0:
            tonnes = footprints[:, members].sum(axis=1) / people
        # ignore a cap that is not positive
        tonnes = np.where(tonnes > 0, tonnes, np.inf)
        heads, factors = np.zeros(footprints.shape), np.ones(footprints.shape)
        np.divide(footprints, self.population, out=heads, where=self.population > 0)
        np.divide(tonnes[:, None], heads, out=factors, where=heads > 0)
        return np.minimum(factors, 1.0)


def _is_unbounded(role: Role) -> bool:
    return role.ratio_from is None and role.ratio_to is None


def _best(benchmark: Benchmark, mean: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    match benchmark.kind, benchmark.quantile:
        case "ratio_of_sums", _:
            return mean
        case "quantile", float(share):
            return interpolated_quantile(ordered, share)
    raise ValueError(f"no benchmark is {benchmark}")


def interpolated_quantile(ordered: np.ndarray, share: float) -> np.ndarray:
    """Return a quantile of sorted values, linear between the two around it.

    `ordered` has the shape (values, draws), the result one value a draw.
    """
    position = share * (len(ordered) - 1)
    below = int(np.floor(position))
    above = int(np.ceil(position))
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def select(
    rule: Selection,
    footprints: np.ndarray,
    production: np.ndarray,
    population: np.ndarray,
    by_footprint: np.ndarray,
    by_production: np.ndarray,
) -> np.ndarray:
    """Return which of K ranked regions are super-emitters in each draw, (draws, K).

    docs/methods.md, Super-emitters. `by_footprint` and `by_production` have the regions
    in the order that settles ties: what rounding alone sets apart.
    """
    regions = footprints.shape[1]
    count = -(-rule.take * regions // rule.of_every) if rule.take else 0
    totals = footprints.sum(axis=1, keepdims=True)
    # a region without people is not above any mean
    heads = np.full(footprints.shape, -np.inf)
    np.divide(footprints, population, out=heads, where=population > 0)
    is_rich = _exceeds(heads, totals / (population.sum() or 1.0))
    match rule.kind:
        case "largest_footprints":
            return _positions(footprints, by_footprint) < count
        case "largest_of_either":
            best = np.minimum(
                _positions(footprints, by_footprint),
                _positions(production, by_production),
            )
            return best < count
        case "largest_share":
            return _largest_share(footprints, rule.share, by_footprint)
        case "above_means":
            return is_rich & _exceeds(footprints, totals / regions)
        case "largest_above_mean":
            among = np.where(is_rich, footprints, -np.inf)
            return is_rich & (_positions(among, by_footprint) < count)
    raise ValueError(f"no rule for super-emitters is of the kind {rule.kind!r}")


def _order(amounts: np.ndarray, ties: np.ndarray) -> np.ndarray:
    """Return the regions of each draw, the largest first, equals in a given order."""
    order = np.argsort(-amounts, axis=1, kind="stable")
    falling = np.take_along_axis(amounts, order, axis=1)
    larger, smaller = falling[:, :-1], falling[:, 1:]
    step = np.zeros(order.shape, dtype=np.intp)
    with np.errstate(invalid="ignore"):  # -inf less -inf is no difference
        step[:, 1:] = larger - smaller > ROUNDING * np.abs(larger)
    level = np.empty_like(step)
    np.put_along_axis(level, order, np.cumsum(step, axis=1), axis=1)
    return ties[np.argsort(level[:, ties], axis=1, kind="stable")]


def _positions(amounts: np.ndarray, ties: np.ndarray) -> np.ndarray:
    """Return the position of each region from 0, the largest first."""
    order = _order(amounts, ties)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(amounts.shape[1])[None, :], axis=1)
    return ranks


def _largest_share(
    footprints: np.ndarray, share: float, ties: np.ndarray
) -> np.ndarray:
    """Return the fewest regions that make up a share, with the one that crosses it."""
    order = _order(footprints, ties)
    running = np.cumsum(np.take_along_axis(footprints, order, axis=1), axis=1)
    totals = footprints.sum(axis=1, keepdims=True)
    before = np.zeros_like(running)
    before[:, 1:] = running[:, :-1]
    is_in = (totals > 0) & (before < (share - ROUNDING) * totals)
    is_selected = np.empty(is_in.shape, dtype=bool)
    np.put_along_axis(is_selected, order, is_in, axis=1)
    return is_selected


def _exceeds(values: np.ndarray, limits: np.ndarray) -> np.ndarray:
    return values > limits + ROUNDING * np.abs(limits)
