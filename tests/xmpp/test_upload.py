"""Where files go: the service is found, a slot is asked for, and nothing strange passes (XEP-0363, U09)."""

from xml.etree.ElementTree import Element, fromstring

import pytest

from webchat.errors import TimedOut, XmppError
from webchat.xmpp import upload
from webchat.xmpp.upload import Service, Slot

ROMEO = "romeo@montague.example"
UPLOAD = "upload.montague.example"
ITEMS = f"""<iq><query xmlns='http://jabber.org/protocol/disco#items'>
  <item jid='conference.montague.example'/><item jid='broken.montague.example'/>
  <item jid='{UPLOAD}'/></query></iq>"""
INFO = """<iq><query xmlns='http://jabber.org/protocol/disco#info'>
  <identity category='store' type='file'/><feature var='urn:xmpp:http:upload:0'/>
  <x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE'><value>other</value></field></x>
  <x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE'><value>urn:xmpp:http:upload:0</value></field>
  <field var='max-file-size'><value>{most}</value></field></x></query></iq>"""
PLAIN = "<iq><query xmlns='http://jabber.org/protocol/disco#info'><feature var='a'/></query></iq>"


class Server:
    """Answers by receiver."""

    jid = ROMEO
    queries: dict[str, object] = {}  # noqa: RUF012

    def __init__(self, **answers: str | Exception) -> None:
        self.answers = answers
        self.asked: list[Element] = []

    async def request(self, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Element:
        self.asked.append(payload)
        what = "items" if "items" in payload.tag else to.partition(".")[0]
        answer = self.answers.get(what, XmppError("service-unavailable"))
        if isinstance(answer, Exception):
            raise answer
        return fromstring(answer)  # noqa: S314

    def send_xml(self, xml: Element) -> None:
        raise AssertionError


def server(**answers: str | Exception) -> Server:
    known: dict[str, str | Exception] = {
        "items": ITEMS,
        "conference": PLAIN,
        "upload": INFO.format(most="1048576"),
    }
    return Server(**known | answers)


@pytest.mark.parametrize(
    ("said", "most"), [("1048576", 1_048_576), ("", None), ("-1", None), ("much", None), ("9" * 40, None)]
)
async def test_the_service_and_its_limit(said: str, most: int | None) -> None:
    asked = server(upload=INFO.format(most=said), broken=TimedOut())
    assert await upload.find(asked) == Service(UPLOAD, most)  # type: ignore[arg-type]


async def test_the_service_is_called_by_the_address_under_which_it_answers() -> None:
    """An answer counts when it comes from who was asked, and senders are normalised."""
    shouted = ITEMS.replace(f"jid='{UPLOAD}'", f"jid='{UPLOAD.title()}'").replace("broken.", "@@")
    assert await upload.find(server(items=shouted)) == Service(UPLOAD, 1_048_576)  # type: ignore[arg-type]


async def test_no_service() -> None:
    assert await upload.find(server(upload=PLAIN)) is None  # type: ignore[arg-type]


def answer(inner: str) -> str:
    return f"<iq><slot xmlns='urn:xmpp:http:upload:0'>{inner}</slot></iq>"


async def test_a_slot() -> None:
    inner = """<put url='https://a.example/1'><header name='Authorization'>Basic x</header>
      <header name='HOST'>evil.example</header><header name='cookie'>a=b</header>
      <header name='Expires'>x&#10;Host: y</header></put><get url='https://a.example/2'/>"""
    asked = server(upload=answer(inner))
    slot = await upload.slot(asked, Service(UPLOAD, None), "a b\x00.txt", 5, "text/plain")  # type: ignore[arg-type]
    assert slot == Slot(
        "https://a.example/1", "https://a.example/2", (("Authorization", "Basic x"), ("Cookie", "a=b"))
    )
    request = asked.asked[-1]
    assert request.attrib == {"filename": "a b.txt", "size": "5", "content-type": "text/plain"}


@pytest.mark.parametrize(
    "inner", ["", "<put url='https://a.example/1'/>", "<put url=''/><get url=''/>", "<put/><get/>"]
)
async def test_no_slot_in_the_answer(inner: str) -> None:
    with pytest.raises(XmppError):
        await upload.slot(server(upload=answer(inner)), Service(UPLOAD, None), "a", 1, "")  # type: ignore[arg-type]
