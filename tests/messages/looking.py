"""This room looks at what the database says of a conversation."""

from collections.abc import Sequence

from sqlalchemy import select

from tests.lab.people import JULIET, Person
from webchat.contacts import store as contacts
from webchat.messages import store
from webchat.messages.models import Message
from webchat.messages.store import ConversationRow, Line
from webchat.xmpp.events import RosterItem, RosterReceived


async def befriend(romeo: Person, *jids: str, subscription: str = "both") -> None:
    """Put people into the roster."""
    items = tuple(RosterItem(jid, subscription=subscription) for jid in jids or (JULIET,))
    await romeo.session.handled(RosterReceived(items))
    async with romeo.session.read() as db:
        assert await contacts.is_contact(db, romeo.session.account_id, items[0].jid)
    romeo.changes()


async def conversation(romeo: Person, jid: str = JULIET) -> ConversationRow:
    """The conversation with somebody."""
    async with romeo.session.read() as db:
        found = await store.conversation_by_jid(db, romeo.session.account_id, jid)
    assert found is not None
    return found


async def lines(romeo: Person, jid: str = JULIET) -> list[Line]:
    """All messages exchanged with somebody."""
    found = await conversation(romeo, jid)
    async with romeo.session.read() as db:
        return await store.lines(db, found.id, limit=100_000)


async def bodies(romeo: Person, jid: str = JULIET) -> list[str]:
    """What was said with somebody, in order."""
    return [line.body for line in await lines(romeo, jid)]


async def states(romeo: Person, jid: str = JULIET) -> dict[str, str]:
    """Body → state of own messages."""
    return {line.body: line.state for line in await lines(romeo, jid) if line.mine}


async def archive_ids(romeo: Person) -> dict[str, str | None]:
    """Body → archive id."""
    async with romeo.session.read() as db:
        rows: Sequence[tuple[str, str | None]] = (
            await db.execute(select(Message.body, Message.stanza_id))
        ).all()
    return dict(rows)


async def counted_unread(romeo: Person, jid: str = JULIET) -> int:
    """What `unread` has to be: messages of others behind the mark, counted one by one."""
    found = await conversation(romeo, jid)
    if found.displayed_position is None:
        return 0
    return sum(not line.mine and line.position > found.displayed_position for line in await lines(romeo, jid))
