"""This room is a server that keeps nodes of ours and a vcard-temp, as far as profiles need one."""

from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from webchat.errors import XmppError
from webchat.xmpp import forms
from webchat.xmpp import namespaces as ns

PUBSUB = f"{{{ns.PUBSUB}}}"
OWNER = f"{{{ns.PUBSUB_OWNER}}}"
VCARD = f"{{{ns.VCARD_TEMP}}}vCard"


class Server:
    """Nodes by name: their items, who may read them.

    keeps_temp  its vcard-temp is read only
    converts  it makes a vcard-temp of the vCard4 by itself (then `temp` is not kept)
    refuses   condition → conditions for nodes, to raise on publish
    sets      what was set, in order: node or tag
    """

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Element]] = {}
        self.access: dict[str, str] = {}
        self.temp: Element | None = None
        self.converts = False
        self.strict = False
        self.broken: XmppError | None = None
        self.sets: list[str] = []
        self.keeps_temp = False

    def put(self, node: str, item: str, content: str, access: str = "presence") -> None:
        """Somebody else of ours published this."""
        self.items[node] = {item: fromstring(content)}  # noqa: S314
        self.access[node] = access

    def one(self, node: str) -> Element:
        """The content of the only item of a node."""
        (content,) = self.items[node].values()
        return content

    async def request(self, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Element:
        """Like webchat.xmpp.client.Client.request."""
        if self.broken is not None:
            raise self.broken
        answer = Element("iq", {"type": "result"})
        payload = fromstring(tostring(payload))  # noqa: S314
        if payload.tag == VCARD:
            self._card(kind, payload, answer)
        elif payload.tag == f"{{{ns.DISCO_INFO}}}query":
            query = SubElement(answer, payload.tag)
            SubElement(
                query, f"{{{ns.DISCO_INFO}}}feature", {"var": ns.VCARD_CONVERSION} if self.converts else {}
            )
        elif payload.tag == f"{PUBSUB}pubsub":
            self._pubsub(kind, payload, answer)
        elif payload.tag == f"{OWNER}pubsub":
            self._owner(kind, payload[0], answer)
        else:
            raise XmppError("item-not-found")
        return answer

    def _card(self, kind: str, payload: Element, answer: Element) -> None:
        if kind == "set" and self.keeps_temp:
            raise XmppError("not-allowed")
        if kind == "set":
            self.temp = payload
            self.sets.append("vcard-temp")
        elif self.temp is None:
            raise XmppError("item-not-found")
        else:
            answer.append(self.temp)

    def _pubsub(self, kind: str, payload: Element, answer: Element) -> None:
        deed = payload[0]
        node = deed.get("node", "")
        if kind == "get":
            if node not in self.items:
                raise XmppError("item-not-found")
            items = SubElement(SubElement(answer, f"{PUBSUB}pubsub"), f"{PUBSUB}items", {"node": node})
            for id, content in self.items[node].items():
                SubElement(items, f"{PUBSUB}item", {"id": id}).append(content)
        elif deed.tag == f"{PUBSUB}publish":
            wanted = forms.values(payload.find(f"{PUBSUB}publish-options")).get("pubsub#access_model", "")
            if wanted and self.strict and self.access.get(node, wanted) != wanted:
                raise XmppError("conflict")
            self.access.setdefault(node, wanted or "presence")
            self.items[node] = {deed[0].get("id", ""): deed[0][0]}
            self.sets.append(node)
        elif deed.tag == f"{PUBSUB}retract":
            self.items[node] = {}

    def _owner(self, kind: str, deed: Element, answer: Element) -> None:
        node = deed.get("node", "")
        if node not in self.access:
            raise XmppError("item-not-found")
        if kind == "set":
            self.access[node] = forms.values(deed)["pubsub#access_model"]
            return
        form = forms.submit(ns.PUBSUB_NODE_CONFIG, {"pubsub#access_model": self.access[node]})
        form.set("type", "form")
        SubElement(SubElement(answer, f"{OWNER}pubsub"), f"{OWNER}configure", {"node": node}).append(form)
