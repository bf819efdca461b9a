"""This room holds dialogues about messages: answers, reactions, corrections, retractions, both ways."""

from xml.etree import ElementTree as ET

from lxml import html

from tests.lab.fixtures import OpenPeer, OpenVisitor
from tests.lab.peer import Heard, Peer
from tests.lab.prosody import Account, Lab
from tests.lab.visitor import Visitor, eventually, one
from tests.media.samples import picture

REPLY = "{urn:xmpp:reply:0}reply"
PART = "{urn:xmpp:fallback:0}fallback/{urn:xmpp:fallback:0}body"
REACTIONS = "{urn:xmpp:reactions:0}reactions"
REPLACE = "{urn:xmpp:message-correct:0}replace"
RETRACT = "{urn:xmpp:message-retract:1}retract"


async def hears(peer: Peer, tag: str) -> ET.Element:
    """The first stanza that carries this."""
    heard: Heard = await peer.hears(lambda one: one.xml.find(tag) is not None)
    found = heard.xml.find(tag)
    assert found is not None
    return found


async def write(his: Visitor, to: Account, text: str, query: str) -> None:
    """Write with the form about a message."""
    form = one(await his.page(f"{to.path}{query}"), "form.composer")
    fields = {field.get("name", ""): field.get("value", "") for field in form.cssselect("input[type=hidden]")}
    await his.post(form.get("action", ""), **{**fields, "text": text})


async def row(his: Visitor, to: Account, text: str) -> html.HtmlElement:
    """The message whose bubble holds this text, now or soon."""

    async def look() -> list[html.HtmlElement]:
        page = await his.page(to.path)
        return [each for each in page.cssselect("article.message") if text in each.text_content()]

    return (await eventually(look))[0]


async def test_what_we_say_about_messages_is_seen_at_the_other_side(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers, his = await peer(juliet), await visitor(romeo)
    asked = hers.send(romeo.jid, "Wherefore art thou Romeo?")
    id = (await row(his, juliet, "Wherefore")).get("data-id", "")

    await write(his, juliet, "Call me but loove", f"?reply={id}")
    answer = await hers.hears_body("> Wherefore art thou Romeo?\nCall me but loove")
    reply = await hears(hers, REPLY)
    assert reply.attrib == {"id": asked, "to": f"{juliet.jid}/peer"}
    assert (await hears(hers, PART)).attrib == {"start": "0", "end": "28"}

    await his.post(f"/messages/{id}/reactions", emoji="🌹")
    reactions = await hears(hers, REACTIONS)
    assert reactions.get("id") == asked
    assert [each.text for each in reactions] == ["🌹"]

    own = (await row(his, juliet, "Call me but loove")).get("data-id", "")
    await write(his, juliet, "Call me but love", f"?edit={own}")
    assert (await hears(hers, REPLACE)).attrib == {"id": answer.id}

    await his.post(f"/messages/{own}/retraction")
    assert (await hears(hers, RETRACT)).attrib == {"id": answer.id}
    assert "You took this message back." in (await row(his, juliet, "took this")).text_content()


async def test_what_others_say_about_messages_is_seen_here(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers, his = await peer(juliet), await visitor(romeo)
    await his.say(juliet, "But soft!")
    soft = await hers.hears_body("But soft!")
    hers.write(
        romeo.jid,
        f"<reactions xmlns='urn:xmpp:reactions:0' id='{soft.id}'><reaction>🌹</reaction></reactions>",
    )
    answer = hers.write(
        romeo.jid,
        "<body>&gt; But soft!\nIt is I</body>"
        f"<reply xmlns='urn:xmpp:reply:0' id='{soft.id}' to='{romeo.jid}'/>"
        "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='12'/></fallback>",
    )
    hers.write(romeo.jid, f"<body>It is me</body><replace xmlns='urn:xmpp:message-correct:0' id='{answer}'/>")
    drawn = await row(his, juliet, "It is me")
    assert one(drawn, ".source .excerpt").text_content() == "But soft!"
    assert one(drawn, ".edited") is not None
    first = await row(his, juliet, "But soft!")
    assert one(first, ".reactions button").get("value") == "🌹"
    # Nobody but its sender takes a message back.
    hers.write(romeo.jid, f"<retract xmlns='urn:xmpp:message-retract:1' id='{soft.id}'/>")
    hers.write(romeo.jid, f"<retract xmlns='urn:xmpp:message-retract:1' id='{answer}'/>")
    await row(his, juliet, "took this message back")
    assert [each.text for each in await his.rows(juliet) if each.mine] == ["But soft!"]


async def test_all_of_it_is_there_after_coming_back(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    """From the archive: what was said while nobody looked."""
    romeo, juliet = prosody.add("romeo", "juliet")
    hers, phone = await peer(juliet), await peer(romeo, "phone")
    first = phone.send(juliet.jid, "But sooft!")
    second = hers.send(romeo.jid, "Ay me!")
    await phone.hears_body("Ay me!")
    hers.write(
        romeo.jid,
        f"<reactions xmlns='urn:xmpp:reactions:0' id='{first}'><reaction>🌹</reaction></reactions>"
        "<store xmlns='urn:xmpp:hints'/>",
    )
    phone.write(
        juliet.jid, f"<body>But soft!</body><replace xmlns='urn:xmpp:message-correct:0' id='{first}'/>"
    )
    hers.write(
        romeo.jid,
        f"<retract xmlns='urn:xmpp:message-retract:1' id='{second}'/>"
        "<body>taken back</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:message-retract:1'/>"
        "<store xmlns='urn:xmpp:hints'/>",
    )
    await hers.round_trip()
    await phone.round_trip()
    his = await visitor(romeo)
    drawn = await row(his, juliet, "But soft!")
    assert one(drawn, ".edited") is not None
    assert one(drawn, ".reactions button").get("value") == "🌹"
    await row(his, juliet, "took this message back")
    assert len(await his.rows(juliet)) == 2


async def test_a_picture_of_a_movim_user_is_asked_of_them(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers, his = await peer(juliet), await visitor(romeo)
    await his.say(juliet, "Show me a lark")
    cid = hers.keeps(picture(size=(30, 30)), "image/png")
    image = f"<img alt=':lark:' src='cid:{cid}'/>"
    hers.write(
        romeo.jid,
        "<body>It was :lark:</body><html xmlns='http://jabber.org/protocol/xhtml-im'>"
        f"<body xmlns='http://www.w3.org/1999/xhtml'><p>It was {image}</p></body></html>",
    )
    drawn = one(await row(his, juliet, "It was"), "img.emoji")
    assert drawn.get("alt") == ":lark:"
    served = await his.http.get(drawn.get("src", ""))
    assert (served.status_code, served.headers["content-type"]) == (200, "image/png")
