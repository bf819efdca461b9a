"""Sending: once whatever is pressed, exactly what was typed, or refused with a reason (R06, R07, A28)."""

import asyncio
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.databases import KINDS
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.messages.looking import befriend, bodies, conversation, states
from tests.messages.test_live import outgoing
from webchat.errors import Invalid
from webchat.messages import commands, store
from webchat.messages.changes import ConversationChanged, MessageChanged
from webchat.messages.commands import sendable
from webchat.xmpp import say, verbs_json
from webchat.xmpp.verbs import SendChatState, SendMessage

DATABASES = KINDS[:1]


async def test_a_pending_row_now_and_a_stanza_after_the_commit(romeo: Person) -> None:
    romeo.client.connected = False
    id = str(uuid4())
    await commands.send_message(romeo.session, JULIET, "I am here", id=id)
    assert await states(romeo) == {"I am here": "pending"}
    (verb,) = await outgoing(romeo)
    assert verbs_json.unpack(verb) == SendMessage(JULIET, "I am here", id)
    found = await conversation(romeo)
    assert romeo.changes() == [
        MessageChanged(JULIET, found.last_message_id or 0),
        ConversationChanged(JULIET),
    ]


async def test_a_form_sent_many_times_says_it_once(romeo: Person) -> None:
    """R06: at once and a day later."""
    romeo.client.connected = False
    id = str(uuid4())
    await asyncio.gather(
        *(commands.send_message(romeo.session, JULIET, "I am here", id=id) for _ in range(3))
    )
    await commands.send_message(romeo.session, JULIET, "I am here", id=id)
    with pytest.raises(Invalid):
        # The same id for somebody else is another message, and must not vanish.
        await commands.send_message(romeo.session, MERCUTIO, "I am here", id=id)
    assert await bodies(romeo) == ["I am here"]
    assert len(await outgoing(romeo)) == 1


async def test_a_form_that_was_filled_in_again_says_both(romeo: Person) -> None:
    """Back in the browser shows a form with the id of what was sent from it; twice that is still once."""
    romeo.client.connected = False
    id = str(uuid4())
    for text in ("one", "two", "one", "two", "three"):
        await commands.send_message(romeo.session, JULIET, text, id=id)
    assert await bodies(romeo) == ["one", "two", "three"]
    assert len({str(verbs_json.unpack(each)) for each in await outgoing(romeo)}) == 3


@pytest.mark.parametrize("id", ["", "short", "a" * 65, "with space", "<tag>aaaaaa", "nul\0aaaaa"])
async def test_an_id_that_no_form_made_is_refused(romeo: Person, id: str) -> None:
    with pytest.raises(Invalid):
        await commands.send_message(romeo.session, JULIET, "I am here", id=id)


@pytest.mark.parametrize("text", ["", " ", "\n\t\r\n", "\0", "\ufffe\uffff", "\x01\x02"])
def test_nothing_cannot_be_sent(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        sendable(text)
    assert caught.value.fields == {"text": commands.EMPTY}


def test_the_limit_counts_bytes() -> None:
    assert sendable("é" * 32_768) == "é" * 32_768
    with pytest.raises(Invalid) as caught:
        sendable("é" * 32_769)
    assert caught.value.fields == {"text": commands.TOO_LONG}


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("  indented\n\n", "  indented"),
        ("a\0b\x0bc\ufffed\ud800e", "abcde"),
        ("</body></message><iq type='set'>", "</body></message><iq type='set'>"),
        ("]]> &x; \"quotes\" 'and' 😀", "]]> &x; \"quotes\" 'and' 😀"),
    ],
)
def test_what_is_typed_is_what_is_sent(typed: str, sent: str) -> None:
    """A28, R07"""
    assert sendable(typed) == sent
    stanza = say.element(SendMessage(JULIET, sendable(typed), "id"))
    assert stanza[0].text == sent


@given(st.text())
def test_whatever_can_be_sent_is_xml(text: str) -> None:
    try:
        sent = sendable(text)
    except Invalid:
        return
    assert sendable(sent) == sent
    assert all(char in "\t\n" or char >= " " for char in sent)
    sent.encode()


async def test_a_note_to_myself(romeo: Person) -> None:
    await commands.send_message(romeo.session, ROMEO, "Buy poison", id="77777777")
    assert await bodies(romeo, ROMEO) == ["Buy poison"]


async def test_a_conversation_can_be_opened_before_anything_is_said(romeo: Person) -> None:
    await commands.open_conversation(romeo.session, JULIET)
    await commands.open_conversation(romeo.session, JULIET)
    assert romeo.changes() == [ConversationChanged(JULIET)]
    async with romeo.session.read() as db:
        (row,) = await store.conversations(db, romeo.session.account_id)
    assert (row.jid, row.unread, row.last_message_id) == (JULIET, 0, None)


async def test_only_who_may_know_learns_that_we_type(romeo: Person) -> None:
    """A21"""
    await befriend(romeo, JULIET)
    before = len(romeo.client.said)
    for jid in (JULIET, MERCUTIO):
        await commands.say_chat_state(romeo.session, jid, "composing")
    romeo.client.connected = False
    await commands.say_chat_state(romeo.session, JULIET, "paused")
    assert romeo.client.said[before:] == [SendChatState(JULIET, "composing")]
