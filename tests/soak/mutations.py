"""Spoiling files: bytes of any, lines and fields of text, members of archives."""

import json
import os
import random
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

ODD_FIELDS = (
    *("", " ", "x", "NaN", "inf", "-inf", "1e999", "1e308", "-1e308", "0", "-0", "-7"),
    *("1,5", "1.5", "0x10", "1_000", "9" * 400, "1e-400", "null", "true", "EXPORT"),
    *("é", "北京", "\x01", "\x1b[2J", "'", "a" * 5000, "=1+1", "../..", "2012", "1e3"),
)
ODD_BYTES = (b"\0", b"\xff", b"\xef\xbb\xbf", b"\r", b"\n\n", b'"', b",,", b"\x1b[31m")
ODD_VALUES = (
    *(None, True, False, 0, -1, 1e308, 10**400, "", " ", "x", "\x01", [], {}, [[]]),
    *({"a": 1}, "EUR", "a" * 5000, [None], 1.5, "\ud800", "2012"),
)


def spoil(path: Path, chance: random.Random) -> str:
    """Change a file in one of the ways that its kind allows; return which."""
    kinds: dict[str, tuple[Callable[[Path, random.Random], None], ...]] = {
        ".csv": (field, field, cells, line, line, some_bytes, cut),
        ".txt": (field, field, line, some_bytes, cut),
        ".yml": (field, line, line, some_bytes, cut),
        ".json": (value, value, value, some_bytes, cut),
        ".zip": (member, member, member, some_bytes, cut, archive),
        ".xlsx": (member, cells, cells, some_bytes, cut, archive),
    }
    change = chance.choice(kinds.get(path.suffix, (some_bytes, some_bytes, cut)))
    change(path, chance)
    return f"{path.name}: {change.__name__}"


def damage(path: Path, chance: random.Random, others: list[Path]) -> str:
    """Change a stored file as disks and people do, its times kept; return how."""
    kept, content = path.stat(), path.read_bytes()
    spoiling = chance.choices(
        ("bit", "bytes", "cut", "empty", "remove", "exchange", "text"),
        (8, 3, 3, 1, 1, 2, 3),
    )[0]
    path.unlink()  # also a file that may only be read
    match spoiling:
        case "bit" if content:
            changed = bytearray(content)
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
        case "cut" if content:
            path.write_bytes(content[: chance.randrange(len(content))])
        case "remove":
            return f"{path.name}: removed"
        case "exchange":
            like = [other for other in others if other.suffix == path.suffix]
            other = chance.choice(like)
            path.write_bytes(content if other == path else other.read_bytes())
            spoiling = f"exchanged for {other.name}"
        case "text" | "bytes":
            path.write_bytes(content)
            is_text = path.suffix in (".json", ".csv")
            change = spoil if spoiling == "text" and is_text else None
            if path.name == "SHA256SUMS" or path.suffix == ".sha256":
                change = line
            try:
                (change or some_bytes)(path, chance)
            except (ValueError, IndexError, KeyError, TypeError):
                spoiling = "as it was"
        case _:
            path.write_bytes(b"")
    path.chmod(kept.st_mode & 0o777)
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    return f"{path.name}: {spoiling}"


def some_bytes(path: Path, chance: random.Random) -> None:
    """Flip, insert or zero some bytes."""
    content = bytearray(path.read_bytes()) or bytearray(b"x")
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                content[place] ^= 1 << chance.randrange(8)
            case 1:
                content[place] = chance.randrange(256)
            case 2:
                content[place:place] = chance.choice(ODD_BYTES)
            case 3:
                content[place : place + 16] = bytes(len(content[place : place + 16]))
    path.write_bytes(content)


def cut(path: Path, chance: random.Random) -> None:
    """Cut a file off, or let it go on with what does not belong to it."""
    content = path.read_bytes()
    place = chance.randrange(len(content) + 1)
    match chance.randrange(4):
        case 0 | 1:
            path.write_bytes(content[:place])
        case 2:
            path.write_bytes(content + content[place:])
        case 3:
            path.write_bytes(content[:place] + content[place + 50 :])


def line(path: Path, chance: random.Random) -> None:
    """Remove, repeat, move or empty a line."""
    text = _text(path.read_bytes(), chance, _changed_line)
    path.write_bytes(text)


def field(path: Path, chance: random.Random) -> None:
    """Put something else into a field of a table, or exchange two."""
    path.write_bytes(_text(path.read_bytes(), chance, _changed_field))


def cells(path: Path, chance: random.Random) -> None:
    """Exchange two cells of a table, or move one over the other."""
    if path.suffix == ".csv":
        path.write_bytes(_text(path.read_bytes(), chance, _exchanged_fields))
        return
    try:
        book = openpyxl.load_workbook(path)
    except Exception:  # spoiled before
        return
    sheet = chance.choice(book.worksheets)
    filled = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    one, other = chance.choice(filled), chance.choice(filled)
    one.value, other.value = chance.choice((other.value, None)), one.value
    book.save(path)


def value(path: Path, chance: random.Random) -> None:
    """Put something else into a JSON file, or remove something."""
    content = json.loads(path.read_text("utf-8"))
    for _ in range(chance.randint(1, 2)):
        node, key = random_place(content, chance)
        if chance.random() < 0.25:
            del node[key]
        else:
            node[key] = chance.choice(ODD_VALUES)
    path.write_text(json.dumps(content), "utf-8")


def member(path: Path, chance: random.Random) -> None:
    """Change a text within an archive, which stays one."""

    def change(members: dict[str, bytes]) -> list[tuple[str, bytes]]:
        name = chance.choice([name for name in members if members[name]])
        changed = chance.choice((_changed_line, _changed_field, _changed_field))
        members[name] = _text(members[name], chance, changed)
        return list(members.items())

    _rewrite(path, change)


def archive(path: Path, chance: random.Random) -> None:
    """Rename, remove or repeat a member, or add one that leads outside."""

    def change(members: dict[str, bytes]) -> list[tuple[str, bytes]]:
        pairs = list(members.items())
        place = chance.randrange(len(pairs))
        name, content = pairs[place]
        match chance.randrange(4):
            case 0:
                pairs[place] = (chance.choice(("x", "é", f"a/{name}")), content)
            case 1:
                del pairs[place]
            case 2:
                pairs.append((name, content[: len(content) // 2]))
            case 3:
                pairs.append((chance.choice(("../../out", "/tmp/out", "a\\b")), b"x"))
        return pairs

    _rewrite(path, change)


def _rewrite(
    path: Path, change: Callable[[dict[str, bytes]], list[tuple[str, bytes]]]
) -> None:
    try:
        with zipfile.ZipFile(path) as old:
            members = {name: old.read(name) for name in old.namelist()}
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError):
        return  # spoiled before
    if not members:
        return
    pairs = change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in pairs:
            new.writestr(name, content)


def _text(
    content: bytes,
    chance: random.Random,
    change: Callable[[list[str], random.Random], None],
) -> bytes:
    lines = content.decode("utf-8", "surrogateescape").splitlines(keepends=True)
    for _ in range(chance.randint(1, 3)):
        if lines:
            change(lines, chance)
    return "".join(lines).encode("utf-8", "surrogateescape")


def _changed_line(lines: list[str], chance: random.Random) -> None:
    place, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[place]
        case 1:
            lines.insert(other, lines[place])
        case 2:
            lines[place], lines[other] = lines[other], lines[place]
        case 3:
            lines[place] = chance.choice(("\n", ",,,\n", "x\n", '"\n'))


def _changed_field(lines: list[str], chance: random.Random) -> None:
    place = chance.randrange(len(lines))
    text = lines[place].rstrip("\r\n")
    end = lines[place][len(text) :]
    mark = next((mark for mark in ("\t", ";", ",", "<", ":") if mark in text), ",")
    fields = text.split(mark)
    one, other = chance.randrange(len(fields)), chance.randrange(len(fields))
    match chance.randrange(5):
        case 0 | 1:
            fields[one] = chance.choice(ODD_FIELDS)
        case 2:
            fields[one], fields[other] = fields[other], fields[one]
        case 3:
            fields[one] = f"{chance.uniform(-1e6, 1e6):.17g}"
        case 4:
            del fields[one]
    lines[place] = mark.join(fields) + end


def _exchanged_fields(lines: list[str], chance: random.Random) -> None:
    rows = [line.split(",") for line in lines]
    one, other = chance.choice(rows), chance.choice(rows)
    # the last one has the end of the line
    a, b = (chance.randrange(max(len(row) - 1, 1)) for row in (one, other))
    one[a], other[b] = chance.choice((other[b], "")), one[a]
    lines[:] = [",".join(row) for row in rows]


def random_place(content: Any, chance: random.Random) -> tuple[Any, Any]:
    """Return a container somewhere in it, and a key of it."""
    node = content
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = chance.choice(keys)
        below = node[key]
        if not isinstance(below, dict | list) or not below or chance.random() < 0.3:
            return node, key
        node = below
