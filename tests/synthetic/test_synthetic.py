"""The stored synthetic datasets: totals, balance, sizes, arguments."""

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from support.commands import run_command
from support.printed import printed
from support.refusals import refusal_of, refused
from typer.testing import CliRunner

from carbonshed.audit.run import audit_dataset
from carbonshed.cli import _commands
from carbonshed.dataset.contract import SECTOR_GROUPS
from carbonshed.dataset.store import Dataset, list_datasets
from carbonshed.synthetic import synthesize
from tools import synthetic_totals

# of 2007, 2012 and 2017: trillion CNY, million people and Gt of CO2, rounded apart from
# the tables' digits
FIGURES = {
    "output": (81.886, 160.163, 225.773),
    "value_added": (26.604, 53.680, 82.322),
    "rural_households": (2.432, 4.522, 6.474),
    "urban_households": (7.224, 15.331, 25.569),
    "government": (3.519, 7.318, 12.375),
    "fixed_capital": (10.544, 23.775, 35.915),
    "inventories": (0.548 + 0.186, 1.064 + 0.205, 0.531),
    "exports": (9.554, 13.667, 16.385),
    "imports": (7.402, 12.203, 14.927),
    "population": (1321.290, 1354.000, 1390.080),
    "co2": (6.86, 9.63, 9.84),
}
PUBLISHED = {
    year: {name: figures[k] for name, figures in FIGURES.items()}
    for k, year in enumerate((2007, 2012, 2017))
}

SIZES = {"two": (2, 7), "least": (3, 7), "tiny": (30, 8), "deep": (6, 42)}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Work in a folder of its own: datasets go to its data folder."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "dbt_project.yml").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


@pytest.fixture(scope="module")
def datasets(home):
    """All sizes, by name."""
    return {
        name: synthesize(name=name, cities=cities, sectors=sectors)
        for name, (cities, sectors) in SIZES.items()
    }


@pytest.fixture(params=list(SIZES))
def dataset(request, datasets):
    """One size after the other."""
    return datasets[request.param]


def column(dataset: Dataset, table: str, name: str) -> np.ndarray:
    return pq.read_table(dataset.table(table))[name].to_numpy()


def by_cell(dataset: Dataset, table: str, key: str, size: int) -> np.ndarray:
    """Sum a table by one of its integer keys."""
    return np.bincount(
        column(dataset, table, key),
        weights=column(dataset, table, "value"),
        minlength=size,
    )


def imported_inputs(dataset: Dataset) -> np.ndarray:
    """Return imports by region and sector, in the order of region_sectors."""
    rows = duckdb.sql(
        f"""
        select coalesce(sum(imports.value), 0) as value
        from '{dataset.table("region_sectors")}' as cells
        left join '{dataset.table("imports")}' as imports
            on imports.region_id = cells.region_id
            and imports.sector_id = cells.sector_id
        group by cells.region_sector_id
        order by cells.region_sector_id
        """
    )
    return rows.fetchnumpy()["value"]


def assert_published(compared, year):
    """Compare with totals as printed: trillion CNY, million people, Gt of CO2."""
    assert max(abs(total.relative_error) for total in compared) < 1e-11
    result = {total.target_id: total.result / 1e6 for total in compared}
    assert set(result) == set(PUBLISHED[year])
    for name, value in PUBLISHED[year].items():
        digits = 2 if name == "co2" else 3
        terms = 2 if name == "inventories" else 1
        assert printed(value, digits, terms=terms) == result[name]


def test_published_totals_are_hit_at_once(dataset):
    assert_published(synthetic_totals.compare(dataset), 2012)


def test_gdp_is_income_and_expenditure(dataset):
    gdp = column(dataset, "region_years", "gdp").sum() / 1e6
    bought = column(dataset, "final_demand", "value").sum()
    imports = pq.read_table(dataset.table("imports")).to_pandas()
    final_imports = imports.loc[imports.category_id.notna(), "value"].sum()
    exports = column(dataset, "exports", "value").sum()
    expenditure = bought + final_imports + exports - imports["value"].sum()
    assert gdp == pytest.approx(expenditure, rel=1e-11)


def test_rows_and_columns_balance(dataset):
    n = pq.read_metadata(dataset.table("region_sectors")).num_rows
    output = by_cell(dataset, "output", "region_sector_id", n)
    sales = (
        by_cell(dataset, "transactions", "origin_id", n)
        + by_cell(dataset, "final_demand", "origin_id", n)
        + by_cell(dataset, "exports", "region_sector_id", n)
    )
    costs = (
        by_cell(dataset, "transactions", "destination_id", n)
        + imported_inputs(dataset)
        + by_cell(dataset, "value_added", "region_sector_id", n)
    )
    assert output.max() > 0
    np.testing.assert_allclose(sales, output, rtol=1e-12)
    np.testing.assert_allclose(costs, output, rtol=1e-12)


def test_value_added_is_positive_and_the_system_is_productive(dataset):
    n = pq.read_metadata(dataset.table("region_sectors")).num_rows
    output = by_cell(dataset, "output", "region_sector_id", n)
    inputs = by_cell(dataset, "transactions", "destination_id", n)
    value_added = by_cell(dataset, "value_added", "region_sector_id", n)
    runs = output > 0
    assert (value_added[runs] / output[runs]).min() > 0.07
    assert (inputs[runs] / output[runs]).max() < 0.93  # bounds the spectral radius


def test_no_value_is_negative_zero_or_missing(dataset):
    for table in (
        "transactions",
        "final_demand",
        "exports",
        "imports",
        "value_added",
        "output",
        "emissions",
        "direct_emissions",
    ):
        values = column(dataset, table, "value")
        assert len(values) > 0
        assert np.isfinite(values).all()
        assert (values > 0).all()


def test_absent_industries_have_no_row_no_column_and_no_emissions(datasets):
    deep = datasets["deep"]
    n = pq.read_metadata(deep.table("region_sectors")).num_rows
    absent = by_cell(deep, "output", "region_sector_id", n) == 0
    # of 6 cities: coal in round(2.7), oil in round(4.5), ore in round(2.1) and
    # refining in round(1.5), halves to the even number
    assert absent.sum() == 3 + 4 + 2 + 2
    for table, key in (
        ("transactions", "origin_id"),
        ("transactions", "destination_id"),
        ("final_demand", "origin_id"),
        ("exports", "region_sector_id"),
        ("value_added", "region_sector_id"),
        ("emissions", "region_sector_id"),
    ):
        assert not by_cell(deep, table, key, n)[absent].any()
    assert not imported_inputs(deep)[absent].any()


def test_transactions_are_complete_and_sorted(dataset):
    origin = column(dataset, "transactions", "origin_id").astype(np.int64)
    destination = column(dataset, "transactions", "destination_id")
    n = pq.read_metadata(dataset.table("region_sectors")).num_rows
    assert (np.diff(origin * n + destination) > 0).all()
    running = pq.read_metadata(dataset.table("output")).num_rows
    assert len(origin) == running**2  # everyone buys a little from everyone


@pytest.mark.parametrize(
    ("name", "cities", "remainders", "provinces"),
    [("two", 2, 0, 2), ("least", 3, 0, 3), ("tiny", 30, 1, 10), ("deep", 6, 1, 4)],
)
def test_regions_scale_down(datasets, name, cities, remainders, provinces):
    types = column(datasets[name], "regions", "region_type").tolist()
    assert types.count("city") == cities
    assert types.count("remainder") == remainders
    assert len(types) == cities + remainders
    assert len(set(column(datasets[name], "regions", "parent_region_id"))) == provinces


def test_every_size_keeps_all_sector_groups(dataset):
    assert set(column(dataset, "sectors", "sector_group")) == set(SECTOR_GROUPS)
    assert column(dataset, "sectors", "is_power_supply").sum() == 1


def test_fewer_sectors_are_sums_of_the_full_list(home):
    few = synthesize(name="few", cities=3, sectors=7, seed=5)
    full = synthesize(name="all", cities=3, sectors=42, seed=5)
    query = """
        select
            origin.region_id as origin_region_id,
            origin_sector.sector_group as origin_group,
            destination.region_id as destination_region_id,
            destination_sector.sector_group as destination_group,
            sum(flows.value) as value
        from '{0}/transactions.parquet' as flows
        inner join '{0}/region_sectors.parquet' as origin
            on flows.origin_id = origin.region_sector_id
        inner join '{0}/region_sectors.parquet' as destination
            on flows.destination_id = destination.region_sector_id
        inner join '{0}/sectors.parquet' as origin_sector
            on origin.sector_id = origin_sector.sector_id
        inner join '{0}/sectors.parquet' as destination_sector
            on destination.sector_id = destination_sector.sector_id
        group by 1, 2, 3, 4
        order by 1, 2, 3, 4
    """
    seven = duckdb.sql(query.format(few.path)).fetchnumpy()["value"]
    grouped = duckdb.sql(query.format(full.path)).fetchnumpy()["value"]
    assert len(seven) == 21**2
    np.testing.assert_allclose(seven, grouped, rtol=1e-10)


def test_the_same_arguments_give_the_same_dataset(home):
    one = synthesize(name="one", cities=4, sectors=9, seed=7)
    two = synthesize(name="two-again", cities=4, sectors=9, seed=7)
    other = synthesize(name="other", cities=4, sectors=9, seed=8)
    for table in ("regions", "region_years", "transactions", "emissions", "imports"):
        assert pq.read_table(one.table(table)).equals(pq.read_table(two.table(table)))
    values = column(one, "transactions", "value")
    assert not np.allclose(values, column(other, "transactions", "value"), rtol=1e-3)


def test_every_output_is_marked_synthetic(dataset):
    row = pq.read_table(dataset.table("dataset")).to_pylist()[0]
    assert row["is_synthetic"] is True
    assert row["title"].startswith("Synthetic")
    assert "synthetic" in row["source"]
    assert (row["currency"], row["currency_unit"]) == ("CNY", 1e6)
    assert (row["country"], row["licence"]) == ("CHN", "CC0 1.0 Universal")
    rates = pq.read_table(dataset.table("exchange_rates")).to_pylist()
    assert rates == [{"year": 2012, "currency_per_usd": 6.3125}]


@pytest.fixture(scope="module")
def decade(home):
    """Three years of one economy, as the command makes them."""
    size = ("--cities", "6", "--sectors", "9", "--years", "2017,2007,2012")
    run_command("synthesize", "--name", "decade", *size)
    return {dataset.name: dataset for dataset in list_datasets()}["decade"]


@pytest.mark.parametrize("year", PUBLISHED)
def test_every_year_has_its_published_totals(decade, year):
    assert_published(synthetic_totals.compare(decade, year), year)


def test_every_year_is_a_whole_table(decade):
    assert decade.years == [2007, 2012, 2017]
    checks = audit_dataset(decade).checks
    # nobody has put a price on emissions there, or told rich from poor
    skipped = {
        *("carbon_prices_meet_emissions", "border_charges_are_limited"),
        *("household_groups_hold_people", "household_spending_complete"),
        "household_groups_plausible",
    }
    assert {check.check_id for check in checks if check.status != "PASS"} == skipped
    assert {check.status for check in checks} == {"PASS", "SKIPPED"}
    rates = pq.read_table(decade.table("exchange_rates")).to_pylist()
    assert rates == [
        {"year": 2007, "currency_per_usd": 7.604},
        {"year": 2012, "currency_per_usd": 6.3125},
        {"year": 2017, "currency_per_usd": 6.7518},
    ]


def test_the_base_year_of_several_is_that_of_one(decade):
    alone = synthesize(name="alone", cities=6, sectors=9)
    for name in ("regions", "sectors"):
        assert pq.read_table(decade.table(name)).equals(
            pq.read_table(alone.table(name))
        )
    for name in ("region_years", "transactions", "final_demand", "emissions", "output"):
        of_year = pq.read_table(decade.table(name), filters=[("year", "==", 2012)])
        assert of_year.equals(pq.read_table(alone.table(name)))


def test_cities_stay_and_move_apart(decade):
    rows = pq.read_table(decade.table("region_years")).to_pandas()
    people = rows.pivot_table("population", "region_id", "year")
    gdp = rows.pivot_table("gdp", "region_id", "year")
    regions = pq.read_table(decade.table("regions"))["region_id"].to_pylist()
    assert sorted(people.index) == sorted(regions)
    for table in (people, gdp):
        shares = table / table.sum()
        growth = shares[2017] / shares[2007]
        assert growth.min() < 0.98
        assert growth.max() > 1.02
        # who grows goes on growing: what there was is between what was and what is
        assert ((shares[2012] - shares[2007]) * (shares[2017] - shares[2012])).min() > (
            -1e-4
        )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("2007,2008", "no published totals of 2008 here: years are 2007, 2012, 2017"),
        ("2007,2007", "year 2007 is given twice"),
        ("2007-2012", "expected years with commas"),
        ("", "expected years with commas"),
    ],
)
def test_years_that_are_not_published_are_refused(home, words, message):
    arguments = ["synthesize", "--name", "refused", "--cities", "3", "--sectors", "7"]
    assert message in refusal_of(run_command, *arguments, "--years", words)


def test_a_table_of_somebody_else_is_not_replaced(home):
    mine = synthesize(name="mine", cities=2, sectors=7)
    descriptor = mine.path / "datapackage.json"
    text = descriptor.read_text("utf-8")
    descriptor.write_text(text.replace('"format": "synthetic"', '"format": "tidy"'))
    with refused(r"'mine' is there already.*'tidy'"):
        synthesize(name="mine", cities=3, sectors=7)
    descriptor.write_text(text)
    assert synthesize(name="mine", cities=3, sectors=7).rows["regions"] == 3


def test_progress_runs_from_nothing_to_all(home):
    parts = []
    synthesize(
        name="watched", cities=3, sectors=7, progress=lambda _, part: parts.append(part)
    )
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0.0, pytest.approx(1.0))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"cities": 1}, "1 cities"),
        ({"sectors": 6}, "6 sectors"),
        ({"sectors": 43}, "43 sectors"),
        ({"seed": -1}, "seed -1"),
        ({"year": 0}, "year 0"),
        ({"name": "main"}, "'main' is reserved"),
    ],
)
def test_what_cannot_be_made_is_refused(home, arguments, words):
    size = {"name": "refused", "cities": 3, "sectors": 7}
    with refused(words):
        synthesize(**{**size, **arguments})
    assert "refused" not in [dataset.name for dataset in list_datasets()]


def test_a_full_disk_is_said_in_words_and_leaves_the_earlier_dataset(home, monkeypatch):
    before = synthesize(name="kept", cities=2, sectors=7)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("carbonshed.synthetic.write_flows", full)
    with refused("dataset kept: no space left on the disk.*choose a smaller size"):
        synthesize(name="kept", cities=3, sectors=7)
    kept = {dataset.name: dataset for dataset in list_datasets()}["kept"]
    assert kept.dataset_id == before.dataset_id


def test_the_command_makes_the_size_asked_for(home):
    size = ("--cities", "3", "--sectors", "8", "--seed", "1", "--year", "2013")
    result = CliRunner().invoke(_commands, ["synthesize", "--name", "mini", *size])
    assert result.exit_code == 0
    assert "'mini': 3 regions x 8 sectors, 576 transactions" in result.output
    assert "dbt build --vars 'dataset: mini'" in result.output
    dated = {dataset.name: dataset for dataset in list_datasets()}["mini"]
    for table in ("transactions", "final_demand", "output", "region_years", "imports"):
        assert set(column(dated, table, "year")) == {2013}


def test_totals_are_printed_side_by_side(datasets, capsys):
    assert synthetic_totals.main(["tiny"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "| total | target | result | relative error |"
    assert lines[2].startswith("| output | 160,162,708.34 | 160,162,708.34 |")
    assert len(lines) == 2 + 11


def test_totals_of_a_missing_dataset_are_refused(home, capsys):
    assert synthetic_totals.main(["nowhere"]) == 1
    assert capsys.readouterr().err.startswith("error: there is no dataset 'nowhere'")
