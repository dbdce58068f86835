"""A project folder of its own, in which whole warehouses are built."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.random_systems import Size, random_system
from support.reference import PUBLISHED, Marts, reference_marts
from support.systems import System
from support.tidy_folder import write_tidy

CHECKOUT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

# what dbt reads; data and warehouse are then made beside it
PARTS = (
    "dbt_project.yml",
    "profiles.yml",
    "selectors.yml",
    "models",
    "python_models",
    "macros",
    "seeds",
    "analyses",
    "tests/data",
    "tests/macros",
)


@dataclass
class Result:
    """How a command ended and all that it said."""

    code: int
    text: str

    def __repr__(self) -> str:
        """Show the end of the text, where the reason stands."""
        return f"exit {self.code}\n{self.text[-6000:]}"


class Project:
    """A copy of what dbt needs, in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
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
        }
        for part in PARTS:
            source, target = CHECKOUT / part, root / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            elif source.is_file():
                shutil.copy(source, target)

    def warehouse(self, name: str) -> Path:
        """Return the warehouse file of a dataset."""
        return self.root / "warehouse" / f"{name}.duckdb"

    def start(self, *command: str, stderr: int = subprocess.STDOUT) -> subprocess.Popen:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            [str(BIN / command[0]), *command[1:]],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(self, *command: str) -> Result:
        """Run a command to its end."""
        process = self.start(*command)
        text, _ = process.communicate()
        return Result(process.returncode, text)

    def dbt(self, verb: str, name: str, *arguments: str) -> Result:
        """Run a dbt command on a dataset."""
        return self.run("dbt", verb, "--vars", f"dataset: {name}", *arguments)

    def build(self, name: str) -> Path:
        """Build the warehouse of a dataset and return it; fail if that fails."""
        result = self.dbt("build", name)
        assert result.code == 0, result
        return self.warehouse(name)

    def analyses(self, name: str, **variables: str) -> dict[str, str]:
        """Return the SQL of the ready questions by name, compiled for a dataset."""
        words = json.dumps({"dataset": name, **variables})
        selection = ("--select", "resource_type:analysis")
        compiled = self.run("dbt", "compile", "--vars", words, *selection)
        assert compiled.code == 0, compiled
        folder = self.root / "target" / "compiled" / "carbonshed" / "analyses"
        return {
            path.stem: path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.sql"))
        }

    def ingest(self, folder: Path, name: str) -> Result:
        """Ingest a tidy folder."""
        return self.run("carbonshed", "ingest", "tidy", str(folder), "--name", name)

    def kill_when(
        self, process: subprocess.Popen, is_time: Callable[[], bool], limit: float = 120
    ) -> None:
        """Kill a command without warning as soon as something is the case."""
        end = time.monotonic() + limit
        while not is_time():
            assert process.poll() is None, (
                f"it ended too early: {process.stdout.read()}"
            )
            assert time.monotonic() < end, "it did not come so far"
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@dataclass
class Built:
    """A dataset with its warehouse and what should be in it."""

    name: str
    system: System
    warehouse: Path
    expected: Marts
    ingested: Result


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the project folder of all builds."""
    return Project(tmp_path_factory.mktemp("project"))


def build_system(
    project: Project, folder: Path, name: str, system: System, suffix: str
) -> Built:
    """Write, ingest and build a system."""
    write_tidy(system, folder, suffix, name=name)
    ingested = project.ingest(folder, name)
    assert ingested.code == 0, ingested
    warehouse = project.build(name)
    expected = reference_marts(system, PUBLISHED)
    return Built(name, system, warehouse, expected, ingested)


@pytest.fixture(scope="session")
def several_years(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build three independent random systems as years of one dataset, from CSV."""
    system = random_system(20, years=3)
    folder = tmp_path_factory.mktemp("tidy") / "several years"
    return build_system(project, folder, "several_years", system, "csv")


@pytest.fixture(scope="session")
def bare(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build a system of required tables only, GDP with gaps, from Parquet."""
    size = Size(
        regions=12,
        sectors=3,
        categories=3,
        has_value_added=False,
        has_exports=False,
        has_direct=False,
        known_gdp="some",
        has_twins=False,
        has_sellout=True,
        currency_unit=1.0,
    )
    system = random_system(21, size)
    folder = tmp_path_factory.mktemp("tidy") / "bare"
    return build_system(project, folder, "bare-1", system, "parquet")


@pytest.fixture(scope="session")
def lonely(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build one region alone: a national table without GDP and without trade."""
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
    folder = tmp_path_factory.mktemp("tidy") / "lonely"
    return build_system(project, folder, "lonely", system, "csv")


@pytest.fixture(scope="session")
def three_cities(project: Project) -> Path:
    """Build the economy that docs/three_cities.md works out by pencil."""
    folder = CHECKOUT / "docs" / "examples" / "three_cities"
    ingested = project.ingest(folder, "three_cities")
    assert ingested.code == 0, ingested
    return project.build("three_cities")
