"""The files of a folder that a stranger may have made: those that lie in it."""

from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.text import listing, printable, suggestion


def files_of(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files of a folder whose names end in one of `suffixes`, in order.

    Raises
    ------
    CarbonshedError
        At one that is a pipe or a device, or a link that leads out of the folder.
    """
    paths = [path for path in sorted(folder.iterdir()) if not path.is_dir()]
    files = [path for path in paths if path.suffix.lower() in suffixes]
    for path in files:
        _need_own(folder, path)
    return files


def file_of(folder: Path, name: str) -> Path:
    """Return the file of a folder that a map names.

    Raises
    ------
    CarbonshedError
        If the name is not among those of the folder, so that a path is none, or the
        file is a pipe, a device or a link that leads out of the folder.
    """
    names = sorted(path.name for path in folder.iterdir() if not path.is_dir())
    if name not in names:
        shown = map(printable, names)
        raise CarbonshedError(
            f"{folder}: no file {name!r} (`file` of the map){suggestion(name, names)}; "
            f"files found: {listing(shown, 8)}"
        )
    path = folder / name
    _need_own(folder, path)
    return path


def _need_own(folder: Path, path: Path) -> None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # a link to nothing, or to itself
        raise CarbonshedError(f"{path}: is a link to no file") from None
    if not target.is_relative_to(folder.resolve()):
        raise CarbonshedError(
            f"{path}: is a link to a file outside of the folder, and nothing outside "
            "is read; copy the file into the folder"
        )
    need_file(path)
