"""Messages that are sent later: they wait on the server, go out once, and never when nobody expects it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from lxml.html import HtmlElement
from sqlalchemy import update

from tests.lab.databases import KINDS
from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, ROMEO, Person, signed_in
from tests.messages.looking import conversation
from tests.messages.speaking import BALCONY, enter, says, sent, words
from webchat.contacts import slice as contacts
from webchat.db.base import now
from webchat.db.engine import Database
from webchat.errors import Invalid, NotFound
from webchat.messages import commands as talks
from webchat.messages import fragments, store
from webchat.messages import slice as messages
from webchat.messages.changes import LaterChanged
from webchat.messages.commands import hours
from webchat.messages.commands import later as commands
from webchat.messages.commands.later import Words
from webchat.messages.jobs import later as jobs
from webchat.messages.models.later import ScheduledMessage
from webchat.messages.show import later as show
from webchat.messages.state import Clock
from webchat.messages.state.occupants import Rooms
from webchat.messages.store import later
from webchat.messages.store.later import LaterRow
from webchat.notifications import store as notifications
from webchat.session.work import Work
from webchat.web.page import Page
from webchat.web.partial import Partial
from webchat.web.scope import Scope
from webchat.xmpp.verbs import SendMessage

DATABASES = KINDS[:1]
TALK = f"/conversations/{JULIET}"
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


def fields(text: str = "But soft!", **more: str) -> dict[str, str]:
    return {"message_id": str(uuid4()), "text": text, "later": "hour", **more}


async def wait(romeo: Person, text: str = "But soft!", to: str = JULIET, **more: Any) -> LaterRow:
    """Something that waits for tomorrow."""
    id = str(uuid4())
    await commands.schedule(romeo.session, to, Words(text, id, **more), now() + timedelta(days=1))
    async with romeo.session.read() as db:
        row = await later.by_said_id(db, romeo.session.account_id, id)
    assert row is not None
    return row


async def waiting(romeo: Person) -> list[LaterRow]:
    async with romeo.session.read() as db:
        return await later.waiting(db, romeo.session.account_id)


async def come(romeo: Person, ago: timedelta = timedelta(seconds=1)) -> float:
    """Its hour came so long ago, and the clock is looked at."""
    async with romeo.session.work() as work:
        await work.db.execute(update(ScheduledMessage).values(send_at=now() - ago))
    return await jobs.tick(romeo.session)


async def verbs(romeo: Person) -> list[str]:
    return [verb.body for verb in await sent(romeo, SendMessage)]


async def told(romeo: Person) -> list[str]:
    async with romeo.session.read() as db:
        return [row.kind for row in await notifications.newest(db, romeo.session.account_id)]


def text_of(page: HtmlElement) -> str:
    return " ".join(page.text_content().split())


def line_of(page: HtmlElement) -> str:
    """The quiet line above the box."""
    return text_of(page.cssselect("p.comings[id^=later-]")[0])


async def test_it_goes_out_at_its_hour_and_once(romeo: Person, web: Browser) -> None:
    """Not before; with what it answers; under the id that it was given when it was written."""
    await romeo.session.handled(says("Wherefore?", "m1"))
    given = fields(reply_id="1")
    answer = await web.post(f"{TALK}/messages", given)
    assert answer.headers["location"] == f"/chats/{JULIET}"
    assert LaterChanged(JULIET) in romeo.changes()
    assert line_of(await web.get(f"/chats/{JULIET}")) == "1 message waits to be sent later"
    assert 0 < await jobs.tick(romeo.session) <= 3600
    assert await verbs(romeo) == []
    await come(romeo)
    (verb,) = await sent(romeo, SendMessage)
    assert (verb.body, verb.id) == ("But soft!", given["message_id"])
    assert verb.reply is not None
    assert verb.reply.id == "m1"
    assert await words(romeo) == ["Wherefore?", "But soft!"]
    await jobs.tick(romeo.session)
    assert len(await verbs(romeo)) == 1
    # Nobody looked: what was not displayed before is not displayed by it.
    assert (await conversation(romeo)).displayed_id is None
    page = await web.get(f"/chats/{JULIET}")
    assert line_of(page) == ""
    assert "Sent late" not in text_of(page)


async def test_the_clock_rings_by_itself(romeo: Person) -> None:
    """Also for what was put there while the job slept, and other tabs hear of it."""
    job = romeo.session.spawn(jobs.keep_hours(romeo.session), "hours")
    await wait(romeo, "In a week")
    soon = Words("But soft!", str(uuid4()))
    await commands.schedule(romeo.session, JULIET, soon, now() + timedelta(seconds=0.05))
    async with asyncio.timeout(10):
        while await verbs(romeo) != ["But soft!"]:
            await asyncio.sleep(0.01)
    job.cancel()
    async with romeo.session.read() as db:
        page = Page(romeo.session, db, Scope("conversation", JULIET), "en")
        (line,) = await fragments.later_line(page, [LaterChanged(JULIET)])
        everything = Page(romeo.session, db, Scope("later"), "en")
        (listed,) = await fragments.later_list(everything, [LaterChanged(JULIET)])
    assert isinstance(line, Partial)
    assert line.values["later"].waiting == 1
    assert isinstance(listed, Partial)
    assert [row.text for row in listed.values["waits"].rows] == ["In a week"]


async def test_killed_in_between_it_is_said_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the commit nothing has happened, after it all: whoever signs in next does the rest."""
    finish = Work.finish

    async def killed(work: Work) -> None:
        if work.verbs:
            raise RuntimeError("killed")
        await finish(work)

    async with signed_in(database, ROMEO, [contacts, messages]) as first:
        await wait(first)
        monkeypatch.setattr(Work, "finish", killed)
        with pytest.raises(RuntimeError, match="killed"):
            await come(first)
        monkeypatch.undo()
        assert len(await waiting(first)) == 1
        assert await verbs(first) == []
    for _ in range(2):
        async with signed_in(database, ROMEO, [contacts, messages]) as next_one:
            await jobs.tick(next_one.session)
            assert await verbs(next_one) == ["But soft!"]
            assert await waiting(next_one) == []


async def test_a_little_late_says_so_and_very_late_asks(romeo: Person, web: Browser) -> None:
    await wait(romeo)
    await come(romeo, timedelta(minutes=40))
    assert await verbs(romeo) == ["But soft!"]
    assert "Sent late: it was meant for" in text_of(await web.get(f"/chats/{JULIET}"))
    row = await wait(romeo, "Good night")
    await come(romeo, timedelta(hours=2))
    assert await verbs(romeo) == ["But soft!"]
    assert [one.trouble for one in await waiting(romeo)] == ["away"]
    assert await told(romeo) == ["unsent"]
    assert "1 message was not sent at its hour" in line_of(await web.get(f"/chats/{JULIET}"))
    assert "you were signed out" in text_of(await web.get("/later"))
    await jobs.tick(romeo.session)
    assert await told(romeo) == ["unsent"]
    await web.post(f"/later/{row.id}/send")
    assert await verbs(romeo) == ["But soft!", "Good night"]
    await web.post(f"/later/{row.id}/send", status=404)


async def listed(romeo: Person) -> list[str]:
    """What the list says of each."""
    async with romeo.session.read() as db:
        page = await show.later_page(db, romeo.session, "")
    return [f"{row.trouble} {row.why}{row.note}".strip() for row in page.rows]


async def test_without_a_connection_it_waits_and_then_asks(romeo: Person) -> None:
    await wait(romeo)
    romeo.client.connected = False
    assert await come(romeo) == jobs.TRY_AGAIN
    assert await listed(romeo) == ["It waits for the connection to your server."]
    romeo.client.connected = True
    await jobs.ring(romeo.session)
    assert romeo.session[Clock].changed.is_set()
    await jobs.tick(romeo.session)
    assert await verbs(romeo) == ["But soft!"]
    romeo.client.connected = False
    await wait(romeo, "Good night")
    await come(romeo)
    await come(romeo, timedelta(hours=2))
    assert [one.trouble for one in await waiting(romeo)] == ["offline"]


async def test_a_room_that_one_is_not_in(romeo: Person) -> None:
    """It waits till one is; what the room would throw away asks at once."""
    enter(romeo)
    await wait(romeo, to=BALCONY)
    romeo.session[Rooms].ensure(BALCONY).phase = "out"
    await come(romeo)
    assert await listed(romeo) == ["It waits until you are in this room."]
    enter(romeo)
    await jobs.tick(romeo.session)
    assert await verbs(romeo) == ["But soft!"]
    await wait(romeo, "Good night", to=BALCONY)
    enter(romeo, role="visitor")
    await come(romeo)
    (row,) = await waiting(romeo)
    assert (row.trouble, row.kind) == ("refused", "room")
    (said,) = await listed(romeo)
    assert said.startswith("Not sent. In this room only people with a voice")


async def test_written_anew_it_keeps_its_hour(romeo: Person, web: Browser) -> None:
    """The text is back in the box; what waited goes only when the new one is sent."""
    await romeo.session.handled(says("Wherefore?", "m1"))
    await talks.save_draft(romeo.session, JULIET, "something else", 0)
    row = await wait(romeo, "//me", reply_id=1, spoiler="hint")
    page = await web.get(f"/chats/{JULIET}?later={row.id}")
    box = page.cssselect("[data-composer]")[0]
    assert box.cssselect("textarea")[0].text.strip() == "///me"
    assert box.cssselect("[name=reply_id]")[0].get("value") == "1"
    assert [one.body for one in await waiting(romeo)] == ["//me"]
    version = page.cssselect("[name=draft_version]")[0].get("value")
    assert page.cssselect(".draft-state")[0].get("data-text") == "something else"
    given = fields("But soft!", later="", later_id=str(row.id), draft_version=version)
    await web.post(f"{TALK}/messages", given)
    await web.post(f"{TALK}/messages", given)
    (new,) = await waiting(romeo)
    assert (new.body, new.send_at) == ("But soft!", row.send_at)
    async with romeo.session.read() as db:
        assert (await store.draft_of(db, (await conversation(romeo)).id)).text == "something else"
    await come(romeo, timedelta(hours=2))
    assert "Send sends it now" in text_of(await web.get(f"/chats/{JULIET}?later={new.id}"))
    await web.post(f"{TALK}/messages", fields("Too late?", later="", later_id=str(new.id)))
    assert await verbs(romeo) == ["Too late?"]
    web.client.headers["hx-request"] = "true"
    again = fields("And now?", later="", later_id=str(new.id))
    refused = await web.post_page(f"{TALK}/messages", again, 422)
    assert refused.cssselect("textarea")[0].text.strip() == "And now?"
    assert "sent or deleted meanwhile" in text_of(refused)
    assert len(await verbs(romeo)) == 1


async def test_moved_and_deleted(romeo: Person, web: Browser) -> None:
    row = await wait(romeo)
    hour = (now() + timedelta(hours=5)).replace(second=0, microsecond=0)
    await web.post(f"/later/{row.id}", {"later": "at", "later_at": hour.strftime("%Y-%m-%dT%H:%M")})
    assert [one.send_at for one in await waiting(romeo)] == [hour]
    await web.post(f"/later/{row.id}", {"later": "at", "later_at": "2001-01-01T10:00"}, status=422)
    await web.post(f"/later/{row.id}/delete")
    assert await waiting(romeo) == []
    assert await come(romeo) == jobs.LOOK_AGAIN
    for deed in ("", "/send", "/delete"):
        await web.post(f"/later/{row.id}{deed}", {"later": "hour"}, status=404)


async def test_a_form_that_comes_twice(romeo: Person) -> None:
    """Waits once; filled in again after going back it is another message."""
    tomorrow = now() + timedelta(days=1)
    given = Words("But soft!", str(uuid4()))
    for one in (given, given, replace(given, text="Good night"), replace(given, text="Good night")):
        await commands.schedule(romeo.session, JULIET, one, tomorrow)
    assert sorted(row.body for row in await waiting(romeo)) == ["But soft!", "Good night"]
    await come(romeo)
    await commands.schedule(romeo.session, JULIET, given, tomorrow)
    assert await waiting(romeo) == []


async def test_what_cannot_wait(romeo: Person, web: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence each, and the text is kept: without scripts on a page of its own."""
    page = await web.post_page(f"{TALK}/later", fields(later="", spoiler="on", spoiler_hint="roses"), 200)
    assert page.cssselect("textarea")[0].text.strip() == "But soft!"
    assert page.cssselect("[name=spoiler_hint]")[0].get("value") == "roses"
    for given, word in (
        ({"later": "at", "later_at": "2001-01-01T10:00"}, "over already"),
        ({"later": "at", "later_at": "2999-01-01T10:00"}, "year ahead"),
        ({"later": "at", "later_at": "0001-01-01T00:00"}, "over already"),
        ({"later": "at"}, "which day"),
        ({"later": "2001-01-01T10:00:00Z"}, "over already"),
        ({"later": "tomorrow"}, "which day"),
        ({"text": "/nick romeo"}, "cannot wait"),
        ({"correct_id": "1"}, "cannot wait"),
    ):
        page = await web.post_page(f"{TALK}/later", fields() | given, 422)
        assert word in page.cssselect("#later-error")[0].text_content()
        assert page.cssselect("textarea")[0].text.strip() == given.get("text", "But soft!")
    monkeypatch.setattr(commands, "MOST", 1)
    answer = await web.post(f"{TALK}/later", fields())
    assert answer.headers["location"] == f"/later?in={JULIET}"
    page = await web.post_page(f"{TALK}/later", fields(), 422)
    assert "hundred messages" in text_of(page)


async def test_nobody_meddles_with_others(database: Database, romeo: Person) -> None:
    row = await wait(romeo)
    async with signed_in(database, JULIET, [contacts, messages]) as juliet:
        for deed in (
            commands.send_now(juliet.session, row.id),
            commands.delete(juliet.session, row.id),
            commands.move(juliet.session, row.id, now() + timedelta(hours=1)),
        ):
            with pytest.raises(NotFound):
                await deed
        mine = Words("Mine", str(uuid4()), instead_of=row.id)
        with pytest.raises(Invalid):
            await commands.schedule(juliet.session, ROMEO, mine, None)
        assert await waiting(juliet) == []
    assert len(await waiting(romeo)) == 1


async def test_the_session_lives_till_it_is_sent(romeo: Person) -> None:
    """A site that keeps sessions for a day sends on Monday what was written on Friday."""
    session = romeo.session
    assert session.outlives(3600) == 3600
    await wait(romeo)
    await jobs.tick(session)
    assert session.outlives(3600) > 7 * 24 * 3600
    assert session.outlives(0) == 0
    await come(romeo)
    assert session.outlives(3600) == 3600


def offered(moment: datetime) -> dict[str, str]:
    return {
        hour.label: hour.at.astimezone(PARIS).strftime("%a %d %H:%M %z")
        for hour in hours.choices(moment, PARIS)
    }


def test_hours_are_those_of_the_readers_clock() -> None:
    """Also over the night in which it is changed; what is over or named already is not offered."""
    friday = datetime(2026, 10, 23, 10, 0, tzinfo=UTC)
    assert offered(friday) == {
        "In an hour": "Fri 23 13:00 +0200",
        "This evening": "Fri 23 18:00 +0200",
        "Tomorrow": "Sat 24 09:00 +0200",
        "Monday": "Mon 26 09:00 +0100",
    }
    sunday = datetime(2026, 10, 25, 17, 30, tzinfo=UTC)
    assert offered(sunday) == {"In an hour": "Sun 25 19:30 +0100", "Tomorrow": "Mon 26 09:00 +0100"}
    monday = datetime(2026, 10, 26, 22, 59, tzinfo=UTC)
    assert offered(monday)["Next Monday"] == "Mon 02 09:00 +0100"
    for hour in hours.choices(friday, PARIS):
        assert hours.chosen(hour.value, "", friday, PARIS) == hour.at


@pytest.mark.parametrize(
    ("own", "meant"),
    [
        ("2026-03-29T01:59", "2026-03-29T00:59"),
        ("2026-03-29T02:30", "2026-03-29T01:30"),  # the clock goes from 2 to 3
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # and here from 3 to 2: the first time it shows this
        ("2026-07-14T09:00", "2026-07-14T07:00"),
    ],
)
def test_own_hours(own: str, meant: str) -> None:
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    assert hours.chosen("at", own, begin, PARIS) == datetime.fromisoformat(f"{meant}+00:00")
