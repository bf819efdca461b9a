"""This room runs the demo as a newcomer does: start, log in as two of its people, talk, end it by Ctrl-C."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab.prosody import Account
from tests.lab.site import Site
from tests.lab.visitor import Visitor, eventually
from webchat.demo.run import PEOPLE

DOMAIN = "demo.localhost"
BALCONY = f"/rooms/balcony@conference.{DOMAIN}"


@dataclass
class Demo:
    """A demo that runs; `said` is what it printed by then."""

    process: asyncio.subprocess.Process
    said: str

    @property
    def url(self) -> str:
        """Where the site is."""
        found = re.search(r"http://localhost:\d+", self.said)
        assert found, self.said
        return found[0]

    async def login(self, name: str) -> Visitor:
        """One of the demo people, as the demo says they log in."""
        assert f"{name}@{DOMAIN}" in self.said
        account = Account(f"{name}@{DOMAIN}", f"{name}-demo", name.capitalize())
        site = Site.__new__(Site)
        site.url = self.url
        return await Visitor(site, account).login()


@asynccontextmanager
async def demo(folder: Path, **more: str) -> AsyncIterator[Demo]:
    """Start the demo, wait for its words, end it as Ctrl-C does, see that nothing is left of it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WEBCHAT_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "webchat",
        "demo",
        env={**kept, "WEBCHAT_DATA_DIR": str(folder), "WEBCHAT_TRUSTED_PROXIES": "127.0.0.0/8", **more},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(60):
        while "Ctrl-C" not in said:
            line = await process.stdout.readline()
            assert line, said
            said += line.decode()
    children = _children(process.pid)
    assert children
    try:
        yield Demo(process, said)
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = await process.communicate()
    assert process.returncode == 0
    assert "Traceback" not in rest.decode()
    assert not _alive(children)


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def _alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


async def test_a_newcomer_sees_people_who_talk(tmp_path: Path) -> None:
    async with demo(tmp_path) as running:
        for name in PEOPLE:
            assert f"{name}@{DOMAIN}" in running.said
        romeo, juliet = await running.login("romeo"), await running.login("juliet")
        await romeo.sees(juliet.account, "Home, in one piece. Good night, good night.")
        await _meets_on_the_balcony(romeo)
        page = await romeo.page("/chats")
        names = {name.text_content() for name in page.cssselect(".conversation .name")}
        assert {"Juliet", "Mercutio", "Nurse"} <= names
        await romeo.say(juliet.account, "Good morning!")
        await juliet.sees(romeo.account, "Good morning!")
        await romeo.close()
        await juliet.close()
    async with demo(tmp_path) as running:
        nurse, romeo = await running.login("nurse"), await running.login("romeo")
        await romeo.sees(juliet.account, "Good morning!")
        rows = await romeo.everything(juliet.account)
        assert [row.text for row in rows].count("Home, in one piece. Good night, good night.") == 1
        assert len({row.id for row in rows}) == len(rows)
        await nurse.close()
        await romeo.close()


async def _meets_on_the_balcony(who: Visitor) -> None:
    """A bookmark brings everybody into the room, where something was said before."""

    async def there() -> bool:
        page = (await who.page(BALCONY)).text_content()
        return "crumbs" in page and "Mercutio" in page

    await eventually(there)


async def test_without_prosody_the_site_starts_and_says_what_is_missing(tmp_path: Path) -> None:
    async with demo(tmp_path, PATH=str(tmp_path)) as running:
        assert "Prosody" in running.said
        assert "@" not in running.said
