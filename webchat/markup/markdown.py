"""This room renders the Markdown of posts: CommonMark, tables, strikethrough, never raw HTML."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from webchat.markup import html, links

LONGEST = 65_536
"""Characters that are read."""

MOST_SIGNS = 6000
MOST_LINES = 4000
MOST_CELLS = 4000
"""Text with more signs, lines or cells of tables than these takes seconds to parse: it is shown as it is."""

_SIGNS = re.compile(r"[\[\]()*_~`<>!|\\]")
_DEEP = re.compile(r"(?:>[ \t]*|(?:[-+*]|[0-9]{1,9}[.)])[ \t]+){16}")
"""Quotations and lists within each other, all of them on one line."""

_BELOW_HEADS = re.compile(r"[ \t]*[-:|][-:| \t]*")
"""The line of a table that stands below its heads."""


@cache
def _parser() -> MarkdownIt:
    # Without raw HTML its signs are escaped; depth is bounded against text that nests for ever.
    made = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": 40})
    made.core.ruler.push("addresses", _link_addresses)
    return made.enable(["table", "strikethrough"])


def _link_addresses(state: StateCore) -> None:
    """An address that stands in the text for itself is a link, as in messages."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = list(_linked(block.children))


def _linked(tokens: Iterable[Token]) -> Iterator[Token]:
    inside = 0
    for token in tokens:
        inside += token.type.count("link_open") - token.type.count("link_close")
        if inside or token.type != "text":
            yield token
            continue
        for piece in links.split(token.content):
            if isinstance(piece, str):
                yield Token("text", "", 0, content=piece)
            else:
                yield Token("link_open", "a", 1, attrs={"href": piece.href})
                yield Token("text", "", 0, content=piece.text)
                yield Token("link_close", "a", -1)


def render(text: str) -> Markup:
    """Markdown as HTML that went through the same cleaning as everything foreign."""
    return html.clean(unclean(text))


def judged(text: str) -> tuple[Markup, bool]:
    """The same, and whether it is all there, in the form that it had: else it is cut, or as it was typed."""
    made, whole = html.judged(unclean(text))
    return made, whole and len(text) <= LONGEST and _bounded(text)


def unclean(text: str) -> str:
    """The HTML before cleaning, as it is also sent to others: well-formed, no raw HTML of its author."""
    text = text[:LONGEST]
    if not _bounded(text):
        return as_typed(text)
    made: str = _parser().render(text)
    return made


def as_typed(text: str) -> str:
    """Text without any form but its paragraphs and lines, as HTML."""
    pieces = (escape(piece.strip()).replace("\n", "<br />\n") for piece in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{piece}</p>\n" for piece in pieces if piece)


def _bounded(text: str) -> bool:
    """Whether it is parsed in no time (R07, D08): what many people wait for is not a stranger's to decide."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES or len(_SIGNS.findall(text)) > MOST_SIGNS or _DEEP.search(text):
        return False
    columns = cells = 0
    for line in lines:
        if "|" in line and _BELOW_HEADS.fullmatch(line):
            columns = max(columns, line.count("|"))
        elif not line.strip():
            columns = 0
        cells += columns
    return cells <= MOST_CELLS
