"""This room brings foreign HTML into a bounded shape: each element closed, few, and not deep in each other.

What a parser makes of broken HTML can take time and room that grow with the square of its length. So before
one sees it, it is written anew in a single pass that looks at no character more than a few times. Nothing is
judged to be safe here: that is for the cleaner, which reads what this room wrote (webchat.markup.html).
"""

import re
from collections.abc import Collection, Mapping
from html import escape

MOST_TAGS = 5000
DEEPEST = 60
"""What has more tags or is nested deeper is shown as plain text."""

LONGEST_NAME = 20

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/><]*)")
_ATTRIBUTE = re.compile(r"([^\s/>=\"'<]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']*)))?")
_SPACES = re.compile(r"[\s/]*")
_RAW = (
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
)
"""What stands in these is no HTML, up to the end that is named like the beginning."""

_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}
VOID = frozenset({"br", "col", "hr", "img"})
CELLS = ("td", "th")
_PARTS = frozenset({"caption", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"})
BLOCKS = frozenset(
    [
        "blockquote",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "table",
        "ul",
    ]
)
_ENDS_WITH: Mapping[str, Collection[str]] = {name: ("p",) for name in BLOCKS} | {
    "li": ("p", "li"),
    "dd": ("p", "dd", "dt"),
    "dt": ("p", "dd", "dt"),
    "td": CELLS,
    "th": CELLS,
    "tr": (*CELLS, "tr"),
    "tbody": (*CELLS, "tr", "thead", "tbody", "tfoot", "caption", "colgroup"),
    "thead": (*CELLS, "tr", "thead", "tbody", "tfoot", "caption", "colgroup"),
    "tfoot": (*CELLS, "tr", "thead", "tbody", "tfoot", "caption", "colgroup"),
}
"""An element → what it ends by beginning, where nobody wrote that end."""


class _TooMuch(Exception):
    """More elements than are drawn."""


def bounded(html: str, tags: Collection[str], emptied: Collection[str]) -> str:
    """The same HTML with nothing but these tags in it; where it has too much of them, its words alone.

    emptied  elements whose content goes with them
    """
    return measured(html, tags, emptied)[0]


def measured(html: str, tags: Collection[str], emptied: Collection[str]) -> tuple[str, bool]:
    """As `bounded` has it, and whether it is more than its words alone."""
    try:
        return _Writer(tags, emptied).write(html), True
    except _TooMuch:
        lines = _Writer((), emptied).write(html).split("\n")
        return "".join(f"<p>{line}</p>" for line in lines if line.strip()), False


class _Writer:
    """Writes one text anew. Without any tags that are allowed, blocks become lines."""

    def __init__(self, tags: Collection[str], emptied: Collection[str]) -> None:
        self._tags = tags
        self._emptied = emptied
        self._made: list[str] = []
        self._open: list[str] = []
        self._hidden: list[str] = []
        self._count = 0

    def write(self, html: str) -> str:
        """All of it. Raises _TooMuch."""
        at, last = 0, html.rfind(">")
        while at < len(html):
            start = html.find("<", at)
            start = len(html) if start < 0 else start
            self._text(html[at:start])
            at = self._markup(html, start) if start <= last else self._rest(html, start)
        while self._open:
            self._made.append(f"</{self._open.pop()}>")
        return "".join(self._made)

    def _text(self, text: str) -> None:
        if text and not self._hidden:
            self._made.append(text.replace(">", "&gt;"))

    def _rest(self, html: str, start: int) -> int:
        self._text(html[start:].replace("<", "&lt;"))
        return len(html)

    def _markup(self, html: str, start: int) -> int:
        """What begins with "<" there, with a ">" somewhere behind it; where it ends."""
        if html.startswith("<!--", start):
            end = html.find("-->", start + 2)
            return len(html) if end < 0 else end + 3
        found = _TAG.match(html, start)
        if found is None:
            if html[start + 1 : start + 2] in ("!", "?", "/"):
                return html.index(">", start) + 1
            self._text("&lt;")
            return start + 1
        name = found[2].lower()
        if found[1]:
            self._end(name)
            return html.index(">", start) + 1
        attributes, at = self._attributes(html, found.end())
        self._begin(name, attributes)
        if name in _RAW:
            # Nothing of it is kept, so only where it ends has to be found.
            ended = _ENDS[name].search(html, at)
            self._end(name)
            at = len(html) if ended is None else (html.find(">", ended.end()) + 1 or len(html))
        return at

    @staticmethod
    def _attributes(html: str, at: int) -> tuple[dict[str, str], int]:
        said: dict[str, str] = {}
        while at < len(html) and html[at] != ">":
            found = _ATTRIBUTE.match(html, at)
            if found is None:
                spaces = _SPACES.match(html, at)
                at = max(at + 1, spaces.end() if spaces else 0)
                continue
            value = next((group for group in found.groups()[1:] if group is not None), "")
            if len(found[1]) <= LONGEST_NAME:
                said.setdefault(found[1].lower(), value)
            at = found.end()
        return said, at + 1

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._hidden or name in self._emptied:
            if name in self._emptied and (not self._hidden or name == self._hidden[-1]):
                self._hidden.append(name)
            return
        if not self._tags:
            self._line(name)
        if name not in self._tags:
            return
        while self._open and self._open[-1] in _ENDS_WITH.get(name, ()):
            self._made.append(f"</{self._open.pop()}>")
        self._count += 1
        said = "".join(f' {key}="{_quoted(value)}"' for key, value in attributes.items() if key.isalpha())
        self._made.append(f"<{name}{said}>")
        if name not in VOID:
            self._open.append(name)
        if self._count > MOST_TAGS or len(self._open) > DEEPEST:
            raise _TooMuch

    def _end(self, name: str) -> None:
        if self._hidden:
            if name == self._hidden[-1]:
                self._hidden.pop()
            return
        if not self._tags:
            self._line(name)
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place] == name:
                self._made += [f"</{each}>" for each in reversed(self._open[place:])]
                del self._open[place:]
                return
            if self._open[place] in _PARTS and name not in _PARTS:
                return

    def _line(self, name: str) -> None:
        if name in BLOCKS or name in _PARTS or name == "br":
            self._made.append("\n")


def _quoted(value: str) -> str:
    """References stay as they are: the cleaner reads them."""
    return escape(value, quote=True).replace("&amp;", "&")
