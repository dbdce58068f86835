"""The format ``nbs-national``: China as one region, 2012 or 2015.

The tables of the National Bureau of Statistics have competitive imports and no
emissions. Imports are split from the cells in proportion, sectors are aggregated to
the 42 of the provincial tables, and emissions are the sum of provincial inventories.
"""

import csv
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from carbonshed.accounting.closure import MAX_GAP, require_sum
from carbonshed.accounting.competitive_imports import (
    ERROR_CATEGORY,
    describe_split,
    import_shares,
    split_imports,
)
from carbonshed.accounting.known_totals import check_total, known_total
from carbonshed.dataset.fields import FieldError, parse_number
from carbonshed.dataset.matrix_table import Decision, MatrixTable
from carbonshed.errors import CarbonshedError
from carbonshed.io_errors import need_file
from carbonshed.progress import Progress
from carbonshed.readers.china.inventories import (
    emissions_of_table,
    read_provincial_inventory,
)
from carbonshed.readers.china.names import (
    CO2,
    CURRENCY_UNIT,
    FINAL_DEMAND,
    ChinaSector,
    category_rows,
    read_packaged,
    sector_list_of,
    sector_named,
    sector_rows,
    sectors_of,
)
from carbonshed.readers.files.workbooks import cell_name
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.rows.small_tables import read_indicators
from carbonshed.text import listing

DEMAND = tuple(FINAL_DEMAND)
COMPONENTS = ("VA001", "VA002", "VA003", "VA004")
REGION = {
    "region_id": "CHN",
    "region_name": "China",
    "region_type": "country",
    "longitude": 104.2,
    "latitude": 35.9,
}

_TEXTS = ("Code", "Description", "DescriptionInChinese")
_COLUMNS = ("TIU", *DEMAND, "EX", "TFU", "IM", "ERR", "GO")
_ROWS = ("TII", *COMPONENTS, "TVA", "TI")
_UNIT = "10^4 CNY"
_SAME_TABLE = 0.01  # the known totals are printed with three digits


@dataclass(frozen=True)
class NationalTable:
    """A national table of competitive imports, in the units of the file."""

    codes: tuple[str, ...]
    names: tuple[tuple[str, str], ...]  # in English and in Chinese
    # Z (n, n): intermediate use, imports included; columns and rows by code (n,)
    blocks: dict[str, np.ndarray]

    def sector(self, position: int) -> str:
        """Return code and name of a sector."""
        return f"{self.codes[position]} {self.names[position][0]}"


def read_nbs_national(
    source: Path, options: IngestOptions, progress: Progress
) -> MatrixTable:
    """Read a national table, of 139 or 42 sectors, with the emissions of all provinces.

    Options are `year`; `emissions`, a workbook of provincial inventories; and
    `indicators` if population and GDP are not to be those that are published.
    """
    progress(f"reading {source.name}", 0.0)
    table = read_table(source)
    where, year = f"nbs-national: {source.name}", options.year
    output, added = (
        float(table.blocks[code].sum()) * CURRENCY_UNIT for code in ("GO", "TVA")
    )
    decisions = [
        *_check_total("china_output", output, year, f"{where}: GO"),
        *_check_total("china_value_added", added, year, f"{where}: TVA"),
    ]
    sectors, groups = _sectors(table, year, where)
    if options.emissions is None:
        raise CarbonshedError(
            f"{where} was read and its sums come out (output {output / 1e12:,.4g} "
            f"trillion CNY, value added {added / 1e12:,.4g}), but it holds no "
            "emissions; expected --emissions FILE, the provincial inventories of "
            f"{year} (CEADs, .xlsx)"
        )
    flows = _split(table, groups, len(sectors), where, decisions)
    progress(f"reading {options.emissions.name}", 0.1)
    categories = [*category_rows(), ERROR_CATEGORY]
    emissions, direct = _emissions(options, sectors, categories, decisions)
    people, gdp = _people(options, added, decisions)
    return MatrixTable(
        year=year,
        regions=[dict(REGION)],
        sectors=sector_rows(sectors),
        categories=categories,
        stressors=[CO2 | {"unit": "Mt"}],
        population=[people],
        gdp=[gdp],
        transactions=flows["Z"],
        final_demand=flows["final_demand"],
        exports=flows["EX"],
        imports_by_sector=flows["imports"],
        imports_by_category=flows["imports_by_user"],
        value_added={code: flows[code] for code in COMPONENTS},
        output=flows["GO"],
        emissions={"co2": emissions},
        direct_emissions={"co2": direct},
        descriptor=_descriptor(year, len(table.codes), options),
        decisions=decisions,
    )


# --- the file --------------------


def read_table(path: Path) -> NationalTable:
    """Read a national table and check its sums.

    Refuse another file, a missing or repeated code, a cell that is not a number, and a
    sum that does not come out.
    """
    cells = _read_cells(path)
    header = [cell.strip() for cell in cells[0]] if cells else []
    if "Origin" in header:
        raise CarbonshedError(
            f"{path.name}: has a column Origin: domestic use and imports apart, as the "
            "national tables of 2017, 2018 and 2020 have them; nbs-national reads "
            "those of competitive imports, 2012 and 2015"
        )
    if tuple(header[:3]) != _TEXTS:
        raise CarbonshedError(
            f"{path.name}: the header begins with {', '.join(header[:3])!r}; expected "
            f"{', '.join(_TEXTS)!r}: a national table of China"
        )
    across = _positions(path, "column", _COLUMNS, header, lambda k: cell_name(0, k))
    labels = ["", *(row[0].strip() if row else "" for row in cells[1:])]
    down = _positions(path, "row", _ROWS, labels, lambda k: cell_name(k, 0))
    codes = tuple(filter(str.isdigit, across))
    listed = tuple(filter(str.isdigit, down))
    if codes != listed or not codes:
        odd = next((a for a, b in zip(codes, listed, strict=False) if a != b), None)
        raise CarbonshedError(
            f"{path.name}: {len(codes)} sectors across and {len(listed)} down"
            f"{f', different from {odd} on' if odd else ''}; expected the same sectors "
            "in the same order"
        )

    def numbers(row: str, columns: Iterable[str]) -> list[float]:
        return [_number(path, cells, down[row], across[column]) for column in columns]

    sums = [code for code in across if code not in (*codes, *_TEXTS)]
    grid = np.array([numbers(code, (*codes, *sums)) for code in codes])
    blocks = {"Z": np.ascontiguousarray(grid[:, : len(codes)])}
    blocks |= {code: grid[:, k] for k, code in enumerate(sums, start=len(codes))}
    blocks |= {code: np.array(numbers(code, codes)) for code in _ROWS}
    names = [cells[down[code]][1:3] for code in codes]
    table = NationalTable(
        codes, tuple((a.strip(), b.strip()) for a, b in names), blocks
    )
    _check_sums(table, path.name)
    return table


def _read_cells(path: Path) -> list[list[str]]:
    need_file(path, "a CSV in UTF-8")
    try:
        if zipfile.is_zipfile(path):
            raise CarbonshedError(
                f"{path.name}: a workbook or zip file; expected a CSV in UTF-8"
            )
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream, strict=True))
    except OSError as error:
        raise CarbonshedError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CarbonshedError(
            f"{path.name}: byte {error.start} is not UTF-8; expected a CSV in UTF-8"
        ) from None
    except csv.Error as error:
        raise CarbonshedError(f"{path.name}: not a CSV file: {error}") from None


def _positions(
    path: Path,
    kind: str,
    required: Sequence[str],
    codes: list[str],
    cell: Callable[[int], str],
) -> dict[str, int]:
    """Return the position of each code."""
    positions: dict[str, int] = {}
    for position, code in enumerate(codes):
        if code and positions.setdefault(code, position) != position:
            raise CarbonshedError(
                f"{path.name}: the {kind} {code!r} is at {cell(positions[code])} and "
                f"at {cell(position)}; expected every code once"
            )
    missing = [code for code in required if code not in positions]
    if missing:
        others = listing(code for code in positions if not code.isdigit())
        raise CarbonshedError(
            f"{path.name}: no {kind} {listing(missing)}; besides sectors there are the "
            f"{kind}s {others}"
        )
    return positions


def _number(path: Path, cells: list[list[str]], row: int, column: int) -> float:
    raw = cells[row][column].strip() if column < len(cells[row]) else ""
    try:
        return parse_number(raw)
    except FieldError as error:
        fault = f"is {raw[:40]!r}" if raw else "is empty"
        raise CarbonshedError(
            f"{path.name}: cell {cell_name(row, column)} {fault}; expected {error}"
        ) from None


def _check_sums(table: NationalTable, where: str) -> None:
    """Recompute every sum of the table."""
    b = table.blocks
    final = sum(b[code] for code in (*DEMAND, "EX"))
    size = np.maximum(np.abs(b["GO"]), np.abs(b["TI"]))
    for name, terms, computed in (
        ("TIU", "the sum of its row", b["Z"].sum(axis=1)),
        ("TFU", "FU101 + ... + FU202 + EX", final),
        ("GO", "TIU + TFU - IM + ERR", b["TIU"] + final - b["IM"] + b["ERR"]),
        ("TII", "the sum of its column", b["Z"].sum(axis=0)),
        ("TVA", "VA001 + ... + VA004", sum(b[code] for code in COMPONENTS)),
        ("TI", "TII + TVA", b["TII"] + b["TVA"]),
        ("TI", "GO", b["GO"]),
    ):
        require_sum(name, b[name], computed, terms, size, where, table.sector)


def _check_total(kind: str, total: float, year: int, where: str) -> list[Decision]:
    """Compare a sum with the known total of the year.

    The known totals are those of these very tables, so they tell one year from the
    next, not only a wrong unit.
    """
    decision = check_total(kind, year, total, where=where, unit=CURRENCY_UNIT)
    published = known_total(kind, year)
    if published is not None and abs(total / published.value - 1) > _SAME_TABLE:
        raise CarbonshedError(
            f"{where} adds up to {total / 1e12:,.4g} trillion CNY; expected "
            f"{published.value / 1e12:,.4g} in {year} ({published.source}): is --year "
            "right?"
        )
    return [decision]


def _sectors(
    table: NationalTable, year: int, where: str
) -> tuple[tuple[ChinaSector, ...], list[int]]:
    """Return the 42 sectors, and the position among them of each of the table."""
    sectors = sectors_of(sector_list_of(year))
    position = {sector.sector_id: k for k, sector in enumerate(sectors)}
    rows = {row["code"]: row for row in read_packaged("china_sectors_139.csv")}
    if set(table.codes) == set(rows):
        names = {code: (r["sector_name"], r["name_zh"]) for code, r in rows.items()}
        groups = [position[rows[code]["sector_id"]] for code in table.codes]
    elif set(table.codes) == set(position):
        names = {sector.sector_id: sector.names for sector in sectors}
        groups = [position[code] for code in table.codes]
    else:
        raise CarbonshedError(
            f"{where} has {len(table.codes)} sectors; expected "
            f"{len(rows)} (2012) or {len(sectors)}"
        )
    for code, labels in zip(table.codes, table.names, strict=True):
        near = [sector_named(name, sector_list_of(year)) for name in labels]
        is_near = code in [sector.sector_id for sector in near if sector]
        if not is_near and set(map(_plain, labels)).isdisjoint(
            map(_plain, names[code])
        ):
            raise CarbonshedError(
                f"{where}: sector {code} is {labels[0]!r} ({labels[1]}); expected "
                f"{names[code][0]!r}, as in the list of {year}"
            )
    return sectors, groups


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


# --- flows, emissions, people --------------------


def _split(
    table: NationalTable,
    groups: list[int],
    count: int,
    where: str,
    decisions: list[Decision],
) -> dict[str, np.ndarray]:
    """Split imports from the cells, then aggregate sectors."""
    b = table.blocks
    names = [table.sector(k) for k in range(len(table.codes))]
    final = np.stack([b[code] for code in DEMAND], axis=1)
    use = b["Z"].sum(axis=1) + final.sum(axis=1)
    shares = import_shares(use, b["IM"], names, where)
    split = split_imports(b["Z"], final, shares)
    decisions += [_describe_error(table), describe_split(split, names, _UNIT)]
    if len(groups) != count:
        decisions.append(
            Decision(
                "sectors_aggregated",
                f"{len(groups)} sectors were added up to {count} after imports were "
                "taken out: flows are added, coefficients are not "
                "(carbonshed/readers/china/china_sectors_139.csv)",
            )
        )
    flows = {code: b[code] for code in ("EX", "GO", *COMPONENTS)} | {
        "Z": split.transactions,
        "final_demand": np.column_stack([split.final_demand, b["ERR"]]),
        "imports": split.imports_by_sector,
    }
    flows = sum_flows(flows, groups, count)
    flows["imports_by_user"] = np.append(split.imports_by_user, 0.0)  # none of ERR
    return flows


def sum_flows(
    flows: dict[str, np.ndarray], groups: Sequence[int], count: int
) -> dict[str, np.ndarray]:
    """Aggregate flows to fewer sectors; totals stay the same.

    The first axis of each block is sectors; of ``Z`` the second too. `groups` is the
    position of the new sector of each old one.
    """
    members = np.eye(count)[groups].T
    summed = {name: members @ block for name, block in flows.items()}
    return summed | {"Z": summed["Z"] @ members.T}


def _describe_error(table: NationalTable) -> Decision:
    """Describe the discrepancy between the two sides of output."""
    error, output = table.blocks["ERR"], table.blocks["GO"]
    text = (
        f"statistical discrepancy (ERR), {error.sum():.10g} {_UNIT} in all and "
        f"{np.abs(error).sum():.10g} without its signs, is the final demand category "
        "ERR of group other"
    )
    large = np.flatnonzero(np.abs(error) > MAX_GAP * np.abs(output))
    if large.size:
        rows = (f"{table.sector(k)} ({error[k] / output[k]:.1%})" for k in large[:5])
        text = (
            f"WARNING: {text}; above {MAX_GAP:.0%} of output in {large.size} sectors: "
            f"{listing(rows)}"
        )
    return Decision("statistical_discrepancy", text)


def _emissions(
    options: IngestOptions,
    sectors: Sequence[ChinaSector],
    categories: list[dict],
    decisions: list[Decision],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the emissions of all provinces by sector, (n,), and category, (1, C)."""
    inventory = read_provincial_inventory(options.emissions, options.year)
    mapped, direct = emissions_of_table(
        inventory,
        [sector.sector_id for sector in sectors],
        [category["category_id"] for category in categories],
    )
    provinces = (
        f"{inventory.file}: {len(inventory.region_ids)} provinces added up, "
        f"{inventory.total:,.1f} Mt"
    )
    text = (
        f"emissions of {len(inventory.sectors)} inventory sectors, "
        f"{mapped.sum():,.1f} Mt, were taken to {len(sectors)} sectors by weights "
        "(carbonshed/readers/china/inventory_sectors.csv); Urban and Rural are "
        f"direct emissions of households: {direct.sum():,.1f} Mt"
    )
    decisions += [
        *inventory.decisions,
        Decision("provinces_added_up", provinces),
        Decision("emissions_mapped", text),
    ]
    return mapped.sum(axis=0), direct.sum(axis=0, keepdims=True)


def _people(
    options: IngestOptions, value_added: float, decisions: list[Decision]
) -> tuple[int | None, float | None]:
    """Return population and GDP."""
    year = options.year
    if options.indicators:
        ids = [REGION["region_id"]]
        ((people,), (gdp,)) = read_indicators(options.indicators, year, ids)
        return people, gdp
    rows = {int(row["year"]): row for row in read_packaged("china_population.csv")}
    if year not in rows:
        raise CarbonshedError(
            f"nbs-national: no population of {year} is known here; expected "
            "--indicators FILE with year, region_id (CHN), population, gdp"
        )
    people = int(rows[year]["population"])
    text = (
        f"population {people:,} ({rows[year]['source']}); GDP is the value added of "
        f"the table, {value_added / 1e12:,.4g} trillion CNY"
    )
    decisions.append(Decision("people_source", text))
    return people, value_added


def _descriptor(year: int, n_sectors: int, options: IngestOptions) -> dict:
    return {
        "title": f"China {year}, one region",
        "licenses": [
            {"title": "NBS of China: official statistics"},
            {"title": "CEADs: free to the public, to be cited as their site asks"},
        ],
        "sources": [
            {
                "title": "National Bureau of Statistics of China, input-output table "
                f"{year} ({n_sectors} sectors)"
            },
            {"title": f"CEADs, {options.emissions.stem.replace('_', ' ')}"},
        ],
        "mrio": {
            "currency": "CNY",
            "currency_unit": CURRENCY_UNIT,
            "price_basis": "producers' prices, current",
            "country": "CHN",
            "synthetic": False,
        },
    }
