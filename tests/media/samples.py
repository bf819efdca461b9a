"""This room makes the files that tests send and receive."""

import io
from typing import Any

from PIL import Image


def picture(format: str = "PNG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """A picture in one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, format, **options)
    return out.getvalue()


def photograph() -> bytes:
    """A JPEG with the place where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Camera of Verona"
    exif.get_ifd(0x8825)[2] = (45.0, 26.0, 19.0)
    return picture("JPEG", (2400, 1200), exif=exif)


def animation() -> bytes:
    """A GIF that moves."""
    frames = [Image.new("RGB", (40, 30), (step * 60, 0, 0)) for step in range(4)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    return out.getvalue()


def _element(id: bytes, body: bytes) -> bytes:
    return id + (0x0100000000000000 | len(body)).to_bytes(8, "big") + body


def webm(packets: list[bytes], *, endless: bool = True) -> bytes:
    """What Chromium's recorder writes: WebM with one Opus track, sizes unknown while it records."""
    head = b"OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00"
    track = _element(b"\xd7", b"\x01") + _element(b"\x86", b"A_OPUS") + _element(b"\x63\xa2", head)
    tracks = _element(b"\x16\x54\xae\x6b", _element(b"\xae", track))
    blocks = b"".join(_element(b"\xa3", b"\x81\x00\x00\x80" + packet) for packet in packets)
    time = _element(b"\xe7", b"\x00")
    unknown = b"\x01" + b"\xff" * 7
    cluster = (
        b"\x1f\x43\xb6\x75" + unknown + time + blocks
        if endless
        else _element(b"\x1f\x43\xb6\x75", time + blocks)
    )
    inside = tracks + cluster
    segment = b"\x18\x53\x80\x67" + unknown + inside if endless else _element(b"\x18\x53\x80\x67", inside)
    return _element(b"\x1a\x45\xdf\xa3", _element(b"\x42\x82", b"webm")) + segment


def heic(pixels: bytes, exif: bytes = b"", *, xmp: bytes = b"", beyond: int = 0) -> bytes:
    """A HEIC file of the shape telephones make: items with places in mdat, XMP inside meta itself."""
    items = [(1, b"hvc1", pixels, 0)]
    if exif:
        items.append((2, b"Exif", exif, 0))
    if xmp:
        items.append((3, b"mime", xmp, 1))
    entries = [
        _box(b"infe", b"\2\0\0\0" + number.to_bytes(2) + b"\0\0" + kind + b"\0")
        for number, kind, _, _ in items
    ]
    iinf = _box(b"iinf", bytes(4) + len(entries).to_bytes(2) + b"".join(entries))
    idat = _box(b"idat", xmp)
    head = _box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def meta(mdat: int) -> bytes:
        places, at = b"", mdat
        for number, _, content, method in items:
            start = 0 if method else at
            at += 0 if method else len(content)
            length = len(content) + (beyond if number == 2 else 0)
            places += number.to_bytes(2) + method.to_bytes(2) + bytes(2) + (1).to_bytes(2)
            places += start.to_bytes(4) + length.to_bytes(4)
        iloc = _box(b"iloc", b"\1\0\0\0" + b"\x44\0" + len(items).to_bytes(2) + places)
        return _box(b"meta", bytes(4) + iinf + iloc + idat)

    mdat = len(head) + len(meta(0)) + 8
    return head + meta(mdat) + _box(b"mdat", b"".join(content for *_, content, method in items if not method))


def _box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4) + kind + content
