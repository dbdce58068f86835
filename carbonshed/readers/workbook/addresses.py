"""Addresses of blocks in a map: sheets, corners, and how labels are read.

A block shares the sheet and the labels of the map, or of the main block, unless it has
its own. Models check the map as it is written; `Block` and `Term` follow from it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    model_validator,
)

from carbonshed.dataset.fields import parse_boolean
from carbonshed.readers.files.workbooks import column_number, text_of
from carbonshed.readers.files.yaml_files import (
    ExpectedError,
    Part,
    as_list,
    refuse_other_keys,
)
from carbonshed.readers.workbook.patterns import NestedRepeatError, refuse_nested

MATRICES = (
    *("transactions", "final_demand", "supply", "use"),
    *("imported_transactions", "imported_use", "imported_final_demand"),
)
VECTORS = (
    *("exports", "imports", "imports_of_final_users", "error", "output", "taxes"),
    *("cif_fob", "imported_exports"),
)
NAMED = ("value_added", "emissions", "direct_emissions", "margins")
_OF_USERS = ("imports_of_final_users", "direct_emissions")

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_AREA = re.compile(
    r"([A-Za-z]{1,3})?([1-9][0-9]{0,6}):([A-Za-z]{1,3})?([1-9][0-9]{0,6})"
)
_COLUMN = re.compile(r"[A-Za-z]{1,3}")
_ROW = re.compile(r"[1-9][0-9]{0,6}")

Lines = tuple[int, ...]
Summands = tuple[tuple[str, float], ...]
"""Names of blocks that are added up, with their signs."""
HeaderTexts = tuple[tuple[str, str | None], ...]
"""Texts of header cells: one, or the first and the last of several."""


@dataclass(frozen=True)
class Area:
    """The part of a sheet that counts; its cells are counted from 0, ends excluded."""

    # the edges; those at the end are None where the sheet ends
    top: int = 0
    bottom: int | None = None
    left: int = 0
    right: int | None = None
    # texts of cells: the area begins with the row of the one, and ends before the row
    # of the other
    begins: str | None = None
    before: str | None = None


def parse_cell(text: object) -> tuple[int, int]:
    """Return row and column of an address such as ``C3``, counted from 0."""
    match = _CELL.fullmatch(text) if isinstance(text, str) else None
    if not match:
        raise ExpectedError("the address of a cell, such as C3")
    return int(match[2]) - 1, column_number(match[1])


def _parse_area(text: str) -> Area | None:
    """Return cells such as ``A5:CF80``, or rows such as ``5:80``; else None."""
    match = _AREA.fullmatch(text.replace("$", ""))
    if not match or (match[1] is None) != (match[3] is None):
        return None
    left = column_number(match[1]) if match[1] else 0
    right = column_number(match[3]) + 1 if match[3] else None
    return Area(int(match[2]) - 1, int(match[4]), left, right)


def _area(written: object) -> Area:
    if isinstance(written, dict):
        ends = _texts_by_key(written, ("from", "before"))
        return Area(begins=ends.get("from"), before=ends.get("before"))
    area = _parse_area(written) if isinstance(written, str) else None
    if area is None:
        raise ExpectedError("cells such as A5:CF80, or rows such as 5:80")
    return area


def _label_cells(written: object) -> tuple[str | None, Area]:
    """Return the sheet (None: the same) and the area of labels that are elsewhere."""
    sheet, mark, cells = str(written).rpartition("!")
    area = _parse_area(cells)
    if area is None or (mark and not sheet):
        raise ExpectedError("cells such as B3:B40 or Codes!B3:B40")
    return sheet.strip("'") or None, area


def _texts_by_key(written: dict[str, Any], keys: tuple[str, ...]) -> dict[str, str]:
    refuse_other_keys(written, keys)
    for key, text in written.items():
        if not isinstance(text, str | None):
            raise ExpectedError("a text", key, text)
    return {key: text for key, text in written.items() if text}


def _header_texts(written: Any) -> HeaderTexts:
    texts: list[tuple[str, str | None]] = []
    for item in as_list(written):
        if isinstance(item, dict):
            ends = _texts_by_key(item, ("from", "to"))
            for key in ("from", "to"):
                if key not in ends:
                    raise ExpectedError("a header", key)
            texts.append((ends["from"], ends["to"]))
        elif isinstance(item, str) and item:
            texts.append((item, None))
        else:
            raise ExpectedError("the text of a header cell, or a list of them")
    return tuple(texts)


def _matching(
    pattern: re.Pattern, read: Callable[[str], int], expected: str
) -> PlainValidator:
    """Return the validator of a text that matches a pattern."""

    def validate(written: object) -> int:
        if not isinstance(written, str) or not pattern.fullmatch(written):
            raise ExpectedError(expected)
        return read(written)

    return PlainValidator(validate)


def _one_or_two(lines: Lines) -> Lines:
    if not 1 <= len(lines) <= 2:
        raise ExpectedError("one or two: regions, then sectors")
    return lines


def _pattern(written: object) -> re.Pattern:
    try:
        pattern = re.compile(str(written))
        refuse_nested(pattern)
    except NestedRepeatError:
        raise ExpectedError(
            "no repeat, and no choice `|`, inside a repeat, which would not end on"
            r" some labels: repeat a set instead, as [\d.]+ for (\d+\.?)+ and [ab]* for"
            " (a|b)*"
        ) from None
    except (re.error, RecursionError, OverflowError) as error:
        raise ExpectedError(f"a pattern ({error})") from None
    names = {"region", "sector", "category"}
    if not pattern.groups or not set(pattern.groupindex) <= names:
        raise ExpectedError("groups (?P<region>...), (?P<sector>...) or one group")
    return pattern


def _where(written: object) -> tuple[tuple[int, str], ...]:
    if not isinstance(written, dict):
        raise ExpectedError("`key: value` lines")
    for letters, text in written.items():
        if not _COLUMN.fullmatch(letters):
            raise ExpectedError("letters of a column", letters, text)
        if not isinstance(text, str | None):
            raise ExpectedError("a text", letters, text)
    return tuple((column_number(k), text_of(text)) for k, text in written.items())


def _refuse_where(_: object) -> None:
    raise ExpectedError("it among `rows` only")


def _summand(written: object) -> tuple[str, float]:
    name = str(written)
    return name.removeprefix("-"), -1.0 if name.startswith("-") else 1.0


def _sign(written: object) -> float:
    signs = {"1": 1.0, "+1": 1.0, "-1": -1.0}
    if not isinstance(written, str) or written not in signs:
        raise ExpectedError("1, or -1 for numbers printed as negative")
    return signs[written]


Cell = Annotated[tuple[int, int], PlainValidator(parse_cell)]
Flag = Annotated[bool, PlainValidator(parse_boolean)]
Text = Annotated[str, AfterValidator(text_of)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(as_list)]
_Texts = Annotated[HeaderTexts, PlainValidator(_header_texts)]
_Summands = Annotated[
    tuple[Annotated[tuple[str, float], PlainValidator(_summand)], ...],
    BeforeValidator(as_list),
]
_Row = Annotated[
    int,
    _matching(_ROW, lambda text: int(text) - 1, "numbers of rows, such as [1, 2]"),
]
_Column = Annotated[
    int, _matching(_COLUMN, column_number, "letters of columns, such as [A, B]")
]
_Count = Annotated[int, _matching(_ROW, int, "how many labels there are")]
_Line = TypeVar("_Line")
_Lines = Annotated[tuple[_Line, ...], BeforeValidator(as_list)]
_Headers = Annotated[_Lines[_Line], AfterValidator(_one_or_two)]


class AxisRule(Part):
    """The labels along one axis, and how they are read."""

    # rows (or columns) of labels, counted from 0: of regions, then of sectors or
    # categories; of one region, the latter alone. Empty: just beside the corner
    headers: Lines = ()
    # the part of a label that counts: groups ``region``, ``sector``, ``category``
    pattern: Annotated[re.Pattern | None, PlainValidator(_pattern)] = None
    # labels of subtotals
    leave_out: Annotated[frozenset[Text], BeforeValidator(as_list)] = frozenset()
    # further rows (or columns) of labels: names of the same sectors
    names: Lines = ()
    # the lines stand in the order of the map
    in_order: Flag = False
    # only rows whose cells in these columns show these texts
    where: Annotated[tuple[tuple[int, str], ...], PlainValidator(_where)] = ()
    # sheet (None: the same) and area of the labels, if they are elsewhere
    labels: Annotated[tuple[str | None, Area] | None, PlainValidator(_label_cells)] = (
        None
    )
    # there are no labels: all lines are there, in the order of the map
    is_ordered: Flag = Field(False, alias="order")
    # the number of labels, or the last of them, where the map does not list them all
    count: _Count | None = None
    until: str | None = None

    def over(self, base: Self, headers: Lines = ()) -> Self:
        """Return the rule with what it does not say taken from `base`."""
        own = {name: getattr(self, name) for name in self.model_fields_set}
        return base.model_copy(update=own | ({"headers": headers} if headers else {}))


class RowRule(AxisRule):
    """The labels of rows, in header columns that letters name."""

    headers: _Headers[_Column] = ()
    names: _Lines[_Column] = ()


class ColumnRule(AxisRule):
    """The labels of columns, in header rows that numbers name."""

    headers: _Headers[_Row] = ()
    names: _Lines[_Row] = ()
    where: Annotated[tuple[()], PlainValidator(_refuse_where)] = ()


class Frame(Part):
    """A part of a sheet with its labels: what blocks share."""

    file: str | None = None
    sheet: str | None = None
    area: Annotated[Area, PlainValidator(_area)] = Area()
    header_rows: _Headers[_Row] = ()
    header_columns: _Headers[_Column] = ()
    rows: RowRule = RowRule()
    columns: ColumnRule = ColumnRule()

    def over(self, base: "Frame") -> "Frame":
        """Return the frame with what it does not say taken from `base`."""
        return Frame.model_construct(
            file=self.file or base.file,
            sheet=self.sheet or base.sheet,
            area=base.area if self.area == Area() else self.area,
            rows=self.rows.over(base.rows, self.header_columns),
            columns=self.columns.over(base.columns, self.header_rows),
        )

    def with_where(self, where: tuple[tuple[int, str], ...]) -> "Frame":
        """Return the frame with a choice of rows."""
        rows = self.rows.model_copy(update={"where": where})
        return self.model_copy(update={"rows": rows})


@dataclass(frozen=True)
class Block:
    """The address of a matrix."""

    key: str  # keys of the map, for messages
    frame: Frame  # sheet and labels
    # row and column of the first number; None: beside the first labels
    corner: tuple[int, int] | None = None
    label: str | None = None  # a text that must be above or left of the corner


@dataclass(frozen=True)
class Term:
    """One or several lines of numbers that count together, added up."""

    # as those of a `Block`
    key: str
    frame: Frame
    corner: tuple[int, int] | None = None
    label: str | None = None
    # header cells of the lines: a text, or the first and the last of several
    texts: HeaderTexts = ()
    # None: whichever side has the header texts decides
    direction: Literal["row", "column"] | None = None
    sign: float = 1.0  # 1 or -1
    is_by_product: bool = False  # a row of imports, as buyers stand


class BlockAddress(Frame):
    """The address of a matrix as written: a cell, or a mapping."""

    corner: Cell | None = None
    label: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_cell(cls, written: object) -> object:
        return {"corner": written} if isinstance(written, str) else written

    def block(self, key: str, base: Frame) -> Block:
        """Return the block, with what is not said taken from `base`."""
        return Block(key, self.over(base), self.corner, self.label)


def _addresses_from(key: str) -> BeforeValidator:
    """Return the validator of addresses, of which a mere text is the `key`."""

    def listed(written: Any) -> list[Any]:
        addresses: list[Any] = []
        for item in as_list(written):
            if isinstance(item, list):
                addresses += listed(item)
            elif isinstance(item, str):
                addresses.append({key: item})
            elif isinstance(item, dict) and item.keys() == {"from", "to"}:
                addresses.append({"label": [item]})
            else:
                addresses.append(item)
        return addresses

    return BeforeValidator(listed)


class Address(Frame):
    """The address of a vector, or of a part of it, as written."""

    corner: Cell | None = None
    label: _Texts = ()
    row: _Texts = ()
    column: _Texts = ()
    sum: Annotated[tuple["Address", ...], _addresses_from("label")] = ()
    minus: Annotated[tuple["Address", ...], _addresses_from("label")] = ()
    sign: Annotated[float, PlainValidator(_sign)] = 1.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.row and self.column:
            raise ExpectedError("`row` or `column` alone", "column", self.column[0][0])
        if self.corner and (len(self.label) > 1 or any(last for _, last in self.label)):
            raise ExpectedError("a text", "label", self.label)
        lines = (self.corner, self.label, self.row, self.column, self.sum, self.minus)
        if not any(lines):
            raise ExpectedError(
                "a `row`, a `column`, a `label` or a `corner` such as C3", "corner"
            )
        return self

    def terms(
        self, key: str, base: Frame, direction: Literal["row", "column"] | None = None
    ) -> tuple[Term, ...]:
        """Return the terms it adds up, with what is not said taken from `base`."""
        frame, texts = self.over(base), self.row or self.column or self.label
        if self.row or self.column:
            direction = "row" if self.row else "column"
        terms: tuple[Term, ...] = ()
        if self.corner:
            label = texts[0][0] if texts else None
            terms = (Term(key, frame, self.corner, label, (), direction, self.sign),)
        elif texts:
            terms = (Term(key, frame, None, None, texts, direction, self.sign),)
        for word, parts, sign in (
            ("sum", self.sum, self.sign),
            ("minus", self.minus, -self.sign),
        ):
            own = terms_of(parts, f"{key}.{word}", frame, direction)
            terms += tuple(replace(term, sign=term.sign * sign) for term in own)
        return terms


class ImportAddress(Address):
    """The address of imports, as written: a row may have them by product."""

    by_product: Flag = False

    def terms(
        self, key: str, base: Frame, direction: Literal["row", "column"] | None = None
    ) -> tuple[Term, ...]:
        """Return the terms of an address, with what they hold."""
        terms = super().terms(key, base, direction)
        return tuple(replace(term, is_by_product=self.by_product) for term in terms)


Addresses = Annotated[tuple[Address, ...], _addresses_from("corner")]


def terms_of(
    addresses: tuple[Address, ...],
    key: str,
    base: Frame,
    direction: Literal["row", "column"] | None = None,
) -> tuple[Term, ...]:
    """Return the terms of all addresses of a vector."""
    keys = (
        [key]
        if len(addresses) == 1
        else [f"{key}[{number}]" for number, _ in enumerate(addresses, start=1)]
    )
    return tuple(
        term
        for address, own in zip(addresses, keys, strict=True)
        for term in address.terms(own, base, direction)
    )


class Blocks(Part):
    """The addresses of all blocks of a table, as written."""

    transactions: BlockAddress | None = None
    final_demand: BlockAddress | None = None
    supply: BlockAddress | None = None
    use: BlockAddress | None = None
    imported_transactions: BlockAddress | None = None
    imported_use: BlockAddress | None = None
    imported_final_demand: BlockAddress | None = None
    exports: Addresses = ()
    imports: Annotated[tuple[ImportAddress, ...], _addresses_from("corner")] = ()
    imports_of_final_users: Addresses = ()
    error: Addresses = ()
    output: Addresses = ()
    taxes: Addresses = ()
    cif_fob: Addresses = ()
    imported_exports: Addresses = ()
    value_added: dict[str, Addresses] = Field({})
    emissions: dict[str, Addresses] = Field({})
    direct_emissions: dict[str, Addresses] = Field({})
    margins: dict[str, Addresses] = Field({})


class Sum(Address):
    """The address of a printed sum, as written, and the blocks that it adds up."""

    of: _Summands = ()
    # what it adds up in other years
    or_of: _Summands = Field((), alias="or")
    warn: Flag = False  # the publisher's may not add up
    gaps: Flag = False  # empty cells count as 0

    @model_validator(mode="after")
    def _check_summands(self) -> Self:
        if bool(self.row) == bool(self.column):
            raise ExpectedError("a `row` or a `column`", "column")
        if not self.of:
            raise ExpectedError("the blocks that it adds up", "of")
        return self


class Checks(Part):
    """The addresses of published totals and of printed sums, as written."""

    output: Addresses = ()
    imports: Addresses = ()
    value_added: Addresses = ()
    sums: dict[str, Sum] = Field({})


@dataclass(frozen=True)
class Layout:
    """The addresses of all blocks of a table."""

    blocks: dict[str, Block]  # matrices by name
    vectors: dict[str, tuple[Term, ...]]  # vectors by name
    # vectors by name of `NAMED`, then by component, stressor or kind
    named: dict[str, dict[str, tuple[Term, ...]]]
    checks: dict[str, tuple[Term, ...]]  # published totals by name
    sums: dict[str, tuple[Term, ...]]  # printed sums by name


def lay_out(blocks: Blocks, checks: Checks, frame: Frame) -> Layout:
    """Return the addresses of all blocks; those that say nothing else share `frame`."""
    matrices = {
        name: address.block(f"blocks.{name}", frame)
        for name in MATRICES
        if (address := getattr(blocks, name)) is not None
    }
    main = matrices.get("use") or matrices.get("transactions")
    if main is not None:
        matrices.setdefault("final_demand", Block("blocks.final_demand", main.frame))
    # lines that stand beside a block share its sheet, not its choice of rows
    own = frame.rows.where
    shared = frame if main is None else main.frame.with_where(own)
    users = matrices.get("final_demand")
    of_users = shared if users is None else users.frame.with_where(own)

    def terms(addresses: tuple[Address, ...], key: str, name: str) -> tuple[Term, ...]:
        base = of_users if name in _OF_USERS else shared
        own_terms = terms_of(addresses, key, base)
        if main is None:
            return own_terms
        # a column has the rows that the main block counts
        return tuple(
            replace(term, frame=term.frame.with_where(main.frame.rows.where))
            if term.direction == "column" and term.frame.rows.where == base.rows.where
            else term
            for term in own_terms
        )

    return Layout(
        blocks=matrices,
        vectors={
            name: terms(addresses, f"blocks.{name}", name)
            for name in VECTORS
            if (addresses := getattr(blocks, name))
        },
        named={
            name: {
                key: terms(addresses, f"blocks.{name}.{key}", name)
                for key, addresses in getattr(blocks, name).items()
            }
            for name in NAMED
        },
        checks={
            name: terms(addresses, f"check.{name}", name)
            for name, addresses in checks
            if addresses and name != "sums"
        },
        sums={
            name: terms((address,), f"check.sums.{name}", name)
            for name, address in checks.sums.items()
        },
    )
