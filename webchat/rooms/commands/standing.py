"""This room is what a user asks of a room for themselves or as its owner: membership, a picture."""

from collections.abc import Mapping, Sequence

from webchat import pictures
from webchat.pictures import BadPicture
from webchat.rooms import jobs
from webchat.rooms.commands import room_address
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
