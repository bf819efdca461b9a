"""This room keeps items of nodes: who wrote them, when, what they are; unique keys judge what is new."""

import dataclasses
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from markupsafe import escape
from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.base import now
from webchat.db.insert import insert_or_ignore
from webchat.markup import elsewhere, hashtags
from webchat.markup.elsewhere import Clean
from webchat.markup.excerpt import excerpt
from webchat.posts.store import follows, search
from webchat.posts.store.hidden import is_hidden
from webchat.posts.store.read import by_id, is_like, node
from webchat.posts.store.rows import JOINED, NODE, POST, POST_COLUMNS, TAG, N, Node, P, Post, T, as_post
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import COMMENTS, MICROBLOG, Entry, EntryLink, PostItem, Ref

LONGEST_NAME = 500
"""Characters of a service, a node or an item: what is longer is ignored."""

LONGEST_KEY = 2000
"""Bytes of all three together: what an index can hold."""

LONGEST_TITLE = 2000
LONGEST_COMMENT = 5000
LONGEST_SUMMARY = 20_000
LONGEST_TEXT = 65_536
LONGEST_SOURCE = 262_144
LONGEST_EXCERPT = 400
LONGEST_ADDRESS = 4096
MOST_LINKS = 50

MICROBLOGS = (MICROBLOG, f"{MICROBLOG}:presence")
"""Nodes of somebody's own posts: for everybody, and for those who may see them."""

ADULT = "nsfw"

_LANGUAGE = re.compile(r"(?=.{2,35}$)[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
"""How languages are named (RFC 5646 §2.1); what else stands there is none."""


def fits(service: str, name: str, item: str = "") -> bool:
    """Whether this can be kept at all."""
    parts = (service, name, item)
    short = all(len(part) <= LONGEST_NAME for part in parts)
    return short and bool(service and name) and len("".join(parts).encode("utf-8", "replace")) <= LONGEST_KEY


def kind_of(service: str, name: str) -> str:
    """What a node is by its name and place: "people", "community" or "comments"."""
    if name.startswith(COMMENTS) or name.startswith("urn:xmpp:comments:"):
        return "comments"
    return "people" if "@" in service else "community"


async def node_row(db: AsyncSession, via: str, service: str, name: str, *, kind: str = "") -> Node:
    """The row of a node, made when there is none; `kind` when it is known better than by its name."""
    found = await node(db, via, service, name)
    if found is None:
        values = {"via": via, "service": service, "node": name, "kind": kind or kind_of(service, name)}
        await insert_or_ignore(db, NODE, values)
        found = await node(db, via, service, name)
        assert found is not None  # noqa: S101 (it was inserted, now or by somebody else)
    if kind and found.kind != kind and not (kind == "comments" and await _is_known(db, found)):
        await db.execute(update(NODE).where(N.id == found.id).values(kind=kind))
        # What was kept as something else is read anew when it comes again.
        await db.execute(update(POST).where(P.node_id == found.id).values(source=""))
        found = dataclasses.replace(found, kind=kind)
    return found


async def _is_known(db: AsyncSession, place: Node) -> bool:
    """Whether a node is a blog or a community for sure: a post of a stranger may name anything as the place
    of its comments, and would make all that stands there comments of its own."""
    if place.node in MICROBLOGS or place.fetched_at is not None:
        return True
    followed = select(follows.F.id).where(follows.F.node_id == place.id).limit(1)
    here = select(P.id).where(P.node_id == place.id, P.kind == "post").limit(1)
    return await db.scalar(followed) is not None or await db.scalar(here) is not None


async def set_node(db: AsyncSession, id: int, **changed: Any) -> None:
    """Remember what is different about a node: title, access, fetched_at, trouble …"""
    await db.execute(update(NODE).where(N.id == id).values(**changed))


async def record(
    db: AsyncSession,
    via: str,
    service: str,
    name: str,
    post: PostItem,
    *,
    known_author: str = "",
    cares: bool = False,
    body: Clean | None = None,
) -> tuple[Post | None, bool]:
    """Keep one item as it is now; its row, and whether it is new. None for what is no post or does not fit.

    known_author  who wrote it when we know it ourselves: bare JID
    cares         whoever put it there looks after the node, as far as the caller knows
    body          what `body_of` made of it: before the transaction where that may take a while
    """
    entry = post.entry
    if entry is None or not fits(service, name, post.item) or not post.item:
        return None, False
    body = await body_of(entry) if body is None else body
    place = await node_row(db, via, service, name)
    values = _values(place, post, entry, known_author, body)
    if await is_hidden(db, service, values["author"]):
        return None, False
    known = select(P.id, P.published, P.author, P.verified, P.title, P.editor, P.named)
    known = known.where(P.node_id == place.id, P.item == post.item)
    found = (await db.execute(known)).first()
    if found is None:
        id = await insert_or_ignore(db, POST, values)
        new = id is not None
        found = None if new else (await db.execute(known)).one()
    if found is not None:
        if (found.author, found.title, found.verified) == (values["author"], values["title"], True):
            # A service that hides who publishes repeats what we know: the same words stay vouched for.
            values["verified"] = True
        if values["named"]:
            values |= _edited(place, found, values["author"], values["named"], cares=cares)
        # An edit keeps its place: only the first word on when it was published counts (W§3).
        id, new = found.id, False
        del values["received_at"], values["published"]
        values["updated"] = max(values["updated"], found.published)
        await db.execute(update(POST).where(P.id == id).values(**values))
    assert id is not None  # noqa: S101 (one of the two gave it)
    kept = await by_id(db, via, id)
    assert kept is not None  # noqa: S101 (it was just written)
    await _tag(db, kept, entry, body.text)
    await search.index_post(db, kept, body.text)
    if kept.kind == "post" and kept.comments is not None:
        await _tie(db, kept, kept.comments)
    return kept, new


def _edited(place: Node, former: Any, now_by: str, named: str, *, cares: bool) -> dict[str, str]:
    """Somebody's post comes again from somebody else, as theirs: who looks after the node may do that, and
    its author stays. From others it is a mere claim, for some services let everybody overwrite everything;
    then whose post it was is remembered, because who cares for it may be learnt a moment later."""
    waiting = former.author == former.editor == now_by and former.named == named
    if place.kind != "community" or not former.verified or not (former.author == named or waiting):
        return {}
    sure = former.editor == now_by and not waiting
    if cares or sure or now_by == place.creator:
        return {"author": named, "editor": now_by, "named": ""}
    return {"editor": now_by}


def _values(place: Node, post: PostItem, entry: Entry, known_author: str, body: Clean) -> dict[str, Any]:
    moment = now()
    author, verified = author_of(place, post, entry, known_author)
    claimed = _address(entry.author)
    published = min(_aware(entry.published or entry.updated) or moment, moment)
    updated = max(min(_aware(entry.updated) or published, moment), published)
    kind = "post" if place.kind != "comments" else "like" if is_like(entry.title) else "comment"
    reply = entry.reply_to or entry.via
    reply = reply if reply and fits(reply.service, reply.node, reply.item) else Ref("", "")
    comments = next((ref for ref in entry.comments if fits(ref.service, ref.node)), Ref("", ""))
    return {
        "node_id": place.id,
        "via": place.via,
        "item": post.item,
        "kind": kind,
        "author": author,
        "author_name": entry.author_name[:LONGEST_NAME],
        "verified": verified,
        "editor": "",
        "named": claimed if kind == "post" and author != claimed else "",
        "title": _title(entry, kind, body),
        "excerpt": excerpt((kind == "post" and body.text) or entry.summary, LONGEST_EXCERPT),
        "body": body.html if kind == "post" else "",
        "whole": body.whole or kind != "post",
        "markdown": entry.text[:LONGEST_TEXT],
        "source": post.xml if len(post.xml) <= LONGEST_SOURCE else "",
        "links": links_of(entry.links),
        "atom_id": entry.id[:LONGEST_ADDRESS],
        "language": entry.language if _LANGUAGE.fullmatch(entry.language) else "",
        "nsfw": kind == "post" and _adult(place, entry),
        "web": entry.web if _is_web(entry.web) else "",
        "reply_service": reply.service,
        "reply_node": reply.node,
        "reply_item": reply.item,
        "comments_service": comments.service if kind == "post" else "",
        "comments_node": comments.node if kind == "post" else "",
        "published": published,
        "updated": updated,
        "received_at": moment,
    }


def _title(entry: Entry, kind: str, body: Clean) -> str:
    if kind == "post":
        return " ".join(entry.title[: 4 * LONGEST_TITLE].split())[:LONGEST_TITLE]
    # Others put the text of a comment into its content.
    return (entry.title or entry.text or entry.summary or body.text)[:LONGEST_COMMENT].strip()


def author_of(place: Node, post: PostItem, entry: Entry, known: str = "") -> tuple[str, bool]:
    """Who wrote an item, and whether that is vouched for (XEP-0277 §"Comment author", W§3).

    What the service says counts first; in somebody's own node it is they; else it is a mere claim. A node
    for comments takes items from everybody, so there its owner is not the author of what nobody signed. In a
    blog the server of its owner vouches for its own people alone: others have no business there.
    """
    if known:
        return known, True
    publisher, blog = _address(post.publisher), "@" in place.service and place.kind == "people"
    if publisher:
        return publisher, not blog or jids.domain(publisher) == jids.domain(place.service)
    if blog:
        return place.service, True
    return _address(entry.author), False


def _address(text: str) -> str:
    try:
        found = jids.bare(jids.normalise(text)) if text else ""
    except ValueError:
        return ""
    return found if len(found) <= LONGEST_NAME else ""


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def is_light(entry: Entry) -> bool:
    """Whether what an entry says is cleaned in no time (webchat.markup.elsewhere)."""
    return all(map(elsewhere.is_simple, (entry.html, entry.text, entry.summary[:LONGEST_SUMMARY])))


async def body_of(entry: Entry) -> Clean:
    """What may be shown of an entry's content and summary; long ones are cleaned in a process apart."""
    body = Clean("")
    if entry.html or entry.text:
        body = await (elsewhere.clean(entry.html) if entry.html else elsewhere.render(entry.text))
    summary = entry.summary[:LONGEST_SUMMARY].strip()
    if not summary or summary in body.text:
        return body
    lines = (escape(line.strip()) for line in summary.split("\n"))
    lead = await elsewhere.clean("".join(f"<p>{line}</p>" for line in lines if line))
    words = f"{lead.text}\n{body.text}".strip()
    return Clean(lead.html + body.html, words, whole=body.whole and lead.whole)


def _adult(place: Node, entry: Entry) -> bool:
    return ADULT in map(hashtags.spelled, entry.tags) or jids.domain(place.service).partition(".")[0] == ADULT


def _is_web(address: str) -> bool:
    return address.lower().startswith(("https://", "http://")) and len(address) <= LONGEST_ADDRESS


def links_of(links: Sequence[EntryLink]) -> list[dict[str, Any]]:
    """Pages and files of a post as they are kept: web addresses only, bounded."""
    kept = [link for link in links if _is_web(link.href)][:MOST_LINKS]
    short = ("title", "description", "type", "logo")
    return [
        dataclasses.asdict(link) | {name: getattr(link, name)[:LONGEST_TITLE] for name in short}
        for link in kept
    ]


async def _tag(db: AsyncSession, post: Post, entry: Entry, said: str) -> None:
    await db.execute(delete(TAG).where(T.post_id == post.id))
    if post.kind != "post":
        return
    words = [*hashtags.tags(entry.tags), *hashtags.find(f"{post.title}\n{said}")]
    rows = [
        {"post_id": post.id, "via": post.via, "tag": tag, "published": post.published}
        for tag in hashtags.tags(words)
    ]
    if rows:
        await db.execute(insert(TAG), rows)


async def _tie(db: AsyncSession, post: Post, comments: Ref) -> None:
    """Its comments' node belongs to it, unless another post had it first."""
    row = await node_row(db, post.via, comments.service, comments.node, kind="comments")
    if row.kind != "comments":
        return
    if row.about_id is None or await by_id(db, post.via, row.about_id) is None:
        await set_node(db, row.id, about_id=post.id)


async def forget(db: AsyncSession, via: str, service: str, name: str, items: Sequence[str]) -> list[Post]:
    """These items of a node are gone; what they were."""
    place = await node(db, via, service, name)
    if place is None or not items:
        return []
    return await _forget(db, select(P.id).where(P.node_id == place.id, P.item.in_(list(items))))


async def forget_node(db: AsyncSession, via: str, service: str, name: str) -> list[Post]:
    """All items of a node are gone; what they were. The row of the node stays: somebody may follow it."""
    place = await node(db, via, service, name)
    if place is None:
        return []
    return await _forget(db, select(P.id).where(P.node_id == place.id))


async def _forget(db: AsyncSession, which: Select[tuple[int]]) -> list[Post]:
    ids, gone = list(await db.scalars(which)), list[Post]()
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        rows = await db.execute(select(*POST_COLUMNS).select_from(JOINED).where(P.id.in_(some)))
        gone += map(as_post, rows)
        await db.execute(delete(TAG).where(T.post_id.in_(some)))
        await db.execute(delete(POST).where(P.id.in_(some)))
    return gone
