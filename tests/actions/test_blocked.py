"""The list of the blocked: as pages show it, as forms change it, as other devices change it."""

import pytest
from lxml import html

from tests.actions.server import Server
from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from webchat.actions import slice as actions
from webchat.contacts.changes import ContactChanged, RosterChanged
from webchat.contacts.state import Blocklist
from webchat.errors import Offline, XmppError
from webchat.session.changes import ConnectionChanged
from webchat.web.page import Page
from webchat.web.partial import Partial
from webchat.web.scope import Scope
from webchat.xmpp.events import BlocklistReceived, RosterItem, RosterReceived

PAGE = "/configuration/blocked"


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.fixture
async def listed(romeo: Person, server: Server) -> Person:
    """Romeo has blocked Mercutio, Juliet who is a contact, somebody in a room, and a server."""
    romeo.session[Blocklist].offered = True
    await romeo.hears(
        RosterReceived((RosterItem(JULIET, "My <sun>", "both"),)),
        BlocklistReceived((MERCUTIO, JULIET, "hall@rooms.example/Tybalt", "evil.example"), whole=True),
    )
    return romeo


async def test_the_list(web: Browser, listed: Person) -> None:
    page = await web.get(PAGE)
    assert text(page.cssselect("#tabs [aria-current]")[0]) == "Blocked"
    rows = page.cssselect("#blocked li")
    assert [text(row.cssselect(".device")[0]) for row in rows] == [
        "evil.example",
        "hall@rooms.example/Tybalt",
        MERCUTIO,
        "My <sun>",
    ]
    assert [text(row.cssselect(".meta")[0]) for row in rows] == [
        "Everybody on this server, and the server itself",
        "This one only, in a room or on a device",
        "Not in your contacts",
        JULIET,
    ]
    assert rows[3].cssselect("a")[0].get("href") == f"/people/{JULIET}"


async def test_unblocking_takes_one_line_off(web: Browser, listed: Person, server: Server) -> None:
    await web.post(PAGE, {"jid": "capulet.example"})
    answer = await web.post(f"{PAGE}/delete", {"jid": JULIET})
    assert answer.headers["location"] == PAGE
    kind, _, payload = server.asked[-1]
    assert (kind, payload.tag, payload[0].get("jid")) == ("set", "{urn:xmpp:blocking}unblock", JULIET)
    assert {"capulet.example", MERCUTIO} < listed.session[Blocklist].jids
    assert JULIET not in listed.session[Blocklist].jids
    assert listed.session[Blocklist].blocks(JULIET)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("xmpp:Tybalt@Capulet.example?message", "tybalt@capulet.example"),
        ("Evil.example.", "evil.example"),
        ("hall@rooms.example/Tybalt", "hall@rooms.example/Tybalt"),
    ],
)
async def test_blocking_what_was_typed(
    web: Browser, listed: Person, server: Server, typed: str, sent: str
) -> None:
    await web.post(PAGE, {"jid": typed})
    payload = server.asked[-1][2]
    assert (payload.tag, payload[0].get("jid")) == ("{urn:xmpp:blocking}block", sent)
    assert sent in listed.session[Blocklist].jids


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (ROMEO, "cannot block yourself"),
        ("montague.example", "cannot block yourself"),
        ("no address", "not a valid address"),
        ("", "needed"),
    ],
)
async def test_what_cannot_be_blocked_is_said(web: Browser, listed: Person, typed: str, words: str) -> None:
    page = await web.post_page(PAGE, {"jid": typed}, 422)
    assert words in text(page.cssselect("#block-error")[0])
    assert (page.cssselect("#block-address")[0].get("value") or "") == typed


async def test_a_refusal_of_the_server_stays_on_the_page(
    web: Browser, listed: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[Exception] = [XmppError("resource-constraint"), Offline()]

    async def refuse(*_: object, **__: object) -> None:
        raise errors.pop(0)

    monkeypatch.setattr(listed.client, "request", refuse)
    page = await web.post_page(PAGE, {"jid": "paris@verona.example"}, 422)
    assert "too busy or has no room left" in text(page.cssselect("#block-error")[0])
    assert page.cssselect("#block-address")[0].get("value") == "paris@verona.example"
    await web.post(PAGE, {"jid": "paris@verona.example"}, 503)


async def test_a_long_list_is_searched(web: Browser, listed: Person) -> None:
    many = tuple(f"spam{n}@evil{n % 7}.example" for n in range(400))
    await listed.hears(BlocklistReceived((*many, JULIET), whole=True))
    page = await web.get(PAGE)
    assert len(page.cssselect("#blocked li")) == 200
    assert "There are more of them" in text(page)
    page = await web.get(f"{PAGE}?words=SUN")
    assert [text(one) for one in page.cssselect("#blocked .device")] == ["My <sun>"]
    assert "401 addresses are blocked · 1 with these words" in text(page)


async def test_where_there_is_no_list(web: Browser, romeo: Person, server: Server) -> None:
    assert "keeps no list of blocked" in text((await web.get(PAGE)).cssselect("#blocked")[0])
    romeo.session[Blocklist].offered = True
    assert "blocked nobody" in text((await web.get(PAGE)).cssselect("#blocked")[0])
    romeo.session[Blocklist].offered = False
    romeo.session.state = "offline"
    assert "no connection" in text((await web.get(PAGE)).cssselect("#blocked")[0])


@pytest.mark.parametrize("change", [ContactChanged(MERCUTIO), RosterChanged(), ConnectionChanged()])
async def test_open_pages_follow_other_devices(
    listed: Person, change: ContactChanged | RosterChanged | ConnectionChanged
) -> None:
    await listed.hears(BlocklistReceived((JULIET,), blocked=False))
    draw = actions.fragments[type(change), "blocked"]
    async with listed.session.read() as db:
        (part,) = await draw(Page(listed.session, db, Scope("blocked", "verona"), "en"), [change])
    assert isinstance(part, Partial)
    assert (part.target, part.template) == ("#blocked", "actions/_blocked.html")
    assert [line.jid for line in part.values["blocked"].lines] == [MERCUTIO]
