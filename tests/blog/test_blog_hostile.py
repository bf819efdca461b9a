"""This room proves that public pages and feeds call nobody what they only claim, and show nobody hidden."""

import pytest
from lxml import etree

from tests.blog.conftest import HOME, Stranger, write
from tests.blog.test_feed import ATOM
from tests.lab.people import JULIET, MERCUTIO, Person
from webchat.db.engine import Database
from webchat.posts.store.public import public_people
from webchat.session import blocks

CATS = (f"pubsub.{HOME}", "cats")


@pytest.mark.parametrize("publisher", [MERCUTIO, ""])
async def test_a10_a_feed_names_as_the_page_does(
    database: Database, stranger: Stranger, publisher: str
) -> None:
    """Who is vouched for has their own name in it; who only says so has no address."""
    service, node = CATS
    claimed = {"author": JULIET, "author_name": "Juliet Capulet"}
    where = {"service": service, "node": node, "access": "open", "publisher": publisher}
    await write(database, "trap", **{**where, **claimed})  # type: ignore[arg-type]
    feed = etree.fromstring((await stranger.ask(f"/c/{service}/{node}/feed.atom")).content)
    (author,) = feed.findall(f"{ATOM}entry/{ATOM}author")
    assert author.findtext(f"{ATOM}uri") == (f"xmpp:{publisher}" if publisher else None)
    assert author.findtext(f"{ATOM}name") == ("mercutio" if publisher else "Juliet Capulet")


@pytest.mark.parametrize("block", [(blocks.ADDRESS, JULIET), (blocks.DOMAIN, HOME)])
async def test_who_is_hidden_has_no_public_page(
    public: Person, database: Database, stranger: Stranger, block: tuple[str, str]
) -> None:
    """What the operator hides is hidden whole: page, feed, and the list of public people."""
    async with database.write() as db:
        await blocks.add(db, *block)
        assert [row.jid for row in await public_people(db)] == [JULIET]
    assert (await stranger.ask(f"/@{JULIET}")).status_code == 200
    async with database.write() as db:
        await blocks.add(db, *block, hides=True)
        assert await public_people(db) == []
    for path in (f"/@{JULIET}", "/@jule", f"/@{JULIET}/feed.atom"):
        assert (await stranger.ask(path)).status_code == 404, path
