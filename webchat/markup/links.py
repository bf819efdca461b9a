"""This room finds addresses in plain text that are safe to open and says honestly where they lead."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote

from webchat.markup.characters import DIRECTION_MARKS, INVISIBLE, JOINERS, OVERRIDES
from webchat.markup.names import ascii_host, suspicious_host

LONGEST = 4096
LONGEST_SHOWN = 200
CHATS = "/chats/"
"""Where `xmpp:` addresses lead: our own page of that person, which does nothing by itself (RFC 5122)."""


@dataclass(frozen=True, slots=True)
class Link:
    """`text` as shown, `href` as opened, `host` to show beside it ("" when the text is honest by itself)."""

    text: str
    href: str
    host: str = ""
    external: bool = False


def _characters(points: frozenset[int]) -> str:
    return "".join(re.escape(chr(point)) for point in sorted(points) if point < 0xE0000)


_UNSEEN = _characters(OVERRIDES | DIRECTION_MARKS | INVISIBLE | JOINERS)
# Browsers read "\" as "/", and full-width forms as their ASCII twins: neither belongs into an address.
_ENDS = rf"\s<>\"\\\x00-\x1f\x7f-\x9f“”«»\u3000-\u303f\uff00-\uffef\U000e0000-\U000e0fff{_UNSEEN}"
_ADDRESS = re.compile(rf"(?<!\w)(?:https?://|mailto:|xmpp:|geo:)[^{_ENDS}]+", re.IGNORECASE)

_TRAILING = frozenset(".,;:!?'\u2019…*")
_BRACKETS = {")": "(", "]": "[", "}": "{"}

_AUTHORITY = re.compile(r"[^/?#]*")
_IPV6 = re.compile(r"\[[0-9A-Fa-f:.]{2,45}\]")
_PORT = re.compile(r":[0-9]{1,5}$")
_MAIL = re.compile(r"[^@?#/%]{1,64}@([^@?#/%]{1,253})(?:\?.*)?")
_GEO = re.compile(
    r"-?\d{1,3}(?:\.\d{1,15})?,-?\d{1,3}(?:\.\d{1,15})?(?:,-?\d{1,6}(?:\.\d{1,15})?)?(?:;[\w-]+(?:=[\w.%+-]*)?){0,8}",
    re.ASCII,
)


def split(text: str) -> list[str | Link]:
    """Plain text cut into text and links, in order.

    Linear: what looked like an address and is none is passed over as a whole. Every piece is escaped by
    whoever draws it, so nothing in a link can leave its attribute.
    """
    found: list[str | Link] = []
    plain = at = 0
    while match := _ADDRESS.search(text, at):
        start, at = match.span()
        url = _trimmed(match.group())
        link = _link(url) if len(url) <= LONGEST else None
        if link is None:
            continue
        if plain < start:
            found.append(text[plain:start])
        found.append(link)
        plain = at = start + len(url)
    if plain < len(text):
        found.append(text[plain:])
    return found


def _trimmed(url: str) -> str:
    # The sentence around an address keeps its full stop and the closing bracket that it opened itself.
    open_more = {close: url.count(close) - url.count(opens) for close, opens in _BRACKETS.items()}
    end = len(url)
    while end:
        last = url[end - 1]
        if open_more.get(last, 0) > 0:
            open_more[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end]


def _link(url: str) -> Link | None:
    scheme, _, rest = url.partition(":")
    match scheme.lower():
        case "http" | "https":
            return _web(url)
        case "mailto":
            mail = _MAIL.fullmatch(rest)
            return Link(url, url) if mail and _is_host(mail.group(1)) else None
        case "xmpp":
            return _xmpp(url, rest)
        case "geo":
            return Link(url, url) if _GEO.fullmatch(rest) else None
    return None


def _web(url: str) -> Link | None:
    start = url.index("//") + 2
    authority = _AUTHORITY.match(url, start)
    end = authority.end() if authority else start
    userinfo, at, host = url[start:end].rpartition("@")
    port = _PORT.search(host)
    name = host[: port.start()] if port else host
    if not _is_host(name) or "@" in userinfo:
        return None
    text = url
    if suspicious_host(name):
        name = ascii_host(name)
        text = url[:start] + userinfo + at + name + (port.group() if port else "") + url[end:]
    if len(text) > LONGEST_SHOWN:
        text = text[: LONGEST_SHOWN - 1] + "…"
    return Link(text, url, host=name if at else "", external=True)


def _is_host(name: str) -> bool:
    if _IPV6.fullmatch(name):
        return True
    # Browsers open the compatibility form, which may hold a "/" or "." that the name did not show.
    folded = unicodedata.normalize("NFKC", name)
    labels = name.removesuffix(".").split(".") + folded.removesuffix(".").split(".")
    return len(name) <= 253 and all(_is_label(label) for label in labels)


def _is_label(label: str) -> bool:
    if not 0 < len(label) <= 63 or label.startswith("-") or label.endswith("-"):
        return False
    return all(char.isalnum() or char in "-_" or unicodedata.category(char)[0] == "M" for char in label)


def _xmpp(url: str, rest: str) -> Link | None:
    address, _, query = rest.partition("?")
    # An address with an authority says on whose behalf to act, and a room is no person: both stay text.
    if address.startswith("//") or query.partition(";")[0] == "join":
        return None
    jid = unquote(address.partition("#")[0].partition("/")[0])
    local, at, domain = jid.rpartition("@")
    if (at and not local) or not _is_host(domain) or not local.isprintable() or " " in local:
        return None
    return Link(url, CHATS + quote(jid, safe="@"))
