"""This room gets what a room asks at its door ready to be shown (XEP-0158)."""

from collections.abc import Sequence
from contextlib import suppress

from webchat import pictures
from webchat.errors import XmppError
from webchat.messages.jobs.room_history import catch_up
from webchat.messages.state.occupants import Rooms
from webchat.pictures import BadPicture, Picture
from webchat.rooms.changes import InvitationsChanged, RoomChanged
from webchat.rooms.jobs.keeping import keep
from webchat.rooms.state import Doors, Invited, Question, Questions
from webchat.session.session import Session
from webchat.xmpp.content import ChallengeMedia
from webchat.xmpp.events import RoomRefused
from webchat.xmpp.rooms import challenge, info

AT_ONCE = 10
"""Rooms that are asked at most after one look at the invitations."""

LONGEST_SIDE = 600
"""Pixels of a picture with a question; letters are not to be read on a large one only."""


async def ask(session: Session, refused: RoomRefused) -> None:
    """Keep the question with its pictures; whoever waits at this door is told then."""
    if refused.challenge is None:
        return
    found: dict[str, Picture | str] = {}
    for media in refused.challenge.media:
        if media.var not in found and (picture := await _picture(session, refused.room, media)):
            found[media.var] = picture
    session[Questions].put(refused.room, Question(refused.challenge, found))
    state = session[Rooms].get(refused.room)
    if state is None:
        return
    state.text = refused.text
    if not session[Doors].answer(refused.room, refused.condition) and state.phase == "entering":
        state.leave(refused.condition, refused.text)
    session.feed.publish([RoomChanged(refused.room)])


async def learn_names(session: Session, rooms: Sequence[str]) -> None:
    """Ask what these rooms call themselves, each once while a session lasts; draw their invitations anew."""
    known = session[Invited].names
    for jid in [jid for jid in rooms if jid not in known][:AT_ONCE]:
        known[jid] = ""
        with suppress(XmppError):
            known[jid] = (await info.fetch(session.client, jid)).name
        if known[jid]:
            session.feed.publish([InvitationsChanged()])


async def _picture(session: Session, room: str, media: ChallengeMedia) -> Picture | str | None:
    """A picture of a question, None for what is none or cannot be had."""
    if media.media_type and not media.media_type.startswith("image/"):
        return None
    if media.url:
        return media.url
    try:
        data = media.data or await challenge.fetch(session.client, room, media.cid)
        return await pictures.reencode(data, longest=LONGEST_SIDE, kind="picture")
    except (XmppError, BadPicture):
        return None


async def came_in(session: Session, jid: str) -> None:
    """Do what follows on entering, where a room let us in that we did not ask again."""
    with suppress(XmppError):
        await catch_up(session, jid)
    await keep(session, jid, autojoin=True)
