"""This room is Romeo's server as far as messages see it: an archive that answers, what it delivers live."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from tests.lab.people import ROMEO, Person
from webchat.errors import XmppError
from webchat.xmpp import namespaces as ns
from webchat.xmpp.events import (
    ArchivedEvent,
    DisplayedReceived,
    MessageFailed,
    MessageReceived,
    ReceiptReceived,
    RoomInvited,
)

BEGINNING = datetime(2025, 3, 1, 12, tzinfo=UTC)
_FORM = f"{{{ns.DATA_FORM}}}x"
_RSM = f"{{{ns.RSM}}}set"


@dataclass(frozen=True)
class Kept:
    """One entry of the archive."""

    id: str
    stamp: datetime
    event: ArchivedEvent

    @property
    def conversation(self) -> str:
        """Whom it was exchanged with."""
        event = self.event
        return event.inviter if isinstance(event, RoomInvited) else event.conversation


class Server:
    """Keeps what is said in order, answers XEP-0313 and XEP-0490, counts what it was asked.

    seconds  how far its clock goes on with each entry; 0 gives all of them the same stamp
    broken   what the next questions raise instead of being answered
    """

    def __init__(self, person: Person, seconds: float = 1) -> None:
        self.kept: list[Kept] = []
        self.marks: list[tuple[str, str]] = []
        self.published: list[tuple[str, str]] = []
        self.asked: list[dict[str, str]] = []
        self.broken: list[Exception] = []
        self.seconds = seconds
        self.clock = BEGINNING
        self._numbers = 0
        self._client = person.client
        person.client.request = self.request  # type: ignore[method-assign]

    def keep(self, event: ArchivedEvent) -> ArchivedEvent:
        """Put an event into the archive; what of it is delivered live."""
        self._numbers += 1
        self.clock += timedelta(seconds=self.seconds)
        id = f"archive-{self._numbers * 7919 % 100_003:06d}"
        if isinstance(event, MessageReceived):
            event = replace(event, stanza_id=id)
        self.kept.append(Kept(id, self.clock, event))
        return event

    def said(self, jid: str, body: str, id: str = "", **values: Any) -> MessageReceived:
        """Somebody writes to Romeo; what is delivered live."""
        event = MessageReceived(jid, f"{jid}/phone", False, body, id=id or f"id of {body}", **values)
        kept = self.keep(event)
        assert isinstance(kept, MessageReceived)
        return kept

    def sent(self, jid: str, body: str, id: str = "", **values: Any) -> MessageReceived:
        """Romeo writes with another client, or this one's message arrives at the server; the carbon of it."""
        id = id or f"id of {body}"
        event = MessageReceived(jid, f"{ROMEO}/phone", True, body, id=id, origin_id=id, **values)
        kept = self.keep(event)
        assert isinstance(kept, MessageReceived)
        return kept

    def forget(self, until: int) -> None:
        """Throw the first entries away, as servers do with old ones."""
        del self.kept[:until]

    def bodies(self, jid: str) -> list[str]:
        """What was said with somebody, in order."""
        events = [kept.event for kept in self.kept if kept.conversation == jid]
        return [event.body for event in events if isinstance(event, MessageReceived)]

    async def request(self, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Element:
        """Answer a question of `webchat.xmpp.archive` or `webchat.xmpp.readmarks`."""
        self._client.asked.append(payload)
        if self.broken:
            raise self.broken.pop(0)
        if payload.tag == f"{{{ns.MAM}}}query":
            return self._page(payload)
        if payload.tag == f"{{{ns.PUBSUB}}}pubsub":
            return self._pubsub(payload)
        if payload.tag == f"{{{ns.DISCO_INFO}}}query":
            answer = Element("iq")
            info = SubElement(answer, payload.tag)
            SubElement(info, f"{{{ns.DISCO_INFO}}}feature", {"var": ns.PUBSUB_PUBLISH_OPTIONS})
            return answer
        raise XmppError("service-unavailable")

    def _page(self, payload: Element) -> Element:
        with_jid = next(
            (field[0].text or "" for field in payload.iterfind(f"{_FORM}/") if field.get("var") == "with"), ""
        )
        window = payload.find(_RSM)
        assert window is not None
        limits = {child.tag.partition("}")[2]: child.text or "" for child in window}
        self.asked.append({"with": with_jid, **limits})
        found, complete = self.stretch(with_jid, limits)
        query = self._client.queries[payload.get("queryid", "")]
        for kept in found:
            event = kept.event
            if isinstance(event, MessageReceived):
                event = replace(event, archived=True, stamp=kept.stamp)
            elif isinstance(event, ReceiptReceived | DisplayedReceived | MessageFailed):
                event = replace(event, archived=True)
            query.results.append((kept.id, kept.stamp, event))
        answer = Element("iq")
        SubElement(answer, f"{{{ns.MAM}}}fin", {"complete": "true"} if complete else {})
        return answer

    def stretch(self, with_jid: str, limits: dict[str, str]) -> tuple[list[Kept], bool]:
        """The entries a question names, and whether there are no more in that direction (XEP-0059)."""
        rows = [kept for kept in self.kept if with_jid in ("", kept.conversation)]
        most = int(limits["max"])
        place = {kept.id: n for n, kept in enumerate(self.kept)}
        for name in ("after", "before"):
            if limits.get(name) and limits[name] not in place:
                raise XmppError("item-not-found")
        if "before" in limits:
            if limits["before"]:
                rows = [kept for kept in rows if place[kept.id] < place[limits["before"]]]
            return rows[-most:], len(rows) <= most
        if limits.get("after"):
            rows = [kept for kept in rows if place[kept.id] > place[limits["after"]]]
        return rows[:most], len(rows) <= most

    def _pubsub(self, payload: Element) -> Element:
        answer = Element("iq")
        publish = payload.find(f"{{{ns.PUBSUB}}}publish")
        if publish is not None:
            item = publish[0]
            self.published.append((item.get("id", ""), item[0][0].get("id", "")))
            return answer
        items = SubElement(SubElement(answer, payload.tag), f"{{{ns.PUBSUB}}}items", {"node": ns.MDS})
        for jid, id in self.marks:
            item = SubElement(items, f"{{{ns.PUBSUB}}}item", {"id": jid})
            displayed = SubElement(item, f"{{{ns.MDS}}}displayed")
            SubElement(displayed, f"{{{ns.SID}}}stanza-id", {"by": ROMEO, "id": id})
        return answer
