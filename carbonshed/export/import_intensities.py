"""The file `import_intensities` of a country's table, from a built world table."""

import csv
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import duckdb
import numpy as np

from carbonshed.ask.query import open_marts_first, published_path
from carbonshed.dataset.contract import INPUT_TABLES, TONNES_PER_UNIT
from carbonshed.dataset.store import Dataset, open_dataset
from carbonshed.errors import CarbonshedError
from carbonshed.paths import seed_rows
from carbonshed.readers.rows.concordance import (
    CONCORDANCE_FILE,
    Concordance,
    make_concordance,
)
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import open_source
from carbonshed.text import listing, sql_text, suggestion

_MAX_NAMES_SHOWN = 8
Row = tuple[int, str, str, float]


@dataclass(frozen=True)
class ImportIntensities:
    """Emissions abroad per unit of imports, by the sectors of the own table.

    The rows have year, stressor_id, sector_id and value, as in the tidy table; the
    notes are sentences for the user.
    """

    rows: list[Row]
    notes: list[str]

    def csv(self) -> str:
        """Return them as the file."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(INPUT_TABLES["import_intensities"].column_names)
        writer.writerows(self.rows)
        return text.getvalue()


def import_intensities(
    world: str,
    country: str,
    concordance: Path,
    *,
    own: str | None = None,
    year: int | None = None,
    world_year: int | None = None,
) -> ImportIntensities:
    """Return the intensities of a country's imports, from a world table.

    For each sector of the world, total intensities of the partners are weighted with
    their deliveries to the country, to producers and final users alike.

    Parameters
    ----------
    world
        A dataset with many countries, built and published.
    country
        A region of it.
    concordance
        Sectors of the world (``source``), the sectors of the own table that they cover
        (``sector_id``), and ``share`` where there are several.
    own
        The dataset that the file is for: its sectors, stressors and money count.
        Without it, sectors are those of the concordance, units those of the world.
    year, world_year
        The year of the file, and the year of the world that it is taken from; by
        default the years that both have, or all of the world's.

    Raises
    ------
    CarbonshedError
        If anything does not fit; with what to do.
    """
    made_of = open_dataset(world)
    mine = open_dataset(own) if own else None
    with closing(open_marts_first(published_path(world))) as connection:
        _check_country(connection, world, country)
        shares = _read_shares(concordance, mine)
        units = _units(connection, made_of, mine)
        rows: list[Row] = []
        notes: list[str] = []
        for target, taken in _years(made_of, mine, year, world_year):
            money = _money(made_of, mine, target, taken)
            sectors, emissions, deliveries = _imports(
                connection, made_of, country, taken, list(units)
            )
            spread = _spread(shares, sectors, concordance)
            amounts, bought = emissions @ spread, deliveries @ spread
            for sector, (column, total) in zip(
                shares.sector_ids, zip(amounts.T, bought, strict=True), strict=True
            ):
                if total > 0:
                    rows += [
                        (target, stressor, sector, float(value / total * money / unit))
                        for (stressor, unit), value in zip(
                            units.items(), column, strict=True
                        )
                    ]
            lacking = [
                sector
                for sector, total in zip(shares.sector_ids, bought, strict=True)
                if not total > 0
            ]
            if lacking:
                notes.append(
                    f"{target}: {country} imports nothing of"
                    f" {listing(lacking, _MAX_NAMES_SHOWN, quote=True)}, so there are"
                    " no rows: add one where the own table imports it"
                )
            if target != taken:
                notes.append(
                    f"{target}: from {taken}, not adjusted for changes of prices"
                )
    return ImportIntensities(sorted(rows), notes)


def _check_country(
    connection: duckdb.DuckDBPyConnection, world: str, country: str
) -> None:
    rows = connection.sql("select region_id from regions order by 1").fetchall()
    regions = [region for (region,) in rows]
    if country not in regions:
        raise CarbonshedError(
            f"--country: {country!r} is no region of {world}"
            f"{suggestion(country, regions)}; its regions:"
            f" {listing(regions, _MAX_NAMES_SHOWN, quote=True)}"
        )
    if len(regions) < 2:
        raise CarbonshedError(
            f"{world} has one region: expected a table of many countries, whose"
            " deliveries to each other say where imports come from"
        )


def _read_shares(path: Path, mine: Dataset | None) -> Concordance:
    if not path.is_file():
        raise CarbonshedError(f"{path}: no such file (--map)")
    source = open_source(path, CONCORDANCE_FILE)
    rows = read_rows(source, Dimensions())
    if mine is None:
        sectors: Sequence[str] = list(dict.fromkeys(row["sector_id"] for row in rows))
    else:
        labels = mine.read("sectors").sort_by("sector_position")
        sectors = labels["sector_id"].to_pylist()
    return make_concordance(rows, sectors, source.file)


def _units(
    connection: duckdb.DuckDBPyConnection, made_of: Dataset, mine: Dataset | None
) -> dict[str, float]:
    """Return tonnes per unit of every stressor that both have and that is a mass."""
    labels = (mine or made_of).read("stressors").to_pylist()
    rows = connection.sql("select stressor_id from stressors order by 1").fetchall()
    stressors = [stressor for (stressor,) in rows]
    units = {
        row["stressor_id"]: TONNES_PER_UNIT[row["unit"]]
        for row in labels
        if row["unit"] in TONNES_PER_UNIT and row["stressor_id"] in stressors
    }
    if not units:
        ids = [row["stressor_id"] for row in labels]
        raise CarbonshedError(
            f"{made_of.name} has none of the stressors {listing(ids, quote=True)}, as a"
            f" mass; it has {listing(stressors, _MAX_NAMES_SHOWN, quote=True)}"
        )
    return units


def _years(
    made_of: Dataset, mine: Dataset | None, year: int | None, world_year: int | None
) -> list[tuple[int, int]]:
    """Return the years of the file, each with that of the world."""
    world_years = made_of.years
    if world_year is not None:
        if world_year not in world_years:
            raise CarbonshedError(
                f"--world-year: {made_of.name} has no year {world_year}; it has"
                f" {listing(world_years)}"
            )
        return [
            (target, world_year)
            for target in ([year] if year else mine.years if mine else [world_year])
        ]
    years = [year] if year else mine.years if mine else world_years
    missing = [target for target in years if target not in world_years]
    if missing:
        nearest = min(world_years, key=lambda other: (abs(other - missing[0]), other))
        raise CarbonshedError(
            f"{made_of.name} has no year {missing[0]}; it has {listing(world_years)}."
            f" --world-year {nearest} takes the intensities of {nearest}"
        )
    return [(target, target) for target in years]


def _money(made_of: Dataset, mine: Dataset | None, target: int, taken: int) -> float:
    """Return one table unit of the own table in money of the world table."""
    if mine is None:
        return float(made_of.descriptor["mrio"]["currency_unit"])
    unit = float(mine.descriptor["mrio"]["currency_unit"])
    if mine.descriptor["mrio"]["currency"] == made_of.descriptor["mrio"]["currency"]:
        return unit
    return unit * _per_usd(made_of, taken) / _per_usd(mine, target)


def _per_usd(dataset: Dataset, year: int) -> float:
    block = dataset.descriptor["mrio"]
    if block["currency"] == "USD":
        return 1.0
    rates = {
        row["year"]: float(row["currency_per_usd"])
        for row in seed_rows("exchange_rates", "currency_per_usd")
        if row["currency"] == block["currency"]
    } | (block.get("currency_per_usd") or {})
    if str(year) not in rates:
        raise CarbonshedError(
            f"{dataset.name} has no rate of {block['currency']} per USD in {year}:"
            f' give "currency_per_usd": {{"{year}": ...}} in the block `mrio` of its'
            " datapackage.json, and ingest it again"
        )
    return float(rates[str(year)])


def _imports(
    connection: duckdb.DuckDBPyConnection,
    made_of: Dataset,
    country: str,
    year: int,
    stressors: list[str],
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return sectors, emissions embodied in the imports from each, and imports.

    Emissions are (q, k), in tonnes; imports (k,), in single units of the world's
    currency.
    """
    files = {
        table: sql_text(made_of.table(table))
        for table in ("region_sectors", "transactions", "final_demand")
    }
    unit = float(made_of.descriptor["mrio"]["currency_unit"])
    # the publication is open for reading; the dataset is read beside it
    rows = connection.execute(
        f"""
        with buyers as (
            select region_sector_id as destination_id
            from {files["region_sectors"]} where region_id = $country
        ),
        bought as (
            select origin_id, value from {files["transactions"]}
            inner join buyers using (destination_id) where year = $year
            union all
            select origin_id, value from {files["final_demand"]}
            where year = $year and region_id = $country
        ),
        deliveries as (
            select region_id, sector_id, sum(value) * $unit as amount
            from bought
            inner join {files["region_sectors"]} on region_sector_id = origin_id
            where region_id <> $country group by 1, 2
        )
        select
            deliveries.sector_id, stressor_id, sum(total_intensity * amount),
            sum(amount)
        from deliveries
        inner join multipliers using (region_id, sector_id)
        where year = $year and stressor_id in (select unnest($stressors))
        group by 1, 2 order by 1, 2
        """,
        {"country": country, "year": year, "unit": unit, "stressors": stressors},
    ).fetchall()
    if not rows:
        raise CarbonshedError(
            f"the publication of {made_of.name} has no intensities of {year}: build"
            f" it (dbt build --vars 'dataset: {made_of.name}')"
        )
    sectors = list(dict.fromkeys(row[0] for row in rows))
    positions = {sector: k for k, sector in enumerate(sectors)}
    emissions = np.zeros((len(stressors), len(sectors)))
    deliveries = np.zeros(len(sectors))
    for sector, stressor, amount, total in rows:
        emissions[stressors.index(stressor), positions[sector]] = amount
        deliveries[positions[sector]] = total
    return sectors, emissions, deliveries


def _spread(shares: Concordance, sectors: list[str], path: Path) -> np.ndarray:
    """Return the share of each own sector in each of the world's, shape (k, p)."""
    positions = {source: k for k, source in enumerate(shares.sources)}
    unknown = [sector for sector in sectors if sector not in positions]
    if unknown:
        raise CarbonshedError(
            f"{path.name}: {len(unknown)} sectors of the world are not in its column"
            f" `source`: {listing(unknown, _MAX_NAMES_SHOWN, quote=True)}"
            f"{suggestion(unknown[0], positions)}; expected a row for each: what they"
            " deliver is imported too"
        )
    return shares.shares[[positions[sector] for sector in sectors]]


def describe(intensities: ImportIntensities) -> list[str]:
    """Return the number of rows by year and the notes, as lines."""
    years: dict[int, int] = {}
    for year, *_ in intensities.rows:
        years[year] = years.get(year, 0) + 1
    counts = [f"{year}: {count} rows" for year, count in years.items()]
    return [*counts, *intensities.notes]
