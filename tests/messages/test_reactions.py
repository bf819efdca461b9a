"""Reactions (XEP-0444): what everybody thinks of a message, from whoever thinks so."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import conversation, lines
from tests.messages.server import Server
from tests.messages.speaking import (
    BALCONY,
    answers,
    enter,
    in_room,
    reacts,
    refused,
    says,
    sent,
    shown,
    takes_back,
)
from webchat.db.base import now
from webchat.errors import Invalid, NotFound, TooMany
from webchat.messages import commands, jobs
from webchat.messages.changes import MessageChanged
from webchat.messages.commands import actions, limits
from webchat.messages.store import facts
from webchat.web.limits import PerAccount
from webchat.xmpp.verbs import SendReaction

THUMB, HEART, ROSE = "👍", "❤️", "🌹"


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


async def chips(romeo: Person, jid: str = JULIET, row: int = 0) -> list[tuple[str, int, bool]]:
    return [(one.emoji, one.count, one.mine) for one in (await shown(romeo, jid))[row].reactions]


async def test_somebody_reacts_changes_and_takes_it_back(romeo: Person) -> None:
    await romeo.session.handled(says("But soft!", "m1", mine=True))
    romeo.changes()
    await romeo.session.handled(reacts("m1", THUMB, ROSE))
    (line,) = await lines(romeo)
    assert romeo.changes() == [MessageChanged(JULIET, line.id)]
    assert await chips(romeo) == [(THUMB, 1, False), (ROSE, 1, False)]
    await romeo.session.handled(reacts("m1", THUMB, ROSE))
    assert romeo.changes() == [], "the same again is no news"
    await romeo.session.handled(reacts("m1", HEART))
    assert await chips(romeo) == [(HEART, 1, False)]
    await romeo.session.handled(reacts("m1"))
    assert await chips(romeo) == []


async def test_both_sides_are_added_up_and_named(romeo: Person) -> None:
    await romeo.session.handled(says("But soft!", "m1", mine=True))
    await romeo.session.handled(reacts("m1", THUMB))
    await romeo.session.handled(reacts("m1", THUMB, mine=True))
    (chip,) = (await shown(romeo))[0].reactions
    assert (chip.emoji, chip.count, chip.mine, chip.names) == (THUMB, 2, True, (JULIET, "romeo"))


async def test_an_older_word_does_not_undo_a_newer_one(romeo: Person) -> None:
    await romeo.session.handled(says("But soft!", "m1", mine=True))
    await romeo.session.handled(reacts("m1", HEART))
    await romeo.session.handled(reacts("m1", THUMB, stamp=now() - timedelta(days=1)))
    assert await chips(romeo) == [(HEART, 1, False)]


async def test_in_a_room_everybody_reacts_for_themselves(romeo: Person) -> None:
    """By the id that the room gave; a nick that changes stays one person where the room gives ids."""
    await romeo.session.handled(in_room("Villain!", "m1", "tybalt", occupant="o-t"))
    await romeo.session.handled(reacts("r-m1", THUMB, nick="juliet", occupant="o-j"))
    await romeo.session.handled(reacts("r-m1", THUMB, nick="benvolio", occupant="o-b"))
    await romeo.session.handled(reacts("r-m1", HEART, nick="juliet2", occupant="o-j"))
    assert await chips(romeo, BALCONY) == [(THUMB, 1, False), (HEART, 1, False)]


# ---- what is not believed


@pytest.mark.parametrize(
    "emoji", ["<img src=x onerror=alert(1)>", "👍👍", "ok", "👍" * 5000, "a" * 10_000, "", " ", "\u202e", "1"]
)
async def test_a15_only_a_single_emoji_is_kept(romeo: Person, emoji: str) -> None:
    await romeo.session.handled(says("But soft!", "m1", mine=True))
    await romeo.session.handled(reacts("m1", emoji))
    assert await chips(romeo) == []


async def test_a15_ten_thousand_are_twenty(romeo: Person) -> None:
    await romeo.session.handled(says("But soft!", "m1", mine=True))
    many = [chr(0x1F400 + n) for n in range(60)]
    await romeo.session.handled(reacts("m1", *many * 200))
    assert len(await chips(romeo)) == 20


async def test_a15_reactions_of_strangers_make_no_conversation(romeo: Person) -> None:
    await romeo.session.handled(reacts("m1", THUMB, sender=MERCUTIO))
    with pytest.raises(AssertionError):
        await conversation(romeo, MERCUTIO)
    assert refused(romeo) == {"stranger": 1}


async def test_a15_an_id_of_another_conversation_reaches_nothing(romeo: Person) -> None:
    await romeo.session.handled(says("But soft!", "m1", mine=True))
    await romeo.session.handled(says("A plague!", "m9", sender=MERCUTIO))
    await romeo.session.handled(reacts("m1", THUMB, sender=MERCUTIO))
    assert await chips(romeo) == []
    assert await chips(romeo, MERCUTIO) == []


async def test_a15_nothing_sticks_to_what_was_taken_back(romeo: Person) -> None:
    await romeo.session.handled(says("Ay me!", "m1"))
    await romeo.session.handled(reacts("m1", THUMB, mine=True))
    await romeo.session.handled(takes_back("m1"))
    await romeo.session.handled(reacts("m1", HEART, mine=True))
    assert await chips(romeo) == []


async def test_a15_what_waits_for_its_message_is_bounded(romeo: Person) -> None:
    await romeo.session.handled(says("Ay me!", "m1"))
    ids = [f"unknown-{n}" for n in range(facts.MOST_HELD + 30)]
    await romeo.hears(*(reacts(id, THUMB) for id in ids))
    found = await conversation(romeo)
    async with romeo.session.read() as db:
        held = await facts.waiting(db, found.id, ids)
    assert [fact.target for fact in held] == ids[-facts.MOST_HELD :]


# ---- the archive


async def test_reactions_of_the_archive_come_before_or_after_their_message(
    romeo: Person, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages are read from the end: a reaction can be here long before what it is about."""
    monkeypatch.setattr(jobs, "PAGE", 4)
    server.keep(says("But soft!", "m1", mine=True))
    server.keep(reacts("m1", ROSE))
    server.keep(says("Ay me!", "m2"))
    for n in range(6):
        server.keep(says(f"line {n}", f"n{n}"))
    server.keep(reacts("m1", HEART))
    server.keep(reacts("n5", THUMB, mine=True))
    await jobs.catch_up(romeo.session)
    assert "But soft!" not in [line.body for line in await lines(romeo)]
    assert (await shown(romeo))[-1].reactions[0].emoji == THUMB
    await _everything(romeo)
    rows = {row.source: [one.emoji for one in row.reactions] for row in await shown(romeo)}
    assert rows["But soft!"] == [HEART]


async def _everything(romeo: Person) -> None:
    for _ in range(5):
        await commands.load_older(romeo.session, JULIET)


# ---- the user


async def test_reacting_toggles_and_says_the_whole_of_it(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("Ay me!", "m1"))
    await romeo.session.handled(says("Good night", "m2"))
    for emoji in (THUMB, ROSE, THUMB):
        await web.post("/messages/1/reactions", {"emoji": emoji})
    assert [(verb.to, verb.target, verb.emojis) for verb in await sent(romeo, SendReaction)] == [
        (JULIET, "m1", (THUMB,)),
        (JULIET, "m1", (THUMB, ROSE)),
        (JULIET, "m1", (ROSE,)),
    ]
    page = await web.get(f"/chats/{JULIET}")
    (chip,) = page.cssselect(".message .reactions button")
    assert chip.get("value") == ROSE
    assert chip.get("aria-pressed") == "true"
    assert chip.get("title") == "romeo"


async def test_in_a_room_the_room_s_id_is_named(romeo: Person) -> None:
    enter(romeo)
    romeo.client.answers = [ET.fromstring("<iq type='result'/>")]  # noqa: S314
    await romeo.session.handled(in_room("Villain!", "m1", "tybalt"))
    await actions.react(romeo.session, 1, THUMB)
    (verb,) = await sent(romeo, SendReaction)
    assert (verb.to, verb.target, verb.kind) == (BALCONY, "r-m1", "room")


async def test_what_a_room_allows_is_asked_and_kept_to(romeo: Person) -> None:
    """XEP-0444 §4."""
    enter(romeo)
    form = (
        "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'>"
        "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE'>"
        "<value>urn:xmpp:reactions:0:restrictions</value></field>"
        "<field var='max_reactions_per_user'><value>1</value></field>"
        f"<field var='allowlist'><value>{THUMB}</value><value>{ROSE}</value></field></x></query></iq>"
    )
    romeo.client.answers = [ET.fromstring(form)]  # noqa: S314
    await romeo.session.handled(in_room("Villain!", "m1", "tybalt"))
    with pytest.raises(Invalid):
        await actions.react(romeo.session, 1, HEART)
    await actions.react(romeo.session, 1, THUMB)
    with pytest.raises(Invalid):
        await actions.react(romeo.session, 1, ROSE)
    await actions.react(romeo.session, 1, THUMB)
    await actions.react(romeo.session, 1, ROSE)
    assert await chips(romeo, BALCONY) == [(ROSE, 1, True)]
    assert len(romeo.client.asked) == 1


@pytest.mark.parametrize("emoji", ["ok", "👍👍", "<b>"])
async def test_what_is_no_emoji_is_refused(romeo: Person, web: Browser, emoji: str) -> None:
    await romeo.session.handled(says("Ay me!", "m1"))
    await web.post("/messages/1/reactions", {"emoji": emoji}, status=422)
    with pytest.raises(NotFound):
        await actions.react(romeo.session, 99, THUMB)


async def test_reacting_too_often_has_to_wait(
    romeo: Person, web: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SENDING", PerAccount(2, 10))
    await romeo.session.handled(says("Ay me!", "m1"))
    for _ in range(2):
        await web.post("/messages/1/reactions", {"emoji": THUMB})
    await web.post("/messages/1/reactions", {"emoji": THUMB}, status=429)
    with pytest.raises(TooMany):
        limits.SENDING.take(romeo.session)


async def test_an_answer_can_be_reacted_to_like_anything(romeo: Person) -> None:
    await romeo.session.handled(answers("Here", "m2", "m1"))
    await actions.react(romeo.session, 1, THUMB)
    assert await chips(romeo) == [(THUMB, 1, True)]
