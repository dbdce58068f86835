"""Facts on a dataset that a pymrio system has no place for.

The file ``carbonshed.json`` lies beside the tables of an exported system; pymrio does
not look at it. With it a system comes back as the dataset that it was.
"""

import json
from pathlib import Path, PurePosixPath
from typing import Any

from carbonshed.errors import CarbonshedError
from carbonshed.readers.world.files import PARAMETERS, read_member
from carbonshed.readers.world.parse import check_zip

FILE = "carbonshed.json"
EXPORT = "EXPORT"
IMPORTS = "imports"
VALUE_ADDED = "value_added"
EMISSIONS = "emissions"

_LISTS = ("regions", "sectors", "categories", "stressors", "components", "gdp")


def read_metadata(source: Path, where: str) -> dict[str, Any] | None:
    """Return the content of ``carbonshed.json``, None if there is none.

    Raises
    ------
    CarbonshedError
        If it is not JSON or lacks a part.
    """
    content = _content(source, where)
    if content is None:
        return None
    try:
        found = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CarbonshedError(f"{where}: {FILE} is not JSON: {error}") from None
    is_whole = (
        isinstance(found, dict)
        and isinstance(found.get("year"), int)
        and isinstance(found.get("descriptor"), dict)
        and isinstance(found["descriptor"].get("mrio"), dict)
        and all(isinstance(found.get(key), list) for key in _LISTS)
        and all(
            isinstance(row, dict)
            for key in ("regions", "sectors", "categories", "stressors")
            for row in found[key]
        )
    )
    if not is_whole:
        raise CarbonshedError(
            f"{where}: {FILE} is not what `carbonshed export pymrio` writes; delete it "
            "to read the system without it"
        )
    return found


def _content(source: Path, where: str) -> bytes | None:
    if source.is_dir():
        path = source / FILE
        return path.read_bytes() if path.is_file() else None
    names = check_zip(source, where)
    for name in names:
        path = PurePosixPath(name)
        if path.name == FILE and str(path.with_name(PARAMETERS)) in names:
            return read_member(source, name, where)
    return None


def rows_for(
    ids: list[str], rows: list[dict[str, Any]], key: str, where: str
) -> list[dict[str, Any]]:
    """Return the rows of labels in the order of the tables."""
    known = {row.get(key): row for row in rows}
    if set(known) != set(ids):
        raise CarbonshedError(
            f"{where}: {FILE} and the tables have other {key}s: "
            f"{len(known)} and {len(ids)}, such as "
            f"{sorted(map(str, set(known) ^ set(ids)))[0]!r}; delete {FILE} if the "
            "system was changed since"
        )
    return [known[label] for label in ids]
