"""Energy and CO2 that the same product takes in different cities."""

import numpy as np

from carbonshed.synthetic.facts import BASE_YEAR, sectors, targets
from carbonshed.synthetic.geography import Geography
from carbonshed.synthetic.streams import normals
from carbonshed.synthetic.technology import Nation

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
