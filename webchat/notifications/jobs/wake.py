"""This room wakes browsers after a start of the program: nobody listens for those who had closed every page.

What opens an account's stream again lies half in its browser's cookie. So a browser is told by its push
service that the site was restarted, and asks the site for something (static/js/pushed.js): that is enough.
"""

import asyncio
import logging

from webchat.notifications import store
from webchat.notifications.jobs import LASTS, Message, Pusher, topic, written
from webchat.session.registry import Sessions
from webchat.web.language import N_, translate

log = logging.getLogger(__name__)

PAUSE = 90.0
"""Seconds before somebody is woken: whoever has a page open comes back by themselves."""

ROUNDS = 4
"""Browsers of an account that are tried, one after the other, until one of them has asked."""

TITLE = N_("%(site)s was restarted")
TEXT = N_("You will go on being told of messages.")


async def wake(sessions: Sessions, pusher: Pusher, site: str) -> None:
    """Wake one browser of each account that has one and no session; where none comes, the next one.

    site  what this site is called
    """
    for number in range(ROUNDS):
        await asyncio.sleep(PAUSE)
        running = {session.account_id for session in sessions.running}
        async with sessions.database.read() as db:
            found = await store.asleep(db)
        calls = [
            pusher.once(jid, browsers[number], _message(browsers[number].language, site))
            for account_id, (jid, browsers) in found.items()
            if account_id not in running and number < len(browsers)
        ]
        if calls:
            log.info("waking %d browsers by their push services", len(calls))
        await asyncio.gather(*calls)


def _message(language: str, site: str) -> Message:
    words = {
        "tag": "wake",
        "title": translate(TITLE, language) % {"site": site},
        "text": translate(TEXT, language),
        "path": "",
        "quiet": True,
        "wake": True,
    }
    return Message(written(words), topic("wake"), urgency="normal", lasts=LASTS)
