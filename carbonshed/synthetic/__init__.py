"""An invented economy at the size of a real one: the dataset ``synthetic``.

It shows the system at full size and reproduces nothing. docs/synthetic.md says
how it is made and which published totals it has.
"""

from collections.abc import Sequence
from typing import Any

from carbonshed.dataset.store import Dataset, DatasetWriter
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import explain_write_error
from carbonshed.names import SYNTHETIC_NAME, validate_name
from carbonshed.progress import Progress, no_progress
from carbonshed.synthetic.economy import build_economy
from carbonshed.synthetic.facts import (
    BASE_YEAR,
    build_concordance,
    exchange_rates,
    totals_year,
)
from carbonshed.synthetic.geography import FULL_CITIES
from carbonshed.synthetic.write import MILLION, write_flows, write_small_tables
from carbonshed.text import listing

DEFAULT_SEED = 2012
MIN_CITIES = 2
FORMAT = "synthetic"

_SMALLER = (
    "choose a smaller size (`carbonshed synthesize --cities 30 --sectors 8 "
    "--name NAME`)"
)


def synthesize(
    name: str = SYNTHETIC_NAME,
    cities: int = FULL_CITIES,
    sectors: int = 42,
    seed: int = DEFAULT_SEED,
    year: int = BASE_YEAR,
    years: Sequence[int] | None = None,
    progress: Progress = no_progress,
) -> Dataset:
    """Make a synthetic dataset and store it; the same arguments give the same dataset.

    Parameters
    ----------
    name
        Name of the dataset. An earlier one of that name is replaced if it is
        synthetic too.
    cities
        At least 2. Provinces and remainder regions come with them: 31 and 4 for 309.
    sectors
        From 7 (one for each sector group) to 42.
    seed
        Seed of the random streams, not negative.
    year
        The year of the rows. The totals are those of that year if it is 2007,
        2012 or 2017, and else those of 2012.
    years
        Several years in place of one, each with totals of its own: 2007, 2012, 2017.
        Regions keep ids, names and places; people and GDP move.

    Raises
    ------
    CarbonshedError
        When an argument is out of range, the name is not allowed or that of a dataset
        that is not synthetic, another process writes the same dataset, or the disk is
        full.
    """
    validate_name(name)
    dates = [year] if years is None else sorted(years)
    _check(cities, seed, dates)
    if years is not None:
        _check_years(dates)
    concordance = build_concordance(sectors)
    with (
        DatasetWriter(name) as writer,
        explain_write_error(
            f"dataset {name}", writer.partial, writer.partial, _SMALLER
        ),
    ):
        _refuse_another(writer.earlier())
        progress("balancing the economy", 0.0)
        models = {
            date: build_economy(cities, seed, totals_year(date)) for date in dates
        }
        progress("writing the tables", 0.15)
        write_small_tables(writer, models, concordance)
        write_flows(
            writer,
            models,
            concordance,
            lambda part: progress("writing the flows", 0.2 + 0.8 * part),
        )
        is_remainder = models[dates[0]].land.is_remainder
        return writer.commit(
            _descriptor(name, is_remainder.size, sectors, seed, dates),
            format=FORMAT,
            notes=_notes(cities, int(is_remainder.sum()), sectors, seed, dates),
        )


def make_shipped(name: str, progress: Progress) -> Dataset:
    """Make the dataset of that name that comes with the project."""
    progress(f"making an invented economy of {FULL_CITIES} cities", 0.0)
    return synthesize(name)


def _refuse_another(earlier: Dataset | None) -> None:
    """Refuse to replace a dataset that is not synthetic."""
    if earlier is None:
        return
    made_by = earlier.descriptor["carbonshed"]["format"]
    if made_by != FORMAT:
        raise CarbonshedError(
            f"dataset {earlier.name!r} is there already and is not synthetic (format "
            f"{made_by!r}: {earlier.title}); choose another name, or move "
            f"{earlier.path} away first"
        )


def _check(cities: int, seed: int, dates: list[int]) -> None:
    if cities < MIN_CITIES:
        raise CarbonshedError(
            f"a synthetic dataset cannot have {cities} cities: expected "
            f"{MIN_CITIES} or more"
        )
    if seed < 0:
        raise CarbonshedError(f"seed {seed} is negative: expected 0 or more")
    for year in dates:
        if not 1 <= year <= 9999:
            raise CarbonshedError(f"year {year} is out of range: expected 1 to 9999")


def _check_years(dates: list[int]) -> None:
    published = exchange_rates()
    if not dates:
        raise CarbonshedError(
            f"no year is given: expected some of {listing(sorted(published))}"
        )
    for year in dates:
        if year not in published:
            raise CarbonshedError(
                f"there are no published totals of {year} here: years are "
                f"{listing(sorted(published))}; with `year` alone, one year bears any "
                f"number and has the totals of {BASE_YEAR}"
            )
        if dates.count(year) > 1:
            raise CarbonshedError(f"year {year} is given twice")


def _totals_of(dates: list[int]) -> str:
    """Return the source of the totals of the years, for a sentence."""
    return listing(sorted({totals_year(date) for date in dates}))


def _descriptor(
    name: str, regions: int, sectors: int, seed: int, dates: list[int]
) -> dict[str, Any]:
    several = f", {listing(dates)}" if len(dates) > 1 else ""
    return {
        "name": name,
        "title": (
            f"Synthetic multi-regional input-output table: {regions} invented "
            f"regions x {sectors} sectors{several}"
        ),
        "licenses": [
            {
                "name": "CC0-1.0",
                "title": "CC0 1.0 Universal",
                "path": "https://creativecommons.org/publicdomain/zero/1.0/",
            }
        ],
        "sources": [
            {
                "title": (
                    f"Carbonshed's synthetic economy, seed {seed}; invented, "
                    "scaled to published national totals of China "
                    f"{_totals_of(dates)}"
                )
            }
        ],
        "mrio": {
            "currency": "CNY",
            "currency_unit": MILLION,
            "price_basis": "producer prices, current",
            "country": "CHN",
            "synthetic": True,
            "currency_per_usd": {
                str(date): exchange_rates()[totals_year(date)] for date in dates
            },
        },
    }


def _notes(
    cities: int, remainders: int, sectors: int, seed: int, dates: list[int]
) -> list[str]:
    notes = [
        f"made from seed {seed} with {cities} cities, {remainders} remainder "
        f"regions and {sectors} sectors; every number is invented",
        f"the national totals are those of China {_totals_of(dates)}; the error term "
        "of a published table is in inventories",
        "the population of the nation includes the remainder regions",
    ]
    if len(dates) > 1:
        notes.append(
            "regions keep ids, names and places over the years, people and GDP drift; "
            "money is in prices of its year; the make-up of inputs, of each kind of "
            f"final demand and of imports is that of {BASE_YEAR} in every year"
        )
    return notes
