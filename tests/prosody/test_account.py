"""This room holds dialogues about the account itself: its archive, its password, leaving the site."""

from xml.etree import ElementTree as ET

import pytest

from tests.lab.fixtures import OpenPeer, OpenVisitor
from tests.lab.prosody import Account, Lab
from tests.lab.visitor import eventually, one

PREFS = "{urn:xmpp:mam:2}prefs"
PORTABLE = "{urn:xmpp:pie:0}"
ACCOUNT = "/configuration/account"


async def test_what_the_archive_keeps(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet, mercutio = prosody.add("romeo", "juliet", "mercutio")
    phone = await peer(romeo, "phone")
    listed = f"<always><jid>{juliet.jid}</jid></always><never/>"
    given = await phone.ask("set", f"<prefs xmlns='urn:xmpp:mam:2' default='roster'>{listed}</prefs>")
    assert given.get("type") == "result"
    his = await visitor(romeo)
    page = await his.page("/configuration/preferences")
    assert one(page, "#archive input[name=default][checked]").get("value") == "roster"
    assert (await his.post("/configuration/archive", default="never")).status_code == 303
    kept = (await phone.ask("get", "<prefs xmlns='urn:xmpp:mam:2'/>")).find(PREFS)
    assert kept is not None
    assert kept.get("default") == "never"
    assert [jid.text for jid in kept.iter("{urn:xmpp:mam:2}jid")] == [juliet.jid]
    # The exceptions are his to change, too.
    given_up = await his.post("/configuration/archive/exceptions", jid=juliet.jid)
    await his.post("/configuration/archive/exceptions", jid=mercutio.jid, where="never")
    kept = (await phone.ask("get", "<prefs xmlns='urn:xmpp:mam:2'/>")).find(PREFS)
    assert kept is not None
    assert kept.findtext("{urn:xmpp:mam:2}never/{urn:xmpp:mam:2}jid") == mercutio.jid
    assert not kept.findall("{urn:xmpp:mam:2}always/{urn:xmpp:mam:2}jid")
    change = given_up.headers["location"].partition("saved=")[2]
    await his.post("/configuration/preferences/undo", change=change)
    page = await his.page("/configuration/preferences")
    assert [bdi.text for bdi in page.cssselect("#exceptions li bdi")] == [juliet.jid, mercutio.jid]


async def test_a_new_password(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    (romeo,) = prosody.add("romeo")
    his, other = await visitor(romeo), await visitor(romeo)
    new = {"password": "a rose 🌹", "again": "a rose 🌹"}
    # Who only found the browser open does not know what it was opened with.
    refused = await his.http.post(f"{ACCOUNT}/password", data={**new, "present": "guess"})
    assert (refused.status_code, "This is not your present password." in refused.text) == (422, True)
    assert (await other.page(ACCOUNT)).cssselect("#password")
    changed = await his.post(f"{ACCOUNT}/password", present=romeo.password, **new)
    assert changed.status_code == 303
    # Who changed it stays, everybody else is asked for the new one.
    assert (await his.page(ACCOUNT)).cssselect("#password")
    assert (await other.http.get("/chats")).status_code == 303
    with pytest.raises(AssertionError):
        await visitor(romeo)
    anew = Account(romeo.jid, "a rose 🌹", romeo.name)
    assert (await (await visitor(anew)).page("/chats")).cssselect("#main")
    await peer(anew, "phone")


async def test_who_leaves_keeps_the_account(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers, his = await peer(juliet), await visitor(romeo)
    hers.send(romeo.jid, "Wilt thou be gone?")
    await his.sees(juliet, "Wilt thou be gone?")
    phone = await peer(romeo, "phone")
    await his.post("/configuration/preferences", theme="dark", size="large")
    node = "<items xmlns='http://jabber.org/protocol/pubsub' node='webchat:preferences:0'/>"
    question = f"<pubsub xmlns='http://jabber.org/protocol/pubsub'>{node}</pubsub>"

    async def kept() -> bool:
        return b"dark" in ET.tostring(await phone.ask("get", question))

    assert await eventually(kept)
    assert b"dark" not in ET.tostring(await hers.ask("get", question, to=romeo.jid)), "nobody else reads them"
    refused = await his.http.post(f"{ACCOUNT}/leave", data={"confirm": juliet.jid})
    assert refused.status_code == 422
    assert (await his.post(f"{ACCOUNT}/leave", confirm=romeo.jid)).status_code == 303
    assert (await his.http.get("/chats")).status_code == 303
    # What the server keeps is still there, and comes back with the next login.
    assert ET.tostring((await phone.archive())[0].xml).count(b"Wilt thou be gone?")
    again = await visitor(romeo)
    await again.sees(juliet, "Wilt thou be gone?")

    async def dark() -> bool:
        page = await again.page("/chats")
        return (page.get("data-theme"), page.get("data-size")) == ("dark", "large")

    assert await eventually(dark)


async def test_taken_along_and_deleted(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    """XEP-0227: all that the server keeps is in the file. XEP-0077 §3.2: then the account is no more."""
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    his = await visitor(romeo)
    await his.post("/chats", jid=juliet.jid)
    await his.post(f"/contacts/{juliet.jid}")
    await his.post("/configuration/profile", name="Romeo Montague", access="open")
    await his.post("/publish/files", title="But, soft!", text="What light?", audience="open", do="publish")

    async def whole() -> ET.Element | None:
        answer = await his.http.get(f"{ACCOUNT}/export/account.xml")
        found = ET.fromstring(answer.text)  # noqa: S314
        return found if "But, soft!" in answer.text and juliet.jid in answer.text else None

    data = await eventually(whole)
    assert data is not None
    user = data.find(f"{PORTABLE}host/{PORTABLE}user")
    assert user is not None
    assert f"{user.get('name')}@{data[0].get('jid')}" == romeo.jid
    assert "password" not in user.attrib
    assert [item.get("jid") for item in user.iter("{jabber:iq:roster}item")] == [juliet.jid]
    nodes = {items.get("node") for items in user.iter("{http://jabber.org/protocol/pubsub}items")}
    assert {"urn:xmpp:microblog:0", "urn:xmpp:vcard4"} <= nodes
    assert "Romeo Montague" in "".join(user.itertext())

    for given in ({"confirm": juliet.jid, "proof": romeo.password}, {"confirm": romeo.jid, "proof": "guess"}):
        assert (await his.http.post(f"{ACCOUNT}/delete", data=given)).status_code == 422
    gone_with = await his.post(f"{ACCOUNT}/delete", confirm=romeo.jid, proof=romeo.password)
    assert gone_with.status_code == 303
    assert (await his.http.get("/chats")).status_code == 303
    with pytest.raises(AssertionError):
        await visitor(romeo)
    # Juliet's server takes him off her list of those whom it tells of her.
    gone = await hers.ask("get", "<query xmlns='jabber:iq:roster'/>")
    assert not [item for item in gone.iter("{jabber:iq:roster}item") if item.get("subscription") == "both"]
