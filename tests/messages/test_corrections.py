"""Corrections (XEP-0308): by the sender of the message and nobody else, every version kept."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import bodies, conversation
from tests.messages.server import Server
from tests.messages.speaking import (
    BALCONY,
    answers,
    corrects,
    enter,
    in_room,
    moderates,
    reacts,
    refused,
    says,
    sent,
    shown,
    takes_back,
    words,
)
from webchat.errors import Invalid
from webchat.messages import commands, jobs
from webchat.messages.changes import ConversationChanged, MessageChanged, TimelineChanged
from webchat.messages.commands import actions
from webchat.messages.store import facts
from webchat.xmpp.content import Reply
from webchat.xmpp.events import MessageFailed, StanzaAcked
from webchat.xmpp.verbs import SendMessage


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


async def versions(romeo: Person, row: int) -> list[str]:
    async with romeo.session.read() as db:
        return [one.body for one in await facts.versions(db, row)]


async def test_another_version_takes_its_place_and_the_first_is_kept(romeo: Person) -> None:
    await romeo.session.handled(says("Ay mee!", "m1"))
    romeo.changes()
    await romeo.session.handled(corrects(says("Ay me!", "m2"), "m1"))
    (row,) = await shown(romeo)
    assert (row.source, row.edited_at is not None) == ("Ay me!", True)
    assert romeo.changes() == [MessageChanged(JULIET, row.id), ConversationChanged(JULIET)]
    assert await versions(romeo, row.id) == ["Ay mee!", "Ay me!"]
    assert (await conversation(romeo)).unread == 1


async def test_a_form_that_was_filled_in_again_is_another_version(romeo: Person) -> None:
    """Back in the browser shows the form of the last version, with its id."""
    await commands.send_message(romeo.session, JULIET, "one", id=str(uuid4()))
    (row,) = await shown(romeo)
    again = partial(actions.correct, romeo.session, JULIET, row.id, new_id=str(uuid4()), draft_version=0)
    for text in ("two", "three", "three"):
        await again(text, spoiler=None)
    assert await words(romeo) == ["three"]
    assert await versions(romeo, row.id) == ["one", "two", "three"]


async def test_an_older_message_and_one_corrected_twice(romeo: Person) -> None:
    """The first id names it always; some clients name the version before."""
    await romeo.session.handled(says("one", "m1"))
    await romeo.session.handled(says("other", "m2"))
    await romeo.session.handled(corrects(says("two", "m3"), "m1"))
    await romeo.session.handled(corrects(says("three", "m4"), "m1"))
    await romeo.session.handled(corrects(says("four", "m5"), "m4"))
    assert await words(romeo) == ["four", "other"]


async def test_what_quotes_it_is_drawn_again(romeo: Person) -> None:
    await romeo.session.handled(says("Ay mee!", "m1"))
    await romeo.session.handled(answers("What?", "m2", "m1"))
    romeo.changes()
    await romeo.session.handled(corrects(says("Ay me!", "m3"), "m1"))
    assert MessageChanged(JULIET, 2) in romeo.changes()
    reply = (await shown(romeo))[1].reply
    assert reply is not None
    assert reply.excerpt == "Ay me!"


# ---- of somebody else


@pytest.mark.parametrize("archived", [False, True], ids=["live", "archive"])
async def test_a12_nobody_corrects_the_user(romeo: Person, archived: bool) -> None:
    await romeo.session.handled(says("I love thee", "m1", mine=True))
    await romeo.session.handled(corrects(says("pwned", "n1", archived=archived), "m1"))
    assert await words(romeo) == ["I love thee", "pwned"]
    assert refused(romeo) == {"correction": 1}


async def test_a12_a_stranger_corrects_nobody(romeo: Person) -> None:
    await romeo.session.handled(says("Ay me!", "m1"))
    await romeo.session.handled(corrects(says("pwned", "n1", sender=MERCUTIO), "m1"))
    assert await words(romeo) == ["Ay me!"]
    assert await words(romeo, MERCUTIO) == ["pwned"]


@pytest.mark.parametrize(
    ("nick", "occupant"),
    [("tybalt", "o-t"), ("juliet", "o-t"), ("juliet", ""), ("tybalt", "")],
    ids=["other", "same nick later", "no id", "other without id"],
)
async def test_a12_in_a_room_only_the_same_occupant(romeo: Person, nick: str, occupant: str) -> None:
    await romeo.session.handled(in_room("Ay me!", "m1", "juliet", occupant="o-j"))
    await romeo.session.handled(corrects(in_room("pwned", "n1", nick, occupant=occupant), "m1"))
    assert await words(romeo, BALCONY) == ["Ay me!", "pwned"]


async def test_a12_the_same_occupant_with_another_nick(romeo: Person) -> None:
    await romeo.session.handled(in_room("Ay mee!", "m1", "juliet", occupant="o-j"))
    await romeo.session.handled(corrects(in_room("Ay me!", "n1", "july", occupant="o-j"), "m1"))
    assert await words(romeo, BALCONY) == ["Ay me!"]


async def test_a12_without_ids_of_occupants_the_nick_counts(romeo: Person) -> None:
    await romeo.session.handled(in_room("Ay mee!", "m1", "juliet"))
    await romeo.session.handled(corrects(in_room("Ay me!", "n1", "juliet"), "m1"))
    await romeo.session.handled(corrects(in_room("pwned", "n2", "tybalt"), "m1"))
    assert await words(romeo, BALCONY) == ["Ay me!", "pwned"]


# ---- senseless ones


async def test_a13_a_cycle_and_a_long_chain_end(romeo: Person) -> None:
    await romeo.session.handled(corrects(says("one", "m1"), "m2"))
    await romeo.session.handled(corrects(says("two", "m2"), "m1"))
    await romeo.session.handled(says("start", "c0"))
    last = facts.MOST_VERSIONS + 9
    chain = (corrects(says(f"c{n}", f"c{n}"), f"c{n - 1}" if n % 2 else "c0") for n in range(1, last + 1))
    await romeo.hears(*chain)
    assert (await words(romeo))[-1] == f"c{last}"
    assert len(await words(romeo)) <= 3
    kept = await versions(romeo, (await shown(romeo))[-1].id)
    assert len(kept) == facts.MOST_VERSIONS + 1
    assert (kept[0], kept[-1]) == ("start", f"c{last}")


async def test_a13_what_was_taken_back_stays_so(romeo: Person) -> None:
    await romeo.session.handled(says("Ay mee!", "m1"))
    await romeo.session.handled(takes_back("m1"))
    await romeo.session.handled(corrects(says("Ay me!", "m2"), "m1"))
    assert await words(romeo) == ["retracted"]


async def test_a13_a_message_of_another_conversation_is_not_reached(romeo: Person) -> None:
    await romeo.session.handled(says("Ay me!", "m1"))
    await romeo.session.handled(corrects(says("moved", "m2", mine=True, conversation=MERCUTIO), "m1"))
    assert await words(romeo) == ["Ay me!"]
    assert await words(romeo, MERCUTIO) == ["moved"]


# ---- before its message


async def test_it_stands_alone_until_its_message_comes(
    romeo: Person, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PAGE", 3)
    monkeypatch.setattr(commands, "PAGE", 3)
    server.keep(says("Ay mee!", "m1"))
    for n in range(6):
        server.keep(says(f"line {n}", f"n{n}"))
    server.keep(corrects(says("Ay me!", "m2"), "m1"))
    server.keep(says("end", "m3"))
    await jobs.catch_up(romeo.session)
    assert (await words(romeo))[-2:] == ["Ay me!", "end"]
    romeo.changes()
    for _ in range(5):
        await commands.load_older(romeo.session, JULIET)
    assert await words(romeo) == ["Ay me!", *(f"line {n}" for n in range(6)), "end"]
    assert TimelineChanged(JULIET) in romeo.changes()
    assert await versions(romeo, (await shown(romeo))[0].id) == ["Ay mee!", "Ay me!"]


async def test_live_and_from_the_archive_is_once(romeo: Person, server: Server) -> None:
    await jobs.catch_up(romeo.session)
    first, second = says("Ay mee!", "m1 of a very long id"), says("Ay me!", "m2 of a very long id")
    server.keep(first)
    server.keep(corrects(second, first.id))
    await romeo.session.handled(first)
    await romeo.session.handled(corrects(second, first.id))
    await jobs.catch_up(romeo.session)
    await jobs.catch_up(romeo.session)
    assert await bodies(romeo) == ["Ay me!"]
    assert await versions(romeo, 1) == ["Ay mee!", "Ay me!"]


async def test_both_in_one_page(romeo: Person, server: Server) -> None:
    server.keep(says("But sooft!", "m1", mine=True))
    server.keep(corrects(says("But soft!", "m2", mine=True), "m1"))
    server.keep(corrects(says("pwned", "m3"), "m1"))
    await jobs.catch_up(romeo.session)
    assert await words(romeo) == ["But soft!", "pwned"]


# ---- the user


async def send(romeo: Person, text: str) -> str:
    id = str(uuid4())
    await commands.send_message(romeo.session, JULIET, text, id=id)
    await romeo.session.handled(StanzaAcked(id))
    return id


async def test_the_user_edits_a_message(romeo: Person, web: Browser) -> None:
    first = await send(romeo, "But sooft!")
    form = await web.get(f"/chats/{JULIET}?edit=1")
    (box,) = form.cssselect("[data-composer] textarea")
    assert box.text_content().strip() == "But sooft!"
    assert form.cssselect("input[name=correct_id]")[0].get("value") == "1"
    new = str(uuid4())
    await web.post(
        f"/conversations/{JULIET}/messages", {"message_id": new, "text": "But soft!", "correct_id": "1"}
    )
    assert await words(romeo) == ["But soft!"]
    verb = (await sent(romeo, SendMessage))[-1]
    assert (verb.body, verb.id, verb.corrects) == ("But soft!", new, first)
    page = await web.get("/messages/1")
    assert [one.text_content() for one in page.cssselect("#versions .whole-text")] == [
        "But sooft!",
        "But soft!",
    ]


async def test_only_own_messages_that_were_sent_can_be_edited(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("Ay me!", "m1"))
    id = await send(romeo, "But soft!")
    await romeo.session.handled(MessageFailed(JULIET, id, "service-unavailable"))
    failed = str(uuid4())
    await commands.send_message(romeo.session, JULIET, "Soft!", id=failed)
    await romeo.session.handled(MessageFailed(JULIET, failed, "service-unavailable"))
    for row in (1, 3):
        with pytest.raises(Invalid):
            await actions.correct(
                romeo.session, JULIET, row, "pwned", new_id=str(uuid4()), draft_version=0, spoiler=None
            )
    page = await web.get(f"/chats/{JULIET}?edit=1")
    assert not page.cssselect("input[name=correct_id]")


async def edits(romeo: Person) -> tuple[str, str]:
    """Romeo says something and then says it differently; the ids of both versions."""
    first, new = await send(romeo, "But sooft!"), str(uuid4())
    await actions.correct(romeo.session, JULIET, 1, "But soft!", new_id=new, draft_version=0, spoiler=None)
    return first, new


async def test_a_correction_that_comes_back_is_told_and_can_be_sent_again(
    romeo: Person, web: Browser
) -> None:
    first, new = await edits(romeo)
    (before,) = await shown(romeo)
    assert before.edit_error == ""
    romeo.changes()
    await romeo.session.handled(MessageFailed(JULIET, new, "remote-server-not-found"))
    (row,) = await shown(romeo)
    assert (row.source, row.state) == ("But soft!", before.state)
    assert romeo.changes() == [MessageChanged(JULIET, 1), ConversationChanged(JULIET)]
    page = await web.get(f"/chats/{JULIET}")
    (state,) = page.cssselect(".message .state.failed")
    assert "Your change was not sent" in state.text_content()
    assert "Their server cannot be reached." in state.text_content()
    assert await versions(romeo, 1) == ["But sooft!", "But soft!"]
    await web.post(state.cssselect("form")[0].get("action"))
    again = (await sent(romeo, SendMessage))[-1]
    assert (again.body, again.id, again.corrects) == ("But soft!", new, first)
    (row,) = await shown(romeo)
    assert row.edit_error == ""


async def test_a_former_correction_that_comes_back_or_a_strangers_word_of_it_is_nothing(
    romeo: Person,
) -> None:
    """Only the other side may say so, and only of the version that is shown (security case A25)."""
    _, former = await edits(romeo)
    await romeo.session.handled(MessageFailed(MERCUTIO, former, "service-unavailable"))
    assert (await shown(romeo))[0].edit_error == ""
    new = str(uuid4())
    await actions.correct(romeo.session, JULIET, 1, "Soft!", new_id=new, draft_version=0, spoiler=None)
    await romeo.session.handled(MessageFailed(JULIET, former, "service-unavailable"))
    assert (await shown(romeo))[0].edit_error == ""
    await romeo.session.handled(MessageFailed(JULIET, new, "service-unavailable"))
    assert (await shown(romeo))[0].edit_error != ""
    await actions.correct(
        romeo.session, JULIET, 1, "Soft now!", new_id=str(uuid4()), draft_version=0, spoiler=None
    )
    assert (await shown(romeo))[0].edit_error == ""


async def test_a_carbon_of_it_changes_nothing(romeo: Person) -> None:
    await send(romeo, "But sooft!")
    new = str(uuid4())
    await actions.correct(romeo.session, JULIET, 1, "But soft!", new_id=new, draft_version=0, spoiler=None)
    first = (await sent(romeo, SendMessage))[-1].corrects
    await romeo.session.handled(corrects(says("But soft!", new, mine=True), first))
    assert await words(romeo) == ["But soft!"]
    assert await versions(romeo, 1) == ["But sooft!", "But soft!"]


async def test_a_room_s_id_of_a_correction_names_the_message(romeo: Person) -> None:
    """Converse names a corrected message by the id that the room gave the correction."""
    enter(romeo)
    await romeo.session.handled(in_room("Villian!", "m1", "tybalt"))
    await romeo.session.handled(corrects(in_room("Villain!", "m2", "tybalt"), "m1"))
    await romeo.session.handled(reacts("r-m2", "👍", nick="juliet"))
    answer = in_room("Peace!", "m3", "benvolio", reply=Reply("r-m2", f"{BALCONY}/tybalt"))
    await romeo.session.handled(answer)
    rows = await shown(romeo, BALCONY)
    assert [one.emoji for one in rows[0].reactions] == ["👍"]
    assert rows[1].reply is not None
    assert (rows[1].reply.id, rows[1].reply.excerpt) == (rows[0].id, "Villain!")
    await romeo.session.handled(moderates("r-m2"))
    assert await words(romeo, BALCONY) == ["moderated", "Peace!"]


async def test_an_own_correction_is_known_by_the_id_that_comes_back(romeo: Person) -> None:
    enter(romeo)
    await romeo.session.handled(in_room("But sooft!", "m1", "romeo", mine=True))
    (row,) = await shown(romeo, BALCONY)
    new = str(uuid4())
    await actions.correct(
        romeo.session, BALCONY, row.id, "But soft!", new_id=new, draft_version=0, spoiler=None
    )
    await romeo.session.handled(corrects(in_room("But soft!", new, "romeo", mine=True), "m1"))
    await romeo.session.handled(reacts(f"r-{new}", "👍", nick="juliet"))
    (row,) = await shown(romeo, BALCONY)
    assert (row.source, [one.emoji for one in row.reactions]) == ("But soft!", ["👍"])


async def test_nobody_moderates_by_an_id_that_a_sender_gave(romeo: Person) -> None:
    await romeo.session.handled(in_room("Villian!", "m1", "tybalt"))
    await romeo.session.handled(corrects(in_room("Villain!", "m2", "tybalt"), "m1"))
    await romeo.session.handled(moderates("m2"))
    assert await words(romeo, BALCONY) == ["Villain!"]
