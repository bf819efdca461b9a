"""This room renders the Markdown of posts: CommonMark, tables, strikethrough, never raw HTML."""

from collections.abc import Iterable, Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from webchat.markup import html, links

LONGEST = 65_536
"""Characters that are read."""


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


def unclean(text: str) -> str:
    """The HTML before cleaning, as it is also sent to others: well-formed, no raw HTML of its author."""
    made: str = _parser().render(text[:LONGEST])
    return made
