"""This room reads templates as HTML: what stands in them when Jinja's own tags are taken away."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from tests.house.tree import ROOT, name, strings, template_name, templates, text, under

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_TRANSLATED = re.compile(r"\{%-?\s*trans\b.*?\bendtrans\s*-?%\}", re.DOTALL)
_TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_CALL = re.compile(r"""\w*\((?:"[^"]*"|'[^']*'|[^()"'])*\)|\[["'][^\]]*\]|(?:==|!=)\s*["'][^"']*["']""")
_REFERENCE = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+([^%]*?)%\}""", re.DOTALL)
_QUOTED = re.compile(r"""["']([\w/.-]+\.html)["']""")


@dataclass
class Element:
    """A start tag: its name, its attributes, how deep it stands, in which line."""

    tag: str
    attributes: dict[str, str]
    depth: int
    line: int


@dataclass
class Markup(HTMLParser):
    """The elements and the bare text of one template."""

    elements: list[Element] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element; void ones and those of SVG that close themselves hold nothing."""
        attributes = {key: value or "" for key, value in attrs}
        self.elements.append(Element(tag, attributes, len(self._open), self.getpos()[0]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<path/>` and the like."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close up to the element of this name."""
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Text that stands in the template itself."""
        if data.strip() and not {"script", "style"} & set(self._open):
            self.texts.append((self.getpos()[0], data.strip()))


def without_jinja(source: str) -> str:
    """The HTML of a template: translated text and comments taken out, values replaced by nothing of note."""
    for pattern in (_COMMENT, _TRANSLATED):
        source = pattern.sub(_same_lines, source)
    return _TAG.sub(_same_lines, _VALUE.sub(_literals, source))


def _literals(found: re.Match[str]) -> str:
    """What an expression shows as it stands: "name" of `{{ "name" if short else _("Long name") }}`."""
    expression = found[0]
    while (simpler := _CALL.sub("", expression)) != expression:
        expression = simpler
    return " ".join(re.findall(r"""["']([^"']*)["']""", expression)) + _same_lines(found)


def _same_lines(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


@cache
def markup(path: Path) -> Markup:
    """A template as elements and text."""
    parsed = Markup()
    parsed.feed(without_jinja(text(path)))
    parsed.close()
    return parsed


def references(path: Path) -> set[str]:
    """The templates that a template extends, includes or imports."""
    source = _COMMENT.sub("", text(path))
    return {found for tag in _REFERENCE.findall(source) for found in _QUOTED.findall(tag)}


def closure(names: set[str]) -> set[str]:
    """These templates and all that they include, and so on."""
    seen: set[str] = set()
    waiting = set(names)
    while waiting:
        one = waiting.pop()
        seen.add(one)
        path = ROOT / "templates" / one
        if path.is_file():
            waiting |= references(path) - seen
    return seen


def named_in_code(*, only: str = "") -> set[str]:
    """Templates whose names stand in Python files, or in those with this name (file or folder)."""
    known = {template_name(path) for path in templates()}
    places = [path for path in under("webchat", ".py") if not only or only in path.with_suffix("").parts]
    return {string for path in places for string in strings(path) if string in known}


def pushed() -> set[str]:
    """The partials that can reach a page by its stream, with all that they include."""
    return {one for one in closure(named_in_code(only="fragments")) if one.rpartition("/")[2].startswith("_")}


def each(names: set[str]) -> Iterator[tuple[str, Markup]]:
    """Templates by name, with their markup."""
    for one in sorted(names):
        yield one, markup(ROOT / "templates" / one)


def where(path: Path, line: int) -> str:
    """A place in a file as people say it."""
    return f"{name(path)}:{line}"
