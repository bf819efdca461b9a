"""This room makes rows of the list of conversations: names, presence, one line of what was said last."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from webchat.chats.store import Entry
from webchat.contacts.show import contact_view
from webchat.markup.body import action_text, is_action
from webchat.markup.excerpt import excerpt
from webchat.messages.store import ConversationRow
from webchat.session.session import Session

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LETTERS = 6
_ALPHABET = 1 << 16
_LAST = _ALPHABET**_LETTERS - 1


@dataclass(frozen=True, slots=True)
class ConversationView:
    """One row of the list.

    excerpt        one plain line; `excerpt_kind` says whose: "" theirs, "you", "draft", "failed" (not sent)
    key            rows stand in descending order of it
    contact_only   a contact with whom nothing was said yet
    """

    jid: str
    name: str
    path: str
    presence: str
    presence_text: str
    status: str
    colour: int
    initial: str
    excerpt: str
    excerpt_kind: str
    stamp: datetime | None
    unread: int
    stranger: bool
    key: str
    current: bool
    contact_only: bool


def rows(session: Session, entries: Iterable[Entry], language: str, current: str) -> list[ConversationView]:
    """The list in its order; `current` is the bare JID of the conversation that the page shows, or ""."""
    found = [row(session, entry, language, current) for entry in entries]
    return sorted(found, key=lambda view: view.key, reverse=True)


def row(session: Session, entry: Entry, language: str, current: str) -> ConversationView:
    """One row of the list."""
    contact = contact_view(session, entry.jid, entry.contact, language)
    talk = entry.conversation
    line, kind = _excerpt(talk, contact.name, entry.jid == current) if talk else ("", "")
    return ConversationView(
        jid=entry.jid,
        name=contact.name,
        path=contact.path,
        presence=contact.presence,
        presence_text=contact.presence_text,
        status=contact.status,
        colour=contact.colour,
        initial=contact.initial,
        excerpt=line,
        excerpt_kind=kind,
        stamp=talk.last_at if talk else None,
        unread=talk.unread if talk else 0,
        stranger=talk is not None and talk.stranger and entry.contact is None,
        key=_conversation_key(talk) if talk else _contact_key(contact.name),
        current=entry.jid == current,
        contact_only=talk is None,
    )


def _excerpt(talk: ConversationRow, name: str, current: bool) -> tuple[str, str]:
    # A draft waits: what was not read comes before it, and where it stands in the box it is seen already.
    if talk.draft.strip() and not talk.unread and not current:
        return excerpt(talk.draft), "draft"
    body = talk.last_body
    if not talk.last_mine:
        return (f"{name} {excerpt(action_text(body))}" if is_action(body) else excerpt(body)), ""
    return excerpt(action_text(body)), "failed" if talk.last_state == "failed" else "you"


def _conversation_key(talk: ConversationRow) -> str:
    said = ((talk.last_at or _EPOCH) - _EPOCH) // timedelta(microseconds=1)
    return f"1-{max(0, said):017d}-{talk.id:010d}"


def _contact_key(name: str) -> str:
    # Descending keys, ascending names: the letters as one number, counted down from the last possible one.
    letters = [char for char in unicodedata.normalize("NFKD", name.casefold()) if char.isalnum()]
    number = 0
    for place in range(_LETTERS):
        number = number * _ALPHABET + (min(ord(letters[place]), _ALPHABET - 1) if place < len(letters) else 0)
    return f"0-{_LAST - number:0{len(str(_LAST))}d}"
