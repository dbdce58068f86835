"""Supply and use tables as offices might print them: products by industries."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

_KEYS = (
    *("imports", "margins", "taxes", "made", "offered", "homes", "capital", "exports"),
    *("inputs", "use", "wages", "surplus", "output", "total", "added", "jobs"),
)
_WORDS = {
    "en": "Imports|Trade margins|Taxes on products|Output|Total supply|Households"
    "|Gross capital formation|Exports|Intermediate use|Total use|Compensation"
    " of employees|Operating surplus|Output at basic prices|Total"
    "|Gross value added|Jobs",
    "pt": "Importação|Margem de comércio|Impostos sobre produtos|Total da produção"
    "|Oferta total|Consumo das famílias|Formação bruta de capital|Exportação"
    "|Consumo intermediário|Demanda total|Salários|Excedente operacional bruto"
    "|Valor da produção|Total|Valor adicionado bruto|Ocupações",
    "es": "Importaciones|Márgenes de comercio|Impuestos sobre los productos|Producción"
    "|Oferta total|Consumo de hogares|Formación bruta de capital|Exportaciones"
    "|Consumo intermedio|Utilización total|Remuneración de asalariados"
    "|Excedente bruto|Producción bruta|Total|Valor agregado bruto|Ocupados",
}
NAMES = {
    language: dict(zip(_KEYS, words.split("|"), strict=True))
    for language, words in _WORDS.items()
}


# on two sheets, in two workbooks, one below the other, or their parts on six sheets
PLACES = ("sheets", "files", "stacked", "quadrants")


@dataclass(frozen=True)
class Layout:
    """How the two tables are printed."""

    language: str
    is_priced: bool  # use at purchasers' prices
    has_totals_first: bool  # total supply left of the industries
    has_codes: bool
    places: str  # of the two tables, one of PLACES
    n_blank: int  # rows above the tables of use
    is_nested: bool  # value added above its parts, and jobs below output


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
    return Layout(
        language=list(NAMES)[rng.integers(len(NAMES))],
        is_priced=rng.random() < 0.5,
        has_totals_first=rng.random() < 0.5,
        has_codes=rng.random() < 0.5,
        places=PLACES[rng.integers(len(PLACES))],
        n_blank=int(rng.integers(3)),
        is_nested=rng.random() < 0.5,
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
    wages = 0.6 * tables.value_added
    inputs = [
        (names["wages"], wages),
        (names["surplus"], tables.value_added - wages),
        (names["output"], tables.made),
    ]
    if layout.is_nested:
        jobs = 7 * np.sqrt(tables.made)
        inputs = [(names["added"], tables.value_added), *inputs, (names["jobs"], jobs)]
    supply, use = _supply_columns(layout, tables), _use_columns(layout, tables)
    if layout.places == "quadrants":
        books = _write_quadrants(layout, (supply, use), inputs)
    else:
        books = _write_tables(layout, (supply, use), inputs)
    if len(books) == 1:
        books[0].save(folder / "tables.xlsx")
        return folder / "tables.xlsx"
    for name, book in zip(("first", "second"), books, strict=True):
        book.save(folder / f"{name}.xlsx")
    return folder


def _write_tables(layout: Layout, tables: tuple, inputs: list) -> list[Workbook]:
    """Return workbooks with the two tables."""
    book = Workbook()
    books, sheet = [book], book.active
    sheet.title = "T1"
    _write(sheet, layout, "T1", tables[0], [])
    if layout.places == "files":
        books.append(Workbook())
        sheet = books[1].active
    elif layout.places == "sheets":
        sheet = book.create_sheet("T2")
    for _ in range(layout.n_blank + 2 * (layout.places == "stacked")):
        sheet.append([None])
    _write(sheet, layout, "T2", tables[1], inputs)
    return books


def _write_quadrants(layout: Layout, tables: tuple, inputs: list) -> list[Workbook]:
    """Return workbooks with products by industries and what is beside and below them.

    Each of these stands on a sheet of its own, those of use maybe in a second workbook.
    """
    books = [Workbook() for _ in range(1 + (layout.n_blank == 1))]
    for k, columns in enumerate(tables):
        at = next(i for i, (name, _) in enumerate(columns) if name is None)
        left, square, right = columns[:at], columns[at : at + 2], columns[at + 2 :]
        for name, part in (("left", left), ("square", square), ("right", right)):
            if part:
                sheet = books[k * (len(books) - 1)].create_sheet(f"T{k + 1} {name}")
                _write(sheet, layout, sheet.title, part, [])
    sheet = books[-1].create_sheet("T3")
    industries = [f"Industry {k + 1}" for k in range(len(inputs[0][1]))]
    sheet.append([None, *industries])
    for name, values in inputs:
        sheet.append([name, *map(float, values)])
    for book in books:
        book.remove(book.worksheets[0])
    return books


def _use_columns(layout: Layout, tables: Tables) -> list:
    """Return the columns of the use table from left to right."""
    names, inputs = NAMES[layout.language], tables.use.sum(axis=1)
    users = [tables.homes, tables.capital, tables.exports]
    return [
        (None, tables.use),
        (names["inputs"], inputs),
        *zip((names[k] for k in ("homes", "capital", "exports")), users, strict=True),
        (names["use"], inputs + sum(users)),
    ]


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
    products = len(columns[0][1])
    industries = next((x.shape[1] for name, x in columns if name is None), 0)
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
    for name, values in rows:
        first = heads.index("Industry 1")
        label = [*[None] * (left - 1), name]
        sheet.append([*label, *[None] * first, *map(float, values)])
