"""This room lets a client that is not ours sit in rooms: it makes them, talks in them, moderates them."""

import asyncio
import secrets
from typing import Any
from xml.etree import ElementTree as ET

from tests.lab.peer import CLIENT, PATIENCE, Heard, Peer

MUC = "{http://jabber.org/protocol/muc}"
ADMIN = "{http://jabber.org/protocol/muc#admin}"
OWNER = "{http://jabber.org/protocol/muc#owner}"
DATA = "{jabber:x:data}"
SID = "{urn:xmpp:sid:0}"


class Seat:
    """A peer's place in one room."""

    def __init__(self, peer: Peer, room: str, nick: str) -> None:
        self.peer = peer
        self.room = room
        self.nick = nick
        self._client: Any = peer._client

    async def enter(self, password: str = "") -> "Seat":
        """Sit down, and wait for the subject, which ends what one is told at first."""
        presence = ET.Element(f"{CLIENT}presence", {"to": f"{self.room}/{self.nick}"})
        x = ET.SubElement(presence, f"{MUC}x")
        if password:
            ET.SubElement(x, f"{MUC}password").text = password
        self._say(presence)
        subject = f"{CLIENT}subject"
        await self.peer.hears(lambda one: self._is_here(one) and one.xml.find(subject) is not None)
        return self

    async def open(self, **fields: str) -> "Seat":
        """Sit down in a room that does not exist, and configure it."""
        presence = ET.Element(f"{CLIENT}presence", {"to": f"{self.room}/{self.nick}"})
        ET.SubElement(presence, f"{MUC}x")
        self._say(presence)
        await self.configure(persistentroom="1", **fields)
        return self

    async def configure(self, **fields: str) -> None:
        """Submit an owner's form with these muc#roomconfig_ fields."""
        form = ET.Element(f"{DATA}x", {"type": "submit"})
        named = {f"muc#roomconfig_{name}": value for name, value in fields.items()}
        for name, value in {"FORM_TYPE": "http://jabber.org/protocol/muc#roomconfig", **named}.items():
            field = ET.SubElement(form, f"{DATA}field", {"var": name})
            ET.SubElement(field, f"{DATA}value").text = value
        query = ET.Element(f"{OWNER}query")
        query.append(form)
        await self._ask(query)

    def leave(self) -> None:
        """Stand up."""
        self._say(ET.Element(f"{CLIENT}presence", {"to": f"{self.room}/{self.nick}", "type": "unavailable"}))

    def say(self, body: str, *, to: str = "") -> str:
        """Say something to everybody, or privately to the occupant `to`; its id."""
        id = secrets.token_hex(8)
        address = (
            {"to": f"{self.room}/{to}", "type": "chat"} if to else {"to": self.room, "type": "groupchat"}
        )
        message = ET.Element(f"{CLIENT}message", {**address, "id": id})
        ET.SubElement(message, f"{CLIENT}body").text = body
        ET.SubElement(message, f"{SID}origin-id", {"id": id})
        if to:
            ET.SubElement(message, "{http://jabber.org/protocol/muc#user}x")
        self._say(message)
        return id

    async def hears(self, body: str, nick: str = "") -> Heard:
        """What somebody says in this room."""
        return await self.peer.hears(
            lambda one: self._is_here(one) and one.body == body and nick in ("", one.sender.partition("/")[2])
        )

    async def affiliate(self, jid: str, affiliation: str, reason: str = "") -> None:
        """Make somebody member, outcast, ..."""
        await self._administer({"jid": jid, "affiliation": affiliation}, reason)

    async def role(self, nick: str, role: str, reason: str = "") -> None:
        """Give a role; "none" puts out."""
        await self._administer({"nick": nick, "role": role}, reason)

    async def destroy(self, reason: str = "", alternate: str = "") -> None:
        """End the room."""
        query = ET.Element(f"{OWNER}query")
        destroy = ET.SubElement(query, f"{OWNER}destroy", {"jid": alternate} if alternate else {})
        ET.SubElement(destroy, f"{OWNER}reason").text = reason
        await self._ask(query)

    async def _administer(self, attributes: dict[str, str], reason: str) -> None:
        query = ET.Element(f"{ADMIN}query")
        item = ET.SubElement(query, f"{ADMIN}item", attributes)
        if reason:
            ET.SubElement(item, f"{ADMIN}reason").text = reason
        await self._ask(query)

    async def _ask(self, payload: ET.Element) -> None:
        iq = self._client.make_iq_set(ito=self.room)
        iq.xml.append(payload)
        for attempt in range(20):
            try:
                await iq.send(timeout=PATIENCE)
            except Exception:
                # The room may not have been told of us yet.
                if attempt == 19:
                    raise
                await asyncio.sleep(0.05)
            else:
                return

    def _is_here(self, one: Heard) -> bool:
        return one.sender.partition("/")[0] == self.room

    def _say(self, xml: ET.Element) -> None:
        self._client.send_raw(ET.tostring(xml, encoding="unicode"))
