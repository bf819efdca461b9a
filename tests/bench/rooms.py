"""This room measures rooms: many local people in one, and thousands who come in at once."""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from typing import Any

from tests.bench.sender import Sender
from tests.bench.stage import Stage
from tests.lab.site import Site

PEOPLE = int(os.environ.get("WEBCHAT_BENCH_PEOPLE", "500"))
MESSAGES = 8
PAUSE = 4.0
"""Seconds between two messages: what one costs is over before the next comes."""

PATIENCE = 360.0


@dataclass(frozen=True, slots=True)
class Hall:
    """What was found.

    cpu      seconds for each message and account: stored, drawn for one tab
    last     seconds until the last tab had a message, one for each
    memory   KiB of the process for each account
    storm    CPU, and longest stall of the loop, of 5,000 people who come in
    """

    cpu: float
    last: list[float]
    memory: float
    storm_cpu: float
    storm_stall: float


async def measure(stage: Stage) -> Hall:
    """Fill a room, talk in it, and let a crowd in."""
    people, (host,) = stage.take(PEOPLE), stage.take(1)
    room = f"hall@conference.{host.jid.partition('@')[2]}"
    sender = await Sender(host, stage.lab).login()
    sender.write(f"<presence to='{room}/host'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
    sender.write(
        f"<iq type='set' id='open' to='{room}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
        "<x xmlns='jabber:x:data' type='submit'>"
        "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
        # As in every room of this size: people do not tell each other that they are there, or coming in
        # would take the square of their number.
        "<field var='muc#roomconfig_presencebroadcast'><value>moderator</value></field>"
        "</x></query></iq>"
    )
    await sender.round_trip()
    site = Site(stage.folder / "hall", stage.lab)
    site.folder.mkdir()
    environ = site.variables()
    migrate = await asyncio.create_subprocess_exec(sys.executable, "-m", "webchat", "migrate", env=environ)
    assert await migrate.wait() == 0
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.hall", room, str(PEOPLE), str(MESSAGES)),
        env=environ,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            return await _talk(process, sender, room, people)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await sender.logout()


async def _talk(process: Any, sender: Sender, room: str, people: Any) -> Hall:
    process.stdin.write(json.dumps([[one.jid, one.password] for one in people]).encode() + b"\n")
    start = await _line(process)
    for number in range(MESSAGES):
        body = f"<body>said {time.time():.6f}</body>"
        sender.write(f"<message to='{room}' type='groupchat' id='hall-{number}'>{body}</message>")
        await sender.drain()
        await asyncio.sleep(PAUSE)
    said, storm = await _line(process), await _line(process)
    await process.wait()
    return Hall(said["cpu"], said["last"], start["memory"], storm["cpu"], storm["stall"])


async def _line(process: Any) -> dict[str, Any]:
    line = await process.stdout.readline()
    assert line, (await process.stderr.read()).decode()[-3000:]
    found: dict[str, Any] = json.loads(line)
    return found
