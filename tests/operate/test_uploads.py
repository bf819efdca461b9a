"""The doctor on uploads: each test puts one fault where the files of a domain go."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.egress.nameserver import Record, address, name_server
from tests.hostile.lab_certs import Lab
from tests.operate.test_admin import ROMEO, site_at_work
from tests.session.fakes import FakeClient
from webchat.config import Settings
from webchat.errors import XmppError
from webchat.operate.doctor import Finding, uploads
from webchat.uploads.state import Place
from webchat.xmpp.resolve import Dns
from webchat.xmpp.upload import Service

DOMAIN, HOST = "example.org", "upload.montague.test"


@dataclass
class Uploads:
    """What the upload service does: `slot` is where it wants a file, "" to refuse."""

    place: Place
    settings: Settings
    lab: Lab
    slot: str = ""
    names: dict[str, list[Record]] = field(default_factory=dict)

    async def said(self) -> tuple[str, str]:
        """(level, sentence) of what the doctor finds."""
        finding = await self.finding()
        assert bool(finding.remedy) == (finding.level != "well")
        return finding.level, finding.sentence

    async def finding(self) -> Finding:
        """What the doctor finds."""
        async with name_server(self.names) as (nameserver, _):
            dns = Dns([nameserver])
            (finding,) = await uploads.look(self.settings, DOMAIN, dns)
            await dns.close()
            return finding

    async def listens(self, kind: str) -> asyncio.Server:
        """A web server of the upload service, with a certificate of this kind."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=self.lab.context(kind, HOST))
        self.slot = f"https://{HOST}:{server.sockets[0].getsockname()[1]}/slot/1"
        self.names[HOST] = [address("127.0.0.1")]
        return server


@pytest.fixture
async def service(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Uploads]:
    """Romeo is online, and his server has a service that is well."""
    lab = Lab(tmp_path)
    opened = (ip_network("127.0.0.0/8"),)
    settings = replace(settings, xmpp_ca_file=lab.ca_file, allow_private=opened, max_upload=5_000_000)
    async with site_at_work(settings) as site:
        _, session = await site.login(ROMEO, "secret", keep=True)
        session.state = "online"
        place = session[Place]
        place.asked, place.service = True, Service(f"upload.{DOMAIN}", 10_000_000)
        made = Uploads(place, settings, lab)

        async def request(*_: object, **__: object) -> Element:
            if not made.slot:
                raise XmppError("resource-constraint")
            addresses = f"<put url='{made.slot}'/><get url='{made.slot}'/>"
            return fromstring(f"<iq><slot xmlns='urn:xmpp:http:upload:0'>{addresses}</slot></iq>")  # noqa: S314

        monkeypatch.setattr(FakeClient, "request", request, raising=False)
        yield made


async def test_a_service_that_is_well(service: Uploads) -> None:
    async with await service.listens("good"):
        said = f"Files of {DOMAIN} go to upload.{DOMAIN}, up to 10 MB a file."
        assert await service.said() == ("well", said)
        service.settings = replace(service.settings, max_upload=50_000_000)
        assert await service.said() == ("warning", f"{said} This site lets people choose larger ones.")


async def test_no_service_or_one_that_takes_nothing(service: Uploads) -> None:
    assert await service.said() == (
        "fault",
        f"The upload service upload.{DOMAIN} gives no place for a file (resource-constraint).",
    )
    service.place.service = None
    said = f"{DOMAIN} has no upload service, so its people can send no files."
    assert await service.said() == ("warning", said)
    service.place.asked = False
    assert (await service.said())[0] == "well", "nobody knows yet"


@pytest.mark.parametrize("kind", ["expired", "wrong-name", "other-authority"])
async def test_a_certificate_that_proves_nothing(service: Uploads, kind: str) -> None:
    async with await service.listens(kind):
        level, said = await service.said()
    assert level == "fault"
    assert said.startswith(f"Files are to be brought to https://{HOST}:")
    assert said.endswith(", which cannot be reached, or not with a certificate that is trusted here.")


async def test_a_web_address_that_does_not_answer(service: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await service.listens("good") as server:
        server.close()
        await server.wait_closed()
    assert "which cannot be reached" in (await service.said())[1]
    service.names.clear()
    assert "which cannot be reached" in (await service.said())[1]
    monkeypatch.setattr(uploads, "PATIENCE", 0.1)

    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(nothing, "127.0.0.1", 0)
    service.slot = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}/"
    async with silent:
        assert (await service.said())[1].endswith(", which does not answer in time.")


async def test_an_address_where_the_site_does_not_go(service: Uploads) -> None:
    async with await service.listens("good"):
        service.settings = replace(service.settings, allow_private=())
        level, said = await service.said()
    assert (level, said.endswith(", where this site does not go.")) == ("fault", True)
    service.slot = f"http://{HOST}/slot/1"
    assert (await service.said())[1].endswith(", where this site does not go.")
