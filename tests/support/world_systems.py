"""Small worlds whose totals are those of the real one, so that units can be checked.

A few regions and sectors under the labels of a format; demand adds up to world GDP and
CO2 to the world's, so a reader that compares totals finds nothing to object to.
"""

from dataclasses import dataclass

import numpy as np

from support.systems import Category, Region, Sector, Stressor, System, Year

GDP_2010 = 66.5e12  # USD; International Monetary Fund
CO2_2010 = 33.15e9  # t; Global Carbon Budget
EUR_2010 = 1.3257  # USD; European Central Bank


@dataclass(frozen=True)
class Labels:
    """The labels of a format and what its numbers are in."""

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    categories: tuple[str, ...]
    components: tuple[str, ...]
    currency: str = "USD"
    currency_unit: float = 1e6
    usd: float = 1.0
    stressor: str = "co2"
    unit: str = "kt"
    tonnes: float = 1e3


def world(labels: Labels, seed: int = 0, number: int = 2010) -> System:
    """Return a system of one year; A is drawn first, so it is solvable."""
    rng = np.random.Generator(np.random.PCG64(seed))
    R, S, C = len(labels.regions), len(labels.sectors), len(labels.categories)
    n = R * S
    demand = rng.lognormal(0, 1, (n, R, C)) * (rng.random((n, R, C)) < 0.8)
    demand[:, :, -1] *= rng.choice([-0.1, 0.1], (n, R))  # stocks go up and down
    demand *= GDP_2010 / labels.usd / labels.currency_unit / demand.sum()
    coefficients = rng.random((n, n)) * (rng.random((n, n)) < 0.7)
    coefficients *= rng.uniform(0.3, 0.6, n) / np.maximum(coefficients.sum(axis=0), 1)
    output = np.linalg.solve(np.eye(n) - coefficients, demand.sum(axis=(1, 2)))
    transactions = coefficients * output
    added = output - transactions.sum(axis=0)
    shares = rng.dirichlet(np.ones(len(labels.components)), n).T
    emissions = rng.lognormal(0, 2, n)
    direct = np.zeros((R, C))
    direct[:, 0] = rng.lognormal(0, 1, R)
    scale = CO2_2010 / labels.tonnes
    emissions *= 0.9 * scale / emissions.sum()
    direct *= 0.1 * scale / direct.sum()
    year = Year(
        transactions=transactions,
        final_demand=demand,
        exports=np.zeros(n),
        emissions={labels.stressor: emissions},
        direct={labels.stressor: direct},
        population=[int(p) for p in rng.integers(10**6, 10**9, R)],
        gdp=[float(g) for g in rng.uniform(1e9, 1e12, R).round()],
        value_added=added * shares,
    )
    return System(
        regions=[Region(r, r, "country") for r in labels.regions],
        sectors=[Sector(s, s) for s in labels.sectors],
        categories=[Category(c, c) for c in labels.categories],
        stressors=[Stressor(labels.stressor, labels.stressor, labels.unit)],
        years={number: year},
        currency=labels.currency,
        currency_unit=labels.currency_unit,
        components=list(labels.components),
    )


def write_indicators(system: System, path: object) -> object:
    """Write population and GDP as the option ``--indicators`` takes them."""
    lines = ["year,region_id,population,gdp"]
    for number, year in system.years.items():
        for k, region in enumerate(system.regions):
            lines.append(f"{number},{region.id},{year.population[k]},{year.gdp[k]!r}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
