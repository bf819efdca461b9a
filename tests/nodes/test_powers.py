"""What owners do with their communities: settings, roles, followers, repair, the end."""

from typing import Any

import pytest
from lxml import html
from sqlalchemy import insert

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.nodes.service import HOME, OWNER, ANode, Service, entry
from webchat.db.base import now
from webchat.errors import TooMany, XmppError
from webchat.nodes import commands
from webchat.posts import store
from webchat.posts.state import Suggestions
from webchat.posts.store.follows import put_follow
from webchat.session.models import Account
from webchat.xmpp.events import RosterItem, RosterReceived

CATS = f"/communities/{HOME}/cats"


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.fixture
def cats(service: Service) -> ANode:
    """Romeo's community."""
    return service.add("cats", owner=ROMEO, title="Cats", description="Purr")


PAGES = ("configuration", "form", "roles", "delete")


@pytest.mark.parametrize("below", PAGES)
async def test_only_owners_come_in(web: Browser, service: Service, below: str) -> None:
    service.add("cats", owner=JULIET)
    await web.get(f"{CATS}/{below}", 403)
    service.nodes["cats"].roles = {ROMEO: "publisher"}
    await web.get(f"{CATS}/{below}", 403)
    await web.post(f"{CATS}/delete", {"sure": "1"}, 403)
    await web.post(f"{CATS}/roles", {"jid": ROMEO, "role": "owner"}, 403)
    assert service.nodes["cats"].roles == {ROMEO: "publisher"}


async def test_owners_find_their_pages(web: Browser, cats: ANode) -> None:
    page = await web.get(CATS)
    links = {str(one.get("href")) for one in page.cssselect("#community-about a")}
    assert {f"{CATS}/{below}" for below in (*PAGES, "subscribers") if below != "form"} <= links
    assert "You are an owner." in text(page.cssselect("#community-about")[0])


async def test_the_settings(web: Browser, cats: ANode) -> None:
    page = await web.get(f"{CATS}/configuration")
    assert page.cssselect("#community-name")[0].get("value") == "Cats"
    assert text(page.cssselect("#community-description")[0]) == "Purr"
    assert page.cssselect("[name=model][value=open][checked]")
    fields = {"name": "Big cats", "description": "", "model": "publishers", "layout": "gallery"}
    answer = await web.post(f"{CATS}/configuration", fields)
    assert "Saved" in text(await web.get(answer.headers["location"]))
    assert (cats.config["title"], cats.config["publish_model"]) == ("Big cats", "publishers")
    assert cats.config["access_model"] == "open", "what is not asked stays"
    assert cats.config["description"] == ""
    assert text((await web.get(CATS)).cssselect("h1")[0]) == "Big cats", "not what was known before"


async def test_settings_that_are_refused_stay_in_the_form(
    web: Browser, service: Service, cats: ANode
) -> None:
    page = await web.post_page(f"{CATS}/configuration", {"name": "", "description": "New"}, 422)
    assert "between 4 and 80" in text(page.cssselect("#community-name-error")[0])
    assert text(page.cssselect("#community-description")[0]) == "New"
    service.broken[f"{OWNER} configure"] = lambda: XmppError("not-acceptable")
    fields = {"name": "Tigers", "description": "New", "model": "open", "layout": "articles"}
    page = await web.post_page(f"{CATS}/configuration", fields, 422)
    assert "does not accept this" in text(page.cssselect("[role=alert]")[0])
    assert page.cssselect("#community-name")[0].get("value") == "Tigers"


async def test_the_whole_form(web: Browser, cats: ANode) -> None:
    page = await web.get(f"{CATS}/form")
    assert page.cssselect("input[name='field.pubsub#max_items']")[0].get("value") == "1000"
    fields = {"field.pubsub#title": "Tigers", "field.pubsub#max_items": "256"}
    answer = await web.post(f"{CATS}/form", fields)
    assert "Saved" in text(await web.get(answer.headers["location"]))
    assert (cats.config["title"], cats.config["max_items"]) == ("Tigers", "256")
    assert cats.config["persist_items"] == "0", "a box that is not ticked"
    page = await web.post_page(f"{CATS}/form", {"field.pubsub#max_items": "999999"}, 422)
    assert "does not accept this" in text(page.cssselect("[role=alert]")[0])


async def test_roles(web: Browser, cats: ANode) -> None:
    await web.post(f"{CATS}/roles", {"jid": f"xmpp:{JULIET}", "role": "publisher"})
    await web.post(f"{CATS}/roles", {"jid": MERCUTIO, "role": "outcast"})
    page = await web.get(f"{CATS}/roles")
    found = [text(one) for one in page.cssselect("section h2, section li > div")]
    assert found == ["Owners", f"{ROMEO} You", "Publishers", JULIET, "Shut out", MERCUTIO]
    await web.post(f"{CATS}/roles", {"jid": MERCUTIO, "role": "none"})
    assert MERCUTIO not in text(await web.get(f"{CATS}/roles"))
    page = await web.post_page(f"{CATS}/roles", {"jid": "no address", "role": "owner"}, 422)
    assert "not a valid address" in text(page.cssselect("#role-error")[0])
    assert page.cssselect("#role-jid")[0].get("value") == "no address"
    assert page.cssselect("#role-role option[value=owner][selected]")


async def test_the_last_owner_stays(web: Browser, cats: ANode) -> None:
    page = await web.post_page(f"{CATS}/roles", {"jid": ROMEO, "role": "none"}, 422)
    assert "You are the only owner" in text(page.cssselect("#role-error")[0])
    await web.post(f"{CATS}/roles", {"jid": JULIET, "role": "owner"})
    answer = await web.post(f"{CATS}/roles", {"jid": ROMEO, "role": "none"})
    assert answer.headers["location"] == CATS, "there is nothing more to do for them"
    assert not (await web.get(CATS)).cssselect("a[href$='/roles']")


async def test_followers(web: Browser, cats: ANode) -> None:
    cats.subscribers = {JULIET: "subscribed", MERCUTIO: "pending", "x@y.example": "none"}
    page = await web.get(f"{CATS}/subscribers")
    assert [text(one) for one in page.cssselect("li > div")] == [f"{MERCUTIO} Waits for an answer", JULIET]
    await web.post(f"{CATS}/subscribers", {"jid": MERCUTIO, "state": "subscribed"})
    await web.post(f"{CATS}/subscribers", {"jid": JULIET, "state": "none"})
    assert cats.subscribers[MERCUTIO] == "subscribed"
    assert cats.subscribers[JULIET] == "none"


@pytest.mark.parametrize(
    ("config", "words"),
    [({"max_items": "1"}, "very few posts"), ({"persist_items": "0", "max_items": "20"}, "keeps no posts")],
)
async def test_a_node_that_loses_posts_is_repaired(
    web: Browser, service: Service, cats: ANode, config: dict[str, str], words: str
) -> None:
    cats.config |= config
    service.takes = {"256"}
    page = await web.get(CATS)
    (warning,) = page.cssselect("#community-repair")
    assert words in text(warning)
    answer = await web.post(str(warning.cssselect("form")[0].get("action")))
    assert (cats.config["max_items"], cats.config["persist_items"]) == ("256", "1")
    assert not (await web.get(answer.headers["location"])).cssselect("#community-repair")


async def test_a_node_that_cannot_be_repaired(web: Browser, service: Service, cats: ANode) -> None:
    cats.config["max_items"] = "1"
    service.takes = {"1"}
    page = await web.post_page(f"{CATS}/repair", {}, 422)
    assert "takes none of the settings" in text(page)


async def test_others_are_not_warned(web: Browser, service: Service) -> None:
    service.add("cats", owner=JULIET, max_items="1")
    assert not (await web.get(CATS)).cssselect("#community-repair")


async def test_the_end(romeo: Person, web: Browser, service: Service, cats: ANode) -> None:
    cats.items["one"] = entry("Meow")
    await web.get(CATS)
    page = await web.get(f"{CATS}/delete")
    assert "all posts in it" in text(page.cssselect(".lead")[0])
    page = await web.post_page(f"{CATS}/delete", {}, 422)
    assert "Tick the box" in text(page.cssselect("[role=alert]")[0])
    assert "cats" in service.nodes
    answer = await web.post(f"{CATS}/delete", {"sure": "1"})
    assert answer.headers["location"] == f"/communities/{HOME}"
    assert "cats" not in service.nodes
    async with romeo.session.read() as db:
        assert await store.newest(db, "montague.example") == []


async def test_m75_others_see_who_shared_it(romeo: Person, web: Browser, service: Service) -> None:
    """Themselves and contacts, by what these let them see; nobody else, and with nothing to press."""
    service.add("cats", owner=JULIET).subscribers = {MERCUTIO: "subscribed"}
    shared = {"benvolio@montague.example": True, "tybalt@montague.example": True, "a@b.c": False}
    async with romeo.session.work() as work:
        node = await store.node_row(work.db, "montague.example", HOME, "cats")
        for jid in shared:
            values: dict[str, Any] = {"jid": jid, "resource": "x", "mechanism": "", "preferences": {}}
            values |= {"created_at": now(), "last_seen_at": now()}
            made = await work.db.execute(insert(Account).values(**values).returning(Account.id))
            await put_follow(work.db, made.scalar_one(), node.id, state="subscribed", shared=shared[jid])
        await put_follow(work.db, work.account_id, node.id, state="subscribed", shared=True)
    friends = [RosterItem(jid, "", "both", "", ()) for jid in ("benvolio@montague.example", "a@b.c")]
    await romeo.hears(RosterReceived(tuple(friends), ""))
    romeo.session[Suggestions].learn(JULIET, HOME, "cats", "Cats")
    page = await web.get(f"{CATS}/subscribers")
    assert [text(a) for a in page.cssselect(".affiliated a")] == ["benvolio@montague.example", JULIET, ROMEO]
    assert not page.cssselect("main form")
    await web.post(f"{CATS}/subscribers", {"jid": MERCUTIO}, 403)


async def test_too_many_changes_have_to_wait(romeo: Person, service: Service, cats: ANode) -> None:
    async def change() -> None:
        for _ in range(30):
            await commands.set_role(romeo.session, HOME, "cats", JULIET, "member")

    with pytest.raises(TooMany):
        await change()
