"""Imports taken out of the cells of a table: in proportion, or by a matrix of them.

Many offices publish tables with competitive imports: a cell is the use of a product
whatever its origin, and one column holds the imports of each product. The contract
wants domestic deliveries in the cells and imports by buyer in a table of their own.
Some publish a table of imports as well: who buys which imported product. Domestic
deliveries are the difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.text import listing, shape_text

ReExports = Literal["none", "proportional"]
RE_EXPORTS: tuple[ReExports, ...] = ("none", "proportional")

_MAX_NAMES = 3
# tolerance for a share of 1 computed from rounded numbers
_ROUNDING = 1e-9
# negative imports up to this share of all are corrections; above, the sign is wrong
_CORRECTIONS = 0.01

# the statistical discrepancy of such a table is a category of final demand
ERROR_CATEGORY = {
    "category_id": "ERR",
    "category_name": "Statistical discrepancy",
    "category_group": "other",
}
# share of the largest cell by which a difference of rounded numbers may be negative
_ROUNDING_OF_CELLS = 1e-9


@dataclass(frozen=True)
class SplitUse:
    """The use of p products, domestic and imported; in table units."""

    # shapes (p, n) and (p, k): deliveries of domestic producers to n sectors and k
    # final users
    transactions: np.ndarray
    final_demand: np.ndarray
    exports: np.ndarray  # shape (p,): exports of domestic producers
    # shapes (p, n) and (p, k): imports of sectors and final users by product
    imported_transactions: np.ndarray
    imported_final_demand: np.ndarray
    # shape (p,): imports that leave again unchanged; no part of any other field
    re_exports: np.ndarray

    @property
    def imports_by_sector(self) -> np.ndarray:
        """Return imports of each sector, summed over products, shape (n,)."""
        return self.imported_transactions.sum(axis=0)

    @property
    def imports_by_user(self) -> np.ndarray:
        """Return imports of each final user, summed over products, shape (k,)."""
        return self.imported_final_demand.sum(axis=0)

    @property
    def used(self) -> np.ndarray:
        """Return domestic use of own production, by product, shape (p,)."""
        return self.transactions.sum(axis=1) + self.final_demand.sum(axis=1)

    @property
    def shares(self) -> np.ndarray:
        """Return the share of imports in domestic use, by product, shape (p,)."""
        imported = self.imported_transactions.sum(axis=1)
        imported = imported + self.imported_final_demand.sum(axis=1)
        used = imported + self.used
        return np.divide(imported, used, out=np.zeros(len(used)), where=used != 0)


def import_shares(
    domestic_use: np.ndarray,
    imports: np.ndarray,
    labels: Sequence[str],
    where: str,
    re_exported_from: np.ndarray | None = None,
) -> np.ndarray:
    """Return the share of imports in the use of each product, 0 to 1, shape (p,).

    Parameters
    ----------
    domestic_use, imports
        Shape (p,): intermediate and final use, exports apart; and imports.
    re_exported_from
        Exports, (p,), if they too hold imports in proportion; without them, exports are
        all of own production.

    Raises
    ------
    CarbonshedError
        If imports are negative or larger than the use they are part of.
    """
    used = domestic_use if re_exported_from is None else domestic_use + re_exported_from
    shares = np.divide(imports, used, out=np.zeros(len(imports)), where=used != 0)
    is_wrong = (imports < 0) | (shares < 0) | (shares > 1 + _ROUNDING)
    is_wrong |= (used == 0) & (imports != 0)
    if is_wrong.any():
        rows = np.flatnonzero(is_wrong)
        what = "domestic use" if re_exported_from is None else "use with exports"
        rows_found = (
            f"{labels[row]}: imports {imports[row]:.6g}, {what} {used[row]:.6g}"
            for row in rows
        )
        named = listing(rows_found, _MAX_NAMES, separator="; ")
        raise CarbonshedError(
            f"{where}: imports of {len(rows)} rows are not between 0 and the {what} "
            f"({named}); {_advice(imports, re_exported_from)}"
        )
    return np.minimum(shares, 1.0)


def split_imports(
    transactions: np.ndarray,
    final_demand: np.ndarray,
    shares: np.ndarray,
    exports: np.ndarray | None = None,
    re_exports: ReExports = "none",
) -> SplitUse:
    """Split every cell, even a negative one, by the import share of its product.

    Parameters
    ----------
    transactions, final_demand, exports
        Shapes (p, n), (p, k) and (p,): use of products wherever made, and deliveries
        abroad.
    shares
        Shape (p,), see `import_shares`.
    re_exports
        ``none``: exports are deliveries of the own producers and stay as they are.
        ``proportional``: they are split like any other cell; the imported part
        leaves the country unchanged.
    """
    sent = np.zeros(len(shares)) if exports is None else exports
    part = shares if re_exports == "proportional" else np.zeros(len(shares))
    own, imported = (1.0 - shares)[:, np.newaxis], shares[:, np.newaxis]
    return SplitUse(
        transactions=own * transactions,
        final_demand=own * final_demand,
        exports=(1.0 - part) * sent,
        imported_transactions=imported * transactions,
        imported_final_demand=imported * final_demand,
        re_exports=part * sent,
    )


def correct_negative_imports(
    imports: np.ndarray, exports: np.ndarray, labels: Sequence[str], where: str
) -> tuple[np.ndarray, np.ndarray, list[Decision]]:
    """Count a few negative imports, which are corrections, as exports."""
    negative = np.minimum(imports, 0.0)
    if not negative.any():
        return imports, exports, []
    rows = np.flatnonzero(negative)
    named = listing((f"{labels[row]} {negative[row]:.6g}" for row in rows), _MAX_NAMES)
    if -negative.sum() > _CORRECTIONS * np.abs(imports).sum():
        raise CarbonshedError(
            f"{where}: imports of {len(rows)} of {len(imports)} rows are negative "
            f"({named}); expected positive imports: if the file prints them as "
            "deductions, say `sign: -1` in the map"
        )
    text = (
        f"imports of {len(rows)} rows are negative, {negative.sum():.6g} in all "
        f"({named}): corrections, counted as exports of the same rows"
    )
    return imports - negative, exports - negative, [Decision("negative_imports", text)]


def take_out_in_proportion(
    transactions: np.ndarray,
    final_demand: np.ndarray,
    exports: np.ndarray,
    imports: np.ndarray,
    labels: Sequence[str],
    where: str,
    *,
    re_exports: ReExports,
    unit: str,
) -> tuple[SplitUse, list[Decision]]:
    """Subtract imports, (p,), from every cell of a row, after correcting negative ones.

    The other parameters are those of `split_imports`; `labels` name products.

    Raises
    ------
    CarbonshedError
        As `correct_negative_imports` and `import_shares`.
    """
    imports, exports, decisions = correct_negative_imports(
        imports, exports, labels, where
    )
    shares = import_shares(
        transactions.sum(axis=1) + final_demand.sum(axis=1),
        imports,
        labels,
        where,
        exports if re_exports == "proportional" else None,
    )
    split = split_imports(transactions, final_demand, shares, exports, re_exports)
    return split, [*decisions, describe_split(split, labels, unit)]


def describe_split(split: SplitUse, labels: Sequence[str], unit: str) -> Decision:
    """Describe the split of imports in proportion, with the totals."""
    sectors, users = split.imports_by_sector.sum(), split.imports_by_user.sum()
    returned = split.re_exports.sum()
    rule = "intermediate + final use - exports"
    sent = "exports are all of own production"
    if returned:
        rule = "intermediate + final use, exports among it"
        sent = (
            f"{returned:.10g} of imports are re-exports, by the same share, and are in "
            "neither imports nor exports"
        )
    text = (
        "imports were inside the cells: taken out of every cell of a row in "
        f"proportion, by the share imports / ({rule}) of "
        f"the row; {sectors + users:.10g} {unit} in all, {sectors:.10g} bought by "
        f"sectors and {users:.10g} by final users; {sent}"
    )
    shares = split.shares
    if shares.any():
        top = int(np.argmax(shares))
        text += f"; largest share {shares[top]:.4g} ({labels[top]})"
    return Decision("imports_split", text)


def _advice(imports: np.ndarray, re_exported_from: np.ndarray | None) -> str:
    if (imports < 0).any():
        return (
            "expected positive imports of what is used at home: if the file prints "
            "them as deductions, say `sign: -1` in the map"
        )
    if re_exported_from is None:
        return (
            "expected imports inside the cells, of what is used at home. Where imports "
            "leave again unchanged, say `re_exports: proportional` in the map"
        )
    return (
        "even with re-exports there would be negative output: expected imports inside "
        "the cells; is the table domestic already?"
    )


def subtract_imports(
    total: tuple[np.ndarray, np.ndarray, np.ndarray],
    imported: tuple[np.ndarray, np.ndarray, np.ndarray],
    labels: Sequence[str],
    where: str,
) -> tuple[SplitUse, list[Decision]]:
    """Subtract a published table of imports from a table of total flows, cell by cell.

    Parameters
    ----------
    total, imported
        Transactions, (p, n), final demand, (p, k), and exports, (p,); imported exports
        are re-exports. Nothing is clipped: a decision counts cells that turn negative.

    Raises
    ------
    CarbonshedError
        If the two tables differ in shape.
    """
    for total_block, imported_block in zip(total, imported, strict=True):
        if total_block.shape != imported_block.shape:
            raise CarbonshedError(
                f"{where}: the table of imports is {shape_text(imported_block.shape)}, "
                f"that of total flows {shape_text(total_block.shape)}; expected the "
                "same rows and columns"
            )
    own = tuple(g - t for g, t in zip(total, imported, strict=True))
    split = SplitUse(*own, *imported)
    decisions = []
    for name, total_block, left in zip(
        ("transactions", "final demand", "exports"), total, own, strict=True
    ):
        floor = _ROUNDING_OF_CELLS * max(
            1.0, float(np.abs(total_block).max(initial=0.0))
        )
        is_new = (left < -floor) & (total_block >= 0)
        if is_new.any():
            rows = np.flatnonzero(is_new.reshape(len(total_block), -1).any(axis=1))
            amount = float(left[is_new].sum())
            text = (
                f"WARNING: imports exceed total use in {int(is_new.sum())} cells of "
                f"{name}, by {-amount:.6g} in all, in rows "
                f"{listing((labels[row] for row in rows), _MAX_NAMES)}: kept, negative"
            )
            decisions.append(Decision("imports_above_use", text))
    return split, decisions


def mix_of_rows(
    transactions: np.ndarray, final_demand: np.ndarray, n_sectors: int
) -> np.ndarray:
    """Return the imports of every buyer by product, (S, n + k), over all regions.

    Imports, (R * S, n) and (R * S, k), are by row of a symmetric table, region-major.
    """
    purchases = np.hstack([transactions, final_demand])
    return purchases.reshape(-1, n_sectors, purchases.shape[1]).sum(axis=0)


def mix_of_products(
    transactions: np.ndarray, final_demand: np.ndarray, market_shares: np.ndarray
) -> np.ndarray:
    """Return the imports of every buyer by the industries that make such products.

    An imported product counts as one of the industries that make it at home, by their
    shares; what nobody makes at home takes the mix of the buyer's other imports.
    """
    purchases = np.hstack([transactions, final_demand])
    mix = market_shares @ purchases
    mixed, imports = mix.sum(axis=0), purchases.sum(axis=0)
    factors = np.divide(imports, mixed, out=np.zeros(len(mixed)), where=mixed != 0)
    return mix * factors
