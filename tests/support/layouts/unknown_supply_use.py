"""Supply and use tables as offices might print them: products by industries."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

_KEYS = (
    *("imports", "margins", "taxes", "made", "offered", "homes", "capital", "exports"),
    *("inputs", "use", "wages", "surplus", "output", "total"),
)
_WORDS = {
    "en": "Imports|Trade margins|Taxes on products|Output|Total supply|Households"
    "|Gross capital formation|Exports|Intermediate use|Total use|Compensation"
    " of employees|Operating surplus|Output at basic prices|Total",
    "pt": "Importação|Margem de comércio|Impostos sobre produtos|Total da produção"
    "|Oferta total|Consumo das famílias|Formação bruta de capital|Exportação"
    "|Consumo intermediário|Demanda total|Salários|Excedente operacional bruto"
    "|Valor da produção|Total",
    "es": "Importaciones|Márgenes de comercio|Impuestos sobre los productos|Producción"
    "|Oferta total|Consumo de hogares|Formación bruta de capital|Exportaciones"
    "|Consumo intermedio|Utilización total|Remuneración de asalariados"
    "|Excedente bruto|Producción bruta|Total",
}
NAMES = {
    language: dict(zip(_KEYS, words.split("|"), strict=True))
    for language, words in _WORDS.items()
}


@dataclass(frozen=True)
class Layout:
    """How the two tables are printed."""

    language: str
    is_priced: bool  # use at purchasers' prices
    has_totals_first: bool  # total supply left of the industries
    has_codes: bool
    has_files: bool  # a workbook for each of the two
    is_stacked: bool  # one below the other on a sheet
    n_blank: int  # rows above the tables of use


@dataclass(frozen=True)
class Tables:
    """Products by industries, and vectors by product."""

    supply: np.ndarray  # (p, n)
    use: np.ndarray  # (p, n)
    homes: np.ndarray
    capital: np.ndarray
    exports: np.ndarray
    imports: np.ndarray
    margins: np.ndarray
    taxes: np.ndarray

    @property
    def made(self) -> np.ndarray:
        """Output of each industry."""
        return self.supply.sum(axis=0)

    @property
    def value_added(self) -> np.ndarray:
        """What output leaves after intermediate use."""
        return self.made - self.use.sum(axis=0)


def random_layout(rng: np.random.Generator) -> Layout:
    """Draw a layout."""
    where = rng.random()
    return Layout(
        language=list(NAMES)[rng.integers(len(NAMES))],
        is_priced=rng.random() < 0.5,
        has_totals_first=rng.random() < 0.5,
        has_codes=rng.random() < 0.5,
        has_files=where < 0.3,
        is_stacked=where > 0.7,
        n_blank=int(rng.integers(3)),
    )


def random_tables(rng: np.random.Generator, layout: Layout, shape: tuple) -> Tables:
    """Draw tables of some products and industries that close."""
    products, industries = shape
    main = np.arange(products) % industries
    supply = rng.uniform(0, 20, shape) * (rng.random(shape) < 0.2)
    supply[np.arange(products), main] = rng.uniform(50, 200, products)
    imports = rng.uniform(1, 30, products)
    margins = np.zeros(products)
    taxes = rng.uniform(0.5, 6, products) * layout.is_priced
    if layout.is_priced:  # what goods carry is what the last product sells
        margins[:-1] = rng.uniform(0.1, 1, products - 1) * 40 / products
        margins[-1] = -margins.sum()
    offered = supply.sum(axis=1) + imports + margins + taxes
    parts = rng.uniform(0.1, 1, (products, industries + 3))
    parts[:, :industries] *= rng.random(shape) < 0.8
    parts *= (offered / parts.sum(axis=1))[:, np.newaxis]
    # inputs leave value added, and exports no imports that are not used at home
    spare = parts[:, :industries] * 0.4
    parts[:, :industries] -= spare
    parts[:, industries] += spare.sum(axis=1)
    taken = parts[:, industries + 2] * 0.5
    parts[:, industries + 2] -= taken
    parts[:, industries] += taken
    use, users = parts[:, :industries], parts[:, industries:].T
    return Tables(supply, use, *users, imports, margins, taxes)


def write_supply_use(folder: Path, layout: Layout, tables: Tables) -> Path:
    """Write a workbook, or two in a folder, and return what to look at."""
    names = NAMES[layout.language]
    book = Workbook()
    sheet = book.active
    sheet.title = "T1"
    _write(sheet, layout, "T1", _supply_columns(layout, tables), [])
    if layout.has_files:
        book.save(folder / "first.xlsx")
        book = Workbook()
        sheet = book.active
    elif not layout.is_stacked:
        sheet = book.create_sheet("T2")
    for _ in range(layout.n_blank + 2 * layout.is_stacked):
        sheet.append([None])
    columns = [
        (None, tables.use),
        (names["inputs"], tables.use.sum(axis=1)),
        (names["homes"], tables.homes),
        (names["capital"], tables.capital),
        (names["exports"], tables.exports),
        (names["use"], tables.homes + tables.capital + tables.exports),
    ]
    columns[-1] = (names["use"], columns[-1][1] + tables.use.sum(axis=1))
    wages = 0.6 * tables.value_added
    rows = [
        (names["wages"], wages),
        (names["surplus"], tables.value_added - wages),
        (names["output"], tables.made),
    ]
    _write(sheet, layout, "T2", columns, rows)
    if layout.has_files:
        book.save(folder / "second.xlsx")
        return folder
    book.save(folder / "tables.xlsx")
    return folder / "tables.xlsx"


def _supply_columns(layout: Layout, tables: Tables) -> list:
    """Return the columns of the supply table from left to right."""
    names = NAMES[layout.language]
    made = tables.supply.sum(axis=1)
    prices = [(names["margins"], tables.margins), (names["taxes"], tables.taxes)]
    prices *= layout.is_priced
    offered = made + tables.imports + tables.margins + tables.taxes
    square, total = (None, tables.supply), (names["offered"], offered)
    output, imports = (names["made"], made), (names["imports"], tables.imports)
    if layout.has_totals_first:
        return [total, *prices, square, output, imports]
    return [square, output, imports, *prices, total]


def _write(
    sheet: Worksheet, layout: Layout, title: str, columns: list, rows: list
) -> None:
    """Append a title, headers, products with a total, and rows of inputs."""
    names = NAMES[layout.language]
    products, industries = next(x.shape for name, x in columns if name is None)
    heads, numbers = [], []
    for name, values in columns:
        own = [f"Industry {k + 1}" for k in range(industries)]
        heads += own if name is None else [name]
        numbers.append(values.reshape(products, -1))
    block = np.hstack(numbers)
    left = 2 if layout.has_codes else 1
    sheet.append([f"{title} 2015, million EUR"])
    sheet.append([*[None] * left, *heads])
    for k, values in enumerate(block):
        code = [f"{k // 3:02d}{k % 3}"] * layout.has_codes
        sheet.append([*code, f"Product {chr(65 + k)}", *map(float, values)])
    sheet.append([*[None] * (left - 1), names["total"], *map(float, block.sum(axis=0))])
    first = heads.index("Industry 1")
    for name, values in rows:
        label = [*[None] * (left - 1), name]
        sheet.append([*label, *[None] * first, *map(float, values)])
