"""This room holds dialogues with a client that is not ours: who sees whom, names, pictures, blocking."""

import base64
import hashlib
import io

from PIL import Image

from tests.lab.fixtures import OpenPeer, OpenVisitor
from tests.lab.peer import Peer
from tests.lab.prosody import Lab
from tests.lab.visitor import Visitor, eventually
from tests.media import samples

NICK = "http://jabber.org/protocol/nick"
METADATA = "urn:xmpp:avatar:metadata"
PUBSUB = "http://jabber.org/protocol/pubsub"


def picture() -> tuple[bytes, str]:
    out = io.BytesIO()
    Image.new("RGB", (120, 80), "teal").save(out, "PNG")
    data = out.getvalue()
    return data, hashlib.sha1(data, usedforsecurity=False).hexdigest()


async def publish(peer: Peer, node: str, item: str, content: str) -> None:
    inside = f"<publish node='{node}'><item id='{item}'>{content}</item></publish>"
    answer = await peer.ask("set", f"<pubsub xmlns='{PUBSUB}'>{inside}</pubsub>")
    assert answer.get("type") == "result"


async def says(him: Visitor, path: str, words: str) -> None:
    """Wait until the page has these words."""

    async def there() -> bool:
        return words in " ".join((await him.page(path)).text_content().split())

    assert await eventually(there)


async def test_two_people_become_contacts(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    (romeo,), (juliet,) = prosody.add("romeo"), prosody.add("juliet")
    hers = await peer(juliet)
    his = await visitor(romeo)
    hers.presence(romeo.jid, "subscribe")
    await says(his, "/chats", "would like to see when you are online")
    await says(his, f"/people/{juliet.jid}", "They ask to see when you are online.")
    await his.post(f"/requests/{juliet.jid}")
    await hers.sees(romeo.jid, "subscribed")
    await hers.sees(romeo.jid, "subscribe")
    hers.presence(romeo.jid, "subscribed")
    await says(his, f"/people/{juliet.jid}", "You see when they are online.")
    await says(his, f"/people/{juliet.jid}", "They see when you are online.")
    await his.post(f"/people/{juliet.jid}/contact", name="My <sun>", groups="Verona, Love")
    await says(his, "/chats", "My <sun>")
    await his.post("/presence", show="dnd", status="Fencing")
    await hers.sees(romeo.jid, "", show="dnd", status="Fencing")
    await his.post(f"/people/{juliet.jid}/subscription", action="hide")
    await hers.sees(romeo.jid, "unsubscribed")
    await says(his, f"/people/{juliet.jid}", "They do not see when you are online.")
    await his.post(f"/contacts/{juliet.jid}/delete")
    await says(his, f"/people/{juliet.jid}", "This address is not in your contacts")


async def test_what_a_contact_shows_of_herself(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await visitor(romeo)
    await his.post(f"/people/{juliet.jid}/contact", name="", groups="")
    await says(his, "/chats", juliet.jid.partition("@")[0])
    await publish(hers, NICK, "current", f"<nick xmlns='{NICK}'>Jule &lt;3</nick>")
    await says(his, "/chats", "Jule <3")
    data, sha1 = picture()
    packed = base64.b64encode(data).decode()
    await publish(hers, "urn:xmpp:avatar:data", sha1, f"<data xmlns='urn:xmpp:avatar:data'>{packed}</data>")
    info = f"<info id='{sha1}' bytes='{len(data)}' type='image/png' width='120' height='80'/>"
    await publish(hers, METADATA, sha1, f"<metadata xmlns='{METADATA}'>{info}</metadata>")

    async def drawn() -> bool:
        return bool((await his.page("/chats")).cssselect(f".conversation img[src='/avatars/{sha1}']"))

    assert await eventually(drawn)
    answer = await his.http.get(f"/avatars/{sha1}")
    assert answer.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(answer.content)).size == (120, 80)
    card = "<fn><text>Juliet Capulet</text></fn><url><uri>https://capulet.example/</uri></url>"
    vcard = f"<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'>{card}</vcard>"
    await publish(hers, "urn:xmpp:vcard4", "current", vcard)
    await says(his, f"/people/{juliet.jid}", "Juliet Capulet")
    page = await his.page(f"/people/{juliet.jid}")
    assert page.cssselect(f".who-card img[src='/avatars/{sha1}']")
    assert page.cssselect("a[href='https://capulet.example/']")
    # An older client only knows vcard-temp; the server makes it the picture that everybody sees (XEP-0398).
    older = samples.picture("JPEG", (90, 90))
    packed = base64.b64encode(older).decode()
    photo = f"<PHOTO><TYPE>image/jpeg</TYPE><BINVAL>{packed}</BINVAL></PHOTO>"
    answered = await hers.ask("set", f"<vCard xmlns='vcard-temp'>{photo}</vCard>")
    assert answered.get("type") == "result"
    sha1 = hashlib.sha1(older, usedforsecurity=False).hexdigest()
    assert await eventually(drawn)


async def test_a_stranger_is_blocked_and_heard_again(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    (romeo,), (tybalt,) = prosody.add("romeo"), prosody.add("tybalt")
    theirs = await peer(tybalt)
    his = await visitor(romeo)
    phone = await peer(romeo, "phone")
    theirs.send(romeo.jid, "I hate the word")
    await his.sees(tybalt, "I hate the word")
    await his.post(f"/people/{tybalt.jid}/block")
    await says(his, tybalt.path, "You have blocked this address")
    theirs.send(romeo.jid, "Thou art a villain")
    await theirs.hears(lambda one: one.error)
    await his.post(f"/people/{tybalt.jid}/unblock")
    theirs.send(romeo.jid, "Turn and draw")
    await his.sees(tybalt, "Turn and draw")
    assert "Thou art a villain" not in [row.text for row in await his.rows(tybalt)]
    await phone.ask("set", f"<block xmlns='urn:xmpp:blocking'><item jid='{tybalt.jid}'/></block>")
    await says(his, tybalt.path, "You have blocked this address")


async def test_a31_a_stranger_with_our_full_address_learns_nothing(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    (romeo,), (tybalt,), (juliet,) = (prosody.add(name) for name in ("romeo", "tybalt", "juliet"))
    theirs = await peer(tybalt)
    hers = await peer(juliet)
    his = await visitor(romeo)
    hers.presence(romeo.jid, "subscribe")
    await says(his, "/chats", "would like to see when you are online")
    await his.post(f"/requests/{juliet.jid}")
    full = await hers.sees(romeo.jid, "")
    for question in (
        "<ping xmlns='urn:xmpp:ping'/>",
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
    ):
        assert (await theirs.ask("get", question, to=full)).get("type") == "error"
        assert (await hers.ask("get", question, to=full)).get("type") == "result"
