"""How numbers are written, in CSV files and in cells that are texts."""

from carbonshed.readers.files.grids import CsvStyle
from carbonshed.readers.files.yaml_files import Node

_CSV_KEYS = ("delimiter", "decimal", "encoding", "thousands")


def csv_style(root: Node) -> CsvStyle:
    """Return how CSV files are written, as the map says.

    Raises
    ------
    CarbonshedError
        If signs are none, or are the same.
    """
    node = root.child("csv", _CSV_KEYS)
    style = _style(node)
    if style.delimiter == style.decimal:
        raise node.refuse("decimal", style.decimal, "another sign than the delimiter")
    return style


def text_style(root: Node) -> CsvStyle | None:
    """Return how numbers are written that are texts in a workbook, None if none are.

    Raises
    ------
    CarbonshedError
        As `csv_style`.
    """
    if root.content.get("text_numbers") in (None, ""):
        return None
    return _style(root.child("text_numbers", ("decimal", "thousands")))


def _style(node: Node) -> CsvStyle:
    given = {key: node.content[key] for key in _CSV_KEYS if node.content.get(key)}
    for key, sign in given.items():
        if not isinstance(sign, str):
            raise node.refuse(key, sign, "a text")
    if given.get("delimiter") in ("tab", "\\t"):
        given["delimiter"] = "\t"
    for key in ("delimiter", "decimal", "thousands"):
        sign = given.get(key, ".")
        if len(sign) != 1 or sign.isalnum() or sign in '"\r\n+-':
            raise node.refuse(key, sign, "one sign, such as ';'")
    style = CsvStyle(**given)
    if style.thousands == style.decimal:
        raise node.refuse("thousands", style.thousands, "another sign than `decimal`")
    try:
        "a".encode(style.encoding)
    except LookupError:
        raise node.refuse("encoding", style.encoding, "utf-8, gbk, latin-1") from None
    return style
