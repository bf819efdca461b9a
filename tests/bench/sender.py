"""This room is the cheapest possible XMPP client: it writes messages and throws away what it hears."""

import asyncio
import base64
import ssl
from xml.sax.saxutils import quoteattr

from tests.lab.prosody import Account, Lab

PATIENCE = 20.0
_SASL = "urn:ietf:params:xml:ns:xmpp-sasl"


class Sender:
    """One signed-in account that can write stanzas."""

    def __init__(self, account: Account, lab: Lab, resource: str = "sender") -> None:
        self._account = account
        self._lab = lab
        self._resource = resource
        self._count = 0
        self._pong: asyncio.Future[None] | None = None
        self._context = ssl.create_default_context(cafile=str(lab.ca_file))

    async def login(self) -> "Sender":
        """STARTTLS, PLAIN, bind, presence (RFC 6120 §§5-7)."""
        local, _, domain = self._account.jid.partition("@")
        header = (
            f"<stream:stream to={quoteattr(domain)} version='1.0' xmlns='jabber:client' "
            "xmlns:stream='http://etherx.jabber.org/streams'>"
        )
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._lab.port)
        await self._ask(header, "</stream:features>")
        await self._ask("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed")
        await self._writer.start_tls(self._context, server_hostname=domain)
        await self._ask(header, "</stream:features>")
        proof = base64.b64encode(f"\0{local}\0{self._account.password}".encode()).decode()
        await self._ask(f"<auth xmlns='{_SASL}' mechanism='PLAIN'>{proof}</auth>", "<success")
        await self._ask(header, "</stream:features>")
        bind = f"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{self._resource}</resource></bind>"
        await self._ask(f"<iq type='set' id='bind'>{bind}</iq>", "</iq>")
        self.write("<presence/>")
        self._drain = asyncio.create_task(self._throw_away())
        return self

    async def logout(self) -> None:
        """Close the connection."""
        self._drain.cancel()
        await asyncio.gather(self._drain, return_exceptions=True)
        self._writer.close()

    def write(self, text: str) -> None:
        """Write XML as it is."""
        self._writer.write(text.encode())

    def say(self, to: str, body: str) -> None:
        """A message as clients write it: chat state, marker, request for a receipt, origin id."""
        self._count += 1
        id = f"bench-{self._account.jid.partition('@')[0]}-{self._count}"
        self.write(
            f"<message to={quoteattr(to)} type='chat' id='{id}'><body>{body}</body>"
            "<active xmlns='http://jabber.org/protocol/chatstates'/>"
            "<markable xmlns='urn:xmpp:chat-markers:0'/><request xmlns='urn:xmpp:receipts'/>"
            f"<origin-id xmlns='urn:xmpp:sid:0' id='{id}'/></message>"
        )

    async def drain(self) -> None:
        """Wait until what was written has left."""
        await self._writer.drain()

    async def round_trip(self) -> None:
        """The server has handled everything that we wrote."""
        self._pong = asyncio.get_running_loop().create_future()
        self.write("<iq type='get' id='pong'><ping xmlns='urn:xmpp:ping'/></iq>")
        await asyncio.wait_for(self._pong, PATIENCE)

    async def _ask(self, text: str, answer: str) -> None:
        self.write(text)
        heard = b""
        async with asyncio.timeout(PATIENCE):
            while answer.encode() not in heard:
                chunk = await self._reader.read(65536)
                assert chunk, f"the server closed instead of {answer}: {heard[-300:]!r}"
                heard += chunk

    async def _throw_away(self) -> None:
        while chunk := await self._reader.read(65536):
            if self._pong is not None and b"pong" in chunk and not self._pong.done():
                self._pong.set_result(None)
