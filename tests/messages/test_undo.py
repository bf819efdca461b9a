"""Undo send: a message waits in the outbox for as long as the user wants, and can be taken back till then."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from tests.lab.databases import KINDS
from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, ROMEO, Person, signed_in
from tests.messages.looking import conversation, states
from tests.messages.speaking import says, sent, words
from webchat.contacts import slice as contacts
from webchat.db.base import now
from webchat.db.engine import Database
from webchat.errors import Invalid
from webchat.messages import commands, store
from webchat.messages import slice as messages
from webchat.messages.commands import actions
from webchat.session.models import OutboxRow
from webchat.xmpp.events import StanzaAcked
from webchat.xmpp.verbs import SendMessage

DATABASES = KINDS[:1]


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


def wants(romeo: Person, seconds: str) -> None:
    romeo.session.preferences = {"undo_send": seconds}


async def send(romeo: Person, text: str, **more: Any) -> str:
    id = str(uuid4())
    await commands.send_message(romeo.session, JULIET, text, id=id, **more)
    return id


async def due(romeo: Person) -> None:
    """Time goes by."""
    async with romeo.session.work() as work:
        await work.db.execute(update(OutboxRow).values(held_until=now() - timedelta(seconds=1)))
    romeo.session.outbox.expect(now())
    for _ in range(200):
        await asyncio.sleep(0.01)
        async with romeo.session.read() as db:
            held = await db.scalars(select(OutboxRow.id).where(OutboxRow.held_until.is_not(None)))
            if not list(held):
                await asyncio.sleep(0.1)
                return


def said(romeo: Person) -> list[str]:
    return [verb.body for verb in romeo.client.said if isinstance(verb, SendMessage)]


async def rests(person: Person) -> None:
    """Wait until the outbox has looked through what it holds."""
    while person.session.outbox.sending:
        await asyncio.sleep(0.005)


async def test_it_waits_and_goes_when_its_time_has_come(romeo: Person) -> None:
    romeo.session.outbox.release()
    wants(romeo, "20")
    await send(romeo, "But soft!")
    await rests(romeo)
    assert await states(romeo) == {"But soft!": "pending"}
    assert said(romeo) == []
    await due(romeo)
    assert said(romeo) == ["But soft!"]


async def test_it_goes_by_itself(romeo: Person) -> None:
    romeo.session.outbox.release()
    await send(romeo, "one", delay=1)
    await send(romeo, "two", delay=1)
    for _ in range(300):
        await asyncio.sleep(0.01)
        if len(said(romeo)) == 2:
            break
    assert said(romeo) == ["one", "two"]


async def test_without_the_wish_nothing_waits(romeo: Person) -> None:
    romeo.session.outbox.release()
    for seconds in ("0", "", "-5", "x", "1e3"):
        wants(romeo, seconds)
        assert commands.undo_seconds(romeo.session) == 0
    wants(romeo, "3600")
    assert commands.undo_seconds(romeo.session) == 30
    wants(romeo, "0")
    await send(romeo, "But soft!")
    await rests(romeo)
    assert said(romeo) == ["But soft!"]


async def test_taken_back_its_text_is_the_draft(romeo: Person, web: Browser) -> None:
    romeo.session.outbox.release()
    await romeo.session.handled(says("Wherefore?", "m1"))
    wants(romeo, "20")
    await send(romeo, "But sooft!", reply_id=1)
    await commands.save_draft(romeo.session, JULIET, "next", 0)
    page = await web.get(f"/chats/{JULIET}")
    assert page.cssselect("form[data-undo]")
    answer = await web.post("/messages/2/undo")
    assert answer.headers["location"] == f"/chats/{JULIET}?reply=1"
    assert await words(romeo) == ["Wherefore?"]
    assert await sent(romeo, SendMessage) == []
    found = await conversation(romeo)
    async with romeo.session.read() as db:
        assert (await store.draft_of(db, found.id)).text == "But sooft!\n\nnext"
    await due(romeo)
    assert said(romeo) == []


async def test_too_late_is_too_late(romeo: Person, web: Browser) -> None:
    id = await send(romeo, "But soft!")
    await romeo.session.handled(StanzaAcked(id))
    with pytest.raises(Invalid):
        await actions.undo(romeo.session, 1)
    await web.post("/messages/1/undo", status=422)
    assert await words(romeo) == ["But soft!"]


async def test_edited_while_it_waits_only_the_new_text_is_sent(romeo: Person) -> None:
    romeo.session.outbox.release()
    wants(romeo, "20")
    await send(romeo, "But sooft!")
    await actions.correct(
        romeo.session, JULIET, 1, "But soft!", new_id=str(uuid4()), draft_version=0, spoiler=None
    )
    (verb,) = await sent(romeo, SendMessage)
    assert (verb.body, verb.corrects) == ("But soft!", "")
    await due(romeo)
    assert said(romeo) == ["But soft!"]


async def test_it_survives_the_end_of_the_process(database: Database) -> None:
    """The tab was closed and the server started again: it is sent by whoever signs in next."""
    async with signed_in(database, ROMEO, [contacts, messages]) as before:
        before.session.outbox.release()
        wants(before, "20")
        await send(before, "But soft!")
        await rests(before)
        assert said(before) == []
    async with signed_in(database, ROMEO, [contacts, messages]) as after:
        after.session.outbox.release()
        await rests(after)
        assert said(after) == []
        await due(after)
        assert said(after) == ["But soft!"]
