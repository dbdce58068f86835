"""Kill commands at random moments: readers find the earlier or the new, whole."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from support.ways import FIRST, SECOND, STORE, WAYS

from carbonshed import checksums
from carbonshed.publish.editions import published_editions
from soak import children
from soak.spoil import run_command

_EVERY = 10  # kills, after which the next run must go through
_MOST_PARTS = 2  # of what killed runs leave, before the next run


class Killer:
    """Projects, one for each way to store something.

    Parameters
    ----------
    folder
        Where they are made.
    project
        A project with a built dataset, whose builds and reports are killed too.
    """

    def __init__(self, folder: Path, project: Path | None = None) -> None:
        self.folder = folder
        self.project = project
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self.seconds: dict[str, float] = {}
        for name, way in WAYS.items():
            place = folder / name
            (place / STORE.parent).mkdir(parents=True)
            (place / "dbt_project.yml").touch()
            self._must_do(name, lambda way=way: way.run(FIRST))
            made = self._must_do(name, lambda way=way: way.run(SECOND))
            self.seconds[name] = made.seconds

    def _must_do(self, name: str, work: Callable[[], object]) -> children.Outcome:
        def do() -> None:
            work()

        outcome = children.run(do, self.folder / name)
        if outcome.code:
            self._fault("failed", name, outcome.said)
        return outcome

    def play(self, seed: int) -> None:
        """Kill one command, and look at what readers find."""
        chance = random.Random(seed)
        name = chance.choice(sorted(WAYS))
        way, version = WAYS[name], chance.choice((FIRST, SECOND))
        moment = chance.uniform(0, 1.1 * self.seconds[name])

        def do() -> None:
            way.run(version)

        outcome = children.run(do, self.folder / name, moment)
        what = f"{name}, seed {seed}, after {moment:.3f} s"
        if outcome.was_killed:
            self.counts[f"{name} killed"] += 1
        elif outcome.code:
            self._fault("failed", what, outcome.said)
        else:
            self.counts[f"{name} ended before"] += 1

        def look() -> int:
            assert way.found() in (FIRST, SECOND), way.found()
            parts = [each for each in way.rest() if "partial" in each]
            assert len(parts) <= _MOST_PARTS, parts
            return 0

        seen = children.run(look, self.folder / name)
        if seen.code:
            self._fault("half", what, seen.said)
        if chance.randrange(_EVERY) == 0:
            self._go_on(name)

    def _go_on(self, name: str) -> None:
        """Let the next run go through, with nothing left over."""
        way = WAYS[name]

        def do() -> None:
            way.run(SECOND)
            assert way.found() == SECOND
            left = {each for each in way.rest() if not each.endswith("lock")}
            assert not left, left

        self._must_do(name, do)

    def end(self) -> None:
        """Let every way go through once more."""
        for name in WAYS:
            self._go_on(name)

    # --- a whole project ----------------------------------------------------------

    def play_report(self, seed: int, name: str) -> None:
        """Kill a report of what a project has published."""
        chance = random.Random(seed)
        folder = self.project / "reports" / name
        words = ("report", name, "--no-pictures")
        if "report" not in self.seconds:
            made = children.run(lambda: run_command(words), self.project)
            assert made.code == 0, made
            self.seconds["report"] = made.seconds
            self.pages = _names(folder)
        moment = chance.uniform(0, 1.1 * self.seconds["report"])
        outcome = children.run(lambda: run_command(words), self.project, moment)
        self.counts[f"report {'killed' if outcome.was_killed else 'ended before'}"] += 1
        beside = [p for p in folder.parent.glob(f".{name}.*") if "partial" in p.name]
        if folder.exists() and _names(folder) != self.pages:
            self._fault("half", f"report, seed {seed}", str(_names(folder)))
        if len(beside) > _MOST_PARTS:
            self._fault("leftovers", f"report, seed {seed}", str(beside))

    def play_build(self, seed: int, name: str, seconds: float) -> None:
        """Kill a whole build of a dataset that is published."""
        chance = random.Random(seed)
        moment = chance.uniform(0, seconds)
        program = Path(sys.executable).with_name("dbt")
        command = [str(program), "build", "--vars", f"dataset: {name}"]
        build = subprocess.Popen(
            command,
            cwd=self.project,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            build.wait(moment)
            self.counts["build ended before"] += 1
        except subprocess.TimeoutExpired:
            os.killpg(build.pid, signal.SIGKILL)
            build.wait()
            self.counts["build killed"] += 1
        warehouse = self.project / "warehouse" / f"{name}.duckdb"

        def look() -> None:
            editions = published_editions(warehouse)
            assert editions, "nothing is published any more"
            for edition in editions:
                assert checksums.compare(edition / checksums.LIST)[1] == []

        seen = children.run(look, self.project)
        if seen.code:
            self._fault("half", f"build, seed {seed}, {moment:.1f} s", seen.said)
        if chance.randrange(_EVERY) == 0:
            time.sleep(0.1)
            went = subprocess.run(
                command, cwd=self.project, capture_output=True, text=True, check=False
            )
            if went.returncode:
                self._fault("failed", f"build after seed {seed}", went.stdout)

    def _fault(self, kind: str, what: str, said: str) -> None:
        self.counts[kind] += 1
        self.faults.append(f"{kind}: {what}\n{said[-2000:]}")


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
