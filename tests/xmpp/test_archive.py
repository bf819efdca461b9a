"""This room proves how the archive is asked, and that a page ends when it must.

XEP-0313, XEP-0059, XEP-0004, XEP-0068.
"""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from tests.xmpp.cast import JULIET, FakeStream, context, failing, xml
from webchat.errors import XmppError
from webchat.xmpp import archive
from webchat.xmpp.events import MessageReceived
from webchat.xmpp.parse import event

FIN = (
    "<fin xmlns='urn:xmpp:mam:2' complete='%s'><set xmlns='http://jabber.org/protocol/rsm'>"
    "<first index='0'>a1</first><last>a2</last><count>9</count></set></fin>"
)


def archived(queryid: str, id: str) -> ET.Element:
    return xml(
        f"<message><result xmlns='urn:xmpp:mam:2' queryid='{queryid}' id='{id}'>"
        "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2024-05-01T10:00:00Z'/>"
        f"<message xmlns='jabber:client' from='{JULIET}/b' type='chat' id='m-{id}'><body>hi</body></message>"
        "</forwarded></result></message>"
    )


def stream_of(*ids: str, fin: str = FIN % "false") -> FakeStream:
    """A stream whose server sends these results before its answer."""
    judge = context()

    def answer(kind: str, payload: ET.Element, to: str) -> str:
        queryid = payload.get("queryid", "")
        assert queryid in stream.queries
        for id in ids:
            event(archived(queryid, id), judge)
        return fin

    stream = FakeStream(answer)
    judge.queries = stream.queries
    return stream


def asked(stream: FakeStream) -> str:
    (kind, payload, to), *others = stream.asked
    assert (kind, to, others) == ("set", "", [])
    payload.attrib.pop("queryid")
    return (
        ET.tostring(payload, encoding="unicode").replace("ns0:", "").replace("ns1:", "").replace("ns2:", "")
    )


async def test_forward_page() -> None:
    stream = stream_of("a1", "a2")
    page = await archive.page(stream, after="a0", limit=2)
    assert (page.query, page.conversation, page.after, page.before) == ("forward", "", "a0", "")
    assert (page.first, page.last, page.complete) == ("a1", "a2", False)
    assert [id for id, _, _ in page.results] == ["a1", "a2"]
    assert all(isinstance(seen, MessageReceived) for _, _, seen in page.results)
    assert stream.queries == {}
    text = asked(stream)
    assert "<max>2</max><after>a0</after>" in text
    assert "<before" not in text
    assert "field" not in text


async def test_newest_page_has_an_empty_before() -> None:
    stream = stream_of("a1", "a2", fin=FIN % "true")
    page = await archive.page(stream, before="")
    assert (page.query, page.before, page.complete) == ("backward", "", True)
    assert "<max>100</max><before />" in asked(stream)


async def test_page_of_one_conversation_between_two_moments() -> None:
    stream = stream_of("a1")
    page = await archive.page(
        stream,
        with_jid=JULIET,
        before="a2",
        start=datetime(2024, 5, 1, tzinfo=UTC),
        end=datetime(2024, 5, 2, 3, 4, 5, 678900, tzinfo=UTC),
    )
    assert (page.conversation, page.before, page.after) == (JULIET, "a2", "")
    payload = stream.asked[0][1]
    fields = {
        field.get("var"): field.findtext("{jabber:x:data}value")
        for field in payload.iterfind("{jabber:x:data}x/{jabber:x:data}field")
    }
    assert fields == {
        "FORM_TYPE": "urn:xmpp:mam:2",
        "with": JULIET,
        "start": "2024-05-01T00:00:00.000000Z",
        "end": "2024-05-02T03:04:05.678900Z",
    }


async def test_empty_page_is_complete() -> None:
    page = await archive.page(stream_of(fin="<fin xmlns='urn:xmpp:mam:2'/>"), after="a9")
    assert (page.first, page.last, page.complete, page.results) == ("", "", True, ())


@pytest.mark.parametrize(("after", "before"), [("a1", None), ("", "a1")])
async def test_page_that_leads_nowhere_ends_the_walk(after: str, before: str | None) -> None:
    page = await archive.page(stream_of("a1"), after=after, before=before)
    assert page.complete


async def test_doubled_results_count_once() -> None:
    page = await archive.page(stream_of("a1", "a1", "a2"))
    assert [id for id, _, _ in page.results] == ["a1", "a2"]


async def test_lost_place_is_told() -> None:
    stream = stream_of(fin=failing("item-not-found"))
    with pytest.raises(XmppError, match="item-not-found"):
        await archive.page(stream, after="gone")
    assert stream.queries == {}


async def test_answer_without_an_end_is_an_error() -> None:
    with pytest.raises(XmppError, match="undefined-condition"):
        await archive.page(stream_of(fin=""))


async def test_A05_question_is_closed_once_it_is_answered() -> None:
    stream = stream_of("a1")
    page = await archive.page(stream)
    judge = context()
    judge.queries = stream.queries
    event(archived("any", "a3"), judge)
    assert len(page.results) == 1
    assert judge.dropped == {"archive": 1}
