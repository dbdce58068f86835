"""Run spoiled inputs: refused in words, or stored as they read otherwise."""

import random
import shutil
from functools import partial
from pathlib import Path

from carbonshed.audit import audit_dataset
from carbonshed.dataset.store import open_dataset
from soak import engine, mutations, sources
from soak.engine import WRONG, Player, run_command
from soak.sources import SOURCES, Source


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
        if wrong is None and "--map" in source.words:
            checks = audit_dataset(open_dataset("a")).checks
            failed = {check.check_id for check in checks if check.status == "FAIL"}
            # only an economy that cannot run may get as far as the audit
            if failed - {"spectral_radius_below_one"}:
                wrong = f"the audit fails: {sorted(failed)}"
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
        # a map finds cells wherever people have them; other layouts are fixed
        weights = [3 if "--map" in source.words else 1 for source in SOURCES]
        (source,) = chance.choices(SOURCES, weights)
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(self._base(source), work, ignore=shutil.ignore_patterns("data"))
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
