"""A project folder of its own, in which whole warehouses are built."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import duckdb
import pytest

from support.copies import CHECKOUT, PARTS, copy_project
from support.edges import edge_policy, edge_system
from support.fork_server import COMMANDS, ForkServer
from support.hostile_labels import hostile_system
from support.policy_facts import Policy, write_scenarios
from support.random_systems import (
    CAVEAT,
    Size,
    add_groups,
    give_back,
    random_system,
    spread_emissions,
)
from support.reference import PUBLISHED, Marts, reference_marts, small_rows_summed
from support.refusals import assert_names
from support.report_pages import make, with_malicious_labels
from support.systems import System
from support.tidy_folder import write_tidy
from support.what_if import what_if_policy, what_if_system
from support.wheels import build_wheel, install_wheel

BIN = Path(sys.executable).parent

FORK_SERVER = ForkServer()

# enough for what happens before the models, and read in half the time
FEW_PARTS = (
    "dbt_project.yml",
    "profiles.yml",
    "models/staging",
    "models/docs",
    "macros",
    "seeds",
)
# the semantic layer costs half a second to parse: one build has it (several_years)
SEMANTIC = "semantic"


# tests of one of these datasets stay together, in one process: it is built once, if
# each test names it, as a fixture or a parameter, and not within its body alone
SHARED = (
    "several_years",
    "required_only",
    "single_region",
    "what_if",
    "edges",
    "three_cities",
    "hostile",
    "countries",
    "wheel",
)
# a report stays with what it is made of, also where a parameter names it
REPORTS = {"report": "three_cities", "hostile_report": "hostile"}
# what attacks by its labels, and the variants of a compiled table
SLOW = {"hostile", "varied"}
# a test of a build has one of these
PROJECTS = {"project", "small_project", "mine", "wheel"}
# fixtures that are no reason to stay with the other tests of the file
OWN = {
    "project",
    "small_project",
    "request",
    "tmp_path",
    "tmp_path_factory",
    "monkeypatch",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell pytest-xdist which tests share a warehouse; the others go anywhere."""
    for item in items:
        needs = _needs(item)
        if PROJECTS.isdisjoint(needs) and needs.isdisjoint(SHARED):
            continue
        if group := _group(item):
            item.add_marker(pytest.mark.xdist_group(group))
        if not SLOW.isdisjoint(needs):
            item.add_marker(pytest.mark.slow)


def _needs(item: pytest.Item) -> set[str]:
    """Return the fixtures and parameters of a test."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    needs = {*item.fixturenames, *map(str, params.values())}
    return needs | {REPORTS[name] for name in needs & REPORTS.keys()}


def _group(item: pytest.Item) -> str | None:
    params = item.callspec.params if hasattr(item, "callspec") else {}
    needs = _needs(item)
    for dataset in SHARED:
        if dataset in needs:
            return dataset
    # an underscore begins what plugins add to every test
    named = {name for name in item.fixturenames if not name.startswith("_")}
    if named <= OWN | set(params):
        return None
    # the name must be the same in every process: no object, which has an address
    table = params.get("table")
    return f"{item.path.stem} {table}" if isinstance(table, str) else item.path.stem


@dataclass
class Result:
    """How a command ended and all that it said."""

    code: int
    text: str

    def __repr__(self) -> str:
        """Show the end of the text, where the reason stands."""
        return f"exit {self.code}\n{self.text[-6000:]}"

    def must_pass(self) -> "Result":
        """Return this; fail unless it ended well."""
        assert self.code == 0, self
        return self

    def must_refuse(self, *parts: str) -> None:
        """Fail unless it ended with 1, naming file, label and remedy for people."""
        assert self.code == 1, self
        assert_names(self.text, *parts)


class Project:
    """A copy of what dbt needs, in a folder of its own."""

    server = FORK_SERVER

    def __init__(self, root: Path, parts: tuple[str, ...] = PARTS) -> None:
        self.root = root
        self.said = ""  # by the last build
        # other tests run beside this one
        self.threads = ("--threads", "1")
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(
                [str(CHECKOUT), os.environ.get("PYTHONPATH", "")]
            ),
            # small systems: more threads only get into each other's way
            "OPENBLAS_NUM_THREADS": "1",
            "NO_COLOR": "1",
            "DBT_USE_COLORS": "false",
            "COLUMNS": "200",
            # a failed test shows what dbt printed
            "DBT_LOG_LEVEL": "info",
            "DBT_LOG_LEVEL_FILE": "none",
            # for tests with a selection of their own; test_dbt_code.py runs unit tests
            "DBT_EXCLUDE_RESOURCE_TYPES": "unit_test",
            # half a second; who reads target/*.json says --write-json
            "DBT_WRITE_JSON": "false",
        }
        copy_project(root, parts)

    @contextmanager
    def in_environment(self, environment: dict[str, str]) -> Iterator[None]:
        """Run commands in another environment."""
        usual = self.environment
        self.environment = environment
        try:
            yield
        finally:
            self.environment = usual

    @contextmanager
    def as_shipped(self) -> Iterator[None]:
        """Let dbt do all that it does without a word from here."""
        ours = (
            "DBT_EXCLUDE_RESOURCE_TYPES",
            "DBT_LOG_LEVEL",
            "DBT_LOG_LEVEL_FILE",
            "DBT_WRITE_JSON",
        )
        kept = {k: v for k, v in self.environment.items() if k not in ours}
        shutil.copytree(CHECKOUT / SEMANTIC, self.root / SEMANTIC)
        try:
            with self.in_environment(kept):
                yield
        finally:
            shutil.rmtree(self.root / SEMANTIC)

    def keep_for_metrics(self) -> None:
        """Keep what MetricFlow asks for apart: the next build may be another's."""
        folder = self.root / "metrics"
        (folder / "target").mkdir(parents=True)
        (folder / "warehouse").symlink_to(self.root / "warehouse")
        shutil.copy(self.root / "dbt_project.yml", folder)
        shutil.copy(CHECKOUT / "bi" / "metrics" / "profiles.yml", folder)
        shutil.copy(self.root / "target" / "semantic_manifest.json", folder / "target")

    def warehouse(self, name: str) -> Path:
        """Return the warehouse file of a dataset."""
        return self.root / "warehouse" / f"{name}.duckdb"

    def start(
        self, *command: str, stdout: int | IO[str] = subprocess.PIPE
    ) -> subprocess.Popen:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            [str(BIN / command[0]), *command[1:]],
            cwd=self.root,
            env=self.environment,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(self, *command: str, errors: Path | None = None) -> Result:
        """Run a command to its end, what it says of errors in a file of its own."""
        if command[0] in COMMANDS:
            place = self.root, self.environment
            return Result(*self.server.run(command, *place, errors))
        process = self.start(*command)
        text, _ = process.communicate()
        return Result(process.returncode, text)

    def dbt(self, verb: str, name: str, *arguments: str, **variables: object) -> Result:
        """Run a dbt command on a dataset."""
        words = json.dumps({"dataset": name, **variables}, ensure_ascii=False)
        return self.run("dbt", verb, "--vars", words, *self.threads, *arguments)

    def build(self, name: str, **variables: object) -> Path:
        """Build the warehouse of a dataset and return it; fail if that fails."""
        result = self.dbt("build", name, **variables).must_pass()
        self.said = result.text
        return self.warehouse(name)

    @contextmanager
    def untested(self) -> Iterator[None]:
        """Leave data tests out where others build the like with them."""
        kinds = {"DBT_EXCLUDE_RESOURCE_TYPES": "unit_test test"}
        with self.in_environment(self.environment | kinds):
            yield

    def publish_part(
        self, name: str, *selection: str, is_tested: bool = False, **variables: object
    ) -> Path:
        """Build a part, or without data tests, and publish as if all had passed."""
        with nullcontext() if is_tested else self.untested():
            self.dbt("build", name, *selection, **variables).must_pass()
        with duckdb.connect(self.warehouse(name)) as connection:
            connection.execute("update main.nodes set has_passed = true")
        self.run("carbonshed", "publish", name).must_pass()
        return self.warehouse(name)

    def analyses(self, name: str) -> dict[str, str]:
        """Return the SQL of the ready questions by name, as dbt compiles it."""
        selection = ("--select", "resource_type:analysis")
        self.dbt("compile", name, *selection).must_pass()
        folder = self.root / "target" / "compiled" / "carbonshed" / "analyses"
        return {
            path.stem: path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.sql"))
        }

    def ingest(self, folder: Path, name: str) -> Result:
        """Ingest a tidy folder."""
        return self.run("carbonshed", "ingest", "tidy", str(folder), "--name", name)

    def kill_when(
        self, is_time: Callable[[], bool], *command: str, limit: float = 120
    ) -> None:
        """Start a command and kill it without warning as soon as something is so."""
        printed = self.root / "printed.txt"
        end = time.monotonic() + limit
        # a pipe that nobody empties would stop the command once it is full
        with printed.open("w", encoding="utf-8") as stream:
            process = self.start(*command, stdout=stream)
        while not is_time():
            said = printed.read_text("utf-8")
            assert process.poll() is None, f"it ended too early: {said}"
            assert time.monotonic() < end, f"it did not come so far: {said}"
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class OwnProject(Project):
    """A dbt project of a user's, of `carbonshed init`; a wheel, and no checkout."""

    def __init__(self, root: Path, installed: Path) -> None:
        super().__init__(root.parent, ())
        self.installed = installed
        self.environment["PYTHONPATH"] = str(installed)
        self.start_anew()
        self.run("carbonshed", "init", root.name).must_pass()
        self.root = root

    def start_anew(self) -> None:
        """Import the modules of the wheel as they are now, as new commands do."""
        self.server = ForkServer()


@dataclass
class Built:
    """A dataset with its warehouse and what should be in it."""

    name: str
    system: System
    warehouse: Path
    expected: Marts
    ingested: Result
    compiled: Path | None = None  # the SQL that was run, where it is kept
    analyses: dict[str, str] = field(default_factory=dict)  # SQL by name
    said: str = ""  # by the build, where it is kept


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the project folder of all builds."""
    return Project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project without a model beyond staging."""
    return Project(tmp_path_factory.mktemp("small"), FEW_PARTS)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel of the checkout."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def mine(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> OwnProject:
    """Return a project of one's own, in which Carbonshed is the dbt package."""
    folder = tmp_path_factory.mktemp("own")
    return OwnProject(folder / "mine", install_wheel(wheel, folder / "installed"))


# fields of a policy by the var that sets them
FIELDS = {
    "super_emitter_rule": "rule",
    "peak_projection": "projection",
    "income_year": "income_year",
    "receivers_share": "receivers_share",
    "error_rule": "error_rule",
    "by_origin": "by_origin",
    "extraction": "extracts",
    "shared_by_value_added": "shares_by_value_added",
    "technology_split": "splits_technology",
    "exported_value_added": "traces_exports",
    "capital": "follows_capital",
}


def variables(project: Project, name: str, policy: Policy) -> dict[str, object]:
    """Return the vars of the choices that are not the usual ones."""
    usual = Policy()
    chosen: dict[str, object] = {
        var: getattr(policy, field)
        for var, field in FIELDS.items()
        if getattr(policy, field) != getattr(usual, field)
    }
    if policy.user_rows:
        path = project.root / f"scenarios of {name}.csv"
        chosen["scenarios"] = write_scenarios(path, policy.user_rows).name
    return chosen


def build_system(
    project: Project,
    folder: Path,
    name: str,
    system: System,
    suffix: str,
    policy: Policy | None = None,
    **chosen: object,
) -> Built:
    """Write, ingest and build a system, also with other vars than the policy's."""
    write_tidy(system, folder, suffix, name=name)
    ingested = project.ingest(folder, name).must_pass()
    policy = policy or Policy()
    chosen |= variables(project, name, policy)
    warehouse = project.build(name, **chosen)
    expected = reference_marts(system, PUBLISHED, policy)
    return Built(name, system, warehouse, expected, ingested)


@pytest.fixture(scope="session")
def several_years(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build three independent random systems as years of one dataset, from CSV.

    As `make` does, with the semantic layer.
    """
    system = random_system(20, years=3)
    # of each region a total is known, and nothing else
    spread_emissions(system, 2016, "CO2", [*map(float, range(1, 13))])
    # of the second stressor nothing is known; the row with the most keys speaks
    system.import_intensities += [
        (None, "co2", None, 0.5),
        (2013, "co2", None, 0.75),
        (2013, "co2", system.sectors[1].id, 1.5),
        (None, "ch4_é", system.sectors[0].id, 2.0),
        (None, "ch4_é", None, 0.25),
    ]
    # a row of the region speaks before one of the sector, and one of a year before one
    # of all
    system.deflators += [
        (2013, None, None, 1.25),
        (2013, system.sectors[1].id, None, 1.5),
        (None, system.sectors[1].id, None, 9.0),
        (2013, None, system.regions[0].id, 0.75),
        (2016, system.sectors[0].id, system.regions[1].id, 2.0),
    ]
    # two zones that share a region, one of them with what is sold out of the table
    first, second, third = (region.id for region in system.regions[:3])
    power, other = (sector.id for sector in system.sectors[:2])
    system.border_charges += [
        ("a, b", "zone", first, None),
        ("a, b", "zone", second, None),
        *(("a, b", "product", sector.id, None) for sector in system.sectors),
        ("a, b", "price", None, 100.0),
        ("a, b", "paid_at_home", None, 30.0),
        ("a, b", "paid_at_home", third, 120.0),
        ("out", "zone", "EXPORT", None),
        ("out", "zone", first, None),
        ("out", "zone_share", other, 0.25),
        ("out", "product", power, None),
        ("out", "product", other, None),
        ("out", "price", None, 0.5),
    ]
    region, sector = system.regions[0].id, system.sectors[0].id
    system.carbon_prices += [
        ("levy", 30.0, None, None, None, True),
        ("levy", 60.0, None, sector, None, None),
        ("levy", 60.0, region, sector, 0.5, None),
        # final users there pay nothing for what they emit
        ("levy", 45.0, region, None, None, None),
        # a shipped price, for free
        ("power", 0.0, None, None, 0.25, False),
    ]
    # two offices, one of which does not say what it leaves out
    system.official_footprints += [
        (2013, "co2", first, 2.5, "kt", "of residents, wherever", "land use", "A, B"),
        (2013, "co2", third, 1e9, "kg", "of the territory", None, "B"),
        (2016, "ch4_é", first, 0.125, "t", "of residents", None, "A"),
    ]
    give_back(system, 2010)
    add_groups(system, 23, [2010, 2013])
    folder = tmp_path_factory.mktemp("tidy") / "several years"
    # that of a dataset which asked for more marts may be there
    shutil.rmtree(project.root / "target" / "compiled", ignore_errors=True)
    with project.as_shipped():
        built = build_system(project, folder, "several_years", system, "csv")
        built.said = project.said
        built.analyses = project.analyses(built.name)
    project.keep_for_metrics()
    compiled = tmp_path_factory.mktemp("compiled") / "several_years"
    shutil.copytree(project.root / "target" / "compiled" / "carbonshed", compiled)
    return replace(built, compiled=compiled)


@pytest.fixture(scope="session")
def required_only(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build a world of required tables only, GDP with gaps, from Parquet."""
    size = Size(
        regions=12,
        sectors=3,
        categories=3,
        has_value_added=False,
        has_exports=False,
        has_imports=False,
        has_direct=False,
        known_gdp="some",
        has_twins=False,
        has_sellout=True,
        currency_unit=1.0,
    )
    system = random_system(21, size)
    system.caveat = CAVEAT
    # nobody is cleaner than others
    spread_emissions(system, 2010, "CO2", [2.0] * len(system.regions))
    folder = tmp_path_factory.mktemp("tidy") / "required_only"
    return build_system(project, folder, "required-only", system, "parquet")


@pytest.fixture(scope="session")
def single_region(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build one region alone, without GDP, and an impact of its own."""
    size = Size(
        regions=1,
        sectors=6,
        has_remainder=False,
        has_rest_of_world=False,
        has_twins=False,
        known_gdp="none",
        currency_unit=1e3,
    )
    system = random_system(22, size)
    # jobs are no mass, and nobody here emits laughing gas
    system.import_intensities += [(None, None, None, 0.5), (2010, "ch4_é", None, 9.0)]
    system.impacts["heat"] = {"co2": 1.0, "ch4_é": 27.5, "jobs": 3.0, "n2o": 273.0}
    system.border_charges += [
        ("cbam", "zone", "EXPORT", None),
        ("cbam", "zone_share", None, 0.5),
        ("cbam", "product", system.sectors[1].id, None),
        ("cbam", "price", None, 80.0),
    ]
    add_groups(system, 24, [2010])
    folder = tmp_path_factory.mktemp("tidy") / "single_region"
    return build_system(project, folder, "single_region", system, "csv")


@pytest.fixture(scope="session")
def three_cities(project: Project) -> Path:
    """Build the economy that docs/three_cities.md works out by pencil."""
    folder = CHECKOUT / "docs" / "examples" / "three_cities"
    project.ingest(folder, "three_cities").must_pass()
    return project.build("three_cities")


@pytest.fixture(scope="session")
def malicious_labels(three_cities: Path) -> Path:
    """Publish the three cities once more: with places, and a name of HTML."""
    folder = three_cities.parent / "published"
    return with_malicious_labels(
        folder / three_cities.name, folder / "malicious_labels.duckdb"
    )


@pytest.fixture(scope="session")
def report(malicious_labels: Path, project: Project) -> Path:
    """Make the report of that publication, as a user does."""
    made = project.run("carbonshed", "report", malicious_labels.stem).must_pass()
    folder = project.root / "reports" / malicious_labels.stem
    assert f"{folder}/index.html" in made.text
    return folder


@pytest.fixture(scope="session")
def plain_reports(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[Path, Path]]:
    """Return what makes the report of a dataset once, without pictures."""
    made: dict[str, tuple[Path, Path]] = {}

    def report_of(dataset: str) -> tuple[Path, Path]:
        if dataset not in made:
            built = request.getfixturevalue(dataset)
            warehouse = built if isinstance(built, Path) else built.warehouse
            folder = tmp_path_factory.mktemp("report") / dataset
            made[dataset] = warehouse, make(warehouse, folder)
        return made[dataset]

    return report_of


@pytest.fixture(scope="session")
def what_if(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build a country with scenarios of its own and other choices than the usual.

    And with the solver for what does not fit into memory.
    """
    system = what_if_system()
    folder = tmp_path_factory.mktemp("tidy") / "what if"
    policy = what_if_policy(system)
    return build_system(
        project, folder, "what_if", system, "parquet", policy, solver="streamed"
    )


SMALLEST_SHARE = 0.15  # so large that of some regions nothing else is named


@pytest.fixture(scope="session")
def summed_up(
    what_if: Built, project: Project, tmp_path_factory: pytest.TempPathFactory
) -> Built:
    """Build the same country once more, small rows of its footprints summed."""
    name, system = "summed_up", what_if.system
    folder = tmp_path_factory.mktemp("tidy") / name
    write_tidy(system, folder, "parquet", name=name)
    project.ingest(folder, name).must_pass()
    chosen = variables(project, name, what_if_policy(system))
    warehouse = project.build(name, smallest_share=SMALLEST_SHARE, **chosen)
    summed = small_rows_summed(what_if.expected, SMALLEST_SHARE)
    return replace(
        what_if, name=name, warehouse=warehouse, expected=what_if.expected | summed
    )


@pytest.fixture(scope="session")
def edges(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build ten towns with a hard case of policy in every year."""
    folder = tmp_path_factory.mktemp("tidy") / "edges"
    system, policy = edge_system(), edge_policy()
    return build_system(project, folder, "edges", system, "csv", policy)


@pytest.fixture(scope="session")
def hostile(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build regions whose ids and names attack whatever shows them."""
    before = {path.name for path in project.root.iterdir()}
    folder = tmp_path_factory.mktemp("tidy") / "hostile"
    built = build_system(project, folder, "hostile", hostile_system(), "csv")
    made = {path.name for path in project.root.iterdir()} - before
    assert made <= {"data", "logs", "target", "warehouse"}
    return built


@pytest.fixture(scope="session")
def hostile_report(hostile: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the report of what is published of them, with pictures."""
    published = hostile.warehouse.parent / "published" / "hostile.duckdb"
    folder = tmp_path_factory.mktemp("report") / "hostile"
    return make(published, folder, pictures=True)
