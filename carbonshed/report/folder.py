"""The folder of a report: written as a whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from carbonshed.errors import CarbonshedError
from carbonshed.files import LockHeldError, folder_replacing
from carbonshed.outputs import refuse_folders_of_commands

MARKER = ".carbonshed-report"


@contextmanager
def report_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes the report when the block ends well."""
    path = path.absolute()
    refuse_what_is_no_report(path)
    try:
        with folder_replacing(path) as partial:
            (partial / MARKER).write_text("Written by carbonshed report.\n", "utf-8")
            yield partial
    except LockHeldError:
        raise CarbonshedError(
            f"{path}: another process writes this report; wait until it has ended"
        ) from None
    except OSError as error:
        raise CarbonshedError(
            f"{path}: the report cannot be written: {error.strerror}; what was there "
            "before is still there"
        ) from error


def refuse_what_is_no_report(path: Path) -> None:
    """Refuse a path that has anything but a report of this program."""
    refuse_folders_of_commands(path)
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise CarbonshedError(
            f"{path} is no folder, or a link to one; name a new or an empty folder "
            "with --out"
        )
    if path.is_dir() and not (path / MARKER).is_file() and any(path.iterdir()):
        raise CarbonshedError(
            f"{path} holds something else than a report and is left alone; name a new "
            "or an empty folder with --out"
        )
