"""A warning where a question mixes alternatives, and none where it does not."""

import shutil
from pathlib import Path

import duckdb
import pytest
from support.tiny_warehouse import published_as
from typer.testing import CliRunner

from carbonshed.ask.query import open_published, run_query
from carbonshed.ask.sql import mixtures
from carbonshed.cli import _commands

WARNING = (
    "warning: accounts has its rows once for each stressor (co2 in t, value_added in"
    " EUR); choose one before you add up, such as: where stressor_id = 'co2'"
)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("toy") / "toy.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(published_as("toy"))
        connection.execute("""
            create table marts.dataset as
                select 'A toy' as title, '' as caveat_note, 'EUR' as currency;
            create table marts.regions as
                select 'r' || range as region_id, 'R' || range as region_name
                from range(3);
            create table marts.stressors (
                stressor_id varchar primary key, stressor_name varchar, unit varchar
            );
            insert into marts.stressors values
                ('co2', 'Carbon dioxide', 't'),
                ('value_added', 'Value added', 'currency');
            create table marts.accounts as
                select year::integer as year, stressor_id, region_id, region_name,
                    1000::bigint as population, 2.5 * year as footprint, unit
                from range(2020, 2022) as years(year)
                cross join marts.stressors cross join marts.regions;
            create table marts.rankings as
                select * from marts.accounts where stressor_id = 'co2';
            create table marts.columns (
                mart varchar, "column" varchar, chooses varchar, if_added_up varchar,
                unit varchar, description varchar, mart_description varchar
            );
            insert into marts.columns by name
            select mart, "column", chooses, if_added_up from (values
                ('quotas', 'scenario_id', 'scenario_id', 'you add up scenarios'),
                ('quotas', 'is_largest', 'scenario_id', 'you add up scenarios'),
                ('statements', 'scenario_id', 'scenario_id', null),
                ('chosen', 'rule_id', 'rule_id', 'regions count once per rule'),
                ('chosen', 'is_default', 'rule_id', 'regions count once per rule'),
                ('passing', 'region_id', 'region_id', 'emissions count again'),
                ('passing', 'region_name', 'region_id', 'emissions count again'))
                as facts(mart, "column", chooses, if_added_up);
            create table marts.members as
                select stressor_id, region_id, region_id = 'r1' as is_selected, unit
                from marts.accounts;
            create table marts.quotas as
                select year, stressor_id, scenario_id, footprint / 10 as quota,
                    scenario_id = 'low' as is_largest, 't' as unit
                from marts.rankings cross join (values ('high'), ('low'))
                    as scenarios(scenario_id);
            create table marts.statements as
                select stressor_id, footprint as value, unit,
                    if(region_id = 'r1', 'high', null) as scenario_id
                from marts.rankings;
            create table marts.chosen (
                year integer, stressor_id varchar, rule_id varchar, region_id varchar,
                is_default boolean, primary key (year, rule_id, region_id)
            );
            insert into marts.chosen
                select year, stressor_id, rule_id, region_id, rule_id = 'a'
                from marts.rankings cross join (values ('a'), ('b')) as rules(rule_id);
            create table marts.passing (
                year integer, region_id varchar, region_name varchar, total double,
                primary key (year, region_id)
            );
            insert into marts.passing
                select year, region_id, region_name, footprint from marts.rankings;
        """)
    return path


@pytest.fixture
def published(empty_project: Path, toy: Path) -> Path:
    path = empty_project / "warehouse" / "published" / "toy.duckdb"
    path.parent.mkdir(parents=True)
    return Path(shutil.copy(toy, path))


def warnings(*words: str) -> list[str]:
    """Return what `carbonshed query` or `show` warns of."""
    result = CliRunner().invoke(_commands, [*words])
    assert result.exit_code == 0, result.exception
    assert "warning" not in result.stdout
    return [line for line in result.stderr.splitlines() if line.startswith("warning")]


def mixed_in(sql: str) -> list[str]:
    """Return what it warns of, without the command line."""
    with open_published("toy") as connection:
        columns = run_query(connection, sql).columns
        return [f"warning: {text}" for text in mixtures(connection, sql, columns)]


@pytest.mark.parametrize(
    "sql",
    [
        "select sum(footprint) from accounts",
        "select sum(footprint) from marts.accounts where year = 2020",
        "select max(footprint) from accounts",
        "select count(*) from accounts where year = 2020",
        "select region_name, sum(population) as people from accounts group by all",
        "select region_name, footprint from accounts order by footprint desc limit 2",
        "from accounts select * exclude (stressor_id, unit)",
        "with x as (from accounts) select sum(footprint) from x",
        "select region_id from accounts where footprint > 5000",
        # once with a choice and once without
        "select footprint / (select sum(footprint) from accounts) from accounts"
        " where stressor_id = 'co2'",
        # it is the other mart of which one is chosen
        "select sum(accounts.footprint) from accounts inner join rankings"
        " using (year, region_id) where rankings.stressor_id = 'co2'",
        "pivot accounts on year using sum(footprint) group by region_id",
        "from (pivot accounts on year in (2020) using sum(footprint)"
        " group by region_id)",
    ],
)
@pytest.mark.usefixtures("published")
def test_a_question_without_a_stressor_is_warned_of(sql):
    assert mixed_in(sql) == [WARNING]


@pytest.mark.parametrize(
    "sql",
    [
        "from accounts",
        "from accounts order by footprint desc limit 2",
        "select sum(footprint) from accounts where stressor_id = 'co2'",
        "select sum(footprint) from accounts where lower(stressor_id) like 'co%'",
        "select sum(footprint) filter (where stressor_id = 'co2') from accounts",
        "select stressor_id, sum(footprint) from accounts group by all",
        # each stressor has a unit of its own here
        "select unit, sum(footprint) from accounts group by all",
        "select sum(footprint) from accounts where unit = 't'",
        "select stressor_name, sum(footprint) from accounts inner join stressors"
        " using (stressor_id) group by all",
        "select sum(accounts.footprint) from accounts inner join rankings"
        " using (year, stressor_id, region_id) where rankings.stressor_id = 'co2'",
        "select sum(footprint) from accounts where stressor_id in"
        " (select stressor_id from stressors where unit = 't')",
        "select region_name, footprint from accounts where stressor_id = 'co2'"
        " order by footprint desc limit 2",
        "select region_id, footprint from accounts where stressor_id = 'co2'"
        " qualify row_number() over (partition by region_id order by year) = 1",
        # neither a number nor how many rows
        "select distinct year, region_id, region_name from accounts",
        "select max(year), count(distinct region_id) from accounts",
        "select count(*) from regions where region_id in"
        " (select region_id from accounts)",
        "select region_name, (select title from dataset) as title from accounts",
        # one stressor only, or none
        "select sum(footprint) from rankings",
        "select count(*) from stressors",
        "select count(*) from regions",
        "select count(*) from (select distinct region_id from members)",
        "summarize accounts",
        "describe accounts",
        "select 'accounts' as word",
        # all that is neither shown nor added up stays a group
        "pivot accounts on year using sum(footprint)",
        "pivot (from accounts where stressor_id = 'co2') on year"
        " using sum(footprint) group by region_id",
    ],
)
@pytest.mark.usefixtures("published")
def test_no_warning_where_a_stressor_is_chosen_or_none_is_mixed(sql):
    assert mixed_in(sql) == []


@pytest.mark.parametrize(
    ("sql", "is_warned_of"),
    [
        ("select sum(quota) from quotas", True),
        ("select year, quota from quotas where stressor_id = 'co2'", True),
        ("select sum(quota) from quotas where scenario_id = 'low'", False),
        ("select scenario_id, sum(quota) from quotas group by all", False),
        ("select sum(quota) from quotas where is_largest", False),
        ("select distinct year, unit from quotas", False),
        # most of its rows are of no scenario
        ("select sum(value) from statements", False),
    ],
)
@pytest.mark.usefixtures("published")
def test_scenarios_are_not_added_up(sql, is_warned_of):
    warning = (
        "warning: quotas has its rows once for each scenario (high, low); choose one"
        " before you add up, such as: where scenario_id = 'high' (otherwise you add up"
        " scenarios)"
    )
    assert mixed_in(sql) == [warning] * is_warned_of


RULES = (
    "warning: chosen has its rows once for each rule (a, b); choose one before you add"
    " up, such as: where rule_id = 'a' (otherwise regions count once per rule)"
)
REGIONS = (
    "warning: passing has its rows once for each region (r0, r1, r2); choose one before"
    " you add up, such as: where region_id = 'r0' (otherwise emissions count again)"
)
RANKED = "rankings inner join chosen using (year, stressor_id, region_id)"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # rows of the one repeat numbers of the other
        (f"select sum(footprint) from {RANKED}", [RULES]),
        (f"select region_name, footprint from {RANKED}", [RULES]),
        (f"select count(*) from {RANKED}", [RULES]),
        ("select sum(footprint) from rankings, chosen", [RULES]),
        (
            "with places as materialized (select year, region_id from chosen)"
            " select sum(footprint) from rankings inner join places"
            " using (year, region_id) where year in (select year from places)",
            [RULES],
        ),
        (f"select sum(footprint) from {RANKED} where is_default", []),
        (f"select rule_id, sum(footprint) from {RANKED} group by all", []),
        (f"select max(footprint) from {RANKED}", []),
        (f"select distinct region_name, footprint from {RANKED}", []),
        (f"select region_name from {RANKED}", []),
        (
            "select sum(footprint) from rankings inner join"
            " (select distinct year, region_id from chosen) using (year, region_id)",
            [],
        ),
        (
            "select sum(footprint) from rankings where region_id in"
            " (select region_id from chosen)",
            [],
        ),
        # regions that overlap may be compared and counted
        ("select sum(total) from passing", [REGIONS]),
        ("select year, sum(total) from passing group by all", [REGIONS]),
        ("select max(total), avg(total), median(total) from passing", []),
        ("select count(*) from passing where total > 5000", []),
        ("select region_name, sum(total) from passing group by all", []),
        ("select sum(total) from passing where region_id in ('r1')", []),
        ("select sum(total) over () from passing", [REGIONS]),
    ],
)
@pytest.mark.usefixtures("published")
def test_what_is_one_in_several_rows_is_added_up_once(sql, expected):
    assert mixed_in(sql) == expected


@pytest.mark.usefixtures("published")
def test_a_question_that_reads_files_is_warned_of_too():
    Path("more.csv").write_text("region_id\nr1\n")
    sql = "select sum(footprint) from accounts semi join 'more.csv' using (region_id)"
    assert warnings("query", "toy", sql, "--files") == [WARNING]


@pytest.mark.usefixtures("published")
def test_two_stressors_of_one_unit_need_a_choice_still(published):
    with duckdb.connect(published) as connection:
        connection.execute(
            "insert into marts.stressors values ('ch4', 'Methane', 't');"
            " insert into marts.accounts select * replace ('ch4' as stressor_id)"
            " from marts.accounts where stressor_id = 'co2'"
        )
    (said,) = warnings(
        "query", "toy", "select sum(footprint) from accounts group by unit"
    )
    assert "(ch4 in t, co2 in t, value_added in EUR)" in said


@pytest.mark.usefixtures("published")
def test_show_says_which_stressors_a_table_has():
    assert warnings("show", "toy", "accounts") == [WARNING]
    (of_scenarios,) = warnings("show", "toy", "quotas")
    assert "for each scenario (high, low)" in of_scenarios
    for table in ("rankings", "regions", "stressors"):
        assert warnings("show", "toy", table) == []
