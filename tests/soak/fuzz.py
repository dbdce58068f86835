"""``python -m soak.fuzz``: what readers parse, changed where new code is reached.

It needs atheris, which is no dependency of the project: ``pip install atheris``. Only a
refusal in our own words may end a reading.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

_HANG = 60  # seconds
_MEMORY = 4000  # MB
_FILES = {  # the file of a source that is changed
    "tidy CSV": "transactions.csv",
    "tidy Parquet": "transactions.parquet",
    "descriptor": "datapackage.json",
    "workbook": "table.xlsx",
    "matrix CSV": "Table.csv",
    "map": "../map.yml",
    "EXIOBASE archive": "IOT_2010_ixi.zip",
    "Eora26 texts": "Eora26_2010_bp_T.txt",
    "city MATLAB file": "China_city_MRIO_2012.mat",
}
_SMALL = ("scenarios", "indicators")
TARGETS = (*_FILES, *_SMALL)


def main() -> int:
    """Share the time among the targets; return 1 if one has failed."""
    asked = argparse.ArgumentParser(prog="soak.fuzz", description=__doc__)
    asked.add_argument("--seconds", type=int, default=600)
    asked.add_argument("--target", choices=TARGETS, help="one alone, in this process")
    given = asked.parse_args()
    if find_spec("atheris") is None:
        print("coverage-guided fuzzing is SKIPPED: atheris is not installed")
        return 0
    if given.target:
        _fuzz(given.target, given.seconds)
    each = max(given.seconds // len(TARGETS), 1)
    failed = []
    for target in TARGETS:
        words = [sys.executable, "-m", "soak.fuzz", "--target", target]
        done = subprocess.run(
            [*words, "--seconds", str(each)],
            capture_output=True,
            text=True,
            check=False,
        )
        runs = [line for line in done.stderr.splitlines() if line.startswith("Done ")]
        print(f"{target}: {runs[-1] if runs else 'failed'}", flush=True)
        if done.returncode:
            print((done.stdout + done.stderr)[-4000:])
            failed.append(target)
    return int(bool(failed))


def _fuzz(target: str, seconds: int) -> None:
    import atheris

    with atheris.instrument_imports(include=["carbonshed"]):
        import carbonshed.readers
        import carbonshed.readers.tidy
        import carbonshed.readers.workbook.assemble
        import carbonshed.scenarios.scenario_file  # noqa: F401 - only to be instrumented
    folder = Path(tempfile.mkdtemp(prefix="soak-fuzz-"))
    found = Path.cwd() / "fuzz-"  # before the inputs that fail
    corpus = folder / "corpus"
    corpus.mkdir()
    (folder / "dbt_project.yml").touch()
    os.chdir(folder)
    read = _reading(target, folder, corpus)
    words = (f"-max_total_time={seconds}", f"-timeout={_HANG}", "-max_len=200000")
    atheris.Setup(
        [
            *(sys.argv[0], str(corpus), *words),
            *(f"-rss_limit_mb={_MEMORY}", f"-artifact_prefix={found}"),
        ],
        read,
    )
    atheris.Fuzz()


def _reading(target: str, folder: Path, corpus: Path) -> Callable[[bytes], None]:
    """Return what reads some bytes as a target, and put a whole one into the corpus."""
    from carbonshed.errors import CarbonshedError

    changed, do = _small(folder) if target in _SMALL else _source(target, folder)
    if target in _SMALL:
        changed, do = changed[target], do[target]
    shutil.copy(changed, corpus)

    def read(content: bytes) -> None:
        changed.write_bytes(content)
        with suppress(CarbonshedError):
            do()
        shutil.rmtree(folder / "data", ignore_errors=True)

    return read


def _source(target: str, folder: Path) -> tuple[Path, Callable[[], object]]:
    from carbonshed.readers import ingest
    from carbonshed.readers.options import IngestOptions
    from soak.sources import SOURCES

    name = "matrix CSV" if target == "map" else target
    source = next(source for source in SOURCES if source.name == name)
    (folder / "in").mkdir()
    source.write(folder / "in")
    _, form, place, *rest = source.words
    given = dict(zip(rest[::2], rest[1::2], strict=True))
    options = {
        name: Path(given[f"--{name}"])
        for name in ("map", "indicators", "emissions", "regions")
        if f"--{name}" in given
    }
    if "--stressor" in given:
        options["stressors"] = (given["--stressor"],)
    if "--year" in given:
        options["year"] = int(given["--year"])
    asked = IngestOptions("a", **options)
    return folder / "in" / _FILES[target], lambda: ingest(form, Path(place), asked)


def _small(folder: Path) -> tuple[dict[str, Path], dict[str, Callable[[], object]]]:
    """Return the small files that a user writes, and what reads each."""
    from carbonshed.readers.rows.small_tables import read_indicators
    from carbonshed.scenarios.allowed_ids import Vocabulary
    from carbonshed.scenarios.scenario_file import read_scenarios
    from soak.sources import SCENARIOS

    known = Vocabulary(
        dataset="a",
        years=(2012,),
        ids={
            "regions": ("north", "south"),
            "sectors": ("01", "1"),
            "final_demand_categories": ("hh", "inv"),
        },
        groups={"sectors": {}, "final_demand_categories": {}},
        names={"sectors": {}, "regions": {}},
        power_supply=frozenset("1"),
        benchmarks=("mean", "p25"),
        caps=("peer_mean",),
        is_built=False,
    )

    scenarios, indicators = folder / "scenarios.csv", folder / "indicators.csv"
    scenarios.write_text(SCENARIOS, "utf-8")
    indicators.write_text("year,region_id,population,gdp\n2010,a,5,1.5\n", "utf-8")
    return (
        {
            "scenarios": scenarios,
            "indicators": indicators,
        },
        {
            "scenarios": lambda: read_scenarios(scenarios, known),
            "indicators": lambda: read_indicators(indicators, 2010, ["a"]),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
