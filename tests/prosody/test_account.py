"""This room holds dialogues about the account itself: its archive, its password, leaving the site."""

from xml.etree import ElementTree as ET

import pytest

from tests.lab.fixtures import OpenPeer, OpenVisitor
from tests.lab.prosody import Account, Lab
from tests.lab.visitor import one

PREFS = "{urn:xmpp:mam:2}prefs"
ACCOUNT = "/configuration/account"


async def test_what_the_archive_keeps(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
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


async def test_a_new_password(prosody: Lab, peer: OpenPeer, visitor: OpenVisitor) -> None:
    (romeo,) = prosody.add("romeo")
    his, other = await visitor(romeo), await visitor(romeo)
    changed = await his.post(f"{ACCOUNT}/password", password="a rose 🌹", again="a rose 🌹")
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
    refused = await his.http.post(f"{ACCOUNT}/leave", data={"confirm": juliet.jid})
    assert refused.status_code == 422
    assert (await his.post(f"{ACCOUNT}/leave", confirm=romeo.jid)).status_code == 303
    assert (await his.http.get("/chats")).status_code == 303
    # What the server keeps is still there, and comes back with the next login.
    assert ET.tostring((await (await peer(romeo, "phone")).archive())[0].xml).count(b"Wilt thou be gone?")
    again = await visitor(romeo)
    await again.sees(juliet, "Wilt thou be gone?")
