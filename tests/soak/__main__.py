"""``python -m soak``: inputs spoiled and commands killed, for a number or an hour.

Each fault names its seed, with which the run can be repeated.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import importlib
import sys
import tempfile
import time
from pathlib import Path

from soak.engine import Player

# in the parent, once: a child begins where it stands
IMPORTS = (
    *("carbonshed.cli", "carbonshed.readers", "carbonshed.audit", "duckdb"),
    *("pyarrow.parquet", "pandas", "openpyxl", "h5py", "scipy.linalg", "pymrio"),
    *("carbonshed.readers.tidy", "carbonshed.publish.publishing"),
    *("rich.progress", "carbonshed.solve.solves", "carbonshed.dbt_plugin.vars"),
)


def main() -> int:
    """Run what was asked for; return 1 if anything is not as it must be."""
    options = _options()
    for module in IMPORTS:
        importlib.import_module(module)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        players = _players(Path(folder), options)
        began = time.monotonic()
        for name, player in players.items():
            for number in range(options.seed, options.seed + getattr(options, name)):
                player.play(number)
        for number in range(options.seed, options.seed + options.builds):
            players["kills"].play_report(number, options.dataset)
            players["kills"].play_build(number, options.dataset)
        number = options.seed + options.inputs + options.kills
        while options.seconds and time.monotonic() - began < options.seconds:
            for player in players.values():
                player.play(number)
            number += 1
        for player in players.values():
            player.end()
    faults = [fault for player in players.values() for fault in player.faults]
    for fault in faults:
        print(fault, end="\n\n")
    for name, player in players.items():
        print(f"{name}: {dict(player.counts)}")
    print(f"{time.monotonic() - began:,.0f} s")
    return int(bool(faults))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    for name, text in {
        "inputs": "how many are spoiled",
        "kills": "how many kills",
        "rounds": "how many builds and publications, with a reader all the while",
        "stored": "how many stored files",
        "questions": "how many in SQL",
        "builds": "kills of builds, and as many of reports",
        "seed": "of the first",
    }.items():
        parser.add_argument(f"--{name}", type=int, default=0, help=text)
    parser.add_argument("--seconds", type=float, help="all alternately, for so long")
    parser.add_argument(
        "--project",
        type=Path,
        help="in which these are killed, or whose dataset is copied",
    )
    parser.add_argument("--dataset", default="tiny", help="which is built there")
    return parser.parse_args()


def _players(folder: Path, options: argparse.Namespace) -> dict[str, Player]:
    """Return what plays the rounds that were asked for, by the name of its option."""
    from soak.kills import Killer
    from soak.publications import Publisher
    from soak.questions import Questioner
    from soak.spoil import Spoiler
    from soak.stored import Vandal

    players: dict[str, Player] = {}
    if options.rounds or options.seconds:
        players["rounds"] = Publisher(folder / "rounds")
    if options.inputs or options.seconds:
        players["inputs"] = Spoiler(folder / "inputs")
    if options.kills or options.builds or options.seconds:
        players["kills"] = Killer(folder / "kills", options.project)
    if options.stored or options.questions or options.seconds:
        vandal = Vandal(folder / "stored", options.project, options.dataset)
        players["stored"] = vandal
        players["questions"] = Questioner(vandal.project, options.dataset)
    return players


if __name__ == "__main__":
    sys.exit(main())
