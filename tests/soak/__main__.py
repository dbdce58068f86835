"""``python -m soak``: inputs spoiled and commands killed, for a number or an hour.

A seed makes a run again: what was found says which.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import importlib
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

# in the parent, once: a child begins where it stands
IMPORTS = (
    *("carbonshed.cli", "carbonshed.readers", "carbonshed.audit", "duckdb"),
    *("pyarrow.parquet", "pandas", "openpyxl", "h5py", "scipy.linalg", "pymrio"),
    *("carbonshed.readers.tidy.reader", "carbonshed.publish.publishing"),
    *("rich.progress", "carbonshed.solve.solves", "carbonshed.dbt_plugin.vars"),
)
_BUILD_SECONDS = 25.0  # about what a small build takes


def main() -> int:
    """Run what was asked for; return 1 if anything is not as it must be."""
    given = _asked()
    for module in IMPORTS:
        importlib.import_module(module)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        players = _players(Path(folder), given)
        began = time.monotonic()
        for name, player in players.items():
            for number in range(given.seed, given.seed + getattr(given, name)):
                player.play(number)
        for number in range(given.seed, given.seed + given.builds):
            players["kills"].play_report(number, given.dataset)
            players["kills"].play_build(number, given.dataset, _BUILD_SECONDS)
        number = given.seed + given.inputs + given.kills
        while given.seconds and time.monotonic() - began < given.seconds:
            for player in players.values():
                player.play(number)
            number += 1
        if "kills" in players:
            players["kills"].end()
    faults = [fault for player in players.values() for fault in player.faults]
    for fault in faults:
        print(fault, end="\n\n")
    for name, player in players.items():
        print(f"{name}: {dict(player.counts)}")
    print(f"{time.monotonic() - began:,.0f} s")
    return int(bool(faults))


def _asked() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="soak", description=__doc__)
    asked.add_argument("--inputs", type=int, default=0, help="how many are spoiled")
    asked.add_argument("--kills", type=int, default=0, help="how many kills")
    asked.add_argument("--stored", type=int, default=0, help="how many stored files")
    asked.add_argument("--questions", type=int, default=0, help="how many in SQL")
    asked.add_argument("--seconds", type=float, help="all by turns, for so long")
    asked.add_argument("--seed", type=int, default=0, help="of the first")
    asked.add_argument(
        "--builds", type=int, default=0, help="kills of builds, and as many of reports"
    )
    asked.add_argument(
        "--project",
        type=Path,
        help="in which these are killed, or whose dataset is copied",
    )
    asked.add_argument("--dataset", default="tiny", help="which is built there")
    return asked.parse_args()


def _players(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Return what plays the rounds that were asked for, by the name of its option."""
    from soak.kills import Killer
    from soak.questions import Questioner
    from soak.spoil import Spoiler
    from soak.stored import Vandal

    players: dict[str, Any] = {}
    if given.inputs or given.seconds:
        players["inputs"] = Spoiler(folder / "inputs")
    if given.kills or given.builds or given.seconds:
        players["kills"] = Killer(folder / "kills", given.project)
    if given.stored or given.questions or given.seconds:
        vandal = Vandal(folder / "stored", given.project, given.dataset)
        players["stored"] = vandal
        players["questions"] = Questioner(vandal.project, given.dataset)
    return players


if __name__ == "__main__":
    sys.exit(main())
