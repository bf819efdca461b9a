"""The doctor names what is wrong: each test puts one fault into an installation that is well."""

import asyncio
import json
import re
import socket
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from email.utils import formatdate
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from tests.egress.nameserver import address, name_server, srv
from tests.hostile.lab_certs import Lab
from tests.hostile.server import HostileServer, Script
from tests.operate import proxy
from tests.operate.conftest import Command
from tests.operate.proxy import Proxy
from tests.web.site import running
from webchat import account
from webchat.__main__ import Server, uvicorn_config
from webchat.config import Settings
from webchat.demo.ports import free_port
from webchat.operate.doctor import Finding, examine, http, storage
from webchat.operate.doctor.domain import clock, look
from webchat.web import probe
from webchat.xmpp import tls
from webchat.xmpp.resolve import Dns

DOMAIN = "montague.test"


@dataclass
class Installation:
    """A site behind a proxy, an XMPP server, a name server: all well until a test changes something."""

    settings: Settings
    proxy: Proxy
    server: HostileServer
    names: dict[str, Any]
    dns: Dns

    async def findings(self, domain: str = DOMAIN) -> list[Finding]:
        """All that the doctor says."""
        return await examine(self.settings, domain, self.dns)

    async def of_domain(self, domain: str = DOMAIN) -> list[Finding]:
        """What it says of the XMPP side alone."""
        context = tls.context(str(self.settings.xmpp_ca_file))
        return await look(self.settings, domain, context, self.dns)

    async def faults(self, domain: str = DOMAIN) -> list[str]:
        """The sentences on what does not work; each has a remedy."""
        bad = [finding for finding in await self.findings(domain) if finding.level == "fault"]
        assert all(finding.remedy for finding in bad)
        return [finding.sentence for finding in bad]


@pytest.fixture
async def installed(
    tmp_path: Path, fresh_database: bytes, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Installation]:
    monkeypatch.setattr(probe, "EVERY", 0.1)
    lab = Lab(tmp_path)
    script = Script(domain=DOMAIN)
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    async with proxy.listening() as before, HostileServer(lab, script) as server:
        base = f"http://127.0.0.1:{before.port}"
        settings = {
            "base_url": base,
            "xmpp_hosts": f"{DOMAIN}=127.0.0.1:{server.port}",
            "xmpp_ca_file": str(server.ca_file),
        }
        async with running(folder, (account.slice,), **settings) as site, serving(site.app) as port:
            before.upstream = port
            (folder / "webchat.sqlite").write_bytes(fresh_database)
            names: dict[str, Any] = {}
            async with name_server(names) as (nameserver, _):
                dns = Dns([nameserver])
                yield Installation(site.settings, before, server, names, dns)
                await dns.close()


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[int]:
    """The site at a port of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn_config(app, "127.0.0.1", 0)
        config.lifespan = "off"
        server = Server(config, app)
        task = asyncio.create_task(server._serve([listener]))
        yield listener.getsockname()[1]
        server.should_exit = True
        await task


async def test_a_good_installation_is_well(installed: Installation) -> None:
    found = await installed.findings()
    assert [finding.sentence for finding in found if finding.level == "fault"] == []
    about = {finding.about for finding in found}
    assert about >= {
        "settings",
        "data directory",
        "secret key",
        "disk",
        "database",
        "site",
        "stream",
        "clock",
    }
    assert "XMPP server" in about


async def test_1_a_database_that_was_not_migrated(installed: Installation) -> None:
    path = installed.settings.data_dir / "webchat.sqlite"
    path.write_bytes(b"")
    (said,) = await installed.faults()
    assert said == "The database has no tables yet."
    path.unlink()
    (said,) = await installed.faults()
    assert said.startswith("There is no database at ")
    assert not path.exists()


async def test_1_a_database_of_another_version(installed: Installation) -> None:
    path = installed.settings.data_dir / "webchat.sqlite"
    for form, words in (("0003", "of an older form (0003, needed is "), ("9999", "by a newer version")):
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("UPDATE alembic_version SET version_num = ?", (form,))
        (said,) = await installed.faults()
        assert words in said


async def test_1_a_database_that_is_damaged(installed: Installation) -> None:
    path = installed.settings.data_dir / "webchat.sqlite"
    data = bytearray(path.read_bytes())
    data[20 * 4096 : 60 * 4096] = b"\xaa" * (40 * 4096)
    path.write_bytes(data)
    assert any("damaged" in said for said in await installed.faults())


async def test_1_a_database_that_says_nothing_of_its_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a driver raises when time runs out has no words."""

    async def silent(_: Settings) -> Finding:
        raise TimeoutError

    monkeypatch.setattr(storage, "_form", silent)
    environ = {"WEBCHAT_DATA_DIR": str(tmp_path), "WEBCHAT_DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    (found,) = await storage.database(Settings.from_env(environ))
    assert found.sentence == "The database cannot be used (TimeoutError)."


async def test_2_a_data_directory_that_cannot_be_written_to(installed: Installation) -> None:
    # Not even root may write there.
    database = f"sqlite:///{installed.settings.data_dir / 'webchat.sqlite'}"
    installed.settings = replace(installed.settings, data_dir=Path("/proc/self"), database_url=database)
    said = await installed.faults()
    assert any(each.startswith("The data directory /proc/self cannot be written to (") for each in said)


CERTIFICATES = {
    "expired": "has expired",
    "wrong-name": "is for another name",
    "not-yet-valid": "is not valid yet",
    "self-signed": "is signed by nobody but itself",
    "other-authority": "comes from an authority that is not trusted here",
}


async def test_3_a_certificate_that_proves_nothing(installed: Installation) -> None:
    installed.server.script.certificate = "expired"
    assert await installed.faults() == [f"The certificate of the XMPP server of {DOMAIN} has expired."]
    for kind, words in CERTIFICATES.items():
        installed.server.script.certificate = kind
        (finding,) = await installed.of_domain()
        assert finding.sentence == f"The certificate of the XMPP server of {DOMAIN} {words}."
        assert finding.remedy


async def test_3_a_certificate_that_ends_soon_is_a_warning(installed: Installation) -> None:
    found = await installed.of_domain()
    assert f"The certificate of the XMPP server of {DOMAIN} expires in 0 days." in [
        finding.sentence for finding in found if finding.level == "warning"
    ]


async def test_4_a_domain_that_dns_does_not_know(installed: Installation) -> None:
    assert await installed.faults("capulet.example") == ["DNS knows no capulet.example."]


async def test_4_a_domain_without_srv_whose_server_is_elsewhere(installed: Installation) -> None:
    installed.names["capulet.example"] = [address("127.0.0.1")]
    found = await installed.findings("capulet.example")
    said = [finding.sentence for finding in found if finding.about == "DNS"]
    assert said == [
        "capulet.example has no SRV records, so its server is looked for at capulet.example:5222."
    ]
    (last,) = [finding.sentence for finding in found if finding.level == "fault"]
    assert last == "No server of capulet.example has an address that this site may connect to."


async def test_4_a_server_that_cannot_be_reached(installed: Installation) -> None:
    for prefix in ("_xmpp-client", "_xmpps-client"):
        installed.names[f"{prefix}._tcp.capulet.example"] = [srv(0, 0, 5223, "xmpp.capulet.example")]
    installed.names["xmpp.capulet.example"] = [address("127.0.0.9")]
    installed.settings = replace(installed.settings, allow_private=(ip_network("127.0.0.0/8"),))
    found = await installed.of_domain("capulet.example")
    assert "The SRV records of capulet.example name xmpp.capulet.example:5223." in [
        finding.sentence for finding in found
    ]
    said = {finding.sentence for finding in found if finding.level == "fault"}
    assert said == {"The XMPP server of capulet.example at 127.0.0.9:5223 cannot be reached."}


async def test_4_what_is_no_server_that_we_can_use(installed: Installation) -> None:
    for step, answer, words in (
        ("header", "SSH-2.0-OpenSSH_9.2\r\n" * 4000, "does not speak XMPP"),
        ("features", "<stream:features></stream:features>", "offers no encryption"),
    ):
        installed.server.script.instead = {step: answer}
        (finding,) = await installed.of_domain()
        place = f"127.0.0.1:{installed.server.port}"
        assert finding.sentence == f"The XMPP server of {DOMAIN} at {place} {words}."


async def test_5_a_proxy_that_holds_the_stream_back(installed: Installation) -> None:
    installed.proxy.holds_back = True
    (said,) = await installed.faults()
    assert said == "A proxy holds the stream back: what was sent over 0.3 seconds came at once."


async def test_6_a_clock_that_is_off(installed: Installation) -> None:
    """By the clock of the machine that asks (O12)."""
    installed.proxy.date = formatdate(time.time() - 3600, usegmt=True)
    (said,) = await installed.faults()
    found = re.match(r"This machine's clock is (\d+) seconds ahead of that of http://127\.0\.0\.1:", said)
    assert found, said
    assert 3590 < int(found[1]) < 3660


async def test_6_a_clock_that_differs_from_the_domains_web_server(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def web_server(*_: object, at: tuple[str, int]) -> http.Answer:
        return http.Answer(200, {"date": formatdate(time.time() + 60 * 60, usegmt=True)})

    assert await clock(DOMAIN, installed.dns) == []
    installed.names[DOMAIN] = [address("127.0.0.9")]
    monkeypatch.setattr(http, "get", web_server)
    (finding,) = await clock(DOMAIN, installed.dns)
    assert finding.level == "fault"
    assert finding.sentence.endswith(f"behind that of the web server of {DOMAIN}.")


async def test_a_proxy_that_is_not_trusted(installed: Installation) -> None:
    installed.proxy.tells = True
    warned = [finding for finding in await installed.findings() if finding.about == "proxy"]
    assert [finding.remedy for finding in warned] == ["Set WEBCHAT_TRUSTED_PROXIES to 127.0.0.1."]


async def test_a_site_that_does_not_run(installed: Installation) -> None:
    installed.proxy.upstream = 1
    installed.settings = replace(installed.settings, listen=("127.0.0.1", 1))
    (said,) = await installed.faults()
    assert said.endswith("cannot be reached from here (IncompleteReadError).")


async def test_a_site_in_a_container_whose_port_has_another_number_outside(installed: Installation) -> None:
    everywhere = ("0.0.0.0", installed.proxy.upstream)  # noqa: S104
    installed.settings = replace(installed.settings, listen=everywhere)
    installed.proxy.upstream = 1
    found = await installed.findings()
    assert [finding.sentence for finding in found if finding.level == "fault"] == []
    (warned,) = [finding for finding in found if finding.level == "warning" and finding.about == "site"]
    assert warned.sentence.startswith("The site runs, but its address http://127.0.0.1:")
    assert "stream" in {finding.about for finding in found}


async def test_a_proxy_that_does_not_run(installed: Installation) -> None:
    installed.settings = replace(installed.settings, listen=("127.0.0.1", installed.proxy.upstream))
    site = replace(installed.settings.base_url, netloc="255.255.255.255:1")
    installed.settings = replace(installed.settings, base_url=site)
    assert any(said.startswith("The site runs, but its address") for said in await installed.faults())


async def test_another_site_at_this_address(installed: Installation) -> None:
    installed.settings = replace(installed.settings, secret_key=b"another" * 8)
    (said,) = await installed.faults()
    assert said.endswith("is another site, or one with another secret key or version.")


async def test_a_key_that_others_can_read(installed: Installation) -> None:
    (installed.settings.data_dir / "secret.key").chmod(0o644)
    (said,) = await installed.faults()
    assert said.startswith("Others on this machine can read the secret key ")


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"BASE_URL": "http://chat.example.org"}, "without https everybody on the way reads passwords"),
        ({"DEFAULT_DOMAIN": "a.example", "ALLOWED_DOMAINS": "b.example"}, "ALLOWED_DOMAINS has it not"),
        ({"TRUSTED_PROXIES": "0.0.0.0/0"}, "trusts every address"),
        ({"LISTEN": "nowhere"}, "WEBCHAT_LISTEN: expected address:port"),
        ({"DATA_DIR": "/dev/null/data"}, "WEBCHAT_DATA_DIR: /dev/null/data cannot be used"),
    ],
)
def test_settings_that_contradict_are_named(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: Command,
    environ: dict[str, str],
    words: str,
) -> None:
    monkeypatch.setenv("WEBCHAT_BASE_URL", "http://127.0.0.1:1")
    for name, value in environ.items():
        monkeypatch.setenv(f"WEBCHAT_{name}", value)
    assert command("doctor", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert not told["well"]
    assert any(words in each["sentence"] and each["level"] == "fault" for each in told["findings"])


def test_what_it_says_to_people(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: Command
) -> None:
    monkeypatch.setenv("WEBCHAT_BASE_URL", "http://127.0.0.1:1")
    # Not where somebody who tries the program out on this machine has it.
    monkeypatch.setenv("WEBCHAT_LISTEN", f"127.0.0.1:{free_port()}")
    assert command("doctor") == 1
    said = capsys.readouterr().out
    assert "FAULT    site: http://127.0.0.1:1 cannot be reached from here (" in said
    assert said.endswith("1 fault, 0 warnings.\n")


async def test_nobody_else_opens_the_short_stream(installed: Installation) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", installed.proxy.port)
    host = f"127.0.0.1:{installed.proxy.port}"
    writer.write(f"GET /probe/{'0' * 64} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert b" 404 " in await reader.readline()
    writer.close()
