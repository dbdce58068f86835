"""The published figures that are shipped, against the series that they are from."""

import csv
from pathlib import Path

import pytest
from support.printed import printed

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
SEED = SEEDS / "comparators.csv"
TONNES_CO2_PER_TONNE_CARBON = 3.664


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def comparators() -> dict[str, float]:
    return {
        row["comparator_id"]: float(row["tonnes_per_person"])
        for row in read_rows(SEED)
        if (row["stressor_id"], row["year"]) == ("co2", "2012")
    }


@pytest.fixture
def series(real_data):
    """Return million tonnes of carbon by year and country, in both accounts."""
    folder = real_data / "country_population_gdp_emissions"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: it holds the Global Carbon Budget")

    columns = {"Consumption": "Consumption-Emissions", "Territorial": "Emissions"}
    return {
        account: {
            (row["Year"], row["Code"]): row[column]
            for row in read_rows(folder / f"GCB2019_{account.lower()}-emissions.csv")
        }
        for account, column in columns.items()
    }


@pytest.mark.real
@pytest.mark.parametrize(
    ("comparator", "account", "code", "million_people", "digits"),
    [
        ("world", "Consumption", "World", 7140, 2),
        ("united_states_consumption", "Consumption", "USA", 314, 1),
        ("united_states_territorial", "Territorial", "USA", 314, 1),
        ("china_consumption", "Consumption", "CHN", 1354, 2),
        ("china_territorial", "Territorial", "CHN", 1354, 1),
    ],
)
def test_comparators_are_those_of_the_global_carbon_budget(
    comparator, account, code, million_people, digits, comparators, series
):
    carbon = float(series[account]["2012", code])
    per_person = carbon * TONNES_CO2_PER_TONNE_CARBON / million_people
    assert per_person == printed(comparators[comparator], digits)


def test_only_these_comparators_are_shipped(comparators):
    assert comparators == {
        "world": 4.87,
        "united_states_consumption": 18.4,
        "united_states_territorial": 17.1,
        "china_consumption": 6.05,
        "china_territorial": 7.1,
    }
    assert len(read_rows(SEED)) == len(comparators)
    assert all(row["source"] for row in read_rows(SEED))


@pytest.mark.real
def test_published_footprints_are_as_printed(series):
    rows = read_rows(SEEDS / "published_footprints.csv")
    # the 40 countries of one release of WIOD, the 43 of the other, eight years
    assert len(rows) == 43 * 8
    for row in rows:
        at = row["year"], row["country_id"]
        assert row["territorial_mtc"] == series["Territorial"][at]
        assert row["consumption_mtc"] == series["Consumption"][at]
