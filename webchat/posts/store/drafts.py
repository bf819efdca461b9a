"""This room keeps what was typed below posts and not sent, the latest of each account."""

from datetime import datetime
from hashlib import sha256
from typing import cast

from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import upsert
from webchat.posts.models import CommentDraft
from webchat.posts.store.rows import JOINED, N, P, Post
from webchat.xmpp.entries import Ref

MOST = 100
"""Drafts of one account: of more the oldest go."""

LONGEST = 20_000
"""Characters that are kept: more than may be sent, so that a comment that is too long can be made shorter."""

_DRAFT = cast(Table, CommentDraft.__table__)
D = _DRAFT.c


def place(ref: Ref) -> str:
    """What the draft of a comment on this post is kept under."""
    return sha256("\0".join((ref.service, ref.node, ref.item)).encode("utf-8", "replace")).hexdigest()


async def draft(db: AsyncSession, account_id: int, ref: Ref) -> str:
    """What this account began to write below a post, "" for nothing."""
    found = select(D.text).where(D.account_id == account_id, D.place == place(ref))
    return cast("str | None", await db.scalar(found)) or ""


async def put_draft(db: AsyncSession, account_id: int, ref: Ref, text: str, moment: datetime) -> None:
    """Keep what is typed now; an empty text forgets it."""
    if not text.strip():
        await db.execute(delete(_DRAFT).where(D.account_id == account_id, D.place == place(ref)))
        return
    values = {
        "account_id": account_id,
        "place": place(ref),
        "text": text[:LONGEST],
        "updated_at": moment,
    }
    await upsert(db, _DRAFT, values, ["account_id", "place"])
    newest = select(D.updated_at).where(D.account_id == account_id).order_by(D.updated_at.desc())
    oldest = await db.scalar(newest.offset(MOST - 1).limit(1))
    if oldest is not None:
        await db.execute(delete(_DRAFT).where(D.account_id == account_id, D.updated_at < oldest))


async def said_already(db: AsyncSession, post: Post, jid: str, text: str) -> bool:
    """Whether this person has said these very words below a post: then they are no draft any more."""
    where = post.comments
    if where is None:
        return False
    here = (N.via == post.via, N.service == where.service, N.node == where.node)
    found = select(P.id).select_from(JOINED).where(*here, P.author == jid, P.title == text)
    return await db.scalar(found.limit(1)) is not None
