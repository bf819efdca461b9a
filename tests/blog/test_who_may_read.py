"""What a stranger may read, and what not (M122-M124, W§5, law 4 of the architecture, security case H16)."""

import pytest
from sqlalchemy import update

from tests.blog.conftest import HOME, Stranger, write
from tests.lab.inside import COOKIE, Browser
from tests.lab.people import JULIET, MERCUTIO, Person
from webchat.db.engine import Database
from webchat.posts.commands.public import choose_public
from webchat.posts.models import Post
from webchat.posts.store.public import find_public, public_people
from webchat.xmpp.entries import MICROBLOG, MICROBLOG_PRESENCE

BLOG = f"/@{JULIET}"
SERVICE = f"pubsub.{HOME}"


async def titles(stranger: Stranger, path: str) -> list[str]:
    page = await stranger.page(path)
    return [found.text_content().strip() for found in page.cssselect(".post .brief, .post h2")]


async def test_m122_a_public_blog_has_a_page_by_address_and_by_nickname(
    public: Person, database: Database, stranger: Stranger
) -> None:
    await write(database, "first")
    await write(database, "second", hours=1)
    await write(database, "for-followers", hours=2, web="")
    for path in (BLOG, "/@jule", "/@JULE", "/@Juliet@Capulet.example"):
        assert await titles(stranger, path) == ["second", "first"], path


async def test_m122_no_page_without_the_owners_wish(
    juliet: Person, database: Database, stranger: Stranger
) -> None:
    await write(database, "first")
    unknown = await stranger.ask("/@nobody@capulet.example")
    for path in (BLOG, f"{BLOG}/feed.atom", "/@jule", "/@", f"/@{MERCUTIO}", "/@x@", "/@%00"):
        answer = await stranger.ask(path)
        assert answer.status_code == 404, path
        assert "first" not in answer.text
    assert (await stranger.ask(BLOG)).text == unknown.text
    assert "Nothing public here" in unknown.text


async def test_m123_one_open_post_of_a_private_account(
    juliet: Person, database: Database, stranger: Stranger
) -> None:
    await write(database, "open")
    await write(database, "closed", web="")
    await write(database, "elsewhere", web=f"https://movim.example/blog/{JULIET}/elsewhere")
    page = await stranger.page(f"{BLOG}/open")
    assert page.cssselect('meta[name="robots"][content="noindex"]')
    assert not page.cssselect('.whose a[href^="/@"]')
    assert await titles(stranger, f"{BLOG}/open") == ["open"]
    for item in ("closed", "elsewhere", "nothing"):
        assert (await stranger.ask(f"{BLOG}/{item}")).status_code == 404, item
    await choose_public(juliet.session, "", public=True)
    assert (await stranger.ask(f"{BLOG}/elsewhere")).status_code == 200
    assert (await stranger.ask(f"{BLOG}/closed")).status_code == 404


async def test_a_restricted_node_shows_what_has_a_web_address(
    public: Person, database: Database, stranger: Stranger
) -> None:
    await write(database, "open", node=MICROBLOG_PRESENCE, access="presence")
    await write(database, "secret", node=MICROBLOG_PRESENCE, web="")
    assert await titles(stranger, BLOG) == ["open"]
    assert (await stranger.ask(f"{BLOG}/secret")).status_code == 404


async def test_law_4_no_other_server_puts_words_into_her_blog(
    public: Person, database: Database, stranger: Stranger
) -> None:
    """Whoever runs a server with accounts of ours can tell us anything in her name."""
    await write(database, "hers")
    await write(database, "planted", via="evil.example", hours=1)
    assert await titles(stranger, BLOG) == ["hers"]
    assert (await stranger.ask(f"{BLOG}/planted")).status_code == 404
    assert "planted" not in (await stranger.ask(f"{BLOG}/feed.atom")).text


async def test_what_others_put_into_her_node_is_not_hers(
    public: Person, database: Database, stranger: Stranger
) -> None:
    await write(database, "guest", publisher=MERCUTIO)
    post = await write(database, "unsigned")
    async with database.write() as db:
        await db.execute(update(Post).where(Post.id == post.id).values(verified=False))
    assert await titles(stranger, BLOG) == []
    for item in ("guest", "unsigned"):
        assert (await stranger.ask(f"{BLOG}/{item}")).status_code == 404


@pytest.mark.parametrize("node", ["urn:xmpp:notes:0", f"{MICROBLOG}:comments/x", "diary"])
async def test_her_other_nodes_are_no_blog(
    public: Person, database: Database, stranger: Stranger, node: str
) -> None:
    await write(database, "note", node=node)
    assert await titles(stranger, BLOG) == []
    assert (await stranger.ask(f"{BLOG}/note")).status_code == 404


async def test_m124_an_open_community(juliet: Person, database: Database, stranger: Stranger) -> None:
    for node in ("cats", "a/b %2F ü"):
        await write(database, "tom", service=SERVICE, node=node, publisher=JULIET, access="open")
        await write(database, "inside", service=SERVICE, node=node, publisher=JULIET, web="")
    for path in (f"/c/{SERVICE}/cats", f"/c/{SERVICE}/a%252Fb%20%25252F%20%C3%BC"):
        assert await titles(stranger, path) == ["tom"]
        assert await titles(stranger, f"{path}/tom") == ["tom"]
        assert (await stranger.ask(f"{path}/inside")).status_code == 404
        assert (
            (await stranger.ask(f"{path}/feed.atom")).headers["content-type"].startswith("application/atom")
        )


@pytest.mark.parametrize(
    ("via", "access"),
    [("evil.example", "open"), ("example", "open"), (HOME, ""), (HOME, "whitelist"), (HOME, "authorize")],
)
async def test_m124_other_communities_have_no_page(
    juliet: Person, database: Database, stranger: Stranger, via: str, access: str
) -> None:
    """Closed ones, and those that only a foreign server told us of."""
    service = "pubsub.capulet.test" if via == "example" else SERVICE
    await write(database, "tom", via=via, service=service, node="cats", publisher=MERCUTIO, access=access)
    for path in (f"/c/{service}/cats", f"/c/{service}/cats/tom", f"/c/{service}/cats/feed.atom"):
        assert (await stranger.ask(path)).status_code == 404


async def test_comments_and_blogs_are_no_communities(
    juliet: Person, database: Database, stranger: Stranger
) -> None:
    await write(database, "c", service=f"comments.{HOME}", node=f"{MICROBLOG}:comments/x", access="open")
    await write(database, "p", access="open")
    for path in (f"/c/comments.{HOME}/{MICROBLOG}:comments%252Fx", f"/c/{JULIET}/{MICROBLOG}", "/c/%00/x"):
        assert (await stranger.ask(path)).status_code == 404


async def test_h16_a_login_changes_nothing_and_is_not_looked_at(
    public: Person, database: Database, stranger: Stranger, web: Browser
) -> None:
    await write(database, "first")
    plain = await stranger.ask(BLOG)
    signed_in = await stranger.ask(BLOG, cookie=f"s={COOKIE}; theme=dark; tz=Asia/Tokyo")
    assert signed_in.text == plain.text
    assert "set-cookie" not in signed_in.headers
    assert "form_token" not in signed_in.text


async def test_public_people_can_be_found(public: Person, database: Database) -> None:
    async with database.read() as db:
        assert [row.jid for row in await public_people(db)] == [JULIET]
        assert (await find_public(db, "jule")) == (await find_public(db, JULIET))
    await choose_public(public.session, "jule", public=False)
    async with database.read() as db:
        assert not await public_people(db)
