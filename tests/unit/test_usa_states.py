"""The shipped states of the USA: figures of offices, and what is made of them."""

import csv
import filecmp
from pathlib import Path

import duckdb
import numpy as np
import pytest
from support.refusals import refused

from carbonshed.usa_states import DATA, make_shipped
from carbonshed.usa_states.figures import write_folders

EXPECTED = Path(__file__).parents[1] / "support" / "usa_states"
MADE = ("table", "states", "world_states", "co2.csv")
# share of goods that stays in its state: 0.371 by the Freight Analysis Framework 5 of
# 2017, 0.336 by the Commodity Flow Survey of 2017
OWN_SHARE_OF_GOODS = 0.36


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("usa_states"))
        Path("dbt_project.yml").touch()
        yield make_shipped("usa_states")


def test_folders_follow_from_the_sources_byte_by_byte(tmp_path):
    write_folders(tmp_path)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.*"))
    shipped = sorted(
        path.relative_to(DATA)
        for part in MADE
        for path in (
            [DATA / part] if (DATA / part).is_file() else (DATA / part).iterdir()
        )
    )
    assert made == shipped
    for path in made:
        assert filecmp.cmp(tmp_path / path, DATA / path, shallow=False), path
    with refused(f"{tmp_path / 'table'}: is not an empty folder"):
        write_folders(tmp_path)


def test_sources_are_named(states):
    named = (DATA / "SOURCE.txt").read_text()
    for path in (DATA / "sources").iterdir():
        assert path.name in named
    assert "public domain" in states.descriptor["licenses"][0]["title"]


def test_accounts_equal_those_of_an_independent_solution(states):
    """The expected ones were computed apart from this project, from its table."""
    with (EXPECTED / "expected_accounts.csv").open() as file:
        expected = {
            row["region_id"]: (
                float(row["production_emissions"]),
                float(row["consumption_footprint"]),
            )
            for row in csv.DictReader(file)
        }
    production, footprint = _accounts(states, sorted(expected))
    published = np.array([expected[region] for region in sorted(expected)])
    assert np.column_stack([production, footprint]) == pytest.approx(
        published, rel=1e-8
    )


def test_states_keep_as_many_of_their_goods_as_freight_surveys_say(states):
    sectors = {row["sector_id"] for row in _rows("states/trade_parameters.csv")}
    with duckdb.connect() as connection:
        (share,) = connection.execute(
            "with named as (from read_parquet($labels) where sector_id in $goods), "
            "deliveries as ("
            " select o.region_id = d.region_id as is_own, t.value"
            " from read_parquet($transactions) as t"
            " inner join named as o on t.origin_id = o.region_sector_id"
            " inner join read_parquet($labels) as d"
            " on t.destination_id = d.region_sector_id"
            " union all"
            " select o.region_id = y.region_id, y.value"
            " from read_parquet($demand) as y"
            " inner join named as o on y.origin_id = o.region_sector_id"
            ") select sum(value) filter (is_own) / sum(value) from deliveries",
            {
                "labels": str(states.table("region_sectors")),
                "goods": sorted(sectors),
                "transactions": str(states.table("transactions")),
                "demand": str(states.table("final_demand")),
            },
        ).fetchone()
    assert share == pytest.approx(OWN_SHARE_OF_GOODS, abs=0.005)


def _accounts(dataset, regions):
    """Return production emissions and footprints, in tonnes, by a plain solve."""

    def columns(table, *names):
        rows = dataset.read(table, list(names))
        return [rows[name].to_numpy() for name in names]

    index = {name: position for position, name in enumerate(regions)}
    (owners,) = columns("region_sectors", "region_id")
    owner = np.array([index[region] for region in owners])
    flows = np.zeros((owner.size, owner.size))
    suppliers, buyers, values = columns(
        "transactions", "origin_id", "destination_id", "value"
    )
    flows[suppliers, buyers] = values
    demand = np.zeros((owner.size, len(regions)))
    suppliers, buyers, values = columns(
        "final_demand", "origin_id", "region_id", "value"
    )
    np.add.at(demand, (suppliers, [index[region] for region in buyers]), values)
    exports, emissions = np.zeros(owner.size), np.zeros(owner.size)
    positions, values = columns("exports", "region_sector_id", "value")
    exports[positions] = values
    positions, values = columns("emissions", "region_sector_id", "value")
    emissions[positions] = values * 1e3  # kilotonnes
    output = flows.sum(axis=1) + demand.sum(axis=1) + exports
    divisor = np.where(output, output, 1.0)
    totals = np.linalg.solve(
        (np.eye(owner.size) - flows / divisor).T, emissions / divisor
    )
    homes, values = columns("direct_emissions", "region_id", "value")
    direct = np.bincount([index[region] for region in homes], values * 1e3)
    production = np.bincount(owner, emissions, len(regions))
    return production + direct, totals @ demand + direct


def _rows(name):
    with (DATA / name).open() as file:
        return list(csv.DictReader(file))
