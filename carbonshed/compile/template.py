"""A folder of statistics to fill in, as ``carbonshed template compile`` writes it."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

from carbonshed.compile.files import STATISTICS_TABLES
from carbonshed.compile.parent import Parent
from carbonshed.compile.statistics import default_trade_parameters
from carbonshed.dataset import Dataset
from carbonshed.dataset.contract import DESCRIPTOR_FILE
from carbonshed.outputs import write_new_folder
from carbonshed.readers.templates import csv_text, table_section
from carbonshed.text import listing

# value added is published for these everywhere; a first list to correct
_LABEL_OF_GROUP = {
    "agriculture": "primary",
    "energy": "secondary",
    "heavy_industry": "secondary",
    "light_industry": "secondary",
    "high_tech": "secondary",
    "construction": "secondary",
    "services": "tertiary",
}


def write_compile_template(folder: Path, parent: Dataset) -> list[str]:
    """Write headers, the parent's sectors in three labels, default trade parameters.

    Parameters
    ----------
    folder
        A folder that does not exist yet, or an empty one.
    parent
        The dataset that will be split.

    Returns
    -------
    list of str
        Names of the files.

    Raises
    ------
    CarbonshedError
        If the folder is not empty or cannot be written.
    """
    labels = Parent(parent)
    files = {
        f"{name}.csv": csv_text(table.column_names, _rows(name, labels))
        for name, table in STATISTICS_TABLES.items()
    }
    descriptor = {
        "name": "",
        "title": "",
        "licenses": [{"name": "", "title": ""}],
        "sources": [{"title": ""}],
    }
    readme = (resources.files(__package__) / "template_README.md").read_text("utf-8")
    return write_new_folder(
        folder,
        {
            DESCRIPTOR_FILE: json.dumps(descriptor, indent=2) + "\n",
            **files,
            "README.md": readme.format(
                folder=folder,
                parent=parent.name,
                years=listing(parent.years),
                regions=_regions_text(labels),
                sectors=_ids(labels.labels["sectors"], "sector"),
                categories=_ids(labels.labels["final_demand_categories"], "category"),
                stressors=_ids(labels.labels["stressors"], "stressor"),
                tables="\n\n".join(map(table_section, STATISTICS_TABLES.values())),
            ),
        },
    )


def broad_labels(parent: Dataset) -> list[tuple[str, str]]:
    """Return label and sector: primary, secondary, tertiary after sector groups."""
    return _rows("labels", Parent(parent))


def _rows(table: str, parent: Parent) -> list[tuple[Any, ...]]:
    """Return the first rows of a file."""
    if table == "labels":
        return [
            (_LABEL_OF_GROUP[row["sector_group"]], row["sector_id"])
            for row in parent.sector_rows
        ]
    if table == "trade_parameters":
        defaults = default_trade_parameters(parent.sector_rows)
        return [
            (sector, decay, delta)
            for sector, (decay, delta) in zip(parent.sectors, defaults, strict=True)
        ]
    return []


def _regions_text(parent: Parent) -> str:
    if len(parent.regions) == 1:
        return (
            "It has one region, so `parent_region_id` is a label of your choice, such "
            "as the province"
        )
    return (
        "It has several regions, and `parent_region_id` names the one that a region "
        f"lies in: {listing((f'`{region}`' for region in parent.regions), 60)}. A "
        "region of the parent that no row names stays whole"
    )


def _ids(rows: list[dict[str, Any]], kind: str) -> str:
    return "\n".join(f"- `{row[f'{kind}_id']}`: {row[f'{kind}_name']}" for row in rows)
