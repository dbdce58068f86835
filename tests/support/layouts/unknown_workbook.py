"""Tables as offices might print them: random numbers, layouts, languages and totals."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from openpyxl import Workbook

Column = tuple[str, np.ndarray]
Row = tuple[str, np.ndarray, np.ndarray | None]  # with what final users pay

# of final users, exports, imports, inputs and totals
_KEYS = (
    *("homes", "state", "capital", "exports", "imports", "wages", "surplus"),
    *("taxes", "output", "inputs", "used", "use", "added", "jobs", "levies", "paid"),
    "pay",
)
_WORDS = {
    "en": "Households|Government consumption|Gross fixed capital formation|Exports"
    "|Imports|Compensation of employees|Operating surplus|Other taxes on production"
    "|Total output|Total intermediate|Total final use|Total use|Value added|Jobs"
    "|Taxes on products|Total at purchasers' prices|of which wages",
    "pt": "Consumo das famílias|Consumo do governo|Formação bruta de capital fixo"
    "|Exportações|Importação|Salários|Excedente operacional bruto"
    "|Outros impostos sobre a produção|Valor da produção|Consumo intermediário"
    "|Demanda final|Demanda total|Valor adicionado|Ocupações"
    "|Imposto de importação|Total a preços de comprador|Remunerações",
    "es": "Consumo de hogares|Consumo de gobierno|Formación bruta de capital fijo"
    "|Exportaciones|Importaciones|Remuneración de asalariados|Excedente bruto"
    "|Otros impuestos|Producción|Consumo intermedio|Demanda final|Utilización"
    "|Valor agregado bruto|Puestos|Derechos de importación|A precios de comprador"
    "|Sueldos",
    "fi": "Kotitaloudet|Julkinen kulutus|Kiinteän pääoman muodostus|Vienti|Tuonti"
    "|Palkat|Ylijäämä|Verot|Tuotos|Välituotteet|Loppukäyttö|Käyttö|Arvonlisäys"
    "|Työlliset|Tuoteverot|Ostajanhintaan|siitä palkat",
    "none": "Qa|Qb|Qc|Qd|Ra|Rb|Rc|Rd|Re|Qe|Qf|Qg|Rf|Rg|Rh|Ri|Rj",
    "esa": "P3_S14|P3_S13|P51G|P6|P7|D1|B2A3G|D29X39|P1|P2|TFU|TU|B1G|EMP|D21|P2_P|D11",
}
NAMES = {
    language: dict(zip(_KEYS, words.split("|"), strict=True))
    for language, words in _WORDS.items()
}
ORDERS = ("usual", "output first", "sum of inputs first")
IMPORTS = ("row", "column", "negative column", "row below")


@dataclass(frozen=True)
class Layout:
    """How a table is printed."""

    language: str
    order: str  # of the rows of inputs
    imports: str  # what has them
    has_totals: bool
    has_subtotals: bool
    is_apart: bool  # a blank row and column behind the square
    has_codes: bool  # that do not rise behind the sectors
    has_country: bool  # before every code, as in tables of many countries
    has_few_digits: bool  # one behind the point, so that sums miss by rounding
    is_at_purchasers_prices: bool  # taxes on products, which users pay too, and a sum
    has_part: bool  # of the row before it
    regions: tuple[str, ...]  # a sheet for each; empty for one

    def __str__(self) -> str:
        """Return what sets the layout apart."""
        flags = (key for key, value in vars(self).items() if value is True)
        words = (self.language, self.order, self.imports, *flags, *self.regions)
        return " ".join(words)


@dataclass(frozen=True)
class Table:
    """The numbers of one region, and its domestic flows."""

    z: np.ndarray  # (n, n), as printed
    y: np.ndarray  # (n, 3)
    exports: np.ndarray
    imports: np.ndarray  # by buyer, or by product where cells hold them
    has_imports: bool  # inside the cells

    @property
    def share(self) -> np.ndarray:
        """The domestic share of what is used at home, by product."""
        if not self.has_imports:
            return np.ones(len(self.z))
        return 1 - self.imports / (self.z.sum(axis=1) + self.y.sum(axis=1))

    @property
    def used(self) -> np.ndarray:
        """All uses of a product."""
        return self.z.sum(axis=1) + self.y.sum(axis=1) + self.exports

    @property
    def output(self) -> np.ndarray:
        """Output, without imports."""
        return self.used - (self.imports if self.has_imports else 0)

    @property
    def value_added(self) -> np.ndarray:
        """What output leaves after inputs."""
        paid = 0 if self.has_imports else self.imports
        return self.output - self.z.sum(axis=0) - paid


def random_layout(rng: np.random.Generator) -> Layout:
    """Draw a layout."""
    has_country = rng.random() < 0.15
    has_totals = not has_country and rng.random() < 0.75
    imports = IMPORTS[rng.integers(4)] if has_totals else "row"
    is_simple = has_country or rng.random() < 0.8
    order = ORDERS[rng.integers(3)] if has_totals else ORDERS[0]
    is_priced = has_totals and imports == "row"
    return Layout(
        language="esa" if has_country else list(NAMES)[rng.integers(len(NAMES))],
        order=order,
        imports=imports,
        has_totals=has_totals,
        has_subtotals=not has_country and rng.random() < 0.2,
        is_apart=rng.random() < 0.2,
        has_codes=not has_country and rng.random() < 0.2,
        has_country=has_country,
        has_few_digits=rng.random() < 0.2,
        is_at_purchasers_prices=is_priced and rng.random() < 0.5,
        has_part=has_totals and order == ORDERS[0] and rng.random() < 0.5,
        regions=() if is_simple else ("North", "New South"),
    )


def random_table(rng: np.random.Generator, layout: Layout, n: int) -> Table:
    """Draw numbers that close."""
    z = rng.uniform(1, 50, (n, n)).round(2)
    z[rng.random((n, n)) < rng.choice([0, 0, 0.4])] = 0
    y, exports = rng.uniform(5, 90, (n, 3)).round(2), rng.uniform(1, 60, n).round(2)
    used = z.sum(axis=1) + y.sum(axis=1) + exports
    z *= min(1, (0.5 * used / np.maximum(z.sum(axis=0), 1)).min())
    used = z.sum(axis=1) + y.sum(axis=1) + exports
    has_imports = layout.imports != "row"
    imports = 0.15 * (used - exports) if has_imports else 0.1 * used
    return Table(z, y, exports, imports, has_imports)


def printed_rows(layout: Layout, table: Table) -> list[list[object]]:
    """Return the rows of a sheet."""
    names, n = NAMES[layout.language], len(table.z)
    levies = 0.1 * table.value_added * layout.is_at_purchasers_prices
    left = table.value_added - levies
    wages, taxes = 0.6 * left, 0.1 * left
    users = zip(("homes", "state", "capital"), table.y.T, strict=True)
    columns = [(names[key], values) for key, values in users]
    columns.append((names["exports"], table.exports))
    rows: list[Row] = [
        (names["wages"], wages, None),
        (names["surplus"], left - wages - taxes, None),
        (names["taxes"], taxes, None),
    ]
    if layout.has_part:
        rows.insert(1, (names["pay"], wages * (0.6 + 0.3 * (np.arange(n) % 2)), None))
    output: Row = (names["output"], table.output, None)
    by_users, bought = table.y.sum(axis=0), []
    if layout.imports == "row":
        bought.append((names["imports"], table.imports, 0.05 * by_users))
    if layout.is_at_purchasers_prices:
        paid = table.z.sum(axis=0) + table.imports + levies
        bought.append((names["levies"], levies, 0.02 * by_users))
        bought.append((names["paid"], paid, 1.07 * by_users))
    rows = [*bought, *rows]
    if layout.has_totals:
        inputs: Row = (names["inputs"], table.z.sum(axis=0), None)
        first, rows = [inputs, *bought], rows[len(bought) :]
        if layout.order == "output first":
            rows = [*first, output, *rows]
        elif layout.order == "sum of inputs first":
            jobs: Row = (names["jobs"], 7 + np.arange(n) ** 2 % 5, None)
            rows = [*first, (names["added"], left, None), *rows, output, jobs]
        else:
            rows = [*first, *rows, output]
        final = table.y.sum(axis=1) + table.exports
        columns = [
            (names["inputs"], table.z.sum(axis=1)),
            *columns,
            (names["used"], final),
            (names["use"], table.used),
        ]
    if layout.imports.endswith("column"):
        sign = -1 if layout.imports.startswith("neg") else 1
        columns.append((names["imports"], sign * table.imports))
        columns.append((names["output"], table.output))
    if layout.imports == "row below":
        rows.append((names["imports"], table.imports, None))
        rows.append((names["use"], table.used, None))
    return _sheet(layout, table.z, columns, rows)


def _sheet(
    layout: Layout, z: np.ndarray, columns: list[Column], rows: list[Row]
) -> list[list[object]]:
    """Return cells: a title, headers, the square, and what is beside and below it."""
    country = "AT_" if layout.has_country else ""
    n, blank = len(z), [None] if layout.is_apart else []
    sectors = [f"{country}Sector {chr(65 + k)}" for k in range(n)]
    below = [values for _, values, _ in rows]
    right = np.array([values for _, values in columns]).T
    if layout.has_subtotals:  # of the first two sectors
        sectors.insert(2, "Sectors A and B")
        z = np.insert(z, 2, z[:, :2].sum(axis=1), axis=1)
        z = np.insert(z, 2, z[:2].sum(axis=0), axis=0)
        right = np.insert(right, 2, right[:2].sum(axis=0), axis=0)
        below = [np.insert(values, 2, values[:2].sum()) for values in below]
    heads = [_with_country(country, name) for name, _ in columns]
    cells: list[list[object]] = [[None, *sectors, *blank, *heads]]
    for sector, inside, beside in zip(sectors, z, right, strict=True):
        cells.append([sector, *inside, *blank, *beside])
    cells += [[None]] * len(blank)
    skipped = [None] * layout.has_totals  # the column of intermediate use
    for (name, _, by_users), values in zip(rows, below, strict=True):
        label = f"W2_{name}" if country else name
        users = [] if by_users is None else [*skipped, *by_users]
        cells.append([label, *values, *blank, *users])
    if layout.has_codes:
        cells = _with_codes(cells, len(sectors))
    return [["Table 2012, million EUR"], *cells]


def _with_country(country: str, name: str) -> str:
    return name if name == "P6" else f"{country}{name}"


def _with_codes(cells: list[list[object]], n: int) -> list[list[object]]:
    """Return cells with a row and a column of codes that do not rise to the end."""
    head, *body = ([None, *row] for row in cells)
    width = len(head) - 2
    across = [*range(1, n + 1), 180, 301, 302, 303, 305, 309, 310, 410, 420, 430]
    down = iter([*range(1, n + 1), 190, 200, 201, 202, 204, 203, 210, 220, 230, 240])
    for row in body:
        if len(row) > 2:
            row[0] = next(down)
    return [head, ["Code", "Product", *across[:width]], *body]


def write_unknown(path: Path, layout: Layout, tables: list[Table]) -> None:
    """Write a workbook, with a sheet for each region."""
    book = Workbook()
    book.remove(book.active)
    for name, table in zip(layout.regions or ("Sheet",), tables, strict=True):
        sheet = book.create_sheet(f"Table {name}")
        for row in printed_rows(layout, table):
            sheet.append([_plain(cell, layout) for cell in row])
    book.save(path)


def _plain(cell: object, layout: Layout) -> object:
    if cell is None or isinstance(cell, str | int):
        return cell
    return round(float(cell), 1) if layout.has_few_digits else float(cell)
