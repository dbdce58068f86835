"""Render the marts of a dbt manifest as one Markdown page."""

from collections.abc import Iterator
from typing import Any

HEAD = """\
# Data dictionary

Every public table of the warehouse, schema `marts`. Written from the models' yml by
`make docs`; do not edit it by hand. A table begins with what it answers and its grain.
Choose one stressor before you add up, and filter on what else a table names.
`currency` is that of the dataset, in single units (table `dataset`). Columns that are
described in an earlier table are named with it, above the others.
"""

FOLDERS = {
    "dimensions": "Labels",
    "accounts": "Accounts",
    "inequality": "Inequality",
    "leakage": "Emissions embodied in trade",
    "policy": "Policy",
    "changes": "Change between years",
    "supply": "Supply chains",
    "linkages": "Linkages and extraction",
    "prices": "Prices on emissions",
    "uncertainty": "Uncertainty",
    "quality": "Quality",
}


def render(manifest: dict[str, Any]) -> str:
    """Return the page for a parsed ``manifest.json``.

    Parameters
    ----------
    manifest : dict
        As dbt writes it to ``target/manifest.json``.

    Returns
    -------
    str
        Markdown; the same manifest gives the same page.

    Raises
    ------
    ValueError
        If marts are in a folder without a title in `FOLDERS`.
    """
    return "\n".join([HEAD, *_sections(marts_by_folder(manifest))]).rstrip() + "\n"


def marts_by_folder(manifest: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the marts of each folder, in the order of the page."""
    marts = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    ]
    if untitled := {mart["fqn"][2] for mart in marts} - FOLDERS.keys():
        folders = ", ".join(f"models/marts/{folder}" for folder in sorted(untitled))
        raise ValueError(f"{folders}: add a title to FOLDERS in {__name__}")
    marts.sort(key=lambda mart: mart["name"])
    return {
        folder: [mart for mart in marts if mart["fqn"][2] == folder]
        for folder in FOLDERS
    }


def choices(alternatives: dict[str, list[str]]) -> str:
    """Return the columns to filter on, each with the flag that does as well."""
    words = []
    for column, choosers in alternatives.items():
        flags = [name for name in choosers if name.startswith("is_default")]
        words.append(f"`{column}`" + "".join(f" (or `{flag}`)" for flag in flags))
    return ", ".join(words)


def _sections(marts: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    shown: dict[str, str] = {}  # the mart in which a row of a table stands
    for folder, inside in marts.items():
        if inside:
            yield f"## {FOLDERS[folder]}\n"
        for mart in inside:
            yield from _table(mart, shown)


def _table(mart: dict[str, Any], shown: dict[str, str]) -> Iterator[str]:
    rows = {name: _row(column) for name, column in mart["columns"].items()}
    repeated: dict[str, list[str]] = {}
    for name, row in rows.items():
        if row in shown:
            repeated.setdefault(shown[row], []).append(f"`{name}`")
    yield f"### `{mart['name']}`\n"
    meta = mart["config"]["meta"]
    answers = _one_line(meta["answers"])
    answers = f"**{answers[:1].upper()}{answers[1:]}.**"
    yield f"{answers} {_one_line(mart['description'])}\n"
    if alternatives := meta.get("alternatives"):
        yield (
            f"Filter on {choices(alternatives)} before you add up: otherwise"
            f" {_one_line(meta['if_added_up'])}.\n"
        )
    if repeated:
        yield (
            _one_line(
                "; ".join(
                    f"{', '.join(names)} as in `{other}`"
                    for other, names in repeated.items()
                )
            )
            + ".\n"
        )
    yield "| column | type | unit | description | formula | source |"
    yield "|---|---|---|---|---|---|"
    yield from (row for row in rows.values() if row not in shown)
    yield ""
    shown.update((row, mart["name"]) for row in rows.values() if row not in shown)


def _row(column: dict[str, Any]) -> str:
    meta = column.get("config", {}).get("meta") or column.get("meta") or {}
    cells = (
        f"`{column['name']}`",
        column.get("data_type") or "",
        meta.get("unit", ""),
        column["description"],
        meta.get("formula", ""),
        meta.get("source", ""),
    )
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _one_line(text: str) -> str:
    return " ".join(str(text).split())


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")
