"""The symmetric table of one year, from its blocks or from supply and use tables."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from carbonshed.accounting.competitive_imports import (
    mix_of_rows,
    subtract_imports,
    take_out_in_proportion,
)
from carbonshed.accounting.supply_use import SupplyUse, UseTable, symmetric_table
from carbonshed.dataset.matrix_table import Decision
from carbonshed.errors import CarbonshedError
from carbonshed.readers.workbook.axes import Names
from carbonshed.readers.workbook.blocks import BlockReader
from carbonshed.readers.workbook.map import Plan


@dataclass
class Parts:
    """The blocks of a symmetric table of one year; n producers, k final users."""

    # shapes (n, n) and (n, k): deliveries: as printed, then domestic
    transactions: np.ndarray
    final_demand: np.ndarray
    # shape (n,), or None: deliveries abroad; output as published; the discrepancy of
    # each row
    exports: np.ndarray | None = None
    output: np.ndarray | None = None
    error: np.ndarray | None = None
    # shape (n,), or None: imports inside the cells
    imports_by_product: np.ndarray | None = None
    # shapes (n,) and (k,), or None: imports of sectors and of final users
    imports_by_buyer: np.ndarray | None = None
    imports_by_user: np.ndarray | None = None
    # shape (rows, n + k), or None: imports of every buyer by row of the table
    imported: np.ndarray | None = None
    # arrays of shape (n,) by component
    value_added: dict[str, np.ndarray] = field(default_factory=dict)
    is_total: bool = False  # the cells include imports
    decisions: list[Decision] = field(default_factory=list)

    @property
    def all_value_added(self) -> np.ndarray | None:
        """Value added of each producer, None if there is none."""
        return self.value_added_of(self.value_added)

    def value_added_of(self, names: Iterable[str]) -> np.ndarray | None:
        """Return the sum of some components of value added, None of none."""
        components = [self.value_added[name] for name in names]
        return np.sum(components, axis=0) if components else None

    @property
    def rows(self) -> np.ndarray:
        """Output as the sum of deliveries."""
        use = self.transactions.sum(axis=1) + self.final_demand.sum(axis=1)
        for vector in (self.error, self.exports):
            use = use if vector is None else use + vector
        if self.is_total and self.imports_by_product is not None:
            return use - self.imports_by_product
        return use

    @property
    def columns(self) -> np.ndarray | None:
        """Output as the sum of inputs; None without value added."""
        added = self.all_value_added
        if added is None:
            return None
        bought = self.transactions.sum(axis=0) + added
        if self.is_total or self.imports_by_buyer is None:
            return bought
        return bought + self.imports_by_buyer

    @property
    def any_output(self) -> np.ndarray:
        """Output as published, or else as the sum of deliveries."""
        return self.rows if self.output is None else self.output


def fit_mix(imported: np.ndarray, imports: np.ndarray) -> np.ndarray:
    """Return imports by row and buyer, scaled to the imports of each buyer.

    A buyer whose imports sum to zero, or change their sign, keeps a column of zeros:
    its mix is not known.
    """
    sums = imported.sum(axis=0)
    factors = np.divide(imports, sums, out=np.zeros(len(sums)), where=sums != 0)
    return imported * np.where(factors > 0, factors, 0.0)


def read_symmetric(plan: Plan, reader: BlockReader) -> Parts:
    """Read the blocks of a symmetric table, as they are printed."""
    producers, users = plan.labels.sectors, plan.labels.categories
    blocks, vectors = plan.layout.blocks, plan.layout.vectors
    transactions = reader.matrix(blocks["transactions"], producers, producers)
    demand = reader.matrix(blocks["final_demand"], producers, users)
    parts = Parts(transactions, demand, is_total=plan.map.is_total)
    for name in ("exports", "output", "error"):
        if name in vectors:
            setattr(parts, name, reader.vector(vectors[name], producers))
    if "imports" in vectors:
        kind = "column" if plan.map.is_total else "row"
        imports = reader.vector(vectors["imports"], producers, kind)
        if plan.map.is_total:
            parts.imports_by_product = imports
        else:
            parts.imports_by_buyer = imports
    if "imports_of_final_users" in vectors:
        parts.imports_by_user = reader.vector(vectors["imports_of_final_users"], users)
    imported = _import_matrix(plan, reader, "imported_transactions", producers)
    if imported is not None:
        parts.imported = np.hstack(imported)
    parts.value_added = {
        name: reader.vector(terms, producers)
        for name, terms in plan.layout.named["value_added"].items()
    }
    _imports_of_matrix(parts)
    return parts


def take_out_imports(parts: Parts, plan: Plan, labels: list[str], where: str) -> Parts:
    """Return the table with domestic cells; `parts` is left as it is."""
    if not parts.is_total:
        return parts
    exports = parts.exports
    zero = np.zeros(len(labels))
    use = (parts.transactions, parts.final_demand, zero if exports is None else exports)
    if parts.imported is not None:
        n = len(parts.transactions)
        split, decisions = subtract_imports(
            use,
            (parts.imported[:, :n], parts.imported[:, n:], zero),
            labels,
            where,
        )
    else:
        split, decisions = take_out_in_proportion(
            *use,
            parts.imports_by_product,
            labels,
            where,
            re_exports=plan.map.re_exports,
            unit=plan.unit_text,
        )
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
        decisions=[*parts.decisions, *decisions],
    )


def _import_matrix(
    plan: Plan, reader: BlockReader, name: str, down: Names
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return imports of sectors and of final users by row, None if not published."""
    blocks, users = plan.layout.blocks, plan.labels.categories
    if name not in blocks:
        return None
    demand = np.zeros((down.length, users.length))
    bought = reader.matrix(blocks[name], down, plan.labels.sectors)
    if "imported_final_demand" in blocks:
        demand = reader.matrix(blocks["imported_final_demand"], down, users)
    return bought, demand


def _imports_of_matrix(parts: Parts) -> None:
    """Take imports that are not given from the sums of the import matrix."""
    if parts.imported is None:
        return
    n = len(parts.transactions)
    sums = parts.imported.sum(axis=0)
    if parts.is_total:
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


def read_supply_and_use(plan: Plan, reader: BlockReader) -> Parts:
    """Read a supply and a use table; return the symmetric table they make."""
    if len(plan.labels.rows["regions"]) != 1:
        raise CarbonshedError(
            f"{plan.file}: supply and use tables of "
            f"{len(plan.labels.rows['regions'])} regions; expected those of one"
        )
    tables = _read_tables(plan, reader)
    table = symmetric_table(
        tables,
        reader.where,
        model=plan.map.model,
        re_exports=plan.map.re_exports,
        unit=plan.unit_text,
    )
    return Parts(
        transactions=table.transactions,
        final_demand=table.final_demand,
        exports=table.exports,
        output=table.output,
        imports_by_buyer=table.imported_transactions.sum(axis=0),
        imports_by_user=table.imported_final_demand.sum(axis=0),
        imported=table.imported_products,
        value_added=table.value_added,
        decisions=table.decisions,
    )


def _read_tables(plan: Plan, reader: BlockReader) -> SupplyUse:
    labels, blocks = plan.labels, plan.layout.blocks
    products, industries, users = labels.products, labels.sectors, labels.categories
    vectors = plan.layout.vectors

    def by_product(name: str) -> np.ndarray:
        return reader.vector(vectors.get(name, ()), products)

    use = UseTable(
        reader.matrix(blocks["use"], products, industries),
        reader.matrix(blocks["final_demand"], products, users),
        by_product("exports"),
    )
    supply = reader.matrix(blocks["supply"], products, industries)
    imports: np.ndarray | UseTable = by_product("imports")
    imported = _import_matrix(plan, reader, "imported_use", products)
    if imported is not None:
        imports = UseTable(*imported, by_product("imported_exports"))
    return SupplyUse(
        products=_sector_ids(plan, "products") or _sector_ids(plan, "sectors"),
        industries=_sector_ids(plan, "sectors"),
        supply=supply,
        use=use,
        imports=imports,
        value_added={
            name: reader.vector(terms, industries)
            for name, terms in plan.layout.named["value_added"].items()
        },
        is_at_basic_prices=plan.map.use_prices == "basic",
        margins={
            name: reader.vector(terms, products)
            for name, terms in plan.layout.named["margins"].items()
        },
        taxes=by_product("taxes") if "taxes" in vectors else None,
        cif_fob=by_product("cif_fob") if "cif_fob" in vectors else None,
    )


def _sector_ids(plan: Plan, key: str) -> list[str]:
    return [row["sector_id"] for row in plan.labels.rows[key]]
