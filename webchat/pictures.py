"""This room decodes foreign pictures in processes of their own, and hands back clean ones.

A decoder that crashes, hangs, eats memory or is taken over harms nothing but its process (webchat.apart). Run
as a program (`python -m webchat.pictures`) this file is that process.
"""

import io
from dataclasses import dataclass
from typing import Any, Literal

from webchat import apart

WORKERS = 2
TIME = 5.0
"""Seconds until a worker that does not answer is killed."""

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_FRAMES = 200
MOST_ANIMATED = 60_000_000
"""Pixels of all frames together, as shown; beyond it an animation stands still."""

MEMORY = 512 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")

Kind = Literal["avatar", "picture", "portrait", "banner"]

CROPPED = {"portrait": (1, 1), "banner": (4, 1)}
"""Kinds of which the middle is cut out, with the shape that stays: width and height."""

MOST_PORTRAIT = 100_000
"""Bytes of our own picture: it travels in a stanza to everybody who sees it."""


_decoders = apart.Pool("webchat.pictures", WORKERS, answers=MOST_BYTES)


class BadPicture(Exception):
    """The bytes are no picture that we take: unknown, broken, too large, or too slow to decode."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made here: pixels and nothing else (no EXIF, no colour profile, no comment)."""

    data: bytes
    media_type: str
    width: int
    height: int


async def reencode(data: bytes, *, longest: int, kind: Kind) -> Picture:
    """The same picture, decoded and written anew, upright, its longer side at most `longest` pixels.

    kind  "avatar": one still WebP; "picture": JPEG stays JPEG, an animation moves on (WebP), else PNG or
          WebP; "portrait": the square in the middle, PNG or JPEG of at most MOST_PORTRAIT bytes; "banner":
          four times as broad as high, JPEG

    Raises BadPicture.
    """
    if not data or len(data) > MOST_BYTES:
        raise BadPicture("size")
    try:
        facts, made = await _decoders.ask({"longest": longest, "kind": kind}, data, seconds=TIME)
    except apart.Refused as error:
        raise BadPicture(str(error)) from error
    except apart.Ended as error:
        raise BadPicture("the decoder gave up") from error
    width, height = facts.get("width"), facts.get("height")
    known = facts.get("type") in ("image/jpeg", "image/png", "image/webp")
    if not (made and known and isinstance(width, int) and isinstance(height, int)):
        raise BadPicture("the decoder made no sense")
    return Picture(made, facts["type"], width, height)


# ---- the other side: the process


def _work(job: apart.Facts, data: bytes) -> tuple[apart.Facts, bytes]:
    made, facts = _made(data, job["longest"], job["kind"])
    return facts, made


def _made(data: bytes, longest: int, kind: Kind) -> tuple[bytes, dict[str, Any]]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the limit below is harder
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > MOST_PIXELS:
            raise ValueError("pixels")
        if kind in CROPPED:
            return _cropped(opened, longest, kind)
        moves = kind == "picture" and opened.format in ("GIF", "PNG", "WEBP", "AVIF")
        frames = getattr(opened, "n_frames", 1) if moves else 1
        if 1 < frames <= MOST_FRAMES:
            scale = min(1.0, longest / max(width, height))
            if width * height * scale * scale * frames <= MOST_ANIMATED:
                return _animated(opened, longest)
        opened.draft("RGB", (longest, longest))
        source = opened.format
        opened.thumbnail((longest, longest))
        still = ImageOps.exif_transpose(opened)
        see_through = still.has_transparency_data
        still = still.convert("RGBA" if see_through else "RGB")
    still.info = {}
    # What exif_transpose left of the EXIF block stands in a cache of its own.
    still.getexif().clear()
    if kind == "avatar" or source == "WEBP":
        return _written([still], "WEBP", quality=85)
    if source in ("JPEG", "MPO", "AVIF") and not see_through:
        return _written([still], "JPEG", quality=85, optimize=True, progressive=True)
    return _written([still], "PNG", optimize=True)


def _cropped(opened: Any, longest: int, kind: Kind) -> tuple[bytes, dict[str, Any]]:
    from PIL import Image, ImageOps

    broad, high = CROPPED[kind]
    opened.draft("RGB", (longest * 2, longest * 2))
    upright = ImageOps.exif_transpose(opened)
    see_through = kind == "portrait" and upright.has_transparency_data
    upright = upright.convert("RGBA")
    unit = max(1, min(upright.width // broad, upright.height // high, longest // broad))
    cut = ImageOps.fit(upright, (unit * broad, unit * high))
    if see_through:
        for side in (cut.width, 256, 128):
            small = cut.resize((min(side, cut.width),) * 2)
            made, facts = _written([small], "PNG", optimize=True)
            if len(made) <= MOST_PORTRAIT:
                return made, facts
    still = Image.new("RGB", cut.size, "white")
    still.paste(cut, mask=cut)
    for quality in (88, 75, 60, 40):
        made, facts = _written([still], "JPEG", quality=quality, optimize=True, progressive=True)
        if kind != "portrait" or len(made) <= MOST_PORTRAIT:
            break
    return made, facts


def _animated(opened: Any, longest: int) -> tuple[bytes, dict[str, Any]]:
    from PIL import ImageSequence

    frames, durations = [], []
    for frame in ImageSequence.Iterator(opened):
        durations.append(max(20, min(60_000, int(frame.info.get("duration", 100) or 100))))
        made = frame.convert("RGBA")
        made.thumbnail((longest, longest))
        made.info = {}
        frames.append(made)
    return _written(frames, "WEBP", quality=80, duration=durations, loop=0)


def _written(frames: list[Any], format: str, **options: Any) -> tuple[bytes, dict[str, Any]]:
    out = io.BytesIO()
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": frames[1:]}
    frames[0].save(out, format, **options)
    made = out.getvalue()
    width, height = frames[0].size
    facts = {"type": f"image/{format.lower()}", "width": width, "height": height}
    return made, facts


if __name__ == "__main__":
    # Some decoders run on several processors at once.
    apart.serve(_work, memory=MEMORY, seconds=2 * TIME)
