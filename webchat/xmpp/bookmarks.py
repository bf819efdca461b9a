"""This room reads and writes the rooms a user keeps (XEP-0402; XEP-0048 in XEP-0049 where only that is)."""

import asyncio
from collections.abc import Iterable
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import disco, pubsub
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Bookmark
from webchat.xmpp.context import Context, Stream
from webchat.xmpp.events import BookmarksReceived
from webchat.xmpp.xml_text import xml_text

MOST = 2000
"""Rooms that are read; more are a flood."""

LONGEST_NAME = 1023
AT_ONCE = 50
"""Bookmarks that are read without letting anybody else in."""

MOST_TOLD = 200
"""Bookmarks that one notice tells of."""

MOST_EXTENSIONS = 20
LONGEST_EXTENSION = 8192

COMPAT = f"{ns.BOOKMARKS}#compat"
"""The server itself keeps both kinds of bookmarks alike (XEP-0402 §5)."""

_CONFERENCE = f"{{{ns.BOOKMARKS}}}conference"
_NICK = f"{{{ns.BOOKMARKS}}}nick"
_PASSWORD = f"{{{ns.BOOKMARKS}}}password"
_EXTENSIONS = f"{{{ns.BOOKMARKS}}}extensions"
_EVENT_ITEMS = f"{{{ns.PUBSUB_EVENT}}}items"
_EVENT_ITEM = f"{{{ns.PUBSUB_EVENT}}}item"
_EVENT_RETRACT = f"{{{ns.PUBSUB_EVENT}}}retract"
_PURGE = f"{{{ns.PUBSUB_EVENT}}}purge"
_DELETE = f"{{{ns.PUBSUB_EVENT}}}delete"
_PINNED = f"{{{ns.PINNED}}}pinned"
_NOTIFIES = tuple(f"{{{namespace}}}notify" for namespace in ns.NOTIFY)
_MODES = ("never", "on-mention", "always")
# COMPAT(Movim, 2020): its own elements before there were XEPs.
_OLD_NOTIFY = "{xmpp:movim.eu/notifications:0}notifications"
_OLD_PINNED = "{xmpp:movim.eu/pinned:0}pinned"
_OLD_MODES = {"never": "never", "quoted": "on-mention", "always": "always"}

_STORAGE = f"{{{ns.OLD_BOOKMARKS}}}storage"
_OLD_CONFERENCE = f"{{{ns.OLD_BOOKMARKS}}}conference"
_PRIVATE = f"{{{ns.PRIVATE}}}query"


# ---- reading


async def fetch(stream: Stream) -> BookmarksReceived:
    """All rooms that the user keeps, of both kinds, the newer one first.

    Raises XmppError when neither can be read, and when the newer one is there and cannot be read just now:
    what is not in the answer counts as given up. TimedOut, Offline.
    """
    features = (await disco.own(stream)).features
    found: dict[str, Bookmark] = {}
    newer: XmppError | None = None
    try:
        items = await pubsub.items(stream, ns.BOOKMARKS)
        for start in range(0, min(len(items), MOST), AT_ONCE):
            found |= {bookmark.jid: bookmark for bookmark in _bookmarks(items[start : start + AT_ONCE])}
            # A server may have thousands of them, and others wait meanwhile.
            await asyncio.sleep(0)
    except (TimedOut, Offline):
        raise
    except XmppError as error:
        if error.condition != "item-not-found" and (COMPAT in features or not _has_no_nodes(error)):
            raise
        newer = error
    if COMPAT not in features:
        try:
            for bookmark in await _fetch_old(stream):
                found.setdefault(bookmark.jid, bookmark)
        except (TimedOut, Offline):
            raise
        except XmppError:
            if newer is not None and newer.condition != "item-not-found":
                raise newer from None
    return BookmarksReceived(tuple(found.values())[:MOST], whole=True)


def notified(xml: Element, event: Element, context: Context) -> BookmarksReceived | None:
    """What another client of ours has just changed; only our own account may tell (security case A08)."""
    if not context.is_own(xml.get("from")) or xml.get("type") in ("groupchat", "error"):
        context.drop("pubsub")
        return None
    if event.find(_PURGE) is not None or event.find(_DELETE) is not None:
        return BookmarksReceived((), whole=True)
    items = event.find(_EVENT_ITEMS)
    if items is None:
        return None
    retracted = items.findall(_EVENT_RETRACT)[:MOST_TOLD]
    removed = [jid for gone in retracted if (jid := _room(gone.get("id", "")))]
    found = tuple(_bookmarks(items.findall(_EVENT_ITEM)[:MOST_TOLD]))
    return BookmarksReceived(found, removed=tuple(removed)) if found or removed else None


def _bookmarks(items: Iterable[Element]) -> list[Bookmark]:
    found: list[Bookmark] = []
    for item in items:
        conference, jid = item.find(_CONFERENCE), _room(item.get("id", ""))
        if conference is not None and jid and len(found) < MOST:
            found.append(_read(conference, jid))
    return found


def _room(address: str) -> str:
    try:
        jid = jids.normalise(address)
    except ValueError:
        return ""
    return jid if jids.local(jid) and jid == jids.bare(jid) else ""


def _read(conference: Element, jid: str) -> Bookmark:
    extensions = conference.find(_EXTENSIONS)
    children = [] if extensions is None else list(extensions)
    rest = [text for child in children if (text := _kept(child))][:MOST_EXTENSIONS]
    return Bookmark(
        jid=jid,
        name=conference.get("name", "").strip()[:LONGEST_NAME],
        nick=(conference.findtext(_NICK) or "").strip()[:LONGEST_NAME],
        password=(conference.findtext(_PASSWORD) or "")[:LONGEST_NAME],
        autojoin=conference.get("autojoin", "").strip() in ("true", "1"),
        pinned=any(child.tag in (_PINNED, _OLD_PINNED) for child in children),
        notify=_mode(children),
        extensions=tuple(rest),
    )


def _mode(children: Iterable[Element]) -> str:
    """XEP-0492: what holds for all clients; the newer namespace before the older one, Movim's own last."""
    by_tag = {child.tag: child for child in children}
    for tag in _NOTIFIES:
        for mode in by_tag.get(tag, ()):
            name = mode.tag.rpartition("}")[2]
            if name in _MODES and not _is_special(mode):
                return name
    old = by_tag.get(_OLD_NOTIFY)
    return "" if old is None else _OLD_MODES.get(old.get("notify", ""), "")


def _is_special(mode: Element) -> bool:
    """Meant for some kinds of client only."""
    return "identity-category" in mode.attrib or "identity-type" in mode.attrib


def _kept(child: Element) -> str:
    """What we do not know, as text to be written back unchanged; "" for what we write ourselves."""
    if child.tag in (_PINNED, _OLD_PINNED, _OLD_NOTIFY):
        return ""
    if child.tag in _NOTIFIES:
        rest = [each for each in child if each.tag.rpartition("}")[2] not in _MODES or _is_special(each)]
        if not rest:
            return ""
        child, rest_of = Element(child.tag, child.attrib), rest
        child.extend(rest_of)
    text = ET.tostring(child, encoding="unicode")
    return text if len(text) <= LONGEST_EXTENSION else ""


# ---- writing


async def publish(stream: Stream, bookmark: Bookmark) -> None:
    """Keep a room, or change what is kept of it, for all clients of the user.

    Raises XmppError ("not-acceptable": the server cannot keep it to ourselves), TimedOut, Offline.
    """
    try:
        await pubsub.publish_private(stream, ns.BOOKMARKS, bookmark.jid, _element(bookmark))
    except (TimedOut, Offline):
        raise
    except XmppError as error:
        if not _has_no_nodes(error):
            raise
        await _change_old(stream, bookmark.jid, bookmark)


async def remove(stream: Stream, jid: str) -> None:
    """Keep a room no longer, in neither kind. Raises XmppError, TimedOut, Offline."""
    try:
        await pubsub.retract(stream, ns.BOOKMARKS, jid)
    except (TimedOut, Offline):
        raise
    except XmppError as error:
        if error.condition != "item-not-found" and not _has_no_nodes(error):
            raise
    if COMPAT not in (await disco.own(stream)).features:
        try:
            await _change_old(stream, jid, None)
        except (TimedOut, Offline):
            raise
        except XmppError as error:
            if not _has_no_nodes(error) and error.condition != "item-not-found":
                raise


def _has_no_nodes(error: XmppError) -> bool:
    return error.condition in ("feature-not-implemented", "service-unavailable")


def _element(bookmark: Bookmark) -> Element:
    conference = Element(_CONFERENCE, {"autojoin": "true" if bookmark.autojoin else "false"})
    if name := xml_text(bookmark.name).strip():
        conference.set("name", name)
    if nick := xml_text(bookmark.nick).strip():
        SubElement(conference, _NICK).text = nick
    if bookmark.password:
        SubElement(conference, _PASSWORD).text = xml_text(bookmark.password)
    extensions = Element(_EXTENSIONS)
    kept = {child.tag: child for child in map(_parsed, bookmark.extensions) if child is not None}
    if bookmark.notify:
        # COMPAT(Movim, 2026): it reads and writes the older namespace only.
        for tag in _NOTIFIES:
            notify = kept.setdefault(tag, Element(tag))
            notify.insert(0, Element(tag.replace("}notify", "}" + bookmark.notify)))
    if bookmark.pinned:
        SubElement(extensions, _PINNED)
    extensions.extend(kept.values())
    if len(extensions):
        conference.append(extensions)
    return conference


def _parsed(text: str) -> Element | None:
    try:
        return ET.fromstring(text)  # noqa: S314 (written by `_kept`)
    except ET.ParseError:
        return None


# ---- the older kind (XEP-0048 in XEP-0049)


async def _storage(stream: Stream) -> Element:
    query = Element(_PRIVATE)
    SubElement(query, _STORAGE)
    answer = await stream.request("get", query)
    storage = answer.find(f"{_PRIVATE}/{_STORAGE}")
    return Element(_STORAGE) if storage is None else storage


async def _fetch_old(stream: Stream) -> list[Bookmark]:
    found: list[Bookmark] = []
    for conference in (await _storage(stream)).findall(_OLD_CONFERENCE)[:MOST]:
        if not (jid := _room(conference.get("jid", ""))):
            continue
        found.append(
            Bookmark(
                jid=jid,
                name=conference.get("name", "").strip()[:LONGEST_NAME],
                nick=(conference.findtext(f"{{{ns.OLD_BOOKMARKS}}}nick") or "").strip()[:LONGEST_NAME],
                password=(conference.findtext(f"{{{ns.OLD_BOOKMARKS}}}password") or "")[:LONGEST_NAME],
                autojoin=conference.get("autojoin", "").strip() in ("true", "1"),
            )
        )
    return found


async def _change_old(stream: Stream, jid: str, bookmark: Bookmark | None) -> None:
    """Replace one room of the list, or take it out; everything else in it stays as it is."""
    storage = await _storage(stream)
    former = [each for each in storage.findall(_OLD_CONFERENCE) if _room(each.get("jid", "")) == jid]
    if not former and bookmark is None:
        return
    for each in former:
        storage.remove(each)
    if bookmark is not None:
        autojoin = "true" if bookmark.autojoin else "false"
        conference = SubElement(storage, _OLD_CONFERENCE, {"jid": jid, "autojoin": autojoin})
        if name := xml_text(bookmark.name).strip():
            conference.set("name", name)
        for tag, value in (("nick", bookmark.nick), ("password", bookmark.password)):
            if value:
                SubElement(conference, f"{{{ns.OLD_BOOKMARKS}}}{tag}").text = xml_text(value)
    query = Element(_PRIVATE)
    query.append(storage)
    await stream.request("set", query)
