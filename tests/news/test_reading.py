"""News: whose posts they are, in which order, how many are new, and what never gets into them."""

from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html

from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, MERCUTIO, Person, signed_in
from tests.news.conftest import CATS, COMMUNITIES, SLICES, arrives, befriends, entry, known_to
from tests.posts.lists import Lists
from webchat.db.base import now
from webchat.db.engine import Database
from webchat.news import fragments, show, store
from webchat.news.show import reading
from webchat.posts.changes import NewsRead, PostChanged
from webchat.posts.commands import follows
from webchat.posts.store import Place
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping
from webchat.web.scope import Scope
from webchat.web.templates import partial
from webchat.xmpp.entries import MICROBLOG, MICROBLOG_PRESENCE, PostsRetracted

TYBALT = "tybalt@capulet.example"
BENVOLIO = "benvolio@montague.example"


def titles(page: html.HtmlElement) -> list[str]:
    """What the cards in the list are called, from the top."""
    return [one.text_content().strip() for one in page.xpath("//div[@class='reading-list']//article//h2")]


async def unread(person: Person) -> int:
    async with person.session.read() as db:
        return await reading.unread(db, person.session)


async def test_news_are_of_those_one_follows_of_contacts_and_own(romeo: Person, web: Browser) -> None:
    """And of nobody else, whoever brought their posts here."""
    await befriends(romeo, JULIET)
    await known_to(romeo, JULIET, MICROBLOG, [entry("of a contact", timedelta(hours=1), open=False)])
    await known_to(
        romeo, JULIET, MICROBLOG_PRESENCE, [entry("for followers", timedelta(hours=2), open=False)]
    )
    await known_to(romeo, romeo.session.jid, MICROBLOG, [entry("my own", timedelta(hours=3))])
    await known_to(romeo, TYBALT, MICROBLOG, [entry("of a stranger", timedelta(hours=4))])
    await known_to(romeo, COMMUNITIES, CATS, [entry("a cat", timedelta(hours=5))])
    assert titles(await web.get("/news")) == ["of a contact", "for followers", "my own"]
    await follows.follow(romeo.session, COMMUNITIES, CATS)
    assert titles(await web.get("/news")) == ["of a contact", "for followers", "my own", "a cat"]
    assert titles(await web.get("/news?tab=people")) == ["of a contact", "for followers", "my own"]
    assert titles(await web.get("/news?tab=communities")) == ["a cat"]


@pytest.mark.parametrize("access", ["roster", "whitelist", "authorize"])
async def test_a_blog_for_fewer_than_all_contacts(romeo: Person, web: Browser, access: str) -> None:
    """What another account of this server brought home is no news to a contact who may be left out."""
    await befriends(romeo, JULIET)
    await known_to(romeo, JULIET, MICROBLOG, [entry("for a few", open=False)], access=access)
    assert titles(await web.get("/news")) == []


@pytest.mark.parametrize("subscription", ["none", "from"])
async def test_contacts_whom_one_may_not_see(romeo: Person, web: Browser, subscription: str) -> None:
    """To be in the roster is not to be shown posts that are for those who see presence."""
    await befriends(romeo, JULIET, subscription=subscription)
    await known_to(romeo, JULIET, MICROBLOG, [entry("for her contacts", open=False)])
    assert titles(await web.get("/news")) == []


async def test_pending_and_broken_follows_are_no_source(romeo: Person, services: Lists, web: Browser) -> None:
    """Until its owner agrees, posts that others of this server read are not shown."""
    await known_to(romeo, COMMUNITIES, CATS, [entry("a cat", open=False)], access="authorize")
    services.states[COMMUNITIES, CATS] = "pending"
    await follows.follow(romeo.session, COMMUNITIES, CATS)
    assert titles(await web.get("/news")) == []


async def test_what_came_through_another_server_stays_there(
    romeo: Person, mercutio: Person, web: Browser, tmp_path: Path
) -> None:
    """Law 4, on every page: Mercutio's server shows him what it likes, and Romeo nothing of it."""
    await befriends(romeo, JULIET)
    await befriends(mercutio, JULIET)
    await known_to(mercutio, JULIET, MICROBLOG, [entry("forged", tags=["verona"])])
    await known_to(mercutio, COMMUNITIES, CATS, [entry("forged cat", tags=["verona"])])
    await follows.follow(romeo.session, COMMUNITIES, CATS)
    await follows.follow(romeo.session, JULIET, MICROBLOG)
    for path in (
        "/news",
        "/news?tab=people",
        "/news?tab=communities",
        "/explore",
        "/explore?tab=communities",
        "/explore/tags/verona",
        "/subscriptions",
    ):
        page = await web.get(path)
        assert "forged" not in page.text_content(), path
        assert "#verona" not in page.text_content() or path.endswith("verona"), path
    assert await unread(romeo) == 0
    async with browser(mercutio, tmp_path) as his:
        assert titles(await his.get("/news")) == ["forged"]


async def test_paging_brings_every_post_once(romeo: Person, web: Browser) -> None:
    """Also where many were published at the same moment, and while new ones arrive."""
    await befriends(romeo, JULIET)
    many = [entry(f"post {n:03}", timedelta(hours=n // 10)) for n in range(70)]
    await known_to(romeo, JULIET, MICROBLOG, many)
    page, found = await web.get("/news"), []
    while True:
        found += titles(page)
        await romeo.hears(arrives(f"meanwhile {len(found)}", JULIET))
        further = page.xpath("//a[@rel='next']/@href")
        if not further:
            break
        page = await web.get(further[0])
    assert len(found) == 70
    assert set(found) == {one.title for one in many}


@pytest.mark.parametrize("before", ["x", "1", "99999999999999999-1", "-1-1", "0-0", "1-" + "9" * 40])
async def test_a_place_that_is_none(web: Browser, before: str) -> None:
    """Whatever stands in the address is answered."""
    await web.get(f"/news?before={before}&tab=%22nonsense")
    await web.get(f"/explore?before={before}")


# ---- what is new


async def test_a_post_is_counted_once_until_one_looks(romeo: Person, web: Browser) -> None:
    """Told twice or edited it is one; looking at the news ends the counting, the tabs do not."""
    await befriends(romeo, JULIET)
    await web.get("/news")
    for _ in range(2):
        await romeo.hears(arrives("It is the east", JULIET))
    await romeo.hears(arrives("edited", JULIET, item="It is the east"))
    assert await unread(romeo) == 1
    await web.get("/news?tab=people")
    assert await unread(romeo) == 1
    romeo.changes()
    await web.get("/news")
    assert await unread(romeo) == 0
    assert NewsRead() in romeo.changes()
    await web.get("/news")
    assert NewsRead() not in romeo.changes()


async def test_own_and_old_posts_are_not_new(romeo: Person, web: Browser) -> None:
    """What one wrote oneself; what comes with the first look at somebody's blog."""
    await befriends(romeo, JULIET)
    await web.get("/news")
    await known_to(romeo, romeo.session.jid, MICROBLOG, [entry("my own")])
    await known_to(romeo, JULIET, MICROBLOG, [entry("of last year", timedelta(days=400))])
    assert await unread(romeo) == 0


async def test_the_line_below_what_is_new(romeo: Person, web: Browser) -> None:
    """It stands above the first post that was there before."""
    await befriends(romeo, JULIET)
    await known_to(romeo, JULIET, MICROBLOG, [entry("known", timedelta(days=3))])
    await web.get("/news")
    await romeo.hears(arrives("new", JULIET))
    page = await web.get("/news")
    assert titles(page) == ["new", "known"]
    line = page.xpath("//p[@class='until']")[0]
    assert line.getnext().xpath(".//h2")[0].text_content().strip() == "known"
    assert not (await web.get("/news")).xpath("//p[@class='until']")


# ---- live


async def drawn(person: Person, key: str, *changes: PostChanged) -> list[Partial | Ping]:
    async with person.session.read() as db:
        return list(await fragments.arrived(Page(person.session, db, Scope("news", key), "en"), changes))


def pill(parts: list[Partial | Ping]) -> str:
    found = next(part for part in parts if isinstance(part, Partial) and part.target == f"#{dom.news_pill}")
    return " ".join(
        html.fragment_fromstring(partial(found.template, "en", **found.values)).text_content().split()
    )


async def test_what_arrives_waits_behind_the_pill(romeo: Person) -> None:
    """It is counted by the tab one looks at, and no card comes by itself."""
    await befriends(romeo, JULIET)
    since = now()
    romeo.changes()
    await romeo.hears(arrives("first", JULIET), arrives("second", JULIET))
    changes = [change for change in romeo.changes() if isinstance(change, PostChanged)]
    parts = await drawn(romeo, fragments.scope_key("", since), *changes)
    assert pill(parts) == "2 new posts"
    assert all(part.swap == "outerMorph" for part in parts if isinstance(part, Partial))
    assert pill(await drawn(romeo, fragments.scope_key("communities", since), *changes)) == ""
    assert pill(await drawn(romeo, fragments.scope_key("", now()), *changes)) == ""


@pytest.mark.parametrize("key", ["", "-", "x-y", "-" + "9" * 30, "people-1", "-²"])
async def test_a_scope_that_is_none(romeo: Person, key: str) -> None:
    """The key of a stream is what somebody typed."""
    assert await drawn(romeo, key)


async def test_edits_and_retractions_happen_in_place(romeo: Person) -> None:
    """The card is drawn anew, or goes."""
    await befriends(romeo, JULIET)
    await romeo.hears(arrives("It is the east", JULIET))
    await romeo.hears(arrives("And Juliet is the sun", JULIET, item="It is the east"))
    change = next(one for one in romeo.changes() if isinstance(one, PostChanged))
    card = (await drawn(romeo, "-0", change))[1]
    assert isinstance(card, Partial)
    assert card.target == f"#{dom.post(change.id)}"
    assert "And Juliet is the sun" in partial(card.template, "en", **card.values)
    await romeo.hears(PostsRetracted(JULIET, MICROBLOG, ("It is the east",)))
    gone = (await drawn(romeo, "-0", change))[1]
    assert isinstance(gone, Partial)
    assert (gone.swap, gone.template) == ("delete", "")


async def test_a_stream_tells_nothing_that_is_not_for_its_reader(romeo: Person) -> None:
    """A stranger's post for followers, which another account of this server may read, is not drawn."""
    node = await known_to(romeo, TYBALT, MICROBLOG, [entry("secret", open=False)])
    async with romeo.session.read() as db:
        post = (await store.news(db, "montague.example", [node]))[0]
    parts = await drawn(romeo, "-0", PostChanged(TYBALT, MICROBLOG, post.id))
    assert [part.swap for part in parts if isinstance(part, Partial)] == ["outerMorph", "delete"]


# ---- beside, and where there is nothing


async def test_others_of_this_server_stand_beside(romeo: Person, web: Browser, database: Database) -> None:
    """Open posts of people who use this site from the same server, none twice."""
    async with signed_in(database, BENVOLIO, SLICES):
        await known_to(romeo, BENVOLIO, MICROBLOG, [entry("open"), entry("closed", open=False)])
        await known_to(romeo, TYBALT, MICROBLOG, [entry("of elsewhere")])
        page = await web.get("/news")
        assert titles(page) == []
        beside = page.xpath("//aside[contains(@class,'reading-aside')]//article//h2")
        assert [one.text_content().strip() for one in beside] == ["open"]
        await befriends(romeo, BENVOLIO)
        page = await web.get("/news")
        assert set(titles(page)) == {"open", "closed"}
        assert not page.xpath("//aside//article")


async def test_an_empty_page_is_an_invitation(romeo: Person, web: Browser) -> None:
    """Whom one could follow, and where there is more."""
    page = await web.get("/news")
    assert page.xpath("//section[@class='invitation']//a[contains(@href, '/explore')]")
    await befriends(romeo, JULIET, MERCUTIO)
    page = await web.get("/news")
    forms = page.xpath("//section[@class='invitation']//form/@action")
    assert len(forms) == 2
    assert all(action.startswith("/nodes/") for action in forms)
    await web.post(forms[0], {"back": "news"})
    page = await web.get("/news")
    assert len(page.xpath("//section[@class='invitation']//form")) == 1


def test_places_survive_addresses() -> None:
    """To the last microsecond."""
    place = Place(now(), 12)
    assert show.place_of(show.place_text(place)) == place
