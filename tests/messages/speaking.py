"""This room makes events about messages, in a chat and in a room."""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from tests.lab.people import JULIET, ROMEO, Person
from webchat.messages.show import MessageView, TimelineView, timeline
from webchat.messages.state import Refused
from webchat.messages.state.occupants import Rooms
from webchat.session.models import OutboxRow
from webchat.xmpp import verbs_json
from webchat.xmpp.content import Reply
from webchat.xmpp.events import (
    MessageCorrected,
    MessageModerated,
    MessageReceived,
    MessageRetracted,
    ReactionReceived,
)

T = TypeVar("T")

BALCONY = "balcony@conference.verona.example"
PHONE = f"{ROMEO}/phone"


def says(body: str, id: str, *, sender: str = JULIET, mine: bool = False, **more: Any) -> MessageReceived:
    """A message of Juliet's, or of Romeo's other device (`mine`)."""
    conversation = more.pop("conversation", JULIET if mine else sender)
    address = PHONE if mine else f"{sender}/balcony"
    return MessageReceived(conversation, address, mine, body, id=id, **more)


def in_room(body: str, id: str, nick: str = "juliet", *, occupant: str = "", **more: Any) -> MessageReceived:
    """A message in the balcony's room, known to it by "r-" and its id."""
    return MessageReceived(
        BALCONY,
        f"{BALCONY}/{nick}",
        more.pop("mine", False),
        body,
        id=id,
        stanza_id=f"r-{id}",
        kind="room",
        occupant_id=occupant,
        **more,
    )


def corrects(message: MessageReceived, target: str) -> MessageCorrected:
    """The message as a correction."""
    return MessageCorrected(message, target)


def takes_back(
    target: str, *, sender: str = JULIET, mine: bool = False, nick: str = "", occupant: str = ""
) -> MessageRetracted:
    """A retraction, in a room when there is a nick."""
    if nick:
        address = f"{BALCONY}/{nick}"
        return MessageRetracted(BALCONY, address, mine, target, id="x1", kind="room", occupant_id=occupant)
    address = PHONE if mine else f"{sender}/balcony"
    return MessageRetracted(JULIET if mine else sender, address, mine, target, id="x1")


def moderates(target: str, by: str = "friar", reason: str = "Enough") -> MessageModerated:
    """The room takes a message away."""
    return MessageModerated(BALCONY, target, by, reason)


def reacts(
    target: str,
    *emojis: str,
    sender: str = JULIET,
    mine: bool = False,
    nick: str = "",
    occupant: str = "",
    stamp: datetime | None = None,
) -> ReactionReceived:
    """A reaction, in a room when there is a nick."""
    if nick:
        return ReactionReceived(
            BALCONY, f"{BALCONY}/{nick}", mine, target, emojis, "e1", "room", occupant, stamp
        )
    address = PHONE if mine else f"{sender}/balcony"
    return ReactionReceived(JULIET if mine else sender, address, mine, target, emojis, "e1", stamp=stamp)


def answers(body: str, id: str, to: str) -> MessageReceived:
    """An answer of Juliet's."""
    return says(body, id, reply=Reply(to, ROMEO))


async def shown(romeo: Person, jid: str = JULIET) -> list[MessageView]:
    """The rows of a conversation as its page draws them."""
    async with romeo.session.read() as db:
        view: TimelineView = await timeline(db, romeo.session, jid)
    return [row for row in view.rows if isinstance(row, MessageView)]


async def words(romeo: Person, jid: str = JULIET) -> list[str]:
    """What stands in these rows."""
    return [row.gone or row.source for row in await shown(romeo, jid)]


def refused(romeo: Person) -> dict[str, int]:
    """What was not believed."""
    return dict(romeo.session[Refused].counts)


def enter(romeo: Person, *, role: str = "participant", features: frozenset[str] = frozenset()) -> None:
    """Romeo sits in the room."""
    room = romeo.session[Rooms].ensure(BALCONY)
    room.phase, room.role, room.nick, room.features = "in", role, "romeo", features


async def sent(romeo: Person, kind: type[T]) -> list[T]:
    """The verbs of this kind that wait in the outbox, in order; nothing acknowledges them here."""
    async with romeo.session.read() as db:
        rows = await db.scalars(select(OutboxRow.verb).order_by(OutboxRow.id))
    return [verb for row in rows if isinstance(verb := verbs_json.unpack(row), kind)]
