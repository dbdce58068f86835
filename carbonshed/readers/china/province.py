"""CEADs provincial tables, 2012 to 2020: a workbook of 31 provinces x 42 sectors.

The sheets of the year are chosen, two languages compared, published sums recomputed.
"""

import re
from pathlib import Path

import numpy as np

from carbonshed.accounting.closure import MAX_GAP, SAME_TOTAL, require_sum
from carbonshed.accounting.known_totals import check_total
from carbonshed.dataset.contract import TONNES_PER_UNIT
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
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
    FINAL_DEMAND,
    ChinaSector,
    category_rows,
    province_named,
    provinces,
    sector_list_of,
    sector_rows,
)
from carbonshed.readers.china.province_sheet import (
    OF_USERS,
    ProvinceSheet,
    check_sectors,
    find_head,
    read_sheet,
)
from carbonshed.readers.files.workbooks import Workbook, text_of
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.small_tables import read_indicators
from carbonshed.text import listing

FORMAT = "ceads-province"
CONSISTENT = "consistent"

_TABLE = re.compile(r"table((?:19|20)\d\d)?(consistent|englishversion|english)?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SAME = 1e-9  # numbers of two languages
_MAX_NAMES_SHOWN = 5


def read_ceads_province(
    source: Path, options: IngestOptions, progress: Progress
) -> MatrixTable:
    """Read a provincial table.

    Options are `year` where the workbook has none, `emissions` for an inventory by
    province, and `indicators` for population and GDP.
    """
    with Workbook(source) as book:
        year, main, english, decisions = choose_sheets(book, options)
        sheet = read_sheet(book, main, progress)
        sectors = check_sectors(sheet, sector_list_of(year))
        if english:
            other = read_sheet(book, english, progress)
            check_sectors(other, sector_list_of(year))
            _require_same(sheet, other)
            text = f"sheet {english!r} holds the same numbers"
            sheet.note("languages_agree", text)
        _compare_lists(book, sheet, sectors)
    _check_categories(sheet)
    _fill_gaps(sheet)
    check_sums(sheet)
    sheet.decisions[:0] = [Decision("sheet", f"sheet {main!r} is read"), *decisions]
    unit = options.unit or CURRENCY_UNIT
    where = f"{FORMAT}: {sheet.where}"
    sheet.decisions += [
        check_total(kind, year, float(amounts.sum()) * unit, where=where, unit=unit)
        for kind, amounts in (
            ("china_output", _row_sums(sheet)),
            ("china_value_added", sheet.blocks["TVA"]),
        )
    ]
    emissions, direct, emissions_unit = _emissions(sheet, sectors, year, options)
    blocks = sheet.blocks
    region_ids = [region.region_id for region in sheet.regions]
    population, gdp = [None] * len(region_ids), [None] * len(region_ids)
    if options.indicators is not None:
        population, gdp = read_indicators(options.indicators, year, region_ids)
        text = f"population and GDP from {options.indicators.name}"
        sheet.note("people_source", text)
    return MatrixTable(
        year=year,
        regions=[
            {
                "region_id": region.region_id,
                "region_name": region.region_name,
                "parent_region_id": None,
                "region_type": "province",
                "longitude": region.longitude,
                "latitude": region.latitude,
            }
            for region in sheet.regions
        ],
        sectors=sector_rows(sectors),
        categories=category_rows(sheet.categories),
        stressors=[CO2 | {"unit": emissions_unit}],
        population=population,
        gdp=gdp,
        transactions=blocks["Z"],
        final_demand=blocks["FU"],
        descriptor=_descriptor(source, year, unit),
        exports=blocks["EX"],
        imports_by_sector=blocks["IM"],
        imports_by_category=blocks["IM" + OF_USERS],
        value_added={code: blocks[code] for code in sheet.components},
        output=blocks["GO"],
        emissions={"co2": emissions},
        direct_emissions={"co2": direct} if direct.any() else {},
        decisions=sheet.decisions,
    )


def _descriptor(source: Path, year: int, unit: float) -> dict:
    return {
        "title": "China, provinces (CEADs)",
        "licenses": [
            {
                "title": "CEADs: free after registration, to be cited as the site asks",
                "path": "https://www.ceads.net/",
            }
        ],
        "sources": [
            {
                "title": f"CEADs, China multi-regional input-output table {year}, "
                f"provinces ({source.name})",
                "path": "https://www.ceads.net/data/input_output_tables/",
            }
        ],
        "mrio": {
            "currency": "CNY",
            "currency_unit": unit,
            "price_basis": "producers' prices, current",
            "country": "CHN",
        },
    }


# --- sheets of a workbook --------------------


def choose_sheets(
    book: Workbook, options: IngestOptions
) -> tuple[int, str, str | None, list[Decision]]:
    """Return the year, its sheet, the one in English if there are both, and reasons.

    Names seen: ``Table`` (2015), ``Table_2017`` and ``Table_2017_consistent``,
    ``Table_2018`` and ``Table_2018_English Version``.
    """
    sheets: dict[tuple[int | None, str], str] = {}
    for sheet in book.sheets:
        match = _TABLE.fullmatch(re.sub(r"[\s_]", "", sheet).casefold())
        if match:
            year = int(match[1]) if match[1] else None
            kind = (match[2] or "").replace("englishversion", "english")
            sheets[year, kind] = sheet
    decisions: list[Decision] = []
    if not sheets:
        sheets[None, ""] = _only_table(book)
        text = "no sheet is called Table; this one has its labels"
        decisions.append(Decision("sheet_by_labels", text))
    year = _year(book, sheets, options.year)
    own = {kind: name for (y, kind), name in sheets.items() if y in (year, None)}
    main, english = own.get(""), own.get("english")
    if CONSISTENT in own:
        main, text = _plain_or_consistent(book, main, own[CONSISTENT], options)
        decisions.append(Decision("consistent_table", text))
    elif CONSISTENT in options.accept:
        raise CarbonshedError(
            f"{FORMAT}: {book.path.name}: --accept {CONSISTENT}, but there is no sheet "
            f"Table_{year}_consistent; sheets found: {book.listed_sheets()}"
        )
    if main is None:
        return year, english, None, decisions
    return year, main, english, decisions


def _only_table(book: Workbook) -> str:
    """Return the one sheet that has the labels of a table."""
    tables = [sheet for sheet in book.sheets if find_head(book.rows(sheet))]
    if len(tables) == 1:
        return tables[0]
    kind = "" if tables else kind_of_workbook(book)
    raise CarbonshedError(
        f"{FORMAT}: {book.path.name}: {len(tables) or 'no'} sheets with a provincial "
        f"table; sheets found: {book.listed_sheets()}; "
        + (f"this is {kind}" if kind else "expected a sheet Table, Table_2017, ...")
    )


def _year(
    book: Workbook, sheets: dict[tuple[int | None, str], str], requested: int | None
) -> int:
    years = sorted({year for year, _ in sheets if year})
    if not years:
        head = find_head(book.rows(next(iter(sheets.values())))) or []
        title = " ".join(text_of(value) for row in head[:-3] for value in row)
        years = sorted({int(year) for year in _YEAR.findall(title)})
        years = years if len(years) == 1 else []
    name, named = f"{FORMAT}: {book.path.name}", listing(years, 5)
    if requested is None:
        if len(years) == 1:
            return years[0]
        state = f"has tables of {named}" if years else "has no year"
        raise CarbonshedError(f"{name} {state}; say which with --year")
    if years and requested not in years:
        raise CarbonshedError(f"{name} has the year {named}; --year says {requested}")
    return requested


def _plain_or_consistent(
    book: Workbook, plain: str | None, consistent: str, options: IngestOptions
) -> tuple[str, str]:
    """Choose between the two tables of 2017; return a sentence on it too."""
    if plain is None:
        return consistent, f"there is no table beside {consistent!r}"
    heads = [find_head(book.rows(sheet)) or [] for sheet in (plain, consistent)]
    labels = [[[text_of(v) for v in row] for row in head[-3:]] for head in heads]
    same = "the same" if labels[0] == labels[1] else "WARNING: other"
    if CONSISTENT in options.accept:
        return consistent, f"{consistent!r} is read as was asked; labels: {same}"
    return plain, (
        f"{consistent!r} is not read (--accept {CONSISTENT} takes it instead); its "
        f"labels: {same}"
    )


def _compare_lists(
    book: Workbook, sheet: ProvinceSheet, sectors: list[ChinaSector]
) -> None:
    """Compare the sheets that list provinces and sectors, if any, with the table."""

    def words_of(name: str) -> tuple[str | None, set[str]]:
        list_sheet = book.find(name)
        rows = book.rows(list_sheet) if list_sheet else ()
        return list_sheet, {text_of(value).casefold() for row in rows for value in row}

    missing = [p.region_name for p in provinces() if p not in sheet.regions]
    if missing:
        sheet.note(
            "provinces_missing",
            f"WARNING: {len(sheet.regions)} of {len(provinces())} provinces; missing: "
            f"{listing(missing, 31)}",
        )
    name, words = words_of("Province")
    named = set(map(province_named, words)) - {None}
    if named and named != set(sheet.regions):
        sheet.note(
            "province_list_differs",
            f"WARNING: sheet {name!r} lists {len(named)} provinces, not those of the "
            "table",
        )
    name, words = words_of("Sector")
    unlisted = [
        sector.sector_id
        for sector in sectors
        if words.isdisjoint(
            text.casefold() for text in (*sheet.names[sector.sector_id], *sector.names)
        )
    ]
    if name and unlisted:
        sheet.note(
            "sector_list_differs",
            f"WARNING: sheet {name!r} does not list the names of sectors "
            f"{listing(unlisted, 5)}",
        )


def _require_same(one: ProvinceSheet, other: ProvinceSheet) -> None:
    """Refuse two language versions of a table that have different numbers."""
    if (one.regions, one.codes) != (other.regions, other.codes):
        raise CarbonshedError(
            f"{other.where}: other provinces or sectors than {one.where}; expected the "
            "same table in two languages"
        )
    for code in one.blocks | other.blocks:
        ours, theirs = one.blocks.get(code), other.blocks.get(code)
        if ours is None or theirs is None or ours.shape != theirs.shape:
            lacks = one if ours is None else other
            raise CarbonshedError(
                f"{lacks.where}: {code} is not there, or smaller than in the other "
                "language; expected the same table twice"
            )
        same = np.isclose(ours, theirs, rtol=_SAME, atol=0, equal_nan=True)
        if not same.all():
            cell = tuple(map(int, np.argwhere(~same)[0]))
            positions = [f"position {index + 1}" for index in cell]
            if not code.endswith(OF_USERS):
                positions[0] = one.producer(cell[0])
            raise CarbonshedError(
                f"{other.where}: {(~same).sum()} numbers of {code} differ from "
                f"{one.where}, the first in {listing(positions)}: {theirs[cell]} and "
                f"{ours[cell]}; expected the same table in two languages"
            )


# --- sums --------------------


def _check_categories(sheet: ProvinceSheet) -> None:
    unknown = [code for code in sheet.categories if code not in FINAL_DEMAND]
    if unknown:
        raise CarbonshedError(
            f"{sheet.where}: the category {listing(unknown, 5)} of final demand is not "
            f"known; expected {listing(FINAL_DEMAND, 5)}"
        )
    missing = [code for code in (RURAL, URBAN) if code not in sheet.categories]
    if missing:
        raise CarbonshedError(
            f"{sheet.where}: no final demand {listing(missing, 5)} (households); found "
            f"{listing(sheet.categories, 5)}"
        )


def _fill_gaps(sheet: ProvinceSheet) -> None:
    """Set empty cells of blocks to 0; refuse them in published sums."""
    for code, values in sheet.blocks.items():
        empty = np.isnan(values)
        if not empty.any():
            continue
        if code in ("TIU", "TFU", "GO", "TII", "TVA", "TI"):
            raise CarbonshedError(
                f"{sheet.where}: {code} is empty for "
                f"{_named(sheet, np.flatnonzero(empty))}; expected a number (a "
                "workbook with formulas must be saved by a program that stores their "
                "values)"
            )
        if code != "CO2" + OF_USERS:  # most tables have none
            text = f"{code}: {empty.sum()} empty cells count as 0"
            sheet.note("empty_cells", text)
        values[empty] = 0.0


def check_sums(sheet: ProvinceSheet) -> None:
    """Recompute the published sums; add to the decisions."""
    blocks = sheet.blocks
    flows, imports = blocks["Z"], blocks["IM"]
    users = np.column_stack([blocks["FU"], blocks["EX"]])
    components = np.column_stack([blocks[code] for code in sheet.components])
    for code, parts, title in (
        ("TIU", flows, "Z"),
        ("TFU", users, "FU101.. and EX"),
        ("TVA", components, " + ".join(sheet.components)),
    ):
        require_sum(
            code,
            blocks[code],
            parts.sum(axis=1),
            f"the sum of {title}",
            np.abs(parts).sum(axis=1),
            sheet.where,
            sheet.producer,
        )
    # TII may include imports or not
    inputs = flows.sum(axis=0)
    size = np.abs(flows).sum(axis=0) + np.abs(imports)
    gaps = {
        title: _relative(blocks["TII"], total, size)
        for title, total in {"Z": inputs, "Z and IM": inputs + imports}.items()
    }
    title = min(gaps, key=lambda title: (gaps[title] > SAME_TOTAL).sum())
    if gaps[title].max() > SAME_TOTAL:
        wrong = np.flatnonzero(gaps[title] > SAME_TOTAL)
        worst = ", ".join(f"{gap.max():.3g} from {key}" for key, gap in gaps.items())
        raise CarbonshedError(
            f"{sheet.where}: TII of {_named(sheet, wrong)} is not the sum of Z, nor of "
            f"Z and IM: largest relative gap {worst}; expected {SAME_TOTAL:g}"
        )
    sheet.note("intermediate_inputs", f"TII is the sum of {title}")
    costs = inputs + imports + blocks["TVA"]
    for code in ("TI", "GO"):
        gap = blocks[code] - costs
        wrong = np.flatnonzero(_relative(blocks[code], costs, 0.0) > SAME_TOTAL)
        if wrong.size:
            sheet.note(
                "column_sums",
                f"WARNING: {code} differs from Z + IM + TVA by more than "
                f"{SAME_TOTAL:g} in {wrong.size} columns, in total by {gap.sum():.6g}: "
                f"{_named(sheet, wrong)}",
            )
    _check_output(sheet)
    negative = flows < 0
    if negative.any():
        sheet.note(
            "negative_cells",
            f"WARNING: {negative.sum()} negative cells in Z, sum "
            f"{flows[negative].sum():.6g}, are kept",
        )


def _check_output(sheet: ProvinceSheet) -> None:
    """Compare GO with the sum of the row; the difference is the publisher's ERR."""
    output = sheet.blocks["GO"]
    row_sums = _row_sums(sheet)
    error = output - row_sums
    gap, total = np.abs(error), output.sum()
    share = gap.sum() / total if total else 0.0
    sheet.note(
        "published_output",
        "output is the sum of each row; GO, the published output, differs from it by "
        f"{gap.sum():.6g} in all ({share:.2%}), which is left out (ERR)",
    )
    large = np.flatnonzero(gap > MAX_GAP * np.abs(output))
    if large.size:
        order = np.argsort(-gap[large], kind="stable")
        sheet.note(
            "published_output",
            f"WARNING: GO differs from the sum of the row by more than {MAX_GAP:.0%} "
            f"in {large.size} rows, by {error[large].sum():.6g}: "
            f"{_named(sheet, large[order])}",
        )
    if "ERR" in sheet.blocks:
        size = np.abs(output) + np.abs(row_sums)
        published = sheet.blocks["ERR"]
        least = min(_relative(s * published, error, size).max() for s in (1, -1))
        if least > SAME_TOTAL:
            sheet.note(
                "error_column",
                "WARNING: ERR is neither GO - TIU - TFU nor the opposite: largest gap "
                f"{least:.3g} of output",
            )


def _row_sums(sheet: ProvinceSheet) -> np.ndarray:
    return sheet.blocks["TIU"] + sheet.blocks["TFU"]


def _relative(
    one: np.ndarray, other: np.ndarray, size: np.ndarray | float
) -> np.ndarray:
    """Return gaps relative to the terms: a sum near 0 of large terms is rounded."""
    scale = np.maximum(np.maximum(np.abs(one), np.abs(other)), size)
    return np.abs(one - other) / np.where(scale > 0, scale, 1.0)


def _named(sheet: ProvinceSheet, producers: np.ndarray) -> str:
    return listing(map(sheet.producer, producers), _MAX_NAMES_SHOWN)


# --- emissions --------------------


def _emissions(
    sheet: ProvinceSheet, sectors: list[ChinaSector], year: int, options: IngestOptions
) -> tuple[np.ndarray, np.ndarray, str]:
    """Return emissions (n,), direct emissions (R, C), and their unit."""
    if options.emissions is not None:
        if options.emissions_unit not in (None, "Mt"):
            raise CarbonshedError(
                f"{FORMAT}: --emissions-unit {options.emissions_unit}: an inventory "
                "says its own unit, Mt CO2; leave the option out"
            )
        emissions = _from_inventory(sheet, sectors, year, options.emissions)
        return *emissions, "Mt"
    if "CO2" not in sheet.blocks:
        raise CarbonshedError(
            f"{FORMAT}: {sheet.where}: there is no row of CO2 below TI; give an "
            f"inventory of {year} by province: --emissions FILE"
        )
    unit = unit_of_emissions(options, FORMAT)
    emissions, direct = sheet.blocks["CO2"], sheet.blocks["CO2" + OF_USERS]
    tonnes = TONNES_PER_UNIT[unit]
    total = float(emissions.sum() + direct.sum()) * tonnes
    where = f"{FORMAT}: {sheet.where}: row of CO2"
    sheet.decisions.append(
        check_total("china_co2", year, total, where=where, unit=tonnes)
    )
    if not direct.any():
        sheet.note(
            "no_direct_emissions",
            "WARNING: the row of CO2 has no emissions of households: footprints are "
            "without direct emissions",
        )
    return emissions, direct.reshape(len(sheet.regions), -1), unit


def _from_inventory(
    sheet: ProvinceSheet, sectors: list[ChinaSector], year: int, path: Path
) -> tuple[np.ndarray, np.ndarray]:
    inventory = read_provincial_inventory(path, year)
    sheet.decisions += inventory.decisions
    if "CO2" in sheet.blocks:
        sheet.note(
            "own_emissions_unused",
            "the table's own row of CO2 is not used: --emissions is given",
        )
    by_sector, direct = emissions_of_table(
        inventory, [sector.sector_id for sector in sectors], sheet.categories
    )
    sheet.note(
        "emissions_mapped",
        f"{path.name}: {len(inventory.sectors)} sectors taken to {len(sectors)}; "
        f"Urban and Rural are direct emissions of {URBAN} and {RURAL}",
    )
    ids = [region.region_id for region in sheet.regions]
    outside = [r for r in inventory.region_ids if r not in ids]
    if outside:
        raise CarbonshedError(
            f"{FORMAT}: {path.name} has emissions of province {outside[0]}, which is "
            f"not in {sheet.where}; expected the provinces of the table"
        )
    rows = [ids.index(region_id) for region_id in inventory.region_ids]
    lacking = [i for i in range(len(ids)) if i not in rows]
    if lacking:
        output = _row_sums(sheet).reshape(len(ids), -1).sum(axis=1)
        names = [sheet.regions[i].region_name for i in lacking]
        sheet.note(
            "provinces_missing",
            f"WARNING: emissions of {listing(names, 31)} count as 0: not in "
            f"{path.name}; {output[lacking].sum() / output.sum():.2%} of all output",
        )
    blocks = []
    for block in (by_sector, direct):
        whole = np.zeros((len(ids), block.shape[1]))
        whole[rows] = block
        blocks.append(whole)
    return blocks[0].ravel(), blocks[1]
