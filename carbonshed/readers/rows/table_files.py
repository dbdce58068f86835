"""Which files a tidy folder holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from carbonshed.dataset.contract import DESCRIPTOR_FILE, INPUT_TABLES, InputTable
from carbonshed.errors import CarbonshedError
from carbonshed.text import printable

SUFFIXES = (".csv", ".parquet")


@dataclass(frozen=True)
class TidyFolder:
    """The files of a tidy folder.

    Attributes
    ----------
    descriptor
        The descriptor.
    tables
        File by table; optional tables may be missing.
    others
        Names of all other files, which are ignored.
    """

    descriptor: Path
    tables: dict[str, Path]
    others: list[str]


def find_files(
    folder: Path,
    contract: Mapping[str, InputTable] = INPUT_TABLES,
    template: str = "tidy FOLDER",
) -> TidyFolder:
    """Return the files of a tidy folder.

    Parameters
    ----------
    folder
        The folder.
    contract
        The tables that it may hold, by name.
    template
        What ``carbonshed template`` writes such a folder for, named in refusals.

    Raises
    ------
    CarbonshedError
        If there is no such folder, it is empty, a required file is missing or a
        table is there twice.
    """
    needs_descriptor = any(table.is_required for table in contract.values())
    held = f"{DESCRIPTOR_FILE} and the tables" if needs_descriptor else "the tables"
    if not folder.exists():
        raise CarbonshedError(f"{folder}: no such folder")
    if not folder.is_dir():
        raise CarbonshedError(
            f"{folder}: is a file; expected the folder that holds {held}"
        )
    try:
        names = sorted(printable(path.name) for path in folder.iterdir())
    except OSError as error:
        raise CarbonshedError(f"{folder}: cannot be read: {error.strerror}") from None
    if not names:
        raise CarbonshedError(
            f"{folder}: the folder is empty; expected {held} "
            f"(`carbonshed template {template}` writes them to fill in)"
        )
    tables = {}
    for table in contract.values():
        found = [table.name + suffix for suffix in SUFFIXES]
        found = [name for name in found if name in names]
        _check(folder, table, found, names)
        if found:
            tables[table.name] = folder / found[0]
    used = {DESCRIPTOR_FILE, *(path.name for path in tables.values())}
    others = [name for name in names if name not in used]
    return TidyFolder(folder / DESCRIPTOR_FILE, tables, others)


def _check(folder: Path, table: InputTable, found: list[str], names: list[str]) -> None:
    if len(found) > 1:
        raise CarbonshedError(
            f"{folder}: {found[0]} and {found[1]} are both there; keep one of them"
        )
    if not found and table.is_required:
        stem = table.name.casefold()
        near = [name for name in names if name.casefold().startswith(stem + ".")]
        hint = f"; found {near[0]!r}, which is not read" if near else ""
        raise CarbonshedError(
            f"{folder}: {table.name}.csv or {table.name}.parquet is missing; expected "
            f"{table.description}{hint}"
        )
    if found and not (folder / found[0]).is_file():
        raise CarbonshedError(f"{folder / found[0]}: is not a file")
