"""A folder of statistics: its tables, read field by field, and a template of it."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from carbonshed.checksums import sha256_of
from carbonshed.compile.parent import Parent
from carbonshed.dataset import Dataset
from carbonshed.dataset.contract import (
    ASSUMPTIONS,
    DESCRIPTOR_FILE,
    INPUT_TABLES,
    Column,
    InputTable,
    amounts_table,
)
from carbonshed.dataset.descriptor import OF_REGIONS, read_descriptor
from carbonshed.errors import CarbonshedError
from carbonshed.outputs import write_new_folder
from carbonshed.readers.rows.household_groups import check_household_groups
from carbonshed.readers.rows.outlines import read_outlines
from carbonshed.readers.rows.small_tables import Dimensions, read_rows
from carbonshed.readers.rows.sources import find_files, open_source
from carbonshed.readers.templates import csv_text, table_section
from carbonshed.text import listing, suggestion

MEASURES = ("output", "value_added", "employment")
_README = "README.md"

_YEAR = Column("year", "year")
_REGION = Column("region_id", "id", references="regions")
_SECTOR = Column("sector_id", "id", references="sectors")
_ANY_SECTOR = replace(_SECTOR, is_optional=True, is_nullable=True)
_CATEGORY = Column("category_id", "id", references="final_demand_categories")
_STRESSOR = Column("stressor_id", "id", references="stressors")
_NUMBER = {"is_optional": True, "is_nullable": True}

_TABLES = (
    INPUT_TABLES["regions"],
    INPUT_TABLES["region_years"],
    amounts_table(
        "activity",
        "output, value added or employment by region, of a sector or of a label",
        _YEAR,
        _REGION,
        Column("measure", "text", vocabulary=MEASURES),
        _ANY_SECTOR,
        Column("label_id", "id", **_NUMBER),
    ),
    INPUT_TABLES["labels"],
    amounts_table(
        "demand_totals",
        "purchases of final users, imports included",
        _YEAR,
        _REGION,
        _CATEGORY,
    ),
    InputTable(
        "distances",
        (
            replace(_REGION, name="origin_region_id"),
            replace(_REGION, name="destination_region_id"),
            Column("distance", "number"),
        ),
        ("origin_region_id", "destination_region_id"),
        False,
        "distances that replace great-circle ones; km unless all are given",
    ),
    InputTable(
        "trade_parameters",
        (
            _SECTOR,
            Column("distance_decay", "number", **_NUMBER),
            Column("own_region_delta", "number", **_NUMBER),
        ),
        ("sector_id",),
        False,
        "how fast trade falls with distance, how much a region keeps; empty = default",
    ),
    amounts_table(
        "known_flows",
        "deliveries that are known, in the parent's table units; a place is a region or"
        " a parent_region_id, and no sector means all",
        _YEAR,
        # a region, or a parent_region_id for all its regions
        Column("origin_region_id", "id"),
        Column("destination_region_id", "id"),
        _ANY_SECTOR,
    ),
    InputTable(
        "known_shares",
        (
            _YEAR,
            replace(_REGION, name="origin_region_id"),
            replace(_REGION, name="destination_region_id"),
            _SECTOR,
            Column("share", "number"),
        ),
        ("year", "origin_region_id", "destination_region_id", "sector_id"),
        False,
        "shares of what a sector of a region delivers inside its parent region, by"
        " destination; the origin keeps the rest, others get nothing",
    ),
    amounts_table(
        "exports",
        "exports of a sector by region; only proportions within a region of the parent"
        " count",
        _YEAR,
        _REGION,
        _SECTOR,
    ),
    amounts_table(
        "emissions",
        "emissions of a sector, or without a sector the region's total with direct"
        " ones",
        _YEAR,
        _STRESSOR,
        _REGION,
        _ANY_SECTOR,
    ),
    INPUT_TABLES["direct_emissions"],
    *(INPUT_TABLES[name] for name in ASSUMPTIONS if name != "labels"),
)
STATISTICS_TABLES = {table.name: table for table in _TABLES}
Row = dict[str, Any]

# defaults [ours], by sector group; the reasons are in docs/compile.md
DISTANCE_DECAY = 1.0
OWN_REGION_DELTA = {"services": 0.10, "construction": 0.02}
OWN_REGION_DELTA_GOODS = 0.15
OWN_REGION_DELTA_POWER = 0.10
# a share of less than the smallest is nothing, and no office counts as far as the
# largest; beyond them products of figures leave the range of doubles
MIN_AMOUNT, MAX_AMOUNT = 1e-30, 1e30
# shares of one origin may add up to 1 and so much, by rounding
MAX_EXCESS = 1e-9
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


def default_trade_parameters(sectors: list[Row]) -> list[tuple[float, float]]:
    """Return distance_decay and own_region_delta of every sector."""
    return [
        (
            DISTANCE_DECAY,
            OWN_REGION_DELTA_POWER
            if row["is_power_supply"]
            else OWN_REGION_DELTA.get(row["sector_group"], OWN_REGION_DELTA_GOODS),
        )
        for row in sectors
    ]


@dataclass(frozen=True)
class Range:
    """The values a figure may have: 0, or from `least` to `largest`."""

    least: float
    largest: float
    may_be_zero: bool = True
    remedy: str = ""

    def has(self, value: float) -> bool:
        """Return whether a figure is in it."""
        is_inside = self.least <= value <= self.largest
        return is_inside or (self.may_be_zero and value == 0)

    def expected(self, value: float) -> str:
        """Return the expectation for a figure out of the range."""
        if value > self.largest:
            words = f"at most {self.largest:g}"
        elif value > 0:
            words = f"{'0, or ' if self.may_be_zero else ''}at least {self.least:g}"
        else:
            words = "0 or more" if self.may_be_zero else "a number above 0"
        return words + self.remedy


_AMOUNT = Range(MIN_AMOUNT, MAX_AMOUNT)
RANGES = {
    "region_years": {
        # more people than live on earth
        "population": Range(1, 1e10),
        "gdp": Range(
            MIN_AMOUNT, MAX_AMOUNT, remedy=", or nothing where it is not known"
        ),
    },
    "activity": {"value": _AMOUNT},
    "demand_totals": {"value": _AMOUNT},
    "distances": {"distance": Range(1e-12, 1e12)},
    "trade_parameters": {
        "distance_decay": Range(1e-12, 20),
        "own_region_delta": Range(1e-6, 10, may_be_zero=False),
    },
    "known_flows": {"value": _AMOUNT},
    "known_shares": {"share": Range(MIN_AMOUNT, 1 + MAX_EXCESS)},
    "exports": {"value": _AMOUNT},
    "emissions": {"value": _AMOUNT},
    "direct_emissions": {"value": _AMOUNT},
}


@dataclass(frozen=True)
class StatisticsFolder:
    """The rows of a folder of statistics, and its descriptor."""

    folder: Path
    descriptor: dict[str, Any]
    # by table; those of `regions` are all regions of the result, by parent
    rows: dict[str, list[Row]]
    parents: list[int]  # position of each region's parent
    whole: set[str]  # regions of the parent that no row names, kept as they are
    files: dict[str, str]  # names by table
    hashes: dict[str, str]  # SHA-256 by file name
    notes: list[str]  # files of the folder that are not used

    def file(self, table: str) -> str:
        """Return the name of the file of a table, for messages."""
        return self.files.get(table, f"{table}.csv")


def read_statistics(folder: Path, parent: Parent) -> StatisticsFolder:
    """Read ``datapackage.json`` and one CSV or Parquet file per table of a folder.

    The files name sectors, categories and stressors of the parent.
    """
    files = find_files(folder, STATISTICS_TABLES, "compile FOLDER --parent PARENT")
    paths = files.tables
    others = [name for name in files.others if name != _README]
    descriptor = read_descriptor(files.descriptor)
    block = descriptor.get("mrio", {})
    if not isinstance(block, dict) or not set(block) <= {*OF_REGIONS, "caveat"}:
        raise CarbonshedError(
            f"{DESCRIPTOR_FILE}: `mrio` is the parent's, but for "
            f"{listing(OF_REGIONS)}; expected a descriptor with name, title, licenses "
            "and sources, and an `mrio` with these and a `caveat` at most"
        )
    dimensions, members = _dimensions(paths["regions"], parent)
    regions = dimensions.rows["regions"]
    outlines = read_outlines(files.outlines, descriptor, regions)
    outlines.add_to(regions)  # in place of the parent's where a region stays whole
    rows: dict[str, list[Row]] = {"regions": regions}
    notes = [f"not used: files {listing(others)}"] if others else []
    notes += outlines.notes
    read = [files.descriptor, *paths.values(), *filter(None, [files.outlines])]
    for name, table in STATISTICS_TABLES.items():
        if name not in paths:
            rows[name] = []
            continue
        source = open_source(paths[name], table)
        notes += source.unused
        if name != "regions":
            rows[name] = read_rows(
                source, dimensions, may_be_empty=not table.is_required
            )
            _refuse_what_is_out_of_range(name, source.file, rows[name])
    # labels of activity may overlap in regions of different parents
    bought = {row["label_id"] for row in rows["household_spending"]}
    notes += check_household_groups(
        {**rows, "labels": [r for r in rows["labels"] if r["label_id"] in bought]},
        lambda name: paths[name].name,
        dimensions,
        parent.dataset.descriptor["mrio"]["country"],
    )
    years = {row["year"] for row in rows["region_years"]}
    for name, path in paths.items():
        own = {row["year"] for row in rows[name] if "year" in row}
        if unused := sorted(own - {None, *years}):
            notes.append(
                f"not used: years {listing(unused)} of {path.name}, which "
                f"{paths['region_years'].name} does not have"
            )
        if own & years and (without := sorted(years - own)) and None not in own:
            notes.append(
                f"{path.name} has no rows of {listing(without)}: what it says is "
                "estimated there, and years differ by that, too"
            )
    return StatisticsFolder(
        folder,
        descriptor,
        rows,
        [k for k, own in enumerate(members) for _ in range(max(len(own), 1))],
        {parent.regions[k] for k, own in enumerate(members) if not own},
        {name: path.name for name, path in paths.items()},
        {path.name: sha256_of(path) for path in read},
        notes,
    )


def _dimensions(path: Path, parent: Parent) -> tuple[Dimensions, list[list[Row]]]:
    """Return the ids that may be named, and the rows of each parent region.

    Regions are in the order of their parents, then of the file; a parent region that
    no row names stays whole.
    """
    dimensions = Dimensions()
    for table, rows in parent.labels.items():
        if table != "regions":
            dimensions.add(table, rows)
    region_rows = read_rows(open_source(path, INPUT_TABLES["regions"]), dimensions)
    names = {region: number for number, region in enumerate(parent.regions)}
    members: list[list[Row]] = [[] for _ in names]
    for number, row in enumerate(region_rows, start=1):
        position = 0 if len(names) == 1 else names.get(row["parent_region_id"])
        if position is None:
            raise CarbonshedError(
                f"{path.name}: data row {number}: `parent_region_id` of region "
                f"{row['region_id']!r} is {row['parent_region_id']!r}; expected a "
                f"region of the parent {parent.dataset.name}"
                f"{suggestion(row['parent_region_id'], names)}"
            )
        members[position].append(row)
    wholes = parent.labels["regions"]
    regions = [
        row
        for children, whole in zip(members, wholes, strict=True)
        for row in children or [whole]
    ]
    counts = Counter(row["region_id"] for row in regions)
    if twice := sorted(region for region, count in counts.items() if count > 1):
        raise CarbonshedError(
            f"{path.name}: region {twice[0]!r} is also a region of the parent that "
            "stays whole; expected another id"
        )
    dimensions.add("regions", regions)
    return dimensions, members


def _refuse_what_is_out_of_range(table: str, file: str, rows: list[Row]) -> None:
    """Refuse the first figure that is below 0 or implausibly large."""
    for name, allowed in RANGES.get(table, {}).items():
        for number, row in enumerate(rows, start=1):
            value = row[name]
            if value is not None and not allowed.has(value):
                owner, where = "", ""
                if table == "trade_parameters":
                    owner = f" of sector {row['sector_id']!r}"
                elif "region_id" in row:
                    where = f" (region {row['region_id']!r})"
                raise CarbonshedError(
                    f"{file}: data row {number}: `{name}`{owner} is {value:.10g}"
                    f"{where}; expected {allowed.expected(value)}"
                )


def write_compile_template(folder: Path, parent: Dataset) -> list[str]:
    """Write a folder to fill in, and return the names of its files.

    It has headers, the parent's sectors in three labels, default trade parameters.

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
