"""The command ``carbonshed remove``."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer


def remove(
    name: Annotated[str, typer.Argument(help="Name of a dataset.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a dataset with all that was made of it.

    Its tables, warehouse, solved systems, what is published of it, its report and dbt's
    files about it. Nothing is removed while a build, an ingest or a publication of it
    runs. Who has open what is published goes on reading it.
    """
    import sys

    from carbonshed.ask.status import shown, unknown
    from carbonshed.errors import CarbonshedError
    from carbonshed.names import validate_name
    from carbonshed.text import size_text

    places = {
        place: size_text(_size(place))
        for place in places_of(validate_name(name))
        if os.path.lexists(place)
    }
    if not places:
        raise CarbonshedError(unknown(name))
    with _out_of_use(name):
        pass  # before it is asked about
    if not yes:
        for place, size in places.items():
            typer.echo(f"{shown(place)} ({size})", err=True)
        if not sys.stdin.isatty():
            raise CarbonshedError(
                "nothing is removed without a yes; there is no terminal to ask on:"
                f" carbonshed remove {name} --yes"
            )
        typer.confirm(f"remove {name}, all of this?", abort=True, err=True)
    with _out_of_use(name):
        for place, size in places.items():
            _remove(place)
            typer.echo(f"removed: {shown(place)} ({size})")


def places_of(name: str) -> list[Path]:
    """Return where all is that belongs to a dataset, there or not.

    What is published comes first and the dataset last, so that a removal that was
    interrupted can be repeated, and nobody reads what is half there.
    """
    from carbonshed.paths import data_dir, project_root, solved_dir, warehouse_dir
    from carbonshed.publish.editions import PUBLISHED

    shelf = warehouse_dir() / PUBLISHED
    target = project_root() / "target" / name
    report = project_root() / "reports" / name
    return [
        shelf / f"{name}.duckdb",
        shelf / f"{name}.previous.duckdb",
        shelf / name,
        shelf / f".{name}",
        warehouse_dir() / f"{name}.duckdb",
        warehouse_dir() / f"{name}.duckdb.wal",
        solved_dir() / name,
        *([report] if _is_report(report) else []),
        # dbt's own folder may be called so
        *([target] if (target / "manifest.json").is_file() else []),
        *sorted(data_dir().glob(f".{name}.p*")),  # .partial-PID, .previous
        data_dir() / name,
    ]


def _is_report(folder: Path) -> bool:
    from carbonshed.report.folder import MARKER

    return not folder.exists() or (folder / MARKER).is_file()


@contextmanager
def _out_of_use(name: str) -> Iterator[None]:
    """Keep others from writing what belongs to a dataset."""
    import duckdb

    from carbonshed.errors import CarbonshedError
    from carbonshed.files import FileLock, LockHeldError
    from carbonshed.paths import data_dir, project_root, warehouse_dir
    from carbonshed.publish.editions import PUBLISHED
    from carbonshed.publish.work_file import WorkFileLockedError, read_work_file

    warehouse = warehouse_dir() / f"{name}.duckdb"
    locks = {
        data_dir() / f".{name}.lock": "the dataset is being written",
        warehouse_dir() / PUBLISHED / f".{name}" / "lock": "it is being published",
        project_root() / "reports" / f".{name}.lock": "its report is being written",
    }
    with ExitStack() as held:
        for path, why in locks.items():
            if not path.parent.is_dir():
                continue
            lock = FileLock(path)
            try:
                lock.acquire()
            except LockHeldError:
                msg = f"{name} is in use: {why} by another process; wait for it"
                raise CarbonshedError(msg) from None
            held.callback(lock.release)
        try:
            if warehouse.is_file() and read_work_file(warehouse).is_foreign:
                raise CarbonshedError(
                    f"{warehouse} is no warehouse that Carbonshed has built: move it"
                    " away first"
                )
        except WorkFileLockedError:
            raise CarbonshedError(
                f"{name} is in use: a build runs, or a client has {warehouse} open;"
                " wait for it, or close it"
            ) from None
        except duckdb.Error:  # a damaged one may go
            pass
        yield


def _remove(place: Path) -> None:
    from carbonshed.errors import CarbonshedError
    from carbonshed.files import remove_folder

    try:
        if place.is_dir() and not place.is_symlink():
            remove_folder(place)
        else:
            place.unlink(missing_ok=True)
        is_left = os.path.lexists(place)
        why = "something in it is not ours to remove"
    except OSError as error:
        is_left, why = True, error.strerror or str(error)
    if is_left:
        raise CarbonshedError(
            f"{place}: cannot be removed: {why}; what comes after it"
            " in the list is still there"
        )


def _size(place: Path) -> int:
    """Return how many bytes a place has, not what a link leads to."""
    paths = [place, *place.rglob("*")] if place.is_dir() else [place]
    return sum(
        path.lstat().st_size for path in paths if path.is_symlink() or path.is_file()
    )
