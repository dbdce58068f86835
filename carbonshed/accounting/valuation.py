"""From purchasers' prices to basic prices, by margins and taxes of every product.

A buyer pays a good, those who traded and carried it, and taxes. At basic prices each
is bought for itself: goods from their makers, margins from trade and transport, and
taxes are an input of their own. Offices publish margins and taxes by product, in the
supply table; buyers of a product are taken to pay the same rate. Eurostat (2008),
Manual of Supply, Use and Input-Output Tables, chapter 6.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carbonshed.errors import CarbonshedError
from carbonshed.text import listing

TAX_COMPONENT = "taxes_less_subsidies_on_products"

_MAX_NAMES = 3
_MARGIN_GAP = 1e-3  # margins that goods pay and services earn, as rounded


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
