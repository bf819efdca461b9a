"""What people attach to posts, as Libervia writes it and as we do (XEP-0470)."""

from xml.etree import ElementTree as ET

import pytest

from tests.xmpp.cast import JULIET, MERCUTIO, ROMEO, STANZAS, FakeStream, failing
from webchat.errors import XmppError
from webchat.xmpp import atom
from webchat.xmpp import namespaces as ns
from webchat.xmpp.entries import LIKE, MICROBLOG, Ref
from webchat.xmpp.pubsub import attachments

ROSE = Ref(JULIET, MICROBLOG, "rose")
NODE = f"urn:xmpp:pubsub-attachments:1/xmpp:{JULIET}?;node=urn%3Axmpp%3Amicroblog%3A0;item=rose"
LIBERVIA = (STANZAS.parent / "fixtures" / "attached" / "libervia.xml").read_text(encoding="utf-8")
REACTION = f"{{{ns.ATTACHMENTS}}}reaction"


def attached(payload: ET.Element) -> tuple[str, ET.Element]:
    """Node and attachments of a publish request."""
    publish = payload[0]
    return publish.get("node", ""), publish[0][0]


async def test_hearts_are_of_those_who_gave_them() -> None:
    """Nobody speaks for others, and other reactions are no hearts."""
    stream = FakeStream(lambda *_: LIBERVIA)
    hearts, whole = await attachments.hearts(stream, ROSE)
    assert {(heart.jid, heart.publisher) for heart in hearts} == {(ROMEO, ROMEO), (MERCUTIO, "")}
    assert whole
    _, payload, to = stream.asked[0]
    assert (payload[0].get("node"), to) == (NODE, JULIET)
    assert atom.attached(ROSE) == NODE


async def test_our_heart_leaves_what_stands_beside_it() -> None:
    """Noticed and hearted, once; taken back, all the rest stays."""
    only = LIBERVIA.partition("</item>")[0] + "</item></items></pubsub>"
    stream = FakeStream(lambda kind, *_: only if kind == "get" else "")
    await attachments.put_heart(stream, ROSE, liked=True)
    node, put = attached(stream.asked[-1][1])
    assert node == NODE
    assert [each.text for each in put.iter(REACTION)] == ["👍", LIKE]
    assert len(put.findall(f"{{{ns.ATTACHMENTS}}}noticed")) == 1
    assert put.findtext("{urn:example:stars}rating") == "5"
    await attachments.put_heart(stream, ROSE, liked=False)
    assert [each.text for each in attached(stream.asked[-1][1])[1].iter(REACTION)] == ["👍"]


async def test_nothing_is_made_where_nothing_can_be_attached() -> None:
    """A service that knows no attachments gets no node of them."""
    stream = FakeStream(lambda *_: failing("item-not-found"))
    with pytest.raises(XmppError, match="item-not-found"):
        await attachments.put_heart(stream, ROSE, liked=True)
    assert [kind for kind, _, _ in stream.asked] == ["get"]
    empty = FakeStream(lambda *_: f"<pubsub xmlns='{ns.PUBSUB}'><items node='x'/></pubsub>")
    await attachments.put_heart(empty, ROSE, liked=False)
    assert len(empty.asked) == 1
    await attachments.put_heart(empty, ROSE, liked=True)
    put = attached(empty.asked[-1][1])[1]
    assert [each.tag.partition("}")[2] for each in put] == ["noticed", "reactions"]
