"""Tenths of households of the states, beside what another program found of them.

It solved the states as they were before power was traded by what the EIA publishes;
`compile` still makes them of the statistics that lie beside its results.
"""

import csv
import shutil

import duckdb
import pytest

pytestmark = [pytest.mark.real, pytest.mark.slow]
# digits that the files print
ROUNDED = {"population": 0.06, "net_gain": 0.51}


@pytest.fixture(scope="module")
def states(project, real_data, tmp_path_factory):
    shared, groups = real_data / "usa_states_2016", real_data / "usa_households_2016"
    folder = tmp_path_factory.mktemp("statistics") / "states"
    shutil.copytree(shared / "states", folder, copy_function=shutil.copyfile)
    folder.chmod(0o755)
    for table in ("household_groups", "household_spending"):
        shutil.copyfile(groups / f"{table}.csv", folder / f"{table}.csv")
    nation = ("csv-matrix", str(shared / "table"), "--map", str(shared / "map.yml"))
    emissions = ("--emissions", str(shared / "co2.csv"))
    name = ("--name", "nation_2016")
    project.run("carbonshed", "ingest", *nation, *emissions, *name).must_pass()
    names = ("--parent", "nation_2016", "--name", "states_2016")
    project.run("carbonshed", "compile", str(folder), *names).must_pass()
    with duckdb.connect(project.build("states_2016"), read_only=True) as connection:
        connection.sql("use marts")
        yield connection


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_tenths_cause_spend_and_bear_what_another_program_found(states, real_data):
    expected = read(real_data / "usa_households_2016" / "expected_groups.csv")
    names = [*expected[0]][2:]
    rows = states.sql(f"""
        select region_id, group_id, {", ".join(names)}
        from household_group_footprints
        inner join carbon_price_by_group using (year, stressor_id, region_id, group_id)
        where stressor_id = 'co2' and price_id = 'all'
    """).fetchall()
    found = {row[:2]: dict(zip(names, row[2:], strict=True)) for row in rows}
    assert len(found) == len(expected) == 510
    for row in expected:
        for name in names:
            assert found[row["region_id"], row["group_id"]][name] == pytest.approx(
                float(row[name]), rel=1e-6, abs=ROUNDED.get(name, 0)
            ), (row, name)


def test_their_inequality_and_tenths_are_those_of_another_program(states, real_data):
    compared = 0
    for row in read(real_data / "usa_households_2016" / "expected_tables.csv"):
        table, price = row["table"], row["price_id"]
        column, _, tenth = row["column"].partition(" ")
        if table == "carbon_price_groups_summary":
            table = "carbon_price_summary"
            # of groups there, of regions here
            if column in ("burden", "concentration_index"):
                continue
        query = f"select {column} from {table} where stressor_id = 'co2'"
        query += f" and price_id = '{price}'" if price else ""
        query += f" and tenth = {tenth}" if tenth else ""
        ((value,),) = states.sql(query).fetchall()
        assert value == pytest.approx(float(row["value"]), rel=1e-12, abs=1e-15), row
        compared += 1
    assert compared == 62
