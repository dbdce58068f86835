"""Supply and use tables turned into a symmetric table.

A supply table says which industries make which products, a use table who buys which
products. p products, n industries and k final users; products down the rows in both.

A buyer pays a good, those who traded and carried it, and taxes. At basic prices each
is bought for itself: goods from their makers, margins from trade and transport, and
taxes are an input of their own. Offices publish margins and taxes by product, in the
supply table; buyers of a product are taken to pay the same rate.

References
----------
Eurostat (2008), Manual of Supply, Use and Input-Output Tables, chapter 6: valuation;
chapter 11: model D,
fixed product sales structure, and model B, industry technology. Miller and Blair
(2009), Input-Output Analysis, chapter 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from carbonshed.accounting.closure import MAX_GAP, share_missed
from carbonshed.accounting.competitive_imports import (
    ReExports,
    SplitUse,
    mix_of_products,
    subtract_imports,
    take_out_in_proportion,
)
from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.text import listing, shape_text

TAX_COMPONENT = "taxes_less_subsidies_on_products"

_MAX_NAMES = 3
_MARGIN_GAP = 1e-3  # margins that goods pay and services earn, as rounded
_OTHER_WAY = 0.1  # share of the gap that counts as none
Model = Literal["D", "B"]
MODELS: tuple[Model, ...] = ("D", "B")


@dataclass(frozen=True)
class UseTable:
    """The purchases of each of p products, in table units.

    Attributes
    ----------
    intermediate : ndarray, shape (p, n)
        Purchases of n industries.
    final : ndarray, shape (p, k)
        Purchases of k final users at home.
    exports : ndarray, shape (p,)
    """

    intermediate: np.ndarray
    final: np.ndarray
    exports: np.ndarray

    @property
    def blocks(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return intermediate use, final use and exports."""
        return self.intermediate, self.final, self.exports

    @property
    def total(self) -> np.ndarray:
        """Return all use of each product, shape (p,)."""
        return self.intermediate.sum(axis=1) + self.final.sum(axis=1) + self.exports

    def scaled(self, factors: np.ndarray) -> "UseTable":
        """Return the table with each row times its factor, shape (p,)."""
        column = factors[:, np.newaxis]
        return UseTable(
            column * self.intermediate, column * self.final, factors * self.exports
        )

    def plus(self, other: "UseTable") -> "UseTable":
        """Return the sum, cell by cell."""
        return UseTable(
            *(a + b for a, b in zip(self.blocks, other.blocks, strict=True))
        )


def move_margins(
    use: UseTable,
    margins: dict[str, np.ndarray],
    products: Sequence[str],
    where: str,
) -> UseTable:
    """Move margins from the rows of goods to those of trade and transport.

    The services that earn a margin share what each buyer pays of it by their margins.
    """
    total, moved = use.total, use
    for kind, column in margins.items():
        paid, earned = np.maximum(column, 0.0), np.maximum(-column, 0.0)
        if not paid.any() and not earned.any():
            continue
        gap = abs(paid.sum() - earned.sum())
        if gap > _MARGIN_GAP * paid.sum():
            raise CarbonshedError(
                f"{where}: margins {kind!r} are {paid.sum():.6g} in rows that "
                f"pay them and {-earned.sum():.6g} in rows that earn them; expected a "
                "sum of zero: negative in the rows of trade and transport services"
            )
        rates = _rates(paid, total, "margins", products, where)
        part = use.scaled(rates)
        earners = earned / earned.sum()
        columns = (block.sum(axis=0) for block in part.blocks)
        services = UseTable(*(np.multiply.outer(earners, sums) for sums in columns))
        moved = moved.plus(part.scaled(np.full(len(total), -1.0))).plus(services)
    return moved


def take_out_taxes(
    use: UseTable, taxes: np.ndarray, products: Sequence[str], where: str
) -> tuple[UseTable, UseTable]:
    """Subtract taxes less subsidies on products from every cell of their rows."""
    rates = _rates(taxes, use.total, "taxes", products, where)
    return use.scaled(1.0 - rates), use.scaled(rates)


def _rates(
    amounts: np.ndarray,
    total: np.ndarray,
    what: str,
    products: Sequence[str],
    where: str,
) -> np.ndarray:
    is_wrong = (amounts != 0) & (total == 0)
    if is_wrong.any():
        named = listing(
            (f"{products[k]} {amounts[k]:.6g}" for k in np.flatnonzero(is_wrong)),
            _MAX_NAMES,
        )
        raise CarbonshedError(
            f"{where}: products without any use have {what} ({named}); expected "
            "supply and use of the same products"
        )
    return np.divide(amounts, total, out=np.zeros(len(total)), where=total != 0)


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
        Purchases of each product, imports included.
    imports : ndarray, shape (p,), or UseTable
        Imports of each product, c.i.f.; or who buys each imported product.
    value_added
        Arrays of shape (n,) by component.
    is_at_basic_prices
        True for a use table at basic prices; else at purchasers' prices.
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
    expected = {
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
        expected["imports"] = (tables.imports, (p,))
    for name, (block, shape) in expected.items():
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
        _MAX_NAMES,
    )
    text = (
        f"WARNING: {len(negative)} cells of the supply table are negative, "
        f"{tables.supply[tables.supply < 0].sum():.6g} in all ({named}): kept"
    )
    return [Decision("negative_supply", text)]


def compare_with_supply(
    tables: SupplyUse, split: SplitUse, where: str
) -> list[Decision]:
    """Compare the domestic use of every product with its supply."""
    supply = tables.supply.sum(axis=1)
    gaps = split.used + split.exports - supply
    worst = np.argsort(-np.abs(gaps), kind="stable")[:_MAX_NAMES]
    named = listing(f"{tables.products[row]} {gaps[row]:+.6g}" for row in worst)
    gap = share_missed(split.used + split.exports, supply)
    if gap > MAX_GAP:  # another valuation, or not one system
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
    """Refuse amounts that belong to no industry, or to no product."""
    missing = np.flatnonzero((shares == 0) & (amounts > 0))
    if len(missing):
        named = listing(
            (f"{names[row]} {amounts[row]:.6g}" for row in missing), _MAX_NAMES
        )
        raise CarbonshedError(
            f"{where}: {len(missing)} rows are used, or use inputs, and the supply "
            f"table has no output of them ({named}); expected the supply of everything "
            "that is used and not imported"
        )


def refuse_transposed(
    tables: SupplyUse,
    split: SplitUse,
    value_added: dict[str, np.ndarray],
    where: str,
) -> None:
    """Refuse a square supply table whose industries are in rows.

    Its totals are the same either way. Product by product it must hold what is used,
    industry by industry what inputs and value added come to.
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


@dataclass(frozen=True)
class SymmetricTable:
    """A symmetric table of n sectors: industries, or products."""

    # shapes (n, n) and (n, k): domestic deliveries
    transactions: np.ndarray
    final_demand: np.ndarray
    # shape (n,): of own production. Output is that of the supply table
    exports: np.ndarray
    output: np.ndarray
    # shapes (p, n) and (p, k): imports of every buyer by product of the use table
    imported_transactions: np.ndarray
    imported_final_demand: np.ndarray
    # shape (n, n + k): the same by sector of this table, as a `MatrixTable` has them
    imported_products: np.ndarray
    # arrays of shape (n,) by component; taxes on products that are bought are one,
    # where they were taken out
    value_added: dict[str, np.ndarray]
    decisions: list[Decision]  # conversions, counts and oddities


def symmetric_table(
    tables: SupplyUse,
    where: str,
    *,
    model: Model = "D",
    re_exports: ReExports = "none",
    unit: str = "table units",
) -> SymmetricTable:
    """Turn supply and use tables into a symmetric table of domestic flows.

    Use comes to basic prices, imports are taken out of it, and its rows are given to
    industries (or its columns to products). Neither model makes a negative cell out of
    cells that are not negative; negative cells of supply and use are kept and counted.

    Parameters
    ----------
    model
        ``D``: industry by industry, fixed product sales structure: whoever buys a
        product buys it from its makers in proportion to their shares. ``B``: product
        by product, industry technology: an industry makes all its products with the
        same inputs.
    re_exports
        The treatment of imports in exports, see `split_imports`; not used
        where a table of imports is published.

    Raises
    ------
    CarbonshedError
        If use is at purchasers' prices and margins or taxes by product are missing,
        if shapes differ, if imports do not fit, or if a product is used at home and
        made by nobody.
    """
    check_shapes(tables, where)
    decisions = describe_negatives(tables)
    use, value_added = tables.use, dict(tables.value_added)
    if not tables.is_at_basic_prices:
        use, taxes, notes = _to_basic_prices(tables, where, unit)
        value_added[TAX_COMPONENT] = taxes
        decisions += notes
    use, notes = _settle_cif_fob(tables, use)
    decisions += notes
    split, notes = _take_out_imports(tables, use, where, re_exports, unit)
    decisions += notes
    refuse_transposed(tables, split, value_added, where)
    decisions += compare_with_supply(tables, split, where)
    convert = _by_industry if model == "D" else _by_product
    table = convert(tables, split, value_added, where)
    return replace(table, decisions=[*decisions, *table.decisions])


def market_shares(supply: np.ndarray) -> np.ndarray:
    """Return the share of each industry in the output of each product."""
    total = supply.sum(axis=1)
    return np.divide(supply.T, total, out=np.zeros(supply.T.shape), where=total != 0)


def product_mix(supply: np.ndarray) -> np.ndarray:
    """Return the share of each product in the output of each industry."""
    total = supply.sum(axis=0)
    return np.divide(supply, total, out=np.zeros(supply.shape), where=total != 0)


def _by_industry(
    tables: SupplyUse,
    split: SplitUse,
    value_added: dict[str, np.ndarray],
    where: str,
) -> SymmetricTable:
    """Apply model D: Z = D U, with D the market shares."""
    shares = market_shares(tables.supply)
    own = np.column_stack([split.transactions, split.final_demand, split.exports])
    refuse_unmade(np.abs(own).sum(axis=1), shares.sum(axis=0), tables.products, where)
    text = (
        "industry by industry under the fixed product sales structure (model D of the "
        f"Eurostat manual): {len(tables.products)} products given to "
        f"{len(tables.industries)} industries by their shares in the supply table"
    )
    return SymmetricTable(
        transactions=shares @ split.transactions,
        final_demand=shares @ split.final_demand,
        exports=shares @ split.exports,
        output=tables.supply.sum(axis=0),
        imported_transactions=split.imported_transactions,
        imported_final_demand=split.imported_final_demand,
        imported_products=mix_of_products(
            split.imported_transactions, split.imported_final_demand, shares
        ),
        value_added=value_added,
        decisions=[Decision("supply_and_use", text)],
    )


def _by_product(
    tables: SupplyUse,
    split: SplitUse,
    value_added: dict[str, np.ndarray],
    where: str,
) -> SymmetricTable:
    """Apply model B: Z = U C', with C the product mix of industries."""
    mix = product_mix(tables.supply)
    inputs = np.vstack(
        [split.transactions, split.imported_transactions, *value_added.values()]
    )
    refuse_unmade(np.abs(inputs).sum(axis=0), mix.sum(axis=0), tables.industries, where)
    text = (
        "product by product under industry technology (model B of the Eurostat "
        f"manual): inputs of {len(tables.industries)} industries given to "
        f"{len(tables.products)} products by the mix in the supply table"
    )
    imported = split.imported_transactions @ mix.T
    return SymmetricTable(
        transactions=split.transactions @ mix.T,
        final_demand=split.final_demand,
        exports=split.exports,
        output=tables.supply.sum(axis=1),
        imported_transactions=imported,
        imported_final_demand=split.imported_final_demand,
        imported_products=np.hstack([imported, split.imported_final_demand]),
        value_added={name: mix @ row for name, row in value_added.items()},
        decisions=[Decision("supply_and_use", text)],
    )


def _to_basic_prices(
    tables: SupplyUse, where: str, unit: str
) -> tuple[UseTable, np.ndarray, list[Decision]]:
    """Return use at basic prices, taxes on the inputs of industries, and notes."""
    if not tables.margins or tables.taxes is None:
        missing = ["margins"] * (not tables.margins) + ["taxes"] * (
            tables.taxes is None
        )
        raise CarbonshedError(
            f"{where}: the use table is at purchasers' prices and the map has no "
            f"{' and no '.join(missing)} by product. At purchasers' prices the row of "
            "a good also pays those who trade and carry it, and the state, so that "
            "emissions would be counted in the wrong rows; give these columns of the "
            "supply table, or a use table at basic prices"
        )
    use = move_margins(tables.use, tables.margins, tables.products, where)
    use, taxes = take_out_taxes(use, tables.taxes, tables.products, where)
    moved = sum(np.maximum(column, 0.0).sum() for column in tables.margins.values())
    text = (
        "use was at purchasers' prices: margins, "
        f"{moved:.10g} {unit}, moved from the rows of goods to those of trade and "
        f"transport, and taxes less subsidies on products, {tables.taxes.sum():.10g}, "
        "taken out, each at the rate of the row for all its buyers; "
        f"{taxes.intermediate.sum():.10g} of taxes are paid by industries (value "
        f"added, {TAX_COMPONENT}), {taxes.final.sum():.10g} by final users and "
        f"{taxes.exports.sum():.10g} on exports: not in this table"
    )
    decision = Decision("to_basic_prices", text)
    return use, taxes.intermediate.sum(axis=0), [decision]


def _settle_cif_fob(
    tables: SupplyUse, use: UseTable
) -> tuple[UseTable, list[Decision]]:
    """Count carriage by residents inside the price of imports as their exports."""
    if tables.cif_fob is None or not tables.cif_fob.any():
        return use, []
    text = (
        f"adjustment of imports from c.i.f. to f.o.b., {tables.cif_fob.sum():.6g}, "
        "counted as exports of the carriers and insurers whose rows hold it: what they "
        "do for imports is in the price of the imports"
    )
    moved = replace(use, exports=use.exports - tables.cif_fob)
    return moved, [Decision("cif_fob", text)]


def _take_out_imports(
    tables: SupplyUse,
    use: UseTable,
    where: str,
    re_exports: ReExports,
    unit: str,
) -> tuple[SplitUse, list[Decision]]:
    names, imports = tables.products, tables.imports
    if isinstance(imports, UseTable):
        return subtract_imports(use.blocks, imports.blocks, names, where)
    return take_out_in_proportion(
        use.intermediate,
        use.final,
        use.exports,
        imports,
        names,
        where,
        re_exports=re_exports,
        unit=unit,
    )
