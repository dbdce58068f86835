"""Whether a MATLAB file of version 5 to 7 is put together as it should be.

SciPy takes lengths and types in the file on trust, and on a damaged one it does not
raise but crashes. So the tags are walked first; data are skipped, and what is
compressed is left to its checksum.
"""

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_HEADER = 128
_MATRIX, _COMPRESSED = 14, 15
_BYTES_OF_TYPE = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8}
_TEXT_TYPES = {1: 1, 2: 1, 4: 2, 16: 1, 17: 2, 18: 4}
_CELL, _STRUCT, _OBJECT, _CHAR, _SPARSE = range(1, 6)
_NUMBERS = range(6, 16)
_COMPLEX = 0x0800
_DEEPEST = 8
_MOST_DIMENSIONS = 16


class StructureError(ValueError):
    """The file is not put together as a MATLAB file is."""


@dataclass(frozen=True)
class _Tag:
    """Type and length of an element, and where its data are."""

    kind: int
    length: int
    start: int
    end: int  # where the next element begins


def check_structure(path: Path) -> None:
    """Walk a file of version 5 to 7.

    Raises
    ------
    StructureError
        If an element reaches over the end of what holds it, or a matrix does not
        hold as many numbers as it says.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(_HEADER)
        order = {b"IM": "<", b"MI": ">"}.get(header[126:128])
        if order is None:
            raise StructureError("its header is damaged")
        walk = _Walk(file, order)
        place = _HEADER
        while place < size:
            tag = walk.tag(place, size, is_padded=False)
            if tag.kind == _MATRIX:
                walk.matrix(tag, 0)
            elif tag.kind != _COMPRESSED:
                raise StructureError(f"an element at byte {place} is no variable")
            place = tag.end


class _Walk:
    """Reads tags of an open file."""

    def __init__(self, file: BinaryIO, order: str) -> None:
        self._file = file
        self._order = order

    def tag(self, place: int, end: int, *, is_padded: bool = True) -> _Tag:
        """Read the tag at a place; it must end where what holds it ends."""
        self._file.seek(place)
        first = self._integers(2)
        if first[0] >> 16:  # up to four bytes, in the tag itself
            tag = _Tag(first[0] & 0xFFFF, first[0] >> 16, place + 4, place + 8)
            is_inside = tag.length <= 4
        else:
            start = place + 8
            stop = start + first[1]
            padding = -stop % 8 if is_padded else 0
            tag = _Tag(first[0], first[1], start, stop + padding)
            is_inside = stop <= end
        if not is_inside or tag.start > end:
            raise StructureError(
                f"an element of {tag.length:,} bytes at byte {place:,} does not fit"
            )
        return tag

    def matrix(self, tag: _Tag, depth: int) -> None:
        """Check one variable, field or cell."""
        if not tag.length:
            return
        if depth > _DEEPEST:
            raise StructureError("nested too deeply")
        flags_tag, dims_tag, name_tag = self._first(tag)
        flags, count = self._numbers_at(flags_tag)[0], self._size(dims_tag)
        kind = flags & 0xFF
        self._require(name_tag.kind in _TEXT_TYPES, name_tag)
        place = name_tag.end
        if kind in _NUMBERS or kind == _CHAR:
            sizes = _TEXT_TYPES if kind == _CHAR else _BYTES_OF_TYPE
            for _ in range(2 if flags & _COMPLEX else 1):
                data = self.tag(place, tag.end)
                each = sizes.get(data.kind)
                fits = each is not None and (
                    data.length == count * each
                    or (kind == _CHAR and data.length <= 4 * count)
                )
                self._require(fits, data)
                place = data.end
        elif kind == _SPARSE:
            raise StructureError("it holds a sparse matrix; save it as a full one")
        elif kind in (_CELL, _STRUCT, _OBJECT):
            fields = 1
            if kind != _CELL:
                place, fields = self._fields(place, tag, kind)
            for _ in range(fields * count):
                inner = self.tag(place, tag.end)
                self._require(inner.kind == _MATRIX, inner)
                self.matrix(inner, depth + 1)
                place = inner.end
        else:
            raise StructureError(f"it holds a variable of an unknown kind ({kind})")

    def _first(self, tag: _Tag) -> tuple[_Tag, _Tag, _Tag]:
        """Return the tags that every matrix begins with: flags, dimensions, name."""
        flags = self.tag(tag.start, tag.end)
        self._require(flags.kind == 6 and flags.length == 8, flags)
        dims = self.tag(flags.end, tag.end)
        self._require(dims.kind == 5 and dims.length % 4 == 0, dims)
        self._require(2 <= dims.length // 4 <= _MOST_DIMENSIONS, dims)
        return flags, dims, self.tag(dims.end, tag.end)

    def _fields(self, place: int, tag: _Tag, kind: int) -> tuple[int, int]:
        """Return where the fields of a struct begin, and how many there are."""
        if kind == _OBJECT:
            place = self.tag(place, tag.end).end
        length_tag = self.tag(place, tag.end)
        self._require(length_tag.kind == 5 and length_tag.length == 4, length_tag)
        (length,) = self._numbers_at(length_tag)
        names = self.tag(length_tag.end, tag.end)
        fits = 0 < length <= 256 and names.kind in _TEXT_TYPES
        self._require(fits and names.length % length == 0, names)
        return names.end, names.length // length

    def _size(self, tag: _Tag) -> int:
        sizes = self._numbers_at(tag)
        self._require(max(sizes) < 1 << 31, tag)
        return math.prod(sizes)

    def _numbers_at(self, tag: _Tag) -> tuple[int, ...]:
        self._file.seek(tag.start)
        return self._integers(tag.length // 4)

    def _integers(self, count: int) -> tuple[int, ...]:
        content = self._file.read(4 * count)
        if len(content) < 4 * count:
            raise StructureError("it ends in the middle of an element")
        return struct.unpack(f"{self._order}{count}I", content)

    def _require(self, holds: bool, tag: _Tag) -> None:
        if not holds:
            raise StructureError(
                f"the element at byte {tag.start:,} is not what it should be"
            )
