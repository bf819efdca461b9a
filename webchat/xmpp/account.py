"""This room speaks with a server about the account itself: its password, its end, its apps, all it keeps.

XEP-0077 (password, end), XEP-0092 (what an app is called), XEP-0494 (apps with access), XEP-0227 (export).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring
from xml.sax.saxutils import quoteattr

from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import dates, disco
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream

MOST_CLIENTS = 100
MOST_NODES = 200
LONGEST = 200

_REGISTER = f"{{{ns.REGISTER}}}query"
_VERSION = f"{{{ns.VERSION}}}query"
_CLIENT = f"{{{ns.CLIENTS}}}clients/{{{ns.CLIENTS}}}client"
_PUBSUB = f"{{{ns.PUBSUB}}}pubsub"
_ITEMS = f"{{{ns.PUBSUB}}}items"


async def change_password(stream: Stream, password: str) -> None:
    """XEP-0077 §3.3. Raises XmppError where the server refuses, TimedOut, Offline."""
    query = Element(_REGISTER)
    SubElement(query, f"{{{ns.REGISTER}}}username").text = jids.local(stream.jid)
    SubElement(query, f"{{{ns.REGISTER}}}password").text = password
    await stream.request("set", query, to=jids.domain(stream.jid))


async def delete(stream: Stream) -> None:
    """XEP-0077 §3.2: the account is no more. Raises XmppError where the server refuses, TimedOut, Offline."""
    query = Element(_REGISTER)
    SubElement(query, f"{{{ns.REGISTER}}}remove")
    await stream.request("set", query)


async def version(stream: Stream, jid: str, timeout: float = 3) -> str:
    """What the app at a full address calls itself (XEP-0092), "" where it does not say. Foreign text."""
    try:
        answer = await stream.request("get", Element(_VERSION), to=jid, timeout=timeout)
    except XmppError:
        return ""
    words = (answer.findtext(f"{_VERSION}/{{{ns.VERSION}}}{tag}") or "" for tag in ("name", "version"))
    return " ".join(word.strip()[:LONGEST] for word in words).strip()


@dataclass(frozen=True, slots=True)
class AppWithAccess:
    """One that may use the account, as its server says (XEP-0494 §3.1). Texts are foreign.

    id              by which its access is ended
    knows_password  it came in with the password, so only another one keeps it out for certain
    """

    id: str
    name: str
    device: str
    connected: bool
    last_seen: datetime | None
    knows_password: bool


async def apps(stream: Stream, timeout: float = 3) -> tuple[AppWithAccess, ...]:
    """All with access to the account; nothing where the server keeps no such list."""
    try:
        answer = await stream.request("get", Element(f"{{{ns.CLIENTS}}}list"), timeout=timeout)
    except XmppError:
        return ()
    agent = f"{{{ns.CLIENTS}}}user-agent/{{{ns.CLIENTS}}}"
    password = f"{{{ns.CLIENTS}}}auth/{{{ns.CLIENTS}}}password"
    return tuple(
        AppWithAccess(
            each.get("id", ""),
            (each.findtext(f"{agent}software") or "").strip()[:LONGEST],
            (each.findtext(f"{agent}device") or "").strip()[:LONGEST],
            each.get("connected") in ("true", "1"),
            dates.parse(each.findtext(f"{{{ns.CLIENTS}}}last-seen")),
            each.find(password) is not None,
        )
        for each in answer.findall(_CLIENT)[:MOST_CLIENTS]
        if 0 < len(each.get("id", "")) <= LONGEST
    )


async def end_access(stream: Stream, id: str) -> None:
    """This app may not use the account any more (XEP-0494 §3.2).

    Raises XmppError where the server refuses, TimedOut, Offline.
    """
    await stream.request("set", Element(f"{{{ns.CLIENTS}}}revoke", {"id": id}))


# ---- everything that the server keeps, as another server can take it in


async def portable(stream: Stream) -> AsyncIterator[str]:
    """The account as XEP-0227, piece by piece: contacts, vCard, private storage, nodes with their items.

    What the server refuses to hand out is left out. The password is not in it: we do not have it.
    """
    # Asked before the first piece: who cannot be asked at all leaves no half file.
    roster = await _asked(stream, Element(f"{{{ns.ROSTER}}}query"))
    yield (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<server-data xmlns='{ns.PORTABLE}'>"
        f"<host jid={quoteattr(jids.domain(stream.jid))}><user name={quoteattr(jids.local(stream.jid))}>\n"
    )
    for piece in roster:
        yield _text(piece)
    bookmarks = Element(f"{{{ns.PRIVATE}}}query")
    SubElement(bookmarks, f"{{{ns.OLD_BOOKMARKS}}}storage")
    for question in (Element(f"{{{ns.VCARD_TEMP}}}vCard"), bookmarks):
        for piece in await _asked(stream, question):
            yield _text(piece)
    for node in await _nodes(stream):
        question = Element(_PUBSUB)
        SubElement(question, _ITEMS, {"node": node})
        for piece in await _asked(stream, question):
            yield _text(piece)
    yield "</user></host></server-data>\n"


async def _asked(stream: Stream, question: Element) -> list[Element]:
    try:
        return list(await stream.request("get", question))
    except (TimedOut, Offline):
        raise
    except XmppError:
        return []


async def _nodes(stream: Stream) -> list[str]:
    found = await _asked(stream, Element(disco.ITEMS_QUERY))
    items = [item for query in found for item in query.findall(f"{{{ns.DISCO_ITEMS}}}item")]
    return [node for item in items[:MOST_NODES] if (node := item.get("node", ""))]


def _text(xml: Element) -> str:
    return tostring(xml, encoding="unicode") + "\n"
