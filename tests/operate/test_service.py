"""The site as a service: its supervisor hears of it, it stops in good order, samples pass on each setting."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.operate.conftest import Command
from tests.proxies.proxy import DEPLOY
from webchat.config import SETTINGS, Settings
from webchat.demo.ports import free_port
from webchat.operate import control, notify


class Supervisor:
    """Who started the site and hears of it, as systemd does (sd_notify(3))."""

    def __init__(self, name: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + name[1:] if name.startswith("@") else name)
        self._socket.setblocking(False)

    async def heard(self) -> str:
        """The next word."""
        async with asyncio.timeout(60):
            return (await asyncio.get_running_loop().sock_recv(self._socket, 4096)).decode()

    def close(self) -> None:
        self._socket.close()


async def test_its_supervisor_hears_when_it_answers_lives_and_stops(
    settings: Settings, tmp_path: Path
) -> None:
    """When it was asked to stop everything is put away: no socket of commands is left, the status is 0."""
    place = str(tmp_path / "notify")
    supervisor = Supervisor(place)
    base = f"http://127.0.0.1:{free_port()}"
    environ = os.environ | {
        "WEBCHAT_LISTEN": base.removeprefix("http://"),
        "WEBCHAT_BASE_URL": base,
        "NOTIFY_SOCKET": place,
        "WATCHDOG_USEC": "300000",
    }
    site = await asyncio.create_subprocess_exec(sys.executable, "-m", "webchat", "serve", env=environ)
    try:
        heard = await supervisor.heard()
        while heard == "WATCHDOG=1":
            heard = await supervisor.heard()
        assert heard == "READY=1"
        async with httpx.AsyncClient() as visitor:
            assert (await visitor.get(f"{base}/readyz")).status_code == 200
        assert await supervisor.heard() == "WATCHDOG=1"
        assert (settings.data_dir / control.NAME).exists()
        site.send_signal(signal.SIGTERM)
        while heard != "STOPPING=1":
            heard = await supervisor.heard()
        async with asyncio.timeout(60):
            assert await site.wait() == 0
    finally:
        if site.returncode is None:
            site.kill()
            await site.wait()
        supervisor.close()
    assert not (settings.data_dir / control.NAME).exists()


async def test_without_a_supervisor_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify.tell("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere/at/all")
    notify.tell("READY=1")
    name = f"@webchat-test-{os.getpid()}"
    supervisor = Supervisor(name)
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    notify.tell("READY=1")
    assert await supervisor.heard() == "READY=1"
    supervisor.close()
    monkeypatch.setenv("WATCHDOG_USEC", "2000000")
    assert notify.patience() == 2
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert notify.patience() == 0, "it is another process that is watched"


def test_whoever_reads_only_the_beginning_hurts_nobody(settings: Settings, command: Command) -> None:
    """`webchat admin stats | head -1` says no more than that."""
    line = f"{sys.executable} -m webchat admin stats | true"
    ran = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_container_is_given_every_setting() -> None:
    """What somebody writes into .env or exports counts in the container too."""
    text = (DEPLOY.parent / "docker-compose.yml").read_text(encoding="utf-8")
    given = dict(re.findall(r"^      (WEBCHAT_\w+): (.+)$", text, re.MULTILINE))
    own = {"WEBCHAT_LISTEN": "0.0.0.0:8080", "WEBCHAT_DATA_DIR": "/data"}
    assert given.keys() == {setting.name for setting in SETTINGS}
    for name, value in given.items():
        assert value == own.get(name) or value.startswith(f"${{{name}:-"), name
    assert "env_file: [{path: .env, required: false}]" in text, "what is misspelt is noticed"


def test_commands_beside_the_service_are_its_own_kind() -> None:
    """Same user, folder, settings, program as the unit's."""
    unit = (DEPLOY / "systemd/webchat.service").read_text(encoding="utf-8")
    script = (DEPLOY / "systemd/webchat").read_text(encoding="utf-8")
    for name in (
        "DynamicUser",
        "StateDirectory",
        "StateDirectoryMode",
        "UMask",
        "WorkingDirectory",
        "EnvironmentFile",
    ):
        (value,) = re.findall(rf"^{name}=(.+)$", unit, re.MULTILINE)
        assert f"--property={name}={value} " in script, name
    assert "--setenv=WEBCHAT_DATA_DIR=/var/lib/webchat " in script
    assert "/opt/webchat/venv/bin/python -m webchat " in script
    assert os.access(DEPLOY / "systemd/webchat", os.X_OK)
    assert subprocess.run(["sh", "-n", DEPLOY / "systemd/webchat"], check=False).returncode == 0
