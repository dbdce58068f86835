"""The default dataset: an invented economy at the size of a real one.

It shows the system at full size and reproduces nothing. docs/synthetic.md says
how it is made and which published totals it has.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from carbonshed.dataset.names import SYNTHETIC_NAME, validate_name
from carbonshed.dataset.store import Dataset, DatasetWriter
from carbonshed.errors import CarbonshedError
from carbonshed.synthetic.concordance import build_concordance
from carbonshed.synthetic.economy import build_economy
from carbonshed.synthetic.geography import FULL_CITIES
from carbonshed.synthetic.write import MILLION, write_flows, write_small_tables
from carbonshed.text import Progress, no_progress

DEFAULT_SEED = 2012
FEWEST_CITIES = 2
CNY_PER_USD = 6.3125  # average of 2012


def synthesize(
    name: str = SYNTHETIC_NAME,
    cities: int = FULL_CITIES,
    sectors: int = 42,
    seed: int = DEFAULT_SEED,
    year: int = 2012,
    progress: Progress = no_progress,
) -> Dataset:
    """Make a synthetic dataset and store it.

    Parameters
    ----------
    name : str
        Name of the dataset; an earlier one of that name is replaced.
    cities : int
        Number of cities, at least 2. Provinces and remainder regions come with
        them: 31 and 4 for 309 cities.
    sectors : int
        From 7 (one for each sector group) to 42.
    seed : int
        Seed of the random streams, not negative. The same arguments give the
        same dataset.
    year : int
        The year that the rows bear. The totals are those of 2012 whatever it is.
    progress : callable, optional
        Takes what is being done and the share of all work that is done, 0 to 1.

    Returns
    -------
    Dataset
        The stored dataset.

    Raises
    ------
    CarbonshedError
        When an argument is out of range, the name is not allowed, another process
        writes the same dataset, or the disk is full.
    """
    validate_name(name)
    _check(cities, seed, year)
    wanted = build_concordance(sectors)
    progress("balancing the economy", 0.0)
    model = build_economy(cities, seed)
    progress("writing the tables", 0.15)
    with DatasetWriter(name) as writer, _plain_errors(name):
        write_small_tables(writer, model, wanted, year)
        write_flows(
            writer,
            model,
            wanted,
            year,
            lambda part: progress("writing the flows", 0.2 + 0.8 * part),
        )
        return writer.commit(
            _descriptor(name, model.land.is_remainder.size, sectors, seed, year),
            format="synthetic",
            notes=_notes(cities, int(model.land.is_remainder.sum()), sectors, seed),
        )


@contextmanager
def _plain_errors(name: str) -> Iterator[None]:
    """Turn a full disk or a read-only folder into a refusal."""
    try:
        yield
    except OSError as error:
        raise CarbonshedError(
            f"dataset {name!r} cannot be written: {error}; make room or choose a "
            "smaller size (`carbonshed synthesize --cities 30 --sectors 8 --name NAME`)"
        ) from None


def _check(cities: int, seed: int, year: int) -> None:
    if cities < FEWEST_CITIES:
        raise CarbonshedError(
            f"a synthetic dataset cannot have {cities} cities: expected "
            f"{FEWEST_CITIES} or more"
        )
    if seed < 0:
        raise CarbonshedError(f"seed {seed} is negative: expected 0 or more")
    if not 1 <= year <= 9999:
        raise CarbonshedError(f"year {year} is out of range: expected 1 to 9999")


def _descriptor(
    name: str, regions: int, sectors: int, seed: int, year: int
) -> dict[str, Any]:
    return {
        "name": name,
        "title": (
            f"Synthetic multi-regional input-output table: {regions} invented "
            f"regions x {sectors} sectors"
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
                    "scaled to published national totals of China 2012"
                )
            }
        ],
        "mrio": {
            "currency": "CNY",
            "currency_unit": MILLION,
            "price_basis": "producer prices, current",
            "country": "CHN",
            "synthetic": True,
            "currency_per_usd": {str(year): CNY_PER_USD},
        },
    }


def _notes(cities: int, remainders: int, sectors: int, seed: int) -> list[str]:
    return [
        f"made from seed {seed} with {cities} cities, {remainders} remainder "
        f"regions and {sectors} sectors; every number is invented",
        "the national totals are those of China 2012; the error term of the "
        "published table (0.205 trillion CNY) is in inventories",
        "the population of 1,354 million includes the remainder regions",
    ]
