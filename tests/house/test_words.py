"""This room guards the tree: nothing in it that belongs to one machine, nothing silenced without a reason."""

import ast
import re
from pathlib import Path
from subprocess import run

from tests.house.tree import (
    ROOT,
    files,
    is_vendored,
    lines_matching,
    name,
    nodes,
    python,
    sentence,
    tree,
    under,
)

TEXT = (
    ".py",
    ".html",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".yml",
    ".yaml",
    ".js",
    ".css",
    ".xml",
    ".lua",
    ".sh",
    ".po",
)


def readable() -> list[Path]:
    """Files that people read."""
    named = ("Makefile", "Dockerfile", "run", ".gitignore")
    return [path for path in files() if (path.suffix in TEXT or path.name in named) and not is_vendored(path)]


def test_no_path_of_somebody_elses_machine() -> None:
    """A path that exists on one machine only is a mistake on all others."""
    found = lines_matching(r"(?<![\w.<}])/(?:home|root|work|farm|Users|mnt)/\w", readable())
    assert not found, sentence("Paths of one machine:", found)


def test_locked_requirements_name_no_index() -> None:
    """Where packages come from is the installer's choice; what they are is ours, by hash."""
    found = lines_matching(
        r"--(?:extra-)?index-url|--find-links|--trusted-host|https?://", under("requirements")
    )
    assert not found, sentence("Addresses of an index:", found)


def test_locked_requirements_carry_hashes() -> None:
    """A package that was changed on its way is not installed."""
    for path in under("requirements", ".txt"):
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        pinned = [line for line in text.splitlines() if re.match(r"[\w-]+(\[[\w,-]+\])?==", line)]
        assert pinned, name(path)
        assert all("--hash=sha256:" in line for line in pinned), name(path)


def test_nothing_is_left_for_later() -> None:
    """What is in the tree is finished; what is not is not in the tree."""
    found = lines_matching(r"(?i)\b(?:to" + "do|fix" + r"me|xx" + r"x)\b|NotImplemented" + "Error", python())
    found += lines_matching(r"pytest\.(?:mark\.)?(?:skip|xf" + r"ail)\w*", under("tests", ".py"))
    assert not found, sentence("Unfinished:", found)


def test_the_program_logs_and_does_not_print() -> None:
    """Only what a person starts by hand talks to a terminal."""
    found = [
        line
        for line in lines_matching(r"(?<![\w.])print\(", under("webchat", ".py"))
        if not line.startswith(("webchat/__main__", "webchat/demo"))
    ]
    assert not found, sentence("print():", found)


def test_every_silenced_rule_is_named_and_explained() -> None:
    """A rule is right until somebody says why not here."""
    codes = r"#\s*" + r"noqa(?!: [A-Z]+\d+(?:, ?[A-Z]+\d+)*"
    found = lines_matching(codes + r" [^\s])", under("webchat", ".py"))
    found += lines_matching(codes + ")", under("tests", ".py"))
    found += lines_matching(r"#\s*type:\s*ignore(?!\[[\w, -]+\])", python())
    found += lines_matching(r"#\s*(?:ruff|mypy):", python())
    assert not found, sentence("Name the rule, and in the program say why:", found)


def test_silence_stays_rare() -> None:
    """Where many rules are silenced, the code is wrong or the rule is."""
    count = len(lines_matching(r"#\s*(?:noqa|type:\s*ignore)", under("webchat", ".py")))
    assert count <= 40, f"{count} rules are silenced in webchat/."


def test_templates_and_code_are_valid() -> None:
    """Every Python file parses and every text file is UTF-8 with Unix line ends."""
    for path in python():
        assert tree(path)
    found = [name(path) for path in readable() if b"\r" in path.read_bytes()]
    assert not found, sentence("Carriage returns:", found)


def test_no_test_sleeps_for_luck() -> None:
    """A test waits for what it expects: a pause is too short on a busy machine, too long on every other."""
    found = []
    for path in (path for path in under("tests", ".py") if not name(path).startswith("tests/bench/")):
        pauses = [call for call in nodes(path) if isinstance(call, ast.Call) and _sleeps(call)]
        loops = [loop for loop in nodes(path) if pauses and isinstance(loop, ast.While | ast.For)]
        waiting = {call for loop in loops for call in ast.walk(loop)}
        found += [f"{name(path)}:{call.lineno}" for call in pauses if call not in waiting]
    assert not found, sentence("A pause stands only in a loop that waits for something:", found)


def _sleeps(call: ast.Call) -> bool:
    """sleep(0) only gives the others their turn."""
    function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    length = call.args[0] if call.args else None
    return function == "sleep" and not (isinstance(length, ast.Constant) and length.value == 0)


def test_nothing_that_is_ignored_is_in_the_history() -> None:
    """What tools make on one machine (an environment, a cache, data) is not part of the project."""
    if not (ROOT / ".git").exists():
        return  # an unpacked archive has no history
    command = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    found = run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert not found, sentence(f"{len(found)} files are tracked and ignored, among them:", found[:5])
