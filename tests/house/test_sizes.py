"""This room guards the reader: everything fits on a few screens, so nothing is understood by searching."""

from pathlib import Path

from tests.house.tree import files, functions, is_vendored, name, python, sentence, templates, text, under

FILE, FUNCTION, TEMPLATE = 400, 60, 120
SCRIPTS = 1_350
"""Lines of the scripts that every page loads: each is an enhancement of markup that works without it."""
ALL_SCRIPTS = 5_400
"""Those and the ones that come with their first use: emoji, menus, files, the switcher."""
EVERY_PAGE = {"start.js", "timeline.js", "composer.js", "late.js"}


def too_long(paths: list[Path], limit: int) -> list[str]:
    """ "file (lines)" for each file above the limit."""
    lengths = ((path, len(text(path).splitlines())) for path in paths)
    return [f"{name(path)} ({length})" for path, length in lengths if length > limit]


def ours(*suffixes: str) -> list[Path]:
    """Files that we wrote ourselves, by ending."""
    return [path for path in files() if path.suffix in suffixes and not is_vendored(path)]


def test_files_are_short() -> None:
    """A file that grows beyond this has two subjects: split it by noun."""
    found = too_long([*python(), *ours(".js", ".css", ".sh")], FILE)
    assert not found, sentence(f"No file is longer than {FILE} lines:", found)


def test_functions_are_short() -> None:
    """A function that grows beyond this does two things: name one of them. Migrations are written out."""
    found = [
        f"{name(path)}:{node.lineno} {node.name} ({length})"
        for path in python()
        if not name(path).startswith("migrations/")
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION
    ]
    assert not found, sentence(f"No function is longer than {FUNCTION} lines:", found)


def test_templates_are_short() -> None:
    """A template that grows beyond this hides a partial."""
    found = too_long(templates(), TEMPLATE)
    assert not found, sentence(f"No template is longer than {TEMPLATE} lines:", found)


def test_scripts_stay_an_enhancement() -> None:
    """All our scripts together stay small enough to be read in an hour."""
    lines = {path.name: len(text(path).splitlines()) for path in under("static/js", ".js")}
    first = sum(lines[name] for name in EVERY_PAGE)
    assert first <= SCRIPTS, f"The scripts of every page have {first} lines, {SCRIPTS} are the budget."
    total = sum(lines.values())
    assert total <= ALL_SCRIPTS, f"Our scripts have {total} lines together, {ALL_SCRIPTS} are the budget."


def test_decisions_are_short() -> None:
    """A decision record is read in two minutes: what, why, what else."""
    found = too_long(under("docs/decisions", ".md"), 40)
    assert not found, sentence("No decision record is longer than 40 lines:", found)


def test_the_architecture_is_short() -> None:
    """The picture of the house is read before the first change, by everybody."""
    found = too_long([path for path in under("docs", ".md") if path.name == "architecture.md"], 150)
    assert not found, sentence("The architecture is told in 150 lines:", found)
