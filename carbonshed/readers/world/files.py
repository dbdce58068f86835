"""Folders and archives that pymrio has saved."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from carbonshed.errors import CarbonshedError
from carbonshed.readers.world.parse import check_zip, contents

PARAMETERS = "file_parameters.json"

_PICKLES = (".pkl", ".pickle")


def refuse_pickles(source: Path, where: str) -> None:
    """Refuse a saved system with a table that is a Python pickle.

    Loading a pickle runs whatever its author wrote into it.
    """
    is_system = False
    for name, content in _parameter_files(source, where):
        if not isinstance(content, dict) or not isinstance(content.get("files"), dict):
            raise CarbonshedError(
                f"{where}: {name} lists no files; expected a JSON object as "
                "pymrio writes it"
            )
        is_system |= content.get("systemtype") == "IOSystem"
        for table, file in content["files"].items():
            file_name = str(file.get("name")) if isinstance(file, dict) else ""
            if PurePosixPath(file_name).suffix.lower() in _PICKLES:
                raise CarbonshedError(
                    f"{where}: table {table} is a pickle ({file_name}), which would "
                    "run code of its author; save the system as text or Parquet"
                )
            if ".." in PurePosixPath(file_name).parts or file_name.startswith("/"):
                raise CarbonshedError(
                    f"{where}: table {table} is said to be in {file_name!r}; expected "
                    "a file of the same folder"
                )
    if not is_system:
        found = "" if source.is_file() else f"; the folder has {contents(source)}"
        raise CarbonshedError(
            f"{where}: no {PARAMETERS} of a whole system{found}; expected what pymrio "
            "saves by save_all"
        )


def _parameter_files(source: Path, where: str) -> Iterator[tuple[str, Any]]:
    if source.is_dir():
        for path in sorted([source / PARAMETERS, *source.glob(f"*/{PARAMETERS}")]):
            if path.is_file():
                name = str(path.relative_to(source))
                yield name, _json(path.read_bytes(), name, where)
        return
    for name in check_zip(source, where):
        if PurePosixPath(name).name == PARAMETERS:
            yield name, _json(read_member(source, name, where), name, where)


def read_member(source: Path, name: str, where: str) -> bytes:
    """Return a file of an archive, however it may be broken."""
    try:
        with zipfile.ZipFile(source) as archive:
            return archive.read(name)
    except Exception as error:  # cut, encrypted, of an unknown compression
        raise CarbonshedError(
            f"{where}: {name} cannot be read from the zip file: {error}"
        ) from None


def _json(content: bytes, name: str, where: str) -> Any:
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CarbonshedError(f"{where}: {name} is not JSON: {error}") from None
