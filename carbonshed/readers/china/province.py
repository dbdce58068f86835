"""CEADs provincial tables, 2012 to 2020: a workbook of 31 provinces x 42 sectors.

The sheets of the year are chosen and read by the map beside this module, two languages
are compared, and emissions may come from an inventory.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from carbonshed.accounting.known_totals import check_total
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.progress import Progress
from carbonshed.readers.china.inventories import (
    RURAL,
    URBAN,
    emissions_of_table,
    kind_of_workbook,
    read_provincial_inventory,
    unit_of_emissions,
)
from carbonshed.readers.china.names import (
    CO2,
    CURRENCY_UNIT,
    province_named,
    provinces,
    sector_list_of,
    sector_rows,
)
from carbonshed.readers.china.province_sheet import ProvinceSheet, find_head
from carbonshed.readers.files.grids import Books
from carbonshed.readers.files.workbooks import FORMATS, cell_name
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.workbook.assemble import Year
from carbonshed.readers.workbook.axes import Used
from carbonshed.readers.workbook.map import plan_of
from carbonshed.text import listing

FORMAT = "ceads-province"
CONSISTENT = "consistent"

_TABLE = re.compile(r"table((?:19|20)\d\d)?(consistent|englishversion|english)?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SAME = 1e-9  # numbers of two languages


def read_ceads_province(
    source: Path, options: IngestOptions, progress: Progress
) -> MatrixTable:
    """Read a provincial table.

    Options are `year` where the workbook has none, `emissions` for an inventory by
    province, and `indicators` for population and GDP.
    """
    need_file(source, FORMATS)
    books = Books(source, None, is_shipped=True)
    year, main, english, decisions = choose_sheets(books, options)
    reading, table, sheet = _read(books, main, replace(options, year=year), progress)
    table.decisions[:0] = [Decision("sheet", f"sheet {main!r} is read"), *decisions]
    if english:
        other = _read(books, english, replace(options, year=year), progress)[0]
        _require_same(reading, other)
        text = f"sheet {english!r} holds the same numbers"
        table.add_decision("languages_agree", text)
    _compare_lists(books, sheet, table)
    unit, where = table.descriptor["mrio"]["currency_unit"], reading.reader.where
    output = reading.sums["TIU"] + reading.sums["TFU"]
    table.decisions += [
        check_total(
            kind, year, float(sums.sum()) * unit, where=f"{FORMAT}: {where}", unit=unit
        )
        for kind, sums in (
            ("china_output", output),
            ("china_value_added", reading.sums["TVA"]),
        )
    ]
    _refuse_texts_below_sums(reading)
    _note_oddities(reading, table)
    if options.emissions is None:
        _check_emissions(table, where)
    else:
        _take_inventory(table, options, where, output)
    if options.indicators is not None:
        text = f"population and GDP from {options.indicators.name}"
        table.add_decision("people_source", text)
    table.sectors = sector_rows(sheet.sectors)
    _describe_sources(table, source)
    return table


def _read(
    books: Books, name: str, options: IngestOptions, progress: Progress
) -> tuple[Year, MatrixTable, ProvinceSheet]:
    """Read a sheet by its map."""
    progress(f"{books.source.name}: {name}", 0.0)
    sheet = ProvinceSheet(books.grid(None, name), sector_list_of(options.year))
    unit = unit_of_emissions(options, FORMAT)
    file = sheet.map(
        name,
        currency_unit=f"{options.unit or CURRENCY_UNIT:.17g}",
        stressors=[CO2 | {"unit": unit}],
    )
    reading = Year(plan_of(file, options.year, options), books)
    table = reading.table()
    table.decisions = [*sheet.decisions, *table.decisions]
    return reading, table, sheet


def _describe_sources(table: MatrixTable, source: Path) -> None:
    table.descriptor["licenses"][0]["path"] = "https://www.ceads.net/"
    table.descriptor["sources"] = [
        {
            "title": "CEADs, China multi-regional input-output table "
            f"{table.year}, provinces ({source.name})",
            "path": "https://www.ceads.net/data/input_output_tables/",
        }
    ]


# --- sheets of a workbook --------------------


def choose_sheets(
    books: Books, options: IngestOptions
) -> tuple[int, str, str | None, list[Decision]]:
    """Return the year, its sheet, the one in English if there are both, and reasons.

    Names seen: ``Table`` (2015), ``Table_2017`` and ``Table_2017_consistent``,
    ``Table_2018`` and ``Table_2018_English Version``.
    """
    book = books.workbook()
    sheets: dict[tuple[int | None, str], str] = {}
    for sheet in book.sheets:
        match = _TABLE.fullmatch(re.sub(r"[\s_]", "", sheet).casefold())
        if match:
            year = int(match[1]) if match[1] else None
            kind = (match[2] or "").replace("englishversion", "english")
            sheets[year, kind] = sheet
    decisions: list[Decision] = []
    if not sheets:
        sheets[None, ""] = _only_table(books)
        text = "no sheet is called Table; this one has its labels"
        decisions.append(Decision("sheet_by_labels", text))
    year = _year(books, sheets, options.year)
    own = {kind: name for (y, kind), name in sheets.items() if y in (year, None)}
    main, english = own.get(""), own.get("english")
    if CONSISTENT in own:
        main, text = _plain_or_consistent(books, main, own[CONSISTENT], options)
        decisions.append(Decision("consistent_table", text))
    elif CONSISTENT in options.accept:
        raise CarbonshedError(
            f"{FORMAT}: {book.path.name}: --accept {CONSISTENT}, but there is no sheet "
            f"Table_{year}_consistent; sheets found: {book.listed_sheets()}"
        )
    if main is None:
        return year, english, None, decisions
    return year, main, english, decisions


def _only_table(books: Books) -> str:
    """Return the one sheet that has the labels of a table."""
    book = books.workbook()
    tables = [sheet for sheet in book.sheets if find_head(books.grid(None, sheet))]
    if len(tables) == 1:
        return tables[0]
    kind = "" if tables else kind_of_workbook(book)
    raise CarbonshedError(
        f"{FORMAT}: {book.path.name}: {len(tables) or 'no'} sheets with a provincial "
        f"table; sheets found: {book.listed_sheets()}; "
        + (f"this is {kind}" if kind else "expected a sheet Table, Table_2017, ...")
    )


def _year(
    books: Books, sheets: dict[tuple[int | None, str], str], requested: int | None
) -> int:
    years = sorted({year for year, _ in sheets if year})
    if not years:
        head = find_head(books.grid(None, next(iter(sheets.values()))))
        title = " ".join(text for row in head[:-3] for text in row)
        years = sorted({int(year) for year in _YEAR.findall(title)})
        years = years if len(years) == 1 else []
    name, named = f"{FORMAT}: {books.source.name}", listing(years, 5)
    if requested is None:
        if len(years) == 1:
            return years[0]
        state = f"has tables of {named}" if years else "has no year"
        raise CarbonshedError(f"{name} {state}; say which with --year")
    if years and requested not in years:
        raise CarbonshedError(f"{name} has the year {named}; --year says {requested}")
    return requested


def _plain_or_consistent(
    books: Books, plain: str | None, consistent: str, options: IngestOptions
) -> tuple[str, str]:
    """Choose between the two tables of 2017; return a sentence on it too."""
    if plain is None:
        return consistent, f"there is no table beside {consistent!r}"
    labels = [find_head(books.grid(None, name))[-3:] for name in (plain, consistent)]
    same = "the same" if labels[0] == labels[1] else "WARNING: other"
    if CONSISTENT in options.accept:
        return consistent, f"{consistent!r} is read as was asked; labels: {same}"
    return plain, (
        f"{consistent!r} is not read (--accept {CONSISTENT} takes it instead); its "
        f"labels: {same}"
    )


def _compare_lists(books: Books, sheet: ProvinceSheet, table: MatrixTable) -> None:
    """Compare the sheets that list provinces and sectors, if any, with the table."""

    def words_of(name: str) -> tuple[str | None, set[str]]:
        found = books.workbook().find(name)
        grid = books.grid(None, found) if found else None
        width = range(grid.width if grid else 0)
        rows = range(len(grid.rows) if grid else 0)
        texts = (grid.text(row, column) for row in rows for column in width)
        return found, set(map(str.casefold, texts))

    missing = [p.region_name for p in provinces() if p not in sheet.provinces]
    if missing:
        table.add_decision(
            "provinces_missing",
            f"WARNING: {len(sheet.provinces)} of {len(provinces())} provinces; "
            f"missing: {listing(missing, 31)}",
        )
    name, words = words_of("Province")
    named = set(map(province_named, words)) - {None}
    if named and named != set(sheet.provinces):
        table.add_decision(
            "province_list_differs",
            f"WARNING: sheet {name!r} lists {len(named)} provinces, not those of the "
            "table",
        )
    name, words = words_of("Sector")
    unlisted = [
        sector.sector_id
        for sector, own in sheet.names.items()
        if words.isdisjoint(map(str.casefold, (*own, *sector.names)))
    ]
    if name and unlisted:
        table.add_decision(
            "sector_list_differs",
            f"WARNING: sheet {name!r} does not list the names of sectors "
            f"{listing(unlisted, 5)}",
        )


def _require_same(one: Year, other: Year) -> None:
    """Refuse two language versions of a table that have different numbers."""
    blocks = [_blocks_by_key(reading) for reading in (one, other)]
    where = other.reader.where
    if one.labels != other.labels:
        raise CarbonshedError(
            f"{where}: other provinces or sectors than {one.reader.where}; expected "
            "the same table in two languages"
        )
    for key in blocks[0] | blocks[1]:
        ours, theirs = blocks[0].get(key), blocks[1].get(key)
        if ours is None or theirs is None:
            lacks = (one if ours is None else other).reader.where
            raise CarbonshedError(
                f"{lacks}: `{key}` is not there; expected the same table in two "
                "languages"
            )
        same = np.isclose(ours.cells, theirs.cells, rtol=_SAME, atol=0)
        same &= ours.is_empty == theirs.is_empty
        if not same.all():
            row, column = np.argwhere(~same)[0]
            cells = [_cell_of(used, row, column) for used in (theirs, ours)]
            raise CarbonshedError(
                f"{where}: cell {cells[0]}, and in {one.reader.where} {cells[1]}, the "
                f"first of {(~same).sum()} numbers of `{key}` that differ; expected "
                "the same table in two languages"
            )


def _cell_of(block: Used, row: int, column: int) -> str:
    number = f"{block.cells[row, column]:.10g}"
    if block.is_empty[row, column]:
        number = "empty"
    return f"{cell_name(block.rows[row], block.columns[column])} is {number}"


def _blocks_by_key(reading: Year) -> dict[str, Used]:
    return {used.key: used for used in reading.reader.used}


def _refuse_texts_below_sums(reading: Year) -> None:
    """Refuse a text in the rows of imports and CO2, also where they are not read."""
    blocks = _blocks_by_key(reading)
    end = blocks["blocks.output"].columns[0] + 1
    for key in ("blocks.imports", "blocks.emissions.co2"):
        if key in blocks:
            block, first = blocks[key], blocks[key].columns[0]
            block.grid.numbers(block.rows[0], first, end - first)


def _note_oddities(reading: Year, table: MatrixTable) -> None:
    """Note negative deliveries, and imports below exports."""
    negative = table.transactions[table.transactions < 0]
    if negative.size:
        table.add_decision(
            "negative_cells",
            f"WARNING: {negative.size} negative cells in Z, sum {negative.sum():.6g}, "
            "are kept",
        )
    blocks = _blocks_by_key(reading)
    imports, exports = blocks["blocks.imports"], blocks["blocks.exports"]
    (amount,) = imports.grid.amounts([(imports.rows[0], exports.columns[0])])
    if amount:
        table.add_decision(
            "imports_of_exports_unused",
            f"WARNING: not used: imports below exports, {amount:.6g} (goods that pass "
            "through)",
        )


# --- emissions --------------------


def _check_emissions(table: MatrixTable, where: str) -> None:
    """Compare the row of CO2 with the total of the year; refuse a table without it."""
    if not table.emissions:
        raise CarbonshedError(
            f"{FORMAT}: {where}: there is no row of CO2 below TI; give an inventory of "
            f"{table.year} by province: --emissions FILE"
        )
    direct = table.direct_emissions.get("co2", np.zeros(1))
    tonnes = TONNES_PER_UNIT[table.stressors[0]["unit"]]
    total = float(table.emissions["co2"].sum() + direct.sum()) * tonnes
    where = f"{FORMAT}: {where}: row of CO2"
    table.decisions.append(
        check_total("china_co2", table.year, total, where=where, unit=tonnes)
    )
    if not direct.any():
        table.add_decision(
            "no_direct_emissions",
            "WARNING: the row of CO2 has no emissions of households: footprints are "
            "without direct emissions",
        )


def _take_inventory(
    table: MatrixTable, options: IngestOptions, where: str, output: np.ndarray
) -> None:
    """Take emissions from an inventory of provinces.

    `output` is the sum of each row.
    """
    if options.emissions_unit not in (None, "Mt"):
        raise CarbonshedError(
            f"{FORMAT}: --emissions-unit {options.emissions_unit}: an inventory says "
            "its own unit, Mt CO2; leave the option out"
        )
    path = options.emissions
    inventory = read_provincial_inventory(path, table.year)
    table.decisions += inventory.decisions
    if table.emissions:
        table.add_decision(
            "own_emissions_unused",
            "the table's own row of CO2 is not used: --emissions is given",
        )
    amounts = emissions_of_table(
        inventory,
        [row["sector_id"] for row in table.sectors],
        [row["category_id"] for row in table.categories],
    )
    table.add_decision(
        "emissions_mapped",
        f"{path.name}: {len(inventory.sectors)} sectors taken to {len(table.sectors)}; "
        f"Urban and Rural are direct emissions of {URBAN} and {RURAL}",
    )
    ids = [row["region_id"] for row in table.regions]
    outside = [r for r in inventory.region_ids if r not in ids]
    if outside:
        raise CarbonshedError(
            f"{FORMAT}: {path.name} has emissions of province {outside[0]}, which is "
            f"not in {where}; expected the provinces of the table"
        )
    rows = [ids.index(region_id) for region_id in inventory.region_ids]
    lacking = [i for i in range(len(ids)) if i not in rows]
    if lacking:
        share = output.reshape(len(ids), -1)[lacking].sum() / output.sum()
        names = [table.regions[i]["region_name"] for i in lacking]
        table.add_decision(
            "provinces_missing",
            f"WARNING: emissions of {listing(names, 31)} count as 0: not in "
            f"{path.name}; {share:.2%} of all output",
        )
    by_sector, direct = (np.zeros((len(ids), own.shape[1])) for own in amounts)
    by_sector[rows], direct[rows] = amounts
    table.emissions = {"co2": by_sector.ravel()}
    table.direct_emissions = {"co2": direct} if direct.any() else {}
