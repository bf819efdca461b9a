"""This room packs the program as it runs here, for whoever wants its source (AGPL §13)."""

import gzip
import io
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from webchat import __version__

FOLDERS = ("webchat", "templates", "static", "migrations")
BESIDE = ("LICENSE", "README.md", "pyproject.toml", "requirements/runtime.txt", "requirements/postgresql.txt")
KINDS = frozenset({".py", ".html", ".css", ".js", ".mjs", ".json", ".svg", ".po", ".mako", ".md", ".txt"})
"""What the program is made of; nothing else that may lie in its folders goes along."""

NAMED = frozenset({"LICENSE", "NOTE", "SHA256", "ORDER", "LATER", "MODULES", "ICONS"})
NEVER = frozenset({"__pycache__", "data"})


def files(root: Path) -> Iterator[tuple[str, Path]]:
    """Name in the archive and place of every file of the program below `root`, by name."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            inside = path.relative_to(root)
            hidden = any(part in NEVER or part.startswith(".") for part in inside.parts)
            if not hidden and (path.suffix in KINDS or path.name in NAMED) and _plain(path):
                yield inside.as_posix(), path
    for name in BESIDE:
        if _plain(root / name):
            yield name, root / name


def _plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


@cache
def source() -> bytes:
    """The program as a .tar.gz; packed once, and the same bytes for the same program."""
    package = Path(__file__).resolve().parent.parent
    # An installed program has its other folders within the package.
    root = package.parent
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w") as tar,
    ):
        for name, path in files(root):
            data = path.read_bytes()
            entry = tarfile.TarInfo(f"webchat-{__version__}/{name}")
            entry.size, entry.mode = len(data), 0o644
            tar.addfile(entry, io.BytesIO(data))
    return packed.getvalue()
