"""Where the blocks of a plain matrix file are: sheet, and corner or label."""

import re
from dataclasses import dataclass

from carbonshed.errors import CarbonshedError
from carbonshed.readers.common.yaml_files import Node
from carbonshed.text import listing

MATRICES = ("transactions", "final_demand")
OWN_VECTORS = ("exports", "imports", "imports_of_final_users", "error", "output")
NAMED_VECTORS = ("value_added", "emissions", "direct_emissions")

_PLACE_KEYS = ("sheet", "corner", "label", "header_rows", "header_columns")
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_COLUMN = re.compile(r"[A-Za-z]{1,3}")
_ROW = re.compile(r"[1-9][0-9]{0,6}")


@dataclass(frozen=True)
class Place:
    """Where a block is.

    Attributes
    ----------
    key
        Its keys in the map, for messages.
    sheet
        Name of the sheet; None if there is only one.
    corner
        Row and column of its first number, counted from 0; None if `label` says it.
    label
        Text of the header cell where it begins; with a corner, the text that must be
        above or left of it.
    header_rows, header_columns
        Where its labels are, counted from 0: of regions, then of sectors or
        categories; of one region, the latter alone. None: just beside the corner.
    """

    key: str
    sheet: str | None
    corner: tuple[int, int] | None
    label: str | None
    header_rows: tuple[int, ...] | None
    header_columns: tuple[int, ...] | None


@dataclass(frozen=True)
class Places:
    """Where all blocks are.

    Attributes
    ----------
    blocks
        Places by name: those of `MATRICES` and `OWN_VECTORS`.
    named
        Places by name of `NAMED_VECTORS`, then by component or stressor.
    imports_inside
        Imports are inside the cells, and `imports` is a column by product.
    """

    blocks: dict[str, Place]
    named: dict[str, dict[str, Place]]
    imports_inside: bool


def read_places(root: Node, stressors: list[str]) -> Places:
    """Read and check where the blocks are.

    Parameters
    ----------
    root
        The whole map.
    stressors
        The ids that `emissions` may name.

    Raises
    ------
    CarbonshedError
        If a block that every table has is missing, or a place makes no sense.
    """
    node = root.child("blocks", (*MATRICES, *OWN_VECTORS, *NAMED_VECTORS))
    blocks = {
        name: _place(root, node, name)
        for name in (*MATRICES, *OWN_VECTORS)
        if node.content.get(name) not in (None, "")
    }
    for name in MATRICES:
        if name not in blocks:
            raise node.refuse(name, None, "the address of its first number")
    named = {name: _named_places(root, node, name) for name in NAMED_VECTORS}
    if not named["emissions"]:
        raise node.refuse("emissions", None, "a place for each stressor")
    for name in ("emissions", "direct_emissions"):
        for stressor in named[name]:
            if stressor not in stressors:
                raise CarbonshedError(
                    f"{root.file}: `{node.name(name)}.{stressor}` is no stressor of "
                    f"the map; expected one of {listing(stressors)}"
                )
    is_inside = root.flag("imports_inside")
    if is_inside and "imports" not in blocks:
        raise node.refuse("imports", None, "the column of imports by product")
    if is_inside and "imports_of_final_users" in blocks:
        raise CarbonshedError(
            f"{root.file}: `blocks.imports_of_final_users` does not go with "
            "`imports_inside`; expected `imports` alone, which is split by buyer"
        )
    return Places(blocks, named, is_inside)


def _named_places(root: Node, blocks: Node, name: str) -> dict[str, Place]:
    node = blocks.child(name, None)
    return {key: _place(root, node, key) for key in node.content}


def _place(root: Node, parent: Node, key: str) -> Place:
    found = parent.content[key]
    if isinstance(found, str):
        found = {"corner": found}
    node = Node(root.file, parent.name(key), found, _PLACE_KEYS)
    corner, label = node.text("corner"), node.text("label")
    if corner is None and label is None:
        raise node.refuse("corner", corner, "a `corner` such as C3, a `label` or both")
    return Place(
        key=node.path,
        sheet=node.text("sheet") or root.text("sheet"),
        corner=None if corner is None else _address(node, corner),
        label=label,
        header_rows=_lines(node, "header_rows") or _lines(root, "header_rows"),
        header_columns=_lines(node, "header_columns") or _lines(root, "header_columns"),
    )


def _address(node: Node, text: str) -> tuple[int, int]:
    match = _ADDRESS.fullmatch(text)
    if not match:
        raise node.refuse("corner", text, "the address of a cell, such as C3")
    return int(match[2]) - 1, _column(match[1])


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _lines(node: Node, key: str) -> tuple[int, ...] | None:
    """Return numbers of rows, or letters of columns, counted from 0."""
    found = node.content.get(key)
    if found in (None, ""):
        return None
    written = found if isinstance(found, list) else [found]
    is_rows = key == "header_rows"
    pattern = _ROW if is_rows else _COLUMN
    for text in written:
        if not isinstance(text, str) or not pattern.fullmatch(text):
            expected = "numbers of rows" if is_rows else "letters of columns"
            raise node.refuse(key, text, f"{expected}, such as [1, 2] and [A, B]")
    if len(written) > 2:
        raise node.refuse(key, found, "one or two: regions, then sectors")
    return tuple(int(text) - 1 if is_rows else _column(text) for text in written)
