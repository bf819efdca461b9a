"""This room draws the body of a message: styled, linked, escaped, in linear time (XEP-0393, XEP-0245)."""

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


def render_body(text: str, prefix: str = "", *, styled: bool = True) -> Markup:
    """The body as HTML made of a, strong, em, del, code, pre, blockquote, br and span, classes only.

    text    what was received, untrusted
    prefix  the path that the site lives under, for links to pages of ours
    styled  False for a text whose sender wants no styling (XEP-0393 §7)

    Never raises; the same text always gives the same HTML.
    """
    return _remembered(text if len(text) <= LIMIT else text[:LIMIT] + _MORE, prefix, styled)


@lru_cache(maxsize=2048)
def _remembered(text: str, prefix: str, styled: bool) -> Markup:
    text = clean(text)
    if only_emoji(text):
        return Markup('<span class="jumbo">{}</span>').format(text)
    writer = _Writer(prefix)
    if len(text) <= STYLED and not styled:
        writer.linked_lines(text)
    elif len(text) <= STYLED:
        writer.blocks(styling.blocks(text))
    else:
        writer.lines(text)
    return writer.markup()


class _Writer:
    """Collects HTML; everything that came from outside goes through `escape`."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._parts: list[str] = []
        self._left = MOST_ELEMENTS

    def markup(self) -> Markup:
        return Markup("".join(self._parts))  # noqa: S704 - every part is escaped or a literal of this file

    def text(self, text: str) -> None:
        self._parts.append(str(escape(text)))

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
            self.text("".join(str(child) for child in span.children))
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
