"""The balance: the deliveries nearest to the prior that meet every known total.

With r in p and s in q, deliveries z of sector i of region r to the user k of region s
(k is a sector or a category of final demand), and imports m, minimise the sum of
z ln(z / z0) - z and m ln(m / m0) - m, where

    z0 = theta_i,rs N_(pi),(qk) u_sk        m0 = u_sk M_qk

subject to the cells N and imports M of the parent, the purchases B of every user, the
supply S of every producer, known flows, and known shares phi_rs of what a producer
delivers inside its parent region. The optimum has the form

    z = a_ri theta_i,rs G_(pi),(qk) b_sk    m = G^m_qk b_sk

with theta scaled by known flows and shares, so no matrix of the size of the result is
formed: all sums are products of matrices of the size of the parent's and of theta.

References
----------
Lenzen, Gallego and Wood 2009, Economic Systems Research 21, 23 (RAS with constraints
on sums of cells); Kullback 1959, Information Theory and Statistics (cross-entropy).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from carbonshed.accounting.ras import divide
from carbonshed.compile.shares import parent_slices
from carbonshed.progress import Progress, no_progress

TOLERANCE = 1e-10
MAX_SWEEPS = 20_000
_SWEEPS_PER_REPORT = 10
_SWEEPS_PER_CHECK = 100
_STALLED = 0.999
_MAX_NAMES_SHOWN = 5
_MATTERS = 0.01  # of the largest gap: kinds of totals with a smaller one are met


@dataclass(frozen=True)
class KnownFlow:
    """Deliveries that are known from some regions to some regions."""

    origins: np.ndarray
    destinations: np.ndarray
    sectors: np.ndarray  # the sectors that deliver
    value: float  # table units: all users, without exports and kept cells
    row: int = 0  # in the file, for messages


@dataclass(frozen=True)
class KnownShares:
    """How regions hand out what a sector of theirs delivers inside its parent region.

    Whatever each buyer pays, it gets its share: of power, for instance, by kWh.
    """

    sector: int
    origins: np.ndarray  # (m,): some of the members
    members: np.ndarray  # all regions of one parent region, ascending
    values: np.ndarray  # (m, members): shares; rows sum to 1

    @property
    def own(self) -> np.ndarray:
        """Return what each origin keeps, (m,)."""
        return self.values[self.origins[:, None] == self.members]


@dataclass(frozen=True)
class Totals:
    """The totals that deliveries of one year must meet; P parent regions, R regions."""

    parent: np.ndarray  # (R,), int, ascending
    cells: np.ndarray  # (P, S, P, K): deliveries between parent regions, not negative
    imports: np.ndarray  # (P, K), not negative
    supply: np.ndarray  # (R, S): deliveries of every producer
    purchases: np.ndarray  # (R, K): purchases of every user, imports included
    # (R, K), u: share of a region in its parent's user k, for the prior
    shares: np.ndarray
    flows: tuple[KnownFlow, ...] = ()
    known_shares: tuple[KnownShares, ...] = ()


@dataclass(eq=False)
class NotBalancedError(ValueError):
    """The totals contradict each other."""

    kind: str  # flow, share, supply or purchases
    # the totals that are farthest off, relative to themselves, the worst first, each
    # after its position: the number of the flow; that of the origin, one known share
    # after the other; (region, sector) or (region, user)
    gaps: list[tuple[tuple[int, ...], float]]


@dataclass(frozen=True)
class Deliveries:
    """The optimum, in factors."""

    parent: np.ndarray  # (R,), int
    # tau by parent, (S, members, R): share of r in what s buys of i from its parent
    trade: list[np.ndarray]
    cells: np.ndarray  # (P, S, P, K), G: cells of the parent with their factors
    # h by parent, (S, R): factors of its suppliers as seen by region s
    pooled: list[np.ndarray]
    users: np.ndarray  # (R, K), b: factors of the users
    imports: np.ndarray  # (R, K), table units
    sweeps: int
    residual: float  # the largest gap of a total, relative to itself
    flows_before: list[float]  # the known flows in the prior, table units
    # by known shares: how much goes to other regions, in the prior and in the optimum;
    # NaN where the origins deliver nothing
    leaving: list[tuple[float, float]]

    def purchases_from(self, parent: int) -> np.ndarray:
        """Return purchases of every user from a parent region, shape (S, R, K)."""
        purchases = self.cells[parent][:, self.parent, :] * self.users
        purchases *= self.pooled[parent][:, :, None]
        return purchases

    def blocks(self) -> Iterator[np.ndarray]:
        """Yield the deliveries of one region after the other, shape (S, R, K)."""
        for parent, trade in enumerate(self.trade):
            purchases = self.purchases_from(parent)
            for member in range(trade.shape[1]):
                yield trade[:, member, :, None] * purchases


def balance(
    totals: Totals, prior: list[np.ndarray], progress: Progress = no_progress
) -> Deliveries:
    """Return the deliveries nearest to the prior that meet the totals.

    The prior is theta of `trade_shares`. Raises NotBalancedError if the largest gap
    does not get smaller over 100 sweeps, or the totals still do not hold after 20,000.
    """
    # factors run away where totals contradict each other; the gap shows it
    with np.errstate(over="ignore", invalid="ignore"):
        return _fit(_Balance(totals, prior), progress)


def _fit(problem: "_Balance", progress: Progress) -> Deliveries:
    first_gap = earlier_gap = None
    for sweep in range(1, MAX_SWEEPS + 1):
        problem.meet_purchases()
        problem.meet_cells()
        gap = problem.gap()
        if gap <= TOLERANCE:
            return problem.deliveries(sweep, gap)
        if gap == np.inf:
            break
        if sweep % _SWEEPS_PER_REPORT == 0:
            first_gap = first_gap or gap
            done = np.log(first_gap / gap) / np.log(first_gap / TOLERANCE)
            progress(f"balancing: {sweep} sweeps, largest gap {gap:.0e}", max(done, 0))
        if sweep % _SWEEPS_PER_CHECK == 0:
            if earlier_gap is not None and gap > _STALLED * earlier_gap:
                break
            earlier_gap = gap
        problem.meet_supply()
        problem.meet_shares()
        problem.meet_flows()
    raise problem.worst()


class _Balance:
    """The factors while they are fitted."""

    def __init__(self, totals: Totals, prior: list[np.ndarray]) -> None:
        self.totals = totals
        self.slices = parent_slices(totals.parent)
        # known flows and shares change theta; without any, the prior is only read
        is_changed = totals.flows or totals.known_shares
        self.theta = [part.copy() for part in prior] if is_changed else prior
        self.suppliers = np.ones_like(totals.supply)
        self.cells = totals.cells.copy()
        self.import_cells = totals.imports.copy()
        self.users = totals.shares.copy()
        self.gaps: dict[str, np.ndarray] = {}
        # of the users and cells as they are: suppliers and theta do not change it
        self.demands = self._demands()
        self.flows_before = [self._flow_sum(flow) for flow in totals.flows]
        self.leaving_before = [self._leaving(shares) for shares in totals.known_shares]
        # what a region hands out to nobody is 0 from the beginning
        for shares in totals.known_shares:
            number, block = self._block_of(shares)
            self.theta[number][block] *= shares.values > 0
        self._pool()

    def _pool(self) -> None:
        """h_(pi),s: the sum of a theta over the suppliers of a parent region."""
        self.pooled = [
            np.einsum("ri,irs->is", self.suppliers[first:last], theta, optimize=True)
            for (first, last), theta in zip(self.slices, self.theta, strict=True)
        ]

    def _stacked(self, first: int, last: int) -> np.ndarray:
        """Return h for the regions of one parent, shape (P * S, members)."""
        return np.concatenate([pooled[:, first:last] for pooled in self.pooled])

    def _block(self, buyer: int) -> np.ndarray:
        """Return G for the users of one parent, shape (P * S, K)."""
        n_users = self.cells.shape[-1]
        return self.cells[:, :, buyer, :].reshape(-1, n_users)

    def purchases(self) -> np.ndarray:
        """Return purchases of every user, without imports, shape (R, K)."""
        return self.users * np.concatenate(
            [
                self._stacked(first, last).T @ self._block(buyer)
                for buyer, (first, last) in enumerate(self.slices)
            ]
        )

    def imported(self) -> np.ndarray:
        """Return imports by user, shape (R, K)."""
        return self.users * self.import_cells[self.totals.parent]

    def meet_purchases(self) -> None:
        """Scale b so that every user meets its total of purchases."""
        total = self.purchases() + self.imported()
        self.users *= divide(self.totals.purchases, total)

    def meet_cells(self) -> None:
        """Scale G so that the parent's cells and imports hold."""
        shape = self.cells.shape
        for buyer, (first, last) in enumerate(self.slices):
            users = self.users[first:last]
            weight = (self._stacked(first, last) @ users).reshape(*shape[:2], shape[3])
            self.cells[:, :, buyer, :] = divide(
                self.totals.cells[:, :, buyer, :], weight
            )
            self.import_cells[buyer] = divide(
                self.totals.imports[buyer], users.sum(axis=0)
            )

    def _demands(self) -> list[np.ndarray]:
        """Return V_(pi),s: purchases by users of region s at h = 1, shape (S, R)."""
        n_parents, n_sectors = self.cells.shape[:2]
        demands = np.concatenate(
            [
                self._block(buyer) @ self.users[first:last].T
                for buyer, (first, last) in enumerate(self.slices)
            ],
            axis=1,
        )
        return list(demands.reshape(n_parents, n_sectors, -1))

    def sales(self) -> np.ndarray:
        """Return deliveries of every producer, shape (R, S)."""
        parts = [
            np.einsum("irs,is->ri", theta, demand, optimize=True)
            for theta, demand in zip(self.theta, self.demands, strict=True)
        ]
        return self.suppliers * np.concatenate(parts)

    def gap(self) -> float:
        """Return the largest gap of a total, relative to itself."""
        self.demands = self._demands()
        self._sales = self.sales()
        gaps = {
            # known flows come from a user: name them first where they do not hold
            "flow": self._flow_gaps(),
            "share": self._share_gaps(),
            "supply": _gaps(self._sales, self.totals.supply),
            "purchases": _gaps(
                self.purchases() + self.imported(), self.totals.purchases
            ),
        }
        largest = max(float(part.max(initial=0.0)) for part in gaps.values())
        if np.isfinite(largest) or not self.gaps:
            self.gaps = gaps
        # gaps of factors that have run away are meaningless, earlier ones are not
        return largest if np.isfinite(largest) else np.inf

    def meet_supply(self) -> None:
        """Scale a so that every producer meets its total of deliveries."""
        self.suppliers *= divide(self.totals.supply, self._sales)
        self._pool()

    def _block_of(self, shares: KnownShares) -> tuple[int, tuple[np.ndarray, ...]]:
        """Return the parent region of known shares, and their cells of its theta."""
        number = int(self.totals.parent[shares.members[0]])
        origins = shares.origins - shares.members[0]
        return number, np.ix_([shares.sector], origins, shares.members)

    def _handed_out(self, shares: KnownShares) -> np.ndarray:
        """Return deliveries of the origins inside their parent region, (m, members)."""
        number, block = self._block_of(shares)
        sellers = self.suppliers[shares.origins, shares.sector]
        buyers = self.demands[number][shares.sector, shares.members]
        return sellers[:, None] * self.theta[number][block][0] * buyers

    def _leaving(self, shares: KnownShares) -> float:
        """Return the share of deliveries that goes to other regions; NaN of none."""
        amounts = self._handed_out(shares)
        leaves = shares.origins[:, None] != shares.members
        total = float(amounts.sum())
        return float(amounts[leaves].sum()) / total if total > 0 else np.nan

    def _wanted(self, shares: KnownShares, amounts: np.ndarray) -> np.ndarray:
        """Return the nearest deliveries with known shares, (m, members).

        Their level is the geometric mean of amounts over shares, weighted by shares.
        """
        ratios = divide(amounts, shares.values)
        logarithms = np.log(ratios, out=np.zeros_like(ratios), where=ratios > 0)
        weights = np.where(ratios > 0, shares.values, 0.0)
        level = divide((weights * logarithms).sum(axis=1), weights.sum(axis=1))
        return shares.values * np.exp(level)[:, None]

    def _share_gaps(self) -> np.ndarray:
        """Return the largest gap of the shares of each origin, one after the other."""
        gaps = [np.zeros(0)]
        for shares in self.totals.known_shares:
            amounts = self._handed_out(shares)
            wanted = shares.values * amounts.sum(axis=1, keepdims=True)
            gaps.append(_gaps(amounts, wanted).max(axis=1))
        return np.concatenate(gaps)

    def meet_shares(self) -> None:
        """Scale theta so that every known share holds."""
        if not self.totals.known_shares:
            return
        for shares in self.totals.known_shares:
            number, block = self._block_of(shares)
            amounts = self._handed_out(shares)
            factors = divide(self._wanted(shares, amounts), amounts)
            self.theta[number][block] *= factors
        self._pool()

    def _flow_sum(self, flow: KnownFlow) -> float:
        total = 0.0
        for (first, last), theta, demand in zip(
            self.slices, self.theta, self.demands, strict=True
        ):
            origins = flow.origins[(flow.origins >= first) & (flow.origins < last)]
            if origins.size:
                part = theta[np.ix_(flow.sectors, origins - first, flow.destinations)]
                sellers = self.suppliers[np.ix_(origins, flow.sectors)]
                buyers = demand[np.ix_(flow.sectors, flow.destinations)]
                total += float(np.einsum("irs,ri,is->", part, sellers, buyers))
        return total

    def _flow_gaps(self) -> np.ndarray:
        flow_sums = [self._flow_sum(flow) for flow in self.totals.flows]
        return _gaps(
            np.array(flow_sums), np.array([f.value for f in self.totals.flows])
        )

    def meet_flows(self) -> None:
        """Scale theta so that every known flow holds."""
        if not self.totals.flows:
            return
        for flow in self.totals.flows:
            factor = divide(np.array(flow.value), np.array(self._flow_sum(flow)))
            for (first, last), theta in zip(self.slices, self.theta, strict=True):
                inside = (flow.origins >= first) & (flow.origins < last)
                origins = flow.origins[inside] - first
                theta[np.ix_(flow.sectors, origins, flow.destinations)] *= factor
        self._pool()

    def deliveries(self, sweeps: int, residual: float) -> Deliveries:
        """Return the factors."""
        leaving = [self._leaving(shares) for shares in self.totals.known_shares]
        trade = []
        for (first, last), theta, pooled in zip(
            self.slices, self.theta, self.pooled, strict=True
        ):
            weighted = theta * self.suppliers[first:last].T[:, :, None]
            trade.append(divide(weighted, pooled[:, None, :]))
        return Deliveries(
            parent=self.totals.parent,
            trade=trade,
            cells=self.cells,
            pooled=self.pooled,
            users=self.users,
            imports=self.imported(),
            sweeps=sweeps,
            residual=residual,
            flows_before=self.flows_before,
            leaving=list(zip(self.leaving_before, leaving, strict=True)),
        )

    def worst(self) -> NotBalancedError:
        """Return the totals that are farthest off, after the last `gap`."""
        largest = {kind: gaps.max(initial=0.0) for kind, gaps in self.gaps.items()}
        matters = max(_MATTERS * max(largest.values()), TOLERANCE)
        kind = next(kind for kind, gap in largest.items() if gap >= matters)
        gaps = self.gaps[kind]
        worst = np.argsort(gaps, axis=None)[::-1][:_MAX_NAMES_SHOWN]
        cells = [np.unravel_index(position, gaps.shape) for position in worst]
        return NotBalancedError(
            kind,
            [
                (tuple(map(int, cell)), float(gaps[cell]))
                for cell in cells
                if gaps[cell] > TOLERANCE
            ],
        )


def _gaps(sums: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return gaps relative to the targets, absolute where a target is 0."""
    gaps = np.abs(sums - targets) / np.where(targets == 0, 1.0, np.abs(targets))
    return np.where(np.isnan(gaps), np.inf, gaps)
