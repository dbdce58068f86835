"""Systems that pymrio has saved: a folder or a zip file with a list of its tables.

The file ``carbonshed.json`` lies beside the tables of an exported system; pymrio does
not look at it. It has the facts on a dataset that a system has no field for: with it a
system comes back as the dataset that it was.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from carbonshed.errors import CarbonshedError
from carbonshed.readers.world.reading import check_zip, list_folder, parse_with
from carbonshed.readers.world.system import texts

PARAMETERS = "file_parameters.json"
METADATA = "carbonshed.json"
EXPORT = "EXPORT"
IMPORTS = "imports"
VALUE_ADDED = "value_added"
EMISSIONS = "emissions"

_LISTS = ("regions", "sectors", "categories", "stressors", "components", "gdp")
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
        names = "" if source.is_file() else f"; the folder has {list_folder(source)}"
        raise CarbonshedError(
            f"{where}: no {PARAMETERS} of a whole system{names}; expected what pymrio "
            "saves by save_all"
        )


def _parameter_files(source: Path, where: str) -> Iterator[tuple[str, Any]]:
    if source.is_dir():
        for path in sorted([source / PARAMETERS, *source.glob(f"*/{PARAMETERS}")]):
            if path.is_file():
                name = str(path.relative_to(source))
                yield name, _parse_json(path.read_bytes(), name, where)
        return
    for name in check_zip(source, where):
        if PurePosixPath(name).name == PARAMETERS:
            yield name, _parse_json(read_member(source, name, where), name, where)


def read_member(source: Path, name: str, where: str) -> bytes:
    """Return a file of an archive, however it may be broken."""
    try:
        with zipfile.ZipFile(source) as archive:
            return archive.read(name)
    except Exception as error:  # cut, encrypted, of an unknown compression
        raise CarbonshedError(
            f"{where}: {name} cannot be read from the zip file: {error}"
        ) from None


def _parse_json(content: bytes, name: str, where: str) -> Any:
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CarbonshedError(f"{where}: {name} is not JSON: {error}") from None


def read_metadata(source: Path, where: str) -> dict[str, Any] | None:
    """Return the content of ``carbonshed.json``, None without the file."""
    content = _metadata_file(source, where)
    if content is None:
        return None
    metadata = _parse_json(content, METADATA, where)
    is_whole = (
        isinstance(metadata, dict)
        and isinstance(metadata.get("year"), int)
        and isinstance(metadata.get("descriptor"), dict)
        and isinstance(metadata["descriptor"].get("mrio"), dict)
        and all(isinstance(metadata.get(key), list) for key in _LISTS)
        and all(
            isinstance(row, dict)
            for key in ("regions", "sectors", "categories", "stressors")
            for row in metadata[key]
        )
    )
    if not is_whole:
        raise CarbonshedError(
            f"{where}: {METADATA} is not what `carbonshed export pymrio` writes; "
            "delete it to read the system without it"
        )
    return metadata


def _metadata_file(source: Path, where: str) -> bytes | None:
    if source.is_dir():
        path = source / METADATA
        return path.read_bytes() if path.is_file() else None
    names = check_zip(source, where)
    for name in names:
        path = PurePosixPath(name)
        if path.name == METADATA and str(path.with_name(PARAMETERS)) in names:
            return read_member(source, name, where)
    return None


def rows_for(
    ids: list[str], rows: list[dict[str, Any]], key: str, where: str
) -> list[dict[str, Any]]:
    """Return the rows of labels in the order of the tables."""
    rows_by_id = {row.get(key): row for row in rows}
    if set(rows_by_id) != set(ids):
        raise CarbonshedError(
            f"{where}: {METADATA} and the tables have other {key}s: "
            f"{len(rows_by_id)} and {len(ids)}, such as "
            f"{sorted(map(str, set(rows_by_id) ^ set(ids)))[0]!r}; delete "
            f"{METADATA} if the system was changed since"
        )
    return [rows_by_id[label] for label in ids]


def regions_of_system(source: Path, _: int | None, where: str) -> list[str]:
    """Return the regions of a saved system."""
    import pymrio

    refuse_pickles(source, where)
    system = parse_with(pymrio.load_all, source, subset=["Y"], where=where)
    if getattr(system, "Y", None) is None:
        raise CarbonshedError(f"{where}: has no Y; expected a whole system")
    return texts(system.Y.index.get_level_values(0), where)
