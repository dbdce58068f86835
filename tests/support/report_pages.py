"""A report as its readers have it: made from a warehouse file, read back from HTML."""

import csv
import shutil
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import duckdb

# would end a script, open an element, or end an attribute, if it were not escaped
MALICIOUS = "Ambrook </script><img src=x onerror=alert(1)> & \"A\" 'a' <!--"
CUT = f"{MALICIOUS[:27]}\N{HORIZONTAL ELLIPSIS}"  # as sentences have it
PLACES = {"A": (10.0, 50.0), "B": (12.0, 51.0), "C": (11.0, 49.0)}


def make(
    warehouse: Path,
    folder: Path,
    pictures: bool = False,
    charts: bool = True,
    address: str | None = None,
) -> Path:
    """Make a report and return its folder."""
    # drawing takes half a second to import, and most tests of a build draw nothing
    from carbonshed.report.queries import open_file
    from carbonshed.report.site import write_report

    with open_file(warehouse) as connection:
        write_report(connection, folder, lambda *_: None, pictures, charts, address)
    return folder


def with_malicious_labels(published: Path, target: Path) -> Path:
    """Copy the three cities, with coordinates, and a name that is no fair play."""
    shutil.copyfile(published, target)
    with duckdb.connect(str(target)) as connection:
        columns = connection.sql(
            "select table_name, column_name from duckdb_columns()"
            " where schema_name = 'marts' and suffix(column_name, 'region_name')"
        ).fetchall()
        for table, name in columns:
            id_ = name.removesuffix("name") + "id"
            connection.execute(
                f"update marts.{table} set {name} = ? where {id_} = 'A'", [MALICIOUS]
            )
        # a sentence cuts it
        connection.execute(
            "update marts.region_sentences set sentence = ? || ltrim(sentence, ?)"
            " where region_id = 'A'",
            [CUT, "Ambrok"],
        )
        # a file bears the name of what was published in it
        connection.execute("update marts.publication set dataset = ?", [target.stem])
        for region, coordinates in PLACES.items():
            connection.execute(
                "update marts.regions set longitude = ?, latitude = ?"
                " where region_id = ?",
                [*coordinates, region],
            )
    return target


class _Tables(HTMLParser):
    """Collects the cells of all tables by the id of their caption."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[tuple[str, str | None]]]] = {}
        self._rows: list[list[tuple[str, str | None]]] = []
        self._cell: list[str] | None = None
        self._value: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        attributes = dict(attrs)
        if tag == "caption":
            name = str(attributes["id"]).removeprefix("caption-")
            self._rows = self.tables.setdefault(name, [])
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._cell, self._value = [], attributes.get("data-value")

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        if tag in ("td", "th") and self._cell is not None:
            text = " ".join("".join(self._cell).split())
            self._rows[-1].append((text, self._value))
            self._cell = None

    def handle_data(self, data: str) -> None:
        """Take the text of a cell."""
        if self._cell is not None:
            self._cell.append(data)


def tables(page: Path) -> dict[str, list[list[tuple[str, str | None]]]]:
    """Return the tables of a page: rows of text and value, the header first."""
    reader = _Tables()
    reader.feed(page.read_text("utf-8"))
    return reader.tables


def read_csv(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file of data."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def texts(rows: Iterable[Iterable[tuple[str, str | None]]]) -> list[list[str]]:
    """Return the texts of a table."""
    return [[text for text, _ in row] for row in rows]


def marks(part: object, name: str) -> list[dict]:
    """Return the rows of data of a chart that have a field, of all its layers."""
    if isinstance(part, list):
        return [row for each in part for row in marks(each, name)]
    if not isinstance(part, dict):
        return []
    # a name beside a mark is written flush with one of its sides
    keys = {"country", "region", "region_id", "align"}
    own = [part] if name in part and keys & part.keys() else []
    return own + marks([*part.values()], name)


def contrast(one: Iterable[float], other: Iterable[float]) -> float:
    """Return the contrast of two colours; WCAG 2.2, relative luminance."""

    def luminance(colour: Iterable[float]) -> float:
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (channel / 255 for channel in colour)
        ]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
