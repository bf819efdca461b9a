"""What open pages of communities are told when posts come, change and go, and what owners take away."""

from datetime import timedelta

import pytest
from lxml import html

from tests.lab.inside import Browser
from tests.lab.people import JULIET, ROMEO, Person
from tests.nodes.service import HOME, PUBSUB, Service, entry
from webchat.db.base import now
from webchat.nodes import fragments
from webchat.posts import store
from webchat.posts.changes import PostChanged, TalkChanged
from webchat.posts.commands.removal import remove_now
from webchat.posts.store import Post
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial
from webchat.web.scope import Scope
from webchat.web.templates import aimed
from webchat.xmpp.entries import Entry, PostItem, PostReceived, PostsRetracted, Ref

CATS = f"/communities/{HOME}/cats"


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


async def hears(romeo: Person, item: str, title: str, by: str = JULIET, **more: object) -> None:
    """The service tells of a post."""
    moment = now()
    given = {"title": title, "published": moment, "updated": moment, **more}
    post = PostItem(item, by, Entry(**given), xml=f"<x>{title}</x>")  # type: ignore[arg-type]
    await romeo.session.handled(PostReceived(HOME, "cats", post))


async def told(romeo: Person, node: str = "cats") -> list[Partial]:
    """What a page of this community is sent now."""
    changes = [one for one in romeo.changes() if isinstance(one, PostChanged)]
    async with romeo.session.read() as db:
        page = Page(romeo.session, db, Scope("node", f"{HOME}/{node}"), "en")
        return [one for one in await fragments.post(page, changes) if isinstance(one, Partial)]


async def known(romeo: Person, item: str) -> Post:
    """The row of a post."""
    async with romeo.session.read() as db:
        found = await store.one(db, "montague.example", Ref(HOME, "cats", item))
    assert found is not None
    return found


@pytest.fixture
async def following(romeo: Person, web: Browser, service: Service) -> Service:
    """Romeo follows Juliet's community."""
    service.add("cats", owner=JULIET, title="Cats")
    await web.post(f"/nodes/{HOME}/cats/subscription", {})
    await web.get(CATS)
    romeo.changes()
    return service


async def test_a_new_post_waits_behind_a_pill(romeo: Person, following: Service) -> None:
    await hears(romeo, "one", "Meow")
    row, pill = await told(romeo)
    assert (row.target, row.swap) == (f"#{dom.post((await known(romeo, 'one')).id)}", "outerMorph")
    assert (pill.target, pill.swap) == (f"#{dom.node_pill}", "outerMorph")
    drawn = aimed(pill, "en")
    assert "Show new posts" in drawn
    assert f'href="{CATS}"' in drawn


async def test_ones_own_post_is_there_at_once(romeo: Person, following: Service) -> None:
    await hears(romeo, "one", "Miau", by=ROMEO)
    (row,) = await told(romeo)
    assert (row.target, row.swap) == (f"#{dom.node_posts}", "upsert key:data-key sort:desc")
    assert "Miau" in aimed(row, "en")


async def test_edits_and_retractions_are_drawn_in_their_place(romeo: Person, following: Service) -> None:
    past = now() - timedelta(hours=1)
    await hears(romeo, "one", "Meow", published=past, updated=past)
    assert [one.target for one in await told(romeo)] == [f"#{dom.post((await known(romeo, 'one')).id)}"]
    await hears(romeo, "one", "Meow!", published=past)
    (row,) = await told(romeo)
    assert "Meow!" in aimed(row, "en")
    await romeo.session.handled(PostsRetracted(HOME, "cats", ("one",)))
    (row,) = await told(romeo)
    assert (row.swap, row.template) == ("delete", "")


async def test_other_communities_are_not_told(romeo: Person, following: Service) -> None:
    await hears(romeo, "one", "Meow")
    assert await told(romeo, "dogs") == []


async def test_a_flood_is_one_pill(romeo: Person, following: Service) -> None:
    for number in range(60):
        await hears(romeo, f"i{number}", f"Meow {number}")
    parts = await told(romeo)
    assert len(parts) == fragments.MOST + 1
    assert parts[-1].target == f"#{dom.node_pill}"


async def test_hearts_redraw_the_card(romeo: Person, following: Service) -> None:
    await hears(romeo, "one", "Meow")
    id = (await known(romeo, "one")).id
    async with romeo.session.read() as db:
        page = Page(romeo.session, db, Scope("node", f"{HOME}/cats"), "en")
        (row,) = await fragments.talk(page, [TalkChanged(id), TalkChanged(999)])
    assert isinstance(row, Partial)
    assert row.target == f"#{dom.post(id)}"


# ---- what owners take away


async def test_owners_take_posts_of_others_away(romeo: Person, web: Browser, service: Service) -> None:
    node = service.add("cats", owner=ROMEO)
    node.items["one"] = entry("Spam")
    node.publishers["one"] = JULIET
    page = await web.get(CATS)
    (link,) = page.cssselect(".post-card .title a")
    page = await web.get(str(link.get("href")))
    (way,) = page.cssselect(f"a[href='{link.get('href')}/delete']")
    page = await web.get(str(way.get("href")))
    (form,) = page.cssselect("main form[action$='/delete']")
    await web.post(str(form.get("action")))
    assert not (await web.get(CATS)).cssselect(".post-card")
    await remove_now(romeo.session)
    kind, to, payload = service.asked[-1]
    assert (kind, to) == ("set", HOME)
    assert payload[0].tag == f"{{{PUBSUB}}}retract"
    node.items.clear()
    assert not (await web.get(CATS)).cssselect(".post-card")


async def test_nobody_else_does(web: Browser, service: Service) -> None:
    node = service.add("cats", owner=JULIET)
    node.items["one"] = entry("Meow")
    node.publishers["one"] = JULIET
    page = await web.get(CATS)
    (link,) = page.cssselect(".post-card .title a")
    page = await web.get(str(link.get("href")))
    assert not page.cssselect("a[href$='/delete']")
    await web.get(f"{link.get('href')}/delete", 403)
    await web.post(f"{link.get('href')}/delete", {}, 403)
