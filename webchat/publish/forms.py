"""This room reads the sheet that posts are written on: everything of it comes along with each button."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from webchat.web import forms
from webchat.web.language import N_

MOST_TEXT = 16_384
"""Characters of title and text together (W§3)."""

MOST_TITLE = 700
MOST_FILES = 20
MOST_CARDS = 5
MOST_FIELDS = 200
LONGEST = 500
"""Characters of a service, a node, an item."""

MOST_ADDRESS = 2048
MOST_TAGS = 20
LONGEST_TAG = 100

EMPTY = N_("Write a title or a text first.")
TOO_LONG = N_("This is too long: title and text may have %(most)s characters together, these have %(have)s.")
TITLE_TOO_LONG = N_("This title is too long: at most %(most)s characters.")

AUDIENCES = ("everyone", "followers")

Fields = Mapping[str, Sequence[str]]
"""What came along: name → values, in order."""

_KEY = re.compile(r"[0-9a-zA-Z:-]{1,64}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_TAG = re.compile(r"[\s,;#]+")


@dataclass(frozen=True)
class DraftForm(forms.Form):
    """POST /publish/drafts: what to do with which draft."""

    key: str = forms.text(limit=64)
    do: str = forms.text(choices=("drop", "keep"))


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that is on the user's server already and goes out with the post."""

    url: str
    name: str = ""
    type: str = ""
    size: int = 0
    width: int = 0
    height: int = 0
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    """A page that the text links to, and what it says of itself; `keep` False leaves its card out."""

    url: str
    title: str = ""
    description: str = ""
    logo: str = ""
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on the sheet.

    key         under which its draft is kept
    id          a UUID that the post gets, so that publishing twice makes one
    where       "service/node" of a community, "" for the own blog
    item        the post that is edited, "" for a new one
    reply       xmpp: URI of the post that is answered or shared, "" for none
    url         page from outside that it began with
    audience    "everyone", "followers", "" for what the blog is
    publish_at  as a datetime-local field writes it, in the reader's zone
    """

    key: str = ""
    id: str = ""
    where: str = ""
    item: str = ""
    reply: str = ""
    url: str = ""
    title: str = ""
    text: str = ""
    audience: str = ""
    tags: str = ""
    comments: bool = True
    nsfw: bool = False
    language: str = ""
    publish_at: str = ""
    files: tuple[Attached, ...] = ()
    links: tuple[Linked, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing is on it that could be lost."""
        return not (self.title.strip() or self.text.strip() or self.files)

    @property
    def place(self) -> tuple[str, str]:
        """Service and node of the community, empty for the own blog."""
        service, _, node = self.where.partition("/")
        return service, node


TEXTS: Mapping[str, int] = {
    "where": 2 * LONGEST,
    "item": LONGEST,
    "reply": 4 * LONGEST,
    "url": MOST_ADDRESS,
    "title": 2 * MOST_TEXT,
    "text": 4 * MOST_TEXT,
    "tags": MOST_TAGS * LONGEST_TAG,
    "publish_at": 40,
}
"""Fields of text and how much of them is read: more than fits, so that nobody loses what is too long."""


def sheet(given: Fields) -> Sheet:
    """What was sent. Nothing is refused here: a sheet that cannot be published is drawn again as it is."""
    values: dict[str, Any] = {name: _text(given, name)[:most] for name, most in TEXTS.items()}
    for name, rule in (("key", _KEY), ("id", _ID), ("language", _LANGUAGE)):
        text = _text(given, name)
        values[name] = text if rule.fullmatch(text) else ""
    audience = _text(given, "audience")
    values["audience"] = audience if audience in AUDIENCES else ""
    values["comments"], values["nsfw"] = "comments" in given, "nsfw" in given
    return Sheet(**values, files=_files(given), links=_links(given))


def _text(given: Fields, name: str) -> str:
    found = next(iter(given.get(name, ())), "")
    return found.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _files(given: Fields) -> tuple[Attached, ...]:
    alts = list(given.get("alt", ()))
    found = [attached(_json(one)) for one in given.get("attached", ())]
    named = zip(found, alts + [""] * len(found), strict=False)
    return tuple(replace(file, alt=_line(alt, 1000)) for file, alt in named if file is not None)[:MOST_FILES]


def _links(given: Fields) -> tuple[Linked, ...]:
    kept_urls = set(given.get("keep", ()))
    found = [linked(_json(one)) for one in given.get("linked", ())]
    pages = (replace(one, keep=one.url in kept_urls) for one in found if one is not None)
    return tuple(pages)[: 2 * MOST_CARDS]


def attached(values: Mapping[str, Any]) -> Attached | None:
    """One file as it was kept; None for what is none."""
    url = _web(values.get("url"))
    if not url:
        return None
    limits = (("name", 255), ("type", 255), ("alt", 1000))
    known: dict[str, Any] = {name: _line(values.get(name), most) for name, most in limits}
    known |= {name: _number(values.get(name)) for name in ("size", "width", "height")}
    return Attached(url, **known)


def linked(values: Mapping[str, Any]) -> Linked | None:
    """One page as it was kept; None for what is none."""
    url = _web(values.get("url"))
    texts = {name: _line(values.get(name), most) for name, most in (("title", 500), ("description", 1000))}
    keep = values.get("keep") is not False
    return Linked(url, logo=_web(values.get("logo")), keep=keep, **texts) if url else None


def _json(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text[:16_384])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _web(value: object) -> str:
    text = value if isinstance(value, str) else ""
    plain = text.isprintable() and " " not in text and len(text) <= MOST_ADDRESS
    return text if plain and text.startswith(("https://", "http://")) else ""


def _line(value: object, most: int) -> str:
    return " ".join(value.replace("\0", "").split())[:most] if isinstance(value, str) else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else 0


def packed(one: Attached | Linked) -> str:
    """A file or a page as a hidden field carries it."""
    return json.dumps(asdict(one), ensure_ascii=False, separators=(",", ":"))


def kept(one: Sheet) -> dict[str, Any]:
    """The sheet as the draft keeps it."""
    return asdict(one)


def restored(content: Mapping[str, Any]) -> Sheet:
    """The sheet of a draft; fields of another version of the program are left out."""
    known = {field.name: type(field.default) for field in fields(Sheet)}
    values: dict[str, Any] = {
        name: value for name, value in content.items() if type(value) is known.get(name)
    }
    values = {name: value for name, value in values.items() if name not in ("files", "links")}
    files = (attached(one) for one in content.get("files", ()) if isinstance(one, dict))
    links = (linked(one) for one in content.get("links", ()) if isinstance(one, dict))
    return Sheet(
        **values,
        files=tuple(one for one in files if one is not None),
        links=tuple(one for one in links if one is not None),
    )


def tags_of(text: str) -> tuple[str, ...]:
    """Words as they were typed, with commas, spaces or # between them, lower-cased, each once."""
    words = (word[:LONGEST_TAG].casefold() for word in _TAG.split(text) if word)
    return tuple(dict.fromkeys(words))[:MOST_TAGS]


def wrong(one: Sheet) -> tuple[str, str, dict[str, str]] | None:
    """Why this cannot be published: field, message id, what it speaks of; None when it can."""
    have = len(one.title.strip()) + len(one.text.strip())
    if have > MOST_TEXT:
        return "text", TOO_LONG, {"most": f"{MOST_TEXT:,}", "have": f"{have:,}"}
    if len(one.title.strip()) > MOST_TITLE:
        return "title", TITLE_TOO_LONG, {"most": f"{MOST_TITLE:,}"}
    if one.empty:
        return "text", EMPTY, {}
    return None
