"""Symmetric tables: the blocks as printed, and imports taken out of the cells."""

import numpy as np

from carbonshed.accounting.competitive_imports import take_out_in_proportion
from carbonshed.accounting.import_matrices import mix_of_rows, subtract_imports
from carbonshed.readers.workbook.blocks import BlockReader
from carbonshed.readers.workbook.parts import Parts, fit_mix
from carbonshed.readers.workbook.plan import Plan


def read_symmetric(plan: Plan, reader: BlockReader) -> Parts:
    """Read the blocks of a symmetric table, as they are printed."""
    producers, users = plan.labels.sectors, plan.labels.categories
    blocks, vectors = plan.places.blocks, plan.places.vectors
    transactions = reader.matrix(blocks["transactions"], producers, producers)
    demand = reader.matrix(blocks["final_demand"], producers, users, is_strict=False)
    parts = Parts(transactions, demand)
    for name in ("exports", "output", "error"):
        if name in vectors:
            setattr(parts, name, reader.vector(vectors[name], producers))
    if "imports" in vectors:
        kind = "column" if plan.is_total else "row"
        imports = reader.vector(vectors["imports"], producers, kind)
        if plan.is_total:
            parts.imports_by_product = imports
        else:
            parts.imports_by_buyer = imports
    if "imports_of_final_users" in vectors:
        parts.imports_by_user = reader.vector(vectors["imports_of_final_users"], users)
    parts.imported = _import_matrix(plan, reader)
    parts.value_added = {
        name: reader.vector(terms, producers)
        for name, terms in plan.places.named["value_added"].items()
    }
    _imports_of_matrix(parts, plan.is_total)
    return parts


def take_out_imports(parts: Parts, plan: Plan, labels: list[str], where: str) -> Parts:
    """Return the table with domestic cells; `parts` is left as it is.

    Parameters
    ----------
    parts
        As printed.
    plan
        The map: whether cells hold imports, and exports too.
    labels, where
        Names of the producers, and the file, for messages.

    Raises
    ------
    CarbonshedError
        If imports do not fit the cells they should be in.
    """
    if not plan.is_total:
        return parts
    exports = parts.exports
    sent = np.zeros(len(labels)) if exports is None else exports
    if parts.imported is not None:
        n = len(parts.transactions)
        split, found = subtract_imports(
            (parts.transactions, parts.final_demand, sent),
            (parts.imported[:, :n], parts.imported[:, n:], np.zeros(len(labels))),
            labels,
            where,
        )
    elif parts.imports_by_product is not None:
        split, found = take_out_in_proportion(
            parts.transactions,
            parts.final_demand,
            sent,
            parts.imports_by_product,
            labels,
            where,
            re_exports=plan.re_exports,
            unit=plan.unit_text,
        )
    else:
        raise TypeError("imports inside the cells are known by product")
    return Parts(
        transactions=split.transactions,
        final_demand=split.final_demand,
        exports=None if exports is None else split.exports,
        output=parts.output,
        error=parts.error,
        imports_by_buyer=split.imports_by_sector,
        imports_by_user=split.imports_by_user,
        imported=np.hstack([split.imported_transactions, split.imported_final_demand]),
        value_added=parts.value_added,
        decisions=[*parts.decisions, *found],
    )


def _import_matrix(plan: Plan, reader: BlockReader) -> np.ndarray | None:
    """Return imports by row of the table and buyer, None if not published."""
    blocks = plan.places.blocks
    if "imported_transactions" not in blocks:
        return None
    producers, users = plan.labels.sectors, plan.labels.categories
    bought = reader.matrix(blocks["imported_transactions"], producers, producers)
    if "imported_final_demand" in blocks:
        block = blocks["imported_final_demand"]
        demand = reader.matrix(block, producers, users, is_strict=False)
    else:
        demand = np.zeros((producers.length, users.length))
    return np.hstack([bought, demand])


def _imports_of_matrix(parts: Parts, is_total: bool) -> None:
    """Put the sums of the import matrix where no imports are given."""
    if parts.imported is None:
        return
    n = len(parts.transactions)
    sums = parts.imported.sum(axis=0)
    if is_total:
        parts.imports_by_product = parts.imported.sum(axis=1)
        return
    if parts.imports_by_buyer is None:
        parts.imports_by_buyer = sums[:n]
    if parts.imports_by_user is None:
        parts.imports_by_user = sums[n:]


def imported_products(parts: Parts, n_sectors: int) -> np.ndarray | None:
    """Return imports by product and buyer, shape (S, n + k), None if not known."""
    if parts.imported is None or parts.imports_by_buyer is None:
        return None
    n = len(parts.transactions)
    mix = mix_of_rows(parts.imported[:, :n], parts.imported[:, n:], n_sectors)
    users = parts.imports_by_user
    if users is None:
        users = np.zeros(mix.shape[1] - n)
    return fit_mix(mix, np.concatenate([parts.imports_by_buyer, users]))
