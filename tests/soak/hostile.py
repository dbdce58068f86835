"""Inputs that are meant to harm: maps that grow, files that are none, values not there.

Each changes a copy of a source and returns what it did. All must be refused in words.
"""

import json
import os
import random
import socket
from collections.abc import Callable
from pathlib import Path

SECRET = "nobody-may-read-this"
_BOMB = "@@the bomb@@"
_DEPTH, _WIDTH = 9, 10  # of aliases: ten to the ninth words
_MANY = 40_000  # keys
_DEEP = 3000  # lists in lists

Change = Callable[[Path, random.Random], str]


def _with_text(path: Path, key: tuple[str, ...], text: str) -> None:
    """Write YAML as it stands in place of a value of a map, which is JSON."""
    content = json.loads(path.read_text("utf-8"))
    node = content
    for name in key[:-1]:
        node = node[name]
    node[key[-1]] = _BOMB
    written = json.dumps(content, ensure_ascii=False)
    path.write_text(written.replace(json.dumps(_BOMB), text), "utf-8")


_KEYS = (
    *(("title",), ("year",), ("header_rows",), ("blocks", "transactions")),
    *(("blocks", "exports"), ("currency_unit",), ("synthetic",), ("regions",)),
)


def many_aliases() -> str:
    """Return a list whose text has 10^9 parts once its aliases are written out."""
    levels = [
        f"&a{level} [{', '.join([f'*a{level - 1}'] * _WIDTH)}]"
        for level in range(1, _DEPTH)
    ]
    return f"[&a0 x, {', '.join(levels)}]"


def aliases(work: Path, chance: random.Random) -> str:
    """Let a value of a map be written out ten to the ninth times."""
    key = chance.choice(_KEYS)
    _with_text(work / "map.yml", key, many_aliases())
    return f"aliases in {'.'.join(key)}"


def itself(work: Path, chance: random.Random) -> str:
    """Let a value of a map hold itself, or merge with itself."""
    key = chance.choice(_KEYS)
    text = chance.choice(("&a [*a]", "&a {b: *a}", "&a {<<: *a}", "{<<: [{c: 1}, *a]}"))
    _with_text(work / "map.yml", key, text)
    return f"{text} in {'.'.join(key)}"


def many_keys(work: Path, chance: random.Random) -> str:
    """Give a map more keys than any has, some of them twice."""
    keys = ", ".join(f"k{number}: 1" for number in range(_MANY))
    key = chance.choice((*_KEYS, ("currency_per_usd",), ("blocks", "value_added")))
    _with_text(work / "map.yml", key, f"{{{keys}}}")
    return f"{_MANY} keys in {'.'.join(key)}"


def deep(work: Path, chance: random.Random) -> str:
    """Put lists into lists."""
    key = chance.choice(_KEYS)
    _with_text(work / "map.yml", key, "[" * _DEEP + "]" * _DEEP)
    return f"lists in lists in {'.'.join(key)}"


def objects(work: Path, chance: random.Random) -> str:
    """Ask a map to run code."""
    key = chance.choice(_KEYS)
    tag = chance.choice(
        (
            "!!python/object/apply:os.mkdir [owned]",
            "!!python/name:os.system ''",
            "!!python/module:os ''",
            "!!binary AAAA",
            "!own x",
        )
    )
    _with_text(work / "map.yml", key, tag)
    return f"{tag} in {'.'.join(key)}"


def outside(work: Path, chance: random.Random) -> str:
    """Let a map name a file that is not in its folder, or a link that leads there."""
    secret = work / "private.csv"
    secret.write_text(f"{SECRET},{SECRET}\n1,2\n", "utf-8")
    link = work / "in" / "link.csv"
    link.symlink_to("../private.csv")
    names = ("../private.csv", str(secret), "link.csv", "../in/../private.csv")
    name = chance.choice((*names, "/etc/passwd", "/dev/zero", "."))
    content = json.loads((work / "map.yml").read_text("utf-8"))
    content["file"] = name
    content.pop("sheet", None)
    (work / "map.yml").write_text(json.dumps(content), "utf-8")
    return f"file: {name}"


def no_plain_file(work: Path, chance: random.Random) -> str:
    """Put a pipe, a device, a folder, a socket or a circle where a file was."""
    files = sorted(
        path
        for path in (*work.iterdir(), *(work / "in").rglob("*"))
        if path.is_file() and path.name != "dbt_project.yml"
    )
    path = chance.choice(files)
    path.unlink()
    kind = chance.choice(("pipe", "zeros", "terminal", "folder", "socket", "circle"))
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "zeros":
            path.symlink_to("/dev/zero")
        case "terminal":
            path.symlink_to("/dev/tty")
        case "folder":
            path.mkdir()
        case "socket":
            with socket.socket(socket.AF_UNIX) as listening:
                here = Path.cwd()
                os.chdir(path.parent)  # paths of sockets are short
                listening.bind(path.name)
                os.chdir(here)
        case "circle":
            path.symlink_to(path.name)
    return f"{path.name}: a {kind}"


def never_computed(work: Path, chance: random.Random) -> str:
    """Put a formula without a value where a number was, as libraries write it."""
    import openpyxl

    path = work / "in" / "table.xlsx"
    book = openpyxl.load_workbook(path)
    cells = [
        cell
        for row in book.worksheets[0].iter_rows(min_row=4, min_col=3)
        for cell in row
        if isinstance(cell.value, float)
    ]
    cell = chance.choice(cells)
    cell.value = chance.choice(("=5+5", "=SUM(A1:A2)", "=C4", "=1/0"))
    book.save(path)
    return f"{cell.coordinate}: {cell.value}"


OF_MAPS: tuple[Change, ...] = (aliases, itself, many_keys, deep, objects, outside)
EXCEL_ONLY: tuple[Change, ...] = (never_computed,)


def changes_of(source: str) -> tuple[Change, ...]:
    """Return what can be done to a source."""
    of_maps = OF_MAPS if source in ("workbook", "matrix CSV") else ()
    return (no_plain_file, *of_maps, *(EXCEL_ONLY if source == "workbook" else ()))
