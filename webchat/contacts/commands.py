"""This room is what a user can do about people: make them contacts or not, see and be seen, block, report."""

import asyncio
import dataclasses
import hashlib
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any, TypeVar

from webchat.contacts import handlers, jobs, store
from webchat.contacts.changes import (
    ContactChanged,
    OwnPresenceChanged,
    ProfileChanged,
    RequestsChanged,
    RosterChanged,
)
from webchat.contacts.state import Asking, Blocklist, Faces
from webchat.errors import NotFound, Offline, TimedOut, XmppError
from webchat.pictures import BadPicture
from webchat.session import complaints
from webchat.session.complaints import About, Told
from webchat.session.session import Session
from webchat.xmpp import archive, blocking, disco, last_seen, portrait, profile, roster
from webchat.xmpp import jid as jids
from webchat.xmpp.blocking import Reason, Report
from webchat.xmpp.events import BlocklistReceived, MessageReceived
from webchat.xmpp.profile import Profile

T = TypeVar("T")

_Answers = tuple[
    Profile | XmppError,
    tuple[Profile, bytes] | XmppError,
    datetime | XmppError | None,
    str | XmppError,
]
"""What somebody tells: vCard4, vcard-temp and its picture, when they were last here, banner."""

EVIDENCE = 10
"""Newest messages of theirs that a report names."""


async def add_contact(session: Session, jid: str) -> None:
    """Put a bare JID into the roster and ask to see their presence (RFC 6121 §2.3, §3.1).

    Whoever asked us already is answered with it; nobody else sees us before they ask. Who is seen or was
    asked before is left alone. Raises NotFound for our own address, XmppError, TimedOut, Offline.
    """
    if jid == session.jid:
        raise NotFound
    if not session.client.connected:
        raise Offline
    async with session.read() as db:
        contact = await store.contact(db, session.account_id, jid)
    if contact is None:
        await roster.set_item(session.client, jid)
    if await _answer(session, jid):
        roster.subscribed(session.client, jid)
    if contact is None or (not contact.seen and not contact.ask):
        roster.subscribe(session.client, jid)


async def remove_contact(session: Session, jid: str) -> None:
    """Take a bare JID out of the roster; neither side sees the other any more (RFC 6121 §2.5).

    Raises XmppError, TimedOut, Offline.
    """
    async with session.read() as db:
        known = await store.is_contact(db, session.account_id, jid)
    if known:
        await roster.remove_item(session.client, jid)


async def edit_contact(session: Session, jid: str, name: str, groups: Sequence[str]) -> None:
    """Call a contact otherwise, sort them into groups; whoever is none becomes one (RFC 6121 §2.3, §2.4).

    Raises NotFound for our own address, XmppError, TimedOut, Offline.
    """
    if jid == session.jid:
        raise NotFound
    async with session.read() as db:
        contact = await store.contact(db, session.account_id, jid)
    await roster.set_item(session.client, jid, name, groups)
    if contact is None:
        await _greet(session, jid)


async def _greet(session: Session, jid: str) -> None:
    if await _answer(session, jid):
        roster.subscribed(session.client, jid)
    roster.subscribe(session.client, jid)


async def change_subscription(session: Session, jid: str, action: str) -> None:
    """One of the four sentences between two people (RFC 6121 §3).

    action  "ask" to see them, "unsee" them, "hide" from them, "allow" them to see us: the answer to a
            request, or said in advance where the server keeps that (§3.4)

    Raises NotFound where it makes no sense, Offline.
    """
    if jid == session.jid:
        raise NotFound
    if not session.client.connected:
        raise Offline
    if action == "ask":
        roster.subscribe(session.client, jid)
    elif action == "unsee":
        roster.unsubscribe(session.client, jid)
    elif action == "hide":
        roster.unsubscribed(session.client, jid)
    elif action == "allow" and (await _answer(session, jid) or session.client.pre_approves):
        roster.subscribed(session.client, jid)
    else:
        raise NotFound


async def accept_request(session: Session, jid: str, *, add_back: bool = True) -> None:
    """Let `jid` see when we are here, and ask for the same unless told otherwise (RFC 6121 §3.1.4).

    Only a request that is open is answered, so a second click does nothing. Raises Offline.
    """
    if not await _answer(session, jid):
        return
    roster.subscribed(session.client, jid)
    if not add_back:
        return
    async with session.read() as db:
        contact = await store.contact(db, session.account_id, jid)
    if contact is None or (not contact.seen and not contact.ask):
        roster.subscribe(session.client, jid)


async def decline_request(session: Session, jid: str) -> None:
    """Tell the server no; it says nothing to `jid` about us but that (RFC 6121 §3.2). Raises Offline."""
    if await _answer(session, jid):
        roster.unsubscribed(session.client, jid)


async def _answer(session: Session, jid: str) -> bool:
    # An answer that cannot leave now would be lost, and the request with it.
    if not session.client.connected:
        raise Offline
    async with session.work() as work:
        open_until_now = await store.drop_request(work.db, work.account_id, jid)
        if open_until_now:
            work.changed(RequestsChanged())
    return open_until_now


def show_presence(session: Session) -> None:
    """What the user chose to show is different: everybody hears it, and so do the user's own tabs."""
    session.tell_presence()
    session.feed.publish([OwnPresenceChanged()])


# ---- blocking


async def block(session: Session, jid: str, report: Report | None = None) -> None:
    """Hear nothing more from an address, nor be seen by it (XEP-0191 §3.4); the server hears why.

    Raises XmppError, TimedOut, Offline; NotFound for our own address.
    """
    if jid in (session.jid, jids.domain(session.jid)):
        raise NotFound
    blocked = session[Blocklist]
    said = report if blocked.reporting else None
    await blocking.block(session.client, jid, said, older=blocked.reporting == "0")
    # Not every server pushes to whoever asked for it.
    await session.handled(BlocklistReceived((jid,)))


async def unblock(session: Session, jid: str) -> None:
    """Hear an address again. Raises XmppError, TimedOut, Offline."""
    blocked = session[Blocklist]
    for one in {jid, jids.domain(jid)} & blocked.jids:
        await blocking.unblock(session.client, one)
        await session.handled(BlocklistReceived((one,), blocked=False))


async def report(
    session: Session, jid: str, reason: Reason, text: str, *, site: bool = False, about: About = "person"
) -> None:
    """Block somebody and tell our server why, naming their newest messages (XEP-0377 §4).

    site  those who run this site are told, too
    Raises XmppError, TimedOut, Offline; NotFound for our own address; TooMany: all but the site was told.
    """
    if jid in (session.jid, jids.domain(session.jid)):
        raise NotFound
    try:
        if site:
            async with session.work() as work:
                told = Told(about, jid, jid, reason=reason, words=text)
                await complaints.add(work.db, session.account_id, told)
    finally:
        evidence = await _evidence(session, jid) if session[Blocklist].reporting == "1" else ()
        if session[Blocklist].offered or not site:
            await block(session, jid, Report(reason, text, evidence))


async def _evidence(session: Session, jid: str) -> tuple[tuple[str, str], ...]:
    try:
        page = await archive.page(session.client, with_jid=jid, before="", limit=EVIDENCE, timeout=5)
    except Offline:
        raise
    except XmppError:
        return ()
    theirs = [id for id, _, event in page.results if isinstance(event, MessageReceived) and not event.mine]
    return tuple((session.jid, id) for id in theirs)


async def abuse_addresses(session: Session, jid: str) -> tuple[str, ...]:
    """Where complaints about somebody go: to their server, and to ours (XEP-0157). Foreign text."""
    domains = dict.fromkeys((jids.domain(jid), jids.domain(session.jid)))
    answers = await asyncio.gather(
        *(disco.abuse_addresses(session.client, domain, 4) for domain in domains), return_exceptions=True
    )
    found = [address for answer in answers if isinstance(answer, tuple) for address in answer]
    return tuple(dict.fromkeys(found))


# ---- profiles


async def load_profile(session: Session, jid: str, *, changed: bool = False) -> None:
    """Ask somebody what they tell about themselves: vCard4, vcard-temp, banner, when they were last here.

    Called when a page about them is opened, never before: the question tells them that we are interested.
    changed: they have just told something else, so the answer to an earlier question may miss it.
    """
    asking = session[Asking]
    while asking.begin(jid, changed=changed):
        answers: _Answers = (TimedOut(), TimedOut(), TimedOut(), TimedOut())
        try:
            answers = await asyncio.gather(
                _answer_or_error(profile.fetch(session.client, jid)),
                _answer_or_error(profile.fetch_older(session.client, jid)),
                _answer_or_error(last_seen.ask(session.client, jid)),
                _answer_or_error(portrait.banner(session.client, jid)),
            )
        finally:
            silent, lost = _silent(answers), _lost(answers)
            changed = asking.end(jid, silent=silent, lost=lost)
        if silent or lost:
            session.feed.publish([ProfileChanged(jid)])
        else:
            await _keep_answers(session, jid, answers)
        if not changed:
            return


def _silent(answers: _Answers) -> bool:
    return all(isinstance(answer, TimedOut | Offline) for answer in answers[:2])


def _lost(answers: _Answers) -> bool:
    card = answers[0]
    return isinstance(card, XmppError) and card.condition == "remote-server-not-found"


async def _keep_answers(session: Session, jid: str, answers: _Answers) -> None:
    card, older, seen, banner = answers
    content = card if isinstance(card, Profile) else Profile()
    photo = b""
    if isinstance(older, tuple):
        content, photo = content.merged(older[0]), older[1]
    if isinstance(banner, str):
        content = dataclasses.replace(content, banner=banner)
    await _keep_profile(session, jid, content, seen if isinstance(seen, datetime) else None)
    if photo:
        await _keep_photo(session, jid, photo)


async def _answer_or_error(question: Coroutine[Any, Any, T]) -> T | XmppError:
    try:
        return await question
    except XmppError as error:
        return error


async def _keep_profile(session: Session, jid: str, content: Profile, seen: datetime | None) -> None:
    async with session.work() as work:
        await store.put_profile(work.db, work.account_id, jid, content, seen)
        face = await store.face(work.db, work.account_id, jid)
        name = content.name or content.nickname
        if face.name != name:
            await store.set_face(work.db, work.account_id, jid, name=name)
            work.changed(RosterChanged(), ContactChanged(jid))
            if jid == work.jid:
                handlers.call_us(work, face.nick or name)
        work.changed(ProfileChanged(jid))


async def _keep_photo(session: Session, jid: str, photo: bytes) -> None:
    """The picture in a vCard, for whoever announced none (XEP-0153)."""
    sha1 = hashlib.sha1(photo, usedforsecurity=False).hexdigest()
    async with session.read() as db:
        face = await store.face(db, session.account_id, jid)
    if face.avatar == sha1 or face.avatar_source == "pep":
        return
    try:
        await jobs.keep_picture(session, jid, sha1, "vcard", photo)
    except BadPicture:
        session[Faces].asked.add((jid, sha1, "vcard"))
