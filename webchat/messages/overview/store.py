"""This room reads what the list of conversations is made of: what was said, and who is in the roster."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.contacts.store import ContactRow
from webchat.messages import store as messages
from webchat.messages.store import ConversationRow

MOST_CONTACTS = 500
"""Contacts with whom nothing was said that a page lists; search finds the others."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the list: a conversation, a contact, or the conversation with a contact."""

    jid: str
    conversation: ConversationRow | None
    contact: ContactRow | None


async def overview(db: AsyncSession, account_id: int) -> list[Entry]:
    """Conversations, the newest first, then contacts with whom there is none: one more than MOST_CONTACTS of
    them where there are more, for a roster may have ten thousand and a page may not."""
    talks = await messages.conversations(db, account_id)
    begun = {talk.jid for talk in talks}
    first = await contacts.first_contacts(db, account_id, MOST_CONTACTS + 1 + len(talks))
    roster = await contacts.contacts(db, account_id, [talk.jid for talk in talks if talk.kind == "chat"])
    rows = [Entry(talk.jid, talk, roster.get(talk.jid)) for talk in talks]
    others = [Entry(contact.jid, None, contact) for contact in first if contact.jid not in begun]
    return rows + others[: MOST_CONTACTS + 1]


async def entries(db: AsyncSession, account_id: int, jids: Sequence[str]) -> list[Entry]:
    """The rows of these addresses; an address that belongs into the list no more is left out."""
    rows = await messages.conversations(db, account_id, jids=list(jids))
    people = [jid for jid in jids if jid not in {talk.jid for talk in rows if talk.kind != "chat"}]
    roster = await contacts.contacts(db, account_id, people)
    talks = {talk.jid: talk for talk in rows if talk.last_at is not None}
    found = [Entry(jid, talks.get(jid), roster.get(jid)) for jid in jids]
    return [entry for entry in found if entry.conversation or entry.contact]
