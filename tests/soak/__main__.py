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

# in the parent, once: a child begins where it stands
IMPORTS = (
    *("carbonshed.cli", "carbonshed.readers", "carbonshed.audit", "duckdb"),
    *("pyarrow.parquet", "pandas", "openpyxl", "h5py", "scipy.linalg", "pymrio"),
    *("carbonshed.readers.tidy.reader", "carbonshed.publish.publication"),
    *("rich.progress", "carbonshed.solve.solves", "carbonshed.dbt_plugin.vars"),
)
_BUILD_SECONDS = 25.0  # about what a small build takes


def main() -> int:
    """Run what was asked for; return 1 if anything is not as it must be."""
    asked = argparse.ArgumentParser(prog="soak", description=__doc__)
    asked.add_argument("--inputs", type=int, default=0, help="how many are spoiled")
    asked.add_argument("--kills", type=int, default=0, help="how many kills")
    asked.add_argument("--seconds", type=float, help="both by turns, for so long")
    asked.add_argument("--seed", type=int, default=0, help="of the first")
    asked.add_argument(
        "--builds", type=int, default=0, help="kills of builds, and as many of reports"
    )
    asked.add_argument("--project", type=Path, help="in which these are killed")
    asked.add_argument("--dataset", default="tiny", help="which is built there")
    given = asked.parse_args()
    for module in IMPORTS:
        importlib.import_module(module)
    from soak.kills import Killer
    from soak.spoil import Spoiler

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        spoiler = Spoiler(Path(folder, "inputs"))
        killer = Killer(Path(folder, "kills"), given.project)
        for number in range(given.seed, given.seed + given.inputs):
            spoiler.play(number)
        for number in range(given.seed, given.seed + given.kills):
            killer.play(number)
        for number in range(given.seed, given.seed + given.builds):
            killer.play_report(number, given.dataset)
            killer.play_build(number, given.dataset, _BUILD_SECONDS)
        number = given.seed + given.inputs + given.kills
        while given.seconds and time.monotonic() - began < given.seconds:
            spoiler.play(number)
            killer.play(number)
            number += 1
        killer.end()
    for fault in (*spoiler.faults, *killer.faults):
        print(fault, end="\n\n")
    print(f"inputs: {dict(spoiler.counts)}")
    print(f"kills: {dict(killer.counts)}")
    print(f"{time.monotonic() - began:,.0f} s")
    return int(bool(spoiler.faults or killer.faults))


if __name__ == "__main__":
    sys.exit(main())
