"""People write with pictures: short names become pictures, and stay words where they cannot."""

import base64
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from lxml.html import HtmlElement

from tests.lab.inside import Browser
from tests.lab.people import JULIET, Person
from tests.media.samples import picture
from tests.messages.looking import befriend
from tests.messages.speaking import says, sent
from webchat.contacts.state import Blocklist
from webchat.emoji import commands, store
from webchat.errors import Offline, TimedOut, XmppError
from webchat.messages import commands as messages
from webchat.messages.commands import actions
from webchat.xmpp import bits, say
from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Emoji
from webchat.xmpp.verbs import SendMessage

OWL = picture(size=(40, 40))
CID = bits.cid(OWL)
FAVOURITES = "/configuration/emoji"


def answer(data: bytes, cid: str = CID) -> Element:
    """What Juliet's program says when it is asked for a picture."""
    iq = Element(f"{{{ns.CLIENT}}}iq", {"type": "result"})
    inside = Element(bits.DATA, {"cid": cid, "type": "image/png"})
    inside.text = base64.b64encode(data).decode()
    iq.append(inside)
    return iq


async def shown(web: Browser) -> list[HtmlElement]:
    """The pictures in the conversation with Juliet."""
    page = await web.get(f"/chats/{JULIET}")
    found: list[HtmlElement] = page.cssselect(".body img.emoji")
    return found


async def test_a_short_name_is_sent_as_a_picture_and_as_words(
    packs: Path, romeo: Person, web: Browser
) -> None:
    await befriend(romeo)
    text = "A :parrot: and `:parrot:`, no :owl:"
    await messages.send_message(romeo.session, JULIET, text, id="11111111")
    parrot = store.library().find("parrot")
    assert parrot is not None
    (verb,) = await sent(romeo, SendMessage)
    assert (verb.body, verb.emoji) == (text, (Emoji(":parrot:", parrot.cid),))
    assert say.element(verb).find(f".//{{{ns.XHTML}}}img") is not None
    (image,) = await shown(web)
    assert (image.get("alt"), image.get("src")) == (":parrot:", f"/emoji/{parrot.sha1}")
    served = await web.client.get(image.get("src") or "")
    assert (served.status_code, served.headers["content-type"]) == (200, "image/png")
    assert "sandbox" in served.headers["content-security-policy"]


async def test_a_picture_alone_is_large_and_a_correction_takes_it_along(
    packs: Path, romeo: Person, web: Browser
) -> None:
    await befriend(romeo)
    await messages.send_message(romeo.session, JULIET, "plain", id="22222222")
    page = await web.get(f"/chats/{JULIET}")
    id = int(page.cssselect(".message")[-1].get("data-id") or "0")
    await actions.correct(
        romeo.session, JULIET, id, ":dance: :dance:", new_id="33333333", draft_version=0, spoiler=None
    )
    page = await web.get(f"/chats/{JULIET}")
    assert len(page.cssselect(".body .jumbo img.emoji")) == 2
    verb = (await sent(romeo, SendMessage))[-1]
    assert verb.emoji[0].alt == ":dance:"


async def test_a_picture_of_somebody_else_is_asked_for_once_and_checked(
    packs: Path, romeo: Person, web: Browser
) -> None:
    await befriend(romeo)
    await romeo.hears(says("Look: :owl:", "a" * 16, emoji=(Emoji(":owl:", CID),)))
    (image,) = await shown(web)
    assert image.get("alt") == ":owl:"
    refused = XmppError("feature-not-implemented")
    romeo.client.answers = [refused, answer(OWL)]
    served = await web.client.get(image.get("src") or "")
    assert (served.status_code, served.headers["content-type"]) == (200, "image/png")
    assert served.content != OWL, "drawn anew by us"
    asked = len(romeo.client.asked)
    assert (await web.client.get(image.get("src") or "")).content == served.content
    assert len(romeo.client.asked) == asked
    forged = (image.get("src") or "")[:-3] + "AAA"
    assert (await web.client.get(forged)).status_code == 403


@pytest.mark.parametrize("brought", [b"", b"<svg/>", picture(size=(41, 41)), b"\x89PNG\r\n\x1a\n broken"])
async def test_what_is_not_what_the_hash_says_is_words(
    packs: Path, romeo: Person, web: Browser, brought: bytes
) -> None:
    """P17: neither is anything that is no picture."""
    cid = bits.cid(brought) if brought.startswith((b"<", b"\x89PNG\r\n\x1a\n b")) else CID
    await befriend(romeo)
    await romeo.hears(says(":owl:", "b" * 16, emoji=(Emoji(":owl:", cid),)))
    (image,) = await shown(web)
    romeo.client.answers = [answer(brought, cid)]
    assert (await web.client.get(image.get("src") or "")).status_code == 404


@pytest.mark.parametrize("error", [TimedOut(), Offline(), XmppError("item-not-found")])
async def test_who_is_silent_keeps_nobody_elses_picture_away(
    packs: Path, romeo: Person, web: Browser, error: XmppError
) -> None:
    """The same content id from two people: each is asked by themselves, and a failure is nobody's error."""
    await befriend(romeo)
    for n, resource in enumerate(("away", "garden")):
        event = says(":owl:", f"{n}" * 16, emoji=(Emoji(":owl:", CID),))
        await romeo.hears(replace(event, sender=f"{JULIET}/{resource}"))
    silent, other = [image.get("src") or "" for image in await shown(web)]
    romeo.client.answers = [error]
    for _ in range(2):
        assert (await web.client.get(silent)).status_code == 404
    assert len(romeo.client.asked) == 1, "not again at once"
    romeo.client.answers = [answer(OWL)]
    assert (await web.client.get(other)).status_code == 200


async def test_P17_strangers_and_blocked_people_are_asked_nothing(
    packs: Path, romeo: Person, web: Browser
) -> None:
    await romeo.hears(says(":owl: hello", "c" * 16, emoji=(Emoji(":owl:", CID),)))
    assert not await shown(web)
    await befriend(romeo)
    await romeo.hears(says(":owl: friend", "d" * 16, sender="nurse@capulet.example"))
    session = romeo.session
    await messages.send_message(session, JULIET, "Who?", id="44444444")
    (image,) = await shown(web)
    session[Blocklist].jids.add(JULIET)
    asked = len(romeo.client.asked)
    assert (await web.client.get(image.get("src") or "")).status_code == 404
    assert len(romeo.client.asked) == asked


async def test_favourites_have_names_of_the_users_own(packs: Path, romeo: Person, web: Browser) -> None:
    await web.post(FAVOURITES, {"name": "parrot", "do": "keep"})
    await web.post(FAVOURITES, {"name": "parrot", "short": ":Polly:", "do": "keep"})
    table = (await web.client.get("/emoji.json")).json()
    assert [(row["name"], row["group"]) for row in table] == [
        ("polly", ""),
        ("dance", "Birds <of Verona>"),
        ("parrot", "Birds <of Verona>"),
    ]
    await befriend(romeo)
    await messages.send_message(romeo.session, JULIET, ":polly:", id="55555555")
    (image,) = await shown(web)
    assert image.get("alt") == ":polly:"
    for short, words in (("dance", "another picture"), ("ö ö", "2 to 40")):
        wrong = await web.post_page(FAVOURITES, {"name": "parrot", "short": short, "do": "keep"}, 422)
        assert words in wrong.cssselect(".field-error")[0].text_content()
        assert wrong.cssselect("#short-parrot")[0].get("value") == short
    await web.post(FAVOURITES, {"name": "parrot", "do": "drop"})
    assert not commands.favourites(romeo.session.preferences)
    assert (await web.client.post(FAVOURITES, data={"name": "owl", "do": "keep"})).status_code == 404


async def test_without_packs_nothing_is_in_the_way(romeo: Person, web: Browser) -> None:
    assert (await web.client.get("/emoji.json")).json() == []
    page = await web.get("/configuration/preferences")
    assert not page.cssselect('a[href="/configuration/emoji"]')
    assert "has put none here" in (await web.get("/configuration/emoji")).text_content()
    assert (await web.client.get(f"/emoji/{'0' * 40}")).status_code == 404
