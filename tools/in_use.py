"""Refuse to remove an environment in which something runs: ``make clean`` asks this.

It needs nothing but Python, because the environment may be half there.
"""

import os
import sys
from pathlib import Path

_MOST_SHOWN = 100  # characters of a command


def users(folders: list[Path], processes: Path = Path("/proc")) -> dict[int, str]:
    """Return the commands that run from folders, by the number of their process.

    Parameters
    ----------
    folders
        Of environments.
    processes
        Where the system lists what runs; elsewhere than on Linux there is none, and
        nothing is found.
    """
    inside = tuple(f"{folder.absolute()}{os.sep}" for folder in folders)
    found = {}
    for process in processes.glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode("utf-8", "replace")
            here = (process / "cwd").readlink()
        except OSError:  # it has ended, or is another user's
            continue
        words = words.rstrip("\0").split("\0")
        # `bin/dbt` is run as `bin/python bin/dbt`
        places = [os.path.normpath(here / word) for word in words[:2]]
        if any(place.startswith(inside) for place in places):
            found[int(process.name)] = " ".join(words)[:_MOST_SHOWN]
    found.pop(os.getpid(), None)
    return dict(sorted(found.items()))


def main(folders: list[str]) -> int:
    """Say what runs in the folders; return 1 if anything does."""
    found = users([Path(folder) for folder in folders])
    if not found:
        return 0
    print("error: nothing was removed, since this runs in the environment:")
    for number, command in found.items():
        print(f"  process {number}: {command}")
    print("wait until it has ended, or end it, then run make clean again")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
