"""This room is what a user asks of a room for themselves or as its owner: a way in, membership, a picture."""

from collections.abc import Mapping, Sequence

from webchat import pictures
from webchat.errors import NotFound, Offline
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.pictures import BadPicture
from webchat.rooms import jobs
from webchat.rooms.commands import room_address, settled
from webchat.session.session import Session
from webchat.xmpp.forms import Form
from webchat.xmpp.rooms import picture, register

LONGEST_SIDE = 256
"""Pixels of a room's picture: it is never shown larger than people's."""


async def membership_form(session: Session, jid: str) -> Form | None:
    """What a room asks those who want to be members; None for who is one.

    Raises Invalid (not a room's address), XmppError, TimedOut, Offline.
    """
    return await register.fetch(session.client, room_address(jid))


async def ask_membership(session: Session, jid: str, answers: Mapping[str, Sequence[str]]) -> None:
    """Ask to be a member, with the answers to the room's form. Raises XmppError, TimedOut, Offline."""
    form = await membership_form(session, jid)
    if form is not None:
        await register.submit(session.client, jid, form, answers)


async def answer_question(session: Session, jid: str, answers: Mapping[str, Sequence[str]]) -> RoomState:
    """Answer what a room asks at its door (XEP-0158), and go in.

    Returns what is known after a moment, as join_room does; a question that is not open any more is asked for
    anew. Raises Invalid (not a room's address), NotFound (no room of ours), Offline.
    """
    jid = room_address(jid)
    if session.state != "online":
        raise Offline
    if jid not in session[Rooms]:
        raise NotFound
    return await settled(session, jid, jobs.start_entering(session, jid, answers))


async def set_picture(session: Session, jid: str, data: bytes) -> None:
    """Give a room a picture, made anew from this one; empty takes it away.

    Raises BadPicture, XmppError ("forbidden" for who does not own it), TimedOut, Offline.
    """
    if len(data) > pictures.MOST_BYTES:
        raise BadPicture
    media_type = ""
    if data:
        made = await pictures.reencode(data, longest=LONGEST_SIDE, kind="avatar")
        data, media_type = made.data, made.media_type
    await picture.set_picture(session.client, jid, data, media_type)
    jobs.look_again(session, jid)
