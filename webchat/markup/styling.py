"""This room reads message styling: text becomes blocks and spans, nothing is drawn here (XEP-0393)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_DEPTH = 8
"""Quotations nested deeper stay as they were typed: no page has room for them."""

FENCE = "```"
_DIRECTIVE = re.compile(r"[*_~`]")


@dataclass(frozen=True, slots=True)
class Span:
    """Text between two directives; `directive` is one of * _ ~ `; the children of ` are one plain text."""

    directive: str
    children: tuple["Inline", ...]


Inline = str | Span


@dataclass(frozen=True, slots=True)
class Plain:
    """One line outside of preformatted text (§5.1.1)."""

    line: str


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Lines between fences (§5.1.2); `opening` is the whole first fence, `closed` by a second."""

    opening: str
    text: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """Consecutive lines that began with ">" (§5.1.3), without it."""

    blocks: tuple["Block", ...]


Block = Plain | Preformatted | Quote


def blocks(text: str, depth: int = 0) -> list[Block]:
    """Split a body, or what stands inside a quotation, into its blocks (XEP-0393 §5.1)."""
    lines = text.split("\n")
    found: list[Block] = []
    at = 0
    while at < len(lines):
        if lines[at].startswith(FENCE):
            block, at = _preformatted(lines, at)
            found.append(block)
        elif lines[at].startswith(">") and depth < MAX_DEPTH:
            end = at
            while end < len(lines) and lines[end].startswith(">"):
                end += 1
            inside = "\n".join(_unquoted(line) for line in lines[at:end])
            found.append(Quote(tuple(blocks(inside, depth + 1))))
            at = end
        else:
            found.append(Plain(lines[at]))
            at += 1
    return found


def _preformatted(lines: Sequence[str], at: int) -> tuple[Preformatted, int]:
    end = at + 1
    while end < len(lines) and lines[end] != FENCE:
        end += 1
    closed = end < len(lines)
    return Preformatted(lines[at], "\n".join(lines[at + 1 : end]), closed), end + closed


def _unquoted(line: str) -> str:
    inside = line[1:]
    return inside[1:] if inside[:1].isspace() else inside


def spans(line: str) -> list[Inline]:
    """Split one line, or what stands inside a span, into plain texts and spans (XEP-0393 §5.2).

    Linear: a directive that found no partner in this text is not looked for again, and a span cannot
    contain a span of its own kind, so nothing is read more often than there are directives.
    """
    found: list[Inline] = []
    hopeless: set[str] = set()
    plain = at = 0
    while match := _DIRECTIVE.search(line, at):
        opening, directive = match.start(), match.group()
        at = opening + 1
        if directive in hopeless or not _opens(line, opening):
            continue
        closing = _closing(line, opening)
        if closing < 0:
            hopeless.add(directive)
            continue
        if plain < opening:
            found.append(line[plain:opening])
        inside = line[opening + 1 : closing]
        found.append(Span(directive, (inside,) if directive == "`" else tuple(spans(inside))))
        plain = at = closing + 1
    if plain < len(line):
        found.append(line[plain:])
    return found


def _opens(line: str, at: int) -> bool:
    # Position 0 is the start of the block or follows a different opening directive (we are inside its span).
    if at and not line[at - 1].isspace():
        return False
    following = line[at + 1 : at + 2]
    return bool(following) and not following.isspace() and following != line[at]


def _closing(line: str, opening: int) -> int:
    at = line.find(line[opening], opening + 2)
    while at >= 0 and line[at - 1].isspace():
        at = line.find(line[opening], at + 1)
    return at
