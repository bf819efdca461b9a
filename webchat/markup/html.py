"""This room cleans foreign HTML: what is left may be shown, loads nothing by itself, names nothing of ours.

Pictures are kept as places only: their address begins with "picture:", which no browser opens, until a page
puts an address of our own media proxy there (`with_pictures`).
"""

import re
from collections.abc import Callable
from html import escape, unescape

import nh3
from markupsafe import Markup

from webchat.markup.characters import clean as clean_characters
from webchat.markup.shape import BLOCKS, CELLS, DEEPEST, MOST_TAGS, VOID, measured

LONGEST = 200_000
"""Characters of foreign HTML that are read; the rest is cut off."""

LONGEST_ADDRESS = 4096
PLACE = "picture:"
"""What the address of a picture begins with while nobody has said where it comes from."""

TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
    ]
)
ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"alt", "src", "title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
EMPTIED = frozenset(
    [
        "applet",
        "audio",
        "button",
        "canvas",
        "datalist",
        "embed",
        "frame",
        "frameset",
        "head",
        "iframe",
        "math",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "option",
        "optgroup",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
        "xmp",
    ]
)
"""Elements whose content goes with them."""

SCHEMES = frozenset({"http", "https", "mailto", "xmpp", "picture"})
REL = "nofollow noopener noreferrer"

_WEB = re.compile(r"https?://[^\s\\\x00-\x20]{1,4090}", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|mailto:|xmpp:)[^\s\\\x00-\x20]{1,4090}", re.IGNORECASE)
_NUMBER = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)(?: [a-z]+=\"[^\"]*\")*>")
_PICTURE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_PICTURE_OR_LINK = re.compile(rf'{_PICTURE.pattern}|</?a(?: [a-z]+="[^"]*")*>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_OPENING_LINK = re.compile(r'(<a(?: [a-z]+="[^"]*")*? href=")([^"]*)(")')
_HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")
_SPACES = re.compile(r"[ \t\r\f\v]+")
_LINED = BLOCKS.union(CELLS, ("br", "caption", "tr"))
"""Elements that begin and end a line of plain text."""

_LINED_TAG = re.compile(rf'</?(?:{"|".join(sorted(_LINED))})(?: [a-z]+="[^"]*")*>')


def clean(html: str) -> Markup:
    """What may be shown of foreign HTML (cases H02, H03, H14, H15). Cleaning twice is cleaning once."""
    return judged(html)[0]


def judged(html: str) -> tuple[Markup, bool]:
    """The same, and whether it is all there, in the form that it had: else it is cut, or its words alone."""
    text = html[:LONGEST].encode("utf-8", "replace").decode().replace("\0", "")
    # The parser takes minutes for some broken HTML, while everybody waits: it sees none (R07, D07).
    made, whole = measured(clean_characters(text), TAGS, EMPTIED)
    # What hid behind a reference (&#x202e;) stands there now; the parser has the last word.
    made = _pass(clean_characters(_pass(made)))
    if _too_much(made):
        made = _pass("".join(f"<p>{escape(line)}</p>" for line in text_of(made).split("\n") if line))
        whole = False
    return Markup(made), whole and len(html) <= LONGEST  # noqa: S704 (the cleaner had the last word)


def _pass(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags=set(EMPTIED),
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=set(SCHEMES),
        link_rel=REL,
        strip_comments=True,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    match name:
        case "href":
            return value if len(value) <= LONGEST_ADDRESS and _LINK.fullmatch(value) else None
        case "src":
            bare = value.removeprefix(PLACE)
            fits = len(bare) <= LONGEST_ADDRESS and _WEB.fullmatch(bare)
            return PLACE + bare if fits else None
        case "dir":
            return value if value in ("ltr", "rtl", "auto") else None
        case "lang":
            return value if _LANGUAGE.fullmatch(value) else None
        case "colspan" | "rowspan" | "start":
            return value if _NUMBER.fullmatch(value) else None
        case "scope":
            return value if value in ("row", "col") else None
    return value[:1000]


def _too_much(html: str) -> bool:
    depth = tags = 0
    for found in _TAG.finditer(html):
        tags += 1
        if found[2] in VOID:
            continue
        depth += -1 if found[1] else 1
        if depth > DEEPEST or tags > MOST_TAGS:
            return True
    return False


def beginning(cleaned: str, most: int) -> str:
    """So many characters of HTML that was cleaned, no tag cut in two: for those who look at its first words.
    Elements may be left open."""
    cut = cleaned[:most]
    return cut if cut.rfind("<") <= cut.rfind(">") else cut[: cut.rfind("<")]


def text_of(cleaned: str) -> str:
    """The words of HTML that was cleaned, one line for each block."""
    plain = _TAG.sub("", _LINED_TAG.sub("\n", cleaned))
    lines = (line.strip() for line in _SPACES.sub(" ", unescape(plain)).split("\n"))
    return "\n".join(line for line in lines if line)


def pictures(cleaned: str) -> list[str]:
    """The addresses of the pictures in HTML that was cleaned, each once and in order."""
    found = (dict(_ATTRIBUTE.findall(each[1])).get("src", "") for each in _PICTURE.finditer(cleaned))
    return list(dict.fromkeys(unescape(src).removeprefix(PLACE) for src in found if src.startswith(PLACE)))


def links(cleaned: str) -> list[str]:
    """The web addresses that HTML which was cleaned links to, each once and in order."""
    found = (unescape(each[2]) for each in _OPENING_LINK.finditer(cleaned))
    return list(dict.fromkeys(href for href in found if href.lower().startswith(("https://", "http://"))))


def shown(
    cleaned: str,
    picture: Callable[[str], str],
    link: Callable[[str], str] = str,
    *,
    below: int = 1,
    download: Callable[[str], str] | None = None,
) -> Markup:
    """HTML that was cleaned, as a page shows it.

    picture   address of a picture → where our media proxy has it; "" leaves the words for it
    link      address that begins with xmpp: → where it leads within the site
    below     level of the heading above it: its own headings begin one level deeper
    download  address of a picture → where one gets it as a file: pictures can be opened then, large
    """
    inside = False

    def place(found: re.Match[str]) -> str:
        nonlocal inside
        if not found[0].startswith("<img"):
            inside = not found[0].startswith("</")
            return found[0]
        said = {name: unescape(value) for name, value in _ATTRIBUTE.findall(found[1])}
        src = said.get("src", "")
        alt = said.get("alt", "") or said.get("title", "")
        path = picture(src.removeprefix(PLACE)) if src.startswith(PLACE) else ""
        if not path:
            return escape(alt)
        img = f'<img src="{escape(path)}" alt="{escape(alt)}" loading="lazy" decoding="async">'
        if download is None or inside:
            return img
        file = escape(download(src.removeprefix(PLACE)))
        large = f'href="{escape(path)}" data-lightbox data-said="{escape(alt)}" data-download="{file}"'
        return f'<a class="picture" {large}>{img}</a>'

    def leads(found: re.Match[str]) -> str:
        href = unescape(found[2])
        to = link(href) if href[:5].lower() == "xmpp:" else href
        return f"{found[1]}{escape(to)}{found[3]}"

    made = _PICTURE_OR_LINK.sub(place, cleaned)
    made = _OPENING_LINK.sub(leads, made)
    made = _HEADING.sub(lambda found: f"{found[1]}{min(6, int(found[2]) + below)}", made)
    return Markup(made)  # noqa: S704 (clean HTML, and what was put into it is escaped)
