"""This room runs the demo: it starts the XMPP server and the site, says where they are, and ends both."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from webchat.demo.child import Child
from webchat.demo.people import introduce
from webchat.demo.ports import free_port
from webchat.demo.prosody import Prosody

PEOPLE = ("romeo", "juliet", "mercutio", "nurse", "laurence")
SITE_PORT = 8080
LOOPBACK = "127.0.0.1/32"

NO_PROSODY = (
    "There are no demo people, because Prosody, the XMPP server they live on, is not installed here"
    " (Debian: apt install prosody)."
)


def main() -> int:
    """Run until Ctrl-C; the exit code."""
    return asyncio.run(demo(os.environ))


async def demo(environ: Mapping[str, str]) -> int:
    """Run until a signal comes or the site ends by itself; the exit code."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    folder = _folder(environ)
    place, port = _place(environ)
    prosody, missing = await _start_prosody(folder, place["WEBCHAT_BASE_URL"])
    site = Child(folder / "site.pid", "webchat")
    try:
        variables = _variables(place, prosody)
        people = [f"{name}@{prosody.domain}" for name in PEOPLE] if prosody is not None else []
        code = await _start_site(site, variables, port, people)
        if code is None:
            _say(variables["WEBCHAT_BASE_URL"], prosody, missing)
            code = await _either(ended, site)
    finally:
        await site.stop()
        if prosody is not None:
            await prosody.stop()
    return code


def _folder(environ: Mapping[str, str]) -> Path:
    """Where the demo keeps what the site itself does not."""
    folder = Path(environ.get("WEBCHAT_DATA_DIR") or "data").absolute() / "demo"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


async def _start_prosody(folder: Path, address: str) -> tuple[Prosody | None, str]:
    """The server, whose posts name this address of the site; or a sentence on why there is none."""
    if not Prosody.possible():
        return None, NO_PROSODY
    prosody = Prosody(folder, environ={"DEMO_SITE": address})
    try:
        await prosody.start()
    except OSError as error:
        return None, f"There are no demo people: {error}."
    return prosody, ""


async def _start_site(
    site: Child, variables: Mapping[str, str], port: int, people: Sequence[str]
) -> int | None:
    """Bring the database up to date and start the site, which knows these people; an exit code when that did
    not work."""
    await site.start(sys.executable, "-m", "webchat", "migrate", environ=variables)
    if code := await site.wait():
        return code
    await introduce(variables, people)
    await site.start(sys.executable, "-m", "webchat", "serve", environ=variables)
    if not await site.answers(port):
        print("The site did not start.", file=sys.stderr)
        return await site.wait() or 1
    return None


async def _either(ended: asyncio.Event, site: Child) -> int:
    """Until we are told to end (0), or the site has ended by itself (its exit code, never 0)."""
    waiting = {asyncio.create_task(ended.wait()), asyncio.create_task(site.wait())}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    if ended.is_set():
        return 0
    print("The site ended by itself.", file=sys.stderr)
    return await site.wait() or 1


def _place(environ: Mapping[str, str]) -> tuple[dict[str, str], int]:
    """The site's environment with where it is, and the port it listens on; what is set stays as it is."""
    variables = {"WEBCHAT_LOG_LEVEL": "warning", **environ}
    if not variables.get("WEBCHAT_LISTEN"):
        variables["WEBCHAT_LISTEN"] = f"127.0.0.1:{free_port(SITE_PORT)}"
    port = int(variables["WEBCHAT_LISTEN"].rpartition(":")[2])
    if not variables.get("WEBCHAT_BASE_URL"):
        variables["WEBCHAT_BASE_URL"] = f"http://localhost:{port}"
    return variables, port


def _variables(place: Mapping[str, str], prosody: Prosody | None) -> dict[str, str]:
    """The site's environment with the demo server; what the caller has set stays as it is."""
    variables = dict(place)
    if prosody is not None:
        given = variables.get("WEBCHAT_XMPP_HOSTS")
        variables["WEBCHAT_XMPP_HOSTS"] = f"{given},{prosody.hosts}" if given else prosody.hosts
        # Its files are brought and fetched on loopback.
        opened = variables.get("WEBCHAT_ALLOW_PRIVATE")
        variables["WEBCHAT_ALLOW_PRIVATE"] = f"{opened},{LOOPBACK}" if opened else LOOPBACK
        variables["WEBCHAT_XMPP_CA_FILE"] = str(_authorities(variables.get("WEBCHAT_XMPP_CA_FILE"), prosody))
        variables["WEBCHAT_DEFAULT_DOMAIN"] = variables.get("WEBCHAT_DEFAULT_DOMAIN") or prosody.domain
    return variables


def _authorities(given: str | None, prosody: Prosody) -> Path:
    """One file with the demo server's authority and those that were given."""
    if not given:
        return prosody.ca_file
    together = prosody.folder / "authorities.pem"
    together.write_bytes(Path(given).read_bytes() + b"\n" + prosody.ca_file.read_bytes())
    return together


def _say(address: str, prosody: Prosody | None, missing: str) -> None:
    lines = ["", f"  Webchat    {address}", ""]
    if prosody is not None:
        for number, name in enumerate(PEOPLE):
            start = "Log in as" if number == 0 else ""
            lines.append(f"  {start:9}  {name + '@' + prosody.domain:26}password {name}-demo")
        lines += [
            "",
            "  Take two browsers, or one and a private window, and let two of them talk.",
            "  Any other XMPP address can log in too. Ctrl-C ends everything; what was said stays in",
            f"  {prosody.folder}",
        ]
    else:
        lines += [f"  {missing}", "  Log in with an address on any XMPP server. Ctrl-C ends the site."]
    print("\n".join(lines), "\n", flush=True)
