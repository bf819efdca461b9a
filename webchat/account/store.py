"""This room holds the queries about everything that is kept for one account."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts.models import Avatar, Contact, Face
from webchat.db.engine import Database
from webchat.messages.models import Attachment, Conversation, Draft, Message
from webchat.messages.models.later import Reminder, ScheduledMessage
from webchat.posts.models import Follow, Node, Post

AT_ONCE = 500
"""Rows of one reading: an export is as long as it is, the memory for it is not."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is kept here."""

    contacts: int
    conversations: int
    messages: int
    files: int
    drafts: int
    later: int
    reminders: int
    posts: int
    follows: int


async def counts(db: AsyncSession, account_id: int, via: str, jid: str) -> Kept:
    """All of it, counted."""
    own = Conversation.account_id == account_id
    of_mine = Attachment.message_id == Message.id
    asked: Sequence[Select[Any]] = (
        select(func.count()).where(Contact.account_id == account_id),
        select(func.count()).where(own),
        select(func.count()).where(Message.account_id == account_id),
        select(func.count())
        .select_from(Attachment)
        .join(Message, of_mine)
        .where(Message.account_id == account_id),
        select(func.count())
        .select_from(Draft)
        .join(Conversation, Draft.conversation_id == Conversation.id)
        .where(own),
        select(func.count()).where(ScheduledMessage.account_id == account_id),
        select(func.count()).where(Reminder.account_id == account_id),
        select(func.count()).where(Post.via == via, Post.author == jid, Post.kind == "post"),
        select(func.count()).where(Follow.account_id == account_id),
    )
    return Kept(*[int(await db.scalar(each) or 0) for each in asked])


@dataclass(frozen=True, slots=True)
class Said:
    """One message of an export; `files` are addresses."""

    id: int
    conversation: str
    kind: str
    sender: str
    mine: bool
    stamp: datetime
    body: str
    gone: str
    edited_at: datetime | None
    files: tuple[str, ...]


async def said(database: Database, account_id: int) -> AsyncIterator[list[Said]]:
    """All messages, one conversation after the other, some at a time and in order."""
    async with database.read() as db:
        ids = list(
            await db.scalars(
                select(Conversation.id)
                .where(Conversation.account_id == account_id)
                .order_by(Conversation.jid)
            )
        )
    for conversation_id in ids:
        after = -1
        while True:
            # A new reading each time: who downloads slowly holds no connection meanwhile.
            async with database.read() as db:
                rows, after = await _some(db, conversation_id, after)
            if rows:
                yield rows
            if len(rows) < AT_ONCE:
                break


async def _some(db: AsyncSession, conversation_id: int, after: int) -> tuple[list[Said], int]:
    query = (
        select(Message, Conversation.jid, Conversation.kind)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.conversation_id == conversation_id, Message.position > after)
        .order_by(Message.position)
        .limit(AT_ONCE)
    )
    found = (await db.execute(query)).all()
    files: dict[int, list[str]] = {}
    wanted = [message.id for message, _, _ in found]
    for message_id, url in await db.execute(
        select(Attachment.message_id, Attachment.url).where(
            Attachment.message_id.in_(wanted), Attachment.url != ""
        )
    ):
        files.setdefault(message_id, []).append(url)
    rows = [
        Said(
            m.id,
            jid,
            kind,
            m.sender,
            m.mine,
            m.stamp,
            m.body,
            m.gone,
            m.edited_at,
            tuple(files.get(m.id, ())),
        )
        for m, jid, kind in found
    ]
    return rows, (found[-1][0].position if found else after)


async def entries(database: Database, via: str, jid: str) -> AsyncIterator[list[str]]:
    """Own posts as they were published, oldest first, some at a time."""
    after = 0
    while True:
        async with database.read() as db:
            found = (
                await db.execute(
                    select(Post.id, Post.source)
                    .where(Post.via == via, Post.author == jid, Post.kind == "post", Post.id > after)
                    .order_by(Post.id)
                    .limit(AT_ONCE)
                )
            ).all()
        if found:
            after = found[-1][0]
            yield [source for _, source in found if source]
        if len(found) < AT_ONCE:
            return


async def files_of(db: AsyncSession, account_id: int) -> list[str]:
    """Addresses of files in messages of this account and of no other."""
    # Addresses have no index: one walk through all files, not one for each of ours.
    urls = select(Attachment.url).join(Message, Message.id == Attachment.message_id)
    elsewhere = urls.where(Message.account_id != account_id, Attachment.url != "")
    mine = urls.where(Message.account_id == account_id, Attachment.url != "")
    return list(await db.scalars(mine.where(Attachment.url.not_in(elsewhere)).distinct()))


async def forget_shared(db: AsyncSession, account_id: int, via: str, jid: str) -> None:
    """What hangs on no account: own posts as they are kept for the domain, pictures nobody else was shown.

    A node that others follow stays what they follow, with nothing in it.
    """
    await db.execute(delete(Post).where(Post.via == via, Post.author == jid))
    own = (Node.via == via, Node.service == jid)
    await db.execute(delete(Post).where(Post.node_id.in_(select(Node.id).where(*own))))
    followed = select(Follow.node_id).where(Follow.account_id != account_id)
    await db.execute(delete(Node).where(*own, Node.id.not_in(followed)))
    nothing = {"title": "", "description": "", "logo": "", "creator": "", "fetched_at": None}
    await db.execute(update(Node).where(*own).values(**nothing))
    mine = select(Face.avatar).where(Face.account_id == account_id, Face.avatar != "")
    others = select(Face.avatar).where(Face.account_id != account_id)
    await db.execute(delete(Avatar).where(Avatar.sha1.in_(mine), Avatar.sha1.not_in(others)))
