"""This room reads the project's own files, so that the rules of the house can be checked against them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SLICES = (
    "about",
    "account",
    "actions",
    "admin",
    "attention",
    "blog",
    "chats",
    "complaints",
    "contacts",
    "emoji",
    "files",
    "messages",
    "news",
    "nodes",
    "notifications",
    "patterns",
    "posts",
    "profile",
    "publish",
    "rooms",
    "search",
    "settings",
    "share",
    "uploads",
)
_FOLDERS = (
    "webchat", "templates", "static", "migrations", "tests", "docs", "deploy", "requirements", "bench", ".ci",
)  # fmt: skip
_NOT_OURS = ("__pycache__", ".pytest_cache", ".hypothesis")


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, without what tools leave behind."""
    found = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in _FOLDERS:
        found += (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return tuple(sorted(path for path in found if not set(path.parts) & set(_NOT_OURS)))


def name(path: Path) -> str:
    """A file's path as people say it."""
    return path.relative_to(ROOT).as_posix()


def under(folder: str, suffix: str = "") -> list[Path]:
    """The files below one folder, all or those with this ending."""
    return [path for path in files() if name(path).startswith(f"{folder}/") and path.name.endswith(suffix)]


def python() -> list[Path]:
    """All Python files."""
    return [path for path in files() if path.suffix == ".py"]


def templates() -> list[Path]:
    """All templates."""
    return under("templates", ".html")


def template_name(path: Path) -> str:
    """A template's name as code writes it ("messages/_message.html")."""
    return path.relative_to(ROOT / "templates").as_posix()


def is_vendored(path: Path) -> bool:
    """Whether somebody else wrote the file."""
    return name(path).startswith("static/vendor/")


@cache
def text(path: Path) -> str:
    """A file's text."""
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """A Python file, parsed."""
    return ast.parse(text(path), name(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything in the tree of a Python file: to walk it takes longer than what is asked of it."""
    return tuple(ast.walk(tree(path)))


def imports(path: Path) -> Iterator[str]:
    """The modules that a Python file imports, by their full names."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions and methods of a Python file."""
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def strings(path: Path) -> Iterator[str]:
    """The literal strings of a Python file."""
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def lines_matching(pattern: str, paths: list[Path]) -> list[str]:
    """ "file:line: text" for every line in which the pattern is found."""
    wanted = re.compile(pattern)
    return [
        f"{name(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), 1)
        if wanted.search(line)
    ]


def sentence(rule: str, offenders: list[str]) -> str:
    """What a broken rule says: the rule, then who breaks it."""
    return "\n  ".join([rule, *offenders])
