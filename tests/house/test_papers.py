"""This room guards the operator and the reader: what the documents say is what the program does."""

import re
import sys
import tomllib

import pytest

from tests.house.papers import (
    PAPERS,
    TITLES,
    citations,
    claimed,
    claimed_rfcs,
    configuration,
    in_code,
    in_tests,
)
from tests.house.tree import ROOT, imports, name, sentence, text, under
from webchat.config import SETTINGS

MENTIONED = {
    "0091": "superseded by XEP-0203; its time format still stands in old archives",
    "0474": "its idea, to refuse a weaker mechanism than before, without its protocol",
    "0478": "slixmpp reads a server's limits for us; nothing is decided by them yet",
}
"""XEPs that the code names without implementing them, and why."""

BROUGHT_ALONG = {
    "yarl": "aiohttp",
    "multidict": "aiohttp",
    "markupsafe": "jinja2",
    "aiodns": "slixmpp",
    "pycares": "slixmpp",
}
"""What we import although another dependency brings it, and which."""

IMPORT_NAMES = {
    "python-multipart": "multipart",
    "markdown-it-py": "markdown_it",
    "pillow": "PIL",
    "sqlalchemy": "sqlalchemy",
}


@pytest.mark.parametrize("paper", PAPERS)
def test_the_paper_says_what_the_program_does(paper: str) -> None:
    """`python -m tests.house.papers --update` writes it anew."""
    assert (ROOT / paper).read_text(encoding="utf-8") == PAPERS[paper](), (
        f"{paper} is out of date: run python -m tests.house.papers --update"
    )


def test_every_setting_is_documented() -> None:
    """An operator learns of a setting without reading code."""
    page = configuration()
    assert not [each.name for each in SETTINGS if f"`{each.name}`" not in page]
    assert all(each.meaning and each.default for each in SETTINGS)


def test_every_setting_that_is_named_exists() -> None:
    """A document or a compose file does not promise a setting that would stop the start."""
    known = {each.name for each in SETTINGS} | {f"{each.name}_FILE" for each in SETTINGS if each.from_file}
    places = [
        *under("docs", ".md"),
        *(path for path in under("deploy") if path.suffix not in (".png", ".webp")),
        *(ROOT / each for each in ("README.md", "Makefile", "Dockerfile", "docker-compose.yml")),
    ]
    found = [
        f"{name(path)}: {named}"
        for path in places
        for named in sorted(set(re.findall(r"\bWEBCHAT_[A-Z_]*[A-Z]", text(path))) - known)
    ]
    assert not found, sentence("These settings do not exist:", found)


def test_what_is_claimed_is_in_the_code_and_in_a_test() -> None:
    """doap.xml tells other programs and people what works here; nothing stands there on trust."""
    code, tests = citations("XEP", in_code), citations("XEP", in_tests)
    found = [f"XEP-{number} is not cited in webchat/" for number in claimed() if number not in code]
    found += [f"XEP-{number} is not cited in a test" for number in claimed() if number not in tests]
    found += [
        f"XEP-{number} has the state {each.status!r}"
        for number, each in claimed().items()
        if each.status not in ("complete", "partial")
    ]
    found += [f"XEP-{each.number} is partial, but of what?" for each in claimed().values() if _vague(each)]
    assert not found, sentence("doap.xml claims only what exists and is tested:", found)


def _vague(each: object) -> bool:
    return getattr(each, "status", "") == "partial" and not getattr(each, "note", "")


def test_what_is_in_the_code_is_claimed() -> None:
    """An extension that is honoured is announced to people, too."""
    code = citations("XEP", in_code)
    found = [
        f"XEP-{number} ({', '.join(paths)})"
        for number, paths in sorted(code.items())
        if number not in claimed() and number not in MENTIONED
    ]
    assert not found, sentence("Cited in the program, missing in doap.xml:", found)
    assert not [number for number in MENTIONED if number not in code]


def test_claimed_rfcs_are_cited() -> None:
    """The same for the three documents that everything stands on."""
    code, tests = citations("RFC", in_code), citations("RFC", in_tests)
    assert {"6120", "6121", "7590"} <= set(claimed_rfcs())
    found = [f"RFC {number}" for number in claimed_rfcs() if number not in code or number not in tests]
    assert not found, sentence("Claimed in doap.xml, not cited in code and tests:", found)


def test_every_claimed_extension_has_its_title() -> None:
    """The list for people gives names, and no name is left over."""
    assert TITLES.keys() == claimed().keys()


def names(requirements: str) -> set[str]:
    """The packages that a list of requirements names."""
    found = (re.match(r"[\w-]+", line.strip()) for line in requirements.splitlines())
    return {each[0].lower() for each in found if each}


def test_dependencies_are_one_list() -> None:
    """What the package asks for is what is locked."""
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    declared = names("\n".join(project["dependencies"]))
    assert declared == names(text(ROOT / "requirements/runtime.in"))
    locked = names(text(ROOT / "requirements/runtime.txt"))
    assert declared <= locked


def test_every_dependency_is_there_for_a_reason() -> None:
    """Each has its paragraph in the decision record, which says what it does and what else was weighed."""
    record = text(ROOT / "docs/decisions/0001-runtime-dependencies.md").lower()
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    declared = names("\n".join(project["dependencies"])) | names("asyncpg")
    found = sorted(each for each in declared if f"**{each}**" not in record)
    assert not found, sentence("No paragraph in docs/decisions/0001-runtime-dependencies.md:", found)


def test_nothing_is_imported_that_is_not_declared() -> None:
    """What works on our machines works where only the declared packages are."""
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    declared = {IMPORT_NAMES.get(each, each) for each in names("\n".join(project["dependencies"]))}
    allowed = declared | set(BROUGHT_ALONG) | {"webchat", "asyncpg"}
    found = sorted(
        {
            f"{name(path)} imports {module}"
            for path in under("webchat", ".py")
            for module in imports(path)
            if module.split(".")[0] not in allowed and module.split(".")[0] not in sys.stdlib_module_names
        }
    )
    assert not found, sentence("Not among the dependencies of pyproject.toml:", found)
