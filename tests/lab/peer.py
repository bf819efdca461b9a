"""This room is an XMPP client that is not ours: the tests believe what it saw and what its archive says."""

import asyncio
import base64
import hashlib
import secrets
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from slixmpp import ClientXMPP
from slixmpp.exceptions import IqError
from slixmpp.stanza import Message, Presence
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from tests.lab.prosody import Account
from tests.lab.server import Reachable

CLIENT = "{jabber:client}"
STATES = "{http://jabber.org/protocol/chatstates}"
RECEIPTS = "{urn:xmpp:receipts}"
MARKERS = "{urn:xmpp:chat-markers:0}"
FORWARD = "{urn:xmpp:forward:0}"
CARBONS = "{urn:xmpp:carbons:2}"
MAM = "{urn:xmpp:mam:2}"
RSM = "{http://jabber.org/protocol/rsm}"
SID = "{urn:xmpp:sid:0}"
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One message stanza as it came; a carbon's is the one inside.

    receipt, displayed  the id it confirms; state is the chat state; carbon is "sent", "received" or ""
    """

    id: str
    sender: str
    to: str
    body: str
    receipt: str = ""
    displayed: str = ""
    state: str = ""
    carbon: str = ""
    origin_id: str = ""
    archive_id: str = ""
    wants_receipt: bool = False
    markable: bool = False
    error: bool = False
    xml: ET.Element = field(default_factory=lambda: ET.Element("none"), compare=False, repr=False)


class Peer:
    """One client of one account.

    account, lab  whose, and on which server
    resource      a second client of the same account takes another one
    """

    def __init__(self, account: Account, lab: Reachable, resource: str = "peer") -> None:
        self.account = account
        self.jid = account.jid
        self.heard: list[Heard] = []
        self.seen: list[ET.Element] = []
        self._port = lab.port
        self._pages: dict[str, list[Heard]] = {}
        self._news = asyncio.Event()
        self._client: Any = ClientXMPP(
            f"{account.jid}/{resource}",
            account.password,
            ssl_context=ssl.create_default_context(cafile=str(lab.ca_file)),
        )
        self._client.enable_direct_tls = False
        for plugin in ("xep_0030", "xep_0115", "xep_0280"):
            self._client.register_plugin(plugin)
        # Who may see whom is what the tests are about.
        self._client.auto_authorize = None
        self._client.auto_subscribe = False
        self._client.add_filter("in", self._arrived)

    # ---- the stream

    async def login(self) -> "Peer":
        """Sign in, ask for carbons, say that we are here."""
        ready = asyncio.get_running_loop().create_future()

        def outcome(name: str) -> None:
            def set_once(_: object) -> None:
                if not ready.done():
                    ready.set_result(name)

            self._client.add_event_handler(name, set_once, disposable=True)

        for name in ("session_start", "failed_all_auth", "disconnected"):
            outcome(name)
        self._client.connect("127.0.0.1", self._port)
        how = await asyncio.wait_for(ready, PATIENCE)
        assert how == "session_start", f"{self.jid} could not sign in: {how}"
        await self._client.plugin["xep_0280"].enable()
        await self._client.get_roster()
        self.available()
        # Until the server knows that we are here, what others send waits elsewhere.
        await self.round_trip()
        return self

    async def logout(self) -> None:
        """Leave in good order."""
        # The task that writes ends by itself only when the object is collected.
        await self._client.disconnect(wait=2)
        task = getattr(self._client, "_run_out_filters", None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def available(self, show: str = "", status: str = "") -> None:
        """Say that we are here, and how."""
        self._client.send_presence(pshow=show or None, pstatus=status or None)

    def unavailable(self) -> None:
        """Say that we are away, without leaving."""
        self._client.send_presence(ptype="unavailable")

    def presence(self, to: str, kind: str) -> None:
        """Ask to see somebody, or let them see us: "subscribe", "subscribed", …"""
        self._client.send_presence(pto=to, ptype=kind)

    async def sees(self, jid: str, kind: str = "", *, show: str = "", status: str = "") -> str:
        """The address from which a bare JID says this about its presence, now or soon."""

        def found(xml: ET.Element) -> bool:
            texts = (xml.findtext(f"{CLIENT}show") or "", xml.findtext(f"{CLIENT}status") or "")
            known = xml.get("from", "").partition("/")[0] == jid and xml.get("type", "") == kind
            return known and texts == (show, status)

        try:
            async with asyncio.timeout(PATIENCE):
                while not (seen := [xml for xml in self.seen if found(xml)]):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            came = "\n".join(ET.tostring(xml, encoding="unicode") for xml in self.seen[-10:])
            raise AssertionError(f"{self.jid} did not see it; last came:\n{came}") from None
        return seen[-1].get("from", "")

    def offers(self, node: str, name: str, begin: Callable[[Any, Any], Any]) -> str:
        """Have a command that others can run at the address that is returned (XEP-0050, slixmpp's own)."""
        for plugin in ("xep_0004", "xep_0050"):
            self._client.register_plugin(plugin)
        self._client.plugin["xep_0050"].add_command(node=node, name=name, handler=begin)
        return str(self._client.boundjid)

    async def ask(self, kind: str, payload: str, to: str = "") -> ET.Element:
        """The answer to a request, which may be an error."""
        iq = self._client.make_iq(ito=to or None, itype=kind)
        iq.append(ET.fromstring(payload))  # noqa: S314 (written in a test)
        try:
            answer = await iq.send(timeout=PATIENCE)
        except IqError as error:
            answer = error.iq
        xml: ET.Element = answer.xml
        return xml

    # ---- what it says

    def send(self, to: str, body: str, *, id: str = "", request: bool = True) -> str:
        """A message as clients write it: with receipt request, marker and origin id; its id."""
        id = id or secrets.token_hex(8)
        message = self._message(to, id)
        ET.SubElement(message, f"{CLIENT}body").text = body
        ET.SubElement(message, f"{STATES}active")
        ET.SubElement(message, f"{SID}origin-id", {"id": id})
        if request:
            ET.SubElement(message, f"{RECEIPTS}request")
            ET.SubElement(message, f"{MARKERS}markable")
        self._client.send_raw(ET.tostring(message, encoding="unicode"))
        return id

    def write(self, to: str, inside: str, *, kind: str = "chat", id: str = "") -> str:
        """A message with exactly this inside, in jabber:client unless it says otherwise; its id."""
        id = id or secrets.token_hex(8)
        self._client.send_raw(f"<message to='{to}' type='{kind}' id='{id}'>{inside}</message>")
        return id

    def keeps(self, data: bytes, media_type: str) -> str:
        """XEP-0231: whoever asks by a set gets these bytes, as Movim has it; who asks by a get does not."""
        cid = f"sha1+{hashlib.sha1(data, usedforsecurity=False).hexdigest()}@bob.xmpp.org"
        told = base64.b64encode(data).decode()

        def answer(iq: Any) -> None:
            reply = iq.reply()
            if iq["type"] == "set":
                attributes = {"cid": cid, "type": media_type, "max-age": "86400"}
                ET.SubElement(reply.xml, "{urn:xmpp:bob}data", attributes).text = told
            else:
                reply["type"] = "error"
                reply["error"]["condition"] = "feature-not-implemented"
            reply.send()

        asked = MatchXPath("{jabber:client}iq/{urn:xmpp:bob}data")
        self._client.register_handler(Callback(f"bits {cid}", asked, answer))
        return cid

    def confirm(self, to: str, id: str) -> None:
        """XEP-0184: their message is here."""
        message = self._message(to, secrets.token_hex(8))
        ET.SubElement(message, f"{RECEIPTS}received", {"id": id})
        self._client.send_raw(ET.tostring(message, encoding="unicode"))

    def display(self, to: str, id: str) -> None:
        """XEP-0333: everything up to their message was read."""
        message = self._message(to, secrets.token_hex(8))
        ET.SubElement(message, f"{MARKERS}displayed", {"id": id})
        self._client.send_raw(ET.tostring(message, encoding="unicode"))

    def compose(self, to: str, state: str = "composing") -> None:
        """XEP-0085: typing, or not any more."""
        message = self._message(to, secrets.token_hex(8))
        ET.SubElement(message, f"{STATES}{state}")
        self._client.send_raw(ET.tostring(message, encoding="unicode"))

    def _message(self, to: str, id: str) -> ET.Element:
        return ET.Element(f"{CLIENT}message", {"to": to, "type": "chat", "id": id})

    # ---- what it hears

    async def hears(self, wanted: Callable[[Heard], bool], timeout: float = PATIENCE) -> Heard:
        """The first message that is wanted, of those that came or are still to come."""
        seen = 0
        try:
            async with asyncio.timeout(timeout):
                while True:
                    for one in self.heard[seen:]:
                        if wanted(one):
                            return one
                    seen = len(self.heard)
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            came = "\n".join(map(str, self.heard[-10:]))
            raise AssertionError(f"{self.jid} did not hear it; last came:\n{came}") from None

    async def hears_body(self, body: str) -> Heard:
        """The message with this text."""
        return await self.hears(lambda one: one.body == body)

    async def hears_receipt(self, id: str) -> Heard:
        """The receipt for a message of ours."""
        return await self.hears(lambda one: one.receipt == id)

    async def hears_displayed(self, id: str) -> Heard:
        """The marker for a message of ours."""
        return await self.hears(lambda one: one.displayed == id)

    async def round_trip(self) -> None:
        """After it the server has handled everything that we wrote before."""
        await self._client.make_iq_get(queryxmlns="jabber:iq:roster").send(timeout=PATIENCE)

    # ---- the archive

    async def archive(self, with_jid: str = "") -> list[Heard]:
        """Everything with a body in the own archive, oldest first (XEP-0313)."""
        query = secrets.token_hex(6)
        self._pages[query] = []
        after = ""
        while True:
            fin = await self._page(query, with_jid, after)
            last = fin.findtext(f"{RSM}set/{RSM}last")
            if fin.get("complete") == "true" or not last:
                return [one for one in self._pages.pop(query) if one.body]
            after = last

    async def _page(self, query: str, with_jid: str, after: str) -> ET.Element:
        iq = self._client.make_iq_set()
        payload = ET.SubElement(iq.xml, f"{MAM}query", {"queryid": query})
        if with_jid:
            form = ET.SubElement(payload, "{jabber:x:data}x", {"type": "submit"})
            for name, value in (("FORM_TYPE", "urn:xmpp:mam:2"), ("with", with_jid)):
                item = ET.SubElement(form, "{jabber:x:data}field", {"var": name})
                ET.SubElement(item, "{jabber:x:data}value").text = value
        limits = ET.SubElement(payload, f"{RSM}set")
        ET.SubElement(limits, f"{RSM}max").text = "100"
        if after:
            ET.SubElement(limits, f"{RSM}after").text = after
        answer = await iq.send(timeout=PATIENCE)
        fin: ET.Element | None = answer.xml.find(f"{MAM}fin")
        assert fin is not None
        return fin

    def _arrived(self, stanza: Any) -> Any:
        if isinstance(stanza, Message):
            result = stanza.xml.find(f"{MAM}result")
            if result is not None:
                inner = result.find(f"{FORWARD}forwarded/{CLIENT}message")
                page = self._pages.get(result.get("queryid", ""))
                if inner is not None and page is not None:
                    page.append(_heard(inner, archive_id=result.get("id", "")))
                return None
            self.heard.append(_unwrapped(stanza.xml))
            self._news.set()
        elif isinstance(stanza, Presence):
            self.seen.append(stanza.xml)
            self._news.set()
        return stanza


def _unwrapped(xml: ET.Element) -> Heard:
    for carbon in ("sent", "received"):
        inner = xml.find(f"{CARBONS}{carbon}/{FORWARD}forwarded/{CLIENT}message")
        if inner is not None:
            return _heard(inner, carbon=carbon)
    return _heard(xml)


def _heard(xml: ET.Element, *, carbon: str = "", archive_id: str = "") -> Heard:
    def id_of(tag: str) -> str:
        found = xml.find(tag)
        return "" if found is None else found.get("id", "")

    states = [child.tag.removeprefix(STATES) for child in xml if child.tag.startswith(STATES)]
    return Heard(
        id=xml.get("id", ""),
        sender=xml.get("from", ""),
        to=xml.get("to", ""),
        body=xml.findtext(f"{CLIENT}body") or "",
        receipt=id_of(f"{RECEIPTS}received"),
        displayed=id_of(f"{MARKERS}displayed"),
        state=states[0] if states else "",
        carbon=carbon,
        origin_id=id_of(f"{SID}origin-id"),
        archive_id=archive_id or id_of(f"{SID}stanza-id"),
        wants_receipt=xml.find(f"{RECEIPTS}request") is not None,
        markable=xml.find(f"{MARKERS}markable") is not None,
        error=xml.get("type") == "error",
        xml=xml,
    )
