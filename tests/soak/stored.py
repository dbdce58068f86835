"""Spoil what is stored, and run what reads it: numbers stay right, or it is said.

A project with a built dataset stands beside a copy of it. Files of one kind are
spoiled, a command that reads them is run, and what it answers is compared with what it
answered before. Then the project is put back.
"""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
from support.copies import copy_project
from support.same_marts import copied, differing_columns

from carbonshed.dataset.store import open_dataset
from carbonshed.publish.editions import published_parquet
from soak import engine, mutations
from soak.engine import WRONG, Player, run_command
from soak.kills import BUILD_HANG

NAME = "tiny"
TOWNS = Path(__file__).resolve().parents[2] / "docs" / "examples" / "two_towns"
_LIGHT = 15  # commands for each build, which takes as long as all of them
_FOLDERS = ("data", "warehouse", "target")

_SCENARIOS = """scenario_id,year,region_id,sector_id,category_id,lever,kind,value
clean,,,,,intensity,factor,0.5
less,,,,,demand,factor,0.9
"""
_STATISTICS = {
    "regions.csv": (
        "region_id,region_name,parent_region_id,region_type,longitude,latitude",
        "M1,North of Millfield,M,city,10,50",
        "M2,South of Millfield,M,city,10,49",
        "H1,All of Harbour,H,city,11,50",
    ),
    "region_years.csv": (
        "year,region_id,population,gdp",
        *(
            f"{year},{region},{people},{gdp}"
            for year in (2020, 2021)
            for region, people, gdp in (
                *(("M1", 4000, 110000000), ("M2", 2000, 60000000)),
                ("H1", 8000, 100000000),
            )
        ),
    ),
}
_STATISTICS_TITLE = '{"title": "Towns", "licenses": [{"name": "CC0-1.0"}]}'


# --- what a command must do -----------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """A command that reads what is stored.

    Attributes
    ----------
    words
        The command; ``dbt`` is a program of its own.
    answer
        Returns, after it, what must be as before; None if what it prints is that.
    must_notice
        Whether it must refuse, whatever was changed.
    says
        Whether it reports on what is stored, so that it may say anything, in words.
    """

    words: tuple[str, ...]
    answer: Callable[[], object] | None = None
    must_notice: bool = False
    says: bool = False

    @property
    def is_build(self) -> bool:
        """Return whether it takes a minute."""
        return self.words[0] == "dbt"

    def run(self, project: Path) -> int:
        """Run it in this process, or below it."""
        if not self.is_build:
            return run_command(self.words)
        sys.stdout.flush()
        program = str(Path(sys.executable).with_name("dbt"))
        kinds = {"DBT_EXCLUDE_RESOURCE_TYPES": "unit_test test"}  # half of its time
        return subprocess.run(
            [program, *self.words[1:]],
            cwd=project,
            env={**os.environ, **kinds},
            check=False,
        ).returncode


def _built_marts(name: str) -> dict[str, object]:
    """Return the folder of a copy of the marts of the work file."""
    folder = Path("marts now")
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_suffix(".duckdb").unlink(missing_ok=True)
    return {"marts": copied(Path(f"warehouse/{name}.duckdb"), folder)}


def _published_marts(name: str) -> dict[str, object]:
    warehouse = Path(f"warehouse/{name}.duckdb").absolute()
    return {"marts": published_parquet(warehouse).resolve()}


def _compiled() -> object:
    """Return all cells of the compiled dataset, rounded."""
    return _rows_below(open_dataset("parts").path, ("transactions", "emissions"))


def _exported() -> object:
    return {
        str(path.relative_to("exported")): path.read_text("utf-8")
        for path in sorted(Path("exported").rglob("*.txt"))
    }


def _rows_below(folder: Path, tables: tuple[str, ...]) -> object:
    with duckdb.connect() as connection:
        return {
            table: connection.sql(f"from '{folder}/{table}.parquet'").fetchall()
            for table in tables
        }


def _same(before: object, now: object) -> bool:
    if isinstance(before, dict) and "marts" in before:
        return differing_columns(before["marts"], now["marts"]) == []
    return before == now


# --- what is read by what -------------------------------------------------------------


def _readings(name: str, year: str, marts: list[str]) -> dict[str, tuple[Reading, ...]]:
    build = Reading(
        ("dbt", "build", "--vars", f"dataset: {name}", "--threads", "1"),
        partial(_built_marts, name),
    )
    ready = [Reading(("query", name, f"from {mart}", "-f", "csv")) for mart in marts]
    return {
        "dataset": (
            Reading(("check", "dataset", name), must_notice=True),
            Reading(("audit", name)),
            Reading(("export", "pymrio", name, "exported", "--year", year), _exported),
            Reading(
                ("compile", "statistics", "--parent", name, "--name", "parts"),
                _compiled,
            ),
            Reading(("template", "compile", "new", "--parent", name)),
            Reading(("template", "scenarios", "new.csv", "--dataset", name)),
            Reading(("check", "scenarios", "scenarios.csv", "--dataset", name)),
            Reading(("list",), says=True),
            Reading(("status", name), says=True),
            build,
        ),
        "publication": (
            Reading(("check", "publication", name), must_notice=True),
            *ready,
            Reading(("show", name)),
            Reading(("ask", "--dataset", name)),
            Reading(("ask", "footprints_over_time", "--dataset", name)),
            Reading(("whatif", "scenarios.csv", "--dataset", name)),
            Reading(("check", "scenarios", "scenarios.csv", "--dataset", name)),
            Reading(("status", name), says=True),
        ),
        "work file": (
            Reading(("status", name), says=True),
            Reading(("publish", name), partial(_published_marts, name)),
            Reading(("list",), says=True),
            build,
        ),
        "solve store": (build,),
        "target": (build,),
    }


_FILES = {
    "dataset": "data/{name}/*",
    "publication": "warehouse/published/.{name}/*/**/*",
    "work file": "warehouse/{name}.duckdb",
    "solve store": "warehouse/solved/{name}/*/*",
    "target": "target/*.*",
}
# what a build reads of it without believing it, or writes alone
_UNREAD = ("run_results.json", "semantic_manifest.json", "graph_summary.json")


def _copy_dataset(built: Path, project: Path, name: str) -> None:
    """Copy a dataset with all that is stored of it from another project."""
    places = (
        *(f"data/{name}", f"warehouse/{name}.duckdb", f"warehouse/solved/{name}"),
        *(f"warehouse/published/{name}{end}" for end in ("", ".duckdb")),
        f"warehouse/published/.{name}",
    )
    for place in places:
        source, target = built / place, project / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir() and not source.is_symlink():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy2(source, target, follow_symlinks=False)


class Vandal(Player):
    """A project with a built dataset, whose stored files are spoiled.

    Parameters
    ----------
    folder
        Where it is made.
    built, name
        A project of which a dataset is copied, and its name; builds of it are left out.
        Else a small one is built.
    """

    def __init__(
        self, folder: Path, built: Path | None = None, name: str = NAME
    ) -> None:
        super().__init__()
        self.name = name
        self.project = folder / "project"
        self.kept = folder / "kept"
        self.before: dict[tuple[str, ...], object] = {}
        self._since_build = 0
        # a dataset that is copied may have been built with choices of its own
        self.is_built_again = built is None
        copy_project(self.project)
        self._write_inputs()
        if built is None:
            self._build()
        else:
            _copy_dataset(built, self.project, name)
        self._keep()

    def _build(self) -> None:
        ingest = ("ingest", "tidy", str(TOWNS), "--name", self.name)
        made = engine.run(partial(run_command, ingest), self.project)
        assert made.code == 0, made
        dbt = Path(sys.executable).with_name("dbt")
        words = (str(dbt), "build", "--vars", f"dataset: {self.name}")
        subprocess.run(words, cwd=self.project, check=True, stdout=subprocess.DEVNULL)

    def _keep(self) -> None:
        """Keep what is stored, to put it back, and list what is asked of it."""
        with duckdb.connect(
            self.project / f"warehouse/{self.name}.duckdb"
        ) as connection:
            found = connection.sql(
                "select table_name from duckdb_tables() where schema_name = 'marts'"
                " order by 1"
            )
            marts = [mart for (mart,) in found.fetchall()]
        with duckdb.connect() as connection:
            table = self.project / "data" / self.name / "transactions.parquet"
            (year,) = connection.sql(f"select min(year) from '{table}'").fetchone()
        self.readings = _readings(self.name, str(year), marts)
        self.kept.mkdir()
        for name in _FOLDERS:
            (self.project / name).mkdir(exist_ok=True)
            shutil.copytree(self.project / name, self.kept / name, symlinks=True)
        self.marks = {path: _mark(path) for path in self._stored()}

    def _write_inputs(self) -> None:
        (self.project / "scenarios.csv").write_text(_SCENARIOS, "utf-8")
        statistics = self.project / "statistics"
        statistics.mkdir()
        (statistics / "datapackage.json").write_text(_STATISTICS_TITLE, "utf-8")
        for name, lines in _STATISTICS.items():
            (statistics / name).write_text("\n".join([*lines, ""]), "utf-8")

    # --- putting it back --------------------------------------------------------------

    def _stored(self) -> set[Path]:
        return {
            path
            for name in _FOLDERS
            for path in (self.project / name).rglob("*")
            if path.is_symlink() or not path.is_dir()
        }

    def _put_back(self) -> None:
        """Make all stored files what they were, and remove what is new."""
        for path in self._stored() - set(self.marks):
            path.unlink()
        for path, mark in self.marks.items():
            if path.is_symlink() or path.exists():
                if _mark(path) == mark:
                    continue
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            path.parent.mkdir(parents=True, exist_ok=True)
            place = self.kept / path.relative_to(self.project)
            shutil.copy2(place, path, follow_symlinks=False)
            self.marks[path] = _mark(path)
        for name in ("data", "warehouse"):
            for folder in sorted((self.project / name).rglob("*"), reverse=True):
                is_empty = folder.is_dir() and not any(folder.iterdir())
                if is_empty and not folder.is_symlink():
                    folder.rmdir()
        for left in ("new", "exported", "marts now"):
            shutil.rmtree(self.project / left, ignore_errors=True)
        for left in ("new.csv", "marts now.duckdb"):
            (self.project / left).unlink(missing_ok=True)

    # --- a round ----------------------------------------------------------------------

    def play(self, seed: int, kind: str | None = None) -> None:
        """Spoil a stored file, run what reads it, and put it back."""
        chance = random.Random(seed)
        kind = kind or chance.choice(sorted(_FILES))
        readings = self.readings[kind]
        light = [reading for reading in readings if not reading.is_build]
        self._since_build += 1
        is_due = self._since_build > _LIGHT and self.is_built_again
        if is_due and len(light) < len(readings):
            self._since_build = 0
            reading = readings[-1]
        elif light:
            reading = chance.choice(light)
        else:
            return  # what a build alone reads waits for the next
        if reading.words not in self.before:
            self.before[reading.words] = self._usual(reading)
        files = sorted(
            path
            for path in self.project.glob(_FILES[kind].format(name=self.name))
            if path.is_file() and not path.is_symlink() and path.name not in _UNREAD
        )
        path = chance.choice(files)
        content = path.read_bytes()
        done = mutations.damage(path, chance, files)
        is_changed = not path.exists() or path.read_bytes() != content
        what = f"{kind}, seed {seed}, {done}: {' '.join(reading.words)}"
        answer = self.before[reading.words]

        def read() -> int:
            now = reading.run(self.project)
            if now == 0 and reading.answer and not _same(answer, reading.answer()):
                print("WRONG: another answer than before")
                return WRONG
            return now

        outcome = self._run(read, reading)
        has_own_words = reading.is_build or reading.says
        if not self.ended_badly(what, outcome, has_own_words=has_own_words):
            self._compare(reading, what, outcome, is_changed)
        self._put_back()

    def _compare(
        self, reading: Reading, what: str, outcome: engine.Outcome, is_changed: bool
    ) -> None:
        """Count an answer as the same or as a refusal; another one is a fault."""
        if outcome.code == 0 and is_changed and reading.must_notice:
            self.fault("not noticed", what, outcome.text)
        elif reading.says:
            self.counts["said"] += 1
        elif outcome.code:
            self.counts["refused"] += 1
        elif reading.answer or outcome.text == self.before[reading.words]:
            self.counts["the same"] += 1
        else:
            self.fault("wrong", what, outcome.text)

    def _run(self, work: Callable[[], object], reading: Reading) -> engine.Outcome:
        limits = {"hang": BUILD_HANG, "memory": None} if reading.is_build else {}
        return engine.run(work, self.project, **limits)

    def _usual(self, reading: Reading) -> object:
        """Return the answer where nothing is spoiled."""
        outcome = self._run(partial(reading.run, self.project), reading)
        assert outcome.code == 0, outcome
        answer: object = outcome.text
        if reading.answer:
            here = Path.cwd()
            os.chdir(self.project)
            try:
                answer = reading.answer()
                if isinstance(answer, dict) and "marts" in answer:
                    kept = self.kept / f"marts {len(self.before)}"
                    shutil.copytree(answer["marts"], kept)
                    answer = {"marts": kept.absolute()}
            finally:
                os.chdir(here)
        self._put_back()
        return answer


def _mark(path: Path) -> object:
    """Return what tells whether a file has been touched."""
    if path.is_symlink():
        return str(path.readlink())
    stat = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns
