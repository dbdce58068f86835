"""Files to begin with, as ``carbonshed template`` writes them."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from carbonshed.dataset import Dataset
from carbonshed.dataset.contract import (
    DESCRIPTOR_FILE,
    DIRECT,
    EXPORT,
    INPUT_TABLES,
    OUTLINES_FILE,
    RESERVED_IDS,
    RESERVED_STRESSOR_ID,
    UNRANKED_REGION_TYPES,
    Column,
    InputTable,
)
from carbonshed.dataset.fields import FIRST_YEAR, LAST_YEAR
from carbonshed.errors import CarbonshedError
from carbonshed.outputs import write_new_file, write_new_folder
from carbonshed.paths import seed_rows
from carbonshed.readers.rows.household_groups import nations_of
from carbonshed.readers.rows.small_tables import (
    Dimensions,
    read_rows,
)
from carbonshed.readers.rows.sources import open_source
from carbonshed.text import listing

# the name is for the one who fills it in; reading does without
INDICATOR_COLUMNS = ("year", "region_id", "region_name", "population", "gdp")

_FRICTIONLESS_TYPES = {
    "id": "string",
    "text": "string",
    "year": "integer",
    "count": "integer",
    "number": "number",
    "boolean": "boolean",
}

# codes of a country in the seed border_zones
_CODES = ("region_id", "region_code", "former_code")

IndicatorRow = tuple[object, ...]
Labels = Sequence[tuple[str, str]]


def write_tidy_template(folder: Path) -> list[str]:
    """Write an empty tidy folder: headers, a descriptor, what they mean.

    The folder is new or empty. Return the names of the files.
    """
    tables = INPUT_TABLES.values()
    readme = _packaged("tidy_README.md").format(
        folder=folder,
        outlines=OUTLINES_FILE,
        reserved=listing((f"`{word}`" for word in RESERVED_IDS), separator=" and "),
        stressor=f"`{RESERVED_STRESSOR_ID}`",
        tables="\n\n".join(table_section(table) for table in tables),
    )
    files = {DESCRIPTOR_FILE: json.dumps(_descriptor(), indent=2) + "\n"}
    files |= {f"{table.name}.csv": csv_text(table.column_names) for table in tables}
    files["README.md"] = readme
    return write_new_folder(folder, files)


def write_map_template(path: Path) -> None:
    """Write the map of a small matrix, with what every key means, to a new file."""
    write_new_file(path, _packaged("workbook_map.yml"))


def write_indicators_template(path: Path, rows: Iterable[IndicatorRow]) -> None:
    """Write a new CSV file of population and GDP to fill in.

    Rows have fields in the order of `INDICATOR_COLUMNS`; None is empty.
    """
    write_new_file(path, csv_text(INDICATOR_COLUMNS, rows))


def border_charge(dataset: Dataset) -> tuple[str, list[tuple[str, ...]]]:
    """Return the zone of a charge in words, and its rows without products and price.

    In a table of the world the zone is the European Union of the last year, where
    regions have ISO codes; else it is what leaves the table.
    """
    (facts,) = dataset.read("dataset").to_pylist()
    zone, inside = "the table: its exports", [EXPORT]
    if facts["country"] == "WLD":
        year = dataset.years[-1]
        regions = {row["region_id"] for row in dataset.read("regions").to_pylist()}
        members = {
            row["region_id"]: regions.intersection(row[code] for code in _CODES)
            for row in seed_rows("border_zones", "region_id")
            if int(row["first_year"]) <= year <= int(row["last_year"] or LAST_YEAR)
        }
        if any(members.values()):
            inside = sorted(set().union(*members.values()))
            zone = f"the European Union in {year}"
            if missing := [country for country, codes in members.items() if not codes]:
                zone += f", without {listing(missing)}: no region has that id"
    rows = [*(("zone", region, "") for region in inside)]
    rows += [("product", "", ""), ("price", "", "")]
    return zone, [("border", *row) for row in rows]


def write_border_template(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """Write a new CSV file of a charge at a border."""
    write_new_file(path, csv_text(INPUT_TABLES["border_charges"].column_names, rows))


def write_household_template(
    folder: Path, dataset: Dataset, years: Sequence[int] = (), groups: int = 5
) -> list[str]:
    """Write household groups of a dataset to fill in, and what they spend.

    Groups are of all ranked regions, their spending of each nation, by labels that
    begin as groups of sectors. The folder is new or empty. Return the names of the
    files.
    """
    (facts,) = dataset.read("dataset").to_pylist()
    regions = dataset.read("regions").to_pylist()
    nations = nations_of(regions, facts["country"])
    ranked = [
        row["region_id"]
        for row in regions
        if row["region_type"] not in UNRANKED_REGION_TYPES
    ]
    names = {
        number: f"{number} of {groups} by income" for number in range(1, groups + 1)
    }
    # spending per head without a region is that of one nation
    prefixes = {
        nation: f"{nation}-" if facts["country"] == "WLD" else ""
        for nation in dict.fromkeys(nations[region] for region in ranked)
    }
    labels = [
        (row["sector_group"], row["sector_id"])
        for row in dataset.read("sectors").sort_by("sector_position").to_pylist()
    ]
    years = _checked(years or dataset.years)
    rows = {
        "labels": labels,
        "household_groups": [
            (year, region, f"{prefixes[nations[region]]}{k}", name, k, None, None, None)
            for year in years
            for region in ranked
            for k, name in names.items()
        ],
        "household_spending": [
            (year, None, f"{prefix}{k}", None, label, None)
            for year in years
            for prefix in prefixes.values()
            for label in dict.fromkeys(label for label, _ in labels)
            for k in names
        ],
    }
    readme = _packaged("households_README.md").format(
        folder=folder,
        dataset=dataset.name,
        direct=f"`{DIRECT}`",
        tables="\n\n".join(table_section(INPUT_TABLES[name]) for name in rows),
    )
    files = {
        f"{name}.csv": csv_text(INPUT_TABLES[name].column_names, fields)
        for name, fields in rows.items()
    }
    return write_new_folder(folder, {**files, "README.md": readme})


def rows_to_fill_in(labels: Labels, years: Sequence[int]) -> list[IndicatorRow]:
    """Return a row for each year and region, without numbers.

    `labels` are id and name of each region.
    """
    return [
        (year, region_id, name, None, None)
        for year in _checked(years)
        for region_id, name in labels
    ]


def _checked(years: Sequence[int]) -> list[int]:
    """Return the years of an option in order; refuse none, and what is no year."""
    if not years:
        raise CarbonshedError(
            "which years? say so with --year, several times if need be"
        )
    for year in years:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise CarbonshedError(
                f"--year {year}: expected a year from {FIRST_YEAR} to {LAST_YEAR}"
            )
    return sorted(set(years))


def rows_of_dataset(dataset: Dataset, years: Sequence[int] = ()) -> list[IndicatorRow]:
    """Return rows of a dataset with what it knows.

    `years` are those of the dataset, or further ones.
    """
    regions = dataset.read("regions").to_pylist()
    known = {
        (row["year"], row["region_id"]): (row["population"], row["gdp"])
        for row in dataset.read("region_years").to_pylist()
    }
    labels = [(row["region_id"], row["region_name"]) for row in regions]
    return [
        (year, region_id, name, *known.get((year, region_id), (None, None)))
        for year, region_id, name, *_ in rows_to_fill_in(labels, years or dataset.years)
    ]


def labels_of_file(path: Path) -> Labels:
    """Return id and name of each region in a file like the contract's ``regions``."""
    if not path.is_file():
        found = "is a folder" if path.is_dir() else "no such file"
        raise CarbonshedError(f"{path}: {found} (--regions)")
    rows = read_rows(open_source(path, INPUT_TABLES["regions"]), Dimensions())
    return [(row["region_id"], row["region_name"]) for row in rows]


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]] = ()) -> str:
    """Return a small CSV file as text."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return file.getvalue()


def table_section(table: InputTable) -> str:
    """Return the description of a table, column by column, as Markdown."""
    required = "required" if table.is_required else "optional"
    lines = [
        f"## {table.name} ({required})",
        "",
        f"{table.description[0].upper()}{table.description[1:]}."
        f" One row per {listing(table.key)}.",
        "",
        *(_line(table, column) for column in table.columns),
    ]
    return "\n".join(lines)


def _packaged(name: str) -> str:
    return (resources.files(__name__) / name).read_text(encoding="utf-8")


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
        "resources": [
            {
                "name": table.name.replace("_", "-"),
                "path": f"{table.name}.csv",
                "format": "csv",
                "encoding": "utf-8",
                "description": table.description,
                "schema": {"fields": [_field(column) for column in table.columns]},
            }
            for table in INPUT_TABLES.values()
        ],
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _FRICTIONLESS_TYPES[column.kind],
    }
    constraints: dict[str, Any] = {}
    if not column.is_nullable:
        constraints["required"] = True
    if column.vocabulary:
        constraints["enum"] = list(column.vocabulary)
    return {**field, "constraints": constraints} if constraints else field


def _line(table: InputTable, column: Column) -> str:
    facts = [_FRICTIONLESS_TYPES[column.kind]]
    if column.references and column.references != table.name:
        facts.append(f"an id of {column.references}")
    if column.vocabulary:
        facts.append("one of " + listing(f"`{word}`" for word in column.vocabulary))
    if column.is_optional:
        facts.append("the column may be missing")
    elif column.is_nullable:
        facts.append("may be empty")
    return f"- `{column.name}`: {'; '.join(facts)}"
