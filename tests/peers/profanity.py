"""This room drives Profanity, a client in C for terminals: what it shows is what its user would see."""

import asyncio
import os
import re
import secrets
import shutil
from pathlib import Path

from tests.lab.prosody import Account, Lab

PATIENCE = 20.0
SETTINGS = (
    "/splash off",
    "/correction on",
    "/receipts send on",
    "/receipts request on",
    "/carbons on",
    "/states on",
    "/outtype on",
    # There is no desktop to tell of anything, and looking for one holds its screen up.
    "/notify chat off",
    "/notify room off",
    "/notify room mention off",
    "/notify typing off",
)
WIDE = ("-x", "160", "-y", "50")


class Profanity:
    """One Profanity of one account, in a terminal that nobody sees.

    folder  of its settings, its data and its certificates
    """

    def __init__(self, account: Account, lab: Lab, folder: Path) -> None:
        self.account = account
        self._lab = lab
        self._folder = folder
        self._terminal = f"profanity-{secrets.token_hex(4)}"

    async def start(self) -> "Profanity":
        """Start it and log in."""
        for name in ("config/profanity", "data"):
            (self._folder / name).mkdir(parents=True)
        shutil.copy(self._lab.ca_file, self._folder / "ca.pem")
        environ = {
            "XDG_CONFIG_HOME": str(self._folder / "config"),
            "XDG_DATA_HOME": str(self._folder / "data"),
            "SSL_CERT_FILE": str(self._folder / "ca.pem"),
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
        }
        settings = [part for item in environ.items() for part in ("-e", "=".join(item))]
        await self._tmux("new-session", "-d", *WIDE, *settings, "profanity")
        await self.sees("Profanity")
        for line in SETTINGS:
            await self.type(line)
        await self.type(f"/connect {self.account.jid} server 127.0.0.1 port {self._lab.port} tls trust")
        await self.sees("Enter password")
        await self.type(self.account.password)
        await self.sees("logged in successfully")
        return self

    async def stop(self) -> None:
        """End it and its terminal."""
        await self._tmux("kill-server")

    async def type(self, line: str) -> None:
        """Type one line and press Enter."""
        await self._tmux("send-keys", "-l", line)
        await self._tmux("send-keys", "Enter")

    async def keys(self, text: str) -> None:
        """Type without sending."""
        await self._tmux("send-keys", "-l", text)

    async def clear(self) -> None:
        """Take back what was typed."""
        await self._tmux("send-keys", "C-u")

    async def send_file(self, path: Path) -> None:
        """Send a file to the open window."""
        await self.type(f"/sendfile {path}")

    async def join(self, room: str, nick: str) -> None:
        """Go into a room."""
        await self.type(f"/join {room} nick {nick}")

    async def open_chat(self, jid: str) -> None:
        """Open the window of a chat."""
        await self.type(f"/msg {jid}")

    async def screen(self) -> str:
        """What stands on the screen."""
        return await self._tmux("capture-pane", "-p")

    async def sees(self, pattern: str) -> str:
        """Wait until the screen shows this (a regular expression); the screen."""
        screen = ""
        try:
            async with asyncio.timeout(PATIENCE):
                while not re.search(pattern, screen := await self.screen()):
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"Profanity never showed {pattern!r}:\n{screen}") from None
        return screen

    async def misses(self, pattern: str) -> None:
        """Fail when the screen shows this."""
        screen = await self.screen()
        assert not re.search(pattern, screen), screen

    async def _tmux(self, *command: str) -> str:
        process = await asyncio.create_subprocess_exec(
            "tmux", "-L", self._terminal, *command, stdout=-1, stderr=-1
        )
        out, error = await process.communicate()
        assert not process.returncode, error.decode()
        return out.decode()
