"""This room sends what waits for its hour, as long as its author is signed in here."""

import logging

from webchat.db.base import now
from webchat.errors import Offline, TimedOut, WebchatError
from webchat.publish import commands, store
from webchat.publish.forms import restored
from webchat.publish.state import Clock
from webchat.publish.store import DraftRow
from webchat.session.bells import called
from webchat.session.session import Session
from webchat.web.errors import describe

log = logging.getLogger(__name__)

LOOK_AGAIN = 3600.0
"""Seconds after which the clock is read anew, should the machine have slept."""

TRY_AGAIN = 30.0
"""Seconds before what met no connection is tried again."""

MOST_TRIES = 10
"""So often a server may be silent about one post."""


async def send_scheduled(session: Session) -> None:
    """Publish each post when its time has come; what came due while nobody was here goes out at once."""
    while True:
        async with session.read() as db:
            hour = await store.next_hour(db, session.account_id)
        wait = LOOK_AGAIN if hour is None else min((hour - now()).total_seconds(), LOOK_AGAIN)
        if wait <= 0:
            wait = 0.0 if await send_due(session) else TRY_AGAIN
        if wait:
            await called(session[Clock].changed, wait)


async def send_due(session: Session) -> bool:
    """Publish all whose time has come; False when one of them is to be tried again: there is no connection,
    or its server says nothing."""
    async with session.read() as db:
        rows = await store.due(db, session.account_id, now())
    tries, silent = session[Clock].tries, False
    for row in rows:
        try:
            await _send(session, row)
        except Offline:
            return False
        except WebchatError as error:
            if isinstance(error, TimedOut) and tries.get(row.key, 0) + 1 < MOST_TRIES:
                tries[row.key] = tries.get(row.key, 0) + 1
                silent = True
                continue
            await _give_up(session, row, error)
        tries.pop(row.key, None)
    return not silent


async def _give_up(session: Session, row: DraftRow, error: WebchatError) -> None:
    log.info("a post did not go out at its hour: %s", type(error).__name__)
    drawn = describe(error)
    async with session.work() as work:
        await store.set_trouble(work.db, work.account_id, row.key, drawn.text, drawn.values)


async def _send(session: Session, row: DraftRow) -> None:
    await commands.publish(session, restored(row.content), base=str(row.content.get("base", "")))
    # It is kept under its own key; that of the sheet is the same unless somebody meddled.
    async with session.work() as work:
        await store.drop(work.db, work.account_id, row.key)
