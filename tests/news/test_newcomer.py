"""What a newcomer finds: an empty page that leads on, people who chose to be public, communities."""

import pytest
from lxml import html

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.news.conftest import COMMUNITIES, entry
from tests.posts.lists import Lists, settled
from webchat.db.engine import Database
from webchat.errors import Offline, XmppError
from webchat.news import commands, fragments
from webchat.news.changes import SuggestionsChanged
from webchat.posts.state import Suggestions
from webchat.posts.store import node_row, set_node
from webchat.posts.store.public import set_public
from webchat.session.store import ensure_account
from webchat.web.page import Page
from webchat.web.partial import Partial
from webchat.web.scope import Scope
from webchat.web.templates import partial
from webchat.xmpp.entries import NodeInfo, PostItem
from webchat.xmpp.events import BlocklistReceived, RosterItem, RosterReceived
from webchat.xmpp.pubsub import nodes

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
    assert "follow somebody" in card.text_content()
    assert {"/explore", "/publish"} <= set(card.xpath(".//a/@href"))
    assert names(page, "//section[@class='invitation']") == ["Juliet", MERCUTIO]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


async def test_an_empty_tab_leads_to_what_it_would_show(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "Juliet", "both"),)))
    (card,) = (await web.get("/news?tab=communities")).xpath("//section[@class='invitation']")
    assert "follow a community" in card.text_content()
    assert card.xpath(".//a/@href") == ["/communities"]


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


async def test_the_server_is_asked_what_it_has(
    romeo: Person, services: Lists, web: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the background of the first visit, a few at a time, and not at every visit."""
    asked: list[str] = []
    names_ = ["cats", "dogs", "owls", "plots", "urn:xmpp:microblog:0:comments/x", "x" * 600]
    shut = {"plots": "whitelist"}

    async def found(stream: object, domain: str) -> tuple[str, str]:
        asked.append(domain)
        return COMMUNITIES, ""

    async def listing(stream: object, service: str) -> tuple[NodeInfo, ...]:
        return tuple(NodeInfo(service, name, name.title()) for name in names_)

    async def info(stream: object, service: str, node: str) -> NodeInfo:
        asked.append(node)
        if node == "owls":
            raise XmppError("forbidden")
        return NodeInfo(service, node, access=shut.get(node, "open"))

    monkeypatch.setattr(commands, "pubsub_services", found)
    monkeypatch.setattr(nodes, "listing", listing)
    monkeypatch.setattr(nodes, "info", info)
    services.put(COMMUNITIES, "cats", PostItem("purr", "", entry("Purr"), "<purr/>"))
    services.items[COMMUNITIES, "dogs"] = {}
    assert not names(await web.get("/explore"), "//section[@id='suggestions']")
    await settled(romeo)
    assert SuggestionsChanged() in romeo.changes()
    beside = (await web.get("/news")).xpath("//aside[@id='around']//article//h2")
    assert [one.text_content().strip() for one in beside] == ["Purr"], "what nobody here reads yet is shown"
    async with romeo.session.read() as db:
        (told,) = await fragments.beside(Page(romeo.session, db, Scope("news", "-0"), "en"), ())
    assert isinstance(told, Partial)
    drawn = html.fragment_fromstring(partial(told.template, "en", **told.values))
    assert (drawn.get("id"), drawn.get("hidden")) == ("around", None)
    assert [one.text_content().strip() for one in drawn.xpath(".//article//h2")] == ["Purr"]
    page = await web.get("/explore")
    assert sorted(names(page, "//section[@id='suggestions']")) == ["Cats", "Dogs"]
    await settled(romeo)
    assert sorted(set(asked)) == ["cats", "dogs", "montague.example", "owls", "plots"]
    romeo.session[Suggestions].asked.clear()
    asked.clear()
    await web.get("/explore")
    await settled(romeo)
    assert sorted(asked) == ["montague.example", "owls"], "what is known is not asked again"


async def test_a_server_without_communities(
    romeo: Person, services: Lists, web: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one that does not tell: the page is there all the same."""
    answers: list[Exception | tuple[str, str]] = [("", ""), XmppError("forbidden"), Offline(), Offline()]

    async def found(stream: object, domain: str) -> tuple[str, str]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(commands, "pubsub_services", found)
    for _ in range(2):
        romeo.session[Suggestions].asked.clear()
        await web.get("/explore")
        await settled(romeo)
    for _ in range(2):
        romeo.session[Suggestions].asked.pop("montague.example", None)
        await web.get("/explore")
        await settled(romeo)
        assert "montague.example" not in romeo.session[Suggestions].asked, "asked again when it is back"
    assert answers == []
