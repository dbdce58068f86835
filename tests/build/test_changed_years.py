"""A build keeps the years that have not changed, and ends with the same marts."""

import shutil
from dataclasses import replace

import duckdb
import pytest
from support.compare import assert_equal
from support.random_systems import Size, random_system
from support.reference import PUBLISHED, reference_marts
from support.tidy_folder import write_tidy

from carbonshed.warehouse import kept_years

NAME = "changing"
# embodied output is taken over by a build that begins anew, too
TABLES = sorted(
    table for table in kept_years.LONG_TABLES if table[1] != "embodied_output"
)
SIZE = Size(regions=4, sectors=3, categories=2)


class Builds:
    """Builds of one dataset, each from what the one before has left."""

    def __init__(self, project, folder):
        self.project = project
        self.folder = folder
        self.warehouse = project.warehouse(NAME)
        self.ingests = 0

    def ingest(self, system):
        self.ingests += 1
        path = self.folder / str(self.ingests)
        write_tidy(system, path, "parquet", name=NAME)
        ingested = self.project.ingest(path, NAME)
        assert ingested.code == 0, ingested

    def run(self, system, verb, *arguments):
        """Run dbt, compare the marts; return the tables and years not written."""
        marked = mark(self.warehouse) if self.warehouse.exists() else {}
        with self.project.untested():
            done = self.project.dbt(verb, NAME, *arguments)
        assert done.code == 0, done
        expected = reference_marts(system, PUBLISHED)
        for mart in ("regional_accounts", *(table for _, table in TABLES)):
            if mart in expected:
                assert_equal(mart, expected, self.warehouse)
        made = rows(self.warehouse)
        return {of for of in made if made[of] == marked.get(of)}


def mark(warehouse):
    """Change the last digits of the long tables, and return their rows.

    Each table has a factor of its own, for one may be made from another. No
    comparison with the reference sees it.
    """
    with duckdb.connect(warehouse) as connection:
        for number, (schema, table) in enumerate(TABLES, 1):
            connection.execute(
                f"update {schema}.{table} set emissions = emissions"
                f" * {1 + number * 2**-42!r}"
            )
    return rows(warehouse)


def rows(warehouse):
    """Return the rows of the long tables by table and year."""
    found = {}
    with duckdb.connect(warehouse, read_only=True) as connection:
        for schema, table in TABLES:
            for row in connection.sql(f"from {schema}.{table} order by all").fetchall():
                found.setdefault((table, row[0]), []).append(row)
    return found


def all_of(*years):
    return {(table, year) for _, table in TABLES for year in years}


@pytest.fixture(scope="module")
def system():
    """Four years, of which the first three are built first."""
    return random_system(41, SIZE, years=4)


@pytest.fixture(scope="module")
def builds(project_of_accounts, tmp_path_factory, system):
    """Build three years anew, then four, two of them changed; note what was kept."""
    made = Builds(project_of_accounts, tmp_path_factory.mktemp("changing"))
    _, two, three, four = system.years
    first = replace(
        system, years={y: system.years[y] for y in system.years if y != four}
    )
    made.ingest(first)
    assert made.run(first, "build") == set()
    demand = system.years[two].final_demand.copy()
    demand[0] = demand[0, :, ::-1]
    before = system.years[three].emissions
    emissions = {stressor: amounts * 1.5 for stressor, amounts in before.items()}
    changes = {
        two: replace(system.years[two], final_demand=demand),
        three: replace(system.years[three], emissions=emissions),
    }
    made.system = replace(system, years=system.years | changes)
    made.ingest(made.system)
    made.kept = made.run(made.system, "build")
    return made


def test_only_years_that_are_new_or_have_changed_are_made(builds, system):
    assert builds.kept == all_of(next(iter(system.years)))


def test_a_build_anew_keeps_nothing(builds):
    assert builds.run(builds.system, "build", "--full-refresh") == set()


def test_nothing_is_kept_after_a_build_that_failed(builds):
    """What did not pass may be in the rows that would be kept."""
    failed = builds.warehouse.parent / ".building" / "failed" / builds.warehouse.name
    failed.parent.mkdir(exist_ok=True)
    shutil.copy(builds.warehouse, failed)
    assert builds.run(builds.system, "build") == set()


def test_a_model_run_by_itself_is_made_whole(builds):
    """And where the code is another by then, no build begins with the warehouse."""
    path = builds.project.root / "macros" / "of_others.sql"
    path.write_text("{% macro of_others() %}{% endmacro %}", "utf-8")
    try:
        kept = builds.run(builds.system, "run", "-s", "embodied_flows")
    finally:
        path.unlink()
    years = builds.system.years
    assert kept == all_of(*years) - {("embodied_flows", year) for year in years}
    assert digest(builds.warehouse) == "several"


def test_a_warehouse_that_does_not_say_what_made_it_is_gone_on_with(builds):
    with duckdb.connect(builds.warehouse) as connection:
        connection.execute("alter table main.last_build drop column code_digest")
    builds.run(builds.system, "run", "-s", "regional_accounts")
    assert digest(builds.warehouse) == "several"


@pytest.fixture
def can_keep(builds, monkeypatch):
    monkeypatch.chdir(builds.project.root)
    monkeypatch.setattr(kept_years, "code_digest", lambda: digest(builds.warehouse))
    return lambda: kept_years.can_keep(builds.warehouse)


def digest(warehouse):
    with duckdb.connect(warehouse, read_only=True) as connection:
        return connection.sql("select code_digest from main.last_build").fetchone()[0]


def _without_a_year(system):
    return replace(system, years=dict(list(system.years.items())[1:]))


def _with_another_sector(system):
    sectors = [replace(system.sectors[0], id="renamed"), *system.sectors[1:]]
    return replace(system, sectors=sectors)


def _with_another_category(system):
    categories = [replace(system.categories[0], id="renamed"), *system.categories[1:]]
    return replace(system, categories=categories)


@pytest.mark.parametrize(
    "change", [_without_a_year, _with_another_sector, _with_another_category]
)
def test_nothing_is_kept_where_more_than_years_has_changed(builds, can_keep, change):
    try:
        assert can_keep()
        builds.ingest(change(builds.system))
        assert not can_keep()
    finally:
        builds.ingest(builds.system)


def test_nothing_is_kept_of_other_code(can_keep, monkeypatch):
    assert can_keep()
    monkeypatch.setattr(kept_years, "code_digest", lambda: "another")
    assert not can_keep()
