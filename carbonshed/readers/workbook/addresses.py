"""Where the blocks of a table are, as a map says it: sheets, labels, corners."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from carbonshed.readers.files.sheet_xml import column_number
from carbonshed.readers.files.workbooks import text_of
from carbonshed.readers.files.yaml_files import Node

Cell = tuple[int, int]
FRAME_KEYS = (
    *("file", "sheet", "area", "header_rows", "header_columns", "rows", "columns"),
)
_AXIS_KEYS = (
    *("headers", "pattern", "leave_out", "where", "labels", "order", "count", "until"),
)
_PLACE_KEYS = (
    *(*FRAME_KEYS, "corner", "label", "row", "column"),
    *("sum", "minus", "sign", "from", "to"),
)
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_AREA = re.compile(
    r"([A-Za-z]{1,3})?([1-9][0-9]{0,6}):([A-Za-z]{1,3})?([1-9][0-9]{0,6})"
)
_COLUMN = re.compile(r"[A-Za-z]{1,3}")
_ROW = re.compile(r"[1-9][0-9]{0,6}")
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
class Area:
    """The part of a sheet that counts; its cells are counted from 0, ends excluded.

    Attributes
    ----------
    top, bottom, left, right
        Its edges; the last of rows and columns are None where the sheet ends.
    begins, before
        Texts of cells: it begins with the row of the one, and ends before the row of
        the other.
    """

    top: int = 0
    bottom: int | None = None
    left: int = 0
    right: int | None = None
    begins: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class AxisRule:
    """How the labels along one axis are read.

    Attributes
    ----------
    headers
        Rows (or columns) of labels, counted from 0: of regions, then of sectors or
        categories; of one region, the latter alone. None: just beside the corner.
    pattern
        What of a label counts, by the groups ``region``, ``sector``, ``category``.
    leave_out
        Labels of subtotals.
    where
        Only rows whose cells in these columns show these texts.
    labels
        Sheet (None: the same) and area of the labels, if they are elsewhere.
    is_ordered
        There are no labels: all are there, in the order of the map.
    count, until
        How many labels there are, or the last of them, where the map does not list
        every one.
    """

    headers: tuple[int, ...] | None = None
    pattern: re.Pattern | None = None
    leave_out: frozenset[str] = frozenset()
    where: tuple[tuple[int, str], ...] = ()
    labels: tuple[str | None, Area] | None = None
    is_ordered: bool = False
    count: int | None = None
    until: str | None = None


@dataclass(frozen=True)
class Frame:
    """A part of a sheet with its labels: what blocks share."""

    file: str | None = None
    sheet: str | None = None
    area: Area = field(default_factory=Area)
    rows: AxisRule = field(default_factory=AxisRule)
    columns: AxisRule = field(default_factory=AxisRule)


@dataclass(frozen=True)
class Block:
    """Where a matrix is.

    Attributes
    ----------
    key
        Its keys in the map, for messages.
    frame
        Its sheet and labels.
    corner
        Row and column of its first number; None: where its first labels are.
    label
        Text that must be above or left of the corner.
    """

    key: str
    frame: Frame
    corner: Cell | None = None
    label: str | None = None


@dataclass(frozen=True)
class Term:
    """One or several lines of numbers that count together, added up.

    Attributes
    ----------
    key, frame, corner, label
        As those of a `Block`.
    texts
        Header cells of the lines: a text, or the first and the last of several.
    direction
        ``row`` or ``column``, whichever the lines are; None: as the labels say.
    sign
        1 or -1.
    """

    key: str
    frame: Frame
    corner: Cell | None = None
    label: str | None = None
    texts: tuple[tuple[str, str | None], ...] = ()
    direction: str | None = None
    sign: float = 1.0


def read_frame(node: Node, base: Frame) -> Frame:
    """Return the frame of a block: what it says itself, else what `base` says."""
    rows, columns = base.rows, base.columns
    if "rows" in node.content:
        rows = _axis(node.child("rows", _AXIS_KEYS), rows, is_rows=True)
    if "columns" in node.content:
        columns = _axis(node.child("columns", _AXIS_KEYS), columns, is_rows=False)
    above, left = _lines(node, "header_rows"), _lines(node, "header_columns")
    return Frame(
        file=node.text("file") or base.file,
        sheet=node.text("sheet") or base.sheet,
        area=_area(node, "area") or base.area,
        rows=replace(rows, headers=left) if left else rows,
        columns=replace(columns, headers=above) if above else columns,
    )


def read_block(parent: Node, key: str, base: Frame) -> Block:
    """Read where a matrix is: an address, or a mapping."""
    found = parent.content.get(key)
    node = Node(
        parent.file,
        parent.name(key),
        {"corner": found} if isinstance(found, str) else found or {},
        (*FRAME_KEYS, "corner", "label"),
    )
    return Block(node.path, read_frame(node, base), _corner(node), node.text("label"))


def read_terms(parent: Node, key: str, base: Frame) -> tuple[Term, ...]:
    """Read where a vector is: an address, a mapping, or a list of them."""
    return _terms(parent.file, parent.name(key), parent.content[key], base, None)


def _terms(
    file: str, path: str, found: Any, base: Frame, direction: str | None
) -> tuple[Term, ...]:
    if isinstance(found, list):
        return tuple(
            term
            for number, item in enumerate(found, start=1)
            for term in _terms(file, f"{path}[{number}]", item, base, direction)
        )
    if isinstance(found, str):
        content = {direction or "corner": found}
    elif isinstance(found, dict) and found.keys() == {"from", "to"}:
        content = {direction or "label": [found]}
    else:
        content = found
    return _place(Node(file, path, content, _PLACE_KEYS), base, direction)


def _place(node: Node, base: Frame, direction: str | None) -> tuple[Term, ...]:
    frame, sign = read_frame(node, base), _sign(node)
    given = [key for key in ("row", "column") if node.content.get(key)]
    if len(given) > 1:
        raise node.refuse("column", node.content["column"], "`row` or `column` alone")
    direction = given[0] if given else direction
    corner = _corner(node)
    texts = _header_texts(node, given[0]) if given else ()
    label = node.text("label") if corner else None
    if not corner and not given and node.content.get("label"):
        texts = _header_texts(node, "label")
    terms: tuple[Term, ...] = ()
    if corner or texts:
        if corner and texts:
            label, texts = texts[0][0], ()
        terms = (Term(node.path, frame, corner, label, texts, direction, sign),)
    for key, factor in (("sum", sign), ("minus", -sign)):
        if node.content.get(key):
            found = _terms(
                node.file,
                node.name(key),
                node.content[key],
                frame,
                direction or "label",
            )
            terms += tuple(replace(term, sign=term.sign * factor) for term in found)
    if not terms:
        raise node.refuse(
            "corner", None, "a `row`, a `column`, a `label` or a `corner` such as C3"
        )
    return terms


def _header_texts(node: Node, key: str) -> tuple[tuple[str, str | None], ...]:
    """Return header texts: one, or a list of texts and of ranges."""
    found = node.content[key]
    items = found if isinstance(found, list) else [found]
    texts = []
    for item in items:
        if isinstance(item, dict):
            span = Node(node.file, node.name(key), item, ("from", "to"))
            first, last = span.text("from"), span.text("to")
            if first is None or last is None:
                raise span.refuse("from" if first is None else "to", None, "a header")
            texts.append((first, last))
        elif isinstance(item, str) and item:
            texts.append((item, None))
        else:
            raise node.refuse(key, item, "the text of a header cell, or a list of them")
    return tuple(texts)


def _sign(node: Node) -> float:
    written = node.text("sign")
    if written not in (None, "1", "+1", "-1"):
        raise node.refuse("sign", written, "1, or -1 for numbers printed as negative")
    return -1.0 if written == "-1" else 1.0


def _axis(node: Node, base: AxisRule, *, is_rows: bool) -> AxisRule:
    key = "headers"
    headers = _lines(node, key, of_rows=not is_rows) or base.headers
    count = node.text("count")
    if count is not None and not _ROW.fullmatch(count):
        raise node.refuse("count", count, "how many labels there are")
    if not is_rows and node.content.get("where"):
        raise node.refuse("where", node.content["where"], "it among `rows` only")
    return AxisRule(
        headers=headers,
        pattern=_pattern(node) or base.pattern,
        leave_out=frozenset(texts_of(node, "leave_out")) or base.leave_out,
        where=_where(node) or base.where,
        labels=_label_cells(node) or base.labels,
        is_ordered=node.flag("order") or base.is_ordered,
        count=int(count) if count else base.count,
        until=node.text("until") or base.until,
    )


def texts_of(node: Node, key: str) -> list[str]:
    """Return a text, or a list of texts, as a list; none if it is missing."""
    found = node.content.get(key)
    items = found if isinstance(found, list) else [found]
    if found in (None, "", []):
        return []
    for item in items:
        if not isinstance(item, str):
            raise node.refuse(key, item, "a text, or a list of texts")
    return [text_of(item) for item in items]


def _pattern(node: Node) -> re.Pattern | None:
    written = node.text("pattern")
    if written is None:
        return None
    known = {"region", "sector", "category"}
    try:
        pattern = re.compile(written)
    except (re.error, RecursionError, OverflowError) as error:
        raise node.refuse("pattern", written, f"a pattern ({error})") from None
    if not pattern.groups or not set(pattern.groupindex) <= known:
        raise node.refuse(
            "pattern", written, "groups (?P<region>...), (?P<sector>...) or one group"
        )
    return pattern


def _where(node: Node) -> tuple[tuple[int, str], ...]:
    cells = node.child("where", None)
    for letters in cells.content:
        if not _COLUMN.fullmatch(letters):
            raise cells.refuse(letters, cells.content[letters], "letters of a column")
    return tuple(
        (column_number(letters), text_of(cells.text(letters)))
        for letters in cells.content
    )


def _label_cells(node: Node) -> tuple[str | None, Area] | None:
    written = node.text("labels")
    if written is None:
        return None
    sheet, mark, cells = written.rpartition("!")
    area = parse_area(cells)
    if area is None or (mark and not sheet):
        raise node.refuse("labels", written, "cells such as B3:B40 or Codes!B3:B40")
    return (sheet.strip("'") or None, area)


def _area(node: Node, key: str) -> Area | None:
    found = node.content.get(key)
    if isinstance(found, dict):
        ends = node.child(key, ("from", "before"))
        return Area(begins=ends.text("from"), before=ends.text("before"))
    written = node.text(key)
    if written is None:
        return None
    area = parse_area(written)
    if area is None:
        raise node.refuse(key, written, "cells such as A5:CF80, or rows such as 5:80")
    return area


def parse_area(text: str) -> Area | None:
    """Return cells such as ``A5:CF80``, or rows such as ``5:80``; else None."""
    match = _AREA.fullmatch(text.replace("$", ""))
    if not match or (match[1] is None) != (match[3] is None):
        return None
    left = column_number(match[1]) if match[1] else 0
    right = column_number(match[3]) + 1 if match[3] else None
    return Area(int(match[2]) - 1, int(match[4]), left, right)


def _corner(node: Node) -> Cell | None:
    text = node.text("corner")
    return None if text is None else parse_address(node, "corner", text)


def parse_address(node: Node, key: str, text: str) -> Cell:
    """Return row and column of an address, counted from 0.

    Raises
    ------
    CarbonshedError
        If it is none.
    """
    match = _ADDRESS.fullmatch(text)
    if not match:
        raise node.refuse(key, text, "the address of a cell, such as C3")
    return int(match[2]) - 1, column_number(match[1])


def _lines(node: Node, key: str, of_rows: bool | None = None) -> tuple[int, ...] | None:
    """Return numbers of rows, or letters of columns, counted from 0."""
    found = node.content.get(key)
    if found in (None, ""):
        return None
    written = found if isinstance(found, list) else [found]
    is_rows = key == "header_rows" if of_rows is None else of_rows
    pattern = _ROW if is_rows else _COLUMN
    for text in written:
        if not isinstance(text, str) or not pattern.fullmatch(text):
            expected = "numbers of rows" if is_rows else "letters of columns"
            raise node.refuse(key, text, f"{expected}, such as [1, 2] and [A, B]")
    if not 1 <= len(written) <= 2:
        raise node.refuse(key, found, "one or two: regions, then sectors")
    return tuple(int(text) - 1 if is_rows else column_number(text) for text in written)


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
            vectors[name] = _read_vector(node, name, main, base)
    for name in NAMED:
        child = node.child(name, None)
        base = of_users if name in OF_USERS else shared
        named[name] = {
            key: _read_vector(child, key, main, base) for key in child.content
        }
    return Places(blocks, vectors, named, _checks(root, main, shared))


def _without_where(frame: Frame, base: Frame) -> Frame:
    """Return the frame of a block without what is true of its own lines alone."""
    return replace(frame, rows=replace(frame.rows, where=base.rows.where))


def _read_vector(
    node: Node, key: str, main: Block | None, shared: Frame
) -> tuple[Term, ...]:
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
        key: _read_vector(node, key, main, shared)
        for key in CHECKS
        if node.content.get(key) not in (None, "")
    }
