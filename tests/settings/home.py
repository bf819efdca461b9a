"""This room is a server at home: it keeps nodes and a card, an archive that obeys, a list of the blocked."""

from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from tests.lab.people import JULIET
from tests.profile.server import Server
from webchat.errors import XmppError
from webchat.xmpp import namespaces as ns
from webchat.xmpp.entries import MICROBLOG

BLOCKING = f"{{{ns.BLOCKING}}}"
PREFS = f"{{{ns.MAM}}}prefs"


class Home(Server):
    """Where Romeo's account lives; what his clients ask is answered from here, whichever of them it is.

    prefs    the archive's, as they were set last
    blocked  addresses
    clients  whether it lists who has access
    """

    def __init__(self) -> None:
        super().__init__()
        self.items[MICROBLOG] = {}
        self.access[MICROBLOG] = "open"
        self.prefs = Element(PREFS, {"default": "always"})
        for word in ("always", "never"):
            SubElement(self.prefs, f"{{{ns.MAM}}}{word}")
        self.blocked: list[str] = []
        self.clients = False

    def kept(self, word: str) -> list[str]:
        """The addresses that are "always" or "never" kept."""
        return [jid.text or "" for jid in self.prefs.iterfind(f"{{{ns.MAM}}}{word}/{{{ns.MAM}}}jid")]

    async def request(self, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Element:
        """What is answered."""
        answer = Element("iq", {"type": "result"})
        if payload.tag == PREFS:
            if kind == "set":
                self.prefs = fromstring(tostring(payload))  # noqa: S314
            answer.append(self.prefs)
        elif payload.tag.startswith(BLOCKING):
            self._block(payload, answer)
        elif payload.tag == f"{{{ns.CLIENTS}}}list" and self.clients:
            listed = SubElement(answer, f"{{{ns.CLIENTS}}}clients")
            SubElement(listed, f"{{{ns.CLIENTS}}}client", {"id": "gajim", "connected": "true"})
        elif payload.tag == f"{{{ns.ROSTER}}}query":
            query = SubElement(answer, payload.tag)
            item = {"jid": JULIET, "name": "Juliet", "subscription": "both"}
            SubElement(query, f"{{{ns.ROSTER}}}item", item)
        elif payload.tag == f"{{{ns.MAM}}}query":
            raise XmppError("service-unavailable")
        else:
            return await super().request(kind, payload, to, timeout)
        return answer

    def _block(self, payload: Element, answer: Element) -> None:
        named = [item.get("jid", "") for item in payload]
        match payload.tag.removeprefix(BLOCKING):
            case "block":
                self.blocked += named
            case "unblock":
                self.blocked = [jid for jid in self.blocked if jid not in named]
            case _:
                listed = SubElement(answer, f"{BLOCKING}blocklist")
                for jid in self.blocked:
                    SubElement(listed, f"{BLOCKING}item", {"jid": jid})
