"""This room decodes foreign pictures in processes of their own, and hands back clean ones.

A decoder that crashes, hangs, eats memory or is taken over harms nothing but its process: that has no
environment, may write no file, and what comes back of it is a few numbers and bytes, never an object.
Run as a program (`python -m webchat.pictures`) this file is that process.
"""

import asyncio
import atexit
import io
import json
import os
import resource
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

WORKERS = 2
TIME = 5.0
"""Seconds until a worker that does not answer is killed."""

IDLE = 60.0
"""Seconds after which a worker without work goes away, and its memory with it."""

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
    job = json.dumps({"longest": longest, "kind": kind, "size": len(data)}).encode() + b"\n"
    return await asyncio.get_running_loop().run_in_executor(_threads, _ask, job, data)


# ---- this side


class _Worker:
    """One process, begun when there is work; only its own thread talks with it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._idle: threading.Timer | None = None
        self._lock = threading.Lock()

    def ask(self, job: bytes, data: bytes) -> Picture:
        with self._lock:
            if self._idle is not None:
                self._idle.cancel()
            process = self._started()
            deadline = threading.Timer(TIME, process.kill)
            deadline.daemon = True
            deadline.start()
            try:
                picture = _exchange(process, job, data)
            except (OSError, ValueError, KeyError, TypeError) as error:
                self._end()
                raise BadPicture("the decoder gave up") from error
            finally:
                deadline.cancel()
            self._idle = threading.Timer(IDLE, self.end)
            self._idle.daemon = True
            self._idle.start()
            return picture

    def end(self) -> None:
        """No work for a while, or the program ends."""
        with self._lock:
            if self._idle is not None:
                self._idle.cancel()
            self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            # Nothing of our environment: secrets may stand in it.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "webchat.pictures"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": str(Path(__file__).parent.parent), "PATH": os.defpath},
                cwd="/",
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        continue


def _exchange(process: subprocess.Popen[bytes], job: bytes, data: bytes) -> Picture:
    if process.stdin is None or process.stdout is None:
        raise OSError
    process.stdin.write(job)
    process.stdin.write(data)
    process.stdin.flush()
    answer = json.loads(process.stdout.readline(1000))
    if "refused" in answer:
        raise BadPicture(str(answer["refused"]))
    size = int(answer["size"])
    if not 0 < size <= MOST_BYTES:
        raise ValueError("size")
    made = process.stdout.read(size)
    if len(made) != size:
        raise OSError("cut short")
    media_type = str(answer["type"])
    if media_type not in ("image/jpeg", "image/png", "image/webp"):
        raise ValueError("type")
    return Picture(made, media_type, int(answer["width"]), int(answer["height"]))


_local = threading.local()
_all: list[_Worker] = []
_threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="pictures")


def _ask(job: bytes, data: bytes) -> Picture:
    worker: _Worker | None = getattr(_local, "worker", None)
    if worker is None:
        worker = _local.worker = _Worker()
        _all.append(worker)
    return worker.ask(job, data)


@atexit.register
def _end_all() -> None:
    for worker in _all:
        worker.end()


# ---- the other side: the process


def _serve(given: IO[bytes], answers: IO[bytes]) -> None:
    while line := given.readline(1000):
        job = json.loads(line)
        data = given.read(job["size"])
        try:
            made, facts = _made(data, job["longest"], job["kind"])
        except MemoryError:
            made, facts = b"", {"refused": "memory"}
        except Exception as error:
            made, facts = b"", {"refused": type(error).__name__}
        answers.write(json.dumps(facts).encode() + b"\n" + made)
        answers.flush()


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
    facts = {"size": len(made), "type": f"image/{format.lower()}", "width": width, "height": height}
    return made, facts


def _confine() -> None:
    """So much memory, no file written, no core left behind."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    warnings.simplefilter("ignore")


if __name__ == "__main__":
    _confine()
    _serve(sys.stdin.buffer, sys.stdout.buffer)
