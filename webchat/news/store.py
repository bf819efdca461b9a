"""This room holds the queries of reading: whose posts are news, how many are new, what there is to find.

Every one of them names the server that the posts came through, and none shows a reader a post that was meant
for fewer people: it is open to everybody, or stands in a node that this very account is given.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts.models import Contact
from webchat.db.base import now
from webchat.db.insert import upsert
from webchat.posts.models import NewsRead
from webchat.posts.store import Place, Post
from webchat.posts.store.follows import BLOGS, contact_nodes, followed_nodes, own_nodes
from webchat.posts.store.rows import JOINED, NODE, POST, POST_COLUMNS, TAG, N, P, T, as_post
from webchat.session.models import Account
from webchat.xmpp import jid as jids

RECENT = timedelta(days=1)
"""What was published longer ago than this before one looked is no news when it arrives: older posts come with
the first look at somebody's blog."""

FIRST = timedelta(days=7)
"""What counts as new for somebody who never looked."""

MOST_NEW = 100
"""New posts that are counted; more are "many"."""

WALK = 400
"""From so many sources on, one walk through all posts is shorter than a look into each of them."""

EXPLORED = timedelta(days=180)
COUNTED_TAGS = 10_000
"""The newest uses of tags that are counted."""

LOOKED_AT = 50
"""Newest uses of one tag among which an open post has to be, so that it is named to everybody."""

CHOSEN_FROM = 2000
"""The newest open posts: their languages and servers can be chosen, and among them that is looked for."""

UNKNOWN = "und"
"""The language of what does not say it (ISO 639-2)."""

CODE = re.compile(r"[a-z]{2,8}")
LONGEST_SERVER = 500

LOOKED_THROUGH = 400
"""The newest open posts among which the newest of each source are found."""

_SEEN = cast(Table, NewsRead.__table__)
_CONTACT = cast(Table, Contact.__table__)
_ACCOUNT = cast(Table, Account.__table__)
_POSTS = select(*POST_COLUMNS).select_from(JOINED)

KINDS = {"people": ("people",), "communities": ("community",), "": ("people", "community")}


def sources_of(account_id: int, jid: str, kind: str = "") -> Select[tuple[int]]:
    """The ids of all nodes whose posts are news to an account, or of its "people" or "communities" alone."""
    via = jids.domain(jid)
    found = union(followed_nodes(account_id), contact_nodes(account_id, via), own_nodes(jid, via)).subquery()
    return select(N.id).where(N.id.in_(select(found)), N.via == via, N.kind.in_(KINDS[kind]))


async def sources(db: AsyncSession, account_id: int, jid: str, kind: str = "") -> list[int]:
    """The same as numbers."""
    return list(await db.scalars(sources_of(account_id, jid, kind)))


async def news(
    db: AsyncSession,
    via: str,
    nodes: Sequence[int],
    *,
    before: Place | None = None,
    most: int = 20,
    only_open: bool = False,
) -> list[Post]:
    """Posts of these nodes, the newest first.

    A few of each node are looked at through the index of the node, however many there are in all.
    """
    if not nodes:
        return []
    inner = POST.alias("inside")
    where: list[ColumnElement[bool]] = [inner.c.kind == "post"]
    outer: list[ColumnElement[bool]] = [P.via == via, P.kind == "post"]
    if before is not None:
        where.append(tuple_(inner.c.published, inner.c.id) < tuple_(before.published, before.id))
        outer.append(tuple_(P.published, P.id) < tuple_(before.published, before.id))
    if only_open:
        where.append(inner.c.web != "")
        outer.append(P.web != "")
    if len(nodes) <= WALK:
        some = select(inner.c.id).where(inner.c.node_id == N.id, *where)
        some = some.order_by(inner.c.published.desc(), inner.c.id.desc()).limit(most).correlate(NODE)
        query = select(*POST_COLUMNS).select_from(NODE.join(POST, P.id.in_(some)))
        query = query.where(N.via == via, N.id.in_(nodes))
    else:
        query = _POSTS.where(*outer, P.node_id.in_(nodes))
    rows = await db.execute(query.order_by(P.published.desc(), P.id.desc()).limit(most))
    return [as_post(row) for row in rows]


# ---- what is new


async def seen_at(db: AsyncSession, account_id: int) -> datetime | None:
    """When the account last looked at its news, None for never."""
    return await db.scalar(select(_SEEN.c.seen_at).where(_SEEN.c.account_id == account_id))


async def set_seen(db: AsyncSession, account_id: int, moment: datetime) -> None:
    """The account looks at its news."""
    await upsert(db, _SEEN, {"account_id": account_id, "seen_at": moment}, ["account_id"])


async def arrived(
    db: AsyncSession,
    account_id: int,
    jid: str,
    since: datetime,
    blocks: Callable[[str], bool],
    *,
    kind: str = "",
    own: bool = True,
) -> int:
    """How many posts came since then that are no older than a day before, `MOST_NEW` at most.

    blocks  says of an address whether the reader wants to see nothing of theirs
    own     count also what the account wrote itself
    """
    inner = POST.alias("inside")
    some = select(inner.c.id).where(
        inner.c.node_id == N.id,
        inner.c.kind == "post",
        inner.c.published > since - RECENT,
        inner.c.received_at > since,
    )
    if not own:
        some = some.where(inner.c.author != jid)
    some = some.order_by(inner.c.published.desc()).limit(MOST_NEW).correlate(NODE)
    found = select(P.author, P.editor, func.count()).select_from(NODE.join(POST, P.id.in_(some)))
    # Nothing here may name an index of posts: the few of each node are found through the node.
    found = found.where(N.via == jids.domain(jid), N.id.in_(await sources(db, account_id, jid, kind)))
    rows = await db.execute(found.group_by(P.author, P.editor))
    total: int = sum(number for author, editor, number in rows if not (blocks(author) or blocks(editor)))
    return min(total, MOST_NEW)


async def unread(db: AsyncSession, account_id: int, jid: str, blocks: Callable[[str], bool]) -> int:
    """The number beside "News": posts of others since the account last looked."""
    since = await seen_at(db, account_id) or now() - FIRST
    return await arrived(db, account_id, jid, since, blocks, own=False)


# ---- what there is to find


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an account chose to find: posts in one language (a code like "fr"; UNKNOWN), and of one server; ""
    for all."""

    language: str = ""
    server: str = ""


ALL = Wanted()


def chosen_by(preferences: Mapping[str, str]) -> Wanted:
    """What an account chose; what is none chooses nothing."""
    language, server = preferences.get("explore_language", ""), preferences.get("explore_server", "")
    return Wanted(language if CODE.fullmatch(language) else "", server if _is_server(server) else "")


def _is_server(text: str) -> bool:
    try:
        return 0 < len(text) <= LONGEST_SERVER and jids.normalise(text) == text == jids.domain(text)
    except ValueError:
        return False


def primary(language: str) -> str:
    """The first part of a language as a post names it, in small letters: "pt-BR" is Portuguese."""
    return language.partition("-")[0].lower() or UNKNOWN


def _open(via: str, jid: str, *, adult: bool) -> tuple[ColumnElement[bool], ...]:
    """Recent posts of others that their authors made readable for everybody."""
    safe = () if adult else (P.nsfw.is_(False),)
    recent = P.published > now() - EXPLORED
    return (P.via == via, P.kind == "post", P.web != "", *safe, recent, N.service != jid)


async def open_kinds(db: AsyncSession, via: str, jid: str, *, adult: bool = False) -> list[tuple[str, str]]:
    """Language and service of each of the newest open posts."""
    query = select(P.language, N.service).select_from(JOINED).where(*_open(via, jid, adult=adult))
    rows = await db.execute(query.order_by(P.published.desc(), P.id.desc()).limit(CHOSEN_FROM))
    return [(row.language, row.service) for row in rows]


def _chosen(via: str, jid: str, wanted: Wanted, *, adult: bool) -> list[ColumnElement[bool]]:
    """The conditions of a choice, which is looked for among a bounded number of posts."""
    if wanted == ALL:
        return []
    newest = select(P.id).select_from(JOINED).where(*_open(via, jid, adult=adult))
    newest = newest.order_by(P.published.desc(), P.id.desc()).limit(CHOSEN_FROM)
    found: list[ColumnElement[bool]] = [P.id.in_(newest)]
    if wanted.language:
        code = "" if wanted.language == UNKNOWN else wanted.language
        longer = func.lower(P.language).startswith(f"{code}-", autoescape=True)
        found.append(P.language == "" if not code else or_(func.lower(P.language) == code, longer))
    if wanted.server:
        people = N.service.endswith(f"@{wanted.server}", autoescape=True)
        found.append(or_(N.service == wanted.server, people))
    return found


async def open_posts(
    db: AsyncSession,
    via: str,
    jid: str,
    *,
    kind: str = "",
    before: Place | None = None,
    most: int = 18,
    adult: bool = False,
    wanted: Wanted = ALL,
) -> list[Post]:
    """Recent posts that their authors made readable for everybody, the newest of each source, none of `jid`;
    what is for adults only where `adult`, and in the end what is `wanted`."""
    query = _POSTS.where(*_open(via, jid, adult=adult), N.kind.in_(KINDS[kind]))
    query = query.where(*_chosen(via, jid, wanted, adult=adult))
    if before is not None:
        query = query.where(tuple_(P.published, P.id) < tuple_(before.published, before.id))
    query = query.order_by(P.published.desc(), P.id.desc()).limit(LOOKED_THROUGH)
    firsts: dict[int, int] = {}
    for row in await db.execute(query.with_only_columns(P.id, P.node_id)):
        firsts.setdefault(row.node_id, row.id)
        if len(firsts) >= most:
            break
    return await _by_ids(db, via, list(firsts.values()))


async def _by_ids(db: AsyncSession, via: str, ids: Sequence[int]) -> list[Post]:
    if not ids:
        return []
    query = _POSTS.where(P.via == via, P.id.in_(ids)).order_by(P.published.desc(), P.id.desc())
    return [as_post(row) for row in await db.execute(query)]


async def around_here(db: AsyncSession, jid: str, home: str = "", most: int = 6) -> list[Post]:
    """The newest open posts of others who use this site from the same server, and of its communities, which
    are at the service `home`."""
    via = jids.domain(jid)
    others = select(_ACCOUNT.c.jid).where(_ACCOUNT.c.jid.endswith(f"@{via}", autoescape=True))
    people = and_(N.service.in_(others), N.node.in_(BLOGS), N.service != jid)
    query = select(N.id).where(N.via == via, or_(people, _open_at(home)))
    return await news(db, via, list(await db.scalars(query)), most=most, only_open=True)


def _open_at(service: str) -> ColumnElement[bool]:
    """Communities of a service that everybody may read and that it lets us read."""
    return and_(N.service == service, N.kind == "community", N.access == "open", N.trouble == "")


async def unread_communities(db: AsyncSession, via: str, service: str, most: int) -> list[tuple[str, str]]:
    """Open communities of a service whose posts nobody here ever asked for, those with the most subscribers
    first: (service, node)."""
    query = select(N.service, N.node).where(N.via == via, _open_at(service), N.fetched_at.is_(None))
    query = query.order_by(func.coalesce(N.subscribers, 0).desc(), N.id).limit(most)
    return [(row.service, row.node) for row in await db.execute(query)]


async def tagged(
    db: AsyncSession,
    account_id: int,
    jid: str,
    tag: str,
    *,
    before: Place | None = None,
    most: int = 20,
) -> list[Post]:
    """Posts with a tag that this account may see: open ones, and those that are news to it."""
    via = jids.domain(jid)
    query = select(*POST_COLUMNS).select_from(JOINED.join(TAG, T.post_id == P.id))
    query = query.where(T.via == via, T.tag == tag, P.via == via, P.kind == "post")
    query = query.where(or_(P.web != "", P.node_id.in_(await sources(db, account_id, jid))))
    if before is not None:
        query = query.where(tuple_(T.published, T.post_id) < tuple_(before.published, before.id))
    rows = await db.execute(query.order_by(T.published.desc(), T.post_id.desc()).limit(most))
    return [as_post(row) for row in rows]


async def popular_tags(
    db: AsyncSession, via: str, *, since: datetime, most: int = 20
) -> list[tuple[str, int]]:
    """Tags of open posts since then and how often they were used, the most frequent first."""
    recent = select(T.tag).where(T.via == via, T.published >= since)
    used = recent.order_by(T.published.desc(), T.post_id.desc()).limit(COUNTED_TAGS).subquery()
    count = func.count().label("times")
    often = select(used.c.tag, count).group_by(used.c.tag).order_by(count.desc(), used.c.tag)
    top = often.limit(4 * most).subquery()
    newest = select(T.post_id).where(T.via == via, T.tag == top.c.tag, T.published >= since)
    newest = newest.order_by(T.published.desc(), T.post_id.desc()).limit(LOOKED_AT).correlate(top)
    shown = select(P.id).where(P.id.in_(newest), P.web != "", P.nsfw.is_(False))
    query = select(top.c.tag, top.c.times).where(shown.correlate(top).exists())
    rows = await db.execute(query.order_by(top.c.times.desc(), top.c.tag).limit(most))
    return [(tag, number) for tag, number in rows]


async def communities(db: AsyncSession, account_id: int, via: str, most: int) -> list[tuple[str, str, str]]:
    """Service, node and title of open communities that the account does not follow, those with the most
    subscribers first."""
    query = select(N.service, N.node, N.title).where(
        N.via == via, N.kind == "community", N.access == "open", N.title != "", N.trouble == ""
    )
    followed = select(followed_nodes(account_id).subquery())
    query = query.where(N.id.not_in(followed)).order_by(func.coalesce(N.subscribers, 0).desc(), N.id.desc())
    return [(row.service, row.node, row.title) for row in await db.execute(query.limit(most))]


async def people_to_follow(db: AsyncSession, account_id: int, jid: str, most: int = 6) -> list[str]:
    """Contacts who are not followed yet: those who wrote last come first."""
    via = jids.domain(jid)
    last = select(P.published).where(P.node_id == N.id, P.via == via, P.published > now() - EXPLORED)
    last = last.order_by(P.published.desc()).limit(1).correlate(NODE)
    blogs = select(func.max(last.scalar_subquery())).where(N.via == via, N.service == _CONTACT.c.jid)
    latest = blogs.where(N.node.in_(BLOGS)).correlate(_CONTACT).scalar_subquery()
    followed = select(N.service).where(N.via == via, N.node.in_(BLOGS), N.id.in_(followed_nodes(account_id)))
    query = (
        select(_CONTACT.c.jid, latest.label("latest"))
        .where(
            _CONTACT.c.account_id == account_id,
            _CONTACT.c.jid.not_in(followed),
            _CONTACT.c.jid.contains("@"),
            _CONTACT.c.jid != jid,
        )
        .subquery()
    )
    found = select(query.c.jid).order_by(query.c.latest.is_(None), query.c.latest.desc(), query.c.jid)
    return list(await db.scalars(found.limit(most)))
