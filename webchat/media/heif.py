"""This room blanks what a HEIC picture knows beside its pixels: where it was taken, with what, by whom.

We cannot draw such a picture and so cannot make it anew. Its metadata are items of their own with a place in
the file (ISO/IEC 14496-12 §8.11); what stands there is overwritten with zeros, and nothing else moves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

MOST_ITEMS = 4096
MOST_EXTENTS = 16384
BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_METADATA = frozenset({b"Exif", b"mime", b"uri "})


class BadHeif(Exception):
    """The file is broken, or larger inside than any picture is."""


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    end: int


def is_heif(head: bytes) -> bool:
    """Whether the first bytes are those of a HEIC picture."""
    return head[4:8] == b"ftyp" and head[8:12] in BRANDS


def blank(data: bytes) -> bytes:
    """The same picture without Exif, XMP and other metadata items. Raises BadHeif."""
    out = bytearray(data)
    try:
        for start, end in _places(data):
            out[start:end] = bytes(end - start)
    except (IndexError, ValueError) as error:
        raise BadHeif(str(error)) from None
    return bytes(out)


def _places(data: bytes) -> Iterator[tuple[int, int]]:
    meta = next((box for box in _boxes(data, 0, len(data)) if box.kind == b"meta"), None)
    if meta is None:
        return
    # A full box: four bytes of version and flags before its children.
    inside = {box.kind: box for box in _boxes(data, meta.start + 4, meta.end)}
    wanted = set(_items(data, inside[b"iinf"])) if b"iinf" in inside else set()
    if not wanted:
        return
    if b"iloc" not in inside:
        raise BadHeif("items without a place")
    idat = inside.get(b"idat")
    left = len(data)
    for item, start, end in _extents(data, inside[b"iloc"], idat.start if idat else None):
        if item in wanted:
            if not 0 <= start <= end <= len(data):
                raise BadHeif("a place outside the file")
            # Thousands of places that overlap would be hours of work in a small file.
            left -= end - start
            if left < 0:
                raise BadHeif("places that overlap")
            yield start, end


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    while start + 8 <= end:
        size = int.from_bytes(data[start : start + 4])
        kind = data[start + 4 : start + 8]
        head = 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16]), 16
        elif size == 0:
            size = end - start
        if size < head or start + size > end:
            raise BadHeif("a box that does not fit")
        yield _Box(kind, start + head, start + size)
        start += size


def _items(data: bytes, box: _Box) -> Iterator[int]:
    """Ids of the items that are metadata (§8.11.6)."""
    at = box.start + 4 + (2 if data[box.start] == 0 else 4)
    for number, entry in enumerate(_boxes(data, at, box.end)):
        if number >= MOST_ITEMS:
            raise BadHeif("too many items")
        version = data[entry.start]
        if entry.kind != b"infe" or version < 2:
            continue
        wide = 4 if version == 3 else 2
        id_at = entry.start + 4
        kind_at = id_at + wide + 2
        if data[kind_at : kind_at + 4] in _METADATA:
            yield int.from_bytes(data[id_at : id_at + wide])


def _extents(data: bytes, box: _Box, idat: int | None) -> Iterator[tuple[int, int, int]]:
    """(item, start, end) of everything that is said to stand somewhere (§8.11.3)."""
    reader = _Reader(data, box.start, box.end)
    version = reader.take(4) >> 24
    sizes = reader.take(2)
    offset_size, length_size = sizes >> 12, sizes >> 8 & 15
    base_size, index_size = sizes >> 4 & 15, sizes & 15 if version in (1, 2) else 0
    wide = 4 if version == 2 else 2
    seen = 0
    for _ in range(reader.take(wide)):
        item = reader.take(wide)
        method = reader.take(2) & 15 if version in (1, 2) else 0
        reader.take(2)
        base = reader.take(base_size)
        for _ in range(reader.take(2)):
            seen += 1
            if seen > MOST_EXTENTS:
                raise BadHeif("too many places")
            reader.take(index_size)
            start, length = base + reader.take(offset_size), reader.take(length_size)
            if method == 1 and idat is not None:
                start += idat
            elif method:
                continue
            yield item, start, start + length if length else len(data)


class _Reader:
    """Numbers of a box, one after the other."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self._data = data
        self._at = at
        self._end = end

    def take(self, size: int) -> int:
        """The next number of so many bytes. Raises BadHeif past the end of the box."""
        if self._at + size > self._end:
            raise BadHeif("a number that is not there")
        self._at += size
        return int.from_bytes(self._data[self._at - size : self._at])
