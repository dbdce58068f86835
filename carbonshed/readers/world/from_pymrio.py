"""A system that pymrio has saved by ``save_all``: a folder, or a zip file of it.

The file ``carbonshed.json`` lies beside the tables of an exported system; pymrio does
not look at it. It has the facts on a dataset that a system has no field for: with it a
system comes back as the dataset that it was.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from pydantic import Field

from carbonshed.dataset.contract import CATEGORY_GROUPS
from carbonshed.dataset.matrix_table import MatrixTable, Row
from carbonshed.errors import CarbonshedError
from carbonshed.readers.files.yaml_files import Part as MapPart
from carbonshed.readers.files.yaml_files import read_yaml
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.small_tables import read_indicators
from carbonshed.readers.vocabulary import mass_of
from carbonshed.readers.world.core import Core, by_producer, numbers, texts
from carbonshed.readers.world.formats import PUBLISHERS
from carbonshed.readers.world.label_maps import (
    category_rows,
    fold,
    label_map,
    region_rows,
    sector_rows,
)
from carbonshed.readers.world.reading import (
    agreed_year,
    check_zip,
    list_folder,
    need_pymrio,
    need_source,
    parse_with,
)
from carbonshed.readers.world.satellites import (
    Part,
    Satellite,
    Stressor,
    add_stressors,
    choose,
    money_of,
    row_of,
)
from carbonshed.readers.world.world_table import (
    add_component,
    core_of_system,
    money_unit,
    satellites_of,
    table_of_core,
)

PARAMETERS = "file_parameters.json"
METADATA = "carbonshed.json"
EXPORT = "EXPORT"
IMPORTS = "imports"
VALUE_ADDED = "value_added"
EMISSIONS = "emissions"

_LISTS = ("regions", "sectors", "categories", "stressors", "components", "gdp")
_PICKLES = (".pkl", ".pickle")
FORM = "from-pymrio"
_PUBLISHED_FORMS = tuple(publisher.form for publisher in PUBLISHERS)
_TABLES = ["Z", "A", "Y", "x", "unit", "population", "F", "F_Y"]


def refuse_pickles(source: Path, where: str) -> None:
    """Refuse a saved system with a table that is a Python pickle.

    Loading a pickle runs whatever its author wrote into it.
    """
    is_system = False
    for name, content in _files_named(source, PARAMETERS, where):
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


def _files_named(
    source: Path, file: str, where: str
) -> Iterator[tuple[PurePosixPath, Any]]:
    """Yield the JSON files of a name in a folder and those inside, or an archive."""
    if source.is_dir():
        for path in sorted([source / file, *source.glob(f"*/{file}")]):
            if path.is_file():
                name = PurePosixPath(path.relative_to(source))
                yield name, _parse_json(path.read_bytes(), str(name), where)
        return
    for name in check_zip(source, where):
        if PurePosixPath(name).name == file:
            content = _parse_json(read_member(source, name, where), name, where)
            yield PurePosixPath(name), content


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
    systems = {name.parent for name, _ in _files_named(source, PARAMETERS, where)}
    files = _files_named(source, METADATA, where)
    metadata = next(
        (content for name, content in files if name.parent in systems), None
    )
    if metadata is None:
        return None
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


regions_of = regions_of_system


class _Map(MapPart):
    """Groups of categories by label, and facts for the descriptor."""

    categories: dict[str, str] = Field({})
    price_basis: str | None = None
    country: str | None = None
    title: str | None = None
    licence: str | None = None
    source: str | None = None


def read_from_pymrio(
    source: Path, options: IngestOptions, progress: Any
) -> MatrixTable:
    """Read a saved system."""
    where = f"{FORM}: {source.name}"
    need_source(source, "a folder that pymrio's save_all wrote, or a zip file of it")
    pymrio = need_pymrio(FORM)
    refuse_pickles(source, where)
    metadata = read_metadata(source, where)
    progress(f"{where}: reading", 0.1)
    system = parse_with(pymrio.load_all, source, subset=_TABLES, where=where)
    progress(f"{where}: checking", 0.7)
    if getattr(system, "Z", None) is None and getattr(system, "Y", None) is None:
        raise CarbonshedError(f"{where}: has no Z and no Y; expected a whole system")
    exports = _without_exports(system, where) if metadata else None
    core = core_of_system(system, where)
    satellites = satellites_of(system, where)
    year = _year(options, metadata, where)
    if metadata:
        table = _table_of_metadata(core, metadata, year, where)
        if exports is not None:
            table.exports = by_producer(exports, core.producers, f"{where}: Y")
    else:
        table = _table(system, core, year, options, where)
    table.output = _output(system, core, metadata, where)
    table.decisions += core.decisions
    for satellite in satellites:
        table.decisions += satellite.decisions
    _add_people(table, system, options, where)
    _add_satellites(table, core, satellites, options, metadata, where)
    _keep_names(table, satellites, None if metadata else system.unit)
    return table


def _year(options: IngestOptions, metadata: dict | None, where: str) -> int:
    years = [metadata["year"]] if metadata else []
    missing = "a pymrio system has no year"
    return agreed_year(years, options.year, where, missing=missing, named_by=METADATA)


def _without_exports(system: Any, where: str) -> Any:
    """Take the category of exports out of Y and F_Y; return it."""
    if system.Y is None or system.Y.columns.nlevels != 2:
        return None
    is_export = system.Y.columns.get_level_values(1) == EXPORT
    if not is_export.any():
        return None
    exports = system.Y.loc[:, is_export]
    for column in exports.columns:
        other = exports.index.get_level_values(0) != column[0]
        if numbers(exports.loc[other, [column]], where).any():
            raise CarbonshedError(
                f"{where}: Y has exports of other regions in {column[0]!r} / "
                f"{EXPORT!r}; expected those of the region itself"
            )
    system.Y = system.Y.loc[:, ~is_export]
    for extension in system.get_extensions(data=True):
        if extension.F_Y is not None:
            keep = extension.F_Y.columns.get_level_values(-1) != EXPORT
            extension.F_Y = extension.F_Y.loc[:, keep]
    return exports.sum(axis=1)


def _output(
    system: Any, core: Core, metadata: dict[str, Any] | None, where: str
) -> np.ndarray | None:
    """Return output as published, None where it only repeats the row sums."""
    if metadata:
        return _output_of_metadata(core, metadata, where)
    x = getattr(system, "x", None)
    if x is None:
        return None
    output = by_producer(x.iloc[:, 0], core.producers, f"{where}: x")
    sums = core.transactions.sum(axis=1) + core.final_demand.sum(axis=1)
    return None if np.allclose(output, sums, rtol=1e-9, atol=0.0) else output


def _output_of_metadata(
    core: Core, metadata: dict[str, Any], where: str
) -> np.ndarray | None:
    if metadata.get("output") is None:
        return None
    pairs = [
        (region.get("region_id"), sector.get("sector_id"))
        for region in metadata["regions"]
        for sector in metadata["sectors"]
    ]
    try:
        values = np.array(metadata["output"], dtype=float)
        output = dict(zip(pairs, values, strict=True))
    except (TypeError, ValueError):
        raise CarbonshedError(
            f"{where}: `output` of {METADATA} is not one number for each producer; "
            f"delete {METADATA} to read the system without it"
        ) from None
    return np.array([output[pair] for pair in core.producers])


def _table_of_metadata(
    core: Core, metadata: dict[str, Any], year: int, where: str
) -> MatrixTable:
    """Return a table with the labels that the dataset had."""
    regions = rows_for(core.regions, metadata["regions"], "region_id", where)
    ids = [row["region_id"] for row in metadata["regions"]]
    gdp = dict(zip(ids, metadata["gdp"], strict=False))
    table = table_of_core(
        core,
        year,
        regions,
        rows_for(core.sectors, metadata["sectors"], "sector_id", where),
        rows_for(core.categories, metadata["categories"], "category_id", where),
        metadata["descriptor"],
    )
    table.gdp = [gdp.get(region) for region in core.regions]
    return table


def _table(
    system: Any, core: Core, year: int, options: IngestOptions, where: str
) -> MatrixTable:
    """Return a table with labels from files and maps."""
    user_map = _read_map(options)
    if system.unit is None:
        raise CarbonshedError(f"{where}: has no unit; expected the unit of money")
    money = money_unit(system.unit.iloc[:, 0], where, options.unit)
    licence = user_map.licence
    name = getattr(system.meta, "name", None) or "A pymrio system"
    descriptor = {
        "title": user_map.title or str(name),
        "licenses": [{"title": licence}] if licence else [],
        "sources": [{"title": user_map.source or f"{name}, saved by pymrio"}],
        "mrio": {
            "currency": money.currency,
            "currency_unit": money.factor,
            "price_basis": user_map.price_basis or "as in the pymrio system",
            "country": user_map.country or "WLD",
        },
    }
    return table_of_core(
        core,
        year,
        region_rows(FORM, core.regions, options.regions, where),
        _sectors(core.sectors, options, where),
        _categories(core.categories, user_map, where),
        descriptor,
    )


def _read_map(options: IngestOptions) -> _Map:
    """Read the YAML map: groups of categories, and facts for the descriptor."""
    if options.map is None:
        return _Map()
    file = read_yaml(options.map)
    user_map = file.check(_Map)
    for label, group in user_map.categories.items():
        if group not in CATEGORY_GROUPS:
            raise CarbonshedError(
                f"{file.name}: category {label!r} is of group {group!r}; expected one "
                f"of {', '.join(CATEGORY_GROUPS)}"
            )
    return user_map


def _categories(ids: list[str], user_map: _Map, where: str) -> list[Row]:
    groups = user_map.categories
    if groups:
        missing = [label for label in ids if label not in groups]
        if missing:
            raise CarbonshedError(
                f"{where}: the map has no group for the categories "
                f"{', '.join(map(repr, missing))}"
            )
        return [
            {"category_id": k, "category_name": k, "category_group": groups[k]}
            for k in ids
        ]
    for form in (FORM, *_PUBLISHED_FORMS):
        groups_of_form = label_map(f"{form}_categories")
        if all(fold(label) in groups_of_form for label in ids):
            return category_rows(form, ids, where)
    raise CarbonshedError(
        f"{where}: categories of final demand {', '.join(map(repr, ids))} are not "
        "known; give --map FILE, a YAML file with `categories:` and a line "
        f"`LABEL: GROUP` for each (groups: {', '.join(CATEGORY_GROUPS)})"
    )


def _sectors(ids: list[str], options: IngestOptions, where: str) -> list[Row]:
    if options.sectors is None:
        for form in _PUBLISHED_FORMS:
            sectors_of_form = label_map(f"{form}_sectors")
            if all(fold(label) in sectors_of_form for label in ids):
                return sector_rows(form, ids, None, where)
    return sector_rows(FORM, ids, options.sectors, where)


def _add_people(
    table: MatrixTable, system: Any, options: IngestOptions, where: str
) -> None:
    """Take people from the indicators file, or from the system."""
    ids = [row["region_id"] for row in table.regions]
    if options.indicators is not None:
        table.population, table.gdp = read_indicators(
            options.indicators, table.year, ids
        )
        return
    population = getattr(system, "population", None)
    if population is None:
        return
    if len(population) != 1:
        raise CarbonshedError(
            f"{where}: population has {len(population)} rows; expected one"
        )
    labels = texts(population.columns, f"{where}: population")
    persons = dict(zip(labels, population.iloc[0], strict=True))
    people: list[int | None] = []
    for region in ids:
        value = persons.get(region)
        if value is None or value != value:  # noqa: PLR0124 - NaN
            people.append(None)
            continue
        try:
            whole = round(float(value))
        except (TypeError, ValueError, OverflowError):
            raise CarbonshedError(
                f"{where}: population of {region!r} is {value!r}; expected a number"
            ) from None
        if whole < 0:
            raise CarbonshedError(
                f"{where}: population of {region!r} is {value}; expected persons"
            )
        if whole != float(value):
            table.add_decision(
                "population_rounded",
                f"population of {region!r} is {value}: rounded to {whole}",
            )
        people.append(whole)
    table.population = people


def _add_satellites(
    table: MatrixTable,
    core: Core,
    satellites: list[Satellite],
    options: IngestOptions,
    metadata: dict[str, Any] | None,
    where: str,
) -> None:
    """Sort the rows of extensions into stressors, value added and imports."""
    own = {row.get("stressor_id"): row for row in (metadata or {}).get("stressors", [])}
    stressors, others = _stressors(satellites, own)
    if options.stressors:
        stressors = choose(satellites, options.stressors, where)
    unused = []
    for satellite, row in others:
        if metadata and satellite.name == IMPORTS:
            _add_imports(table, core, satellite, row, where)
        elif _is_money(satellite.units[row], table, options):
            _add_component(table, core, satellite, row, where)
        else:
            unit = satellite.units[row] or "no unit"
            unused.append(f"{satellite.text(row)} ({unit})")
    if not stressors:
        raise CarbonshedError(
            f"{where}: no row of an extension is in a unit of mass; expected emissions "
            f"(rows found: {', '.join(unused[:8]) or 'none'})"
        )
    add_stressors(table, core, stressors, where)
    for row in table.stressors:
        if own.get(row["stressor_id"]):
            row["stressor_name"] = str(own[row["stressor_id"]].get("stressor_name"))
    if unused:
        more = " ..." if len(unused) > 8 else ""
        table.add_decision(
            "unused_rows",
            f"{len(unused)} rows of extensions not used, neither a mass nor in the "
            f"table's money: {', '.join(unused[:8])}{more}",
        )


def _stressors(
    satellites: list[Satellite], own: dict[Any, Row]
) -> tuple[list[Stressor], list[tuple[Satellite, int]]]:
    """Return the rows that are emissions, and the others.

    `own` are the stressors of the dataset that a system was exported from: they may
    be persons or money.
    """
    stressors, others = [], []
    for satellite in satellites:
        for row, unit in enumerate(satellite.units):
            label = satellite.text(row)
            if satellite.name == EMISSIONS and label in own:
                own_unit = str(own[label].get("unit"))
                stressors.append(Stressor(label, own_unit, [Part(satellite, row, 1.0)]))
            elif mass_of(unit):
                stressors.append(_stressor(satellites, satellite, row))
            else:
                others.append((satellite, row))
    return stressors, others


def _stressor(satellites: list[Satellite], satellite: Satellite, row: int) -> Stressor:
    """Return the stressor that a row of mass is, named apart from its namesakes."""
    unit, factor = mass_of(satellite.units[row])
    label = satellite.text(row)
    others = [
        other
        for other in satellites
        if other is not satellite and satellite.labels[row] in other.labels
    ]
    name = satellite.full_text(row) if others else label
    return Stressor(name, unit, [Part(satellite, row, factor)])


def _is_money(unit: str, table: MatrixTable, options: IngestOptions) -> bool:
    block, money = table.descriptor["mrio"], money_of(unit)
    if money is None or money.currency != block["currency"]:
        return False
    # with --unit the written power of ten is wrong
    return options.unit is not None or money.factor == block["currency_unit"]


def _add_component(
    table: MatrixTable, core: Core, satellite: Satellite, row: int, where: str
) -> None:
    label = satellite.text(row)
    if label in table.value_added:
        label = satellite.full_text(row)
    flows, direct, notes = row_of(satellite, row, core, where)
    table.decisions += notes
    add_component(table, label, flows, direct)


def _add_imports(
    table: MatrixTable, core: Core, satellite: Satellite, row: int, where: str
) -> None:
    flows, direct, _ = row_of(satellite, row, core, where)
    table.imports_by_sector = flows if flows.any() else None
    table.imports_by_category = direct if direct is not None and direct.any() else None


def _keep_names(table: MatrixTable, satellites: list[Satellite], unit: Any) -> None:
    """Keep what extensions, levels and labels were called, for the way back."""
    rows = {}
    for satellite in satellites:
        for number, label in enumerate(satellite.labels):
            text = satellite.text(number)
            for name in (text, satellite.full_text(number)):
                if name in table.emissions or name in table.value_added:
                    rows[name] = {
                        "extension": satellite.name,
                        "levels": satellite.level_names,
                        "label": list(label),
                        "unit": satellite.units[number],
                        "has_direct": satellite.direct is not None,
                    }
    kept = {**table.descriptor.get("pymrio", {}), "rows": rows}
    if unit is not None:
        kept["money"] = str(unit.iloc[0, 0])
    table.descriptor["pymrio"] = kept
