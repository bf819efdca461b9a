"""This room proves how addresses are blocked and reported (XEP-0191, XEP-0377)."""

import pytest

from tests.xmpp.cast import FakeStream, failing, xml
from webchat.errors import XmppError
from webchat.xmpp import blocking
from webchat.xmpp.blocking import Report
from webchat.xmpp.events import BlocklistReceived

TYBALT = "tybalt@capulet.example"
B = "{urn:xmpp:blocking}"
R = "{urn:xmpp:reporting:1}"


async def test_the_list() -> None:
    answer = (
        "<blocklist xmlns='urn:xmpp:blocking'><item jid='TYBALT@capulet.example'/><item jid='evil.example'/>"
        "<item jid='@'/><item/></blocklist>"
    )
    stream = FakeStream(lambda *_: answer)
    assert await blocking.fetch(stream) == BlocklistReceived((TYBALT, "evil.example"), whole=True)
    assert stream.asked[0][0] == "get"
    with pytest.raises(XmppError, match="feature-not-implemented"):
        await blocking.fetch(FakeStream(lambda *_: failing("feature-not-implemented")))


async def test_block_and_unblock() -> None:
    stream = FakeStream(lambda *_: "")
    await blocking.block(stream, TYBALT)
    await blocking.unblock(stream, TYBALT)
    assert [(asked.tag, asked[0].get("jid"), len(asked[0])) for _, asked, _ in stream.asked] == [
        (f"{B}block", TYBALT, 0),
        (f"{B}unblock", TYBALT, 0),
    ]


async def test_A28_a_report_with_evidence() -> None:
    stream = FakeStream(lambda *_: "")
    words = "</text></report><evil/>\x00"
    await blocking.block(stream, TYBALT, Report("abuse", words, (("romeo@montague.example", "a1"),)))
    (item,) = stream.asked[0][1]
    (report,) = item
    assert (report.tag, report.get("reason")) == (f"{R}report", "urn:xmpp:reporting:abuse")
    assert report.findtext(f"{R}text") == "</text></report><evil/>"
    (id,) = report.findall("{urn:xmpp:sid:0}stanza-id")
    assert (id.get("by"), id.get("id")) == ("romeo@montague.example", "a1")
    assert len(report) == 2


async def test_a_report_as_older_servers_know_it() -> None:
    stream = FakeStream(lambda *_: "")
    await blocking.block(stream, TYBALT, Report("spam", "Offers"), older=True)
    (report,) = stream.asked[0][1][0]
    assert [child.tag.partition("}")[2] for child in report] == ["spam", "text"]


@pytest.mark.parametrize(
    ("push", "event"),
    [
        (f"<block xmlns='urn:xmpp:blocking'><item jid='{TYBALT}'/></block>", BlocklistReceived((TYBALT,))),
        (
            f"<unblock xmlns='urn:xmpp:blocking'><item jid='{TYBALT}'/></unblock>",
            BlocklistReceived((TYBALT,), blocked=False),
        ),
        ("<unblock xmlns='urn:xmpp:blocking'/>", BlocklistReceived((), whole=True)),
        ("<block xmlns='urn:xmpp:blocking'/>", None),
    ],
)
def test_pushes(push: str, event: BlocklistReceived | None) -> None:
    assert blocking.pushed(xml(push)) == event
