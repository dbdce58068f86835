"""Run spoiled inputs: refused in words, or stored as they read otherwise."""

import random
import shutil
from functools import partial
from pathlib import Path

from soak import engine, mutations, sources
from soak.engine import WRONG, Player, run_command
from soak.hostile import SECRET, changes_of, never_computed, no_plain_file, objects
from soak.sources import SOURCES, Source

_HOSTILE = 0.2  # of the inputs
_LOOKED_AT = 0.25  # of those that are no plain files


class Spoiler(Player):
    """Sources in a folder, each ready to be copied and spoiled."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        for source in SOURCES:
            base = self._base(source)
            (base / "in").mkdir(parents=True)
            (base / "dbt_project.yml").touch()
            source.write(base / "in")
            made = engine.run(partial(run_command, source.words), base)
            assert made.code == 0, (source.name, made)
            same = engine.run(partial(self._judge, source, base), base)
            assert same.code == 0, (source.name, same)

    def _base(self, source: Source) -> Path:
        return self.folder / source.name.replace(" ", "_")

    def _judge(self, source: Source, work: Path) -> int:
        base = self._base(source)
        wrong = sources.compare(
            source,
            source.numbers(base / "in"),
            sources.stored(base / "data" / "a"),
            work,
        )
        if wrong is None and source.name == "descriptor":
            kept = sources.descriptor_is_kept(work)
            wrong = None if kept else "the descriptor is another"
        if wrong is not None:
            print(f"WRONG: {wrong}")
            return WRONG
        return 0

    def play(self, seed: int) -> None:
        """Spoil one source, and see what becomes of it."""
        chance = random.Random(seed)
        if chance.random() < 0.1:
            self._play_scenarios(seed, chance)
            return
        if chance.random() < _HOSTILE:
            self._play_hostile(seed, chance)
            return
        source = chance.choice(SOURCES)
        work = self._copy(source)
        files = sorted(path for path in (work / "in").rglob(source.spoiled))
        files = [path for path in files if path.is_file()]
        done = []
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            path = chance.choice(files)
            try:
                done.append(mutations.spoil(path, chance))
            except (ValueError, IndexError, KeyError, TypeError):
                done.append(f"{path.name}: spoiled beyond that")

        def read() -> int:
            code = run_command(source.words)
            return self._judge(source, work) if code == 0 else code

        self._note(f"{source.name}, seed {seed}, {done}", engine.run(read, work))
        self._look_for_rest(f"{source.name}, seed {seed}, {done}", work)

    def _copy(self, source: Source) -> Path:
        """Return a copy of a source, of which nothing is stored yet."""
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        ignored = shutil.ignore_patterns("data")
        shutil.copytree(self._base(source), work, ignore=ignored)
        return work

    def _play_hostile(self, seed: int, chance: random.Random) -> None:
        """Let a source be what nobody makes by accident."""
        with_maps = [source for source in SOURCES if len(changes_of(source.name)) > 1]
        source = chance.choice([*SOURCES, *with_maps, *with_maps])
        work = self._copy(source)
        change = chance.choice(changes_of(source.name))
        what = f"{source.name}, seed {seed}, {change(work, chance)}"
        if change is no_plain_file and chance.random() < _LOOKED_AT:
            words = ("look", "in")
        else:
            words = source.words
        # a cell may be one that is not read, a tag one that is passed over
        may_be_taken = change in (never_computed, objects)

        def read() -> int:
            code = run_command(words)
            return self._judge(source, work) if code == 0 and may_be_taken else code

        outcome = engine.run(read, work)
        is_taken = outcome.code == 0 and words == source.words
        if SECRET in outcome.text or (work / "owned").exists():
            self.fault("read", what, outcome.text)
        elif is_taken and not may_be_taken:
            self.fault("taken", what, outcome.text)
        else:
            self._note(what, outcome)
        self._look_for_rest(what, work)

    def _play_scenarios(self, seed: int, chance: random.Random) -> None:
        work = self._base(SOURCES[0])
        path = work / "scenarios.csv"
        path.write_text(sources.SCENARIOS, "utf-8")
        done = [mutations.spoil(path, chance) for _ in range(chance.randint(1, 2))]

        def check() -> int:
            code = run_command(("check", "scenarios", path.name, "--dataset", "a"))
            if code == 0:
                names, rows = sources.scenario_rows(path)
                print(f"otherwise: {names} scenario, {rows} row")
            return code

        outcome = engine.run(check, work)
        self._note(f"scenarios, seed {seed}, {done}", outcome)
        if outcome.code == 0:
            words = outcome.text.replace("scenarios", "scenario").replace("rows", "row")
            ours = words.rsplit("otherwise: ", 1)[-1].strip()
            if ours not in words.rsplit("otherwise: ", 1)[0]:
                self.fault("wrong", f"scenarios, seed {seed}, {done}", outcome.text)

    def _note(self, what: str, outcome: engine.Outcome) -> None:
        if not self.ended_badly(what, outcome):
            self.counts["stored" if outcome.code == 0 else "refused"] += 1

    def _look_for_rest(self, what: str, work: Path) -> None:
        data = work / "data"
        names = {path.name for path in data.iterdir()} if data.exists() else set()
        if names - {"a"}:
            self.fault("leftovers", what, str(names))
