"""This room asks for small things by their content id, and hands out ours (XEP-0231)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import Literal
from xml.etree.ElementTree import Element

from webchat.errors import Offline, XmppError
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream

DATA = f"{{{ns.BITS}}}data"
MOST = 64 * 1024
"""Bytes of one of them, by word of §2."""

LASTS = 86_400
"""Seconds for which others may keep ours."""

_CID = re.compile(r"(sha-?1|sha-?256|sha-?512)\+([0-9a-f]{40,128})@[a-z0-9.-]{1,100}", re.ASCII)
_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}
_REFUSED = frozenset({"bad-request", "feature-not-implemented", "service-unavailable"})

Find = Callable[[str], tuple[str, bytes] | None]
_find: Find | None = None


def install(find: Find | None) -> None:
    """What we hand out from now on, content id → type and bytes; None for nothing."""
    global _find
    _find = find


def cid(data: bytes) -> str:
    """The content id of these bytes (§4)."""
    return cid_of(hashlib.sha1(data, usedforsecurity=False).hexdigest())


def cid_of(sha1: str) -> str:
    """The content id of bytes with this SHA-1 (§4)."""
    return f"sha1+{sha1}@bob.xmpp.org"


def sha1_of(cid: str) -> str:
    """The SHA-1 by which a content id names its content; "" for one that names it otherwise."""
    algorithm, _, rest = cid.partition("+")
    return rest.partition("@")[0] if algorithm == "sha1" else ""


def is_cid(text: str) -> bool:
    """Whether it names its content by a hash that we can check."""
    return _CID.fullmatch(text) is not None


def is_named(data: bytes, cid: str) -> bool:
    """Whether these bytes are what the id says: then it does not matter who brought them."""
    named = _CID.fullmatch(cid)
    return named is not None and _ALGORITHMS[named[1].replace("-", "")](data).hexdigest() == named[2]


def told(asked: Element) -> Element | None:
    """Our answer to a question (§3); None for what we do not have."""
    name = asked.get("cid", "")
    found = _find(name) if _find is not None and is_cid(name) else None
    if found is None:
        return None
    answer = Element(DATA, {"cid": name, "type": found[0], "max-age": str(LASTS)})
    answer.text = base64.b64encode(found[1]).decode()
    return answer


def content(data: Element | None, most: int = MOST) -> bytes:
    """What an element brings; empty for what is too large or no base64."""
    written = "" if data is None else "".join((data.text or "").split())
    if len(written) > most * 4 // 3 + 4:
        return b""
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return b""


async def asked(stream: Stream, kind: Literal["get", "set"], to: str, cid: str, most: int = MOST) -> bytes:
    """What somebody answers to one question; empty for what cannot be used.

    Raises XmppError, TimedOut, Offline.
    """
    answer = await stream.request(kind, Element(DATA, {"cid": cid}), to=to)
    data = answer.find(DATA)
    return content(data if data is not None and data.get("cid") == cid else None, most)


async def fetch(stream: Stream, to: str, cid: str) -> bytes:
    """The content of this id, from a full address; empty when they have something else under that name.

    Raises XmppError, TimedOut, Offline.
    """
    try:
        data = await asked(stream, "get", to, cid)
    except Offline:
        raise
    except XmppError as error:
        if error.condition not in _REFUSED:
            raise
        # COMPAT(Movim, 0.26): it answers to a set only.
        data = await asked(stream, "set", to, cid)
    return data if is_named(data, cid) else b""
