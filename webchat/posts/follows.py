"""This room keeps what an account follows in order: its lists, what the services say, what was repaired."""

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.errors import Offline, TimedOut, XmppError
from webchat.posts import store
from webchat.posts.changes import FollowsChanged
from webchat.posts.store import follows as kept
from webchat.posts.store.follows import BLOGS, MOST_FOLLOWS, FollowRow
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Followed, FollowedReceived
from webchat.xmpp.pubsub import following

log = logging.getLogger(__name__)

LONGEST_TITLE = 200

AT_ONCE = 3
"""Services that are asked at the same time."""

SILENT = frozenset(("remote-server-not-found", "remote-server-timeout", "service-unavailable"))
"""What a server that cannot be reached gives: that says nothing about whether we follow."""

Key = tuple[str, str]


@dataclass
class Lists:
    """One thing at a time is done to the lists of an account."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    task: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One node of the lists: what it is called there, and whether it stands in the public one."""

    title: str
    shared: bool
    xml: str


def known_place(service: str, node: str) -> Key | None:
    """Service and node as they are kept; None for what can be no place with posts."""
    try:
        address = jids.bare(jids.normalise(service))
    except ValueError:
        return None
    if not store.fits(address, node) or store.kind_of(address, node) == "comments":
        return None
    return address, node


# ---- what another program of ours did


async def on_followed(work: Work, event: FollowedReceived) -> None:
    """One of our lists is different: follow what is new in it, and no longer what has gone (W§7)."""
    via = jids.domain(work.jid)
    before = await kept.follows(work.db, work.account_id, via)
    rows = {(row.service, row.node): row for row in before}
    new: list[Key] = []
    changed = False
    for followed in event.followed[:MOST_FOLLOWS]:
        key = known_place(followed.service, followed.node)
        if key is None or (key not in rows and len(rows) + len(new) >= MOST_FOLLOWS):
            continue
        changed = await _take_up(work, key, followed, rows.get(key), public=event.public) or changed
        if key not in rows:
            new.append(key)
    gone = await _let_go(work, before, event)
    if changed or gone:
        work.changed(FollowsChanged())
    session = work.session
    seconds = [(row.service, row.node) for row in gone if row.blog and row.node != BLOGS[0]]
    if new:
        work.after(lambda: _begin(session, _confirm(session, new), "confirm follows"))
    if seconds:
        work.after(lambda: _begin(session, _leave(session, seconds), "leave second blogs"))


def _begin(session: Session, task: Coroutine[Any, Any, None], name: str) -> None:
    session.spawn(task, name)


async def _take_up(work: Work, key: Key, followed: Followed, row: FollowRow | None, *, public: bool) -> bool:
    title = followed.title[:LONGEST_TITLE]
    if row is None:
        node = await store.node_row(work.db, jids.domain(work.jid), *key)
        values = {"title": title, "shared": public, "source": followed.xml, "state": "pending"}
        await kept.put_follow(work.db, work.account_id, node.id, **values)
        return True
    news = {"title": title, "source": followed.xml} | ({"shared": True} if public else {})
    if (row.title, row.source, row.shared or not public) == (title, followed.xml, True):
        return False
    await kept.put_follow(work.db, work.account_id, row.node_id, **news)
    return True


async def _let_go(work: Work, rows: Sequence[FollowRow], event: FollowedReceived) -> list[FollowRow]:
    """What is not in this list any more: followed, or shown to others, no longer."""
    removed = set(event.removed)
    gone = [row for row in rows if following.item_id(work.jid, row.service, row.node) in removed]
    if event.public:
        for row in gone:
            await kept.put_follow(work.db, work.account_id, row.node_id, shared=False)
        return gone
    # The lists name a person once, and we follow both of their nodes.
    people = {row.service for row in gone if row.blog and row.node == BLOGS[0]}
    gone += [row for row in rows if row.service in people and row.blog and row not in gone]
    if gone:
        await kept.drop_follows(work.db, work.account_id, [row.node_id for row in gone])
    return gone


async def _confirm(session: Session, keys: Sequence[Key]) -> None:
    """Subscribe where another program says that we follow: twice does no harm (XEP-0060 §6.1)."""
    for key in keys:
        await _settle(session, key)


async def _settle(session: Session, key: Key) -> None:
    """Subscribe to what is followed still, and keep the state of that."""
    async with session[Lists].lock:
        if await _row_of(session, key) is not None and (state := await _subscribed(session, *key)):
            await _set_state(session, [key], state)


async def _leave(session: Session, keys: Sequence[Key]) -> None:
    """Unsubscribe where another program followed a person no longer and knew nothing of this node."""
    for key in keys:
        async with session[Lists].lock:
            if await _row_of(session, key) is None:
                try:
                    await following.unsubscribe(session.client, *key)
                except XmppError as error:
                    log.info("a second blog cannot be left (%s)", error.condition)


async def _row_of(session: Session, key: Key) -> FollowRow | None:
    async with session.read() as db:
        return await kept.follow_of(db, session.account_id, jids.domain(session.jid), *key)


# ---- at a login


async def catch_up(session: Session) -> None:
    """Bring rows, lists and the services' own word together; what cannot be asked stays as it is.

    Raises XmppError, TimedOut, Offline when our own lists cannot be read.
    """
    # Services may take their time to answer, and the user waits for the lock: nothing is asked inside it.
    before = await _rows(session)
    wanted = await _wanted(session)
    said = await _said(session, {service for service, _ in (*wanted, *before)})
    async with session[Lists].lock:
        rows = await _rows(session)
        touched = {key for key in {*before, *rows} if _shape(before.get(key)) != _shape(rows.get(key))}
        # What the user changed meanwhile is as they want it; the answers are older.
        wanted = {key: want for key, want in wanted.items() if key not in touched}
        rows = {key: row for key, row in rows.items() if key not in touched}
        await _learn(session, wanted, rows, said)
    await _repair(session, wanted, rows, said)


async def _rows(session: Session) -> dict[Key, FollowRow]:
    async with session.read() as db:
        found = await kept.follows(db, session.account_id, jids.domain(session.jid))
    return {(row.service, row.node): row for row in found}


def _shape(row: FollowRow | None) -> tuple[str, bool, str] | None:
    return None if row is None else (row.title, row.shared, row.source)


async def _wanted(session: Session) -> dict[Key, Wanted]:
    """What stands in both lists."""
    found: dict[Key, Wanted] = {}
    for public in (False, True):
        for followed in (await _list(session, public=public))[:MOST_FOLLOWS]:
            key = known_place(followed.service, followed.node)
            if key is not None and (key in found or len(found) < MOST_FOLLOWS):
                former = found.get(key)
                title = former.title if former else followed.title[:LONGEST_TITLE]
                found[key] = Wanted(title, public, former.xml if former else followed.xml)
    return found


async def _list(session: Session, *, public: bool) -> tuple[Followed, ...]:
    try:
        return await following.lists(session.client, public=public)
    except (TimedOut, Offline):
        raise
    except XmppError as error:
        if error.condition != "item-not-found":
            raise
        return ()


async def _said(session: Session, services: Iterable[str]) -> dict[str, set[str] | None]:
    """The nodes that each service says we follow; None for one that does not say."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def ask(service: str) -> tuple[str, set[str] | None]:
        async with gate:
            try:
                found = await following.subscriptions(session.client, service)
            except Offline:
                raise
            except XmppError as error:
                log.info("a service does not say what we follow there (%s)", error.condition)
                return service, None
        return service, {ref.node for ref in found}

    return dict(await asyncio.gather(*(ask(service) for service in sorted(services))))


async def _learn(
    session: Session,
    wanted: dict[Key, Wanted],
    rows: dict[Key, FollowRow],
    said: dict[str, set[str] | None],
) -> None:
    """Write down what the lists hold, and forget what was given up elsewhere."""
    async with session.work() as work:
        for key, want in wanted.items():
            await _write(work.db, work.account_id, jids.domain(work.jid), key, want, rows.get(key))
        gone = [
            row.node_id
            for key, row in rows.items()
            if key not in wanted and _given_up(row, said[row.service])
        ]
        if gone:
            await kept.drop_follows(work.db, work.account_id, gone)
        work.changed(FollowsChanged())


def _given_up(row: FollowRow, told: set[str] | None) -> bool:
    """Whether its service says that we follow it no longer."""
    return told is not None and row.node not in told


async def _write(
    db: AsyncSession, account_id: int, via: str, key: Key, want: Wanted, row: FollowRow | None
) -> None:
    values = {"title": want.title, "shared": want.shared, "source": want.xml}
    if row is not None:
        await kept.put_follow(db, account_id, row.node_id, **values)
        return
    node = await store.node_row(db, via, *key)
    await kept.put_follow(db, account_id, node.id, state="pending", **values)


async def _repair(
    session: Session,
    wanted: dict[Key, Wanted],
    rows: dict[Key, FollowRow],
    said: dict[str, set[str] | None],
) -> None:
    """Make the services agree with the lists, and the private list with what we follow all the same."""
    sure = [key for key in wanted if key[1] in (said[key[0]] or ())]
    await _set_state(session, sure, "subscribed")
    for key in wanted:
        if key not in sure and (key not in rows or said[key[0]] is not None):
            await _settle(session, key)
    for key, row in rows.items():
        if key not in wanted and row.node in (said[row.service] or ()) and not _second(row, wanted):
            async with session[Lists].lock:
                if await _row_of(session, key) is not None:
                    await following.put(session.client, Followed(*key, row.title, row.source), public=False)


def _second(row: FollowRow, wanted: Iterable[Key]) -> bool:
    """Whether this is the other node of a person who is followed: the lists name a person once."""
    return row.blog and row.node != BLOGS[0] and (row.service, BLOGS[0]) in wanted


async def _subscribed(session: Session, service: str, node: str) -> str:
    """Subscribe once more; the state that follows, "" where nothing was learnt. Raises Offline."""
    try:
        return await following.subscribe(session.client, service, node)
    except Offline:
        raise
    except XmppError as error:
        log.info("a node of the list cannot be followed (%s)", error.condition)
        return "" if error.condition in SILENT else "broken"


async def _set_state(session: Session, keys: Sequence[Key], state: str) -> None:
    via = jids.domain(session.jid)
    async with session.work() as work:
        changed = False
        for service, node in keys:
            row = await kept.follow_of(work.db, work.account_id, via, service, node)
            if row is not None and row.state != state:
                await kept.put_follow(work.db, work.account_id, row.node_id, state=state)
                changed = True
        if changed:
            work.changed(FollowsChanged())
