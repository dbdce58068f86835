"""Supply and use tables of a map, turned into a symmetric table."""

import numpy as np

from carbonshed.accounting.supply_use import symmetric_table
from carbonshed.accounting.supply_use_tables import SupplyUse
from carbonshed.accounting.valuation import UseTable
from carbonshed.errors import CarbonshedError
from carbonshed.readers.workbook.blocks import BlockReader
from carbonshed.readers.workbook.frames import Term
from carbonshed.readers.workbook.names import Names
from carbonshed.readers.workbook.parts import Parts
from carbonshed.readers.workbook.plan import Plan


def read_supply_and_use(plan: Plan, reader: BlockReader) -> Parts:
    """Read a supply and a use table; return the symmetric table they make.

    Raises
    ------
    CarbonshedError
        If there is more than one region, or what the two tables need is not there.
    """
    if len(plan.labels.rows["regions"]) != 1:
        raise CarbonshedError(
            f"{plan.file}: supply and use tables of "
            f"{len(plan.labels.rows['regions'])} regions; expected those of one"
        )
    tables = _read(plan, reader)
    table = symmetric_table(
        tables,
        reader.where,
        model=plan.model,
        re_exports=plan.re_exports,
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


def _read(plan: Plan, reader: BlockReader) -> SupplyUse:
    labels, blocks = plan.labels, plan.places.blocks
    products, industries, users = labels.products, labels.sectors, labels.categories
    use = UseTable(
        reader.matrix(blocks["use"], products, industries),
        reader.matrix(blocks["final_demand"], products, users, is_strict=False),
        _column(plan.places.vectors.get("exports"), reader, products),
    )
    supply = reader.matrix(blocks["supply"], products, industries)
    imports: np.ndarray | UseTable = _column(
        plan.places.vectors.get("imports"), reader, products
    )
    if "imported_use" in blocks:
        bought = reader.matrix(blocks["imported_use"], products, industries)
        demand = np.zeros_like(use.final)
        if "imported_final_demand" in blocks:
            block = blocks["imported_final_demand"]
            demand = reader.matrix(block, products, users, is_strict=False)
        sent = _column(plan.places.vectors.get("imported_exports"), reader, products)
        imports = UseTable(bought, demand, sent)
    taxes = plan.places.vectors.get("taxes")
    cif_fob = plan.places.vectors.get("cif_fob")
    return SupplyUse(
        products=_ids(plan, "products") or _ids(plan, "sectors"),
        industries=_ids(plan, "sectors"),
        supply=supply,
        use=use,
        imports=imports,
        value_added={
            name: reader.vector(terms, industries)
            for name, terms in plan.places.named["value_added"].items()
        },
        is_at_basic_prices=plan.use_prices == "basic",
        margins={
            name: _column(terms, reader, products)
            for name, terms in plan.places.named["margins"].items()
        },
        taxes=None if taxes is None else _column(taxes, reader, products),
        cif_fob=None if cif_fob is None else _column(cif_fob, reader, products),
    )


def _column(
    terms: tuple[Term, ...] | None, reader: BlockReader, products: Names
) -> np.ndarray:
    if terms is None:
        return np.zeros(products.length)
    return reader.vector(terms, products)


def _ids(plan: Plan, key: str) -> list[str]:
    return [row["sector_id"] for row in plan.labels.rows[key]]
