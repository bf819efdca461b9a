"""This room guards the database: what people wrote is bound to a statement and never part of its text."""

import ast
from pathlib import Path

from tests.house.tree import name, nodes, sentence, text, under

MAKERS = {"text", "literal_column", "exec_driver_sql", "DDL", "TextClause"}
"""What makes SQL of a string."""

BY_COLUMN = {"order_by", "group_by", "with_hint", "prefix_with", "suffix_with"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

OUR_OWN_NAMES = {
    "webchat/db/words.py": "names of tables and indexes, all written in our own modules",
}
"""Where SQL is put together from pieces, and of which."""


def imported(path: Path) -> set[str]:
    """The makers that a file has from SQLAlchemy, by the names that it gives them."""
    found = {"exec_driver_sql"}
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            found |= {each.asname or each.name for each in node.names if each.name in MAKERS}
    return found


def written_out(path: Path, given: ast.expr) -> bool:
    """Whether this is a string that stands there, or one that the module holds under a name."""
    if isinstance(given, ast.Subscript):
        given = given.value
    if not isinstance(given, ast.Name):
        return isinstance(given, ast.Constant)
    inside = {each for outer in nodes(path) if isinstance(outer, FUNCTIONS) for each in ast.walk(outer)}
    return given.id.strip("_").isupper() or given not in inside


def makes_sql(called: ast.expr, makers: set[str]) -> bool:
    """Whether this call makes SQL of its first argument."""
    if isinstance(called, ast.Name):
        return called.id in makers
    if not isinstance(called, ast.Attribute):
        return False
    library = isinstance(called.value, ast.Name) and called.value.id in ("sa", "sqlalchemy")
    return called.attr == "exec_driver_sql" or (library and called.attr in MAKERS)


def made(path: Path) -> list[str]:
    """Calls that make SQL of something else than a string that is written there."""
    if not any(maker in text(path) for maker in MAKERS) or "sqlalchemy" not in text(path):
        return []
    makers = imported(path)
    return [
        f"{name(path)}:{node.lineno}: {ast.unparse(node.args[0])[:60]}"
        for node in nodes(path)
        if isinstance(node, ast.Call) and node.args and makes_sql(node.func, makers)
        if not written_out(path, node.args[0])
    ]


def test_w17_sql_is_written_out_or_made_by_the_library() -> None:
    """The tests in tests/hostile listen to the database; this one reads what nobody has called yet."""
    paths = [path for path in under("webchat", ".py") if name(path) not in OUR_OWN_NAMES]
    found = [each for path in paths for each in made(path)]
    assert not found, sentence("SQL is put together here; bind values instead:", found)


def test_w17_the_exceptions_are_needed() -> None:
    """A name leaves the list when its file does not put SQL together any more."""
    assert not [
        path for path in OUR_OWN_NAMES if not made(under(path.rpartition("/")[0], Path(path).name)[0])
    ]


def test_w17_order_and_columns_are_never_named_by_a_string() -> None:
    """A column that somebody may choose is chosen from our own, never spelled."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in under("webchat", ".py")
        if any(f".{method}(" in text(path) for method in BY_COLUMN)
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in BY_COLUMN
        for each in node.args
        if isinstance(each, ast.JoinedStr | ast.BinOp) or (isinstance(each, ast.Constant) and each.value)
    ]
    assert not found, sentence("A column by its name as text:", found)
