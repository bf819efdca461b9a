"""This room lets the operator's commands reach the site that runs: by a socket in the data directory.

One line of JSON asks, one answers. Who may open the socket is whoever may read the data directory; nothing of
it is reached by the network. Where no site runs the same is done in the process of the command.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import webchat.contacts.models
import webchat.messages.models.facts
import webchat.notifications.models
import webchat.publish.models
import webchat.rooms.models
import webchat.settings.models  # noqa: F401 (their tables belong to what is kept for an account)
from webchat.account.commands import erase
from webchat.config import Settings
from webchat.db.engine import Database
from webchat.egress import Guard
from webchat.errors import XmppError
from webchat.operate import lock
from webchat.operate.trouble import Trouble
from webchat.posts.commands.hidden import hide
from webchat.session import accounts, blocks, store
from webchat.session.registry import Sessions
from webchat.session.session import Behaviour
from webchat.uploads.state import Place
from webchat.uploads.store import Cache
from webchat.xmpp import jid as jids
from webchat.xmpp import upload
from webchat.xmpp.connector import Connector
from webchat.xmpp.resolve import Resolver

log = logging.getLogger(__name__)

NAME = "control.sock"
LONGEST = 64 * 1024 * 1024
"""Bytes of a line: an answer may list every session."""

ASKED_WITHIN = 10.0
PATIENCE = 600.0
"""Seconds for an answer: to sign everybody out takes a while."""

Question = Mapping[str, str]
Answer = Any
"""What JSON can say."""


async def _sessions(sessions: Sessions, _: Question) -> Answer:
    return [
        {"jid": each.jid, "state": each.state, "reason": each.reason, "tabs": each.tabs}
        for each in sorted(sessions.running, key=lambda session: session.jid)
    ]


async def _end(sessions: Sessions, asked: Question) -> Answer:
    return await accounts.end(sessions, asked.get("jid", ""))


async def _block(sessions: Sessions, asked: Question) -> Answer:
    kind, value, hides = asked["kind"], asked["value"], bool(asked.get("hides"))
    ended = await blocks.block(sessions, kind, value, asked.get("reason", ""), hides=hides)
    return {"ended": ended, "hidden": await hide(sessions, kind, value) if hides else 0}


async def _purge(sessions: Sessions, asked: Question) -> Answer:
    async with sessions.database.read() as db:
        account = await store.account_by_jid(db, asked["jid"])
    if account is None:
        return None
    await sessions.end(account.id, None)
    async with sessions.database.read() as db:
        went = await accounts.kept(db, account.id)
    await erase(sessions, Cache(Path(asked["media"])), account.id, asked["jid"])
    return went


async def _uploads(sessions: Sessions, asked: Question) -> Answer:
    """What the sessions of a domain found, and where a file would go: None when nobody of it is online."""
    online = (each for each in sessions.running if jids.domain(each.jid) == asked["domain"])
    places = ((each, each[Place]) for each in online if each.state == "online")
    session, place = next(((each, place) for each, place in places if place.asked), (None, None))
    if session is None or place is None:
        return None
    if place.service is None:
        return {"service": "", "most": None, "slot": "", "trouble": ""}
    slot, trouble = "", ""
    try:
        slot = (await upload.slot(session.client, place.service, "webchat-doctor.txt", 1, "text/plain")).put
    except XmppError as error:
        trouble = error.condition
    return {"service": place.service.jid, "most": place.service.most, "slot": slot, "trouble": trouble}


ACTIONS: dict[str, Callable[[Sessions, Question], Awaitable[Answer]]] = {
    "sessions": _sessions,
    "end": _end,
    "block": _block,
    "purge": _purge,
    "uploads": _uploads,
}


# ---- the site's side


@asynccontextmanager
async def listening(data_dir: Path, sessions: Callable[[], Sessions | None]) -> AsyncIterator[None]:
    """Answer while the site runs; a site whose folder has no room for a socket runs without."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(ASKED_WITHIN):
                line = await reader.readline()
            # Who says nothing only wanted to know whether somebody listens.
            if line:
                writer.write(json.dumps(await _answered(line, sessions())).encode() + b"\n")
                await writer.drain()
        except (TimeoutError, OSError, ValueError):
            log.warning("a command of the operator was not answered")
        finally:
            writer.close()

    path = data_dir / NAME
    try:
        server = await asyncio.start_unix_server(answer, path)
    except OSError as error:
        log.warning("commands of the operator cannot reach this process (%s)", error)
        yield
        return
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def _answered(line: bytes, sessions: Sessions | None) -> Answer:
    try:
        asked = json.loads(line)
        act = ACTIONS[asked.pop("do")]
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"trouble": "The site does not know this command: it runs another version."}
    if sessions is None:
        return {"trouble": "The site is just starting: try again."}
    try:
        return {"said": await act(sessions, asked)}
    except Exception as error:
        log.error("a command of the operator failed", exc_info=error)
        return {"trouble": f"The site could not do it ({type(error).__name__}): its log says more."}


# ---- the command's side


async def running(settings: Settings) -> bool:
    """Whether a site answers in this data directory."""
    try:
        _, writer = await asyncio.open_unix_connection(settings.data_dir / NAME)
    except OSError:
        return False
    writer.close()
    return True


async def do(settings: Settings, action: str, **asked: str) -> Answer:
    """Have the running site do it; where none runs, do it here. Raises Trouble."""
    if await running(settings):
        return await _ask(settings, action, asked)
    if lock.held(settings.data_dir):
        raise Trouble("The site runs, but does not listen to commands: its log says why.")
    async with at_rest(settings) as sessions:
        return await ACTIONS[action](sessions, asked)


async def _ask(settings: Settings, action: str, asked: Question) -> Answer:
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_unix_connection(settings.data_dir / NAME, limit=LONGEST)
            writer.write(json.dumps({"do": action, **asked}).encode() + b"\n")
            said = json.loads(await reader.readline())
            writer.close()
    except (TimeoutError, OSError, ValueError) as error:
        raise Trouble(f"The site does not answer ({type(error).__name__}).") from None
    if "trouble" in said:
        raise Trouble(said["trouble"])
    return said["said"]


@asynccontextmanager
async def at_rest(settings: Settings) -> AsyncIterator[Sessions]:
    """The sessions of a site that does not run: none, over its database."""
    database = Database(settings.database_url)
    sessions = Sessions(database, Behaviour(), Connector(Resolver(Guard())), settings.secret_key)
    try:
        yield sessions
    finally:
        await sessions.stop()
        await database.close()
