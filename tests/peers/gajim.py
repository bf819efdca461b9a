"""This room drives Gajim, a client for desktops: what its window shows is what its user would see."""

import asyncio
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.lab.prosody import Account, Lab

PATIENCE = 20.0
HANDS = Path(__file__).with_name("gajim_hands.py")
PYTHON = "/usr/bin/python3"
SCREEN = "1280x900x24"


class Gajim:
    """One Gajim of one account, on a screen that nobody sees."""

    def __init__(self, account: Account, lab: Lab) -> None:
        self.account = account
        self._lab = lab
        # Not below pytest's folders: those are closed to whom Gajim runs as.
        self.folder = Path(tempfile.mkdtemp(prefix="gajim-"))
        self._started: list[asyncio.subprocess.Process] = []
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None

    async def start(self) -> "Gajim":
        """Start it and log in."""
        self.own(self.folder / HANDS.name, HANDS.read_bytes())
        for name in ("config", "data", "cache", "runtime"):
            (self.folder / name).mkdir(mode=0o700)
            self._give(self.folder / name)
        self._give(self.folder)
        screen = await self._screen()
        socket = self.folder / "hands"
        await self._start(
            *("dbus-run-session", "--", PYTHON, str(self.folder / HANDS.name), str(socket)), DISPLAY=screen
        )
        async with asyncio.timeout(PATIENCE):
            while not socket.exists():
                await asyncio.sleep(0.1)
        self._reader, self._writer = await asyncio.open_unix_connection(str(socket))
        await self._until(lambda: self.hand("shown"))
        await self.hand("login", self.account.jid, self.account.password, self._lab.port)
        # The authority of the tests is not among those that it knows; its user says that this is right.
        await self._until(lambda: self._pressed("Add this certificate to the list of trusted certificates"))
        await self.hand("press", "Connect")
        await self._until(lambda: self.hand("ready"))
        return self

    async def stop(self) -> None:
        """End it, its bus and its screen."""
        if self._writer is not None:
            self._writer.close()
        for process in reversed(self._started):
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def own(self, path: Path, data: bytes) -> Path:
        """A file that it may read."""
        path.write_bytes(data)
        self._give(path)
        return path

    # ---- what its user does

    async def open_chat(self, jid: str) -> None:
        """Open the chat with somebody."""
        await self.hand("open", jid)

    async def join(self, room: str, nick: str) -> None:
        """Go into a room."""
        await self.hand("join", room, nick)

    async def begin(self, text: str) -> None:
        """Type without sending."""
        await self.hand("type", text)

    async def say(self, text: str) -> None:
        """Type into the open chat and press Enter."""
        await self.begin(text)
        await self.hand("key", "Return")
        await self.sees(text)

    async def correct(self, better: str) -> None:
        """Write what was said last anew: Control and the arrow upwards bring it back."""
        await self.hand("key", "Up", True)
        await self.say(better)

    async def is_called(self, name: str, nickname: str) -> None:
        """Say who one is, in the window for that."""
        await self.hand("profile")
        await self._until(lambda: self._pressed("Edit"))
        await self.hand("fill", "nickname_entry", nickname)
        await self.hand("add", "fn")
        await self.hand("fill", "ValueEntry", name)
        await self.hand("press", "Save")

    # ---- what its user sees

    async def sees(self, text: str, **wanted: Any) -> dict[str, Any]:
        """Wait until one message with this text is drawn, with what is wanted of it; the row."""

        def right(row: dict[str, Any]) -> bool:
            return bool(row["text"] == text) and all(row[name] == value for name, value in wanted.items())

        return await self.row(right)

    async def row(self, right: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until a message is drawn of which this is true; the row."""

        async def found() -> dict[str, Any] | None:
            return next((row for row in await self.hand("rows") if right(row)), None)

        return dict(await self._until(found))

    async def texts(self) -> list[str]:
        """The texts of the messages in the open chat."""
        return [row["text"] for row in await self.hand("rows")]

    async def reads(self, words: str) -> None:
        """Wait until these words stand somewhere in its windows."""

        async def found() -> bool:
            return any(words in one for one in await self.hand("words"))

        await self._until(found)

    # ---- how that is done

    async def hand(self, name: str, *arguments: Any) -> Any:
        """Have something done inside (gajim_hands.py)."""
        assert self._writer is not None
        self._writer.write(json.dumps([name, *arguments]).encode() + b"\n")
        async with asyncio.timeout(PATIENCE):
            answer = json.loads(await self._reader.readline())
        assert "error" not in answer, f"{name}: {answer['error']}"
        return answer["value"]

    async def _pressed(self, label: str) -> bool:
        try:
            await self.hand("press", label)
        except AssertionError:
            return False
        return True

    async def _until(self, found: Callable[[], Any]) -> Any:
        try:
            async with asyncio.timeout(PATIENCE):
                while not (value := await found()):
                    await asyncio.sleep(0.1)
        except TimeoutError:
            shown = "\n".join([*map(str, await self.hand("rows")), *await self.hand("words"), self._log()])
            raise AssertionError(f"Gajim never came to that:\n{shown}") from None
        return value

    async def _screen(self) -> str:
        """A screen in memory; its name."""
        reading, writing = os.pipe()
        await self._start("Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, pass_fds=(writing,))
        os.close(writing)
        with os.fdopen(reading) as pipe:
            return f":{(await asyncio.to_thread(pipe.readline)).strip()}"

    async def _start(self, *command: str, pass_fds: tuple[int, ...] = (), **environ: str) -> None:
        places = {name: str(self.folder / name.split("_")[1].lower()) for name in _PLACES}
        around = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}
        around |= {"GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1", "GSETTINGS_BACKEND": "memory"}
        with (self.folder / "output.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(*_as_nobody(), *command),
                env=places | around | environ,
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=pass_fds,
                start_new_session=True,
                cwd=self.folder,
            )
        self._started.append(process)

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(path, "nobody", "nogroup")

    def _log(self) -> str:
        return (self.folder / "output.log").read_text(errors="replace")[-3000:]


_PLACES = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")


def _as_nobody() -> tuple[str, ...]:
    """Gajim does not run as root."""
    return ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups") if os.geteuid() == 0 else ()
