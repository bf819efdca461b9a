"""This room asks the upload service of our server for places to put files (XEP-0363)."""

import asyncio
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from webchat.errors import Offline, XmppError
from webchat.xmpp import disco, forms
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.numbers import whole
from webchat.xmpp.xml_text import xml_text

MOST_SERVICES = 30
"""Items of a server that are asked what they are."""

ASKED = 8.0
"""Seconds an item has to say what it is."""

LONGEST = 4096
"""Characters of an address or of a header's value."""

HEADERS = {"authorization": "Authorization", "cookie": "Cookie", "expires": "Expires"}
"""What a slot may ask us to send along (§6.2)."""

_REQUEST = f"{{{ns.HTTP_UPLOAD}}}request"
_SLOT = f"{{{ns.HTTP_UPLOAD}}}slot"
_PUT = f"{{{ns.HTTP_UPLOAD}}}put"
_GET = f"{{{ns.HTTP_UPLOAD}}}get"
_HEADER = f"{{{ns.HTTP_UPLOAD}}}header"


@dataclass(frozen=True, slots=True)
class Service:
    """Where files go: `most` bytes a file, None when the service does not say."""

    jid: str
    most: int | None


@dataclass(frozen=True, slots=True)
class Slot:
    """One place: PUT the file to `put` with `headers`, tell others `get`. Nothing of it is judged yet."""

    put: str
    get: str
    headers: tuple[tuple[str, str], ...] = ()


async def find(stream: Stream) -> Service | None:
    """The upload service of our server (§4), None when it has none. Raises XmppError, TimedOut, Offline."""
    domain = jids.domain(stream.jid)
    # Some servers are their own upload service.
    asked = dict.fromkeys([domain, *await disco.items(stream, domain, MOST_SERVICES)])
    found = await asyncio.gather(*(_service(stream, jid) for jid in asked))
    return next((service for service in found if service is not None), None)


async def _service(stream: Stream, jid: str) -> Service | None:
    try:
        answer = await stream.request("get", Element(disco.INFO_QUERY), to=jid, timeout=ASKED)
    except Offline:
        raise
    except XmppError:
        return None
    query = answer.find(disco.INFO_QUERY)
    if query is None or ns.HTTP_UPLOAD not in disco.read(query).features:
        return None
    for form in query.iterfind(forms.FORM):
        holder = Element("holder")
        holder.append(form)
        values = forms.values(holder)
        if values.get("FORM_TYPE") == ns.HTTP_UPLOAD:
            return Service(jid, whole(values.get("max-file-size"), 18))
    return Service(jid, None)


async def slot(stream: Stream, service: Service, name: str, size: int, media_type: str) -> Slot:
    """A place for one file of exactly this size (§5).

    Raises XmppError: "not-acceptable" too large, "resource-constraint" quota used up, and what else the
    service says; "undefined-condition" when its answer is none.
    """
    wanted = {"filename": xml_text(name), "size": str(size), "content-type": media_type}
    answer = await stream.request("get", Element(_REQUEST, wanted), to=service.jid)
    found = answer.find(_SLOT)
    put = None if found is None else found.find(_PUT)
    get = None if found is None else found.find(_GET)
    if put is None or get is None:
        raise XmppError("undefined-condition")
    addresses = put.get("url", ""), get.get("url", "")
    if not all(0 < len(url) <= LONGEST for url in addresses):
        raise XmppError("undefined-condition")
    return Slot(*addresses, _headers(put))


def _headers(put: Element) -> tuple[tuple[str, str], ...]:
    """The headers that may pass; a line break in one would begin another (§6.2), so it goes as a whole."""
    found: dict[str, str] = {}
    for header in put.findall(_HEADER)[:10]:
        name = HEADERS.get(header.get("name", "").lower())
        value = header.text or ""
        if name and len(value) <= LONGEST and value.isprintable():
            found.setdefault(name, value)
    return tuple(found.items())
