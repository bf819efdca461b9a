"""This room sets the stage: an XMPP server, the site over it, people who know each other."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.lab.prosody import Account, Lab
from tests.lab.site import Site

CONTACTS = 20
PEOPLE = 1200


class Stage:
    """What all measurements share; everybody has the same twenty contacts, who are never there."""

    def __init__(self, folder: Path, lab: Lab, site: Site) -> None:
        self.folder = folder
        self.lab = lab
        self.site = site
        contacts = [lab.add(f"contact{number}")[0] for number in range(CONTACTS)]
        self._contacts = contacts
        # All of them before anybody signs in: the server remembers rosters that it has read.
        self._people = [lab.add("romeo")[0] for _ in range(PEOPLE)]
        for account in self._people:
            lab.befriend(account, contacts)
        for contact in contacts:
            lab.befriend(contact, self._people)

    def take(self, number: int) -> list[Account]:
        """People that nobody has used yet."""
        taken, self._people = self._people[:number], self._people[number:]
        assert len(taken) == number
        return taken

    def pair(self) -> list[Account]:
        """Two who talk with each other, besides the contacts."""
        one, other = self.take(2)
        self.lab.befriend(one, [*self._contacts, other])
        self.lab.befriend(other, [*self._contacts, one])
        return [one, other]


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """Everything started, and ended with the block."""
    with tempfile.TemporaryDirectory(prefix="webchat-bench-") as name:
        folder = Path(name)
        lab = Lab(folder / "prosody")
        await lab.start()
        site = Site(folder / "site", lab)
        try:
            await site.start()
            yield Stage(folder, lab, site)
        finally:
            await site.stop()
            await lab.kill()


async def crowd(stage: Stage, kind: str, accounts: list[Account], *counts: int) -> list[dict[str, Any]]:
    """Run a process full of sessions (see `tests.bench.crowd`): one answer for each count."""
    site = Site(stage.folder / f"crowd-{kind}", stage.lab)
    environ = site.variables()
    if kind == "ours":
        site.folder.mkdir()
        migrate = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "webchat", "migrate", env=environ, stderr=asyncio.subprocess.DEVNULL
        )
        assert await migrate.wait() == 0
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.crowd", kind, str(stage.lab.port), str(stage.lab.ca_file)),
        *map(str, counts),
        env=environ,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    given = json.dumps([[account.jid, account.password] for account in accounts]).encode()
    try:
        async with asyncio.timeout(150):
            said, errors = await process.communicate(given)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, errors.decode()[-3000:]
    return [json.loads(line) for line in said.splitlines()]
