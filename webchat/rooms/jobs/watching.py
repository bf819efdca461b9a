"""This room keeps us in rooms as long as the session lasts (XEP-0410)."""

import asyncio
import time

from webchat.errors import Offline
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.rooms.changes import RoomChanged
from webchat.rooms.jobs.enter import again_later, start_entering
from webchat.rooms.state import Doors
from webchat.session.session import Session
from webchat.xmpp.rooms import selfping

QUIET = 300.0
"""Seconds without a word from a room after which we ask whether we are still inside (XEP-0410 §3)."""

LOOK = 15.0
"""Seconds between two looks at which rooms are quiet, and which are to be entered again."""


async def watch(session: Session) -> None:
    """Job: ask quiet rooms whether we are still inside, and enter again where we were put out by accident."""
    while True:
        await asyncio.sleep(LOOK)
        if not session.client.connected:
            continue
        moment = time.monotonic()
        for jid, due in list(session[Doors].due.items()):
            if due <= moment:
                start_entering(session, jid)
        quiet = [state for state in session[Rooms] if state.phase == "in" and moment - state.heard > QUIET]
        for state in quiet:
            # Asked once; the answer, or its absence, decides.
            state.hear()
            session.spawn(check(session, state), "self-ping")


async def check(session: Session, state: RoomState) -> None:
    """Ask a room whether we are still inside (XEP-0410), and enter it again if not."""
    try:
        answer = await selfping.still_inside(session.client, state.jid, state.nick)
    except Offline:
        return
    if answer == "inside" or state.phase != "in":
        return
    session.client.rooms.pop(state.jid, None)
    if answer == "outside":
        state.leave()
        start_entering(session, state.jid)
        return
    state.leave("lost")
    again_later(session, state)
    session.feed.publish([RoomChanged(state.jid)])
