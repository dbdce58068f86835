"""Supply and use tables as published, and whether they belong together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from carbonshed.accounting.competitive_imports import SplitUse
from carbonshed.accounting.valuation import UseTable
from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.text import listing, shape_text

_MOST_NAMED = 3
_OTHER_WAY = 0.1  # of the gap: as good as closed
_LARGE_GAP = 0.05  # of supply and use: another valuation, or not one system


@dataclass(frozen=True)
class SupplyUse:
    """Supply and use tables of a year as published; all in table units.

    Attributes
    ----------
    products, industries
        Names, for messages; the same order as rows and columns.
    supply : ndarray, shape (p, n)
        Products made by industries, at basic prices.
    use : UseTable
        Who buys each product, imports included.
    imports : ndarray, shape (p,), or UseTable
        Imports of each product, c.i.f.; or who buys each imported product.
    value_added
        Arrays of shape (n,) by component.
    is_at_basic_prices
        Whether the use table is; else at purchasers' prices.
    margins
        Arrays of shape (p,) by kind: trade and transport margins in the price of each
        product, positive for goods, negative for the services that earn them. Columns
        of the supply table.
    taxes : ndarray, shape (p,), or None
        Taxes less subsidies on each product, import duties among them.
    cif_fob : ndarray, shape (p,), or None
        Adjustment of imports from c.i.f. to f.o.b., negative in the rows of
        transport and insurance.
    """

    products: Sequence[str]
    industries: Sequence[str]
    supply: np.ndarray
    use: UseTable
    imports: np.ndarray | UseTable
    value_added: dict[str, np.ndarray] = field(default_factory=dict)
    is_at_basic_prices: bool = True
    margins: dict[str, np.ndarray] = field(default_factory=dict)
    taxes: np.ndarray | None = None
    cif_fob: np.ndarray | None = None


def check_shapes(tables: SupplyUse, where: str) -> None:
    """Refuse blocks whose shape does not follow from the products and industries."""
    p, n = len(tables.products), len(tables.industries)
    k = tables.use.final.shape[-1]
    wanted = {
        "supply": (tables.supply, (p, n)),
        "intermediate use": (tables.use.intermediate, (p, n)),
        "final use": (tables.use.final, (p, k)),
        "exports": (tables.use.exports, (p,)),
        "taxes": (tables.taxes, (p,)),
        "adjustment to f.o.b.": (tables.cif_fob, (p,)),
        **{f"value added {c!r}": (v, (n,)) for c, v in tables.value_added.items()},
        **{f"margins {kind!r}": (v, (p,)) for kind, v in tables.margins.items()},
    }
    if not isinstance(tables.imports, UseTable):
        wanted["imports"] = (tables.imports, (p,))
    for name, (block, shape) in wanted.items():
        if block is not None and block.shape != shape:
            raise CarbonshedError(
                f"{where}: {name} is {shape_text(block.shape)}; expected "
                f"{shape_text(shape)} from {p} products and {n} industries"
            )


def describe_negatives(tables: SupplyUse) -> list[Decision]:
    """Count negative cells of supply: market shares outside 0 to 1 follow."""
    negative = np.argwhere(tables.supply < 0)
    if not len(negative):
        return []
    named = listing(
        (
            f"{tables.products[row]} of {tables.industries[column]} "
            f"{tables.supply[row, column]:.6g}"
            for row, column in negative
        ),
        _MOST_NAMED,
    )
    text = (
        f"WARNING: {len(negative)} cells of the supply table are negative, "
        f"{tables.supply[tables.supply < 0].sum():.6g} in all ({named}): kept"
    )
    return [Decision("negative_supply", text)]


def compare_with_supply(
    tables: SupplyUse, split: SplitUse, where: str
) -> list[Decision]:
    """Compare the domestic use of every product with what is made of it."""
    made = tables.supply.sum(axis=1)
    gaps = split.used + split.exports - made
    total = float(np.abs(made).sum()) or 1.0
    worst = np.argsort(-np.abs(gaps), kind="stable")[:_MOST_NAMED]
    named = listing(f"{tables.products[row]} {gaps[row]:+.6g}" for row in worst)
    gap = float(np.abs(gaps).sum()) / total
    if gap > _LARGE_GAP:
        hint = ""
        if tables.is_at_basic_prices:
            hint = (
                "; a use table at purchasers' prices looks so: goods above supply, "
                "trade and transport below it"
            )
        raise CarbonshedError(
            f"{where}: use at home and exports miss the supply table by {gap:.1%}, "
            f"product by product (most: {named}); expected the same amounts, without "
            f"imports{hint}"
        )
    text = (
        f"use of domestic products and supply differ by {gap:.2e} of supply, product "
        f"by product (most: {named})"
    )
    return [Decision("supply_equals_use", text)]


def refuse_unmade(
    amounts: np.ndarray, shares: np.ndarray, names: Sequence[str], where: str
) -> None:
    """Refuse amounts that no industry, or no product, takes."""
    lost = np.flatnonzero((shares == 0) & (amounts > 0))
    if len(lost):
        named = listing(
            (f"{names[row]} {amounts[row]:.6g}" for row in lost), _MOST_NAMED
        )
        raise CarbonshedError(
            f"{where}: {len(lost)} rows are used, or use inputs, and the supply table "
            f"has no output of them ({named}); expected the supply of everything that "
            "is used and not imported"
        )


def refuse_transposed(
    tables: SupplyUse,
    split: SplitUse,
    value_added: dict[str, np.ndarray],
    where: str,
) -> None:
    """Refuse a square supply table whose industries lie down.

    Its totals are the same either way. Product by product it must hold what is used,
    industry by industry what inputs and value added come to.

    Raises
    ------
    CarbonshedError
        If both miss, and the other way round they do not.
    """
    supply = tables.supply
    if supply.shape[0] != supply.shape[1] or not value_added:
        return
    used = split.used + split.exports
    paid = split.transactions.sum(axis=0) + split.imports_by_sector
    paid = paid + sum(value_added.values())
    gap, other = (
        float(np.abs(used - made).sum() + np.abs(paid - inputs).sum())
        for made, inputs in (
            (supply.sum(axis=1), supply.sum(axis=0)),
            (supply.sum(axis=0), supply.sum(axis=1)),
        )
    )
    if other < _OTHER_WAY * gap:
        total = 2 * float(np.abs(supply).sum()) or 1.0
        raise CarbonshedError(
            f"{where}: the supply table lies the other way round: it misses use and "
            f"inputs by {gap / total:.2%}, and by {other / total:.2%} with rows and "
            "columns exchanged; expected products in rows, industries in columns"
        )
