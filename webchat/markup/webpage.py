"""This room reads what a web page says of itself: a title, a line about it, a picture.

The page is hostile until shown otherwise, so nothing of it is built: one pass over the head, from tag to tag,
that never looks at a character more than a few times. (html.parser takes quadratic time for broken pages.)
"""

import codecs
import re
from dataclasses import dataclass
from html import unescape
from itertools import islice

from webchat.markup.characters import DIRECTION_MARKS, INVISIBLE, clean

MOST_TAGS = 5000
MOST_METAS = 300
LONGEST_TAG = 8 * 1024
TITLE, DESCRIPTION, SITE = 140, 260, 60
"""Characters of each that are kept."""

_HEAD = 2048
_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_.:-]{1,40})")
_CHARSETS = frozenset({
    "utf-8", "iso8859-1", "iso8859-2", "iso8859-5", "iso8859-9", "iso8859-15", "cp1250", "cp1251", "cp1252",
    "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8-r", "koi8-u", "shift_jis", "euc_jp", "euc_kr",
    "gb2312", "gbk", "gb18030", "big5", "ascii",
})  # fmt: skip

_TAG = re.compile(r"<(?:!--|(/?)([a-zA-Z]{1,20})(?=[\s/>]))")
_NAME = re.compile(r"[\s/]*([^\s/>=\"'<]{1,60})")
_EQUALS = re.compile(r"\s*=\s*")
_BARE = re.compile(r"[^\s>\"'=<`]*")
_SPACES = re.compile(r"\s+")
_RAW = {
    name: re.compile(rf"</{name}[\s/>]", re.IGNORECASE)
    for name in ("title", "script", "style", "noscript", "template", "svg", "iframe", "textarea")
}
_UNSEEN = dict.fromkeys(DIRECTION_MARKS | INVISIBLE)

_FIELDS = {
    "og:title": "title", "twitter:title": "title", "og:description": "description",
    "twitter:description": "description", "description": "description", "og:site_name": "site",
    "og:image:secure_url": "picture", "og:image": "picture", "twitter:image": "picture",
}  # fmt: skip
_RANK = list(_FIELDS)


@dataclass(frozen=True, slots=True)
class WebPage:
    """What a page says of itself, as plain text; "" for what it does not say. `picture` is as it stands."""

    title: str = ""
    description: str = ""
    site: str = ""
    picture: str = ""


def read(data: bytes, charset: str = "") -> WebPage:
    """The head of an HTML page; `charset` is what the server called it."""
    return read_text(data.decode(_charset(data, charset), "replace"))


def _charset(data: bytes, claimed: str) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    written = _CHARSET.search(data[:_HEAD])
    for name in (claimed, written.group(1).decode() if written else ""):
        try:
            found = codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
        if found in _CHARSETS:
            return "cp1252" if found in ("iso8859-1", "ascii") else found
    return "utf-8"


def read_text(html: str) -> WebPage:
    """The same from text."""
    found: dict[str, str] = {}
    title = ""
    metas = at = 0
    for _ in range(MOST_TAGS):
        tag = _TAG.search(html, at)
        if tag is None:
            break
        at = tag.end()
        if tag.group(2) is None:
            if (end := html.find("-->", at)) < 0:
                break
            at = end + 3
            continue
        name, closing = tag.group(2).lower(), bool(tag.group(1))
        if name == "body" or (closing and name == "head"):
            break
        if closing:
            continue
        if name == "meta" and metas < MOST_METAS:
            metas += 1
            _note(found, _attributes(html[at : at + LONGEST_TAG]))
        elif name in _RAW:
            start = html.find(">", at) + 1
            end_tag = _RAW[name].search(html, start) if start else None
            if end_tag is None:
                break
            if name == "title" and not title:
                title = html[start : min(end_tag.start(), start + LONGEST_TAG)]
            at = end_tag.end()
    return _page(found, title)


def _note(found: dict[str, str], attributes: dict[str, str]) -> None:
    key = (attributes.get("property") or attributes.get("name") or "").strip().lower()
    content = attributes.get("content", "").strip()
    if key in _FIELDS and content:
        found.setdefault(key, content)


def _attributes(text: str) -> dict[str, str]:
    """The attributes of a tag, from behind its name on; one that is broken ends it."""
    found: dict[str, str] = {}
    at = 0
    while name := _NAME.match(text, at):
        at = name.end()
        value = ""
        if equals := _EQUALS.match(text, at):
            at = equals.end()
            quote = text[at : at + 1]
            if quote and quote in "\"'":
                end = text.find(quote, at + 1)
                if end < 0:
                    break
                value, at = text[at + 1 : end], end + 1
            else:
                bare = _BARE.match(text, at)
                value, at = (bare.group(), bare.end()) if bare else ("", at)
        found.setdefault(name.group(1).lower(), unescape(value))
    return found


def _page(found: dict[str, str], title: str) -> WebPage:
    best: dict[str, str] = {}
    for key in _RANK:
        if key in found:
            best.setdefault(_FIELDS[key], found[key])
    return WebPage(
        title=plain(best.get("title") or unescape(title), TITLE),
        description=plain(best.get("description", ""), DESCRIPTION),
        site=plain(best.get("site", ""), SITE),
        picture=best.get("picture", ""),
    )


def plain(text: str, limit: int) -> str:
    """One line of foreign text as it may be shown: nothing unseen in it, nothing that turns it around."""
    line = _SPACES.sub(" ", clean(text[: 4 * limit + 1000]).translate(_UNSEEN)).strip()
    return line if len(line) <= limit else "".join(islice(line, limit - 1)).rstrip() + "…"
