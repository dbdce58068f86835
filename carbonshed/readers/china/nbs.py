"""The format ``nbs-national``: China as one region, 2012 or 2015.

The tables of the National Bureau of Statistics have competitive imports and no
emissions. Imports are split from the cells in proportion, sectors are aggregated to
the 42 of the provincial tables, and emissions are the sum of provincial inventories.
"""

import csv
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from carbonshed.accounting.closure import SAME_TOTAL
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
    RURAL,
    URBAN,
    map_inventory,
    read_provincial_inventory,
    sum_provinces,
)
from carbonshed.readers.china.names import (
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

DEMAND = tuple(FINAL_DEMAND)
COMPONENTS = ("VA001", "VA002", "VA003", "VA004")

_TEXTS = ("Code", "Description", "DescriptionInChinese")
_COLUMNS = ("TIU", *DEMAND, "EX", "TFU", "IM", "ERR", "GO")
_ROWS = ("TII", *COMPONENTS, "TVA", "TI")
# relative, for rounded digits; the published tables agree to 1e-15

Sums = dict[str, np.ndarray]
REGION = {
    "region_id": "CHN",
    "region_name": "China",
    "region_type": "country",
    "longitude": 104.2,
    "latitude": 35.9,
}
_POWER = 4  # the tables are in 10^4 CNY
_UNIT = "10^4 CNY"
_DOUBTED_ERROR = 0.05  # share of the output of a sector
_CONSERVED = 1e-12
_SAME_TABLE = 0.01  # the known totals are printed with three digits


@dataclass(frozen=True)
class NationalTable:
    """A national table of competitive imports, in the units of the file."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    names_zh: tuple[str, ...]
    transactions: np.ndarray  # (n, n): intermediate use, imports included
    columns: Sums  # (n,): final use by category, EX, TFU, IM, ERR, GO and TIU
    rows: Sums  # (n,): TII, value added by component, TVA and TI


def read_sheet(path: Path) -> NationalTable:
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
    across = _positions(path, header, "column", cell=lambda k: cell_name(0, k))
    labels = [row[0].strip() if row else "" for row in cells]
    down = _positions(path, labels, "row", cell=lambda k: cell_name(k, 0))
    codes = tuple(code for code in across if code.isdigit())
    listed = tuple(code for code in down if code.isdigit())
    if codes != listed or not codes:
        odd = next((a for a, b in zip(codes, listed, strict=False) if a != b), None)
        raise CarbonshedError(
            f"{path.name}: {len(codes)} sectors across and {len(listed)} down"
            f"{f', different from {odd} on' if odd else ''}; expected the same sectors "
            "in the same order"
        )
    _require(path, "column", _COLUMNS, across)
    _require(path, "row", _ROWS, down)
    sector_columns = [across[code] for code in codes]
    sector_rows = [down[code] for code in codes]

    def numbers(row: int, columns: list[int]) -> list[float]:
        return [_number(path, cells, row, column) for column in columns]

    sums = [name for name in across if not name.isdigit() and name not in _TEXTS]
    sums_by_sector = np.array(
        [numbers(row, [across[name] for name in sums]) for row in sector_rows]
    )
    table = NationalTable(
        codes=codes,
        names=tuple(cells[row][1].strip() for row in sector_rows),
        names_zh=tuple(cells[row][2].strip() for row in sector_rows),
        transactions=np.array([numbers(row, sector_columns) for row in sector_rows]),
        columns={name: sums_by_sector[:, k] for k, name in enumerate(sums)},
        rows={name: np.array(numbers(down[name], sector_columns)) for name in _ROWS},
    )
    _check_sums(table, path)
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
    path: Path, codes: list[str], kind: str, cell: Callable[[int], str]
) -> dict[str, int]:
    """Return the position of each code."""
    positions: dict[str, int] = {}
    for position, code in enumerate(codes):
        if not code or (kind == "row" and position == 0):
            continue
        if code in positions:
            raise CarbonshedError(
                f"{path.name}: the {kind} {code!r} is at {cell(positions[code])} and "
                f"at {cell(position)}; expected every code once"
            )
        positions[code] = position
    return positions


def _require(
    path: Path, kind: str, names: tuple[str, ...], positions: dict[str, int]
) -> None:
    missing = [name for name in names if name not in positions]
    if missing:
        others = ", ".join(name for name in positions if not name.isdigit())
        raise CarbonshedError(
            f"{path.name}: no {kind} {', '.join(missing)}; besides sectors there are "
            f"the {kind}s {others}"
        )


def _number(path: Path, cells: list[list[str]], row: int, column: int) -> float:
    raw = cells[row][column].strip() if column < len(cells[row]) else ""
    try:
        return parse_number(raw)
    except FieldError as error:
        fault = f"is {raw[:40]!r}" if raw else "is empty"
        raise CarbonshedError(
            f"{path.name}: cell {cell_name(row, column)} {fault}; expected {error}"
        ) from None


def _check_sums(table: NationalTable, path: Path) -> None:
    """Recompute every sum of the table."""
    use, c, r = table.transactions, table.columns, table.rows
    final = sum(c[name] for name in (*DEMAND, "EX"))
    rules = (
        ("TIU", "the row of intermediate use", c["TIU"], use.sum(axis=1)),
        ("TFU", "FU101 + ... + FU202 + EX", c["TFU"], final),
        ("GO", "TIU + TFU - IM + ERR", c["GO"], c["TIU"] + final - c["IM"] + c["ERR"]),
        ("TII", "the column of intermediate use", r["TII"], use.sum(axis=0)),
        ("TVA", "VA001 + ... + VA004", r["TVA"], sum(r[name] for name in COMPONENTS)),
        ("TI", "TII + TVA", r["TI"], r["TII"] + r["TVA"]),
        ("TI", "GO", r["TI"], c["GO"]),
    )
    scale = np.maximum(np.abs(c["GO"]), np.abs(r["TI"]))
    for name, meaning, published, computed in rules:
        gaps = np.abs(published - computed)
        is_wrong = gaps > SAME_TOTAL * np.maximum(scale, np.abs(published))
        if is_wrong.any():
            worst = int(np.argmax(np.where(is_wrong, gaps, 0)))
            raise CarbonshedError(
                f"{path.name}: {name} is not {meaning} in {int(is_wrong.sum())} of "
                f"{len(table.codes)} sectors; {table.codes[worst]} "
                f"{table.names[worst]}: {published[worst]:.10g} and "
                f"{computed[worst]:.10g}, expected the same within {SAME_TOTAL:g} of "
                "output"
            )


def read_nbs_national(
    source: Path, options: IngestOptions, progress: Progress
) -> MatrixTable:
    """Read a national table, of 139 or 42 sectors, with the emissions of all provinces.

    Options are `year`; `emissions`, a workbook of provincial inventories; and
    `indicators` if population and GDP are not to be those that are published.
    """
    progress(f"reading {source.name}", 0.0)
    table = read_sheet(source)
    where, year = f"nbs-national: {source.name}", options.year
    decisions = _check_totals(table, year, where)
    sectors, groups = _sectors(table, year, where)
    added = table.rows["TVA"].sum() * 10.0**_POWER
    if options.emissions is None:
        output = table.columns["GO"].sum() * 10.0**_POWER
        raise CarbonshedError(
            f"{where} was read and its sums come out (output {output / 1e12:,.4g} "
            f"trillion CNY, value added {added / 1e12:,.4g}), but it holds no "
            "emissions; expected --emissions FILE, the provincial inventories of "
            f"{year} (CEADs, .xlsx)"
        )
    flows, split = _flows(table, groups, len(sectors), where)
    progress(f"reading {options.emissions.name}", 0.1)
    sector_ids = [sector.sector_id for sector in sectors]
    emissions, direct, inventory = _emissions(options, sector_ids, year)
    people, gdp, counted = _people(options, added)
    return MatrixTable(
        year=year,
        regions=[dict(REGION)],
        sectors=sector_rows(sectors),
        categories=[*category_rows(), ERROR_CATEGORY],
        stressors=[
            {"stressor_id": "co2", "stressor_name": "Carbon dioxide", "unit": "Mt"}
        ],
        population=people,
        gdp=gdp,
        transactions=flows["transactions"],
        final_demand=flows["final_demand"],
        exports=flows["exports"],
        imports_by_sector=flows["imports"],
        imports_by_category=flows["imports_by_user"],
        value_added={name: flows[name] for name in COMPONENTS},
        output=flows["output"],
        emissions={"co2": emissions},
        direct_emissions={"co2": direct},
        descriptor=_descriptor(year, len(table.codes), options),
        decisions=[*decisions, *split, *inventory, *counted],
    )


def _check_totals(table: NationalTable, year: int, where: str) -> list[Decision]:
    """Compare output and value added with the known totals of the year.

    The known totals are those of these very tables, so they tell one year from the
    next, not only a wrong unit.
    """
    decisions = []
    for kind, series, total in (
        ("china_output", "GO", table.columns["GO"].sum()),
        ("china_value_added", "TVA", table.rows["TVA"].sum()),
    ):
        amount = total * 10.0**_POWER
        decisions.append(check_total(kind, year, amount, where=where, power=_POWER))
        published = known_total(kind, year)
        if published is not None and abs(amount / published.value - 1) > _SAME_TABLE:
            raise CarbonshedError(
                f"{where}: {series} adds up to {amount / 1e12:,.4g} trillion CNY; "
                f"expected {published.value / 1e12:,.4g} in {year} ({published.source})"
                ": is --year right?"
            )
    return decisions


def _flows(
    table: NationalTable, groups: list[int], count: int, where: str
) -> tuple[dict[str, np.ndarray], list[Decision]]:
    """Split imports from the cells, then aggregate sectors."""
    names = [" ".join(pair) for pair in zip(table.codes, table.names, strict=True)]
    final = np.stack([table.columns[name] for name in DEMAND], axis=1)
    domestic_use = table.transactions.sum(axis=1) + final.sum(axis=1)
    shares = import_shares(domestic_use, table.columns["IM"], names, where)
    split = split_imports(table.transactions, final, shares)
    decisions = [_describe_error(table), describe_split(split, names, _UNIT)]
    if len(groups) != count:
        decisions.append(
            Decision(
                "sectors_aggregated",
                f"{len(groups)} sectors were added up to {count} after imports were "
                "taken out: flows are added, coefficients are not "
                "(carbonshed/readers/china/tables/china_sectors_139.csv)",
            )
        )
    blocks = {
        "transactions": split.transactions,
        "final_demand": np.column_stack([split.final_demand, table.columns["ERR"]]),
        "exports": table.columns["EX"],
        "imports": split.imports_by_sector,
        "output": table.columns["GO"],
        **{name: table.rows[name] for name in COMPONENTS},
    }
    flows = sum_flows(blocks, groups, count)
    flows["imports_by_user"] = np.append(split.imports_by_user, 0.0)  # none of ERR
    return flows, decisions


def sum_flows(
    blocks: dict[str, np.ndarray], groups: Sequence[int], count: int
) -> dict[str, np.ndarray]:
    """Aggregate flows to fewer sectors; totals stay the same.

    The first axis of each block is sectors; of ``transactions`` the second too.
    `groups` is the position of the new sector of each old one.
    """
    summed = {}
    for name, block in blocks.items():
        flows = np.zeros((count, *block.shape[1:]))
        np.add.at(flows, groups, block)
        if name == "transactions":
            columns = np.zeros((count, count))
            np.add.at(columns, groups, flows.T)
            flows = np.ascontiguousarray(columns.T)
        if abs(flows.sum() - block.sum()) > _CONSERVED * np.abs(block).sum():
            raise ValueError(f"the total of {name} is not conserved")
        summed[name] = flows
    return summed


def _sectors(
    table: NationalTable, year: int, where: str
) -> tuple[tuple[ChinaSector, ...], list[int]]:
    """Return the 42 sectors, and the position among them of each of the table."""
    sectors = sectors_of(sector_list_of(year))
    position = {sector.sector_id: k for k, sector in enumerate(sectors)}
    rows = {row["code"]: row for row in read_packaged("china_sectors_139.csv")}
    if set(table.codes) == set(rows):
        names = {
            code: (row["sector_name"], row["name_zh"]) for code, row in rows.items()
        }
        belongs = {code: row["sector_id"] for code, row in rows.items()}
    elif set(table.codes) == set(position):
        names = {sector.sector_id: sector.names for sector in sectors}
        belongs = {code: code for code in table.codes}
    else:
        raise CarbonshedError(
            f"{where} has {len(table.codes)} sectors; expected "
            f"{len(rows)} (2012) or {len(sectors)}"
        )
    for code, *labels in zip(table.codes, table.names, table.names_zh, strict=True):
        plain = {_plain(name) for name in names[code]}
        is_near = code in position and any(
            sector is not None and sector.sector_id == code
            for sector in (sector_named(name, sector_list_of(year)) for name in labels)
        )
        if not is_near and not plain.intersection(map(_plain, labels)):
            raise CarbonshedError(
                f"{where}: sector {code} is {labels[0]!r} "
                f"({labels[1]}); expected {names[code][0]!r}, as in the list of {year}"
            )
    return sectors, [position[belongs[code]] for code in table.codes]


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _describe_error(table: NationalTable) -> Decision:
    """Describe the discrepancy between the two sides of output."""
    error, output = table.columns["ERR"], table.columns["GO"]
    text = (
        f"statistical discrepancy (ERR), {error.sum():.10g} {_UNIT} in all and "
        f"{np.abs(error).sum():.10g} without its signs, is the final demand category "
        "ERR of group other"
    )
    is_large = np.abs(error) > _DOUBTED_ERROR * np.abs(output)
    if is_large.any():
        rows = ", ".join(
            f"{table.codes[k]} {table.names[k]} ({error[k] / output[k]:.1%})"
            for k in np.flatnonzero(is_large)[:5]
        )
        text = (
            f"WARNING: {text}; above {_DOUBTED_ERROR:.0%} of output in "
            f"{int(is_large.sum())} sectors: {rows}"
        )
    return Decision("statistical_discrepancy", text)


def _emissions(
    options: IngestOptions, sector_ids: list[str], year: int
) -> tuple[np.ndarray, np.ndarray, list[Decision]]:
    """Return emissions by sector and by category (Mt), and decisions."""
    inventory = sum_provinces(
        read_provincial_inventory(options.emissions, year), REGION["region_id"]
    )
    mapped = map_inventory(inventory, sector_list_of(year), sector_ids)[0]
    categories = [*FINAL_DEMAND, ERROR_CATEGORY["category_id"]]
    direct = np.zeros((1, len(categories)))
    direct[0, categories.index(URBAN)] = inventory.urban[0]
    direct[0, categories.index(RURAL)] = inventory.rural[0]
    text = (
        f"emissions of {len(inventory.sectors)} inventory sectors, "
        f"{mapped.sum():,.1f} Mt, were taken to {len(sector_ids)} sectors by weights "
        "(carbonshed/readers/china/tables/inventory_sectors.csv); Urban and Rural are "
        "direct emissions of households: "
        f"{direct.sum():,.1f} Mt"
    )
    decisions = [*inventory.decisions, Decision("emissions_mapped", text)]
    return mapped, direct, decisions


def _people(
    options: IngestOptions, value_added: float
) -> tuple[list[int | None], list[float | None], list[Decision]]:
    """Return population and GDP, and their sources."""
    year = options.year
    if options.indicators:
        return (*read_indicators(options.indicators, year, [REGION["region_id"]]), [])
    rows = {int(row["year"]): row for row in read_packaged("china_population.csv")}
    if year not in rows:
        raise CarbonshedError(
            f"nbs-national: no population of {year} is known here; expected "
            "--indicators FILE with year, region_id (CHN), population, gdp"
        )
    people = int(rows[year]["population"])
    counted = (
        f"population {people:,} ({rows[year]['source']}); GDP is the value added of "
        f"the table, {value_added / 1e12:,.4g} trillion CNY"
    )
    return [people], [value_added], [Decision("people_source", counted)]


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
            "currency_unit": 10.0**_POWER,
            "price_basis": "producers' prices, current",
            "country": "CHN",
            "synthetic": False,
        },
    }
