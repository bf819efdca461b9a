"""What others are told of us, and that it can be turned off (XEP-0184, XEP-0333, XEP-0085; hands 14)."""

import pytest
from sqlalchemy import select

from tests.lab.people import JULIET, Person
from webchat.messages import commands
from webchat.messages import store as messages
from webchat.session.models import OutboxRow
from webchat.xmpp import verbs_json
from webchat.xmpp.events import MessageReceived, RosterItem, RosterReceived
from webchat.xmpp.verbs import SendChatState, SendDisplayed, SendReceipt, Verb


async def told(romeo: Person) -> list[Verb]:
    """What goes out by itself when Juliet writes, Romeo reads it and begins to type."""
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "Juliet", "both"),)))
    asked = MessageReceived(
        JULIET, f"{JULIET}/balcony", False, "Ay me!", "m1", receipt_requested=True, markable=True
    )
    await romeo.session.handled(asked)
    async with romeo.session.read() as db:
        conversation = await messages.conversation_by_jid(db, romeo.session.account_id, JULIET)
    assert conversation is not None
    assert conversation.last_message_id is not None
    await commands.mark_displayed(romeo.session, JULIET, conversation.last_message_id)
    await commands.say_chat_state(romeo.session, JULIET, "composing")
    async with romeo.session.read() as db:
        rows = await db.scalars(select(OutboxRow.verb).order_by(OutboxRow.id))
        durable = [verbs_json.unpack(verb) for verb in rows]
    return durable + [verb for verb in romeo.client.said if verb not in durable]


async def test_contacts_are_told(romeo: Person) -> None:
    assert await told(romeo) == [
        SendReceipt(JULIET, "m1"),
        SendDisplayed(JULIET, "m1"),
        SendChatState(JULIET, "composing"),
    ]


@pytest.mark.parametrize(
    ("off", "kinds"),
    [("receipts", [SendChatState]), ("typing", [SendReceipt, SendDisplayed])],
)
async def test_what_is_turned_off_is_not_told(romeo: Person, off: str, kinds: list[type[Verb]]) -> None:
    romeo.session.preferences = {off: "off"}
    assert [type(verb) for verb in await told(romeo)] == kinds
