"""Going to a day: what is here, what only the archive holds, and no hole that nobody sees."""

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

import pytest

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import bodies, conversation, lines
from tests.messages.server import BEGINNING, Kept, Server
from tests.messages.test_live import hears
from webchat.errors import Offline
from webchat.messages import commands, jobs, store
from webchat.messages.commands import days
from webchat.xmpp import dates
from webchat.xmpp import namespaces as ns

DAY = 24 * 3600


class Diary(Server):
    """A server that also knows "from this moment on" (XEP-0313 §4.1.2); a message an hour."""

    start: datetime | None = None

    async def request(self, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Element:
        form = {field.get("var"): field[0].text for field in payload.iter(f"{{{ns.DATA_FORM}}}field")}
        self.start = dates.parse(form.get("start") or "")
        return await super().request(kind, payload, to, timeout)

    def stretch(self, with_jid: str, limits: dict[str, str]) -> tuple[list[Kept], bool]:
        everything = self.kept
        if self.start is not None:
            self.kept = [kept for kept in everything if kept.stamp >= self.start]
        try:
            return super().stretch(with_jid, limits)
        finally:
            self.kept = everything


@pytest.fixture
def diary(romeo: Person) -> Diary:
    """Forty days with Juliet, of which the first fill brings the last eight."""
    made = Diary(romeo, seconds=3600)
    for n in range(40 * 24):
        made.said(JULIET, f"hour {n}", id=f"an id of hour {n}")
    return made


def written(days_later: int) -> str:
    """A day as a date field writes it."""
    return (BEGINNING + timedelta(days=days_later)).date().isoformat()


async def first_of(romeo: Person, day: str) -> str:
    """The message to which a day leads."""
    id = await days.find_day(romeo.session, await conversation(romeo), day, UTC)
    async with romeo.session.read() as db:
        return await store.body(db, romeo.session.account_id, id) or ""


async def test_a_day_that_is_here_needs_no_archive(romeo: Person, diary: Diary) -> None:
    await jobs.catch_up(romeo.session)
    asked = len(diary.asked)
    assert await first_of(romeo, written(38)) == "hour 899"
    assert len(diary.asked) == asked


async def test_a_day_before_all_comes_from_the_archive_with_a_gap(romeo: Person, diary: Diary) -> None:
    await jobs.catch_up(romeo.session)
    here = len(await lines(romeo))
    assert here == jobs.PAGE * jobs.FIRST_FILL
    assert await first_of(romeo, written(10)) == "hour 227"
    said = await bodies(romeo)
    assert said[: jobs.PAGE] == [f"hour {n}" for n in range(227, 227 + jobs.PAGE)]
    assert len(said) == here + jobs.PAGE
    found = await conversation(romeo)
    async with romeo.session.read() as db:
        (gap,) = await store.gaps_after(db, romeo.session.account_id, found.id, 0)
    assert gap.position == (await lines(romeo))[jobs.PAGE - 1].position
    # Within the hole the archive is asked again, and what comes stands between.
    assert await first_of(romeo, written(20)) == "hour 467"
    assert await bodies(romeo) == sorted(await bodies(romeo), key=lambda body: int(body.split()[1]))
    await commands.fill_gap(romeo.session, JULIET, gap.id)
    numbers = [int(body.split()[1]) for body in await bodies(romeo)]
    assert numbers == sorted(set(numbers))


async def test_a_page_that_meets_what_is_here_leaves_no_gap(romeo: Person, diary: Diary) -> None:
    await jobs.catch_up(romeo.session)
    assert await first_of(romeo, written(30)) == "hour 707"
    found = await conversation(romeo)
    async with romeo.session.read() as db:
        assert await store.gaps_after(db, romeo.session.account_id, found.id, 0) == []
    assert len(set(await bodies(romeo))) == len(await bodies(romeo)) == 40 * 24 - 707


async def test_what_was_fetched_is_not_unread(romeo: Person, diary: Diary) -> None:
    await jobs.catch_up(romeo.session)
    before = (await conversation(romeo)).unread
    await first_of(romeo, written(3))
    assert (await conversation(romeo)).unread == before


async def test_without_the_archive_what_is_here_is_shown(romeo: Person, diary: Diary) -> None:
    await jobs.catch_up(romeo.session)
    diary.broken = [Offline()]
    assert await first_of(romeo, written(3)) == f"hour {40 * 24 - jobs.PAGE * jobs.FIRST_FILL}"


async def test_the_address_of_a_day(romeo: Person, diary: Diary, web: Browser) -> None:
    await jobs.catch_up(romeo.session)
    answer = await web.client.get(f"/chats/{JULIET}?date={written(38)}")
    assert answer.status_code == 303
    page = await web.get(answer.headers["location"])
    (timeline,) = page.cssselect(".timeline")
    row = page.cssselect(f"#{timeline.get('data-at')}")[0]
    assert row.cssselect(".body")[0].text_content().strip() == "hour 899"
    assert row.cssselect(".day")
    assert [form.get("action") for form in page.cssselect(".ways form")] == [f"/chats/{JULIET}"]


@pytest.mark.parametrize("day", ["2999-01-01", "soon", "2025-02-31", "0000-00-00", "9999-12-31", "1-1-1"])
async def test_a_day_after_all_and_no_day_lead_to_the_newest(romeo: Person, web: Browser, day: str) -> None:
    await romeo.session.handled(hears("Ay me!"))
    answer = await web.client.get(f"/chats/{JULIET}?date={day}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/chats/{JULIET}")


async def test_days_begin_where_the_reader_is(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(hears("late", stamp=datetime(2025, 3, 1, 23, 30, tzinfo=UTC)))
    await romeo.session.handled(hears("early", stamp=datetime(2025, 3, 2, 5, tzinfo=UTC)))
    ids = {line.body: line.id for line in await lines(romeo)}
    for zone, body in (("UTC", "early"), ("Europe/Rome", "late")):
        web.client.cookies.set("tz", zone)
        answer = await web.client.get(f"/chats/{JULIET}?date=2025-03-02")
        assert answer.headers["location"] == f"/chats/{JULIET}?at={ids[body]}"


async def test_where_nothing_was_said(romeo: Person, web: Browser) -> None:
    answer = await web.client.get(f"/chats/{MERCUTIO}?date=2025-03-02")
    assert answer.headers["location"] == f"/chats/{MERCUTIO}"
