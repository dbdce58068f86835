"""Random systems with everything that a careless program trips over.

A seeded generator for whole-warehouse tests, and hypothesis strategies that draw
its size and seed. Every system is solvable by construction: coefficients are drawn
first, output is solved from demand.
"""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from support.systems import Category, Region, Sector, Stressor, System, Year

# each is legal and none may be guessed at, trimmed or folded
ODD_IDS = (
    "01",
    "NA",
    "true",
    "a,b",
    "Beta",
    "beta",
    "Ö-Stadt",
    "北京",
    "1e3",
    "null",
    'say "hi"',
    "1",
)
ENGLISH = {"北京": "Beijing"}
SECTOR_IDS = ("01", "1", "NaN", "Elektrizität", "农业", "false", "x;y", "X;Y")
GROUPS = (
    "energy",
    "heavy_industry",
    "agriculture",
    "high_tech",
    "services",
    "light_industry",
)
CATEGORIES = (
    Category("hh,urban", "Urban households", "household"),
    Category("hh rural", "Rural households", "household"),
    Category("lager", "Stock changes", "inventory"),
    Category("政府", "Government", "government"),
    Category("inv", "Investment", "investment"),
    Category("?", "Whatever else", "other"),
)
STRESSORS = (
    Stressor("co2", "Carbon dioxide", "kt"),
    Stressor("CO2", "Carbon dioxide by another count", "Mt"),
    Stressor("ch4_é", "Methane", "t"),
    Stressor("jobs", "Employment", "person"),
    Stressor("levy", "Carbon levy paid", "currency"),
)

# what an author may ask to mind
CAVEAT = 'Nobody measured <b>any</b> of it, "say" & all of it is drawn.'


@dataclass(frozen=True)
class Size:
    """How large a system is and what it holds."""

    regions: int = 8  # ranked ones
    sectors: int = 4
    categories: int = 4
    has_remainder: bool = True
    has_rest_of_world: bool = True
    has_value_added: bool = True
    has_exports: bool = True
    has_imports: bool = True
    has_direct: bool = True
    known_gdp: str = "all"  # or "some", "none"
    has_twins: bool = True  # two regions without output, equal per head to the last bit
    has_sellout: bool = False  # a region that only runs its stocks down
    currency_unit: float = 1e6


def labels(size: Size) -> System:
    """Return a system without years."""
    parents = (None, "North", "Süd")
    regions = [
        Region(
            ODD_IDS[k],
            f"Region {ODD_IDS[k]}",
            "city",
            parents[k % 3],
            ENGLISH.get(ODD_IDS[k]),
        )
        for k in range(size.regions)
    ]
    if size.has_remainder:
        regions.insert(2, Region("rest, of", "All the others", "remainder", "North"))
    if size.has_rest_of_world:
        regions.append(Region("ROW", "Rest of the world", "rest_of_world"))
    if size.has_twins:
        regions += [
            Region("twin_b", "Second twin", "county", "Süd"),
            Region("twin_a", "First twin", "province", "Süd"),
        ]
    sectors = [
        Sector(SECTOR_IDS[i], f"Sector, {i}", GROUPS[i % len(GROUPS)], i == 0)
        for i in range(size.sectors)
    ]
    return System(
        regions=regions,
        sectors=sectors,
        categories=list(CATEGORIES[: size.categories]),
        stressors=list(STRESSORS),
        years={},
        currency_unit=size.currency_unit,
    )


def technology(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return coefficients with column sums below 0.75 and many zeros."""
    A = rng.exponential(size=(n, n)) * (rng.random((n, n)) < 0.5)
    sums = A.sum(axis=0)
    return A / np.where(sums > 0, sums, 1.0) * rng.uniform(0.05, 0.75, size=n)


def zero_output_producers(rng: np.random.Generator, system: System) -> np.ndarray:
    """Mark those without any output: some at random, and all of the twins."""
    is_zero = rng.random(len(system.producers)) < 0.15
    for k, (region_id, _) in enumerate(system.producers):
        if region_id.startswith("twin"):
            is_zero[k] = True
    is_zero[0] = False  # some output is left
    return is_zero


def demand(
    rng: np.random.Generator, system: System, is_zero: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return final demand, and purchases of producers without output."""
    n, R, C = len(system.producers), len(system.regions), len(system.categories)
    Y = rng.lognormal(1.0, 1.0, size=(n, R, C)) * (rng.random((n, R, C)) < 0.6)
    for c, category in enumerate(system.categories):
        if category.group == "inventory":
            Y[:, :, c] *= rng.normal(0.0, 0.2, size=(n, R))
    for s, region in enumerate(system.regions):
        if region.id.startswith("twin"):
            Y[:, s] = 0.0
    Y[is_zero] = 0.0
    bought = rng.exponential(size=(n, n)) * (rng.random((n, n)) < 0.3)
    bought[:, ~is_zero] = 0.0
    bought[is_zero] = 0.0
    return Y, bought


def sell_out(system: System, Y: np.ndarray) -> None:
    """Let the last ranked region consume less than nothing: a negative footprint."""
    ranked = [s for s, region in enumerate(system.regions) if region.is_ranked]
    stocks = [c for c, cat in enumerate(system.categories) if cat.group == "inventory"]
    Y[:, ranked[-1], :] = 0.0
    Y[:, ranked[-1], stocks[0]] = -0.05 * Y.sum(axis=(1, 2)).clip(min=0.0)


def destock(
    rng: np.random.Generator,
    system: System,
    is_zero: np.ndarray,
    A: np.ndarray,
    Y: np.ndarray,
) -> int | None:
    """Let one producer live off its stocks: a negative output that is not zero."""
    stocks = [c for c, cat in enumerate(system.categories) if cat.group == "inventory"]
    selling = np.flatnonzero(~is_zero)
    if not stocks or len(selling) < 4:
        return None
    k = selling[len(selling) // 2]
    A[k] = 0.0
    A[:, k] = np.where(is_zero, 0.0, -rng.exponential(0.02, size=len(is_zero)))
    A[k, k] = 0.0
    Y[k] = 0.0
    Y[k, 0, stocks[0]] = -0.5
    return int(k)


def random_year(rng: np.random.Generator, system: System, size: Size) -> Year:
    """Return one year; who has no output emits and buys, but sells nothing."""
    n, R, C = len(system.producers), len(system.regions), len(system.categories)
    is_zero = zero_output_producers(rng, system)
    A = technology(rng, n)
    A[is_zero] = 0.0
    A[:, is_zero] = 0.0
    Y, bought = demand(rng, system, is_zero)
    if size.has_sellout:
        sell_out(system, Y)
    exports = np.where(is_zero, 0.0, rng.exponential(2.0, size=n)) * size.has_exports
    k = destock(rng, system, is_zero, A, Y)
    if k is not None:
        bought[k] = 0.0
        exports[k] = 0.0
    x = np.linalg.solve(
        np.eye(n) - A, Y.sum(axis=(1, 2)) + exports + bought.sum(axis=1)
    )
    Z = A * x + bought
    misprinted = rng.random(n) < 0.1
    misprinted[0] = True
    twins = [region.id.startswith("twin") for region in system.regions]
    emissions, direct = {}, {}
    for stressor in system.stressors:
        emissions[stressor.id] = rng.lognormal(2.5, 1.5, size=n) * (rng.random(n) < 0.8)
        own = rng.exponential(size=(R, C)) * (rng.random((R, C)) < 0.5)
        direct[stressor.id] = own * size.has_direct
        equal_per_head(system, emissions[stressor.id], direct[stressor.id])
    return Year(
        transactions=Z,
        final_demand=Y,
        exports=exports,
        emissions=emissions,
        direct=direct,
        population=population(rng, system, twins),
        gdp=gdp(rng, system, size),
        value_added=value_added(rng, x - Z.sum(axis=0))
        if size.has_value_added
        else None,
        output=x * np.where(misprinted, 1.01, 1.0),
        imports_by_sector=rng.exponential(size=n) * (rng.random(n) < 0.3)
        if size.has_imports
        else None,
        imports_by_category=rng.exponential(size=(R, C)) if size.has_imports else None,
    )


def spread_emissions(
    system: System, number: int, stressor_id: str, factors: list[float]
) -> None:
    """Let regions emit a factor times one intensity for each sector, the nation's."""
    year = system.years[number]
    x = year.transactions.sum(axis=1) + year.final_demand.sum(axis=(1, 2))
    x += year.exports
    for k in range(len(x)):
        r, i = divmod(k, len(system.sectors))
        made = x[k] if x[k] > 1e-6 * x.max() else 0.0
        year.emissions[stressor_id][k] = factors[r] * 1e-3 * (i + 1) * made


def equal_per_head(system: System, F: np.ndarray, D: np.ndarray) -> None:
    """Let the twins emit in proportion to their people, in powers of two."""
    for k, (region_id, _) in enumerate(system.producers):
        if region_id.startswith("twin"):
            F[k] = 0.0
    for s, region in enumerate(system.regions):
        if region.id.startswith("twin"):
            D[s] = 0.0
            D[s, 0] = 0.25 if region.id == "twin_a" else 0.125


def population(
    rng: np.random.Generator, system: System, twins: list[bool]
) -> list[int | None]:
    """Return whole persons; the blocks that are not ranked may have none."""
    people: list[int | None] = []
    for region, is_twin in zip(system.regions, twins, strict=True):
        if is_twin:
            people.append(4096 if region.id == "twin_a" else 2048)
        elif region.is_ranked or region.type == "remainder":
            people.append(int(rng.integers(1_000, 100_000)))
        else:
            people.append(None)
    return people


def gdp(rng: np.random.Generator, system: System, size: Size) -> list[float | None]:
    """Return GDP in single units, with gaps where the size says so."""
    amounts: list[float | None] = [
        float(rng.lognormal(20.0, 1.0)) for _ in system.regions
    ]
    gaps = {"all": [], "some": range(1, len(amounts), 4), "none": range(len(amounts))}
    for s in gaps[size.known_gdp]:
        amounts[s] = None
    return amounts


def know_some_mixes(rng: np.random.Generator, year: Year, share: float = 0.25) -> None:
    """Let some of the buyers know what they import, and give a good back."""
    if year.imports_by_sector is None:
        return
    imports = np.concatenate([year.imports_by_sector, year.imports_by_category.ravel()])
    S = len(year.transactions) // len(year.imports_by_category)
    mix = rng.exponential(size=(S, len(imports))) * (
        rng.random((S, len(imports))) < 0.7
    )
    mix[0] += 0.1
    mix[-1] -= 0.05
    known = imports * (rng.random(len(imports)) < share)
    year.imported_products = mix / mix.sum(axis=0) * known


def value_added(rng: np.random.Generator, total: np.ndarray) -> np.ndarray:
    """Split the residual of the columns into two components, negative ones too."""
    share = rng.uniform(0.2, 0.9, size=len(total))
    return np.stack([total * share, total * (1 - share)])


def random_system(seed: int, size: Size | None = None, years: int = 1) -> System:
    """Return a system of independent random years, the same for the same seed.

    With several years the last is left without value added, and nobody emits the
    third stressor in it.
    """
    size = size or Size()
    rng = np.random.Generator(np.random.PCG64(seed))
    system = labels(size)
    for offset in range(years):
        year = random_year(rng, system, size)
        # apart, so that what else is drawn does not depend on it
        know_some_mixes(np.random.Generator(np.random.PCG64([seed, offset])), year)
        system.years[2010 + 3 * offset] = year
    if years > 1:
        last = system.years[max(system.years)]
        last.value_added = None
        quiet = system.stressors[2].id
        last.emissions[quiet] = np.zeros_like(last.emissions[quiet])
        last.direct[quiet] = np.zeros_like(last.direct[quiet])
    return system


def add_groups(system: System, seed: int, numbers: list[int]) -> None:
    """Give regions groups of people in some years, in every way that is legal.

    Some regions have none, some have categories of the table, the others rows of
    sectors, labels or all, with a region or without, which rows of the region replace.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    sectors = [sector.id for sector in system.sectors]
    system.labels += [("some, goods", sector) for sector in sectors[1:3]]
    levels = [(sector, None) for sector in sectors]
    levels += [(None, "some, goods"), (None, None), ("DIRECT", None)]
    for number in numbers:
        nations: dict[str, set[str]] = {}
        for region, people in zip(
            system.regions, system.years[number].population, strict=True
        ):
            kind = rng.random() if people else 0.0
            if kind < 0.2:
                continue
            is_category = kind < 0.4
            nation = "all" if system.country != "WLD" else region.parent or region.id
            groups = groups_of(rng, system, nation, is_category=is_category)
            shares = rng.dirichlet(np.ones(len(groups))) * rng.uniform(0.991, 1.009)
            for k, (group, category) in enumerate(groups):
                # in every second year some incomes are not known
                is_known = number in numbers[::2] or rng.random() < 0.8
                income = float(rng.lognormal(9, 1)) if is_known else None
                row = (number, region.id, group, f"Group {k}", k, people * shares[k])
                system.household_groups.append((*row, income, category))
            if not is_category:
                names = [group for group, _ in groups]
                nations.setdefault(nation, set()).update(names)
                system.household_spending += [
                    row
                    for level in levels
                    if rng.random() < 0.25
                    for row in spending(rng, number, region.id, names, level)
                ]
        system.household_spending += [
            row
            for names in nations.values()
            for level in levels
            if rng.random() < 0.4
            for row in spending(rng, number, None, sorted(names), level)
        ]


def groups_of(
    rng: np.random.Generator, system: System, nation: str, *, is_category: bool
) -> list[tuple[str, str | None]]:
    """Return groups of a region, with the categories that they are."""
    if not is_category:
        return [(f"{nation} {k}", None) for k in range(rng.integers(1, 4))]
    theirs = [c.id for c in system.categories if c.group == "household"]
    named = rng.permutation(theirs)[: rng.integers(1, len(theirs) + 1)]
    return [(f"by {category}", str(category)) for category in named]


def spending(
    rng: np.random.Generator,
    number: int,
    region: str | None,
    groups: list[str],
    level: tuple[str | None, str | None],
) -> list[tuple]:
    """Return what groups spend, some of them nothing, and now and then none."""
    values = rng.exponential(size=len(groups)) * (rng.random(len(groups)) < 0.8)
    values *= rng.random() < 0.9
    return [
        (number, region, group, *level, float(value))
        for group, value in zip(groups, values, strict=True)
        # who has no row emits nothing itself
        if level[0] != "DIRECT" or rng.random() < 0.9
    ]


def give_back(system: System, number: int) -> None:
    """Let the first region's households sell more of a product than they buy."""
    year, S = system.years[number], len(system.sectors)
    theirs = [c for c, cat in enumerate(system.categories) if cat.group == "household"]
    year.final_demand[S - 1 :: S, 0, theirs] = 0.0
    year.final_demand[S - 1 :: S, 0, theirs[0]] = -0.1 * year.exports[S - 1 :: S]


def sizes() -> st.SearchStrategy[Size]:
    """Draw what a system holds."""
    return st.builds(
        Size,
        regions=st.integers(4, 6),
        sectors=st.integers(1, 4),
        categories=st.integers(1, 4),
        has_remainder=st.booleans(),
        has_rest_of_world=st.booleans(),
        has_value_added=st.booleans(),
        has_exports=st.booleans(),
        has_direct=st.booleans(),
        has_twins=st.booleans(),
        currency_unit=st.sampled_from([1.0, 1e3, 1e6]),
    )


def random_systems(max_years: int = 2) -> st.SearchStrategy[System]:
    """Draw whole systems."""
    return st.builds(
        random_system,
        seed=st.integers(0, 2**32 - 1),
        size=sizes(),
        years=st.integers(1, max_years),
    )
