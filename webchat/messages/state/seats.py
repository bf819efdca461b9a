"""This room says what a conversation is, what we are called in it, and whether we may speak there."""

from typing import Literal

from webchat.errors import Invalid
from webchat.messages import store
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.messages.store import ConversationRow
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.web.language import N_
from webchat.xmpp import jid as jids

NOT_INSIDE = N_("You are not in this room. Join it first.")
NO_VOICE = N_("In this room only people with a voice may speak. Ask a moderator for one.")
GONE_AWAY = N_("This person is not in the room any more.")
SOMEBODY_ELSE = N_("Somebody else has this nickname now. Start a new private conversation to talk to them.")

Kind = Literal["chat", "room", "whisper"]


def kind_of(session: Session, jid: str) -> Kind:
    """What a conversation with this JID is, if it begins now: rooms are known, and so are their occupants."""
    if jids.bare(jid) not in session[Rooms] and jids.bare(jid) not in session.client.known_rooms:
        return "chat"
    return "whisper" if jids.resource(jid) else "room"


def own_nick(session: Session, conversation: ConversationRow) -> str:
    """What we are called in a room."""
    state = session[Rooms].get(conversation.jid)
    return (state.nick if state is not None else "") or conversation.nick


async def may_say(work: Work, conversation: ConversationRow) -> None:
    """Raises Invalid where a room would throw it away; without a stream it waits for the next one."""
    if conversation.kind == "chat" or not work.session.client.connected:
        return
    state = work.session[Rooms].get(jids.bare(conversation.jid))
    if state is None or state.phase == "out":
        raise Invalid({"text": NOT_INSIDE})
    if conversation.kind == "whisper":
        await _same_occupant(work, conversation, state)
    elif state.phase == "in" and not state.may_speak:
        raise Invalid({"text": NO_VOICE})


async def _same_occupant(work: Work, conversation: ConversationRow, state: RoomState) -> None:
    """A nick can be somebody else's by now (security case A17). Raises Invalid."""
    occupant = state.occupants.get(jids.resource(conversation.jid))
    if occupant is None:
        raise Invalid({"text": GONE_AWAY})
    known = await store.last_occupant_id(work.db, conversation.id)
    if known and known != occupant.occupant_id:
        raise Invalid({"text": SOMEBODY_ELSE})
