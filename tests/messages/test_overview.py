"""Rows of the list: their order, and the one line of each."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.lab.people import JULIET, MERCUTIO, Person
from webchat.contacts.store import ContactRow
from webchat.messages.overview import show
from webchat.messages.overview.store import Entry
from webchat.messages.store import ConversationRow

NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
HEADING = "0-" + "9" * 29
"""Key of the heading in templates/messages/_list.html."""


def talk(jid: str = JULIET, **values: Any) -> ConversationRow:
    nothing: dict[str, Any] = dict.fromkeys(
        (
            *("displayed_position", "displayed_id", "displayed_stanza_id", "published_stanza_id"),
            *("mark_stanza_id", "last_message_id", "last_position"),
        )
    )
    given = {"id": 1, "jid": jid, "unread": 0, "last_at": NOON, "history_start": False, "stranger": False}
    return ConversationRow(**{**nothing, **given, **values})


def contact(jid: str, name: str = "") -> ContactRow:
    return ContactRow(jid, name, "both", "", ())


def drawn(romeo: Person, *entries: Entry) -> list[str]:
    return [view.name for view in show.rows(romeo.session, entries, "en", "")]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"last_body": "Ay *me*!"}, ("Ay me!", "")),
        ({"last_body": "/me sighs"}, ("Juliet sighs", "")),
        ({"last_body": "I know", "last_mine": True, "last_state": "sent"}, ("I know", "you")),
        ({"last_body": "/me waves", "last_mine": True}, ("waves", "you")),
        ({"last_body": "Lost", "last_mine": True, "last_state": "failed"}, ("Lost", "failed")),
        ({"last_body": "Ay me!", "draft": "She\nspeaks"}, ("She speaks", "draft")),
        ({"last_body": "Ay me!", "draft": " \n"}, ("Ay me!", "")),
        ({"last_body": "Ay me!", "draft": "She speaks", "unread": 1}, ("Ay me!", "")),
        ({}, ("", "")),
    ],
)
async def test_the_line(romeo: Person, values: dict[str, Any], line: tuple[str, str]) -> None:
    view = show.row(romeo.session, Entry(JULIET, talk(**values), contact(JULIET, "Juliet")), "en", "")
    assert (view.excerpt, view.excerpt_kind) == line


async def test_a_row(romeo: Person) -> None:
    view = show.row(
        romeo.session, Entry(MERCUTIO, talk(MERCUTIO, unread=3, stranger=True), None), "en", MERCUTIO
    )
    assert (view.name, view.unread, view.stranger, view.current) == (MERCUTIO, 3, True, True)
    assert (view.path, view.stamp, view.contact_only) == ("/chats/mercutio@verona.example", NOON, False)
    assert view.presence_text == "Not in your contacts"


async def test_newest_first_then_contacts_by_name(romeo: Person) -> None:
    names = ["Zoë", "abram", "Ábel", "Balthasar", "benvolio", "Жулиета", "abraham"]
    people = [
        Entry(f"p{n}@verona.example", None, contact(f"p{n}@verona.example", name))
        for n, name in enumerate(names)
    ]
    talks = [
        Entry(
            f"t{n}@verona.example",
            talk(f"t{n}@verona.example", id=n, last_at=NOON + timedelta(seconds=n)),
            None,
        )
        for n in range(3)
    ]
    assert drawn(romeo, *people, *talks) == [
        *("t2@verona.example", "t1@verona.example", "t0@verona.example"),
        *("Ábel", "abraham", "abram", "Balthasar", "benvolio", "Zoë", "Жулиета"),
    ]


@pytest.mark.parametrize("name", ["", "a", "zzzzzzzz", "\U0010ffff" * 8, "é" * 80, "数" * 9])
async def test_contacts_stand_below_their_heading_and_conversations_above(romeo: Person, name: str) -> None:
    below = show.row(romeo.session, Entry(JULIET, None, contact(JULIET, name)), "en", "").key
    above = show.row(
        romeo.session, Entry(JULIET, talk(last_at=datetime(1970, 1, 1, tzinfo=UTC)), None), "en", ""
    )
    assert below < HEADING < above.key
    assert len(below) == len(HEADING)
