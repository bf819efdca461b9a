"""Reminders of messages; and what becomes of all that waits when somebody leaves."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.lab.databases import KINDS
from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, Person
from tests.messages.speaking import says
from tests.messages.test_later import text_of, told, wait
from webchat.account.show import exports
from webchat.attention import fragments
from webchat.db.base import now
from webchat.db.engine import Database
from webchat.messages import store
from webchat.messages.commands import later as commands
from webchat.messages.jobs import later as jobs
from webchat.messages.models import Message
from webchat.messages.models.later import Reminder
from webchat.messages.store import later
from webchat.notifications.changes import NotificationsChanged, Reminded
from webchat.session import farewell
from webchat.web import time
from webchat.web.page import Page
from webchat.web.partial import Ping
from webchat.web.scope import Scope

DATABASES = KINDS[:1]


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


async def come(romeo: Person) -> None:
    """The hour of every reminder."""
    async with romeo.session.work() as work:
        await work.db.execute(update(Reminder).values(remind_at=now() - timedelta(seconds=1)))
    await jobs.tick(romeo.session)


async def test_what_is_answered_names_the_hour(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("Bring the ladder", "m1"))
    web.client.headers.update({"hx-request": "true", "accept-language": "en-GB"})
    answer = await web.post("/messages/1/remind", {"later": "hour"}, status=200)
    async with romeo.session.read() as db:
        at = await db.scalar(select(Reminder.remind_at))
    assert at is not None
    words = f"{time.day(at, 'en_GB', UTC)}, {time.clock(at, 'en_GB', UTC)}"
    assert f"You will be reminded: {words}" in answer.text


async def test_told_at_its_hour_and_once(romeo: Person, web: Browser) -> None:
    """Under the bell and by a notice, both leading to the message itself."""
    await romeo.session.handled(says("Bring the ladder", "m1"))
    menu = await web.get("/messages/1/menu")
    assert menu.cssselect("a[href='/messages/1#remind']")
    assert (await web.get("/messages/1")).cssselect("#remind [name=later]")
    await web.post("/messages/1/remind", {"later": "hour"})
    assert "You will be reminded" in text_of(await web.get("/messages/1"))
    assert "Bring the ladder" in text_of(await web.get("/later"))
    assert await jobs.tick(romeo.session) <= 3600
    romeo.changes()
    await come(romeo)
    changes = romeo.changes()
    assert NotificationsChanged() in changes
    assert Reminded(JULIET, 1) in changes
    link = (await web.get("/notifications")).cssselect(".notifications a")[0]
    assert link.get("href") == f"/chats/{JULIET}?at=1"
    async with romeo.session.read() as db:
        page = Page(romeo.session, db, Scope("chats"), "en")
        (ping,) = await fragments.reminded(page, [Reminded(JULIET, 1)])
    assert isinstance(ping, Ping)
    notice = json.loads(ping.data)
    assert (notice["path"], notice["text"]) == (f"/chats/{JULIET}?at=1", "Bring the ladder")
    assert notice["tag"] != f"chat:{JULIET}"
    await jobs.tick(romeo.session)
    assert await told(romeo) == ["reminder"]


async def test_cancelled_moved_and_limited(
    romeo: Person, web: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        await romeo.session.handled(says(f"No. {number}", f"m{number}"))
    monkeypatch.setattr(commands, "MOST", 1)
    for hour in ("hour", (now() + timedelta(days=3)).isoformat()):
        await web.post("/messages/1/remind", {"later": hour})
    await web.post("/messages/2/remind", {"later": "hour"}, status=422)
    await web.post("/messages/1/remind", {"later": "at", "later_at": "2001-01-01T10:00"}, status=422)
    await web.post("/messages/9/remind", {"later": "hour"}, status=404)
    answer = await web.post("/messages/1/remind/delete")
    assert answer.headers["location"] == "/later"
    await come(romeo)
    assert await told(romeo) == []


async def test_a_message_one_will_be_reminded_of_stays(romeo: Person, database: Database) -> None:
    """Also where the site forgets what is old."""
    for number in (1, 2, 3):
        await romeo.session.handled(says(f"No. {number}", f"m{number}", stanza_id=f"s{number}"))
    await commands.remind(romeo.session, 1, now() + timedelta(days=9))
    async with database.write() as db:
        await db.execute(update(Message).values(stamp=now() - timedelta(days=99)))
        step = await store.forget_before(db, 1, now(), arrived=now() + timedelta(days=1))
    assert step.forgotten == 1
    async with romeo.session.read() as db:
        assert [row.body for row in await later.reminders(db, romeo.session.account_id)] == ["No. 1"]


async def test_it_is_taken_along_and_erased(romeo: Person, web: Browser, database: Database) -> None:
    """The files of an export have it; who leaves sees the number, and nothing of it stays."""
    await romeo.session.handled(says("Wherefore?", "m1"))
    await wait(romeo, "Parting is such <sweet> sorrow")
    await commands.remind(romeo.session, 1, now() + timedelta(days=9))
    session = romeo.session
    whole = {
        kind: "".join([piece async for piece in exports.KINDS[kind][1](database, session, "en")])
        for kind in ("messages.json", "messages.html")
    }
    rows = json.loads(whole["messages.json"])
    assert [row["body"] for row in rows if "send_at" in row] == ["Parting is such <sweet> sorrow"]
    assert "Parting is such &lt;sweet&gt; sorrow" in whole["messages.html"]
    page = text_of(await web.get("/configuration/account"))
    assert "Messages to be sent later 1 Reminders 1" in page
    async with database.write() as db:
        await farewell.erase(db, session.account_id)
        assert await later.total(db, session.account_id) == 0
        assert await later.reminders_total(db, session.account_id) == 0


async def test_logging_out_says_what_will_not_be_sent(romeo: Person, web: Browser) -> None:
    """Before the last login ends, one question; without anything that waits there is none."""
    answer = await web.client.get("/logout")
    assert answer.headers["location"] == "/configuration/account"
    await wait(romeo)
    for path, fields, asks in (
        ("/logout", {}, "/logout"),
        ("/configuration/account", {"everywhere": "1"}, "/logout?everywhere=1"),
        ("/configuration/account", {"end": "login"}, "/logout"),
    ):
        answer = await web.post(path, fields)
        assert answer.headers["location"] == asks
        page = await web.get(asks)
        assert "1 message waits to be sent later." in text_of(page)
        assert page.cssselect("#main form [name=sure]")
