"""This room makes rows of the list of conversations: names, presence, one line of what was said last."""

import asyncio
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.contacts.show import avatar_path, contact_view, request_views
from webchat.db import once
from webchat.db.base import now
from webchat.markup import names as safe
from webchat.markup.body import action_text, is_action
from webchat.markup.colour import colour
from webchat.markup.excerpt import excerpt
from webchat.messages.overview.store import MOST_CONTACTS, Entry, overview
from webchat.messages.show import MANY_TYPE, TYPING, path_of, room_name
from webchat.messages.show.beside import NOTES
from webchat.messages.state import Typing
from webchat.messages.state.occupants import Rooms
from webchat.messages.store import ConversationRow
from webchat.notifications.show import NEVER, without_post
from webchat.session.session import Session
from webchat.web.language import N_, translate
from webchat.web.templates import installed
from webchat.xmpp import jid as jids

AT_ONCE = 100
"""Rows of the list that are made without a pause."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LETTERS = 6
_ALPHABET = 1 << 16
_LAST = _ALPHABET**_LETTERS - 1

ROOM = N_("Room")
WHISPER = N_("Private, in the room %(room)s")
NOT_JOINED = N_("Not joined")
ENTERING = N_("Joining…")
OWN_GONE = N_("You took this message back.")
TYPES = N_("is typing…")
GONE = N_("%(name)s took this message back.")


@dataclass(frozen=True, slots=True)
class ConversationView:
    """One row of the list.

    excerpt        one plain line; `excerpt_kind` says whose: "" theirs, "you", "draft", "failed" (not sent)
    key            rows stand in descending order of it: pinned ones, conversations, contacts
    contact_only   a contact with whom nothing was said yet
    kind           "chat", "room" or "whisper"
    mentions       so many of the unread ones name the user; the others in a room are the room's talk
    avatar         where the picture is, "" to draw the initial
    address        the address, where the name is only their own word (security case A24), else ""
    muted          nothing is told of it at the moment
    marked         a room among the user's bookmarks
    typing         who writes there just now, in place of the excerpt; "" for nobody
    outside        why a room says nothing new: not joined, or joining; translated, "" when it is joined
    """

    jid: str
    name: str
    path: str
    presence: str
    presence_text: str
    status: str
    colour: int
    initial: str
    excerpt: str
    excerpt_kind: str
    stamp: datetime | None
    unread: int
    stranger: bool
    key: str
    current: bool
    contact_only: bool
    kind: str = "chat"
    mentions: int = 0
    pinned: bool = False
    outside: str = ""
    avatar: str = ""
    address: str = ""
    muted: bool = False
    marked: bool = False
    typing: str = ""


async def listed(db: AsyncSession, session: Session, language: str, current: str) -> dict[str, Any]:
    """What a page beside the list gives its templates: the rows, and people who ask for something."""
    once.remember(db)
    entries = await overview(db, session.account_id)
    unlisted = sum(entry.conversation is None for entry in entries) > MOST_CONTACTS
    entries = entries[:-1] if unlisted else entries
    requests = request_views(session, await contacts.requests(db, session.account_id))
    views: list[ConversationView] = []
    for start in range(0, len(entries), AT_ONCE):
        views += rows(session, entries[start : start + AT_ONCE], language, current)
        # A long list is made in pieces, and drawn in a breath of its own: others live meanwhile.
        await asyncio.sleep(0)
    return {
        "conversations": sorted(views, key=lambda view: view.key, reverse=True),
        "unlisted": unlisted,
        "requests": requests,
        "empty": not entries and not requests,
    }


def rows(session: Session, entries: Iterable[Entry], language: str, current: str) -> list[ConversationView]:
    """The list in its order; `current` is the JID of the conversation that the page shows, or ""."""
    found = [row(session, entry, language, current) for entry in entries]
    return sorted(found, key=lambda view: view.key, reverse=True)


def row(session: Session, entry: Entry, language: str, current: str) -> ConversationView:
    """One row of the list."""
    talk = entry.conversation
    if talk is not None and talk.kind in ("room", "whisper"):
        return _in_room(session, talk, language, entry.jid == current)
    contact = contact_view(session, entry.jid, entry.contact, language)
    here = entry.jid == current
    line, kind = _excerpt(talk, contact.name, here, language) if talk else ("", "")
    return ConversationView(
        jid=entry.jid,
        name=contact.name,
        path=contact.path,
        presence=contact.presence,
        presence_text=contact.presence_text,
        status=contact.status,
        colour=contact.colour,
        initial=contact.initial,
        excerpt=line,
        excerpt_kind=kind,
        stamp=talk.last_at if talk else None,
        unread=talk.unread if talk else 0,
        stranger=talk is not None and talk.stranger and entry.contact is None,
        key=_conversation_key(talk) if talk else _contact_key(contact.name),
        current=entry.jid == current,
        contact_only=talk is None,
        mentions=talk.unread if talk else 0,
        pinned=talk is not None and talk.pinned,
        avatar=contact.avatar,
        address=contact.jid if contact.self_named else "",
        muted=_muted(talk),
        typing=_typing(session, entry.jid, language),
    )


def _in_room(session: Session, talk: ConversationRow, language: str, current: bool) -> ConversationView:
    room, nick = jids.bare(talk.jid), jids.resource(talk.jid)
    whisper = talk.kind == "whisper"
    name = (safe.shown(nick) if whisper else "") or room_name(room, "" if whisper else talk.title)
    author = name if whisper else safe.shown(jids.resource(talk.last_sender)) or name
    line, kind = _excerpt(talk, author, current, language)
    if not whisper and line and not kind and talk.last_note != "retracted" and not is_action(talk.last_body):
        line = f"{author}: {line}"
    words = (
        translate(WHISPER, language) % {"room": room_name(room, "")} if whisper else translate(ROOM, language)
    )
    return ConversationView(
        jid=talk.jid,
        name=name,
        path=installed().url(path_of(talk.jid, talk.kind)),
        presence="",
        presence_text=words,
        status=words if whisper else "",
        colour=colour(nick if whisper else room),
        initial=safe.initial(name),
        excerpt=line,
        excerpt_kind=kind,
        stamp=talk.last_at if talk.last_message_id else None,
        unread=talk.unread,
        stranger=False,
        key=_conversation_key(talk),
        current=current,
        contact_only=False,
        kind=talk.kind,
        mentions=talk.unread if whisper else talk.mentions,
        pinned=talk.pinned,
        outside="" if whisper else translate(outside(session, room), language),
        avatar=avatar_path(session, talk.jid),
        muted=_muted(talk),
        marked=not whisper and room in session[Rooms].marked,
        typing=_typing(session, talk.jid, language),
    )


def tells_typing(session: Session) -> bool:
    """Whether the list says who writes."""
    return session.preferences.get("list_typing", "on") != "off"


def _typing(session: Session, jid: str, language: str) -> str:
    if jid not in session[Typing] or not tells_typing(session):
        return ""
    who = session[Typing].who(jid) if jid in session[Rooms] else []
    if len(who) > 1:
        return translate(MANY_TYPE, language)
    nick = safe.shown(jids.resource(who[0])) if who else ""
    return translate(TYPING, language) % {"name": nick} if nick else translate(TYPES, language)


def _muted(talk: ConversationRow | None) -> bool:
    return talk is not None and (
        talk.notify == NEVER or (talk.muted_until is not None and talk.muted_until > now())
    )


def outside(session: Session, room: str) -> str:
    """Why nothing new comes from a room, as a message id; "" when one is in it."""
    found = session[Rooms].get(room) if session.state == "online" else None
    if found is None or found.phase == "out":
        return NOT_JOINED
    return ENTERING if found.phase == "entering" else ""


def _excerpt(talk: ConversationRow, name: str, current: bool, language: str) -> tuple[str, str]:
    # A draft waits: what was not read comes before it, and where it stands in the box it is seen already.
    if talk.draft.strip() and not talk.unread and not current:
        return excerpt(talk.draft), "draft"
    body = without_post(talk.last_body, language)
    if talk.last_note == "retracted":
        return translate(OWN_GONE if talk.last_mine else GONE, language) % {"name": name}, ""
    if talk.last_note:
        return translate(NOTES[talk.last_note], language), "you" if talk.last_mine else ""
    if not talk.last_mine:
        return (f"{name} {excerpt(action_text(body))}" if is_action(body) else excerpt(body)), ""
    return excerpt(action_text(body)), "failed" if talk.last_state == "failed" else "you"


def _conversation_key(talk: ConversationRow) -> str:
    said = ((talk.last_at or _EPOCH) - _EPOCH) // timedelta(microseconds=1)
    return f"{2 if talk.pinned else 1}-{max(0, said):017d}-{talk.id:010d}"


def _contact_key(name: str) -> str:
    # Descending keys, ascending names: the letters as one number, counted down from the last possible one.
    letters = [char for char in unicodedata.normalize("NFKD", name.casefold()) if char.isalnum()]
    number = 0
    for place in range(_LETTERS):
        number = number * _ALPHABET + (min(ord(letters[place]), _ALPHABET - 1) if place < len(letters) else 0)
    return f"0-{_LAST - number:0{len(str(_LAST))}d}"
