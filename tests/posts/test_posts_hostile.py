"""This room proves that a post of a stranger changes nothing of others: their blogs, comments and names."""

import pytest

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.posts.service import Services, item
from tests.posts.test_pages import PATH, TALK, VIA, rose, row, text
from webchat.nodes import commands as nodes
from webchat.posts import commands, store
from webchat.xmpp.entries import COMMENTS, LIKE, MICROBLOG, PostReceived, Ref

EVIL = "mallory@evil.example"
CATS = Ref("pubsub.verona.example", "cats")


async def mallory_says(romeo: Person, **more: object) -> store.Post:
    """A post that Romeo was shown, of somebody who means no good."""
    async with romeo.session.work() as work:
        found, _ = await store.record(
            work.db,
            VIA,
            EVIL,
            MICROBLOG,
            item("trap", "Look", **more),  # type: ignore[arg-type]
        )
    assert found is not None
    return found


async def node(romeo: Person, ref: Ref) -> store.Node:
    """What is known of a node."""
    async with romeo.session.read() as db:
        found = await store.node(db, VIA, ref.service, ref.node)
    assert found is not None
    return found


@pytest.mark.parametrize("which", ["blog", "followed", "opened"])
async def test_a_blog_or_community_is_nobodys_place_for_comments(
    romeo: Person, services: Services, which: str
) -> None:
    """Named so by a stranger's post, before or after it is known: it stays what it is, as do its posts."""
    place = Ref(JULIET, MICROBLOG) if which == "blog" else CATS
    fetch = nodes.fetch if which == "opened" else commands.fetch_node
    await mallory_says(romeo, comments=place)
    services.put(place.service, place.node, item("one", "One", publisher=JULIET))
    await fetch(romeo.session, place.service, place.node)
    trap = await mallory_says(romeo, comments=place)
    await commands.fetch_talk(romeo.session, trap)
    services.put(place.service, place.node, item("two", "Two", publisher=JULIET))
    await fetch(romeo.session, place.service, place.node)
    assert (await node(romeo, place)).kind == ("people" if which == "blog" else "community")
    for name in ("one", "two"):
        kept = await row(romeo, Ref(place.service, place.node, name))
        assert kept is not None
        assert kept.kind == "post"


async def test_what_is_said_behind_a_door_is_not_shown_before_it(romeo: Person, tab: Browser) -> None:
    """The comments of a post for few, which its author keeps, do not stand below a post that names them."""
    closed = Ref(JULIET, f"{COMMENTS}secret")
    async with romeo.session.work() as work:
        await store.record(
            work.db, VIA, JULIET, MICROBLOG, item("secret", "For few", publisher=JULIET, comments=closed)
        )
        said = item("c", "Between us", publisher=MERCUTIO)
        await store.record(work.db, VIA, closed.service, closed.node, said)
    trap = await mallory_says(romeo, comments=closed)
    own = await row(romeo, Ref(JULIET, MICROBLOG, "secret"))
    assert own is not None
    async with romeo.session.read() as db:
        assert (await store.talk(db, trap)).comments == []
        assert (await store.talks(db, [trap, own]))[trap.id][0] == 0
        assert [one.title for one in (await store.talk(db, own)).comments] == ["Between us"]
    # A repost of what everybody may read keeps the talk about it together (W§4).
    async with romeo.session.work() as work:
        await store.record(
            work.db,
            VIA,
            JULIET,
            MICROBLOG,
            item("secret", "For all", publisher=JULIET, comments=closed, web="https://a.example/"),
        )
        assert [one.title for one in (await store.talk(work.db, trap)).comments] == ["Between us"]


@pytest.mark.parametrize(
    ("publisher", "author", "verified"),
    [(JULIET, JULIET, False), (EVIL, EVIL, True), ("other@evil.example", "other@evil.example", True)],
)
async def test_a10_a_blogs_server_speaks_for_its_own_people(
    romeo: Person, publisher: str, author: str, *, verified: bool
) -> None:
    """Who runs a server writes nothing in the name of people of another."""
    async with romeo.session.work() as work:
        found, _ = await store.record(work.db, VIA, EVIL, MICROBLOG, item("x", "Hark", publisher=publisher))
    assert found is not None
    assert (found.author, found.verified) == (author, verified)


async def test_a10_a_mere_claim_has_no_face(romeo: Person, tab: Browser) -> None:
    """Neither the reader's own name, nor the picture of whom it claims to be, nor a way to them."""
    await romeo.hears(rose())
    for name, claimed in (("a", ROMEO), ("b", JULIET)):
        said = item(name, "I said so", author=claimed)
        await romeo.hears(PostReceived(TALK.service, TALK.node, said))
    await romeo.hears(PostReceived(TALK.service, TALK.node, item("l", LIKE, author=JULIET)))
    page = await tab.get(PATH)
    assert text(page, ".comments .who") == [ROMEO, JULIET]
    assert page.cssselect(".comments a.who, .comments .avatar img, .likers a") == []
    assert len(page.cssselect(".comments .unverified")) == 2
