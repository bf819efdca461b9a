"""The page of what happened about one's things: grouped, counted until seen, live, and only one's own."""

from datetime import UTC, datetime, timedelta

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, Person
from webchat.attention.commands import see_notifications
from webchat.attention.show.told import notifications_page
from webchat.notifications import store
from webchat.notifications.changes import NotificationsChanged, NotificationsSeen
from webchat.session import store as accounts
from webchat.xmpp.events import RosterItem, RosterReceived, SubscriptionRequested

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
POST = "/posts/romeo@montague.example/blog/a"


async def told(romeo: Person, kind: store.Kind, actor: str, *, about: str = "a", minutes: int = 0) -> bool:
    at = NOW + timedelta(minutes=minutes)
    async with romeo.session.work() as work:
        new = await store.add(
            work.db, work.account_id, kind, about, actor, at, path=POST, title="A walk", text="Nice <b>place"
        )
        work.changed(NotificationsChanged())
    return new


async def unseen(romeo: Person) -> int:
    async with romeo.session.read() as db:
        return await store.unseen_total(db, romeo.session.account_id)


async def test_the_same_thing_done_by_several_is_one_line(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "Juliet", "both"),)))
    await told(romeo, "like", MERCUTIO)
    await told(romeo, "like", JULIET, minutes=1)
    await told(romeo, "comment", JULIET, minutes=2)
    page = await web.get("/notifications")
    lines = [" ".join(row.text_content().split()) for row in page.cssselect(".notifications > li")]
    assert "Juliet commented on A walk" in lines[0]
    assert "Nice <b>place" in lines[0]
    assert f"Juliet and {MERCUTIO} like A walk" in lines[1]
    assert page.cssselect(f'.notifications a[href$="{POST}"]')


async def test_what_was_on_the_page_is_seen(romeo: Person, web: Browser) -> None:
    await told(romeo, "comment", JULIET)
    await told(romeo, "comment", JULIET, about="b", minutes=1)
    assert await unseen(romeo) == 2
    assert len((await web.get("/notifications")).cssselect("li.fresh")) == 2
    assert await unseen(romeo) == 0
    assert not (await web.get("/notifications")).cssselect("li.fresh")
    assert await told(romeo, "comment", MERCUTIO, minutes=5)
    assert not await told(romeo, "comment", MERCUTIO, minutes=6)
    assert await unseen(romeo) == 1


async def test_what_is_new_stays_marked_on_the_page_that_shows_it(romeo: Person, web: Browser) -> None:
    """Looking at it changes numbers alone; what comes while one looks stays new."""
    await told(romeo, "comment", JULIET)
    await told(romeo, "comment", JULIET, about="b", minutes=1)
    romeo.changes()
    await web.get("/notifications")
    assert romeo.changes() == [NotificationsSeen()]
    await told(romeo, "comment", MERCUTIO, about="c", minutes=2)
    async with romeo.session.read() as db:
        values = await notifications_page(db, romeo.session, None, "en")
    assert await told(romeo, "comment", MERCUTIO, minutes=3)
    assert await told(romeo, "like", MERCUTIO, about="d", minutes=-9)
    await see_notifications(romeo.session, values["until"])
    assert await unseen(romeo) == 2


async def test_a_like_told_again_is_no_news_and_can_be_taken_back(romeo: Person) -> None:
    assert await told(romeo, "like", JULIET)
    assert not await told(romeo, "like", JULIET, minutes=1)
    assert await told(romeo, "like", MERCUTIO, minutes=2)
    async with romeo.session.work() as work:
        assert await store.take_back(work.db, work.account_id, "like", "a", MERCUTIO)
        assert not await store.take_back(work.db, work.account_id, "like", "a", MERCUTIO)
        assert [row.actors for row in await store.newest(work.db, work.account_id)] == [(JULIET,)]
        assert await store.take_back(work.db, work.account_id, "like", "a", JULIET)
        assert await store.newest(work.db, work.account_id) == []


async def test_pages_follow_each_other_without_doubles(romeo: Person, web: Browser) -> None:
    for number in range(35):
        await told(romeo, "comment", JULIET, about=str(number), minutes=number // 2)
    first = await web.get("/notifications")
    assert len(first.cssselect(".notifications > li")) == 30
    (older,) = (link.get("href") for link in first.cssselect("a.button") if "before=" in link.get("href"))
    assert len((await web.get(older)).cssselect(".notifications > li")) == 5
    for nonsense in ("x", "9-9-9", "99999999999999999-1", "-"):
        assert (
            len((await web.get(f"/notifications?before={nonsense}")).cssselect(".notifications > li")) == 30
        )


async def test_they_are_bounded_and_belong_to_one_account(romeo: Person, web: Browser) -> None:
    async with romeo.session.work() as work:
        other = (await accounts.ensure_account(work.db, JULIET, "webchat", "SCRAM-SHA-256")).id
        await store.add(work.db, other, "like", "a", MERCUTIO, NOW, path=POST, title="Hers")
        for number in range(store.MOST_ACTORS + 20):
            await store.add(work.db, work.account_id, "like", "a", f"p{number}@x.example", NOW, path=POST)
        (row,) = await store.newest(work.db, work.account_id)
    assert len(row.actors) == store.MOST_ACTORS
    page = await web.get("/notifications")
    assert "Hers" not in page.text_content()
    assert "and 99 others like" in " ".join(page.text_content().split())


async def test_requests_stand_there_too(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(SubscriptionRequested(JULIET))
    page = await web.get("/notifications")
    assert [link.text_content() for link in page.cssselect(".requests p > a")] == [JULIET]
    assert "Nothing yet" in page.text_content()
