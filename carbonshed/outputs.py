"""Files and folders that a user names for a command to write."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.paths import data_dir, is_in_project, kept_scenarios, warehouse_dir

# a path in these is never a plain file: /dev/stdout may lead to one
_OF_THE_SYSTEM = (Path("/dev"), Path("/proc"), Path("/sys"))


def output_file(path: Path) -> Path:
    """Return the file that is written or replaced at the path of a user.

    A link stays; the file that it leads to is returned.

    Raises
    ------
    CarbonshedError
        If the path is not that of a plain file, or is in a folder of the project in
        which commands alone write.
    """
    refuse_folders_of_commands(path)
    target = Path(os.path.realpath(path))
    is_of_the_system = any(
        address.is_relative_to(folder)
        for address in (path.absolute(), target)
        for folder in _OF_THE_SYSTEM
    )
    if target.is_dir():
        raise CarbonshedError(f"{path}: is a folder; expected the name of a file")
    if is_of_the_system or (os.path.lexists(target) and not target.is_file()):
        raise CarbonshedError(
            f"{path}: is a pipe, a device or what leads to one; expected a new file or"
            " one to replace. What a command prints goes to standard output without -o"
        )
    return target


def refuse_folders_of_commands(path: Path) -> None:
    """Refuse a path in ``data/`` or ``warehouse/``: commands alone write there."""
    if not is_in_project():
        return
    target = Path(os.path.realpath(path))
    for folder in (data_dir(), warehouse_dir()):
        if target.is_relative_to(os.path.realpath(folder)):
            raise CarbonshedError(
                f"{path}: is in {folder}, where commands keep what they make; name a"
                " place outside of it"
            )


def write_new_file(path: Path, text: str) -> None:
    """Write a file that does not exist yet, and the folders above it.

    Raises
    ------
    CarbonshedError
        If it exists or cannot be written, or is in a folder of the project in which
        commands alone write; the scenarios that a dataset keeps are the user's.
    """
    if path.absolute() != kept_scenarios(path.absolute().parent.name):
        refuse_folders_of_commands(path)
    if path.exists():
        raise CarbonshedError(
            f"{path}: is there already; this does not overwrite anything, choose "
            "another name"
        )
    with _explain_new(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)


def write_new_folder(folder: Path, files: dict[str, str]) -> list[str]:
    """Write files, as text by name, into a new or empty folder; return their names.

    Raises
    ------
    CarbonshedError
        If the folder is not empty or cannot be written, or is in a folder of the
        project in which commands alone write.
    """
    refuse_folders_of_commands(folder)
    with _explain_new(folder):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CarbonshedError(
                f"{folder}: is not an empty folder; this does not overwrite anything, "
                "choose another"
            )
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
    return list(files)


@contextmanager
def _explain_new(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CarbonshedError(f"{path}: cannot be written: {error.strerror}") from None
