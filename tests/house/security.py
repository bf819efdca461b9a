"""This room writes the table of docs/security.md: which promise is proved by which tests."""

import ast
import re
from pathlib import Path

from tests.house.promises import GROUPS, PROMISES
from tests.house.tree import ROOT, name, nodes, text, tree, under

PAPER = "docs/security.md"
BEGIN = "<!-- made by python -m tests.house.papers --update -->"
END = "<!-- end of what is made -->"

ON_DEMAND = {
    "tests/attack/": "make attack",
    "tests/containers/": "make containers",
    "tests/bench/": "make bench",
}
"""Folders that are no part of `make test`, and what runs them."""

_IN_NAME = re.compile(r"(?<![a-z0-9])([a-z]\d\d)(?![a-z0-9])", re.IGNORECASE)
_IN_TEXT = re.compile(r"\b([A-Z]\d\d)\b")

_IN_ANY = re.compile(r"[A-Za-z]\d\d(?!\d)")


def proofs() -> dict[str, list[str]]:
    """Id → the files whose tests name it."""
    found: dict[str, list[str]] = {id: [] for id in PROMISES}
    for path in under("tests", ".py"):
        if path.name.startswith("test_") or name(path).startswith((*ON_DEMAND, "tests/lab/")):
            for id in _named(path):
                found[id].append(name(path))
    return found


def _named(path: Path) -> set[str]:
    """The ids that a file names: as a whole, or in the names and descriptions of what is in it."""
    if not _IN_ANY.search(text(path)):
        return set()
    found = _ids(_IN_TEXT, ast.get_docstring(tree(path)) or "")
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found |= _ids(_IN_NAME, node.name.replace("_", " ")) | _ids(
                _IN_TEXT, ast.get_docstring(node) or ""
            )
    return found


def _ids(pattern: re.Pattern[str], words: str) -> set[str]:
    return {found.upper() for found in pattern.findall(words)} & PROMISES.keys()


def table() -> str:
    """The part of the paper that is made: a table for each group, and how many promises no test names."""
    found, parts, open_ = proofs(), [], []
    for letter, title in GROUPS.items():
        rows = []
        for id, promise in PROMISES.items():
            if id[0] == letter:
                where = [_place(path) for path in sorted(found[id])]
                open_ += [] if where else [id]
                rows.append(f"| {id} | {promise} | {', '.join(where) or '**no test**'} |")
        parts.append(
            f"### {letter}: {title}\n\n| | Promise | Proved by |\n| --- | --- | --- |\n" + "\n".join(rows)
        )
    without = f"No test names {', '.join(open_)}." if open_ else "Every promise is named by a test."
    return "\n\n".join([f"{len(PROMISES)} promises. {without}", *parts])


def _place(path: str) -> str:
    """A link to a file of tests, and what runs it when `make test` does not."""
    command = next((command for folder, command in ON_DEMAND.items() if path.startswith(folder)), "")
    return f"[{path.removeprefix('tests/')}](../{path})" + (f" by `{command}`" if command else "")


def security() -> str:
    """docs/security.md: what people wrote, with the table made anew."""
    before, _, rest = (ROOT / PAPER).read_text(encoding="utf-8").partition(BEGIN)
    _, _, behind = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{behind}"
