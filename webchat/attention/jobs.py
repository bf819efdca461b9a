"""This room has browsers without an open page told by their push service what their pages would be told."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.attention import show
from webchat.attention.show import NoticeView, told
from webchat.change import Change
from webchat.contacts import store as contacts
from webchat.contacts.changes import RequestsChanged
from webchat.contacts.state import Blocklist
from webchat.db.base import now
from webchat.markup import names as safe
from webchat.messages import store
from webchat.notifications import jobs
from webchat.notifications import store as kept
from webchat.notifications.changes import Happened, Notice, NotificationsChanged, Reminded
from webchat.notifications.jobs import Message, Pusher, sealed
from webchat.notifications.state import MOST_PUSHED, Pushed, Told
from webchat.notifications.store import Subscription
from webchat.session.feed import Feed
from webchat.session.session import Session
from webchat.web.language import N_, translate
from webchat.web.templates import installed
from webchat.xmpp import jid as jids

SETTLE = 3.0
"""Seconds before anybody is told: a page that goes over into the next one is away for a moment, and what is
read at once, here or elsewhere, is no news."""

UNTENDED = 300.0
"""Seconds without a request after which the pages of other browsers stand open and nobody looks."""

ASKS_EVERY = 60.0
"""Seconds between two times that somebody is told of people who ask for something: anybody can ask."""

AT_ONCE = 10
"""Conversations that are told of at once; the newest."""

OVER = 8
LONGEST_TITLE, LONGEST_TEXT, LONGEST_PATH = 100, 200, 600

ASKS = N_("Asks to be your contact.")
WORTH = (Notice, Reminded, Happened, RequestsChanged, NotificationsChanged)


@dataclass
class Asks:
    """Who asked for something before: requests of contacts, the last row of what one should hear of."""

    requests: frozenset[str]
    last: int
    told_at: float = -ASKS_EVERY


async def push(session: Session) -> None:
    """As long as the session lives: what is worth a notice goes to browsers that have no page open."""
    pusher = jobs.installed()
    if pusher is None:
        return
    await jobs.look(session)
    while not session.feed.closed:
        await session[Pushed].some.wait()
        await _follow(session, pusher)


async def _follow(session: Session, pusher: Pusher) -> None:
    feed, some = session.feed, session[Pushed].some
    cursor = feed.cursor
    async with session.read() as db:
        asks = Asks(
            frozenset(await contacts.requests(db, session.account_id)),
            await kept.last(db, session.account_id),
        )
    while some.is_set() and not feed.closed:
        await feed.wait(cursor, 3600)
        cursor, worth = _worth(feed, cursor)
        if worth:
            await asyncio.sleep(SETTLE)
            cursor, more = _worth(feed, cursor)
            await tell(session, pusher, [*worth, *more], asks)


def _worth(feed: Feed, cursor: str) -> tuple[str, list[Change]]:
    """Where the feed stands, and what came since the cursor that may be told. A flood is not told whole."""
    now_at, changes = feed.since(cursor) or (feed.cursor, [])
    return now_at, [change for change in changes if isinstance(change, WORTH)]


def away(session: Session, login_id: str) -> bool:
    """Whether this browser is told by its push service: nobody has a page of the account open, or this
    browser has none and nobody tends to those of others."""
    if not session.tabs:
        return True
    return not session.tabs_of[login_id] and time.monotonic() - session.asked_at > UNTENDED


async def tell(session: Session, pusher: Pusher, changes: Sequence[Change], asks: Asks) -> None:
    """Send what of these changes is still news to every browser that is away."""
    async with session.read() as db:
        news = await asked(db, session, asks)
        browsers = await kept.subscriptions(db, session.account_id, active=True)
        to = [one for one in browsers if away(session, one.login_id)]
        if session.preferences.get("notices", "on") == "off":
            to = []
        for language in {_language(session, one) for one in to}:
            messages = await _of_messages(db, session, changes, language)
            deeds = [change for change in changes if isinstance(change, Happened)][-AT_ONCE:]
            views = await show.deeds(db, session, deeds, language)
            messages += [_message(view, urgency="normal") for view in views]
            messages += [_of_people(news, language)] if news else []
            for one in to:
                if _language(session, one) == language:
                    _send(session, pusher, one, messages)
    if not browsers:
        # The last of them went with its login.
        await jobs.look(session)


def _send(session: Session, pusher: Pusher, to: Subscription, messages: Sequence[Message]) -> None:
    def wanted() -> bool:
        return away(session, to.login_id) and session.preferences.get("notices", "on") != "off"

    for message in messages:
        if len(session[Pushed].newest) >= MOST_PUSHED:
            # Nothing gets through: what waits is enough.
            return
        session.spawn(pusher.deliver(session, to, message, wanted), "push")


def _language(session: Session, to: Subscription) -> str:
    return session.preferences.get("language") or to.language


async def _of_messages(
    db: AsyncSession, session: Session, changes: Sequence[Change], language: str
) -> list[Message]:
    """What is still unread of these messages, one for each conversation; messages of which the user wanted to
    hear now."""
    account_id, blocked = session.account_id, session[Blocklist].blocks
    ids = [change.message_id for change in changes if isinstance(change, Notice)]
    rows = await store.notices(db, account_id, ids, now()) if ids else []
    rows = [row for row in rows if not blocked(row.jid) and not blocked(jids.bare(row.sender))]
    views = (await show.notices(db, session, rows, language))[-AT_ONCE:]
    ids = [change.message_id for change in changes if isinstance(change, Reminded)][-AT_ONCE:]
    reminders = await show.reminders(db, session, ids, language)
    if not views and not reminders:
        return []
    over, unread = await _over(db, session), await store.unread_total(db, account_id)
    for view in views:
        session[Told].add(view.conversation)
        session[Pushed].show(view.tag, view.conversation)
    return [_message(view, over, unread=unread) for view in (*views, *reminders)]


async def _over(db: AsyncSession, session: Session) -> list[str]:
    """Tags of notices that say nothing new any more; each is told of once."""
    shown = session[Pushed].shown
    read = set(await store.all_read(db, session.account_id, [jid for jid in shown.values() if jid]))
    over = [tag for tag, jid in shown.items() if jid in read]
    for tag in over:
        del shown[tag]
    return over


def _message(view: NoticeView, over: Sequence[str] = (), *, urgency: str = "high", **more: int) -> Message:
    words = {"tag": view.tag, "title": view.title, "text": view.text, "path": view.path, **more}
    return Message(packed(words, over), jobs.topic(view.tag), urgency)


def packed(words: Mapping[str, Any], over: Sequence[str] = ()) -> bytes:
    """A notice as its browser reads it (static/js/pushed.js), within what a push service takes.

    words  tag, title, text (both foreign), path and whatever else is short
    over   tags of notices that say nothing new any more
    """
    short = {"title": str(words["title"])[:LONGEST_TITLE], "text": str(words["text"])[:LONGEST_TEXT]}
    path = words["path"] if len(words["path"]) <= LONGEST_PATH else installed().url("/chats")
    values: dict[str, Any] = {**words, **short, "path": path}
    data = jobs.written({**values, "over": list(over)[:OVER]})
    if len(data) > sealed.MOST:
        data = jobs.written(values)
    while len(data) > sealed.MOST:
        values["text"], values["title"] = values["text"][:-20], values["title"][:-5]
        data = jobs.written(values)
    return data


# ---- people who ask for something


async def asked(db: AsyncSession, session: Session, asks: Asks) -> tuple[str, str] | None:
    """The name of whoever asked last, and for what ("" to be a contact, else a room); None for no news.

    Strangers may ask to be a contact; rooms are only told of when a contact invites.
    """
    waiting = await contacts.requests(db, session.account_id)
    rows = await kept.newest(db, session.account_id, most=20)
    blocked = session[Blocklist].blocks
    new = [jid for jid in waiting if jid not in asks.requests and not blocked(jid)]
    invited = [row for row in rows if row.kind == "invitation" and row.id > asks.last and not row.seen]
    known = await contacts.contacts(db, session.account_id, [row.actors[0] for row in invited])
    rooms = [row for row in invited if row.actors[0] in known and not blocked(row.actors[0])]
    asks.requests = frozenset(waiting)
    asks.last = max([asks.last, *(row.id for row in rows)])
    moment = time.monotonic()
    if not (new or rooms) or session.preferences.get("notice_asks", "on") == "off":
        return None
    if moment - asks.told_at < ASKS_EVERY:
        return None
    asks.told_at = moment
    who, room = (new[-1], "") if new else (rooms[0].actors[0], rooms[0].title)
    return (await contacts.names(db, session.account_id, [who]))[who], room


def _of_people(asked: tuple[str, str], language: str) -> Message:
    name, room = safe.shown(asked[0]), asked[1]
    text = translate(ASKS, language)
    if room:
        text = f"{translate(told.ONE['invitation'], language) % {'name': name}} {room}"
    where = installed().url("/notifications")
    words = {"tag": "asks", "title": name, "text": text, "path": where, "quiet": True}
    return Message(packed(words), jobs.topic("asks"), urgency="normal")
