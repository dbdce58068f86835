"""Intensities of imports from a world table: by pencil, and what is refused."""

import csv

import duckdb
import pytest
from support.refusals import refusal_of
from support.tiny_folder import TinyFolder
from typer.testing import CliRunner

from carbonshed.cli import _commands
from carbonshed.export import import_intensities as module
from carbonshed.export.import_intensities import import_intensities
from carbonshed.readers.tidy import ingest_tidy

MAP = "source,sector_id,share\n01,farm,\n1,coal,0.75\n1,power,0.25\n"


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """Work in a project with a world of three regions and a table of one.

    The world is in million EUR at 0.8 EUR per USD, with 0.001 t per EUR of the north's
    01, 0.003 of its 1, 0.006 of that of the rest.
    """
    (tmp_path / "dbt_project.yml").touch()
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "exchange_rates.csv").write_text(
        "currency,year,currency_per_usd\nCNY,2012,9\nCNY,2014,6.4\n"
    )
    monkeypatch.chdir(tmp_path)
    folder = TinyFolder(tmp_path / "world")
    folder.add("final_demand", 2012, "north", "01", "south", "hh", 4.0)
    folder.add("final_demand", 2012, "rest", "1", "south", "hh", 9.5)
    ingest_tidy(folder.write(), "world")
    own = TinyFolder(tmp_path / "own")
    for table in list(own.tables):
        if table not in ("stressors", "final_demand_categories"):
            own.tables[table].clear()
    own.add("regions", "us", "Us", None, "country", None, None, None)
    own.add("region_years", 2012, "us", 10, None)
    for sector in ("farm", "coal", "power"):
        own.add("sectors", sector, sector, "energy", None)
        own.add("final_demand", 2012, "us", sector, "us", "hh", 1.0)
        own.add("transactions", 2012, "us", sector, "us", sector, 0.1)
        own.add("emissions", 2012, "co2", "us", sector, 1.0)
    own.descriptor["mrio"] |= {
        "currency": "CNY",
        "currency_unit": 10_000,
        "currency_per_usd": {"2012": 6.4},
    }
    ingest_tidy(own.write(), "own")
    (tmp_path / "map.csv").write_text(MAP)
    monkeypatch.setattr(module, "published_path", lambda name: name)
    monkeypatch.setattr(module, "open_marts_first", lambda path: published())
    return tmp_path


def published() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("""
        create table regions as select unnest(['north', 'south', 'rest']) as region_id;
        create table stressors as select 'co2' as stressor_id;
        create table multipliers as
        from (values
            (2012, 'co2', 'north', '01', 0.001), (2012, 'co2', 'north', '1', 0.003),
            (2012, 'co2', 'rest', '01', 0.0), (2012, 'co2', 'rest', '1', 0.006),
            (2012, 'co2', 'south', '01', 9.0), (2012, 'co2', 'south', '1', 9.0)
        ) as t (year, stressor_id, region_id, sector_id, total_intensity)
    """)
    return connection


def test_by_pencil(project):
    """South buys 4 of 01 from the north; of 1, 20.5 from the north, 9.5 from the rest.

    1: (20.5 x 0.003 + 9.5 x 0.006) / 30 = 0.00395 t per EUR. A unit of 10,000 CNY is
    10,000 / 6.4 USD, 1,250 EUR: 1.25 t and 4.9375 t, in kt.
    """
    found = import_intensities("world", "south", project / "map.csv", own="own")
    assert [row[:3] for row in found.rows] == [
        (2012, "co2", "coal"),
        (2012, "co2", "farm"),
        (2012, "co2", "power"),
    ]
    expected = [0.0049375, 0.00125, 0.0049375]
    assert [row[3] for row in found.rows] == pytest.approx(expected, rel=1e-12)
    assert not found.notes


def test_a_rate_that_the_table_lacks_is_that_of_the_seed(project):
    """The same rate as in 2012, where the table's own counts."""
    ask = {"own": "own", "year": 2014, "world_year": 2012}
    found = import_intensities("world", "south", project / "map.csv", **ask)
    assert found.rows[1][3] == pytest.approx(0.00125, rel=1e-12)
    assert found.notes == ["2014: from 2012, not adjusted for changes of prices"]


def test_sectors_of_the_world_that_become_one_are_weighted(project):
    """01 and half of 1: (4 x 0.001 + 15 x 0.00395) / 19 t per EUR, kt per billion."""
    (project / "map.csv").write_text(
        "source,sector_id,share\n01,all,1\n1,all,0.5\n1,rest,0.5\n"
    )
    found = import_intensities("world", "south", project / "map.csv")
    values = {sector: value for _, _, sector, value in found.rows}
    mixed = (4 * 0.001 + 15 * 0.00395) / 19
    assert values == pytest.approx({"all": 1000 * mixed, "rest": 3.95})


def test_the_file_goes_into_a_tidy_folder(project):
    options = ["--country", "south", "--map", "map.csv", "--for", "own"]
    made = CliRunner().invoke(_commands, ["import-intensities", "world", *options])
    assert made.exit_code == 0, made.output
    assert made.output == "written: import_intensities.csv\n2012: 3 rows\n"
    with (project / "import_intensities.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["sector_id"] for row in rows] == ["coal", "farm", "power"]


@pytest.mark.parametrize(
    ("change", "fragments"),
    [
        ({"country": "sooth"}, ["'sooth' is no region of world", "'south'"]),
        ({"map": "source,sector_id\n1,coal\n"}, ["column `source`", "'01'"]),
        ({"map": MAP + "1,steel,0\n"}, ["'steel'", "not in the table"]),
        ({"map": "source,sector_id,share\n01,farm,0.5\n"}, ["sum to 0.5"]),
        ({"map": None}, ["no such file (--map)"]),
        ({"year": 2013}, ["no year 2013", "--world-year 2012"]),
        ({"year": 2013, "world_year": 2012}, ["CNY per USD in 2013"]),
        ({"world_year": 1999}, ["no year 1999", "2012"]),
    ],
)
def test_what_does_not_fit_is_refused(project, change, fragments):
    change = {**change}
    if "map" in change:
        text = change.pop("map")
        (project / "map.csv").unlink()
        if text:
            (project / "map.csv").write_text(text)
    country = change.pop("country", "south")
    error = refusal_of(
        import_intensities, "world", country, project / "map.csv", own="own", **change
    )
    for fragment in fragments:
        assert fragment in error


def test_what_nobody_delivers_is_named(project):
    (project / "map.csv").write_text("source,sector_id\n01,farm\n1,coal\n")
    found = import_intensities(
        "world", "south", project / "map.csv", own="own", world_year=2012
    )
    assert found.notes == [
        "2012: south imports nothing of 'power', so there are no rows: add one where"
        " the own table imports it"
    ]
