"""The containers as an operator meets them: built, started, logged in to, restarted, backed up, restored.

    python -m tests.containers [COMMAND …]     the command that stands for `docker compose`

It needs an engine for containers, so it is no part of the other tests. It has a name, a port and volumes of
its own, and leaves nothing behind but the images.
"""

import http.cookiejar
import os
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from webchat.demo.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
FIRST_PAGE = 60.0
"""Seconds from `up` to the login page at the most."""

PATIENCE = 120.0
ROMEO = {"jid": "romeo@demo.localhost", "password": "romeo-demo", "keep": "1"}
BACKUP = "/data/backups/try.tar"
NAME = "Fair Verona"
TOKEN = "two-households-both-alike"


class Failed(Exception):
    """Something is not as it should be; the text says what."""


class Containers:
    """The site and the demo server, under a name of their own."""

    def __init__(self, compose: list[str]) -> None:
        self._port = free_port()
        self.url = f"http://localhost:{self._port}"
        self._compose = [*compose, "--env-file", "deploy/demo.env", "--profile", "demo"]
        self._environ = os.environ | {
            "COMPOSE_PROJECT_NAME": "webchat-try",
            "LISTEN": f"127.0.0.1:{self._port}",
            "WEBCHAT_BASE_URL": self.url,
            "WEBCHAT_INSTANCE_NAME": NAME,
            "WEBCHAT_METRICS": f"token:{TOKEN}",
        }
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._browser = urllib.request.build_opener(jar)

    def compose(self, *arguments: str, fails: bool = False) -> str:
        """What `docker compose …` says. Raises Failed when it fails, or with `fails` when it does not."""
        command = [*self._compose, *arguments]
        ran = subprocess.run(command, cwd=ROOT, env=self._environ, capture_output=True, text=True)
        if (ran.returncode != 0) is not fails:
            raise Failed(
                f"{shlex.join(arguments)}: {ran.returncode}\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"
            )
        return ran.stdout

    def inside(self, *arguments: str, fails: bool = False) -> str:
        """The same in the container of the site."""
        return self.compose("exec", "-T", "webchat", *arguments, fails=fails)

    def webchat(self, *arguments: str) -> str:
        """What a command of the operator says."""
        return self.inside("python", "-m", "webchat", *arguments)

    def asked(self, path: str, **fields: str) -> tuple[str, str]:
        """(where one ends up, the page); raises OSError."""
        data = urllib.parse.urlencode(fields).encode() if fields else None
        headers = {"Origin": self.url, "Authorization": f"Bearer {TOKEN}"}
        request = urllib.request.Request(self.url + path, data, headers)  # noqa: S310
        with self._browser.open(request, timeout=10) as answer:
            return urllib.parse.urlsplit(answer.url).path, answer.read().decode()


def until(what: str, found: Callable[[], bool]) -> float:
    """Seconds until this is so. Raises Failed."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        try:
            if found():
                return time.monotonic() - began
        except (OSError, urllib.error.URLError):
            pass
        time.sleep(0.2)
    raise Failed(f"not within {PATIENCE:.0f} s: {what}")


def say(words: str, seconds: float | None = None) -> None:
    """One line of the report."""
    print(f"{words:<52}" + (f"{seconds:6.1f} s" if seconds is not None else "    well"), flush=True)


def tried(made: Containers) -> None:
    """All of it, one step after the other. Raises Failed."""
    began = time.monotonic()
    made.compose("build")
    say("images built (what was built before is used again)", time.monotonic() - began)
    began = time.monotonic()
    made.compose("up", "-d")
    until("the login page", lambda: 'name="password"' in made.asked("/login")[1])
    if NAME not in made.asked("/login")[1]:
        raise Failed("the login page does not bear the name that was set")
    took = time.monotonic() - began
    say("from `up` to the login page", took)
    if took > FIRST_PAGE:
        raise Failed(f"the login page took {took:.1f} s, allowed are {FIRST_PAGE:.0f}")
    say("Romeo logs in", until("a login", lambda: made.asked("/login", **ROMEO)[0] != "/login"))
    _set(made)
    _guarded(made)
    began = time.monotonic()
    made.compose("restart", "webchat")
    until("his page after a restart", lambda: made.asked("/chats")[0] == "/chats")
    say("restarted; he is still signed in", time.monotonic() - began)
    _restored(made)


def _set(made: Containers) -> None:
    """Settings of whoever starts it count inside; one that does not exist is named."""
    if "webchat_sessions 1\n" not in made.asked("/metrics")[1]:
        raise Failed("/metrics does not tell of the session that runs")
    wrong = ("env", "WEBCHAT_MAX_SESSION=5", "python", "-m", "webchat", "healthcheck")
    made.inside(*wrong, fails=True)
    say("settings count, unknown ones stop it, measures told")


def _guarded(made: Containers) -> None:
    """Not root, nothing to write but its data, healthy, and well by its own judgement."""
    if made.inside("id", "-u").strip() != "10001":
        raise Failed("the site runs as somebody else")
    made.inside("touch", "/app/file", fails=True)
    made.webchat("healthcheck")
    say("healthy, not root, cannot write to its own program")
    _shut_in(made)
    if "FAULT" in (said := made.webchat("doctor")):
        raise Failed(said)
    say("the doctor finds no fault")


SHUT_IN = """
import pathlib, socket
from webchat.egress import Guard
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
told = dict(line.split(":", 1) for line in lines if ":" in line)
assert int(told["CapEff"], 16) == int(told["CapBnd"], 16) == 0, told["CapEff"]
assert told["NoNewPrivs"].strip() == "1" and told["Seccomp"].strip() == "2", told
names = (socket.gethostname(), "localhost", "prosody")
near = {info[4][0] for name in names for info in socket.getaddrinfo(name, None)}
assert near and not any(map(Guard().allows, near)), near
"""


def _shut_in(made: Containers) -> None:
    """No capability, no way to get one, a filter of calls; neighbours are no places to go to (O05, O06)."""
    made.inside("python", "-c", SHUT_IN)
    say("no capabilities; its neighbours are refused as strangers' servers")


def _restored(made: Containers) -> None:
    """What was decided after a backup is gone when it was put back; the login from before is there."""
    began = time.monotonic()
    made.webchat("backup", BACKUP)
    say("a backup while it runs", time.monotonic() - began)
    made.webchat("admin", "block", "capulet.example")
    if "capulet.example" not in made.webchat("admin", "blocked"):
        raise Failed("the block was not kept")
    began = time.monotonic()
    made.compose("stop", "webchat")
    made.compose("run", "--rm", "webchat", "python", "-m", "webchat", "restore", BACKUP)
    made.compose("start", "webchat")
    until("his page after a restore", lambda: made.asked("/chats")[0] == "/chats")
    say("restored; he is still signed in", time.monotonic() - began)
    if "capulet.example" in made.webchat("admin", "blocked"):
        raise Failed("the database is not the one of the backup")
    say("what was done after the backup is gone")


def main(compose: list[str]) -> int:
    """The exit code."""
    made = Containers(compose or ["docker", "compose"])
    try:
        tried(made)
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    finally:
        made.compose("down", "-v")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
