"""People in space: provinces, cities, sizes, distances, income, invented names.

The syllables of names are put together so that the results can be said aloud and belong
to no language. Names do not depend on the seed: the first city of every synthetic
dataset has the same name.
"""

from dataclasses import dataclass
from math import gcd

import numpy as np

from carbonshed.synthetic.facts import BASE_YEAR, targets
from carbonshed.synthetic.random_numbers import normals, scores, uniforms

_CITY_STARTS = (
    "Vosk", "Quel", "Zar", "Threl", "Olv", "Yim", "Drav", "Ulph", "Keth", "Xan",
    "Brun", "Iskw", "Phal", "Gwel", "Mirv", "Jorb", "Czel", "Ebr", "Snav", "Wurl",
    "Tazh", "Aldw", "Hlor",
)  # fmt: skip
_CITY_MIDDLES = (
    "ami", "ebro", "indo", "ovu", "uska", "arre", "ilmo", "ozha", "ukri", "eptu",
    "aulo", "igga", "omve",
)  # fmt: skip
_CITY_ENDS = ("thar", "qua", "vix", "lund", "zeth", "drim", "phon", "gash", "wyn",
              "broth", "squen")  # fmt: skip
_PROVINCE_STARTS = (
    "Thalv", "Qor", "Vess", "Dzim", "Ulgr", "Iphr", "Zhol", "Ekw", "Morv", "Jask",
    "Yeld",
)  # fmt: skip
_PROVINCE_ENDS = ("onquia", "arvia", "uldia", "imbria", "ethnia", "ozzia", "aphia")


def city_name(number: int) -> str:
    """Return the invented name of city `number`, counted from 0."""
    return _name(number, (_CITY_STARTS, _CITY_MIDDLES, _CITY_ENDS))


def province_name(number: int) -> str:
    """Return the invented name of province `number`, counted from 0."""
    return _name(number, (_PROVINCE_STARTS, _PROVINCE_ENDS))


def _name(number: int, parts: tuple[tuple[str, ...], ...]) -> str:
    """Walk all combinations once, in steps that change every syllable.

    The lists have coprime lengths, so the remainders of one counter meet in every
    combination before any comes back (the Chinese remainder theorem).
    """
    size = 1
    for part in parts:
        if gcd(size, len(part)) != 1:
            raise ValueError("lists of syllables need coprime lengths")
        size *= len(part)
    cycle, position = divmod(number, size)
    name = "".join(part[position % len(part)] for part in parts)
    return f"{name} {cycle + 1}" if cycle else name


FULL_CITIES, FULL_PROVINCES, FULL_REMAINDERS = 309, 31, 4

# the land: an ellipse, in degrees; its eastern edge is the coast
CENTRE_LONGITUDE, CENTRE_LATITUDE = 109.0, 33.0
RADIUS_LONGITUDE, RADIUS_LATITUDE = 11.0, 8.0
KM_PER_DEGREE = 111.2
INTERNAL_DISTANCE = 60.0  # km between two addresses of one city

# rank-size law with a flat top; pure Zipf gives a first city of 209 million
RANK_SHIFT, RANK_EXPONENT, TAIL_BEND = 5.0, 0.62, 0.45

INCOME_LOG_SD = 0.50
INCOME_SKEW = 0.10

# drift of cities in five years, beyond the nation: log of people, by one standard
# deviation of income and by chance; log of GDP per head, the part of its distance
# from the mean that goes, and chance
YEARS_OF_DRIFT = 5
PEOPLE_PULL, PEOPLE_LOG_SD = 0.014, 0.067
INCOME_CONVERGENCE, INCOME_DRIFT_SD = 0.04, 0.06


@dataclass(frozen=True)
class Geography:
    """The regions: cities by province and size, remainder regions last."""

    names: tuple[str, ...]  # invented
    ids: tuple[str, ...]
    parents: tuple[str, ...]  # name of the province
    is_remainder: np.ndarray  # (R,): regions that only complete the nation
    province: np.ndarray  # (R,), int: number of the province
    longitude: np.ndarray  # (R,), degrees
    latitude: np.ndarray  # (R,), degrees
    population: np.ndarray  # (R,), int; sums to the published total
    gdp: np.ndarray  # (R,), million CNY: the aim of the location of industries
    # (R,) by port, coal, ore, farm, brain: standard scores that industries follow
    fields: dict[str, np.ndarray]

    @property
    def income(self) -> np.ndarray:
        """Return the log of GDP per head, national mean 0, shape (R,)."""
        national = self.gdp.sum() / self.population.sum()
        return np.log(self.gdp / self.population / national)


def counts(cities: int) -> tuple[int, int]:
    """Return the numbers of provinces and of remainder regions.

    Both shrink with the square root of the number of cities, so that small
    datasets still have several cities in a province: 31 and 4 for 309 cities,
    10 and 1 for 30, 4 and 1 for 6, 2 and 0 for 2.
    """
    scale = min(1.0, (cities / FULL_CITIES) ** 0.5)
    provinces = max(1, min(cities, round(FULL_PROVINCES * scale)))
    return provinces, round(FULL_REMAINDERS * scale)


def build_geography(cities: int, seed: int, year: int = BASE_YEAR) -> Geography:
    """Lay out the land, the people and their income.

    Places, names and fields are the same in every year; people and GDP drift.
    """
    n_provinces, n_remainders = counts(cities)
    province_longitude, province_latitude = _province_centres(n_provinces)
    # remainders complete the provinces farthest from the coast
    inland = np.argsort(province_longitude, kind="stable")[:n_remainders]
    city_province = _provinces_of_cities(cities, n_provinces, seed)
    order = np.argsort(city_province, kind="stable")  # within, the largest first
    province = np.concatenate([city_province[order], np.sort(inland)])
    n = len(province)
    is_remainder = np.arange(n) >= cities
    longitude = province_longitude[province] + 1.3 * normals(seed, "longitude", n)
    latitude = province_latitude[province] + 1.1 * normals(seed, "latitude", n)

    size = np.concatenate([_city_sizes(cities)[order], np.ones(n_remainders)])
    size[is_remainder] = size[~is_remainder].mean()
    fields = _fields(longitude, latitude, size, seed)
    income = _income(fields, province, seed)
    income[is_remainder] = np.minimum(income[is_remainder], -0.3)
    size, income = _drift(size, income, seed, year)
    population = whole_numbers(size, round(targets(year)["population"]))
    gdp = population * np.exp(income)
    gdp *= targets(year)["value_added"] / gdp.sum()
    names, ids, parents = _labels(order, province, is_remainder)
    return Geography(
        names, ids, parents, is_remainder, province, longitude, latitude, population,
        gdp, fields,
    )  # fmt: skip


def distances(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Return great-circle kilometres between regions, (R, R).

    The internal distance of a region is added as the other side of a right angle: no
    distance is below it.
    """
    phi, lam = np.radians(latitude), np.radians(longitude)
    half = (
        np.sin((phi[:, None] - phi) / 2) ** 2
        + np.cos(phi[:, None]) * np.cos(phi) * np.sin((lam[:, None] - lam) / 2) ** 2
    )
    arc = 2 * np.arcsin(np.sqrt(half))
    return np.hypot(np.degrees(arc) * KM_PER_DEGREE, INTERNAL_DISTANCE)


def _province_centres(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Spread the provinces evenly over the ellipse, as a sunflower its seeds."""
    positions = np.arange(n) + 0.5
    radius, angle = np.sqrt(positions / n), positions * np.pi * (3 - 5**0.5)
    return (
        CENTRE_LONGITUDE + RADIUS_LONGITUDE * radius * np.cos(angle),
        CENTRE_LATITUDE + RADIUS_LATITUDE * radius * np.sin(angle),
    )


def _provinces_of_cities(cities: int, provinces: int, seed: int) -> np.ndarray:
    """Give each province one of the largest cities, then spread the others.

    One province in eight is a single city, like a municipality.
    """
    capitals = np.argsort(uniforms(seed, "capitals", provinces), kind="stable")
    weights = 0.3 + uniforms(seed, "province weights", provinces)
    weights[capitals[: provinces // 8]] = 0.0
    edges = np.cumsum(weights) / weights.sum()
    rest = np.searchsorted(edges, uniforms(seed, "provinces", cities - provinces))
    return np.concatenate([capitals, np.minimum(rest, provinces - 1)])


def _city_sizes(cities: int) -> np.ndarray:
    rank = np.arange(1, cities + 1)
    law = (rank + RANK_SHIFT) ** -RANK_EXPONENT
    return law * (1.0 - TAIL_BEND * (rank / cities) ** 4)


def whole_numbers(weights: np.ndarray, total: int) -> np.ndarray:
    """Share out a total in whole numbers by positive weights and largest remainders."""
    exact = weights / weights.sum() * total
    whole = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return whole


def _fields(
    longitude: np.ndarray, latitude: np.ndarray, size: np.ndarray, seed: int
) -> dict[str, np.ndarray]:
    """Return the fields that industries follow, as standard scores."""
    east = (longitude - CENTRE_LONGITUDE) / RADIUS_LONGITUDE
    north = (latitude - CENTRE_LATITUDE) / RADIUS_LATITUDE
    coast = np.sqrt(np.maximum(1.0 - north**2, 0.05))

    def land(topic: str) -> np.ndarray:
        return _waves(east, north, seed, topic)

    return {
        "port": scores(east - coast),
        "coal": scores(0.6 * north - 0.3 * east + land("coal")),
        "ore": scores(-0.2 * east + land("ore")),
        "farm": scores(0.2 * east - 0.6 * np.log(size) + land("farm")),
        "brain": scores(np.log(size) + 0.3 * land("brain")),
    }


def _waves(east: np.ndarray, north: np.ndarray, seed: int, topic: str) -> np.ndarray:
    """Return a smooth random field: a sum of waves in random directions."""
    angle, phase, length = uniforms(seed, f"waves {topic}", 3, 8)
    number = np.pi * (1.0 + 2.0 * length)
    direction = number * np.array([np.cos(np.pi * angle), np.sin(np.pi * angle)])
    argument = east[:, None] * direction[0] + north[:, None] * direction[1]
    return np.cos(argument + 2 * np.pi * phase).sum(axis=1) / 2.0


def _income(
    fields: dict[str, np.ndarray], province: np.ndarray, seed: int
) -> np.ndarray:
    """Return log GDP per head up to a constant, shape (R,).

    Income rises towards the coast, with size and with coal; provinces differ.
    Normal scores fix its spread, a quadratic term lengthens the upper tail.
    """
    latent = (
        0.50 * fields["port"]
        + 0.30 * fields["brain"]
        + 0.20 * fields["coal"]
        + 0.35 * normals(seed, "income of provinces", province.max() + 1)[province]
        + 0.55 * normals(seed, "income", len(province))
    )
    score = scores(latent)
    return INCOME_LOG_SD * (score + INCOME_SKEW * (score**2 - 1.0))


def _drift(
    size: np.ndarray, income: np.ndarray, seed: int, year: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return sizes and log GDP per head of a year from those of the base year.

    A city that grows goes on growing, before the base year and after it.
    """
    periods = (year - BASE_YEAR) / YEARS_OF_DRIFT
    pull = PEOPLE_PULL * (income - income.mean()) / income.std()
    people = pull + PEOPLE_LOG_SD * normals(seed, "drift of people", len(size))
    wealth = INCOME_DRIFT_SD * normals(seed, "drift of income", len(size))
    wealth -= INCOME_CONVERGENCE * (income - income.mean())
    return size * np.exp(periods * people), income + periods * wealth


def _labels(
    order: np.ndarray, province: np.ndarray, is_remainder: np.ndarray
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    names, ids = [], []
    parents = tuple(province_name(int(number)) for number in province)
    seen: dict[str, int] = {}
    for position, parent in enumerate(parents):
        if is_remainder[position]:
            names.append(f"Rest of {parent}")
            ids.append(f"{parent}-rest")
        else:
            seen[parent] = seen.get(parent, 0) + 1
            names.append(city_name(int(order[position])))
            ids.append(f"{parent}-{seen[parent]:02d}")
    return tuple(names), tuple(ids), parents
