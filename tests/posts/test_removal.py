"""What is deleted goes a few seconds later, and till then it can be undone."""

import asyncio
from datetime import timedelta

import pytest

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.posts.service import Services, item
from tests.posts.test_pages import PATH, TALK, rose, row, text
from webchat.db.base import now
from webchat.errors import Offline, XmppError
from webchat.posts import fragments, jobs, show
from webchat.posts.changes import PostChanged, RemovalFailed, TalkChanged
from webchat.posts.commands import removal
from webchat.posts.state import Removing
from webchat.web.page import Page
from webchat.web.partial import Partial
from webchat.web.scope import Scope
from webchat.xmpp.entries import MICROBLOG, PostReceived, PostsRetracted, Ref

MINE = Ref(ROMEO, MICROBLOG, "mine")
HERE = show.path_of(MINE)
SAID = Ref(TALK.service, TALK.node, "said")


async def wrote(romeo: Person, services: Services) -> None:
    """A post and a comment of Romeo's."""
    mine, said = item("mine", "Mine", publisher=ROMEO), item("said", "Fie", publisher=ROMEO)
    services.put(ROMEO, MICROBLOG, mine)
    services.put(TALK.service, TALK.node, said)
    await romeo.hears(
        rose(), PostReceived(ROMEO, MICROBLOG, mine), PostReceived(TALK.service, TALK.node, said)
    )
    romeo.changes()


async def test_a_post_can_be_kept(romeo: Person, tab: Browser, services: Services) -> None:
    """A page says how long; every list has it no more, and after the undo as if nothing had been."""
    await wrote(romeo, services)
    answer = await tab.post(f"{HERE}/delete")
    assert answer.headers["location"] == f"{HERE}/delete"
    page = await tab.get(f"{HERE}/delete")
    assert text(page, ".going span") == ["Deleted in 5 seconds."]
    assert (await tab.client.get(HERE)).headers["location"] == f"{HERE}/delete"
    assert (await tab.client.get(f"{HERE}/delete")).headers["refresh"] == "7; url=/news"
    async with romeo.session.read() as db:
        post = await row(romeo, MINE)
        assert post is not None
        assert await show.cards(db, romeo.session, [post]) == []
        page_ = Page(romeo.session, db, Scope("post", HERE), "en")
        drawn = await fragments.post(page_, [PostChanged(ROMEO, MICROBLOG, post.id)])
    assert [part.template for part in drawn if isinstance(part, Partial)] == ["posts/_going.html"]
    assert "mine" in services.items[ROMEO, MICROBLOG]
    answer = await tab.post(page.cssselect(".going")[0].get("action"))
    assert answer.headers["location"] == HERE
    assert await removal.remove_due(romeo.session) is None
    assert text(await tab.get(HERE), "h1.title") == ["Mine"]
    assert "mine" in services.items[ROMEO, MICROBLOG]


async def test_a_post_goes_in_time(
    romeo: Person, tab: Browser, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself, without any page, and after a restart too; then it is too late."""
    await wrote(romeo, services)
    await tab.post(f"{HERE}/delete")
    romeo.session[Removing].due.clear()
    monkeypatch.setattr(removal, "now", lambda: now() + timedelta(seconds=6))
    job = asyncio.create_task(jobs.remove_in_time(romeo.session))
    async with asyncio.timeout(5):
        while services.items[ROMEO, MICROBLOG]:
            await asyncio.sleep(0.001)
    async with asyncio.timeout(5):
        while await row(romeo, MINE) is not None:
            await asyncio.sleep(0.001)
    job.cancel()
    await tab.post(f"{HERE}/delete/undo", status=404)


async def test_a_comment_can_be_kept(romeo: Person, tab: Browser, services: Services) -> None:
    """It says so in its place, with a button, by a plain form too."""
    await wrote(romeo, services)
    page = await tab.get(PATH)
    answer = await tab.post(page.cssselect(".comments form")[0].get("action"))
    assert answer.headers["location"] == f"{PATH}#comments"
    assert TalkChanged in {type(change) for change in romeo.changes()}
    page = await tab.get(PATH)
    assert text(page, ".comments .going span") == ["Deleted in 5 seconds."]
    assert not page.cssselect(".comments .body")
    await tab.post(page.cssselect(".comments form")[0].get("action"))
    assert text(await tab.get(PATH), ".comments .body") == ["Fie"]
    await tab.post(f"{show.path_of(SAID)}/delete")
    await removal.remove_now(romeo.session)
    assert services.items[TALK.service, TALK.node] == {}
    assert await row(romeo, SAID) is None


async def test_whoever_logs_out_has_deleted_it(romeo: Person, tab: Browser, services: Services) -> None:
    """The login ends, and its server is told before that."""
    await wrote(romeo, services)
    await tab.post(f"{HERE}/delete")
    await romeo.session.stop(resumable=False)
    assert services.items[ROMEO, MICROBLOG] == {}


@pytest.mark.parametrize("error", [Offline(), XmppError("forbidden")])
async def test_what_cannot_go_is_tried_again_or_stays(
    romeo: Person, tab: Browser, services: Services, monkeypatch: pytest.MonkeyPatch, error: XmppError
) -> None:
    """No connection: later. Refused: it is shown again, and a sentence says so."""

    async def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("webchat.xmpp.pubsub.posts.retract", refuse)
    await wrote(romeo, services)
    await tab.post(f"{HERE}/delete")
    romeo.changes()
    await removal.remove_now(romeo.session)
    post = await row(romeo, MINE)
    assert post is not None
    told = {type(change) for change in romeo.changes()}
    if isinstance(error, Offline):
        assert post.id in romeo.session[Removing].due
        assert not told
    else:
        assert told == {PostChanged, RemovalFailed}
        assert text(await tab.get(HERE), "h1.title") == ["Mine"]


async def test_an_undo_in_the_last_moment_is_one(romeo: Person, tab: Browser, services: Services) -> None:
    """Who is told that it stays keeps it, although its hour comes while that is written down."""
    await wrote(romeo, services)
    await tab.post(f"{HERE}/delete")
    post = await row(romeo, MINE)
    assert post is not None
    async with romeo.session.work():
        undone = asyncio.create_task(removal.undo(romeo.session, post))
        await asyncio.sleep(0)
        going = asyncio.create_task(removal.remove_now(romeo.session))
        await asyncio.sleep(0)
    assert await undone
    await going
    assert "mine" in services.items[ROMEO, MICROBLOG]
    assert not romeo.session[Removing].hides(post.id)


async def test_what_went_elsewhere_takes_nothing_else_along(
    romeo: Person, tab: Browser, services: Services
) -> None:
    """Another program of the account was faster, and the number of its row is that of a new comment."""
    own = item("rose", "A rose", publisher=ROMEO, comments=TALK)
    said = item("said", "Fie", publisher=ROMEO)
    services.put(TALK.service, TALK.node, said)
    await romeo.hears(PostReceived(ROMEO, MICROBLOG, own), PostReceived(TALK.service, TALK.node, said))
    before = await row(romeo, SAID)
    assert before is not None
    await tab.post(f"{show.path_of(SAID)}/delete")
    his = item("his", "Peace", publisher=MERCUTIO)
    services.items[TALK.service, TALK.node] = {"his": his}
    await romeo.hears(
        PostsRetracted(TALK.service, TALK.node, ("said",)), PostReceived(TALK.service, TALK.node, his)
    )
    after = await row(romeo, Ref(TALK.service, TALK.node, "his"))
    assert after is not None
    if after.id == before.id:
        assert not romeo.session[Removing].hides(after.id)
    await removal.remove_now(romeo.session)
    assert "his" in services.items[TALK.service, TALK.node]


async def test_nobody_deletes_what_others_said(romeo: Person, tab: Browser, services: Services) -> None:
    """Neither now nor in five seconds, and the undo of somebody else's is none."""
    await wrote(romeo, services)
    await romeo.hears(PostReceived(TALK.service, TALK.node, item("his", "No", publisher=MERCUTIO)))
    path = show.path_of(Ref(TALK.service, TALK.node, "his"))
    await tab.post(f"{path}/delete", status=403)
    await tab.post(f"{show.path_of(Ref(JULIET, MICROBLOG, 'rose'))}/delete", status=403)
    await tab.post(f"{path}/delete/undo")
    assert not romeo.session[Removing].due
