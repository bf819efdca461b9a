"""What a newcomer finds: an empty page that leads on, people who chose to be public, communities."""

from lxml import html

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.news.conftest import COMMUNITIES
from tests.posts.lists import Lists
from webchat.db.engine import Database
from webchat.posts.store import node_row, set_node
from webchat.posts.store.public import set_public
from webchat.session.store import ensure_account
from webchat.xmpp.events import BlocklistReceived, RosterItem, RosterReceived

PUBLIC = "//section[@aria-labelledby='public-title']"


async def is_public(database: Database, jid: str, *, public: bool = True) -> None:
    async with database.write() as db:
        account = await ensure_account(db, jid, "webchat", "SCRAM-SHA-256")
        await set_public(db, account.id, "", public=public)


def names(page: html.HtmlElement, where: str = PUBLIC) -> list[str]:
    return [" ".join(one.text_content().split()) for one in page.xpath(f"{where}//li//p[1]/a")]


async def test_an_empty_page_of_news_leads_on(romeo: Person, web: Browser, database: Database) -> None:
    await is_public(database, MERCUTIO)
    await is_public(database, JULIET)
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "Juliet", "both"),)))
    page = await web.get("/news")
    (card,) = page.xpath("//section[@class='invitation']")
    assert "News brings together" in card.text_content()
    ways = set(card.xpath(".//a/@href"))
    assert {"/explore", "/chats", "/search", "/communities", "/publish"} <= ways
    assert names(page, "//section[@class='invitation']") == ["Juliet", MERCUTIO]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


async def test_public_people_can_be_followed_in_one_click(
    romeo: Person, services: Lists, web: Browser, database: Database
) -> None:
    """Whoever chose to be public and nobody else, not oneself, nobody who is blocked."""
    assert not (await web.get("/explore")).xpath(PUBLIC)
    for jid in (MERCUTIO, "benvolio@montague.example", romeo.session.jid):
        await is_public(database, jid)
    await is_public(database, "tybalt@capulet.example", public=False)
    assert sorted(names(await web.get("/explore"))) == ["benvolio@montague.example", MERCUTIO]
    await romeo.session.handled(BlocklistReceived(("benvolio@montague.example",)))
    page = await web.get("/explore")
    (form,) = page.xpath(f"{PUBLIC}//form/@action")
    services.others[MERCUTIO] = []
    await web.post(form, {"back": "explore"})
    page = await web.get("/explore")
    assert page.xpath(f"{PUBLIC}//form/@action") == [f"{form}/delete"]


async def test_open_communities_are_suggested_without_contacts(web: Browser, database: Database) -> None:
    async with database.write() as db:
        for via, name, access, subscribers in (
            ("montague.example", "Cats", "open", 3),
            ("montague.example", "Dogs", "open", 30),
            ("montague.example", "Plots", "whitelist", 90),
            ("capulet.example", "Forged", "open", 90),
        ):
            row = await node_row(db, via, COMMUNITIES, name.lower())
            await set_node(db, row.id, title=name, access=access, subscribers=subscribers)
    page = await web.get("/explore")
    assert names(page, "//section[@id='suggestions']") == ["Dogs", "Cats"]
    assert "Followed by" not in page.text_content()
