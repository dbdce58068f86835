"""World tables that a shipped map places: a record, a map and lists are all of one."""

import re
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from carbonshed.accounting.known_totals import usd_per_unit
from carbonshed.dataset.matrix_table import MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.progress import Progress
from carbonshed.readers.files.grids import Books
from carbonshed.readers.files.yaml_files import YamlFile, read_yaml
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.concordance import read_concordance
from carbonshed.readers.workbook.assemble import EmissionsFile, Year, read_emissions
from carbonshed.readers.workbook.map import Plan
from carbonshed.readers.workbook.region_labels import read_plan
from carbonshed.readers.world.eurostat import EurostatFiles
from carbonshed.readers.world.formats import Publisher
from carbonshed.readers.world.label_maps import label_map, region_rows
from carbonshed.readers.world.reading import agreed_year

_MASS = "kt"
Row = dict[str, Any]


def shipped_map(publisher: Publisher, year: int) -> YamlFile:
    """Return the map of a publisher's table, with what the record says of it."""
    name = f"{publisher.form}.yml"
    with resources.as_file(
        resources.files("carbonshed.readers.world.maps") / name
    ) as path:
        file = read_yaml(path)
    file.content.update(
        title=f"{publisher.title}, {year}",
        source=publisher.citation,
        licence=publisher.licence,
        stressors=[_stressor("co2", _MASS)],
    )
    rate = usd_per_unit(file.content["currency"], year)
    if file.content["currency"] != "USD" and rate is not None:
        file.content["currency_per_usd"] = {str(year): repr(1 / rate)}
    return file


def sectors_of(form: str, label: Callable[[int, str], str]) -> list[Row]:
    """Return the sectors of a shipped list; `label` is of its number and code."""
    return [
        {
            "sector_id": label(number, row["label"]),
            "sector_name": row["name"],
            "sector_group": row["sector_group"],
            "is_power_supply": row["is_power_supply"],
        }
        for number, row in enumerate(label_map(f"{form}_sectors").values(), start=1)
    ]


def year_in_name(publisher: Publisher, file: Path, year: int) -> int:
    """Return the year; refuse a file whose name says another."""
    matches = (re.findall(regex, file.name) for regex in publisher.year_patterns)
    years = list(map(int, next(filter(None, matches), [])))
    return agreed_year(years, year, f"{publisher.form}: {file.name}", missing="")


def plan_of(file: YamlFile, form: str, books: Books, options: IngestOptions) -> Plan:
    """Return the plan of a shipped map, with the names of its regions."""
    if options.sectors is not None:
        file.content.pop("sectors", None)
    plan = read_plan(file, options.year, options, lambda _: books)
    rows = plan.labels.rows
    if options.regions is None:
        ids = [row["region_id"] for row in rows["regions"]]
        rows["regions"] = region_rows(form, ids, None, form)
    return replace(plan, is_shipped=True)


def region_ids(
    publisher: Publisher, file: YamlFile, books: Books, year: int
) -> list[str]:
    """Return the ids of the regions that the labels of a table name."""
    plan = plan_of(file, publisher.form, books, IngestOptions(name="", year=year))
    return [row["region_id"] for row in plan.labels.rows["regions"]]


def read_shipped(
    publisher: Publisher,
    file: YamlFile,
    books: Books,
    options: IngestOptions,
    progress: Progress,
    beside: EurostatFiles | None = None,
) -> MatrixTable:
    """Read a table by its shipped map, with emissions from other files."""
    where = f"{publisher.form}: {books.source.name}"
    progress(f"reading {books.source.name}", 0.0)
    emissions, unit = EmissionsFile("", []), options.emissions_unit or _MASS
    if options.emissions is not None:
        emissions = read_emissions(options.emissions)
    ids = [] if beside is None else beside.stressors(emissions.stressors)
    if options.emissions is None and not ids:
        also = "" if beside is None else f"{beside.expected}, or "
        raise CarbonshedError(
            f"{where}: the table holds no emissions; expected {also}--emissions FILE, "
            "with the columns region_id, sector_id, value"
        )
    if "co2-total" in options.accept:
        file.content["accept"] = [*file.content["accept"], "world_co2"]
    ids = list(dict.fromkeys([*ids, *emissions.stressors])) or ["co2"]
    file.content["stressors"] = [_stressor(key, unit) for key in ids]
    plan = plan_of(file, publisher.form, books, options)
    if options.concordance is not None:
        sectors = [row["sector_id"] for row in plan.sectors]
        emissions.concordance = read_concordance(options.concordance, sectors)
    if beside is not None:
        emissions = beside.add_to(emissions, plan)
    return Year(plan, books, emissions).table()


def _stressor(key: str, unit: str) -> Row:
    names = {"co2": "Carbon dioxide", "ghg": "Greenhouse gases"}
    return {"stressor_id": key, "stressor_name": names.get(key, key), "unit": unit}
