"""The multi-regional economy: production, demand, trade, output, energy and CO2.

Industries and final demand are placed in regions; trade between them follows, and the
output that demand calls for.
"""

from dataclasses import dataclass, replace

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.synthetic.facts import BASE_YEAR, rows, sectors, targets
from carbonshed.synthetic.geography import Geography, build_geography, distances
from carbonshed.synthetic.random_numbers import normals
from carbonshed.synthetic.technology import Nation, balance, build_nation

GRAVITY_ROUNDS = 25
GRAVITY_STEP = 0.8
LARGEST_ROUNDS = 2000
# final demand per head rises with GDP per head by this power; spread: log sd
DEMAND_ELASTICITY = (0.70, 0.90, 0.85, 1.07, 1.00)
DEMAND_SPREAD = (0.10, 0.08, 0.10, 0.25, 0.15)
# an industry of a city departs from its rule together with its group
SHARED_BY_GROUP = 0.6
EXPORT_PORT_LOADING = 0.6
CITY_LOG_SD = 0.40  # city by sector
PROVINCE_LOG_SD = 0.25
INCOME_ELASTICITY = -0.20  # the poor work with older plant
# one part of output at least stays value added, whatever the plant
LARGEST_INPUT_RATIO = 0.92
# the feedstock that a plant turns into its product does not shrink with better plant
FEEDSTOCKS = (
    ("coal", "power"),
    ("power", "power"),
    ("oil_gas", "refining"),
    ("coal", "refining"),
    ("oil_gas", "gas"),
    ("gas", "gas"),
)
# households' own burning: share of the total, elasticity to income, and the
# additional need per degree of latitude north of the middle
HOUSEHOLD_SHARE = 0.04
RURAL_PART = 0.45
HOUSEHOLD_ELASTICITY = 0.4
HEATING_PER_DEGREE = 0.05


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
    year: int = BASE_YEAR  # the year of the national totals

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
    target = target_output(land, country, seed)
    demand = regional_demand(land, country, seed)
    exports = regional_exports(target, land, country)
    factors = intensity_factors(land, target, seed)
    technology = regional_technology(country, factors)
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


def target_output(land: Geography, nation: Nation, seed: int) -> np.ndarray:
    """Return the output that each region aims at, by good, (R, n), million CNY.

    A sector's output per head follows income, a field of the land and chance; it is
    zero where an industry is absent. RAS then gives every region its GDP and every
    sector its national output.
    """
    facts, table = sectors().numbers, sectors()
    field = np.array([land.fields[name] for name in table.fields]).T
    log_output = (
        land.income[:, None] * facts["income_elasticity"]
        + field * facts["field_loading"]
        + facts["spread"] * _industry_noise(len(land.names), seed)
    )
    output = land.population[:, None] * np.exp(log_output)
    output[absent(land, seed)] = 0.0
    value_added = nation.output * (1.0 - nation.technology.sum(axis=0))
    weighted = output / output.sum(axis=0) * value_added
    gdp = land.gdp * (value_added.sum() / land.gdp.sum())
    balanced = balance(weighted, gdp, value_added)
    return balanced / value_added * nation.output


def absent(land: Geography, seed: int) -> np.ndarray:
    """Return which cities lack which industry, ndarray of bool, shape (R, n).

    The cities worst placed lack it, a fixed share of them; at least one city
    keeps it and remainder regions have everything.
    """
    table = sectors()
    is_absent = np.zeros((len(land.names), len(table.ids)), dtype=bool)
    city = np.flatnonzero(~land.is_remainder)
    for j, share in enumerate(table.numbers["absent_share"]):
        field_value = land.fields[table.fields[j]][city]
        chance = normals(seed, f"absent {table.ids[j]}", len(city))
        count = min(round(share * len(city)), len(city) - 1)
        is_absent[city[np.argsort(field_value + chance, kind="stable")[:count]], j] = (
            True
        )
    return is_absent


def regional_demand(land: Geography, nation: Nation, seed: int) -> np.ndarray:
    """Return final demand, (R, n, 5), million CNY, imported goods included.

    Every category has the nation's make-up and its total.
    """
    noise = normals(seed, "demand", len(land.names), len(DEMAND_ELASTICITY))
    level = land.population[:, None] * np.exp(
        land.income[:, None] * np.array(DEMAND_ELASTICITY)
        + noise * np.array(DEMAND_SPREAD)
    )
    level /= level.sum(axis=0)
    return level[:, None, :] * nation.demand


def regional_exports(output: np.ndarray, land: Geography, nation: Nation) -> np.ndarray:
    """Return exports by region and sector, (R, n), million CNY, to the national totals.

    The odds of selling abroad rise towards the coast; as odds they never take
    more than is made.
    """
    odds = np.exp(EXPORT_PORT_LOADING * land.fields["port"])[:, None]
    level = nation.exports / (nation.output - nation.exports)
    for _ in range(100):
        share = level * odds / (1.0 + level * odds)
        total = (share * output).sum(axis=0)
        correction = np.divide(
            nation.exports, total, out=np.ones_like(total), where=total > 0
        )
        if np.abs(correction - 1.0).max() < 1e-13:
            break
        level = level * correction
    return share * output * correction


def _industry_noise(regions: int, seed: int) -> np.ndarray:
    table = sectors()
    groups = sorted(set(table.groups))
    by_group = normals(seed, "industry groups", regions, len(groups))
    own = normals(seed, "industries", regions, len(table.ids))
    shared = by_group[:, [groups.index(group) for group in table.groups]]
    return SHARED_BY_GROUP * shared + (1.0 - SHARED_BY_GROUP**2) ** 0.5 * own


def intensity_factors(land: Geography, output: np.ndarray, seed: int) -> np.ndarray:
    """Return energy use per output relative to the nation's, (R, n), positive.

    Weighted by output, (R, n), the nation's mean factor of every sector is one.
    """
    n_regions, n_sectors = output.shape
    by_province = normals(seed, "energy of provinces", land.province.max() + 1)
    factors = np.exp(
        CITY_LOG_SD * normals(seed, "energy", n_regions, n_sectors)
        + PROVINCE_LOG_SD * by_province[land.province][:, None]
        + INCOME_ELASTICITY * land.income[:, None]
    )
    return factors * (output.sum(axis=0) / (factors * output).sum(axis=0))


def regional_technology(nation: Nation, factors: np.ndarray) -> np.ndarray:
    """Return every region's technology, (R, n, n): energy inputs scaled by its factors.

    Imported inputs are included. The factor, from `intensity_factors`, is lowered where
    it would leave too little value added.
    """
    table = sectors()
    position = {sector_id: i for i, sector_id in enumerate(table.ids)}
    scales = np.zeros_like(nation.technology, dtype=bool)
    scales[[group == "energy" for group in table.groups]] = True
    for product, industry in FEEDSTOCKS:
        scales[position[product], position[industry]] = False
    energy = np.where(scales, nation.technology, 0.0)
    others = nation.technology - energy
    largest = (LARGEST_INPUT_RATIO - others.sum(axis=0)) / energy.sum(axis=0)
    return others + energy * np.minimum(factors, largest)[:, None, :]


def sector_emissions(
    output: np.ndarray, factors: np.ndarray, year: int = BASE_YEAR
) -> np.ndarray:
    """Return CO2 by region and sector in kt, shape (R, n).

    The nation's CO2 of a sector is shared out by output times the factor.
    """
    share = sectors().numbers["co2_share"]
    total = targets(year)["co2"] * (1.0 - HOUSEHOLD_SHARE) * share / share.sum()
    weight = output * factors
    return weight / weight.sum(axis=0) * total


def household_emissions(land: Geography, year: int = BASE_YEAR) -> np.ndarray:
    """Return CO2 of households' own burning in kt, shape (R, 2): rural, urban."""
    heating = HEATING_PER_DEGREE * (land.latitude - land.latitude.mean())
    level = land.population * np.exp(HOUSEHOLD_ELASTICITY * land.income + heating)
    total = targets(year)["co2"] * HOUSEHOLD_SHARE
    parts = np.array([RURAL_PART, 1.0 - RURAL_PART])
    return (level / level.sum())[:, None] * (total * parts)
