"""Where all blocks of a map are, and what they share."""

from dataclasses import dataclass, replace

from carbonshed.readers.files.yaml_files import Node
from carbonshed.readers.workbook.frames import Block, Frame, Term
from carbonshed.readers.workbook.places_in_yaml import read_block, read_terms

MATRICES = ("transactions", "final_demand")
SUPPLY_AND_USE = ("supply", "use")
IMPORTED = ("imported_transactions", "imported_use", "imported_final_demand")
VECTORS = (
    *("exports", "imports", "imports_of_final_users", "error", "output", "taxes"),
    *("cif_fob", "imported_exports"),
)
NAMED = ("value_added", "emissions", "direct_emissions", "margins")
OF_USERS = ("imports_of_final_users", "direct_emissions")
CHECKS = ("output", "imports", "value_added")


@dataclass(frozen=True)
class Places:
    """Where all blocks are.

    Attributes
    ----------
    blocks
        Matrices by name.
    vectors
        Vectors by name.
    named
        Vectors by name of `NAMED`, then by component, stressor or kind.
    checks
        Published totals by name.
    """

    blocks: dict[str, Block]
    vectors: dict[str, tuple[Term, ...]]
    named: dict[str, dict[str, tuple[Term, ...]]]
    checks: dict[str, tuple[Term, ...]]


def read_places(root: Node, frame: Frame) -> Places:
    """Read where all blocks are.

    Parameters
    ----------
    root
        The map.
    frame
        What blocks share that do not say otherwise.

    Raises
    ------
    CarbonshedError
        If a place makes no sense.
    """
    names = (*MATRICES, *SUPPLY_AND_USE, *IMPORTED, *VECTORS, *NAMED)
    node = root.child("blocks", names)
    blocks = {}
    for name in (*MATRICES, *SUPPLY_AND_USE, *IMPORTED):
        if node.content.get(name) not in (None, ""):
            blocks[name] = read_block(node, name, frame)
    main = blocks.get("use") or blocks.get("transactions")
    # lines that stand beside the main block share its sheet, not its choice of rows
    shared = frame if main is None else _without_where(main.frame, frame)
    if "final_demand" not in blocks and main is not None:
        blocks["final_demand"] = Block("blocks.final_demand", main.frame)
    final = blocks.get("final_demand")
    of_users = shared if final is None else _without_where(final.frame, frame)
    vectors, named = {}, {}
    for name in VECTORS:
        if node.content.get(name) not in (None, ""):
            base = of_users if name in OF_USERS else shared
            vectors[name] = _read(node, name, main, base)
    for name in NAMED:
        child = node.child(name, None)
        base = of_users if name in OF_USERS else shared
        named[name] = {key: _read(child, key, main, base) for key in child.content}
    return Places(blocks, vectors, named, _checks(root, main, shared))


def _without_where(frame: Frame, base: Frame) -> Frame:
    """Return the frame of a block without what is true of its own lines alone."""
    return replace(frame, rows=replace(frame.rows, where=base.rows.where))


def _read(node: Node, key: str, main: Block | None, shared: Frame) -> tuple[Term, ...]:
    """Read the terms of a vector: a column has the rows of the main block."""
    terms = read_terms(node, key, shared)
    if main is None:
        return terms
    where = main.frame.rows.where
    return tuple(_with_rows(term, where, shared) for term in terms)


def _with_rows(term: Term, where: tuple, shared: Frame) -> Term:
    """Return a column that counts the rows which the main block counts."""
    rows = term.frame.rows
    if term.direction != "column" or rows.where != shared.rows.where:
        return term
    frame = replace(term.frame, rows=replace(rows, where=where))
    return replace(term, frame=frame)


def _checks(root: Node, main: Block | None, shared: Frame) -> dict:
    node = root.child("check", CHECKS)
    return {
        key: _read(node, key, main, shared)
        for key in CHECKS
        if node.content.get(key) not in (None, "")
    }
