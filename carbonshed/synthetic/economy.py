"""Trade between the regions, and the output that demand calls for."""

from dataclasses import dataclass, replace

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.synthetic import energy, location
from carbonshed.synthetic.facts import BASE_YEAR, rows, sectors, targets
from carbonshed.synthetic.geography import Geography, build_geography, distances
from carbonshed.synthetic.technology import build_nation

GRAVITY_ROUNDS = 25
GRAVITY_STEP = 0.8
LARGEST_ROUNDS = 2000


@dataclass(frozen=True)
class Economy:
    """The multi-regional table, as factors that are never multiplied out.

    Deliveries of good i from region r to sector j of region s are
    ``trade[i, r, s] * (1 - import_share[i]) * technology[s, i, j] * output[s, j]``.
    Money is in million CNY.
    """

    land: Geography
    # (n, R, R): share of origin r in what region s uses of home-made good i
    trade: np.ndarray
    # (R, n, n): input of i per output of j, imported inputs included
    technology: np.ndarray
    import_share: np.ndarray  # (n,): imported part of every use of good i
    demand: np.ndarray  # (R, n, 5): final demand, imported goods included
    exports: np.ndarray  # (R, n)
    output: np.ndarray  # (R, n)
    factors: np.ndarray  # (R, n): energy use per output relative to the nation's
    year: int = BASE_YEAR  # of the national totals

    @property
    def value_added(self) -> np.ndarray:
        """Return output less all inputs, home-made and imported, shape (R, n)."""
        return self.output * (1.0 - self.technology.sum(axis=1))

    @property
    def imported_inputs(self) -> np.ndarray:
        """Return imports used by each sector, shape (R, n)."""
        per_output = np.einsum("i,sij->sj", self.import_share, self.technology)
        return per_output * self.output

    @property
    def imported_demand(self) -> np.ndarray:
        """Return imports of final users, shape (R, 5)."""
        return np.einsum("i,sic->sc", self.import_share, self.demand)


def build_economy(cities: int, seed: int, year: int = BASE_YEAR) -> Economy:
    """Build the whole table with 42 sectors, balanced, with all published totals."""
    land, country = build_geography(cities, seed, year), build_nation(year)
    target = location.target_output(land, country, seed)
    demand = location.final_demand(land, country, seed)
    exports = location.exports(target, land, country)
    factors = energy.intensity_factors(land, target, seed)
    technology = energy.regional_technology(country, factors)
    use = np.einsum("sij,sj->si", technology, target) + demand.sum(axis=2)
    trade = trade_shares(land, target - exports, use)
    start = Economy(
        land, trade, technology, country.import_share, demand, exports, target, factors,
        year,
    )  # fmt: skip
    return fit_totals(start)


def trade_shares(
    land: Geography, deliveries: np.ndarray, use: np.ndarray
) -> np.ndarray:
    """Return the origins of each region's purchases by gravity, fitted to supply.

    The pull of an origin falls with distance and is multiplied within the
    province and within the city. Its weight is raised or lowered until it
    delivers about what it makes: `deliveries`, (R, n), to the home market. Of `use`,
    (R, n), only proportions matter. The result, (n, R, R), is origin by destination;
    every column of a good sums to one.

    References
    ----------
    Wilson (1971), the family of spatial interaction models.
    """
    distance = distances(land.longitude, land.latitude)
    same_province = land.province[:, None] == land.province
    own = np.arange(len(land.names))
    classes = {row["trade_class"]: row for row in rows("trade_classes")}
    shares = np.empty((deliveries.shape[1], *distance.shape))
    pulls = {}
    for name, facts in classes.items():
        pull = distance ** -float(facts["distance_decay"])
        pull = np.where(same_province, pull * float(facts["province_factor"]), pull)
        pull[own, own] *= float(facts["own_factor"])
        pulls[name] = pull
    for i, name in enumerate(sectors().trade_classes):
        supply = deliveries[:, i] / deliveries[:, i].sum()
        shares[i] = gravity_shares(pulls[name], supply, use[:, i] / use[:, i].sum())
    return shares


def gravity_shares(pull: np.ndarray, supply: np.ndarray, use: np.ndarray) -> np.ndarray:
    """Return the origins from which each region buys one good, (R, R).

    `pull`, (R, R), is the affinity of origin and destination, before the size of the
    origin; `supply` and `use` are shares of the nation's. Columns sum to one; rows
    weighted by use come close to the supply.
    """
    weight, makes = supply.copy(), supply > 0
    for _ in range(GRAVITY_ROUNDS):
        delivered = weight * (pull @ (use / (weight @ pull)))
        ratio = np.divide(supply, delivered, out=np.ones_like(supply), where=makes)
        weight *= ratio**GRAVITY_STEP
    shares = weight[:, None] * pull
    return shares / shares.sum(axis=0)


def solve_output(economy: Economy) -> np.ndarray:
    """Return the output that final demand and exports call for, (R, n), million CNY.

    Solves x = A x + y + e by iteration from the present output; A is applied as
    trade after technology and never formed.
    """
    home = 1.0 - economy.import_share
    final = economy.demand.sum(axis=2)
    x = economy.output
    for _ in range(LARGEST_ROUNDS):
        use = (np.einsum("sij,sj->si", economy.technology, x) + final) * home
        new = np.matmul(economy.trade, use.T[:, :, None])[:, :, 0].T + economy.exports
        change = np.abs(new - x).max()
        x = new
        if change <= 1e-15 * x.max():
            return x
    raise CarbonshedError(
        "the synthetic economy did not settle; choose another seed "
        "(`carbonshed synthesize --seed N`)"
    )


def fit_totals(start: Economy) -> Economy:
    """Return the economy whose output and imports are the published totals.

    Demand and exports have theirs already, and value added follows from the
    identity. One factor on all technology and one on all import shares are left;
    city-specific technology puts both near 1. Broyden's method finds their logs.
    """
    total = targets(start.year)
    latest = start

    def miss(logs: np.ndarray) -> np.ndarray:
        nonlocal latest
        technology, imports = np.exp(logs)
        latest = _scaled(start, latest.output, technology, imports)
        imported = latest.imported_inputs.sum() + latest.imported_demand.sum()
        return np.log(
            [latest.output.sum() / total["output"], imported / total["imports"]]
        )

    logs, step = np.zeros(2), 1e-3
    value = miss(logs)
    jacobian = np.column_stack(
        [(miss(logs + step * unit) - value) / step for unit in np.eye(2)]
    )
    for _ in range(30):
        if np.abs(value).max() < 1e-13:
            return latest
        move = -np.linalg.solve(jacobian, value)
        logs = logs + move
        new = miss(logs)
        jacobian += np.outer(new - value - jacobian @ move, move) / (move @ move)
        value = new
    if np.abs(value).max() < 1e-11:
        return latest
    raise CarbonshedError(
        "the synthetic economy does not reach the published totals; choose another "
        "seed (`carbonshed synthesize --seed N`)"
    )


def _scaled(
    start: Economy, guess: np.ndarray, technology: float, imports: float
) -> Economy:
    scaled = replace(
        start,
        technology=start.technology * technology,
        import_share=start.import_share * imports,
        output=guess,
    )
    return replace(scaled, output=solve_output(scaled))
