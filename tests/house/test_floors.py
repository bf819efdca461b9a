"""This room guards whoever changes a floor: nobody below is broken from above, and no neighbour."""

import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import run

from tests.house.tree import ROOT, SLICES, imports, name, sentence, under

HTTP = ("starlette", "uvicorn", "jinja2")


def test_each_floor_stands_only_on_the_floors_below() -> None:
    """The contracts of pyproject.toml hold; a folder without a floor is an error too."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    result = run([*command, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def may_speak_http(path: Path) -> bool:
    """The web floor, what stands above it, and of each slice the views and the table of its routes."""
    room = name(path).split("/")
    if room[1] in SLICES:
        return room[2].removesuffix(".py") in ("views", "__init__")
    return room[1].removesuffix(".py") in ("__main__", "app", "demo", "slice", "web")


def strangers(packages: tuple[str, ...], allowed: Callable[[Path], bool]) -> list[str]:
    """Files that import one of these packages without being allowed to."""
    return [
        f"{name(path)} imports {module}"
        for path in under("webchat", ".py")
        if not allowed(path)
        for module in imports(path)
        if module.split(".")[0] in packages
    ]


def test_requests_stay_in_views() -> None:
    """Handlers, commands and stores can be called from anywhere, because no request reaches them."""
    found = strangers(HTTP, may_speak_http)
    assert not found, sentence("Only the web floor, app, slice and views may import these:", found)


def test_stanzas_stay_in_the_xmpp_floor() -> None:
    """Whoever writes a feature needs to know no library, only events and verbs."""
    found = strangers(("slixmpp",), lambda path: name(path).startswith("webchat/xmpp/"))
    assert not found, sentence("Only webchat.xmpp may import slixmpp:", found)


def test_outbound_connections_go_through_the_guard() -> None:
    """Every connection to an address that somebody else names is checked in one place."""
    found = strangers(
        ("aiohttp", "urllib3", "requests", "httpx", "socket"),
        lambda path: name(path).startswith(
            (
                "webchat/egress.py",
                "webchat/media/",
                "webchat/xmpp/",
                "webchat/demo/",
                "webchat/__main__",
                # Speaks to whoever started us, by a socket of this machine.
                "webchat/operate/notify.py",
            )
        ),
    )
    assert not found, sentence("Only the egress guard, the media and the XMPP floor open connections:", found)
