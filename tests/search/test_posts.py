"""Posts, communities and people of this site in the one box: what each reader may see of them (law 4)."""

from datetime import UTC, datetime, timedelta

from lxml import html
from sqlalchemy import func, select

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from webchat.db.engine import Database
from webchat.posts import store as posts
from webchat.posts.models import PostWords
from webchat.posts.store import follows
from webchat.posts.store.public import set_public
from webchat.search import store
from webchat.xmpp.entries import MICROBLOG, Entry, PostItem
from webchat.xmpp.events import BlocklistReceived

BENVOLIO = "benvolio@montague.example"
START = datetime(2025, 3, 1, 12, tzinfo=UTC)
HOME = "montague.example"
PUBSUB = f"pubsub.{HOME}"


def texts(page: html.HtmlElement, what: str) -> list[str]:
    """What the results say."""
    return [" ".join(one.text_content().split()) for one in page.cssselect(what)]


async def write(
    database: Database,
    item: str,
    title: str,
    text: str = "",
    *,
    via: str = HOME,
    at: str = JULIET,
    **more: object,
) -> int:
    """A post that came through a server; `web` makes it open."""
    node = str(more.pop("node", MICROBLOG))
    hours = int(str(more.pop("hours", 0)))
    entry = Entry(title=title, text=text, author=at, published=START + timedelta(hours=hours), **more)  # type: ignore[arg-type]
    async with database.write() as db:
        publisher = at if "@" in at else JULIET
        kept, _ = await posts.record(db, via, at, node, PostItem(item, publisher, entry))
    assert kept is not None
    return kept.id


async def titles(web: Browser, asked: str) -> list[str]:
    """The titles of the posts that a search finds."""
    return texts(await web.get(f"/search?{asked}"), "ul.posts .title")


WEB = "https://montague.example/@a"


async def test_posts_are_found_by_title_and_text(romeo: Person, web: Browser, database: Database) -> None:
    await write(database, "a", "L’été", "But, soft! what light <b>through</b> yonder", web=WEB, language="en")
    await write(database, "b", "Another", "a [light](https://x.example) thing", web=WEB, hours=1)
    await write(database, "c", "Covered light", "bright words", web=WEB, hours=2, tags=("nsfw",))
    page = await web.get("/search?q=LIGHT")
    assert texts(page, "ul.posts .title") == ["Covered light", "Another", "L’été"]
    assert [mark.text for mark in page.cssselect("ul.posts mark")] == ["light", "light", "light"]
    assert page.cssselect("ul.posts a")[2].get("href") == f"/posts/{JULIET}/{MICROBLOG}/a"
    assert "bright" not in page.text_content()
    assert "Not safe for work" in page.text_content()
    assert texts(page, "ul.posts .name") == [JULIET] * 3
    await write(database, "mine", "My candle", at=ROMEO)
    assert texts(await web.get("/search?q=candle"), "ul.posts .name") == ["You"]
    assert await titles(web, "q=ete+yonder") == ["L’été"]
    assert await titles(web, "q=through+thing") == []


async def test_an_edit_and_a_retraction_reach_the_index(web: Browser, database: Database) -> None:
    await write(database, "a", "First", "light", web=WEB)
    await write(database, "a", "First", "dark", web=WEB, hours=3)
    assert (await titles(web, "q=light"), await titles(web, "q=dark")) == ([], ["First"])
    async with database.write() as db:
        await posts.forget(db, HOME, JULIET, MICROBLOG, ["a"])
    assert await titles(web, "q=dark") == []
    async with database.read() as db:
        assert await db.scalar(select(func.count()).select_from(PostWords)) == 0


async def test_law_4_what_came_through_another_server_is_not_found(web: Browser, database: Database) -> None:
    await write(database, "a", "Forged light", via="capulet.example", web=WEB)
    await write(database, "n", "Light", via="capulet.example", at="pubsub.capulet.example", node="light")
    assert await titles(web, "q=light") == []
    assert "light" not in texts(await web.get("/search?q=light"), ".found .name")


async def test_only_what_the_reader_may_see(romeo: Person, web: Browser, database: Database) -> None:
    id = await write(database, "a", "For few", "light")
    await write(database, "b", "Of a club", "light", at=PUBSUB, node="club")
    assert await titles(web, "q=light") == []
    async with database.write() as db:
        one = await posts.by_id(db, HOME, id)
        assert one is not None
        await follows.put_follow(db, romeo.session.account_id, one.node_id, state="pending")
    assert await titles(web, "q=light") == []
    async with database.write() as db:
        await follows.put_follow(db, romeo.session.account_id, one.node_id, state="subscribed")
    assert await titles(web, "q=light") == ["For few"]
    await romeo.session.handled(BlocklistReceived((JULIET,), blocked=True))
    assert await titles(web, "q=light") == []


async def test_what_may_not_be_seen_hides_nothing_behind_it(web: Browser, database: Database) -> None:
    """More of it than one round looks at."""
    await write(database, "seen", "Light", web=WEB)
    for number in range(12):
        await write(database, f"n{number}", "Light", hours=1 + number)
    posts.search.LOOKED_THROUGH, before = (5, 50), posts.search.LOOKED_THROUGH
    try:
        assert await titles(web, "q=light") == ["Light"]
    finally:
        posts.search.LOOKED_THROUGH = before


async def test_more_posts_have_a_page_of_their_own(web: Browser, database: Database) -> None:
    for number in range(store.RESULTS + 3):
        await write(database, f"n{number}", f"Light {number}", web=WEB, hours=number)
    page = await web.get("/search?q=light")
    assert len(texts(page, "ul.posts .title")) == store.POSTS
    (more,) = page.xpath("//a[normalize-space()='More posts']/@href")
    page = await web.get(more)
    assert len(texts(page, "ul.posts .title")) == store.RESULTS
    (older,) = page.xpath("//a[normalize-space()='Older results']/@href")
    assert texts(await web.get(older), "ul.posts .title") == ["Light 2", "Light 1", "Light 0"]
    (back,) = page.xpath("//a[normalize-space()='All results']/@href")
    assert back == "/search?q=light"
    assert await titles(web, "q=light+has:link") == []


async def test_communities_by_name(romeo: Person, web: Browser, database: Database) -> None:
    async with database.write() as db:
        for name, title, access in (
            ("cats", "All about cats", "open"),
            ("catalogue", "", ""),
            ("cat-secrets", "Cat secrets", "whitelist"),
        ):
            row = await posts.node_row(db, HOME, PUBSUB, name)
            await posts.set_node(db, row.id, title=title, access=access)
    page = await web.get("/search?q=cat")
    assert texts(page, ".found .name") == ["All about cats"]
    assert page.cssselect(".found a")[0].get("href") == f"/communities/{PUBSUB}/cats"
    async with database.write() as db:
        await follows.put_follow(db, romeo.session.account_id, row.id, state="subscribed")
    assert texts(await web.get("/search?q=cat"), ".found .name") == ["All about cats", "Cat secrets"]
    async with database.write() as db:
        for number in range(store.COMMUNITIES + 1):
            row = await posts.node_row(db, HOME, PUBSUB, f"dogs{number}")
            await posts.set_node(db, row.id, access="open")
    page = await web.get("/search?q=dogs")
    assert len(texts(page, ".found .name")) == store.COMMUNITIES
    (more,) = page.xpath("//a[normalize-space()='More communities']/@href")
    assert len(texts(await web.get(more), ".found .name")) == store.COMMUNITIES + 1


async def test_people_of_this_site_who_chose_to_be_public(
    romeo: Person, mercutio: Person, web: Browser, database: Database
) -> None:
    assert texts(await web.get("/search?q=mercutio"), ".found .name") == []
    async with database.write() as db:
        await set_public(db, mercutio.session.account_id, "queenmab", public=True)
        await set_public(db, romeo.session.account_id, "queen-romeo", public=True)
    page = await web.get("/search?q=queen")
    assert texts(page, ".found .name") == ["queenmab"]
    assert page.cssselect(".found a")[0].get("href") == f"/people/{MERCUTIO}"
    await romeo.session.handled(BlocklistReceived((MERCUTIO,), blocked=True))
    assert texts(await web.get("/search?q=queen"), ".found .name") == []


async def test_an_address_leads_to_the_person(web: Browser) -> None:
    page = await web.get(f"/search?q={BENVOLIO}")
    assert [a.get("href") for a in page.cssselect(".found a")] == [f"/people/{BENVOLIO}"]
    for nobody in (ROMEO, "not@", "@example.org", "a b@example.org", "x@y"):
        assert not (await web.get(f"/search?q={nobody}")).cssselect(".found a"), nobody
