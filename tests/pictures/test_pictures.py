"""Foreign pictures are decoded elsewhere, within limits, and come back as pixels alone."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from webchat import pictures
from webchat.pictures import BadPicture, reencode


def drawn(format: str, size: tuple[int, int] = (300, 200), mode: str = "RGB", **options: Any) -> bytes:
    """A small picture of this kind."""
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, format, **options)
    return out.getvalue()


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
async def test_an_avatar_becomes_a_small_webp(format: str) -> None:
    made = await reencode(drawn(format), longest=96, kind="avatar")
    assert (made.media_type, made.width, made.height) == ("image/webp", 96, 64)
    assert Image.open(io.BytesIO(made.data)).size == (96, 64)


@pytest.mark.parametrize(
    ("format", "mode", "media_type"),
    [
        ("JPEG", "RGB", "image/jpeg"),
        ("PNG", "RGBA", "image/png"),
        ("WEBP", "RGB", "image/webp"),
        ("AVIF", "RGB", "image/jpeg"),
    ],
)
async def test_a_picture_keeps_a_kind_that_others_read(format: str, mode: str, media_type: str) -> None:
    made = await reencode(drawn(format, mode=mode), longest=1920, kind="picture")
    assert (made.media_type, made.width, made.height) == (media_type, 300, 200)


async def test_u03_turned_by_exif_and_without_it() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N"}
    made = await reencode(drawn("JPEG", exif=exif), longest=1920, kind="picture")
    assert (made.width, made.height) == (200, 300)
    assert not dict(Image.open(io.BytesIO(made.data)).getexif())
    assert b"Exif" not in made.data


async def test_an_animation_moves_on_and_an_avatar_stands() -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=50)
    made = await reencode(out.getvalue(), longest=320, kind="picture")
    assert made.media_type == "image/webp"
    assert getattr(Image.open(io.BytesIO(made.data)), "n_frames", 1) == 3
    still = await reencode(out.getvalue(), longest=320, kind="avatar")
    assert getattr(Image.open(io.BytesIO(still.data)), "n_frames", 1) == 1


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * min((width + 1) * height, 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        drawn("TIFF"),
        drawn("BMP"),
        drawn("ICO", (32, 32)),
        drawn("JPEG")[:200],
        _png(13_000, 13_000),
        _png(65_535, 65_535),
        b"x" * (pictures.MOST_BYTES + 1),
    ],
    ids=["nothing", "svg", "eps", "tiff", "bmp", "ico", "cut", "13000", "65535", "bytes"],
)
async def test_u04_what_is_no_picture_for_us_is_refused(data: bytes) -> None:
    with pytest.raises(BadPicture):
        await reencode(data, longest=96, kind="avatar")
    assert (await reencode(drawn("PNG"), longest=96, kind="avatar")).width == 96


async def test_u03_a_decoder_that_hangs_is_ended_and_the_next_one_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "TIME", 0.05)
    with pytest.raises(BadPicture):
        await reencode(drawn("PNG", (5000, 5000)), longest=4000, kind="picture")
    monkeypatch.undo()
    assert (await reencode(drawn("PNG"), longest=96, kind="avatar")).width == 96


@pytest.mark.parametrize(
    ("format", "mode", "size", "media_type", "side"),
    [
        ("JPEG", "RGB", (900, 1600), "image/jpeg", 512),
        ("PNG", "RGBA", (300, 200), "image/png", 200),
        ("WEBP", "RGB", (40, 4000), "image/jpeg", 40),
    ],
)
async def test_our_own_picture_is_the_square_in_the_middle(
    format: str, mode: str, size: tuple[int, int], media_type: str, side: int
) -> None:
    drawing = Image.new(mode, size)
    if mode == "RGBA":
        drawing.putpixel((0, 0), (1, 2, 3, 4))
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    drawing.save(out, format, exif=exif)
    made = await reencode(out.getvalue(), longest=512, kind="portrait")
    assert (made.media_type, made.width, made.height) == (media_type, side, side)
    assert not dict(Image.open(io.BytesIO(made.data)).getexif())


async def test_our_own_picture_is_small_whatever_it_shows() -> None:
    out = io.BytesIO()
    noise = Image.effect_noise((520, 520), 200).convert("RGBA")
    noise.putalpha(Image.effect_noise((520, 520), 200))
    noise.save(out, "PNG")
    made = await reencode(out.getvalue(), longest=512, kind="portrait")
    assert len(made.data) <= pictures.MOST_PORTRAIT


async def test_a_banner_is_four_times_as_broad_as_high() -> None:
    made = await reencode(drawn("PNG", (2000, 1000)), longest=1280, kind="banner")
    assert (made.media_type, made.width, made.height) == ("image/jpeg", 1280, 320)
    made = await reencode(drawn("PNG", (100, 1000)), longest=1280, kind="banner")
    assert (made.width, made.height) == (100, 25)
