"""This room guards the newcomer: whoever has read one slice finds the way in all of them."""

import ast
import re
from pathlib import Path

from tests.house.tree import ROOT, SLICES, functions, name, nodes, python, sentence, text, tree, under

AGREED = {
    "__init__": "the table of contents: slice = Slice(…)",
    "models": "its tables",
    "store": "its queries",
    "state": "what it keeps in memory for a session",
    "handlers": "event → rows, state, changes",
    "commands": "what a user can do",
    "changes": "its kinds of change",
    "fragments": "change and scope → partials",
    "views": "HTTP: read, call, answer",
    "show": "rows → the values its templates draw",
    "forms": "its forms",
    "jobs": "timed or background work",
    "overview": "the list of conversations, which chats and rooms both show",
    "follows": "what an account follows: lists, subscriptions, their repair",
    "slash": "what can be typed behind a slash",
    "typed": "how a command is told from words",
    "mentions": "whom one can mean by @, and who is meant",
}
VIEW = 25
"""Lines of a view: above, it decides something that a command should decide."""


def rooms(slice_name: str) -> set[str]:
    """The names in a slice's folder; a grown file becomes a folder of its name."""
    inside = (
        path.relative_to(ROOT / "webchat" / slice_name) for path in under(f"webchat/{slice_name}", ".py")
    )
    return {path.parts[0].removesuffix(".py") for path in inside}


def test_slices_have_only_the_agreed_rooms() -> None:
    """The same names everywhere, none compulsory but the table of contents."""
    found = [f"webchat/{name}/{room}" for name in SLICES for room in sorted(rooms(name) - AGREED.keys())]
    assert not found, sentence(f"A slice has no other rooms than {', '.join(AGREED)}:", found)
    assert all("__init__" in rooms(name) for name in SLICES)


def test_every_module_says_what_it_is_for() -> None:
    """The first line of a file is one sentence on what belongs into it."""
    ours = [path for path in python() if not name(path).startswith("migrations/versions/")]
    silent = [name(path) for path in ours if not _purpose(path)]
    assert not silent, sentence('A module begins with a sentence, in webchat/ like "This room …":', silent)


def _purpose(path: Path) -> bool:
    first = (ast.get_docstring(tree(path)) or "").partition("\n\n")[0]
    room = first.startswith(("This room ", "This floor ", "This slice "))
    return first.endswith((".", ":")) and (room or not name(path).startswith("webchat/") or _is_top(path))


def _is_top(path: Path) -> bool:
    return path == ROOT / "webchat" / "__init__.py"


def test_public_things_say_what_they_do() -> None:
    """Whoever calls a function or uses a class of another room need not read its body."""
    found = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in under("webchat", ".py")
        for node in nodes(path)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and not _inherits_its_meaning(path, node)
    ]
    assert not found, sentence("Public classes and functions have a docstring:", found)


def _inherits_its_meaning(path: Path, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Methods of a base that already says it, setters, functions inside functions."""
    if isinstance(node, ast.ClassDef):
        return False
    for outer in nodes(path):
        if (
            isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
            and outer is not node
            and node in ast.walk(outer)
        ):
            return True
        if (
            isinstance(outer, ast.ClassDef)
            and node in outer.body
            and (outer.bases or outer.name.startswith("_"))
        ):
            return True
    return any(isinstance(each, ast.Attribute) and each.attr == "setter" for each in node.decorator_list)


def test_views_only_read_call_and_answer() -> None:
    """What a user can do is a command: it can be tested without HTTP and called by another way in."""
    found = [
        f"{name(path)}:{node.lineno} {node.name} ({length} lines)"
        for slice_name in SLICES
        for path in under(f"webchat/{slice_name}", ".py")
        if "views" in path.relative_to(ROOT).with_suffix("").parts
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > VIEW
    ]
    assert not found, sentence(f"No view is longer than {VIEW} lines:", found)


def test_only_models_hold_tables_and_only_their_slice_writes_them() -> None:
    """The path of a table answers who writes it."""
    found = [
        name(path)
        for path in under("webchat", ".py")
        if re.search(r"^\s+__tablename__ = ", text(path), re.MULTILINE)
        and "models" not in (path.stem, path.parent.name)
    ]
    assert not found, sentence("Tables live in models.py of the room that writes them:", found)


def test_nothing_is_called_utils() -> None:
    """A room that has no subject collects everything."""
    found = [name(path) for path in python() if re.fullmatch(r"(utils?|helpers?|misc|common)", path.stem)]
    assert not found, sentence("Give the room a noun:", found)
