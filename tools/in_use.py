"""Refuse to remove an environment that a process uses; ``make clean`` runs this.

It needs the standard library alone, because the environment may be incomplete.
"""

import os
import sys
from pathlib import Path

MAX_COMMAND_LENGTH = 100  # characters of a command


def users(folders: list[Path], processes: Path = Path("/proc")) -> dict[int, str]:
    """Return the commands that run from folders, by process id.

    Parameters
    ----------
    folders
        Folders of environments.
    processes
        The folder in which Linux lists processes; on other systems it is missing, and
        there are no commands.
    """
    inside = tuple(f"{folder.absolute()}{os.sep}" for folder in folders)
    commands = {}
    for process in processes.glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode("utf-8", "replace")
            here = (process / "cwd").readlink()
        except OSError:  # the process has ended or belongs to another user
            continue
        words = words.rstrip("\0").split("\0")
        # the system lists `bin/dbt` as `bin/python bin/dbt`
        programs = [os.path.normpath(here / word) for word in words[:2]]
        if any(program.startswith(inside) for program in programs):
            commands[int(process.name)] = " ".join(words)[:MAX_COMMAND_LENGTH]
    commands.pop(os.getpid(), None)
    return dict(sorted(commands.items()))


def main(folders: list[str]) -> int:
    """Print the commands that run from the folders; return 1 if there are any."""
    commands = users([Path(folder) for folder in folders])
    if not commands:
        return 0
    print("error: nothing was removed, since this runs in the environment:")
    for number, command in commands.items():
        print(f"  process {number}: {command}")
    print("wait until it has ended, or end it, then run make clean again")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
