"""This room gives the tests Romeo's context, literal stanzas, and a stream that answers as a test says."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

from webchat.errors import XmppError
from webchat.xmpp import errors
from webchat.xmpp.context import Context, Query
from webchat.xmpp.events import Event
from webchat.xmpp.parse import event

ROMEO = "romeo@montague.example"
FULL = "romeo@montague.example/web"
JULIET = "juliet@capulet.example"
MERCUTIO = "mercutio@verona.example"
STANZAS = Path(__file__).parent / "stanzas"

Answer = Callable[[str, ET.Element, str], str]


def context(*, sid_trusted: bool = True, features: tuple[str, ...] = ()) -> Context:
    """What Romeo's stanzas are judged by."""
    return Context(ROMEO, FULL, "montague.example", features=features, sid_trusted=sid_trusted)


def xml(text: str) -> ET.Element:
    """A stanza as the stream gives it: in the namespace jabber:client unless it says otherwise."""
    return ET.fromstring(f"<stream xmlns='jabber:client'>{text}</stream>")[0]  # noqa: S314


def load(name: str) -> ET.Element:
    """A stanza from the folder of literal ones."""
    return xml((STANZAS / f"{name}.xml").read_text())


def read(text: str, judge: Context | None = None) -> Event | None:
    """The event of a stanza written in a test."""
    return event(xml(text), judge or context())


class FakeStream:
    """Answers requests with what `answer(kind, payload, to)` returns: the inside of the result.

    An answer beginning with <error is an error stanza. Everything asked and said is kept.
    """

    def __init__(self, answer: Answer) -> None:
        self.jid = ROMEO
        self.queries: dict[str, Query] = {}
        self.asked: list[tuple[str, ET.Element, str]] = []
        self.said: list[ET.Element] = []
        self._answer = answer

    async def request(
        self, kind: str, payload: ET.Element, /, to: str = "", timeout: float = 20
    ) -> ET.Element:
        """Like webchat.xmpp.client.Client.request."""
        copy = ET.fromstring(ET.tostring(payload))  # noqa: S314
        self.asked.append((kind, copy, to))
        result = xml(f"<iq type='result' id='1'>{self._answer(kind, copy, to)}</iq>")
        if result.find("{jabber:client}error") is not None:
            raise self.error(result)
        return result

    def error(self, result: ET.Element) -> XmppError:
        """What the client makes of an error stanza."""
        return errors.stanza_error(result)

    def send_xml(self, xml: ET.Element, /) -> bool:
        """Like webchat.xmpp.client.Client.send_xml."""
        self.said.append(xml)
        return True


def failing(condition: str) -> str:
    """The inside of an error stanza."""
    return f"<error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
