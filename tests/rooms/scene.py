"""This room puts Romeo into a room without a network: who sits there, what is said."""

from typing import Any

from tests.lab.people import Person
from webchat.db.base import now
from webchat.messages import store as messages
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.xmpp.content import Hat
from webchat.xmpp.events import Event, MessageReceived, OccupantChanged

ROOM = "balcony@rooms.montague.example"
BALCONY = "balcony@conference.capulet.example"
PATH = f"/rooms/{BALCONY}"


async def enters(romeo: Person, *, title: str = "Balcony", **own: Any) -> RoomState:
    """Romeo is inside, with Juliet, who owns the room, and Mercutio."""
    async with romeo.session.work() as work:
        found = await messages.ensure_room(work.db, work.account_id, BALCONY)
        await messages.set_room(work.db, found.id, title=title, nick="Romeo", joined=True, last_at=now())
    state = romeo.session[Rooms].ensure(BALCONY)
    state.phase, state.nick = "in", "Romeo"
    hat = (Hat("urn:hats:heir", "Heir"),)
    sits(state, "Juliet", affiliation="owner", role="moderator", occupant_id="o-juliet", hats=hat)
    sits(state, "Mercutio", jid="mercutio@verona.example", occupant_id="o-mercutio", show="away")
    sits(state, "Romeo", mine=True, occupant_id="o-romeo", **own)
    romeo.changes()
    return state


def sits(
    state: RoomState, nick: str, *, role: str = "participant", mine: bool = False, **values: Any
) -> None:
    """Somebody takes a seat."""
    state.seat(OccupantChanged(BALCONY, nick, True, mine=mine, role=role, **values))


async def hears(romeo: Person, nick: str, body: str, id: str, *, occupant_id: str = "", **more: Any) -> None:
    """Somebody says something in the room."""
    said = MessageReceived(
        BALCONY,
        f"{BALCONY}/{nick}",
        nick == "Romeo",
        body,
        id=id,
        stanza_id=f"a-{id}",
        kind="room",
        occupant_id=occupant_id,
        **more,
    )
    await romeo.session.handled(said)


async def told(romeo: Person, *events: Event) -> None:
    """These events, handled."""
    for event in events[:-1]:
        romeo.session.put(event)
    await romeo.session.handled(events[-1])
