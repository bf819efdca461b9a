"""This room asks what a host keeps and says: logs, containers, error pages, secrets, time."""

import json
import logging
import os
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]

from tests.house.tree import ROOT, text, under
from tests.web.site import running
from webchat.config import SETTINGS, Settings
from webchat.operate.logs import LONGEST, Discreet, JsonLines

# ---- O04: nobody writes a line of the log but us

FORGED = "\n2026-01-01 00:00:00,000 INFO webchat: romeo signed in"
TRICKS = (
    FORGED, f"\r{FORGED}", f"\r\n{FORGED}", "\x1b[2J\x1b[1;1H", "\x1b]0;title\x07",
    "\x9b31m", "\x08" * 9, "\x00",
    "\x7f", "\u2028forged", "\u2029forged", "\x85forged", "\u202egnp.exe", "\u2066x\u2069", "\ufeff",
    "\x0c", "\x0b",
)  # fmt: skip


def line(message: str, *, json_: bool = False) -> str:
    """What would stand in the log."""
    record = logging.LogRecord("webchat", logging.INFO, "", 0, "said %s", (message,), None)
    return (JsonLines if json_ else Discreet)(b"k" * 32).format(record)


@pytest.mark.parametrize("trick", TRICKS)
def test_o04_no_text_makes_another_line_or_moves_a_terminal(trick: str) -> None:
    """Who reads the log with a terminal, an editor or a program sees one line of ours, and all of it."""
    said = line(f"before{trick}behind")
    assert all(each.startswith("\t") for each in said.split("\n")[1:])
    assert all(char.isprintable() or char in "\n\t" for char in said)
    assert said.endswith("behind")
    assert len(said.splitlines()) == said.count("\n") + 1
    told = line(f"before{trick}behind", json_=True)
    assert len(told.splitlines()) == 1
    assert json.loads(told)["message"].startswith("said before")
    assert all(char.isprintable() for char in told)


@pytest.mark.parametrize("json_", [False, True])
def test_o04_no_text_fills_the_disk(json_: bool) -> None:
    assert len(line("x" * 1_000_000, json_=json_)) < LONGEST + 500


# ---- O05, O06: the containers

COMPOSE: dict[str, Any] = yaml.safe_load(text(ROOT / "docker-compose.yml"))


@pytest.mark.parametrize("service", COMPOSE["services"])
def test_o05_a_container_can_do_what_it_is_for(service: str) -> None:
    """Not root, nothing to write but its volume, no capability, bounded, never the engine's own socket.

    `make containers` looks at the same from inside."""
    found = COMPOSE["services"][service]
    assert (found["read_only"], found["cap_drop"], found["tmpfs"]) == (True, ["ALL"], ["/tmp"])  # noqa: S108
    assert found["security_opt"] == ["no-new-privileges:true"], "and with it the engine's own filter of calls"
    assert found["pids_limit"] <= 256
    assert found["mem_limit"] in ("1g", "256m")
    assert not {"privileged", "cap_add", "network_mode", "pid", "ipc", "devices", "userns_mode"} & set(found)
    volumes = [each.split(":")[0] for each in found["volumes"]]
    assert set(volumes) <= set(COMPOSE["volumes"]), "nothing of the host is in it"


@pytest.mark.parametrize("recipe", ["Dockerfile", "deploy/prosody/Dockerfile"])
def test_o05_an_image_runs_as_nobody(recipe: str) -> None:
    lines = text(ROOT / recipe).splitlines()
    users = [each.split()[1] for each in lines if each.startswith("USER ")]
    assert users
    assert users[-1].split(":")[0] not in ("root", "0")
    assert not [each for each in lines if each.startswith("ADD ") or "curl" in each or "wget" in each]


def test_o06_the_site_is_reached_through_its_proxy_only() -> None:
    """The port is on this machine's own address unless the operator opens it; the demo's server has none.

    What the site itself may reach is judged in the program (P03); `make containers` tries it from inside."""
    ports = [each for service in COMPOSE["services"].values() for each in service.get("ports", ())]
    assert ports == ["${LISTEN:-127.0.0.1:8080}:8080"]


# ---- O07: what is in it


def test_o07_every_package_is_named_with_the_hash_of_what_was_looked_at() -> None:
    """What is installed is what is locked; nothing is fetched that nobody saw. A bill of materials in a
    format of its own is not made, and nothing is signed: the lists under requirements/ are what there is."""
    locked = {}
    for path in under("requirements", ".txt"):
        for entry in text(path).replace("\\\n", " ").splitlines():
            if entry and not entry.startswith("#"):
                package, _, version = entry.split(";")[0].split("--hash")[0].strip().partition("==")
                assert version, f"{path.name}: {package} has no version"
                assert entry.count("--hash=sha256:") >= 1, f"{path.name}: {package} has no hash"
                locked[package.lower().replace("_", "-").replace(".", "-").split("[")[0]] = version.strip()
    here = {each.name.lower().replace("_", "-").replace(".", "-"): each.version for each in distributions()}
    unlocked = {name for name in here if name not in locked} - {"pip", "setuptools", "wheel", "uv", "webchat"}
    assert not unlocked
    assert {
        name: version for name, version in here.items() if name in locked and locked[name] != version
    } == {}
    assert "--require-hashes" in text(ROOT / "Dockerfile")


# ---- O09: no door for developers


async def test_o09_no_page_of_the_framework_and_no_list_of_files(tmp_path: Path) -> None:
    async with running(tmp_path) as site, site.browser() as browser:
        assert site.app.debug is False
        for path in (
            "/docs", "/redoc", "/openapi.json", "/debug", "/console", "/server-status",
            "/.git/config", "/.env",
            "/webchat.sqlite", "/secret.key", "/static/", "/static/js/", "/static/js", "/metrics",
            "/phpinfo.php",
            "/.well-known/", "/wp-login.php", "/static/js/all.js.map", "/static/../pyproject.toml",
        ):  # fmt: skip
            answer = await browser.get(path)
            assert answer.status_code in (303, 403, 404), path
            assert "Traceback" not in answer.text
            assert "server" not in answer.headers
            assert "x-powered-by" not in answer.headers
        for method in ("TRACE", "TRACK", "CONNECT"):
            assert (await browser.request(method, "/login")).status_code in (400, 404, 405)


async def test_o09_an_error_names_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither file nor line nor library, whatever is asked for and however it goes wrong."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError(str(tmp_path))

    monkeypatch.setattr("webchat.account.views.login_values", broken)
    async with running(tmp_path) as site:
        transport = httpx.ASGITransport(site.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=str(site.settings.base_url)) as browser:
            for ask in ({"accept": "*/*"}, {"accept": "application/json"}, {"hx-request": "true"}):
                answer = await browser.get("/login", headers=ask)
                assert answer.status_code == 500
                for word in (
                    "Traceback",
                    ".py",
                    "line ",
                    "ValueError",
                    str(tmp_path),
                    "starlette",
                    "sqlalchemy",
                ):
                    assert word not in answer.text


# ---- O11: secrets


def test_o11_every_secret_may_be_a_file_and_is_said_nowhere(tmp_path: Path) -> None:
    """No secret has to stand in the environment; none is shown by the settings when somebody prints them."""
    secret = [each for each in SETTINGS if each.secret]
    assert secret
    assert all(each.from_file for each in secret)
    assert {each.name for each in secret} >= {"WEBCHAT_SECRET_KEY", "WEBCHAT_DATABASE_URL", "WEBCHAT_METRICS"}
    written = {"WEBCHAT_SECRET_KEY": "k" * 48, "WEBCHAT_METRICS": "token:" + "t" * 30}
    environ = {"WEBCHAT_DATA_DIR": str(tmp_path)}
    for name, value in written.items():
        path = tmp_path / name
        path.write_text(value + "\n")
        environ[f"{name}_FILE"] = str(path)
    settings = Settings.from_env(environ)
    said = repr(settings) + str(settings)
    assert not [value for value in (*written.values(), "k" * 48, "t" * 30) if value in said]
    shipped = [
        text(ROOT / each).splitlines() for each in ("docker-compose.yml", "Dockerfile", "deploy/demo.env")
    ]
    for given in (line.strip() for lines in shipped for line in lines):
        for each in secret:
            if given.startswith(f"{each.name}:") or given.startswith(f"{each.name}="):
                assert given.partition(" ")[2] == f"${{{each.name}:-}}", "no secret is shipped"


def test_o11_a_key_that_is_made_is_for_its_owner_only(tmp_path: Path) -> None:
    Settings.from_env({"WEBCHAT_DATA_DIR": str(tmp_path)})
    made = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert made
    assert all(path.stat().st_mode & 0o077 == 0 for path in made)


# ---- O12: the clock of the machine

CLOCK = """
from datetime import UTC, datetime
from webchat.db.base import now
from webchat.xmpp import dates
moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
print(now().tzinfo, dates.text(moment), dates.parse("2026-03-29T03:30:00+02:00") == moment)
"""


def test_o12_the_zone_of_the_machine_changes_nothing() -> None:
    """Times are kept and told in UTC; a clock that is off is named by the doctor (tests/operate)."""
    environ = {**os.environ, "TZ": "Asia/Kathmandu", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", CLOCK], capture_output=True, text=True, env=environ, timeout=60
    )
    assert done.stdout.split() == ["UTC", "2026-03-29T01:30:00.000000Z", "True"], done.stderr
