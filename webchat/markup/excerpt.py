"""This room shortens a body to one line of plain text for lists, titles and notifications."""

import re
from functools import lru_cache

from webchat.markup import links, styling
from webchat.markup.characters import DIRECTION_MARKS, clean
from webchat.markup.styling import Inline, Plain, Preformatted, Quote, Span

LONGEST = 120
_READ = 2000
_SPACES = re.compile(r"\s+")
_DIRECTIONS = dict.fromkeys(DIRECTION_MARKS)
_USERINFO = re.compile(r"(?<=://)[^/?#]*@")


def excerpt(text: str, limit: int = LONGEST) -> str:
    """One line of at most `limit` characters: styling marks and secrets of addresses left out.

    A quotation is shown only when there is nothing else. The result is text, to be escaped as usual.
    """
    return _remembered(text[:_READ], limit)


@lru_cache(maxsize=2048)
def _remembered(text: str, limit: int) -> str:
    blocks = styling.blocks(clean(text))
    words = _SPACES.sub(" ", _own_words(blocks) or _quoted(blocks)).translate(_DIRECTIONS).strip()
    if len(words) <= limit:
        return words
    return words[: limit - 1].rstrip() + "…"


def _own_words(blocks: "list[styling.Block] | tuple[styling.Block, ...]") -> str:
    found: list[str] = []
    for block in blocks:
        match block:
            case Plain(line):
                found.append("".join(_plain(child) for child in styling.spans(line)))
            case Preformatted():
                found.append(block.text)
    return " ".join(found).strip()


def _quoted(blocks: "list[styling.Block] | tuple[styling.Block, ...]") -> str:
    inside = (block.blocks for block in blocks if isinstance(block, Quote))
    return " ".join(_own_words(children) or _quoted(children) for children in inside)


def _plain(inline: Inline) -> str:
    if isinstance(inline, Span):
        return "".join(_plain(child) for child in inline.children)
    return "".join(piece if isinstance(piece, str) else _address(piece) for piece in links.split(inline))


def _address(link: links.Link) -> str:
    # Passwords, tokens and keys travel in these parts of an address; an overview needs none of them.
    shown = link.text if len(link.href) <= links.LONGEST_SHOWN else link.href
    bare = re.split(r"[?#]", _USERINFO.sub("", shown), maxsplit=1)[0]
    return bare if bare == shown else bare + "…"
