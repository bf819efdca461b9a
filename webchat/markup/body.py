"""This room draws the body of a message: styled, linked, escaped, in linear time (XEP-0393, XEP-0245)."""

import re
from functools import lru_cache

from markupsafe import Markup, escape

from webchat.markup import links, styling
from webchat.markup.characters import clean
from webchat.markup.emoji import only_emoji
from webchat.markup.styling import Inline, Preformatted, Quote, Span

LIMIT = 8 * 1024
"""Characters of a body that are shown; the rest is told by an ellipsis and stands on a page of its own."""

STYLED = 2 * 1024
"""Up to this length a body is styled and linked: what a stranger writes must not hold up the loop."""

MOST_ELEMENTS = 500
"""Elements that one body may cost a browser; what comes after is shown as plain text."""
_TAGS = {"*": "strong", "_": "em", "~": "del", "`": "code"}
_REL = "noopener noreferrer nofollow ugc"
_ACTION = "/me "
_MORE = " …"


def is_action(text: str) -> bool:
    """True for "/me does something" (XEP-0245 §2: the four characters at the very start)."""
    return text.startswith(_ACTION)


def action_text(text: str) -> str:
    """What stands after "/me "; the author's name is put before it by whoever draws the message."""
    return text.removeprefix(_ACTION)


Pictures = tuple[tuple[str, str], ...]
"""Words of a body that a picture stands for, and its address at this site."""


def render_body(text: str, prefix: str = "", *, styled: bool = True, pictures: Pictures = ()) -> Markup:
    """The body as HTML made of a, strong, em, del, code, pre, blockquote, br, span and img, classes only.

    text    what was received, untrusted
    prefix  the path that the site lives under, for links to pages of ours
    styled  False for a text whose sender wants no styling (XEP-0393 §7)
    pictures  drawn in the place of their words, but not in code and links

    Never raises; the same text always gives the same HTML.
    """
    return _remembered(text if len(text) <= LIMIT else text[:LIMIT] + _MORE, prefix, styled, pictures)


@lru_cache(maxsize=2048)
def _remembered(text: str, prefix: str, styled: bool, pictures: Pictures) -> Markup:
    text = clean(text)
    if pictures and only_emoji(_plain(text, pictures)):
        writer = _Writer(prefix, pictures)
        writer.text(text)
        return Markup('<span class="jumbo">{}</span>').format(writer.markup())
    if only_emoji(text):
        return Markup('<span class="jumbo">{}</span>').format(text)
    writer = _Writer(prefix, pictures)
    if len(text) <= STYLED and not styled:
        writer.linked_lines(text)
    elif len(text) <= STYLED:
        writer.blocks(styling.blocks(text))
    else:
        writer.lines(text)
    return writer.markup()


def _any_of(pictures: Pictures) -> re.Pattern[str] | None:
    longest_first = sorted((words for words, _ in pictures), key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})") if longest_first else None


def _plain(text: str, pictures: Pictures) -> str:
    """As if each picture were an emoji."""
    words = _any_of(pictures)
    return words.sub("\u263a", text) if words is not None and len(text) <= STYLED else text


class _Writer:
    """Collects HTML; everything that came from outside goes through `escape`."""

    def __init__(self, prefix: str, pictures: Pictures = ()) -> None:
        self._prefix = prefix
        self._pictures = dict(pictures)
        self._words = _any_of(pictures)
        self._parts: list[str] = []
        self._left = MOST_ELEMENTS

    def markup(self) -> Markup:
        return Markup("".join(self._parts))  # noqa: S704 - every part is escaped or a literal of this file

    def text(self, text: str) -> None:
        for piece in self._words.split(text) if self._words is not None else (text,):
            self._parts.append(self._picture(piece) if self._is_picture(piece) else str(escape(piece)))

    def _is_picture(self, piece: str) -> bool:
        return piece in self._pictures and self._take(1)

    def _picture(self, words: str) -> str:
        return (
            f'<img class="emoji" src="{escape(self._pictures[words])}" alt="{escape(words)}" '
            f'title="{escape(words)}" width="24" height="24" loading="lazy" decoding="async">'
        )

    def lines(self, text: str) -> None:
        """As it is, line for line."""
        for n, line in enumerate(text.split("\n")):
            if n:
                self._line_break()
            self.text(line)

    def linked_lines(self, text: str) -> None:
        """As it is, with its links."""
        for n, line in enumerate(text.split("\n")):
            if n:
                self._line_break()
            self._linked(line)

    def blocks(self, blocks: "list[styling.Block] | tuple[styling.Block, ...]") -> None:
        after_line = False
        for block in blocks:
            match block:
                case Quote(children):
                    self._quote(children)
                case Preformatted():
                    self._preformatted(block)
                case styling.Plain(line):
                    if after_line:
                        self._line_break()
                    self._spans(styling.spans(line) if self._left > 0 else [line])
            after_line = isinstance(block, styling.Plain)

    def _line_break(self) -> None:
        if self._take(1):
            self._parts.append("<br>")
        else:
            self._parts.append("\n")

    def _take(self, elements: int) -> bool:
        self._left -= elements
        return self._left >= 0

    def _mark(self, text: str) -> None:
        # Directives stay readable as typed but are not read aloud (XEP-0393 §§6, 7).
        self._parts.append(f'<span class="mark" aria-hidden="true">{escape(text)}</span>')

    def _quote(self, blocks: tuple[styling.Block, ...]) -> None:
        drawn = self._take(1)
        self._parts.append("<blockquote>" if drawn else "\n")
        self.blocks(blocks)
        self._parts.append("</blockquote>" if drawn else "\n")

    def _preformatted(self, block: Preformatted) -> None:
        if not self._take(4):
            closing = "\n" + styling.FENCE if block.closed else ""
            self.text(f"\n{block.opening}\n{block.text}{closing}\n")
            return
        self._parts.append("<pre>")
        self._mark(block.opening + "\n")
        self._parts.append(f"<code>{escape(block.text)}</code>")
        if block.closed:
            self._mark("\n" + styling.FENCE)
        self._parts.append("</pre>")

    def _spans(self, children: "list[Inline] | tuple[Inline, ...]") -> None:
        for child in children:
            if isinstance(child, Span):
                self._span(child)
            else:
                self._linked(child)

    def _span(self, span: Span) -> None:
        if not self._take(3):
            self.text(span.directive)
            self._spans(span.children)
            self.text(span.directive)
            return
        tag = _TAGS[span.directive]
        self._parts.append(f"<{tag}>")
        self._mark(span.directive)
        if span.directive == "`":
            self._parts.append(str(escape("".join(str(child) for child in span.children))))
        else:
            self._spans(span.children)
        self._mark(span.directive)
        self._parts.append(f"</{tag}>")

    def _linked(self, text: str) -> None:
        for piece in links.split(text) if self._left > 0 else [text]:
            if isinstance(piece, str):
                self.text(piece)
            elif self._take(2):
                self._link(piece)
            else:
                self.text(piece.href if piece.external else piece.text)

    def _link(self, link: links.Link) -> None:
        target = ' target="_blank"' if link.external else ""
        href = escape(self._prefix + link.href if link.href.startswith("/") else link.href)
        opening = f'<a class="link" href="{href}" rel="{_REL}"{target} dir="ltr">'
        self._parts.append(f"{opening}{escape(link.text)}</a>")
        if link.host:
            self._parts.append(f'<span class="link-host"> ({escape(link.host)})</span>')
