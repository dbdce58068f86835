"""Kill commands at random moments: readers find the earlier or the new, whole."""

import random
import subprocess
import sys
from functools import partial
from pathlib import Path

from support.ways import FIRST, SECOND, STORE, WAYS

from carbonshed import checksums
from carbonshed.publish.editions import published_editions
from soak.engine import Player, run_command

BUILD_HANG = 600.0  # seconds
_EVERY = 10  # kills, after which the next run must go through
_MAX_PARTS = 2  # left by killed runs, before the next run
_BUILD_SECONDS = 25.0  # about what a small build takes


class Killer(Player):
    """Projects below a folder, one for each way to store something.

    Builds and reports of `project`, which has a built dataset, are killed too.
    """

    def __init__(self, folder: Path, project: Path | None = None) -> None:
        super().__init__()
        self.folder = folder
        self.project = project
        self.seconds["build"] = _BUILD_SECONDS
        for name, way in WAYS.items():
            place = folder / name
            (place / STORE.parent).mkdir(parents=True)
            (place / "dbt_project.yml").touch()
            for version in (FIRST, SECOND):
                work = partial(way.run, version)
                outcome = self.must_do("failed", name, work, place)
            self.seconds[name] = outcome.seconds

    def play(self, seed: int) -> None:
        """Kill one command, and look at what readers find."""
        chance = random.Random(seed)
        name = chance.choice(sorted(WAYS))
        way, version = WAYS[name], chance.choice((FIRST, SECOND))
        folder = self.folder / name
        what = self.kill(name, seed, partial(way.run, version), folder)

        def look() -> None:
            assert way.found() in (FIRST, SECOND), way.found()
            parts = [rest for rest in way.rest() if "partial" in rest]
            assert len(parts) <= _MAX_PARTS, parts

        self.must_do("half", what, look, folder)
        if chance.randrange(_EVERY) == 0:
            self._go_on(name)

    def _go_on(self, name: str) -> None:
        """Let the next run go through, with nothing left over."""
        way = WAYS[name]

        def do() -> None:
            way.run(SECOND)
            assert way.found() == SECOND
            left = {rest for rest in way.rest() if not rest.endswith("lock")}
            assert not left, left

        self.must_do("failed", name, do, self.folder / name)

    def end(self) -> None:
        """Let every way go through once more."""
        for name in WAYS:
            self._go_on(name)

    # --- a whole project ----------------------------------------------------------

    def play_report(self, seed: int, name: str) -> None:
        """Kill a report of what a project has published."""
        folder = self.project / "reports" / name
        work = partial(run_command, ("report", name, "--no-pictures"))
        if "report" not in self.seconds:
            outcome = self.must_do("failed", "report", work, self.project)
            self.seconds["report"] = outcome.seconds
            self.pages = _names(folder)
        what = self.kill("report", seed, work, self.project)
        beside = [p for p in folder.parent.glob(f".{name}.*") if "partial" in p.name]
        if folder.exists() and _names(folder) != self.pages:
            self.fault("half", what, _names(folder))
        if len(beside) > _MAX_PARTS:
            self.fault("leftovers", what, beside)

    def play_build(self, seed: int, name: str) -> None:
        """Kill a whole build of a dataset that is published."""
        program = str(Path(sys.executable).with_name("dbt"))
        command = [program, "build", "--vars", f"dataset: {name}"]
        build = partial(subprocess.call, command)
        limits = {"hang": BUILD_HANG, "memory": None}
        what = self.kill("build", seed, build, self.project, **limits)
        warehouse = self.project / "warehouse" / f"{name}.duckdb"

        def look() -> None:
            editions = published_editions(warehouse)
            assert editions, "nothing is published any more"
            for edition in editions:
                assert checksums.compare(edition / checksums.LIST)[1] == []

        self.must_do("half", what, look, self.project)
        if random.Random(seed).randrange(_EVERY) == 0:
            self.must_do("failed", f"after {what}", build, self.project, **limits)


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
