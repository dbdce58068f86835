"""Workbooks: addresses, numbers, sheets by name, and cells that are none of it."""

import datetime
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from support.layouts.office import Office
from support.refusals import refusal_of, refused
from support.xls import write_xls
from support.xlsb import write_xlsb

from carbonshed.errors import CarbonshedError
from carbonshed.readers.files import workbooks
from carbonshed.readers.files.workbooks import (
    Workbook,
    amount_of,
    cell_name,
    numbers_of,
    odd_cells_of_xlsx,
    pad,
    text_of,
)


def test_addresses():
    for column in range(2000):
        assert cell_name(6, column) == f"{get_column_letter(column + 1)}7"


def test_texts():
    assert text_of(None) == ""
    assert text_of("  two\n words ") == "two words"
    assert text_of(12.0) == "12"
    assert text_of(12.5) == "12.5"


def test_numbers_of_a_row():
    found = numbers_of([1, 2.5, None, "  ", -3], "a.xlsx", 4, 3)
    np.testing.assert_array_equal(found, [1, 2.5, np.nan, np.nan, -3])


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("1.5", "'1.5', a text"),
        ("n.a.", "'n.a.', a text"),
        (True, "'True', a truth value"),
        (datetime.datetime(2012, 1, 2), "a date"),
        (float("inf"), "'inf', not finite"),
        (10**400, "not finite"),
    ],
)
def test_what_is_no_number(value, part):
    refusal = refusal_of(numbers_of, [1, value], "a.xlsx: sheet 'Z'", 4, 3)
    assert refusal.startswith("a.xlsx: sheet 'Z': cell E5 is ")
    assert part in refusal


def test_amounts():
    assert amount_of(2, "x") == 2.0
    for value in (-1, None, "2", True, float("nan"), float("inf")):
        with pytest.raises(CarbonshedError, match=r"cell A1 is .* expected an amount"):
            amount_of(value, "cell A1")


def test_pad():
    assert pad((1, 2), 3) == (1, 2, None)
    assert pad((1, 2, 3), 2) == (1, 2)


def write(path, cells):
    """Write a workbook of one sheet, A, with the cells of given addresses."""
    book = openpyxl.Workbook()
    book.active.title = "A"
    for address, value in cells.items():
        book.active[address] = value
    book.save(path)
    return path


def rows_of(path):
    with Workbook(path) as book:
        return list(book.rows(book.sheets[0]))


def test_sheets_by_name(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Sector "
    for number in range(9):
        book.create_sheet(f"Table_{number} English Version").append(["a", None, number])
    book.save(tmp_path / "a.xlsx")
    with Workbook(tmp_path / "a.xlsx") as opened:
        assert opened.find("sector") == "Sector "
        assert opened.find("TABLE_3_English Version") == "Table_3 English Version"
        assert opened.find("Province") is None
        assert list(opened.rows("Table_4 English Version")) == [("a", None, 4)]
        with pytest.raises(
            CarbonshedError, match=r"no sheet 'Province'; .* and 2 more"
        ):
            opened.require("Province")


def test_cells_keep_their_addresses(tmp_path):
    path = write(tmp_path / "a.xlsx", {"C3": "x", "D5": 2})
    nothing = (None,) * 4
    assert rows_of(path) == [
        *(nothing, nothing),
        (None, None, "x", None),
        *(nothing, (None, None, None, 2)),
    ]


def test_an_error_is_no_empty_cell(tmp_path):
    path = write(tmp_path / "a.xlsx", {"B2": "#DIV/0!", "C2": 1, "B4": "#N/A"})
    assert rows_of(path)[1:] == [
        *((None, "#DIV/0!", 1), (None, None, None)),
        (None, "#N/A", None),
    ]


def refused_number(path, row, column):
    """Return the refusal of a cell that is asked for as a number."""
    cells = rows_of(path)[row]
    said = refusal_of(numbers_of, cells, "a.xlsx", row, 0)
    assert said.startswith(f"a.xlsx: cell {cell_name(row, column)} is ")
    return said


def rewritten(path, part, change):
    """Change a part of a workbook by a function of its text."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = change(parts[part].decode()).encode()
    assert changed != parts[part]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (parts | {part: changed}).items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


class TestFormulas:
    """What a formula holds before and after a spreadsheet program has computed it."""

    def test_never_computed(self, tmp_path):
        cells = {"A1": 1, "B1": 2, "C1": "=A1+B1", "D3": "=SUM(A1:C1)"}
        path = write(tmp_path / "a.xlsx", cells)
        said = refused_number(path, 0, 2)
        assert "'=A1+B1', a formula that was never computed" in said
        assert "open the workbook in a spreadsheet program and save it" in said
        # also beyond the last cell that holds anything
        assert "'=SUM(A1:C1)'" in refused_number(path, 2, 3)

    @pytest.mark.parametrize(
        "written",
        [
            "<f>1+1</f>",
            "<f>1+1</f><v/>",
            "<f>1+1</f> <v></v>",
            '<f t="shared" si="0"/>',
            '<f t="array" ref="A1">1+1</f><v />',
        ],
    )
    def test_however_it_is_written(self, written, tmp_path):
        path = write(tmp_path / "a.xlsx", {"A1": "=1+1", "B1": 5})
        rewritten(
            path, SHEET, lambda xml: re.sub("<f>.*?</f><v ?/>", written + " ", xml)
        )
        assert "a formula that was never computed" in refused_number(path, 0, 0)
        # rows and cells need not say where they are, and names may have a prefix
        rewritten(path, SHEET, lambda xml: re.sub(' r="[A-Z]*[0-9]+"', "", xml))
        assert "a formula that was never computed" in refused_number(path, 0, 0)

    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("<f>1+1</f><v>2</v>", 2),
            ("<f>1-1</f><v>0</v>", 0),
            ('<f t="shared" si="0"/>\n<v>2</v>', 2),
        ],
    )
    def test_computed(self, written, value, tmp_path):
        path = write(tmp_path / "a.xlsx", {"A1": "=1+1", "B1": "=1+1"})
        rewritten(
            path,
            SHEET,
            lambda xml: re.sub(
                "<f>.*?</f><v ?/>", "<f>1+4</f><v>5</v>", xml.replace("1+1", "1")
            ).replace("<f>1+4</f><v>5</v>", written, 1),
        )
        assert rows_of(path) == [(value, 5)]

    def test_computed_as_a_text(self, tmp_path):
        """A text of no characters is a result."""
        path = write(tmp_path / "a.xlsx", {"A1": "=1+1", "B1": 1})
        rewritten(
            path,
            SHEET,
            lambda xml: re.sub(
                '<c r="A1">.*?</c>', '<c r="A1" t="str"><f>""</f><v></v></c>', xml
            ),
        )
        assert rows_of(path) == [(None, 1)]

    def test_all_zero_and_to_be_computed_on_load(self, tmp_path):
        """Some programs write 0 for what they do not compute, and say so."""
        path = write(tmp_path / "a.xlsx", {"A1": "=1+1", "B1": "=2+2", "C1": 1})
        rewritten(path, SHEET, lambda xml: re.sub("<v ?/>", "<v>0</v>", xml))
        assert "'=1+1', a formula that was never" in refused_number(path, 0, 0)
        rewritten(
            path,
            "xl/workbook.xml",
            lambda xml: re.sub(' fullCalcOnLoad="[^"]*"', "", xml),
        )
        assert rows_of(path) == [(0, 0, 1)]

    def test_some_zero_and_to_be_computed_on_load(self, tmp_path):
        path = write(tmp_path / "a.xlsx", {"A1": "=1+1", "B1": "=2+2"})
        rewritten(
            path,
            SHEET,
            lambda xml: re.sub("<v ?/>", "<v>0</v>", xml, count=1),
        )
        rewritten(path, SHEET, lambda xml: re.sub("<v ?/>", "<v>4</v>", xml))
        assert rows_of(path) == [(0, 4)]

    def test_many_computed_cells_take_no_memory(self, tmp_path):
        """A sheet whose formulas are all computed is not parsed a second time."""
        xml = b"<row r='1'>" + b"<c><f>1+1</f><v>2</v></c>" * 10**6 + b"</row>"
        start = time.process_time()
        assert odd_cells_of_xlsx(xml, is_to_compute=False) == {}
        assert time.process_time() - start < 3

    def test_of_libreoffice(self, tmp_path):
        formula = 'table:formula="of:=[.A1]+1"'
        never = f'<table:table-cell table:number-columns-repeated="2" {formula}/>'
        computed = ods_cell(2.5).replace("/>", f" {formula}/>")
        rows = ods_row(ods_cell(7.0) + computed, 2) + ods_row(ods_cell(1.0) + never)
        write_ods(tmp_path / "a.ods", rows)
        found = rows_of(tmp_path / "a.ods")
        assert found[:2] == [(7, 2.5, None), (7, 2.5, None)]
        assert "'=[.A1]+1', a formula that was never" in refused_number(
            tmp_path / "a.ods", 2, 1
        )
        assert found[2] == (1, "=[.A1]+1", "=[.A1]+1")

    def test_a_formula_too_far_for_any_table(self, tmp_path):
        cell = '<table:table-cell table:formula="of:=1"/>'
        write_ods(tmp_path / "a.ods", ods_row(ods_cell(None), 10**9) + ods_row(cell))
        with pytest.raises(CarbonshedError, match="'A' reaches to cell A1000000001"):
            rows_of(tmp_path / "a.ods")

    def test_an_error_of_libreoffice(self, tmp_path):
        cell = (
            '<table:table-cell table:formula="of:=1/0" office:value-type="string"'
            ' office:string-value="" calcext:value-type="error">'
            "<text:p>#DIV/0!</text:p></table:table-cell>"
        )
        write_ods(tmp_path / "a.ods", ods_row(ods_cell(7.0) + cell))
        assert "'#DIV/0!', a text" in refused_number(tmp_path / "a.ods", 0, 1)


@pytest.mark.parametrize("cells", [["XFD1048576"], ["A1048576", "XFD1"]])
def test_cells_too_far_for_any_table(tmp_path, cells):
    path = write(tmp_path / "a.xlsx", dict.fromkeys(cells, 1))
    with pytest.raises(CarbonshedError, match=r"a\.xlsx: sheet 'A' .* cell XFD1048576"):
        rows_of(path)


@pytest.mark.parametrize(
    ("written", "spoilt"),
    [
        # cells need not say where they are
        (r'<row r="3"([^>]*)><c r="A3"', r'<row r="1000000000"\1><c'),
        (r'<row r="3"([^>]*)><c r="A3"', r"<row r='90000000'\1><c r='A90000000'"),
        (r'r="A3"', 'r="ZZZZZ3"'),
    ],
)
def test_cells_where_no_sheet_has_any(tmp_path, written, spoilt):
    """The grid up to there would take all memory, or end the process."""
    path = write(tmp_path / "a.xlsx", {"A1": 1, "A3": 2})
    rewritten(path, SHEET, lambda xml: re.sub(written, spoilt, xml))
    with pytest.raises(CarbonshedError, match=r"a\.xlsx: sheet 'A' reaches to cell"):
        rows_of(path)


def test_a_workbook_of_excel_97(tmp_path):
    write_xls(tmp_path / "a.xls", {"A": [["x", None, 2.5], [1.0]]})
    assert rows_of(tmp_path / "a.xls") == [("x", None, 2.5), (1, None, None)]


def test_a_binary_workbook(tmp_path):
    write_xlsb(tmp_path / "a.xlsb", {(0, 1): 1.5, (1, 0): 2})
    assert rows_of(tmp_path / "a.xlsb") == [(None, 1.5), (2, None)]


def write_ods(path, rows):
    """Write a sheet, A, of an OpenDocument workbook."""
    names = "office", "table", "text"
    uri = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
    spaces = " ".join(f'xmlns:{name}="{uri.format(name)}"' for name in names)
    more = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
    spaces += f' xmlns:calcext="{more}"'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="A">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )


def ods_row(cells, rows=1):
    return (
        f'<table:table-row table:number-rows-repeated="{rows}">{cells}'
        "</table:table-row>"
    )


def ods_cell(number, columns=1):
    value = (
        "" if number is None else f'office:value-type="float" office:value="{number}"'
    )
    return f'<table:table-cell table:number-columns-repeated="{columns}" {value}/>'


def test_a_workbook_of_libreoffice(tmp_path):
    """As the format says; nothing here writes it."""
    text = '<table:table-cell office:value-type="string"><text:p>x</text:p>'
    row = ods_cell(None) + ods_cell(2.5, 2) + f"{text}</table:table-cell>"
    write_ods(tmp_path / "a.ods", ods_row(row, 2) + ods_row(ods_cell(None, 9), 1 << 20))
    assert rows_of(tmp_path / "a.ods") == 2 * [(None, 2.5, 2.5, "x")]


FAR = {
    # the widest that the format can say; Excel has 256 columns
    "corner.xls": [[1.0], *[[]] * 65534, [*[None] * 65535, 1.0]],
    "wide.xls": [[1.0], [*[None] * 65535, 1.0]],
    "corner.xlsb": {(0, 0): 1, (1048575, 16383): 1},
    "wide.xlsb": {(0, 0): 1, (1, 10**9): 1},
    "corner.ods": ods_row(ods_cell(None, 16384), 1048575)
    + ods_row(ods_cell(None, 16383) + ods_cell(1)),
    "all.ods": ods_row(ods_cell(1, 10**9), 10**9),
}
WRITERS = {".xls": write_xls, ".xlsb": write_xlsb, ".ods": write_ods}


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("corner.xls", "takes more than 3 GiB"),
        ("wide.xls", "'A' reaches to cell CRXP2,"),
        ("corner.xlsb", "takes more than 3 GiB"),
        ("wide.xlsb", "takes more than 3 GiB"),
        ("corner.ods", "'A' reaches to cell XFD1048576,"),
        ("all.ods", "is damaged"),  # calamine's own bound
    ],
)
def test_cells_too_far_in_other_formats(tmp_path, name, part):
    """They would take all memory, or end the process."""
    path = tmp_path / name
    rows = {"A": FAR[name]} if path.suffix == ".xls" else FAR[name]
    WRITERS[path.suffix](path, rows)
    assert path.stat().st_size < 2_000_000
    refusal = refusal_of(rows_of, path)
    assert refusal.startswith(f"{name}: ")
    assert part in refusal


def test_where_there_is_no_workbook(tmp_path):
    with pytest.raises(CarbonshedError, match="is a folder"):
        Workbook(tmp_path)
    with pytest.raises(CarbonshedError, match=r"b\.xlsx: no such file"):
        Workbook(tmp_path / "b.xlsx")


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "not a workbook (0 bytes): it is empty"),
        (b"year,value\n", "not a workbook (11 bytes): it is something else"),
        (b"MATLAB 5.0 MAT-file", "a MATLAB file, which ceads-city reads"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "the workbook is damaged (6 bytes"),
    ],
)
def test_what_is_no_workbook(tmp_path, content, part):
    (tmp_path / "a.xlsx").write_bytes(content)
    refusal = refusal_of(Workbook, tmp_path / "a.xlsx")
    assert refusal.startswith("a.xlsx: ")
    assert part in refusal


def test_damaged_workbooks(tmp_path):
    path = write(tmp_path / "a.xlsx", {"A1": 1.5})
    whole = path.read_bytes()
    path.write_bytes(whole[:-200])
    with pytest.raises(
        CarbonshedError, match=rf"\({len(whole) - 200} bytes\): its end is missing"
    ):
        Workbook(path)
    cells = zipfile.ZipFile(write(path, {"A1": 1.5})).getinfo(SHEET)
    start = cells.header_offset + 100
    path.write_bytes(whole[:start] + bytes(50) + whole[start + 50 :])
    with pytest.raises(CarbonshedError, match=r"a\.xlsx: the workbook is damaged"):
        rows_of(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "no workbook")
    with pytest.raises(CarbonshedError, match=r"a\.xlsx: the workbook is damaged"):
        Workbook(path)


def with_part(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """Return a workbook whose part `name` is changed."""
    changed = path.with_name(f"changed {path.name}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", 8) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return changed


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("part", [SHEET, "xl/styles.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("lies", [False, True])
def test_a_part_that_unpacks_to_much_more_is_refused(tmp_path, monkeypatch, part, lies):
    monkeypatch.setattr(workbooks, "_MAX_UNPACKED", 1 << 20)
    path = Office().write_excel(tmp_path / "t.xlsx")
    path = with_part(path, part, lambda xml: xml + b" " * (4 << 20))
    if lies:  # in both places that have the size
        content = path.read_bytes()
        with zipfile.ZipFile(path) as archive:
            size = archive.getinfo(part).file_size.to_bytes(4, "little")
        assert content.count(size) == 2
        path.write_bytes(content.replace(size, (1000).to_bytes(4, "little")))
    with refused(f"{part} unpacks from|the workbook is damaged .* Bad CRC-32 for file"):
        list(Workbook(path).rows("T"))


@pytest.mark.parametrize(
    "entity", [b'SYSTEM "file:///etc/passwd"', b'"1"', b'"lol">&<!ENTITY f "&e;&e;"']
)
def test_entities_are_refused(tmp_path, entity):
    """A value that is an entity would be an empty cell."""
    head = b"<!DOCTYPE x [<!ENTITY e " + entity.replace(b"&<", b"<") + b">]><worksheet"
    path = Office().write_excel(tmp_path / "t.xlsx")

    def with_entity(xml: bytes) -> bytes:
        xml = xml.replace(b"<worksheet", head, 1)
        return re.sub(rb"<v>[^<]+</v>", b"<v>&e;</v>", xml, count=1)

    path = with_part(path, SHEET, with_entity)
    with refused(f"its part {SHEET} has a document type definition"):
        Workbook(path)
