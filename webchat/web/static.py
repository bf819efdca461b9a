"""This room serves the static files: read once, one hash over all of them, in the path, kept for ever."""

import gzip
import mimetypes
import re
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from webchat.web.headers import FOREIGN

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_FOR_PEOPLE = {
    ".js": re.compile(r"^[ \t]*//.*\n|^[ \t]+", re.MULTILINE),
    ".css": re.compile(r"/\*.*?\*/\n?|^[ \t]+", re.MULTILINE | re.DOTALL),
}
"""Comments in lines of their own and indentation: a quarter of what a page would weigh."""
_AIR = re.compile(r"""("[^"]*"|'[^']*')|\s*([{};,>])\s*|:\s+|\s+""")
"""What a style sheet has between its words; strings, which are to stay as they are, are the first group."""
_LISTS = {"ORDER": "all", "LATER": "later"}
_IMPORT = re.compile(r'^import \* as (\w+) from "\./\1\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|const) (\w+)", re.MULTILINE)
_COMPRESSED = frozenset({".js", ".css", ".svg", ".json", ".webmanifest", ".txt"})


class StaticFiles:
    """Everything below one folder, in memory; scripts and styles of ours without what is there for people.

    A file named ORDER lists files of its folder, one a line (# starts a comment); together they are served as
    `all.js` or `all.css` beside it, so that a page asks once and the files stay as small as people want them;
    LATER is another such list, for `later.css`. FIRST lists symbols of the sprite that make up `first.svg`.
    MODULES lists modules that import those before them: `all.js` is all of them as one module, and whoever
    imports one of them by its name gets it out of that.
    """

    def __init__(self, folder: Path) -> None:
        self.files: dict[str, bytes] = {}
        modules: list[Path] = []
        for path in sorted(folder.rglob("*")):
            if path.name in _LISTS:
                joined = _join(path)
                beside = path.parent.relative_to(folder).as_posix()
                self.files[f"{beside}/{_LISTS[path.name]}{joined[0]}"] = joined[1]
            elif path.name == "MODULES":
                modules.append(path)
            elif path.name == "FIRST":
                beside = path.parent.relative_to(folder).as_posix()
                self.files[f"{beside}/first.svg"] = _chosen(path, next(folder.glob("vendor/*/sprite.svg")))
            elif path.is_file() and not path.name.startswith("."):
                name = path.relative_to(folder).as_posix()
                self.files[name] = path.read_bytes() if "vendor" in path.parts else _bare(path)
        for path in modules:
            beside = path.parent.relative_to(folder).as_posix()
            self.files |= {f"{beside}/{name}": body for name, body in _as_one(path).items()}
        hashed = sha256()
        for name, body in sorted(self.files.items()):
            hashed.update(f"{name}\0{len(body)}\0".encode() + body)
        self.hash = hashed.hexdigest()[:16]
        self._gzipped = {
            name: gzip.compress(body, 9, mtime=0)
            for name, body in self.files.items()
            if Path(name).suffix in _COMPRESSED and len(body) > 500
        }

    def path(self, name: str) -> str:
        """The address of a file without the site's prefix; KeyError when there is none: no link is dead."""
        if name not in self.files:
            raise KeyError(f"static file {name} does not exist")
        return f"/static/{self.hash}/{name}"

    def response(self, hash: str, name: str, gzip_accepted: bool) -> Response | None:
        """The file; under an older hash (a tab from before an update) it is not kept by the browser.

        The policy of pages is not for files: they get the shortest one, under which they do nothing alone.
        """
        body = self.files.get(name)
        if body is None:
            return None
        suffix = Path(name).suffix
        type_ = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "text/plain; charset=utf-8"
        kept = "public, max-age=31536000, immutable" if hash == self.hash else "no-cache"
        headers = {"cache-control": kept, "content-type": type_, "content-security-policy": FOREIGN}
        if name in self._gzipped:
            headers["vary"] = "Accept-Encoding"
            if gzip_accepted:
                return Response(self._gzipped[name], headers=headers | {"content-encoding": "gzip"})
        return Response(body, headers=headers)


def _bare(path: Path) -> bytes:
    body = path.read_bytes()
    wanted = _FOR_PEOPLE.get(path.suffix)
    text = wanted.sub("", body.decode()) if wanted else ""
    if path.suffix == ".css":
        text = _AIR.sub(_tight, text).replace(";}", "}").strip() + "\n"
    return text.encode() if wanted else body


def _tight(air: re.Match[str]) -> str:
    return air[1] or air[2] or air[0].strip() or " "


def _listed(order: Path) -> list[Path]:
    names = [line.strip() for line in order.read_text(encoding="utf-8").splitlines()]
    return [order.parent / name for name in names if name and not name.startswith("#")]


def _as_one(order: Path) -> dict[str, bytes]:
    """Modules as one module: each becomes a constant of its name that holds what it exports.

    What they export is declared where it stands, and never another thing later.
    """
    whole, served = "", {}
    paths = _listed(order)
    for path in paths:
        text = _bare(path).decode()
        names = ", ".join(_EXPORTED.findall(text))
        body = _EXPORT.sub("", _IMPORT.sub("", text))
        whole += f"const {path.stem} = (() => {{\n{body}return {{ {names} }};\n}})();\n"
        only = f'import {{ {path.stem} }} from "./all.js";\nexport const {{ {names} }} = {path.stem};\n'
        served[path.name] = only.encode()
    whole += f"export {{ {', '.join(path.stem for path in paths)} }};\n"
    return served | {"all.js": whole.encode()}


def _join(order: Path) -> tuple[str, bytes]:
    paths, parts = _listed(order), []
    for path in paths:
        lines = (path.read_bytes() if "vendor" in path.parts else _bare(path)).decode().splitlines()
        # The maps are not served, and asking for them would be an error in the console.
        parts.append("\n".join(line for line in lines if not line.startswith("//# sourceMappingURL=")) + "\n")
    suffix = paths[0].suffix
    return suffix, ((";\n" if suffix == ".js" else "\n").join(parts) + "\n").encode()


def _chosen(order: Path, sprite: Path) -> bytes:
    """Some symbols of a sprite, which has each in a line of its own."""
    wanted = tuple(f'<symbol id="{path.name}"' for path in _listed(order))
    lines = sprite.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(one for one in lines if not one.startswith("<symbol") or one.startswith(wanted)).encode()


async def serve(request: Request) -> Response:
    """GET /static/{hash}/{name}."""
    files: StaticFiles = request.app.state.static
    accepted = "gzip" in request.headers.get("accept-encoding", "")
    found = files.response(request.path_params["hash"], request.path_params["name"], accepted)
    if found is None:
        raise HTTPException(404)
    return found
