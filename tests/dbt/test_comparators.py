"""The published figures that are shipped, against the series that they are from."""

import csv
import re
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


@pytest.mark.real
def test_every_figure_is_carbon_over_people_as_its_source_says(series):
    """The carbon is the series'; people are those that the source prints."""
    accounts = {"world": ("Territorial", "World")} | {
        f"{name}_{account.lower()}": (account, code)
        for name, code in (("united_states", "USA"), ("china", "CHN"))
        for account in ("Consumption", "Territorial")
    }
    rows = read_rows(SEED)
    told = re.compile(r"of ([\d,.]+) MtC x 3\.664, over ([\d,.]+) (million|billion)")
    for row in rows:
        account, code = accounts[row["comparator_id"]]
        carbon, people, size = told.search(row["source"]).groups()
        carbon, people = (float(text.replace(",", "")) for text in (carbon, people))
        assert carbon == float(series[account][row["year"], code])
        million = people * (1000 if size == "billion" else 1)
        digits = len(row["tonnes_per_person"].partition(".")[2])
        per_person = carbon * TONNES_CO2_PER_TONNE_CARBON / million
        assert per_person == printed(float(row["tonnes_per_person"]), digits), row


def test_every_year_from_2000_has_its_comparators():
    """Consumption is published to 2017, the rest to 2018."""
    found = {(row["year"], row["comparator_id"]) for row in read_rows(SEED)}
    ids = {name for _, name in found}
    assert len(ids) == 5
    expected = {(str(year), name) for year in range(2000, 2019) for name in ids}
    assert expected - found == {
        ("2018", "united_states_consumption"),
        ("2018", "china_consumption"),
    }
    assert found <= expected


def test_only_these_comparators_are_shipped_of_2012(comparators):
    assert comparators == {
        "world": 4.87,
        "united_states_consumption": 18.4,
        "united_states_territorial": 17.1,
        "china_consumption": 6.05,
        "china_territorial": 7.1,
    }
    assert all(row["source"] for row in read_rows(SEED))


@pytest.mark.real
def test_published_footprints_are_as_printed(series):
    rows = read_rows(SEEDS / "published_footprints.csv")
    # the countries of both releases of WIOD, 40 and three more, until consumption ends
    years, countries = ({row[key] for row in rows} for key in ("year", "country_id"))
    assert years == {str(year) for year in range(2000, 2018)}
    assert len(countries) == 43
    assert len({(row["year"], row["country_id"]) for row in rows}) == len(rows)
    assert len(rows) == 43 * 18
    for row in rows:
        at = row["year"], row["country_id"]
        assert row["territorial_mtc"] == series["Territorial"][at]
        assert row["consumption_mtc"] == series["Consumption"][at]
