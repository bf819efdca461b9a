"""This room turns XHTML elements into a string of HTML and clean HTML into XHTML elements."""

import re
from html import escape, unescape
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import namespaces as ns
from webchat.xmpp.xml_text import xml_text

DEEPEST = 200
"""Elements within elements that are read: what walks through them uses the stack of the program."""

MOST_ELEMENTS = 6000
"""Elements that are read: the cleaner shows five thousand at most."""

_VOID = frozenset(
    (
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    )
)
_MUTE = ("script", "style", "template", "title")
"""What is inside of these is no text."""

_LINES = ("br", "p", "div", "li")
"""Elements that begin a line, and so a word."""

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_MARKUP = re.compile(r"<(?:(/?)([a-zA-Z][^\s/<>]*+)[^<>]*+|[!?][^<>]*+)>")
_XHTML = f"{{{ns.XHTML}}}"
_ATOM = f"{{{ns.ATOM}}}"


def shallow(xml: Element) -> bool:
    """Whether an element is nested no deeper than may be walked through."""
    level = [xml]
    for _ in range(DEEPEST):
        level = [child for element in level for child in element]
        if not level:
            return True
    return False


def html(parent: Element, longest: int) -> str:
    """What is inside of `parent` as HTML that nobody cleaned; of elements that are no XHTML only the text.

    Of very many elements the first ones: nobody shows more, and what a stranger sends is read while all wait.
    """
    only = parent[0] if len(parent) == 1 and not (parent.text or "").strip() else None
    if only is not None and _name(only) == "div" and not only.attrib and not (only.tail or "").strip():
        parent = only
    writer = _Writer(longest)
    writer.inside(parent)
    return "".join(writer.made)[:longest].strip()


class _Writer:
    """Writes XHTML elements as HTML without namespaces, until it is as long as anybody reads."""

    def __init__(self, longest: int) -> None:
        self.made: list[str] = []
        self._left = longest
        self._elements = MOST_ELEMENTS

    def inside(self, parent: Element) -> None:
        """All that is in an element."""
        self._write(_escaped(parent.text))
        for child in parent:
            if self._left <= 0 or self._elements <= 0:
                return
            self._element(child)
            self._write(_escaped(child.tail))

    def _element(self, element: Element) -> None:
        name = _name(element)
        self._elements -= 1
        if name in _MUTE:
            return
        if not _NAME.fullmatch(name):
            self._write(_escaped(" ".join("".join(element.itertext()).split())))
            return
        said = {key: value for key, value in element.attrib.items() if _NAME.fullmatch(key)}
        if language := element.get(ns.XML_LANG):
            said["lang"] = language
        attributes = "".join(f' {key}="{escape(value)}"' for key, value in said.items()) if said else ""
        self._write(f"<{name}{attributes}>")
        self.inside(element)
        if name not in _VOID:
            self._write(f"</{name}>")

    def _write(self, text: str) -> None:
        if text:
            self.made.append(text)
            self._left -= len(text)


def _name(element: Element) -> str:
    tag = element.tag if isinstance(element.tag, str) else ""
    name = tag.removeprefix(_XHTML).lower() if tag.startswith(_XHTML) else tag if "{" not in tag else ""
    # COMPAT: content in the namespace of Atom itself, from programs that forgot to say XHTML.
    return name or (tag.removeprefix(_ATOM).lower() if tag.startswith(_ATOM) else "")


def _escaped(text: str | None) -> str:
    return escape(text, quote=False) if text else ""


def _add(parent: Element, text: str | None) -> None:
    """Append text behind all that is there."""
    if not text:
        return
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


class _Builder(HTMLParser):
    """Builds XHTML out of the events of HTML: every end is found, nothing is left open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element(f"{_XHTML}div")
        self._open = [self.root]
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        if tag in _MUTE:
            self._mute += 1
        if self._mute or not _NAME.fullmatch(tag) or len(self._open) > DEEPEST // 2:
            return
        attributes = {
            name: xml_text(value if value is not None else name)
            for name, value in attrs
            if _NAME.fullmatch(name) and not name.startswith(("on", "xmlns"))
        }
        if language := attributes.pop("lang", ""):
            attributes[ns.XML_LANG] = language
        element = SubElement(self._open[-1], f"{_XHTML}{tag}", attributes)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that ends at once, or says so."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and what is open in it; an end without a beginning is none."""
        if tag in _MUTE:
            self._mute = max(0, self._mute - 1)
            return
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == f"{_XHTML}{tag}":
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._mute:
            _add(self._open[-1], xml_text(data))


def elements(html: str) -> Element:
    """A <div/> of XHTML with this clean HTML in it (RFC 4287 §3.1.1.3)."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def paragraphs(text: str) -> Element:
    """Plain text as a <div/> of XHTML: a paragraph for each, lines as they are (W§18 D4)."""
    root = Element(f"{_XHTML}div")
    for paragraph in re.split(r"\n\s*\n", xml_text(text).strip()):
        holder = SubElement(root, f"{_XHTML}p")
        lines = paragraph.split("\n")
        holder.text = lines[0]
        for line in lines[1:]:
            SubElement(holder, f"{_XHTML}br").tail = line
    return root


def words(html: str) -> str:
    """The text of HTML without its elements, in one pass: html.parser takes too long for broken HTML."""
    said, at, mute = [], 0, 0
    for found in _MARKUP.finditer(html):
        if not mute:
            said.append(unescape(html[at : found.start()]))
        at, name = found.end(), (found[2] or "").lower()
        if name in _MUTE:
            mute = max(0, mute - 1) if found[1] else mute + 1
        elif name in _LINES and not found[1]:
            said.append(" ")
    if not mute:
        said.append(unescape(html[at:]))
    return "".join(said)
