"""This room proves the page of a post as browsers get it, and what its forms do."""

from datetime import date

import pytest
from lxml import html

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.posts.service import COMMENTS_SERVICE, Services, item
from webchat.contacts.state import Blocklist
from webchat.posts import commands, show, store
from webchat.posts.changes import PostChanged, TalkChanged
from webchat.posts.commands.removal import remove_now
from webchat.posts.state import Opened
from webchat.posts.store import readers
from webchat.xmpp.entries import (
    COMMENTS,
    LIKE,
    MICROBLOG,
    EntryLink,
    NodeChanged,
    PostAnnounced,
    PostItem,
    PostReceived,
    PostsRetracted,
    Ref,
)

VIA = "montague.example"
TALK = Ref("comments.capulet.example", f"{COMMENTS}rose")
ROSE = Ref(JULIET, MICROBLOG, "rose")
PATH = show.path_of(ROSE)


def rose(**more: object) -> PostReceived:
    """Juliet's post, as it comes to Romeo."""
    return PostReceived(JULIET, MICROBLOG, item("rose", "A rose", publisher=JULIET, comments=TALK, **more))


def text(page: html.HtmlElement, selector: str) -> list[str]:
    """The words of all elements that a selector finds."""
    return [" ".join(found.text_content().split()) for found in page.cssselect(selector)]


async def row(romeo: Person, ref: Ref) -> store.Post | None:
    """What is kept of it."""
    async with romeo.session.read() as db:
        return await store.one(db, VIA, ref)


async def test_a_post(romeo: Person, tab: Browser) -> None:
    """Author, body, tags, pictures through us, links, its place in the world."""
    links = (
        EntryLink("enclosure", "https://up.example/view.jpg", "image/jpeg", "view.jpg", description="A view"),
        EntryLink("enclosure", "https://up.example/a.pdf", "application/pdf", "a.pdf", 2048),
        EntryLink("related", "https://maps.example/1", "text/html", "Map", logo="https://maps.example/l.png"),
    )
    await romeo.hears(
        rose(
            html="<h1>So</h1><p>By any <img src='https://x.example/i.png' alt='name'></p>"
            f"<a href='xmpp:{MERCUTIO}'>M</a>",
            tags=("Names",),
            links=links,
            web="https://web.example/rose",
        )
    )
    page = await tab.get(PATH)
    assert text(page, "h1.title") == ["A rose"]
    assert text(page, "article .who") == ["Juliet"]
    assert not page.cssselect(".unverified")
    assert text(page, ".prose h2") == ["So"]
    picture, address = page.cssselect(".prose a")
    assert picture.get("href") == picture.cssselect("img")[0].get("src")
    assert picture.get("data-said") == "name"
    assert picture.get("data-download", "").startswith("/media/")
    assert page.cssselect(".prose[data-gallery]")
    assert address.get("href") == f"/people/{MERCUTIO}"
    assert text(page, ".tags a") == ["#names"]
    assert [a.get("href") for a in page.cssselect(".tags a")] == ["/explore/tags/names"]
    assert text(page, ".audience") == ["Visible to everyone"]
    assert page.cssselect(".pictures a")[0].get("data-said") == "A view"
    assert text(page, ".attached a") == ["a.pdf PDF · 2.0 kB"]
    assert page.cssselect(".link-card")[0].get("rel") == "nofollow noopener noreferrer"
    sources = [img.get("src") for img in page.cssselect("img")]
    assert len(sources) == 3
    assert all(src.startswith("/media/") for src in sources)
    assert [a.get("href") for a in page.cssselect(".post .post-tools a")][:2] == [
        "https://web.example/rose",
        f"xmpp:{JULIET}?;node=urn:xmpp:microblog:0;item=rose",
    ]
    assert "reply=" in page.cssselect(".post-talk a.deed")[-2].get("href")
    assert "/publish/send?ref=" in page.cssselect(".post-talk a.deed")[-1].get("href")


async def test_m97_how_often_it_was_opened(romeo: Person, tab: Browser) -> None:
    """One account counts once a day, and authors never; a number stands there from three on."""
    await romeo.hears(rose(html="<p>" + "word " * 500 + "</p>"))
    post = await row(romeo, ROSE)
    assert post is not None
    await tab.get(PATH)
    await tab.get(PATH)
    async with romeo.session.read() as db:
        assert await readers.number(db, post.id) == 1
    async with romeo.session.work() as work:
        await readers.count(work.db, post.id)
    assert text(await tab.get(PATH), "article.post > p.meta") == ["2 minutes to read"]
    romeo.session[Opened].day = date(2020, 1, 1)
    assert text(await tab.get(PATH), "article.post > p.meta") == ["2 minutes to read · read 3 times here"]
    own = PostReceived(ROMEO, MICROBLOG, item("mine", "Mine", publisher=ROMEO))
    await romeo.hears(own)
    await tab.get(show.path_of(Ref(ROMEO, MICROBLOG, "mine")))
    mine = await row(romeo, Ref(ROMEO, MICROBLOG, "mine"))
    assert mine is not None
    async with romeo.session.read() as db:
        assert await readers.number(db, mine.id) == 0


async def test_comment_like_and_take_back(romeo: Person, tab: Browser, services: Services) -> None:
    """Everything that can be said stands on the page at once, and is published where the post wants it."""
    services.items[TALK.service, TALK.node] = {}
    await romeo.hears(rose())
    romeo.changes()
    answer = await tab.post(f"{PATH}/comments", {"text": "By any other name"})
    assert answer.headers["location"] == f"{PATH}#comments"
    await tab.post(f"{PATH}/like")
    await tab.post(f"{PATH}/like")
    assert {TalkChanged} == {type(change) for change in romeo.changes()}
    said = services.items[TALK.service, TALK.node]
    assert sorted(one.entry.title for one in said.values() if one.entry) == ["By any other name", LIKE]
    page = await tab.get(PATH)
    assert text(page, ".comments .body") == ["By any other name"]
    assert text(page, ".comments .who") == ["You"]
    assert page.cssselect("button.like")[0].get("aria-pressed") == "true"
    assert text(page, ".likers a") == ["you"]
    await tab.post(f"{PATH}/like/delete")
    await tab.post(page.cssselect(".comments form")[0].get("action"))
    await remove_now(romeo.session)
    assert said == {}
    page = await tab.get(PATH)
    assert not page.cssselect(".comments, .likers")
    assert (TALK.service, TALK.node) in services.followed


async def test_a_comment_that_fails_is_not_lost(romeo: Person, tab: Browser, services: Services) -> None:
    """Nothing typed is lost, and a sentence says what happened (M100)."""
    services.refuses[TALK.service, TALK.node] = "forbidden"
    await romeo.hears(rose())
    page = await tab.post_page(f"{PATH}/comments", {"text": "By any <b>"}, 422)
    assert page.cssselect("#comment-text")[0].text == "By any <b>"
    assert "not sent" in text(page, "#comment-error")[0]
    page = await tab.post_page(f"{PATH}/comments", {"text": "x" * 6000}, 422)
    assert len(page.cssselect("#comment-text")[0].text) == 6000
    await tab.post_page(f"{PATH}/comments", {"text": "  "}, 422)


async def test_only_own_comments_can_be_deleted(romeo: Person, tab: Browser) -> None:
    """Of others only under a post of one's own."""
    await romeo.hears(rose(), PostReceived(TALK.service, TALK.node, item("c", "Fie", publisher=MERCUTIO)))
    page = await tab.get(PATH)
    assert not page.cssselect(".comments form")
    path = show.path_of(Ref(TALK.service, TALK.node, "c"))
    await tab.post(f"{path}/delete", status=403)
    await tab.post(f"{PATH}/delete", status=403)
    await tab.get(f"{PATH}/delete", status=403)
    assert await row(romeo, Ref(TALK.service, TALK.node, "c")) is not None


async def test_own_post(romeo: Person, tab: Browser, services: Services) -> None:
    """Published, discussed, taken back with its comments."""
    ref = Ref(ROMEO, MICROBLOG, "mine")
    post = item("mine", "Mine", text="*own*").entry
    assert post is not None
    await commands.publish_post(romeo.session, ref, post, access="open", comments=True)
    where = (COMMENTS_SERVICE, f"{COMMENTS}mine")
    assert services.access[where] == "open"
    assert where in services.followed
    services.put(*where, item("c", "Fie", publisher=MERCUTIO))
    page = await tab.get(show.path_of(ref))
    assert [" ".join(a.text_content().split()) for a in page.cssselect(".post .post-tools a")][-2:] == [
        "Edit",
        "Delete",
    ]
    await tab.post(page.cssselect(".comments form")[0].get("action"))
    page = await tab.get(f"{show.path_of(ref)}/delete")
    assert text(page, "h1") == ["Delete this post?"]
    await tab.post(f"{show.path_of(ref)}/delete")
    await remove_now(romeo.session)
    assert await row(romeo, ref) is None
    assert where not in services.items
    assert services.items[ROMEO, MICROBLOG] == {}


async def test_for_few_means_for_few(romeo: Person, services: Services) -> None:
    """Comments of a post for followers stand behind the same door; a node that is open is not used for it."""
    post = item("mine", "Mine").entry
    assert post is not None
    ref = Ref(ROMEO, f"{MICROBLOG}:presence", "mine")
    await commands.publish_post(romeo.session, ref, post, access="presence", comments=True)
    assert services.access[ROMEO, f"{COMMENTS}mine"] == "presence"
    services.access[ROMEO, MICROBLOG] = "open"
    with pytest.raises(commands.WrongAudience):
        await commands.publish_post(
            romeo.session, Ref(ROMEO, MICROBLOG, "x"), post, access="presence", comments=False
        )
    assert "x" not in services.items.get((ROMEO, MICROBLOG), {})


async def test_missing_closed_silent(romeo: Person, tab: Browser, services: Services) -> None:
    """Three sentences for three reasons; nothing is deleted by any of them."""
    path = show.path_of(Ref(MERCUTIO, MICROBLOG, "jest"))
    services.put(MERCUTIO, MICROBLOG)
    page = await tab.get(path, 404)
    assert text(page, "h1") == ["This post is not there"]
    services.refuses[MERCUTIO, MICROBLOG] = "not-authorized"
    page = await tab.get(path, 404)
    assert text(page, "h1") == ["Only for contacts of the author"]
    assert page.cssselect("main form")[0].get("action") == f"/contacts/{MERCUTIO}"
    services.refuses[MERCUTIO, MICROBLOG] = "remote-server-timeout"
    page = await tab.get(path, 404)
    assert text(page, "main a.button") == ["Try again"]
    await romeo.hears(rose())
    services.refuses[TALK.service, TALK.node] = "remote-server-timeout"
    assert text(await tab.get(PATH), "h1.title") == ["A rose"]
    await tab.get("/posts/@@/x/y", 404)


async def test_a_stranger_of_the_same_server_sees_nothing(
    romeo: Person, tab: Browser, services: Services
) -> None:
    """What another account of the server heard in confidence is not Romeo's to read."""
    async with romeo.session.work() as work:
        await store.record(work.db, VIA, MERCUTIO, MICROBLOG, item("jest", "For few"))
    path = show.path_of(Ref(MERCUTIO, MICROBLOG, "jest"))
    services.refuses[MERCUTIO, MICROBLOG] = "not-authorized"
    assert "For few" not in html.tostring(await tab.get(path, 404), encoding="unicode")
    await tab.post(f"{path}/like", status=404)
    del services.refuses[MERCUTIO, MICROBLOG]
    services.put(MERCUTIO, MICROBLOG, item("jest", "For few"))
    assert text(await tab.get(path), "h1.title") == ["For few"]


async def test_unasked_posts_are_not_kept(romeo: Person) -> None:
    """Only contacts' blogs, followed nodes, own ones, and comments of posts that are here."""
    await romeo.hears(
        PostReceived(MERCUTIO, MICROBLOG, item("spam", "Buy")),
        PostReceived(JULIET, "other-node", item("spam", "Buy")),
        PostReceived("pubsub.verona.example", "cats", item("spam", "Buy")),
        PostReceived(TALK.service, TALK.node, item("early", "Buy")),
        PostReceived(ROMEO, "anything", item("own", "Mine")),
        rose(),
        PostReceived(TALK.service, TALK.node, item("late", "Sweet")),
    )
    async with romeo.session.read() as db:
        found = {post.item for post in await store.newest(db, VIA)}
    assert found == {"own", "rose"}
    assert await row(romeo, Ref(TALK.service, TALK.node, "early")) is None
    assert await row(romeo, Ref(TALK.service, TALK.node, "late")) is not None


async def test_who_may_take_away(romeo: Person) -> None:
    """A service speaks of its own nodes only."""
    await romeo.hears(rose())
    await romeo.hears(
        PostsRetracted(MERCUTIO, MICROBLOG, ("rose",)), NodeChanged(MERCUTIO, MICROBLOG, "deleted")
    )
    kept = await row(romeo, ROSE)
    assert kept is not None
    romeo.changes()
    await romeo.hears(PostsRetracted(JULIET, MICROBLOG, ("rose", "other")))
    assert await row(romeo, ROSE) is None
    assert PostChanged(JULIET, MICROBLOG, kept.id) in romeo.changes()


async def test_emptied_nodes(romeo: Person) -> None:
    """A node that was purged or deleted takes its posts along."""
    await romeo.hears(rose(), PostReceived(TALK.service, TALK.node, item("c", "Sweet")))
    romeo.changes()
    await romeo.hears(NodeChanged(TALK.service, TALK.node, "deleted"))
    post = await row(romeo, ROSE)
    assert post is not None
    assert TalkChanged(post.id) in romeo.changes()
    await romeo.hears(NodeChanged(JULIET, MICROBLOG, "purged"))
    assert await row(romeo, ROSE) is None


async def test_announced_posts_are_fetched(romeo: Person, services: Services) -> None:
    """In the background: a handler never waits for the network."""
    services.put(JULIET, MICROBLOG, item("rose", "A rose"))
    await romeo.hears(PostAnnounced(JULIET, MICROBLOG, "rose"), PostAnnounced(MERCUTIO, MICROBLOG, "spam"))
    for _ in range(200):
        if await row(romeo, ROSE):
            break
    post = await row(romeo, ROSE)
    assert post is not None
    assert post.title == "A rose"


async def test_covered_unverified_and_blocked(romeo: Person, tab: Browser) -> None:
    """NSFW is covered, a claim is called one, who is blocked is not drawn."""
    await romeo.hears(
        rose(tags=("nsfw",), text="Bare"),
        PostReceived(TALK.service, TALK.node, item("c", "Fie", author=MERCUTIO)),
        PostReceived(TALK.service, TALK.node, item("d", "Foh", publisher="tybalt@capulet.example")),
    )
    romeo.session[Blocklist].jids.add("tybalt@capulet.example")
    page = await tab.get(PATH)
    assert text(page, "details.veil .prose") == ["Bare"]
    assert "open" not in page.cssselect("details.veil")[0].attrib
    assert text(page, ".comments .body") == ["Fie"]
    assert text(page, ".comments .unverified") == ["unverified"]
    romeo.session.preferences = {"adult": "on"}
    page = await tab.get(PATH)
    assert not page.cssselect(".veil"), "he chose to see it"
    assert text(page, ".prose") == ["Bare"]


async def test_parents_and_neighbours(romeo: Person, tab: Browser) -> None:
    """An answer shows what it answers, and the way to what stood before."""
    await romeo.hears(rose(), PostReceived(JULIET, MICROBLOG, item("again", "Again", reply_to=ROSE)))
    page = await tab.get(show.path_of(Ref(JULIET, MICROBLOG, "again")))
    assert page.cssselect("a.parent")[0].get("href") == PATH
    assert text(page, "a.parent .title") == ["A rose"]
    assert text(page, ".neighbours a") == ["Older A rose"]
    page = await tab.get(PATH)
    assert text(page, ".shares .title") == ["Again"]


async def test_a_comments_own_address_leads_to_its_post(romeo: Person, tab: Browser) -> None:
    """Wherever somebody got that address from."""
    await romeo.hears(rose(), PostReceived(TALK.service, TALK.node, item("c", "Fie")))
    kept = await row(romeo, Ref(TALK.service, TALK.node, "c"))
    assert kept is not None
    # The node of comments is nobody's to follow by name, so the way goes by its post.
    async with romeo.session.work() as work:
        await store.set_node(work.db, kept.node_id, access="open")
    answer = await tab.client.get(show.path_of(kept.ref))
    assert answer.headers["location"] == f"{PATH}#comment-{kept.id}"


@pytest.mark.parametrize("node", ["a/b", "a%2Fb", "a%252Fb", "..", ".", "ä ö", "a?b#c", "x/delete", "%"])
async def test_every_name_has_a_page(romeo: Person, tab: Browser, services: Services, node: str) -> None:
    """Whatever signs a node and an item have (and they can be any)."""
    for id in ("i", "a/b", "..", "delete", "like", "%2F", "a%b"):
        await _has_a_page(tab, services, node, id)


async def _has_a_page(tab: Browser, services: Services, node: str, id: str) -> None:
    ref = Ref(JULIET, node, id)
    services.put(JULIET, node, PostItem(id, JULIET, item(id, "A rose").entry))
    path = show.path_of(ref)
    assert show.ref_of(path) == ref
    assert text(await tab.get(path), "h1.title") == ["A rose"]
    answer = await tab.client.get(f"{path}/delete")
    assert answer.status_code == 403
