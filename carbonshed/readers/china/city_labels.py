"""Labels of the city table: regions from a file, sectors from the list of the year."""

from dataclasses import dataclass

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.china.names import sector_list_of, sectors_of
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.small_tables import (
    REGION_FILE,
    SECTOR_FILE,
    read_indicators,
    read_labels,
)

# as published; the matrix has a few regions more, which are no cities
PUBLISHED_CITIES = 309

Row = dict


@dataclass
class Labels:
    """Labels of both axes."""

    regions: list[Row]
    sectors: list[Row]
    # all names of each sector, for labels of sheets
    sector_names: list[tuple[str, ...]]
    region_source: str  # for messages
    sector_source: str  # for messages
    population: list[int | None]
    gdp: list[float | None]
    # position of power supply in a list of other years of that length
    other_power: int | None
    decisions: list[Decision]

    @property
    def power(self) -> int | None:
        """The position of power supply, from 0; None without one."""
        return _power(self.sectors)

    def producer(self, position: int) -> str:
        """Return a row of the table as text: region and sector."""
        region, sector = divmod(position, len(self.sectors))
        return (
            f"{self.regions[region]['region_name']} {self.sectors[sector]['sector_id']}"
        )


def read_city_labels(options: IngestOptions, year: int) -> Labels:
    """Read labels of regions and sectors."""
    rows = read_labels(options.regions, REGION_FILE)
    file = options.regions.name
    population = [row.pop("population") for row in rows]
    gdp = [row.pop("gdp") for row in rows]
    decisions = []
    if options.indicators is not None:
        ids = [row["region_id"] for row in rows]
        population, gdp = read_indicators(options.indicators, year, ids)
        decisions.append(
            Decision(
                "people_source", f"population and GDP from {options.indicators.name}"
            )
        )
    cities = sum(row["region_type"] == "city" for row in rows)
    if cities != PUBLISHED_CITIES:
        decisions.append(
            Decision(
                "city_count",
                f"WARNING: {cities} of {len(rows)} regions of {file} are of type city; "
                f"CEADs speaks of {PUBLISHED_CITIES} cities: which regions are not is "
                "for you to say",
            )
        )
    named = sector_list_of(year)
    shipped = [_row(sector) for sector in sectors_of(named)]
    names = [
        (s.sector_name, s.name_zh, s.sector_id, *s.aliases) for s in sectors_of(named)
    ]
    other = next(name for name in ("2012", "2017") if name != named)
    sectors, source = shipped, f"the list of {named}"
    if options.sectors is not None:
        sectors, source = (
            read_labels(options.sectors, SECTOR_FILE),
            options.sectors.name,
        )
        names = [
            (str(row["sector_name"]), str(row["sector_id"]), *more)
            for row, more in zip(sectors, _padded(names, len(sectors)), strict=True)
        ]
        if len(sectors) == len(shipped):
            _check_sector_file(sectors, shipped, source, year)
    decisions.append(
        Decision(
            "labels_source",
            f"{len(rows)} regions from {file}, {len(sectors)} sectors: {source}",
        )
    )
    has_list = len(sectors) == len(shipped)
    return Labels(
        regions=rows,
        sectors=sectors,
        sector_names=names,
        region_source=file,
        sector_source=source,
        population=population,
        gdp=gdp,
        other_power=_power([_row(s) for s in sectors_of(other)]) if has_list else None,
        decisions=decisions,
    )


def _row(sector: object) -> Row:
    return {
        key: getattr(sector, key)
        for key in ("sector_id", "sector_name", "sector_group", "is_power_supply")
    }


def _padded(names: list[tuple[str, ...]], length: int) -> list[tuple[str, ...]]:
    """Return the names of the shipped list, if it is as long as the user's."""
    return names if len(names) == length else [()] * length


def _power(sectors: list[Row]) -> int | None:
    positions = [
        position for position, row in enumerate(sectors) if row["is_power_supply"]
    ]
    return positions[0] if len(positions) == 1 else None


def _check_sector_file(
    sectors: list[Row], shipped: list[Row], file: str, year: int
) -> None:
    """Refuse a list of 42 sectors that is not the one of the year."""
    count = sum(bool(row["is_power_supply"]) for row in sectors)
    if count != 1:
        raise CarbonshedError(
            f"{file}: {count} sectors are power supply; expected is_power_supply to be "
            "true of exactly one of 42"
        )
    position, expected = _power(sectors), _power(shipped)
    name = str(sectors[position]["sector_name"])
    if "电力" not in name and "electric" not in name.casefold():
        raise CarbonshedError(
            f"{file}: position {position + 1}, {name!r}, is marked as power supply; "
            "expected a name with 电力 or 'electric' in it"
        )
    if position != expected:
        raise CarbonshedError(
            f"{file}: power supply is at position {position + 1} ({name!r}); expected "
            f"{expected + 1} in a table of {year}, where position {position + 1} is "
            f"{shipped[position]['sector_name']!r}: this seems to be the list of other "
            "years (codes 22 to 36 changed in 2017)"
        )
