"""This room keeps what web pages say of themselves, so that each is asked once for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.db.insert import upsert
from webchat.markup.webpage import WebPage
from webchat.messages.models import Conversation, LinkCard, Message

KEPT = timedelta(days=90)
"""So long after it was fetched a card is thrown away."""

_CARD = cast(Table, LinkCard.__table__)
K = _CARD.c
M = cast(Table, Message.__table__).c
C = cast(Table, Conversation.__table__).c


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card as a value; without a title it only says that there is none."""

    url: str
    page: WebPage
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class LinkSource:
    """The message that has links, as far as it matters whether they are followed."""

    jid: str
    kind: str
    stranger: bool
    mine: bool
    body: str
    covered: bool


def key(url: str) -> str:
    """What a card is kept under."""
    return sha256(url.encode()).hexdigest()


_CARDS = select(K.key, K.url, K.title, K.description, K.site, K.picture, K.fetched_at).where(
    K.key.in_(bindparam("keys", expanding=True))
)


async def cards(db: AsyncSession, urls: Sequence[str]) -> dict[str, CardRow]:
    """What is known of these addresses."""
    if not urls:
        return {}
    rows = await db.execute(_CARDS, {"keys": [key(url) for url in urls]})
    return {row[1]: CardRow(row[1], WebPage(*row[2:6]), row[6]) for row in rows}


async def put_card(db: AsyncSession, url: str, page: WebPage, moment: datetime) -> None:
    """Keep what a page said, or (an empty one) that it says nothing; forget what is very old."""
    values = {
        "key": key(url),
        "url": url,
        "title": page.title,
        "description": page.description,
        "site": page.site,
        "picture": page.picture,
        "fetched_at": moment,
    }
    await upsert(db, _CARD, values, ["key"])
    await db.execute(delete(_CARD).where(K.fetched_at < moment - KEPT))


_SOURCE = (
    select(C.jid, C.kind, C.stranger, M.mine, M.body, M.spoiler, M.encryption, M.hidden)
    .join(Conversation, C.id == M.conversation_id)
    .where(M.account_id == bindparam("account"), M.id == bindparam("id"))
)


async def link_source(db: AsyncSession, account_id: int, id: int) -> LinkSource | None:
    """A message of the account."""
    row = (await db.execute(_SOURCE, {"account": account_id, "id": id})).first()
    if row is None:
        return None
    covered = row.spoiler is not None or bool(row.encryption) or row.hidden
    return LinkSource(row.jid, row.kind, row.stranger, row.mine, row.body, covered)
