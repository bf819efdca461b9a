"""Retractions (XEP-0424) and moderation (XEP-0425): nothing is left but that something was said."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest

from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.server import Server
from tests.messages.speaking import (
    BALCONY,
    answers,
    corrects,
    enter,
    in_room,
    moderates,
    refused,
    says,
    sent,
    shown,
    takes_back,
    words,
)
from webchat.errors import Invalid, XmppError
from webchat.messages import commands, jobs, store
from webchat.messages.changes import ConversationChanged, MessageChanged
from webchat.messages.commands import actions
from webchat.messages.store import facts
from webchat.xmpp.events import StanzaAcked
from webchat.xmpp.verbs import SendRetraction

MODERATION = frozenset({"urn:xmpp:message-moderate:1"})


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


async def test_nothing_is_left(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("Ay mee!", "m1"))
    await romeo.session.handled(corrects(says("Ay me!", "m2"), "m1"))
    romeo.changes()
    await romeo.session.handled(takes_back("m1"))
    (row,) = await shown(romeo)
    assert (row.gone, row.source, row.reactions) == ("retracted", "", ())
    assert romeo.changes() == [MessageChanged(JULIET, row.id), ConversationChanged(JULIET)]
    async with romeo.session.read() as db:
        assert await facts.versions(db, row.id) == []
        assert await store.body(db, romeo.session.account_id, row.id) == ""
    page = await web.get(f"/chats/{JULIET}")
    assert (
        page.cssselect(".tombstone")[0].text_content().split() == f"{JULIET} took this message back.".split()
    )


async def test_by_the_id_of_a_correction_too(romeo: Person) -> None:
    await romeo.session.handled(says("Ay mee!", "m1"))
    await romeo.session.handled(corrects(says("Ay me!", "m2"), "m1"))
    await romeo.session.handled(takes_back("m2"))
    assert await words(romeo) == ["retracted"]


async def test_what_quotes_it_says_so(romeo: Person) -> None:
    await romeo.session.handled(says("Ay me!", "m1"))
    await romeo.session.handled(answers("What?", "m2", "m1"))
    romeo.changes()
    await romeo.session.handled(takes_back("m1"))
    assert MessageChanged(JULIET, 2) in romeo.changes()
    reply = (await shown(romeo))[1].reply
    assert reply is not None
    assert (reply.excerpt, reply.note) == ("", "This message was taken back.")


# ---- whose


async def test_a14_nobody_takes_the_user_s_words_back(romeo: Person) -> None:
    await romeo.session.handled(says("I love thee", "m1", mine=True))
    await romeo.session.handled(takes_back("m1"))
    await romeo.session.handled(takes_back("m1", sender=MERCUTIO))
    assert await words(romeo) == ["I love thee"]
    assert refused(romeo) == {"retraction": 1, "stranger": 1}


@pytest.mark.parametrize(("nick", "occupant"), [("tybalt", "o-t"), ("juliet", "o-t"), ("juliet", "")])
async def test_a14_in_a_room_only_the_same_occupant(romeo: Person, nick: str, occupant: str) -> None:
    await romeo.session.handled(in_room("Ay me!", "m1", "juliet", occupant="o-j"))
    await romeo.session.handled(takes_back("r-m1", nick=nick, occupant=occupant))
    assert await words(romeo, BALCONY) == ["Ay me!"]
    await romeo.session.handled(takes_back("r-m1", nick="july", occupant="o-j"))
    assert await words(romeo, BALCONY) == ["retracted"]


async def test_a14_moderation_names_the_room_s_own_id(romeo: Person, web: Browser) -> None:
    """The id that its sender gave could be anybody's choice."""
    enter(romeo)
    await romeo.session.handled(in_room("Villain!", "m1", "tybalt"))
    await romeo.session.handled(in_room("A plague!", "m2", "mercutio"))
    await romeo.session.handled(moderates("m1"))
    assert await words(romeo, BALCONY) == ["Villain!", "A plague!"]
    await romeo.session.handled(moderates("r-m1", "friar", "No <b>brawls</b>"))
    assert await words(romeo, BALCONY) == ["moderated", "A plague!"]
    page = await web.get(f"/rooms/{BALCONY}")
    (stone,) = page.cssselect(".tombstone")
    assert " ".join(stone.text_content().split()) == "friar removed this message. Reason: No <b>brawls</b>"


# ---- the archive


async def test_before_its_message(romeo: Person, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAGE", 3)
    monkeypatch.setattr(commands, "PAGE", 3)
    server.keep(says("secret of mine", "m0", mine=True))
    server.keep(says("secret", "m1"))
    for n in range(6):
        server.keep(says(f"line {n}", f"n{n}"))
    server.keep(takes_back("m1"))
    server.keep(takes_back("m0"))
    await jobs.catch_up(romeo.session)
    for _ in range(5):
        await commands.load_older(romeo.session, JULIET)
    assert (await words(romeo))[:2] == ["secret of mine", "retracted"]


async def test_the_archive_still_has_the_words_but_we_have_not(romeo: Person, server: Server) -> None:
    """A row without its text is recognised all the same: what was taken back does not come back."""
    await jobs.catch_up(romeo.session)
    message = says("secret", "m1 of a very long id")
    server.keep(message)
    await romeo.session.handled(message)
    await romeo.session.handled(takes_back(message.id))
    await jobs.catch_up(romeo.session)
    assert await words(romeo) == ["retracted"]


# ---- the user


async def send(romeo: Person, text: str) -> str:
    id = str(uuid4())
    await commands.send_message(romeo.session, JULIET, text, id=id)
    await romeo.session.handled(StanzaAcked(id))
    return id


async def test_the_user_takes_a_message_back(romeo: Person, web: Browser) -> None:
    id = await send(romeo, "I love thee")
    await web.post("/messages/1/retraction")
    (verb,) = await sent(romeo, SendRetraction)
    assert (verb.to, verb.target, verb.kind) == (JULIET, id, "chat")
    page = await web.get(f"/chats/{JULIET}")
    assert page.cssselect(".tombstone")[0].text_content().strip() == "You took this message back."
    await web.post("/messages/1/retraction", status=422)


async def test_only_own_messages_can_be_taken_back(romeo: Person) -> None:
    await romeo.session.handled(says("Ay me!", "m1"))
    with pytest.raises(Invalid):
        await actions.retract(romeo.session, 1)


async def test_an_own_message_in_a_room_is_named_as_the_room_does(romeo: Person) -> None:
    enter(romeo)
    await romeo.session.handled(in_room("But soft!", "m1", "romeo", mine=True))
    await actions.retract(romeo.session, 1)
    (verb,) = await sent(romeo, SendRetraction)
    assert (verb.to, verb.target, verb.kind) == (BALCONY, "r-m1", "room")


async def test_a_moderator_removes_a_message(romeo: Person, web: Browser) -> None:
    enter(romeo, role="moderator", features=MODERATION)
    await romeo.session.handled(in_room("Villain!", "m1", "tybalt"))
    page = await web.get("/messages/1")
    assert page.cssselect("form#moderate")
    romeo.client.answers = [ET.fromstring("<iq type='result'/>")]  # noqa: S314
    await web.post("/messages/1/moderation", {"reason": "Enough"})
    asked = ET.tostring(romeo.client.asked[-1]).decode()
    assert 'id="r-m1"' in asked
    assert "Enough" in asked
    assert await words(romeo, BALCONY) == ["Villain!"], "the room has not said so yet"
    romeo.client.answers = [XmppError("forbidden")]
    await web.post("/messages/1/moderation", {"reason": "Enough"}, status=422)


@pytest.mark.parametrize(("role", "features"), [("participant", MODERATION), ("moderator", frozenset[str]())])
async def test_others_cannot(romeo: Person, web: Browser, role: str, features: frozenset[str]) -> None:
    enter(romeo, role=role, features=features)
    await romeo.session.handled(in_room("Villain!", "m1", "tybalt"))
    page = await web.get("/messages/1")
    assert not page.cssselect("form#moderate")
    with pytest.raises(Invalid):
        await actions.moderate(romeo.session, 1, "")


async def test_hiding_is_for_the_user_alone(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("Ay me!", "m1"))
    await web.post("/messages/1/hide")
    page = await web.get(f"/chats/{JULIET}")
    assert "Ay me!" not in page.cssselect(".timeline")[0].text_content()
    assert page.cssselect(".tombstone button")[0].text_content() == "Show it"
    await web.post("/messages/1/hide/delete")
    assert "Ay me!" in (await web.get(f"/chats/{JULIET}")).cssselect(".timeline")[0].text_content()
    assert await sent(romeo, SendRetraction) == []


@pytest.mark.parametrize(
    ("carries", "line"),
    [
        ({"spoiler": "hint"}, "A covered message"),
        ({"encryption": "urn:xmpp:omemo:2"}, "An encrypted message"),
    ],
)
async def test_the_list_keeps_what_is_covered(
    romeo: Person, web: Browser, carries: dict[str, Any], line: str
) -> None:
    await romeo.session.handled(says("secret", "m1", **carries))
    page = await web.get("/chats")
    assert page.cssselect(".excerpt")[0].text_content().strip().endswith(line)


async def test_the_list_says_that_the_last_message_was_taken_back(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("secret", "m1"))
    await romeo.session.handled(takes_back("m1"))
    page = await web.get("/chats")
    assert page.cssselect(".excerpt")[0].text_content().strip().endswith(f"{JULIET} took this message back.")
