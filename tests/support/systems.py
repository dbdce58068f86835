"""A multi-regional system in memory, as plain as the method texts describe it.

Producers are pairs of region and sector in row-major order: producer
``r * len(sectors) + i`` is sector ``i`` of region ``r``. Money is in the units of
the table, emissions in the unit of their stressor, GDP in single currency units.
"""

from dataclasses import dataclass, field

import numpy as np

UNRANKED_TYPES = ("remainder", "rest_of_world")
TONNES = {"kg": 1e-3, "t": 1.0, "kt": 1e3, "Mt": 1e6, "Gt": 1e9}


@dataclass(frozen=True)
class Region:
    """One region, with the fields of the contract's ``regions``."""

    id: str
    name: str
    type: str = "city"
    parent: str | None = None
    name_en: str | None = None

    @property
    def is_ranked(self) -> bool:
        """Whether the region takes part in rankings."""
        return self.type not in UNRANKED_TYPES


@dataclass(frozen=True)
class Sector:
    """One sector."""

    id: str
    name: str
    group: str = "services"
    is_power_supply: bool = False


@dataclass(frozen=True)
class Category:
    """One category of final demand."""

    id: str
    name: str
    group: str = "household"


@dataclass(frozen=True)
class Stressor:
    """One stressor in the unit of its file."""

    id: str
    name: str
    unit: str = "t"

    @property
    def is_mass(self) -> bool:
        """Whether the unit is a mass."""
        return self.unit in TONNES


@dataclass
class Year:
    """The numbers of one year; n producers, R regions, C categories."""

    transactions: np.ndarray  # (n, n)
    final_demand: np.ndarray  # (n, R, C)
    exports: np.ndarray  # (n,)
    emissions: dict[str, np.ndarray]  # stressor -> (n,)
    direct: dict[str, np.ndarray]  # stressor -> (R, C)
    population: list[int | None]  # (R,)
    gdp: list[float | None]  # (R,)
    value_added: np.ndarray | None = None  # (components, n)
    output: np.ndarray | None = None  # (n,), what the table itself says
    imports_by_sector: np.ndarray | None = None  # (n,)
    imports_by_category: np.ndarray | None = None  # (R, C)
    # imports by product where it is known, (sectors, n + R C); else a column is 0
    imported_products: np.ndarray | None = None


@dataclass
class System:
    """Labels and the years."""

    regions: list[Region]
    sectors: list[Sector]
    categories: list[Category]
    stressors: list[Stressor]
    years: dict[int, Year]
    currency: str = "EUR"
    currency_unit: float = 1.0
    country: str = "WLD"
    is_synthetic: bool = False
    caveat: str = ""
    currency_per_usd: dict[int, float] = field(default_factory=dict)
    components: list[str] = field(default_factory=lambda: ["wages", "surplus"])
    # impact -> stressor -> tonnes of the impact per tonne, as its owner gives them
    impacts: dict[str, dict[str, float]] = field(default_factory=dict)
    # year, stressor, sector, value; None means all
    import_intensities: list[tuple] = field(default_factory=list)
    # year, sector, region, price index; None means all
    deflators: list[tuple] = field(default_factory=list)
    # price, its amount, region, sector, covered share, direct emissions; None means all
    carbon_prices: list[tuple] = field(default_factory=list)
    # charge, kind, region or sector, value
    border_charges: list[tuple] = field(default_factory=list)
    # label, sector
    labels: list[tuple] = field(default_factory=list)
    # year, region, group, name, rank, people, income per head or None, category or None
    household_groups: list[tuple] = field(default_factory=list)
    # year, region, group, sector, label, value; None means all
    household_spending: list[tuple] = field(default_factory=list)
    # year, stressor, region, amount, unit, extent, what it leaves out or None, source
    official_footprints: list[tuple] = field(default_factory=list)
    # closed rings of points, degrees east and north, counterclockwise, by region
    outlines: dict[str, list[list[float]]] = field(default_factory=dict)

    @property
    def producers(self) -> list[tuple[str, str]]:
        """Region and sector of every producer, in order."""
        return [(r.id, i.id) for r in self.regions for i in self.sectors]

    def block(self, region: int) -> slice:
        """Return the positions of the producers of a region."""
        return slice(region * len(self.sectors), (region + 1) * len(self.sectors))

    @property
    def has_value_added(self) -> bool:
        """Whether any year holds value added."""
        return any(year.value_added is not None for year in self.years.values())
