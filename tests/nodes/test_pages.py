"""The pages of communities, from what a service says to the HTML."""

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest
from lxml import html

from tests.lab.inside import Browser
from tests.lab.people import JULIET, ROMEO, Person
from tests.nodes.service import DISCO, HOME, PUBSUB, Service, entry
from webchat.errors import Offline, TimedOut, XmppError
from webchat.posts import store
from webchat.posts.show.paths import segment
from webchat.web.limits import QUESTIONS_A_MINUTE

SERVER = f"/communities/{HOME}"
BEGIN = datetime(2026, 3, 1, 10, tzinfo=UTC)


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def titles(page: html.HtmlElement) -> list[str]:
    return [text(one) for one in page.cssselect(".post-card .title")]


def fill(service: Service, name: str, count: int) -> None:
    """So many posts, one each hour."""
    node = service.nodes[name]
    for number in range(count):
        when = (BEGIN + timedelta(hours=number)).isoformat()
        node.items[f"i{number}"] = entry(f"Post {number}", when)
        node.publishers[f"i{number}"] = JULIET


# ---- finding them


async def test_the_directory_leads_to_our_server_and_any_other(web: Browser, service: Service) -> None:
    page = await web.get("/communities")
    assert [one.get("href") for one in page.cssselect("#servers-home a")] == [SERVER]
    answer = await web.client.get("/communities?service=xmpp:pubsub.Example.org?;node=x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/communities/pubsub.example.org")
    page = await web.get("/communities?service=no%20address", 422)
    assert page.cssselect("#server-address")[0].get("value") == "no address"
    assert "not the address of a server" in text(page.cssselect("#server-error")[0])


async def test_a_server_lists_its_communities(web: Browser, service: Service) -> None:
    service.add("cats", title="Zebra cats")
    service.add("dogs", title="Dogs", description="All about dogs")
    service.add("urn:xmpp:microblog:0:comments/1", title="no community")
    fill(service, "cats", 1)
    await web.get(f"{SERVER}/cats")
    await web.get(f"{SERVER}/dogs")
    page = await web.get(SERVER)
    rows = page.cssselect("#communities li")
    assert [text(row.cssselect(".name")[0]) for row in rows] == ["Zebra cats", "Dogs"], (
        "last written to first"
    )
    assert "All about dogs" in text(rows[1])
    assert [row.cssselect("a")[0].get("href") for row in rows] == [f"{SERVER}/cats", f"{SERVER}/dogs"]
    assert "2 communities" in text(page)
    page = await web.get(f"{SERVER}?words=DOGS")
    assert [text(one) for one in page.cssselect("#communities .name")] == ["Dogs"]
    page = await web.get(f"{SERVER}?words=birds")
    assert "Nothing here has these words" in text(page)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (XmppError("remote-server-not-found"), "cannot be found"),
        (TimedOut(), "does not answer"),
        (Offline(), "no connection"),
        (XmppError("item-not-found"), "does not have this"),
    ],
)
async def test_a_server_that_cannot_be_asked_is_no_empty_list(
    web: Browser, service: Service, error: Exception, words: str
) -> None:
    service.broken[f"{DISCO}#items"] = lambda: error
    page = await web.get("/communities/pubsub.verona.example")
    assert words in text(page.cssselect(".trouble")[0])
    assert "There are no communities" not in text(page)
    assert not page.cssselect("#communities")


async def test_a_server_is_asked_once_for_all_pages_of_its_list(web: Browser, service: Service) -> None:
    """A minute long, unless something is made or changed there."""
    for number in range(60):
        service.add(f"n{number}")

    def asked() -> int:
        return len(
            [1 for _, to, payload in service.asked if to == HOME and payload.tag.endswith("items}query")]
        )

    await web.get(SERVER)
    before = asked()
    assert before
    await web.get(f"{SERVER}?page=2")
    assert asked() == before
    await web.post(SERVER, {"name": "Balconies", "layout": "articles", "model": "open"})
    assert "Balconies" in text(await web.get(f"{SERVER}?words=balconies"))


async def test_a_hostile_listing_is_bounded_and_only_text(web: Browser, service: Service) -> None:
    def lie() -> Element:
        items = "".join(f"<item jid='{HOME}' node='n{n}' name='Name {n}'/>" for n in range(3000))
        bad = (
            f"<item jid='{HOME}' node='{'x' * 600}' name='long'/>"
            f"<item jid='{HOME}' node='a/../..' name='&lt;img src=x onerror=alert(1)&gt;'/>"
            f"<item jid='{HOME}' node='twice'/><item jid='{HOME}' node='twice'/>"
            f"<item jid='{HOME}'/><item/>"
            f"<item jid='{HOME}' node='rtl' name='&#x202e;evil&#x200b;'/>"
        )
        return fromstring(f"<iq><query xmlns='{DISCO}#items'>{bad}{items}</query></iq>")  # noqa: S314

    service.broken[f"{DISCO}#items"] = lie
    page = await web.get("/communities/pubsub.verona.example")
    assert "500 communities" in text(page)
    assert "more of them than are listed" in text(page)
    assert len(page.cssselect("#communities li")) == 50
    page = await web.get("/communities/pubsub.verona.example?words=onerror")
    (row,) = page.cssselect("#communities li")
    assert not row.cssselect("img")
    assert "<img src=x onerror=alert(1)>" in text(row)
    (link,) = row.cssselect("a")
    assert link.get("href") == "/communities/pubsub.verona.example/a%252F..%252F.."
    assert (await web.get("/communities/pubsub.verona.example?words=twice")).cssselect("#communities li")
    page = await web.get("/communities/pubsub.verona.example?page=10")
    assert len(page.cssselect("#communities li")) == 50
    assert not page.cssselect("nav.pages [rel=next]")


# ---- opening one


async def test_a_new_community(romeo: Person, web: Browser, service: Service) -> None:
    page = await web.get(SERVER)
    (form,) = page.cssselect("#new-community form")
    assert form.get("action") == SERVER
    fields = {"name": "Fine  Cats & Co", "description": "Purr", "model": "subscribers", "layout": "gallery"}
    answer = await web.post(SERVER, fields)
    assert answer.headers["location"] == f"{SERVER}/fine-cats-co"
    made = service.nodes["fine-cats-co"]
    assert made.config["title"] == "Fine  Cats & Co"
    assert made.config["publish_model"] == "subscribers"
    assert made.config["access_model"] == "open"
    assert made.config["type"] == "urn:xmpp:pubsub-social-feed:gallery:1"
    assert made.subscribers == {ROMEO: "subscribed"}, "who opens it follows it"
    page = await web.get(answer.headers["location"])
    assert text(page.cssselect("h1")[0]) == "Fine Cats & Co"
    assert page.cssselect(".posts.gallery")


async def test_names_in_every_script_become_nodes(web: Browser, service: Service) -> None:
    await web.post(SERVER, {"name": "Кошки мира", "model": "open", "layout": "articles"})
    await web.post(SERVER, {"name": "+++ ♥ +++", "model": "open", "layout": "articles"})
    first, second = (name for name in service.nodes if not name.startswith("urn:"))
    assert first == "кошки-мира"
    assert second.startswith("community-")


async def test_what_is_wrong_with_a_new_one_is_said_and_nothing_is_lost(
    web: Browser, service: Service
) -> None:
    service.add("cats", title="Cats")
    typed = {"description": "About cats", "model": "publishers", "layout": "gallery"}
    for name, words in (("abc", "between 4 and 80"), ("x" * 81, "between 4 and 80"), ("Cats", "already")):
        page = await web.post_page(SERVER, {"name": name, **typed}, 422)
        assert words in text(page.cssselect("#community-name-error")[0])
        assert page.cssselect("#new-community[open]")
        assert page.cssselect("#community-name")[0].get("value") == name
        assert text(page.cssselect("#community-description")[0]) == "About cats"
        assert page.cssselect("[name=model][value=publishers][checked]")
        assert page.cssselect("[name=layout][value=gallery][checked]")
    service.broken[f"{PUBSUB} create"] = lambda: XmppError("forbidden")
    page = await web.post_page(SERVER, {"name": "Dogs", **typed}, 422)
    assert "only its administrators" in text(page.cssselect("#new-community")[0])


async def test_only_our_own_server_offers_a_new_one(web: Browser, service: Service) -> None:
    page = await web.get("/communities/pubsub.verona.example")
    assert not page.cssselect("#new-community")
    await web.post("/communities/pubsub.verona.example", {"name": "Stolen"}, 404)
    assert not service.nodes


# ---- one community


async def test_a_community_with_its_posts(web: Browser, service: Service) -> None:
    service.add("cats", title="Cats", description="Purr & <b>more</b>", num_subscribers="7", creator=JULIET)
    fill(service, "cats", 3)
    page = await web.get(f"{SERVER}/cats")
    assert text(page.cssselect("h1")[0]) == "Cats"
    assert "Purr & <b>more</b>" in text(page.cssselect("#community-head")[0])
    assert titles(page) == ["Post 2", "Post 1", "Post 0"]
    about = page.cssselect("#community-about")[0]
    for words in ("Everybody may read.", "Everybody may write.", "Followers 7", JULIET):
        assert words in text(about)
    links = {one.get("href") for one in about.cssselect("a")}
    assert {f"/c/{HOME}/cats", f"/c/{HOME}/cats/feed.atom", f"xmpp:{HOME}?;node=cats"} <= links
    (publish,) = page.cssselect("#community-head a[href^='/publish']")
    assert publish.get("href") == f"/publish?service={HOME}&node=cats"
    assert page.cssselect("#community-head .follow button")
    assert not page.cssselect("a[href$='/configuration']"), "only for owners"
    stream = page.cssselect("#stream")[0].get("hx-sse:connect", "")
    assert stream.startswith(f"/stream/node/{HOME}%2Fcats?after=")


@pytest.mark.parametrize(
    ("model", "role", "follows", "offered"),
    [
        ("open", "", False, True),
        ("publishers", "", True, False),
        ("subscribers", "", False, False),
        ("subscribers", "", True, True),
        ("publishers", "owner", False, True),
        ("", "", False, False),
    ],
)
async def test_publish_is_offered_where_it_would_be_taken(
    web: Browser, service: Service, model: str, role: str, follows: bool, offered: bool
) -> None:
    service.add("cats", owner=ROMEO if role else "", publish_model=model)
    if follows:
        await web.post(f"/nodes/{HOME}/cats/subscription", {})
    page = await web.get(f"{SERVER}/cats")
    assert bool(page.cssselect("#community-head a[href^='/publish']")) is offered


@pytest.mark.parametrize("name", ["a/b", "..", ".", "50%", "%2F", "a b?c#d&e", "a//b", "\\", "ü/ö", "a/form"])
async def test_a_node_may_be_called_anything(web: Browser, service: Service, name: str) -> None:
    service.add(name, owner=ROMEO, title="Odd")
    page = await web.get(SERVER)
    (link,) = page.cssselect("#communities a")
    page = await web.get(str(link.get("href")))
    assert text(page.cssselect("h1")[0]) == "Odd"
    (below,) = page.cssselect("a[href$='/configuration']")
    page = await web.get(str(below.get("href")))
    (form,) = page.cssselect("form.node-form")
    fields = {"name": "Odder", "model": "open", "layout": "articles"}
    answer = await web.post(str(form.get("action")), fields)
    assert service.nodes[name].config["title"] == "Odder"
    assert "Saved" in text(await web.get(answer.headers["location"]))


async def test_a_slash_that_came_undone_still_leads_there(web: Browser, service: Service) -> None:
    service.add("a/b")
    answer = await web.client.get(f"{SERVER}/a/b")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{SERVER}/{segment('a/b')}")


@pytest.mark.parametrize("pages", [True, False], ids=["result sets", "no result sets"])
async def test_older_posts_come_page_by_page(web: Browser, service: Service, pages: bool) -> None:
    service.pages = pages
    service.add("cats")
    fill(service, "cats", 45)
    page, found = await web.get(f"{SERVER}/cats"), []
    for _ in range(9):
        found += titles(page)
        older = page.cssselect("nav.pages [rel=next]")
        if not older:
            break
        page = await web.get(str(older[0].get("href")))
        assert page.cssselect(f"a[href='{SERVER}/cats']"), "the way back to the newest"
    assert found == [f"Post {number}" for number in reversed(range(45))]


async def test_nonsense_in_the_address_is_the_beginning(web: Browser, service: Service) -> None:
    service.add("cats")
    fill(service, "cats", 2)
    for query in ("place=x", "place=~1", "place=2026-01-01~" + "9" * 30, "before=zzz", "place=%00~1"):
        assert titles(await web.get(f"{SERVER}/cats?{query}")) == ["Post 1", "Post 0"]
    # The post to go on from was taken out.
    page = await web.get(f"{SERVER}/cats?place=2026-03-01T10:30:00%2B00:00~1&before=gone")
    assert titles(page) == ["Post 0"]


# ---- when it cannot be read


async def test_a_community_for_members_shows_nothing_that_others_brought(
    web: Browser, service: Service
) -> None:
    service.add("cats", title="Cats")
    fill(service, "cats", 2)
    assert titles(await web.get(f"{SERVER}/cats")) == ["Post 1", "Post 0"]
    service.nodes["cats"].config["access_model"] = "whitelist"
    page = await web.get(f"{SERVER}/cats")
    assert titles(page) == []
    assert "for its members" in text(page.cssselect(".trouble")[0])


async def test_what_was_open_is_shown_while_its_server_is_silent(web: Browser, service: Service) -> None:
    service.add("cats", title="Cats")
    fill(service, "cats", 1)
    await web.get(f"{SERVER}/cats")
    service.broken = {PUBSUB: TimedOut, f"{DISCO}#info": TimedOut}
    page = await web.get(f"{SERVER}/cats")
    assert titles(page) == ["Post 0"]
    assert "does not answer" in text(page.cssselect(".trouble")[0])
    assert "fetched earlier" in text(page)


async def test_a_community_that_is_not_there(web: Browser, service: Service) -> None:
    page = await web.get(f"{SERVER}/nowhere", 404)
    assert "does not exist" in text(page.cssselect(".error .lead")[0])
    assert text(page.cssselect(".error .what")[0]) == f"{HOME}/nowhere"
    assert [link.get("href") for link in page.cssselect(".error .row a")] == [SERVER, "/communities", "/"]
    assert not page.cssselect("#community-about")


async def test_an_empty_community_invites(web: Browser, service: Service) -> None:
    service.add("cats")
    page = await web.get(f"{SERVER}/cats")
    assert "Nobody has written here yet. Be the first." in text(page.cssselect(".empty")[0])


async def test_what_came_through_one_server_stays_with_it(
    romeo: Person, web: Browser, service: Service
) -> None:
    """Law 4: rows of another home server are never drawn."""
    service.add("cats", title="Cats")
    async with romeo.session.work() as work:
        row = await store.node_row(work.db, "capulet.example", HOME, "cats")
        await store.set_node(work.db, row.id, title="Planted", access="open")
        other = await store.node_row(work.db, "capulet.example", "pubsub.evil.example", "x")
        assert other.via == "capulet.example"
    page = await web.get("/communities")
    assert "pubsub.evil.example" not in text(page)
    assert "Planted" not in text(await web.get(SERVER))
    service.broken = {PUBSUB: TimedOut, f"{DISCO}#info": TimedOut}
    assert "Planted" not in text(await web.get(f"{SERVER}/cats"))


async def test_w18_who_looks_too_often_sees_what_is_kept(web: Browser, service: Service) -> None:
    """The service hears nothing more for a while; the page says so, and from when it is."""
    service.add("cats", title="Cats")
    fill(service, "cats", 1)
    for _ in range(2 * QUESTIONS_A_MINUTE):
        asked = len(service.asked)
        page = await web.get(f"{SERVER}/cats")
        if len(service.asked) == asked:
            break
    assert len(service.asked) == asked
    assert titles(page) == ["Post 0"]
    assert "asked for much" in text(page.cssselect(".trouble")[0])
    assert page.cssselect(".trouble time[datetime]")
