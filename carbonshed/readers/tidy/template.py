"""An empty tidy folder: headers, a descriptor to fill in, the vocabularies."""

import csv
import json
from pathlib import Path
from typing import Any

from carbonshed.dataset.contract import (
    DESCRIPTOR_FILE,
    INPUT_TABLES,
    RESERVED_IDS,
    RESERVED_STRESSOR_ID,
    Column,
    InputTable,
)
from carbonshed.errors import CarbonshedError

_TYPES = {
    "id": "string",
    "text": "string",
    "year": "integer",
    "count": "integer",
    "number": "number",
    "boolean": "boolean",
}

_README = """\
# A table for Carbonshed

Fill in the tables and `datapackage.json`, then run

    carbonshed ingest tidy {folder} --name NAME

Each table is a CSV file (UTF-8, with this header) or a Parquet file of the same
name. An empty field is NULL and nothing else is: `NA` is an id like any other. Ids
are text and are never interpreted: `01` and `1` differ. A row that is not there
counts as zero. Delete optional tables that you do not need; other files are ignored.

`datapackage.json`: `currency` is an ISO 4217 code, `currency_unit` says how many
units of it one number in the tables is worth (1000000: the tables are in millions),
`country` is an ISO 3166 alpha-3 code or WLD. `synthetic` marks invented numbers.
`currency_per_usd`, optional, is an exchange rate by year: `{{"2012": 6.3125}}`.

Reserved: the ids {reserved}, and the stressor id {stressor}.

{tables}
"""


def write_template(folder: Path) -> list[str]:
    """Write an empty tidy folder.

    Parameters
    ----------
    folder
        A folder that does not exist yet, or an empty one.

    Returns
    -------
    list of str
        Names of the files.

    Raises
    ------
    CarbonshedError
        If the folder is not empty or cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CarbonshedError(
                f"{folder}: is not an empty folder; the template does not overwrite "
                "anything, choose another"
            )
        folder.mkdir(parents=True, exist_ok=True)
        for table in INPUT_TABLES.values():
            path = folder / f"{table.name}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerow(table.column_names)
        descriptor = json.dumps(_descriptor(), indent=2)
        (folder / DESCRIPTOR_FILE).write_text(descriptor + "\n", encoding="utf-8")
        (folder / "README.md").write_text(_readme(folder), encoding="utf-8")
    except OSError as error:
        raise CarbonshedError(
            f"{folder}: cannot be written: {error.strerror}"
        ) from None
    return [DESCRIPTOR_FILE, *(f"{name}.csv" for name in INPUT_TABLES), "README.md"]


def _descriptor() -> dict[str, Any]:
    return {
        "name": "",
        "title": "",
        "licenses": [{"name": "", "title": ""}],
        "sources": [{"title": ""}],
        "mrio": {
            "currency": "",
            "currency_unit": None,
            "price_basis": "",
            "country": "",
            "synthetic": False,
        },
        "resources": [_resource(table) for table in INPUT_TABLES.values()],
    }


def _resource(table: InputTable) -> dict[str, Any]:
    return {
        "name": table.name.replace("_", "-"),
        "path": f"{table.name}.csv",
        "format": "csv",
        "encoding": "utf-8",
        "description": table.description,
        "schema": {"fields": [_field(column) for column in table.columns]},
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _TYPES[column.kind]}
    constraints: dict[str, Any] = {}
    if not column.is_nullable:
        constraints["required"] = True
    if column.vocabulary:
        constraints["enum"] = list(column.vocabulary)
    return {**field, "constraints": constraints} if constraints else field


def _readme(folder: Path) -> str:
    tables = "\n\n".join(_section(table) for table in INPUT_TABLES.values())
    return _README.format(
        folder=folder,
        reserved=" and ".join(f"`{word}`" for word in RESERVED_IDS),
        stressor=f"`{RESERVED_STRESSOR_ID}`",
        tables=tables,
    )


def _section(table: InputTable) -> str:
    required = "required" if table.is_required else "optional"
    lines = [
        f"## {table.name} ({required})",
        "",
        f"Holds {table.description}. Only once: {', '.join(table.key)}.",
        "",
        *(_line(table, column) for column in table.columns),
    ]
    return "\n".join(lines)


def _line(table: InputTable, column: Column) -> str:
    facts = [_TYPES[column.kind]]
    if column.references and column.references != table.name:
        facts.append(f"an id of {column.references}")
    if column.vocabulary:
        facts.append("one of " + ", ".join(f"`{word}`" for word in column.vocabulary))
    if column.is_optional:
        facts.append("the column may be missing")
    elif column.is_nullable:
        facts.append("may be empty")
    return f"- `{column.name}`: {'; '.join(facts)}"
