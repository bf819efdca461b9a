"""What stands on public pages (M125-M127, M129, M130), for people, for machines and for caches."""

from typing import Any

import pytest

from tests.blog.conftest import HOME, Stranger, write
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.media import samples
from tests.media.host import Host
from webchat.contacts.store import put_avatar, put_profile, set_face
from webchat.db.engine import Database
from webchat.media import tokens
from webchat.pictures import Picture
from webchat.posts.commands.public import choose_public
from webchat.web import limits
from webchat.web.headers import PUBLIC
from webchat.xmpp.entries import COMMENTS, EntryLink, Ref
from webchat.xmpp.profile import Profile

BLOG = f"/@{JULIET}"
SITE = "http://localhost:8080"
COMMENTS_SERVICE = f"comments.{HOME}"
WALK = "<p>We <em>walked</em> in the hills.</p>"
HOSTILE = (
    '<p onclick="x()">Hi<script>alert(1)</script><img src="https://evil.example/x.png" onerror="x()" alt="a">'
    '<iframe src="https://evil.example"></iframe><form action="/logout"><input name="a"></form>'
    '<a href="javascript:alert(1)" hx-get="/">x</a><style>*{}</style></p>'
)


async def metas(stranger: Stranger, path: str) -> dict[str, str]:
    page = await stranger.page(path)
    found = page.cssselect("meta[property], meta[name]")
    return {each.get("property") or each.get("name"): each.get("content") for each in found}


async def test_m125_no_script_no_form_no_cookie(
    public: Person, database: Database, stranger: Stranger
) -> None:
    await write(database, "walk", title="A walk", html=WALK)
    for path in (BLOG, f"{BLOG}/walk", "/@nobody"):
        answer = await stranger.ask(path)
        assert answer.headers["content-security-policy"] == PUBLIC
        assert "set-cookie" not in answer.headers
        assert not {"<script", "<form", "hx-get", "hx-post", "nonce="} & {
            word for word in ("<script", "<form", "hx-get", "hx-post", "nonce=") if word in answer.text
        }


async def test_m126_what_machines_are_told(public: Person, database: Database, stranger: Stranger) -> None:
    image = EntryLink("enclosure", "https://up.example/view.jpg", "image/jpeg", "view.jpg")
    await write(database, "walk", title="A walk", html=WALK, links=(image,))
    told = await metas(stranger, f"{BLOG}/walk")
    assert told["og:title"] == "A walk"
    assert told["og:type"] == "article"
    assert told["og:url"] == f"{SITE}{BLOG}/walk"
    assert told["description"] == told["og:description"] == "We walked in the hills."
    assert told["og:image"].startswith(f"{SITE}/media/open/")
    assert told["article:published_time"] == "2026-03-01T10:00:00Z"
    assert "robots" not in told
    page = await stranger.page(f"{BLOG}/walk")
    links = {(each.get("rel"), each.get("type", "")): each.get("href") for each in page.cssselect("link")}
    assert links["canonical", ""] == f"{SITE}{BLOG}/walk"
    assert links["alternate", "application/atom+xml"] == f"{SITE}{BLOG}/feed.atom"
    assert links["alternate", ""].startswith(f"xmpp:{JULIET}?;node=urn:xmpp:microblog:0;item=walk")


async def test_m127_comments_and_likes_to_read(
    public: Person, database: Database, stranger: Stranger
) -> None:
    node = f"{COMMENTS}walk"
    await write(database, "walk", title="A walk", html=WALK, comments=(Ref(COMMENTS_SERVICE, node),))
    for item, who, title in (
        ("c1", ROMEO, "Take me <b>along</b>"),
        ("l1", ROMEO, "♥"),
        ("l2", ROMEO, "♥"),
        ("l3", MERCUTIO, "♥"),
        ("c2", "", "I am Juliet"),
    ):
        await write(
            database, item, service=COMMENTS_SERVICE, node=node, publisher=who, title=title, author=JULIET
        )
    await write(
        database,
        "c9",
        via="evil.example",
        service=COMMENTS_SERVICE,
        node=node,
        publisher=JULIET,
        title="planted",
    )
    page = await stranger.page(f"{BLOG}/walk")
    assert [each.text_content() for each in page.cssselect(".comments .words")] == [
        "Take me <b>along</b>",
        "I am Juliet",
    ]
    authors = [" ".join(each.text_content().split()) for each in page.cssselect(".comments .author")]
    assert authors == ["romeo montague.example", "juliet not confirmed"]
    assert "2 people like this" in page.cssselect("#talk")[0].text_content()
    listed = (await stranger.page(BLOG)).cssselect(".said-of")[0].text_content()
    assert "2 comments" in listed
    assert "2 people like this" in listed


async def test_comments_of_a_service_that_is_not_ours_to_quote(
    public: Person, database: Database, stranger: Stranger
) -> None:
    """Her server says what stands in its own services, not what others wrote elsewhere."""
    where = Ref("comments.elsewhere.example", f"{COMMENTS}walk")
    await write(database, "walk", comments=(where,))
    await write(database, "c1", service=where.service, node=where.node, publisher=ROMEO, title="planted")
    assert "planted" not in (await stranger.ask(f"{BLOG}/walk")).text


async def test_m129_ways_to_follow(public: Person, database: Database, stranger: Stranger) -> None:
    page = await stranger.page(BLOG)
    ways = {each.text_content().strip(): each.get("href") for each in page.cssselect(".ways a")}
    assert ways["Follow"] == f"/people/{JULIET}/posts"
    assert ways["Feed"] == f"{BLOG}/feed.atom"
    assert ways["In your XMPP app"].startswith(f"xmpp:{JULIET}?")
    assert page.xpath('//a[text()="Log in"]/@href') == ["/login"]
    answer = await stranger.ask(ways["Follow"])
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


async def test_who_she_is_stands_there_once_she_is_public(
    juliet: Person, database: Database, stranger: Stranger
) -> None:
    await write(database, "walk")
    async with database.write() as db:
        id = juliet.session.account_id
        await put_avatar(db, "a" * 40, Picture(samples.picture(), "image/png", 8, 8))
        await put_avatar(db, "b" * 40, Picture(samples.picture(), "image/png", 8, 8))
        await set_face(db, id, JULIET, nick="Juliet C.", avatar="a" * 40)
        await set_face(db, id, ROMEO, nick="R.", avatar="b" * 40)
        await put_profile(db, id, JULIET, Profile(note="I like *nights*."), None)
    face = f"/media/open/face/{'a' * 40}"
    assert "nights" not in (await stranger.ask(f"{BLOG}/walk")).text
    assert (await stranger.ask(face)).status_code == 404
    await choose_public(juliet.session, "", public=True)
    page = await stranger.page(BLOG)
    assert page.cssselect("h1")[0].text_content() == "Juliet C."
    assert "nights" in page.cssselect(".about")[0].text_content()
    assert page.cssselect(".whose img")[0].get("src") == face
    answer = await stranger.ask(face)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    for other in ("b" * 40, "c" * 40, "%00", "../x"):
        assert (await stranger.ask(f"/media/open/face/{other}")).status_code == 404


async def test_m130_pictures_come_through_us_as_long_as_the_post_is_open(
    public: Person, database: Database, stranger: Stranger, host: Host
) -> None:
    url = host.put("/a.jpg", samples.photograph())
    post = await write(database, "view", html=f'<p>See</p><img src="{url}" alt="The hills">')
    page = await stranger.page(f"{BLOG}/view")
    path = page.cssselect(".words img")[0].get("src")
    assert page.cssselect(".words img")[0].get("alt") == "The hills"
    answer = await stranger.ask(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert b"Verona" not in answer.content
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    # Not by another post's number, not for another file, not as something else, not by a login's token.
    other = await write(database, "other")
    film = tokens.open_path(post.id, tokens.Link("play", url, "", "video/mp4"))
    stolen = tokens.path(JULIET, tokens.Link("picture", url)).replace("/media/", f"/media/open/{post.id}/")
    for bad in (path.replace(f"/{post.id}/", f"/{other.id}/"), path[:-2], film, stolen, f"{path}aaa"):
        assert (await stranger.ask(bad)).status_code == 403, bad
    assert (await stranger.ask(path.replace(f"/{post.id}/", f"/{2**64}/"))).status_code in (403, 404)
    await write(database, "view", web="")
    assert (await stranger.ask(path)).status_code == 404


async def test_h02_h16_what_is_hostile_stays_words(
    public: Person, database: Database, stranger: Stranger
) -> None:
    title = '"><svg onload=1> {{7*7}}'
    bad = EntryLink("related", "javascript:alert(1)", "text/html", title)
    await write(
        database, "x'\"><b>", title=title, html=HOSTILE, tags=(title,), links=(bad,), language='"><script>'
    )
    await write(database, "..", title="dots")
    page = await stranger.page(f"{BLOG}/{'x%27%22%3E%3Cb%3E'}")
    assert page.cssselect("h1")[0].text_content() == title
    tags = {each.tag for each in page.iter() if isinstance(each.tag, str)}
    assert not tags & {"script", "iframe", "form", "input", "style", "svg[onload]", "b"}
    for each in page.iter():
        assert not [name for name in each.attrib if name.startswith("on") or name.startswith("hx-get")]
        assert not str(each.get("href", "")).startswith("javascript")
        assert "evil.example" not in str(each.get("src", ""))
    listed = await stranger.page(BLOG)
    links = [each.get("href") for each in listed.cssselect("h2 a, .post .when a")]
    assert f"{BLOG}/%252E%252E" in links
    assert (await stranger.ask(f"{BLOG}/%252E%252E")).status_code == 200


async def test_what_is_not_for_every_eye_is_covered(
    public: Person, database: Database, stranger: Stranger
) -> None:
    await write(database, "nude", title="Venus", html="<p>Bare words</p>", tags=("nsfw",))
    page = await stranger.page(f"{BLOG}/nude")
    assert page.cssselect("details.cover:not([open]) .words")
    assert "Bare" not in str(await metas(stranger, f"{BLOG}/nude"))


async def test_long_posts_fold_and_lists_have_pages(
    public: Person, database: Database, stranger: Stranger
) -> None:
    for number in range(23):
        await write(database, f"n{number}", hours=number)
    await write(database, "long", title="Long", html=f"<p>{'word ' * 800}</p>", hours=99)
    path, seen = BLOG, []
    while path:
        page = await stranger.page(path)
        seen += [each.text_content() for each in page.cssselect(".brief")]
        older = page.cssselect("a[rel=next]")
        path = older[0].get("href") if older else ""
    assert seen == [f"n{number}" for number in reversed(range(23))]
    assert (await stranger.page(BLOG)).cssselect(".on")[0].get("href") == f"{BLOG}/long"
    assert "word word" in (await stranger.page(f"{BLOG}/long")).cssselect(".words")[0].text_content()[2000:]
    for wrong in ("x", "-1", "9" * 30, "99999", "٣"):
        assert (await stranger.ask(f"{BLOG}?before={wrong}")).status_code == 200


async def test_caches_may_keep_it_for_a_minute(
    public: Person, database: Database, stranger: Stranger
) -> None:
    await write(database, "walk")
    first = await stranger.ask(BLOG)
    assert first.headers["cache-control"] == "public, max-age=60"
    assert "cookie" not in first.headers["vary"].lower()
    assert "accept-language" in first.headers["vary"].lower()
    again = await stranger.ask(BLOG, if_none_match=f'"x", {first.headers["etag"]}')
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    await write(database, "second", hours=1)
    assert (await stranger.ask(BLOG, if_none_match=first.headers["etag"])).status_code == 200
    assert (await stranger.ask(BLOG, accept_language="fr")).text != first.text
    assert (await stranger.ask("/@nobody")).headers["cache-control"] == "no-store"


async def test_one_network_cannot_ask_for_ever(
    public: Person, stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport: Any = stranger.client._transport
    monkeypatch.setattr(transport.app.state, "readers", limits.Rate(3, 3600))
    statuses = [(await stranger.ask(path)).status_code for path in (BLOG, f"{BLOG}/x", "/c/a/b", BLOG)]
    assert statuses == [200, 404, 404, 429]
    statuses = [(await stranger.ask("/media/open/1/x")).status_code for _ in range(3)]
    assert statuses == [403, 403, 403]
