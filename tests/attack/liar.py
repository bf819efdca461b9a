"""This room is the other side of an attack: a server in a process of its own, so that its work is not ours.

`python -m tests.attack.liar FOLDER KIND` makes an authority in the folder, listens at 127.0.0.1 and prints
its port. Kinds: "silent" takes connections and says nothing; "costly" wants as much key stretching as is
allowed; "crowded" is honest, and its only account has more of everything than anybody needs.
"""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.hostile.lab_certs import Lab
from tests.hostile.server import SILENCE, HostileServer, Peer, Script
from tests.hostile.wire import Gone
from webchat.xmpp import namespaces as ns
from webchat.xmpp.auth import MAX_ITERATIONS

DOMAIN = "montague.test"
CONTACTS = 5_000
ROOMS = 500
OCCUPANTS = 2_000
ROWS = 2_000
ROOM = f"room-{{}}@rooms.{DOMAIN}"
CLIENT = "{jabber:client}"
UNAVAILABLE = (
    "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
)
USER = "http://jabber.org/protocol/muc#user"
DISCO = f"<query xmlns='{ns.DISCO_INFO}'>{{}}</query>"
FEATURES = "".join(f"<feature var='{each}'/>" for each in (ns.MAM, ns.SID, ns.CARBONS))


def script(kind: str) -> Script:
    """What a server of this kind says."""
    if kind == "silent":
        return Script(domain=DOMAIN, instead={"header": SILENCE})
    if kind == "costly":
        return Script(
            domain=DOMAIN,
            any_password=True,
            challenge=lambda nonce: f"r={nonce}more,s=c2FsdHNhbHQ=,i={MAX_ITERATIONS}",
            mechanisms=("SCRAM-SHA-512",),
        )
    return Script(domain=DOMAIN)


class Crowded:
    """The server's end of an account with more than enough of everything.

    sent  rows of the archive that were sent
    """

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.sent = 0

    async def serve(self) -> None:
        """Answer until the client goes."""
        await self._peer.ready.wait()
        try:
            while True:
                await self._answer(await self._peer.element())
        except Gone:
            return

    async def _answer(self, xml: ET.Element) -> None:
        if xml.tag == CLIENT + "presence":
            await self._enter(xml.get("to", ""))
        elif xml.tag == CLIENT + "iq" and xml.get("type") in ("get", "set") and len(xml):
            to, id = xml.get("to", ""), xml.get("id", "")
            payload = await self._payload(xml[0], to)
            sender = f" from='{to}'" if to else ""
            if payload is None:
                await self._peer.send(f"<iq type='error' id='{id}'{sender}>{UNAVAILABLE}</iq>")
                return
            await self._peer.send(f"<iq type='result' id='{id}'{sender}>{payload}</iq>")
            if xml[0].tag == "{jabber:iq:roster}query":
                await self._storm()

    async def _payload(self, asked: ET.Element, to: str) -> str | None:
        if asked.tag == "{jabber:iq:roster}query":
            people = "".join(
                f"<item jid='p{number}@{DOMAIN}' name='Person {number}' subscription='both'/>"
                for number in range(CONTACTS)
            )
            return f"<query xmlns='jabber:iq:roster' ver='1'>{people}</query>"
        if asked.tag == f"{{{ns.DISCO_INFO}}}query":
            room = (
                "<feature var='http://jabber.org/protocol/muc'/><identity category='conference' type='text'/>"
            )
            return DISCO.format(room if to.startswith("room-") else FEATURES)
        if asked.tag == f"{{{ns.MAM}}}query" and not to:
            return await self._page(asked)
        if asked.tag == f"{{{ns.PUBSUB}}}pubsub" and any(each.get("node") == ns.BOOKMARKS for each in asked):
            rooms = "".join(
                f"<item id='{ROOM.format(number)}'><conference xmlns='{ns.BOOKMARKS}' autojoin='true'>"
                "<nick>Romeo</nick></conference></item>"
                for number in range(ROOMS)
            )
            return f"<pubsub xmlns='{ns.PUBSUB}'><items node='{ns.BOOKMARKS}'>{rooms}</items></pubsub>"
        return None

    async def _page(self, asked: ET.Element) -> str:
        """The next rows of an archive that goes on and on, until it is over."""
        limit = int(asked.findtext(f".//{{{ns.RSM}}}max") or "100")
        rows = range(self.sent, min(self.sent + limit, ROWS))
        await self._peer.send("".join(self._row(asked.get("queryid", ""), number) for number in rows))
        self.sent += len(rows)
        complete = " complete='true'" if self.sent >= ROWS else ""
        return (
            f"<fin xmlns='{ns.MAM}'{complete}><set xmlns='{ns.RSM}'><last>a{self.sent - 1}</last></set></fin>"
        )

    def _row(self, query: str, number: int) -> str:
        sender = f"p{number % 200}@{DOMAIN}"
        message = f"<message xmlns='jabber:client' type='chat' from='{sender}/x' id='m{number}'>"
        stamp = f"2025-01-{1 + number // 2000:02}T{number // 60 % 24:02}:{number % 60:02}:00Z"
        return (
            f"<message to='romeo@{DOMAIN}'><result xmlns='{ns.MAM}' queryid='{query}' id='a{number}'>"
            f"<forwarded xmlns='{ns.FORWARD}'><delay xmlns='{ns.DELAY}' stamp='{stamp}'/>"
            f"{message}<body>Line {number} of a long story</body></message></forwarded></result></message>"
        )

    async def _storm(self) -> None:
        """Everybody comes at once, with two devices each, and says how they are."""
        for start in range(0, CONTACTS, 100):
            await self._peer.send("".join(self._presences(range(start, start + 100))))

    def _presences(self, people: range) -> Iterator[str]:
        for number in people:
            for resource in ("phone", "desk"):
                yield (
                    f"<presence from='p{number}@{DOMAIN}/{resource}'><show>away</show>"
                    f"<status>Busy {number}</status><c xmlns='{ns.CAPS}' hash='sha-1' node='urn:x' ver='a='/>"
                    "</presence>"
                )

    async def _enter(self, to: str) -> None:
        """Let somebody into a room; into the first one, with everybody."""
        room, _, nick = to.partition("/")
        if not room.startswith("room-"):
            return
        others = OCCUPANTS if room == ROOM.format(0) else 3
        item = "<item affiliation='member' role='participant'/>"
        for start in range(0, others, 100):
            await self._peer.send(
                "".join(
                    f"<presence from='{room}/Somebody {number}'><x xmlns='{USER}'>{item}</x></presence>"
                    for number in range(start, min(start + 100, others))
                )
            )
        own = f"<presence from='{room}/{nick}'><x xmlns='{USER}'>{item}<status code='110'/></x></presence>"
        await self._peer.send(f"{own}<message type='groupchat' from='{room}'><subject/></message>")


async def main(folder: str, kind: str) -> None:
    """Listen until the input ends: whoever started this is gone then."""
    async with HostileServer(Lab(Path(folder)), script(kind)) as server:
        print(server.port, flush=True)
        serving = asyncio.ensure_future(_serve(server) if kind == "crowded" else asyncio.sleep(0))
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        serving.cancel()


async def _serve(server: HostileServer) -> None:
    served: set[asyncio.Task[None]] = set()
    for number in range(1000):
        peer = await server.peer(number)
        served.add(asyncio.create_task(Crowded(peer).serve()))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
