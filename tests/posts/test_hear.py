"""What is said about a post is heard while a page shows it; nobody is subscribed longer than they want."""

import asyncio
from collections.abc import Callable

import pytest

from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.posts.service import Services, item
from tests.posts.test_pages import PATH, ROSE, TALK, VIA, rose
from webchat.errors import Offline, TimedOut, XmppError
from webchat.posts import commands, jobs, store
from webchat.posts.changes import TalkChanged
from webchat.posts.commands import hear as room
from webchat.posts.state import Hearing
from webchat.posts.store import listening
from webchat.session.pages import Pages
from webchat.xmpp.entries import MICROBLOG, PostReceived, Ref

PLACE = (TALK.service, TALK.node)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TICK", "LINGER", "ASK_AGAIN"):
        monkeypatch.setattr(room, name, 0.001)
    monkeypatch.setattr(jobs, "TICK", 0.001)


async def until(true: Callable[[], bool]) -> None:
    """Wait for that."""
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.001)


async def over(romeo: Person) -> None:
    """Nobody listens any more."""
    await until(lambda: not romeo.session[Hearing].tasks)


async def lent(romeo: Person) -> list[Ref]:
    """What is to be given back."""
    async with romeo.session.read() as db:
        return [node.ref for node in await listening.lent(db, romeo.session.account_id)]


async def says(romeo: Person, *words: str) -> None:
    """Wait until people say just this about the rose."""
    async with asyncio.timeout(5):
        while True:
            async with romeo.session.read() as db:
                post = await store.one(db, VIA, ROSE)
                assert post is not None
                if [one.title for one in (await store.talk(db, post)).comments] == [*words]:
                    return
            await asyncio.sleep(0.001)


def opened(romeo: Person) -> None:
    """A tab shows the rose."""
    romeo.session.pages.opened("post", PATH)
    room.hear(romeo.session)


async def test_an_open_page_hears_and_gives_back(romeo: Person, services: Services) -> None:
    """Subscribed as long as a tab shows it, a reload does not count; what came before that is asked for."""
    services.put(*PLACE, item("a", "Fie", publisher=MERCUTIO))
    await romeo.hears(rose())
    opened(romeo)
    opened(romeo)
    await until(lambda: PLACE in services.followed)
    assert services.followed == [PLACE]
    assert await lent(romeo) == [TALK]
    romeo.session.pages.closed("post", PATH)
    await says(romeo, "Fie")
    assert services.followed == [PLACE]
    romeo.session.pages.closed("post", PATH)
    await over(romeo)
    assert services.followed == []
    assert await lent(romeo) == []


@pytest.mark.parametrize("why", ["follows", "said", "own"])
async def test_who_is_subscribed_anyhow_stays_so(romeo: Person, services: Services, why: str) -> None:
    """Another program of the account follows, or the account has said something there, or it is its post."""
    services.items[PLACE] = {}
    own = item("rose", "A rose", publisher=ROMEO, comments=TALK)
    await romeo.hears(PostReceived(ROMEO, MICROBLOG, own) if why == "own" else rose())
    path = PATH.replace(JULIET, ROMEO) if why == "own" else PATH
    if why == "follows":
        services.followed.append(PLACE)
    if why == "said":
        await romeo.hears(PostReceived(*PLACE, item("a", "Fie", publisher=ROMEO)))
    romeo.session.pages.opened("post", path)
    room.hear(romeo.session)
    await until(lambda: PLACE in services.followed)
    romeo.session.pages.closed("post", path)
    await over(romeo)
    assert services.followed
    assert await lent(romeo) == []


async def test_who_says_something_meanwhile_goes_on_hearing(romeo: Person, services: Services) -> None:
    """A lent subscription becomes one for good."""
    services.items[PLACE] = {}
    await romeo.hears(rose())
    opened(romeo)
    await until(lambda: PLACE in services.followed)
    async with romeo.session.read() as db:
        post = await store.one(db, VIA, ROSE)
    assert post is not None
    await commands.comment(romeo.session, post, "By any other name")
    await until(lambda: services.followed == [PLACE, PLACE])
    async with romeo.session[Hearing].lock:
        pass
    romeo.session.pages.closed("post", PATH)
    await over(romeo)
    assert services.followed
    assert await lent(romeo) == []


async def test_where_nobody_may_subscribe_it_is_asked_now_and_then(
    romeo: Person, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is new arrives, what was taken back goes."""

    async def mute(*_: object, **__: object) -> tuple[Ref, ...]:
        raise XmppError("feature-not-implemented")

    monkeypatch.setattr("webchat.xmpp.pubsub.following.subscriptions", mute)
    services.put(*PLACE, item("a", "Fie", publisher=MERCUTIO))
    await romeo.hears(rose())
    opened(romeo)
    await until(lambda: any(isinstance(each, TalkChanged) for each in romeo.changes()))
    del services.items[PLACE]["a"]
    services.put(*PLACE, item("b", "Peace", publisher=MERCUTIO))
    await says(romeo, "Peace")
    assert services.followed == []
    romeo.session.pages.closed("post", PATH)
    await over(romeo)


async def test_what_a_restart_left_is_given_back(romeo: Person, services: Services) -> None:
    """At the next login, unless a page shows it again; a broken line keeps the row."""
    services.put(*PLACE)
    await romeo.hears(rose())
    opened(romeo)
    await until(lambda: PLACE in services.followed)
    romeo.session[Hearing].tasks[PATH].cancel()
    romeo.session.pages.closed("post", PATH)
    await over(romeo)
    assert await lent(romeo) == [TALK]
    with pytest.MonkeyPatch.context() as patch:

        async def gone(*_: object, **__: object) -> None:
            raise Offline

        patch.setattr("webchat.xmpp.pubsub.following.unsubscribe", gone)
        await room.give_back_all(romeo.session)
    assert await lent(romeo) == [TALK]
    await room.give_back_all(romeo.session)
    assert services.followed == []
    assert await lent(romeo) == []


@pytest.mark.parametrize("error", [TimedOut, Offline, asyncio.CancelledError])
async def test_what_a_slow_service_took_after_all_is_given_back(
    romeo: Person, services: Services, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    """It subscribed us and its answer never came: the row stays, and at the latest the next login ends it."""
    take = services.subscribe

    async def slow(*given: str) -> str:
        await take(*given)
        raise error

    monkeypatch.setattr("webchat.xmpp.pubsub.following.subscribe", slow)
    services.put(*PLACE)
    await romeo.hears(rose())
    opened(romeo)
    await until(lambda: PLACE in services.followed)
    romeo.session.pages.closed("post", PATH)
    await over(romeo)
    await room.give_back_all(romeo.session)
    assert services.followed == []
    assert await lent(romeo) == []


async def test_a_service_that_says_no_leaves_nothing_to_give_back(
    romeo: Person, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def refuse(*_: object) -> str:
        asked.append("")
        raise XmppError("forbidden")

    monkeypatch.setattr("webchat.xmpp.pubsub.following.subscribe", refuse)
    services.put(*PLACE)
    await romeo.hears(rose())
    opened(romeo)
    await until(lambda: bool(asked))
    romeo.session.pages.closed("post", PATH)
    await over(romeo)
    assert await lent(romeo) == []


async def test_many_pages_are_bounded(romeo: Person) -> None:
    """Whoever opens more is told of the first ones; what is no page of a post is no reason to ask anybody."""
    for number in range(room.MOST + 3):
        romeo.session.pages.opened("post", f"/posts/nowhere/{number}/x")
    room.hear(romeo.session)
    assert len(romeo.session[Hearing].tasks) == room.MOST
    await over(romeo)


async def test_the_job_hears_a_page_come(romeo: Person, services: Services) -> None:
    """A tab rings, and nobody waits for the clock."""
    services.items[PLACE] = {}
    await romeo.hears(rose())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "TICK", 60.0)
        job = asyncio.create_task(jobs.listen(romeo.session))
        await asyncio.sleep(0)
        romeo.session.pages.opened("post", PATH)
        await until(lambda: PLACE in services.followed)
        job.cancel()


def test_pages_are_counted() -> None:
    """Two tabs of one page are one page, until both have gone."""
    pages = Pages()
    bell = pages.bell
    pages.opened("post", "a")
    assert bell.is_set()
    pages.opened("post", "a")
    pages.opened("news", "b")
    assert pages.keys("post") == ["a"]
    pages.closed("post", "a")
    assert pages.shown("post", "a")
    pages.closed("post", "a")
    assert not pages.shown("post", "a")
