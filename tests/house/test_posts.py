"""This room guards whoever uses no scripts: every action is a form, every link leads somewhere."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring

import httpx
import pytest
from starlette.routing import Match, Route

from tests.house import actions, articles, communities, following, keeping, oneself, pushes, rooms
from tests.house.tree import sentence
from tests.session.fakes import FakeClient
from tests.web.site import PASSWORD, ROMEO, Site, running
from webchat.app import OPERATION, SHELL, SLICES
from webchat.errors import Offline
from webchat.messages.models import Gap
from webchat.messages.state.occupants import Rooms
from webchat.session.registry import SignedIn
from webchat.xmpp.events import (
    MessageFailed,
    MessageReceived,
    RosterItem,
    RosterReceived,
    StanzaAcked,
    SubscriptionRequested,
)

MAM = "urn:xmpp:mam:2"
JULIET = "juliet@capulet.example"
BALCONY = "balcony@conference.capulet.example"
PAGES = (
    "/chats",
    f"/chats/{JULIET}",
    f"/conversations/{JULIET}/later",
    "/later",
    f"/rooms/{BALCONY}",
    f"/rooms/{BALCONY}/about",
    "/rooms/join",
    "/rooms/create",
    "/configuration/account",
    "/configuration/notifications",
    "/configuration/preferences",
    "/configuration/media",
    "/publish",
    "/publish/drafts",
    "/share",
    *communities.PAGES,
    *following.PAGES,
    *oneself.PAGES,
    *actions.PAGES,
)
MACHINES = {"/csp-report", "/push"}
"""What browsers send by themselves, or what only scripts can know; nobody waits for a page."""

FROM_OUTSIDE = {"/share/files"}
"""Other programs send it: it sends nothing on, and leads to a page that asks (tests/share)."""

OWN = "11111111-2222-4333-8444-555555555555"
LATER = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "/chats": ("/chats", {"jid": JULIET}),
    "/conversations/{jid:path}/messages": (
        f"/conversations/{JULIET}/messages",
        {"message_id": "5f0c9c5e-0d0e-4f5e-9d0c-0a5b6c7d8e9f", "text": "But, soft!", "draft_version": "0"},
    ),
    "/conversations/{jid:path}/draft": (f"/conversations/{JULIET}/draft", {"text": "But", "version": "0"}),
    "/conversations/{jid:path}/draft/delete": (f"/conversations/{JULIET}/draft/delete", {}),
    "/conversations/{jid:path}/chat-state": (f"/conversations/{JULIET}/chat-state", {"state": "composing"}),
    "/conversations/{jid:path}/displayed": (f"/conversations/{JULIET}/displayed", {"id": "1"}),
    "/conversations/{jid:path}/gaps/{id:int}": (f"/conversations/{JULIET}/gaps/1", {}),
    "/messages/{id:int}/reactions": ("/messages/1/reactions", {"emoji": "\U0001f44d"}),
    "/conversations/{jid:path}/later": (
        f"/conversations/{JULIET}/later",
        {"message_id": "a-form-for-later", "text": "Parting", "later": "hour"},
    ),
    "/later/{id:int}": ("/later/1", {"later": "at", "later_at": LATER}),
    "/later/{id:int}/delete": ("/later/1/delete", {}),
    "/later/{id:int}/send": ("/later/2/send", {}),
    "/messages/{id:int}/remind": ("/messages/1/remind", {"later": "hour"}),
    "/messages/{id:int}/remind/delete": ("/messages/1/remind/delete", {}),
    "/messages/{id:int}/save": ("/messages/1/save", {"tags": "verona, night"}),
    "/messages/{id:int}/save/delete": ("/messages/1/save/delete", {}),
    "/messages/{id:int}/hide": ("/messages/1/hide", {}),
    "/messages/{id:int}/hide/delete": ("/messages/1/hide/delete", {}),
    "/messages/{id:int}/forward": ("/messages/1/forward", {"to": JULIET}),
    "/messages/{id:int}/retraction": ("/messages/3/retraction", {}),
    "/messages/{id:int}/undo": ("/messages/4/undo", {}),
    "/messages/{id:int}/moderation": ("/messages/5/moderation", {"reason": "Enough"}),
    "/conversations/{jid:path}/files": (
        f"/conversations/{JULIET}/files",
        {"message_id": "a-form-with-a-file", "caption": "A rose"},
    ),
    "/messages/{id:int}/retry": ("/messages/2/retry", {}),
    "/messages/{id:int}/delete": ("/messages/2/delete", {}),
    "/requests/{jid}": ("/requests/tybalt@capulet.example", {}),
    "/requests/{jid}/delete": ("/requests/sampson@capulet.example/delete", {}),
    "/contacts/{jid}": (f"/contacts/{JULIET}", {}),
    "/contacts/{jid}/delete": ("/contacts/abram@montague.example/delete", {}),
    "/people/{jid}/contact": (f"/people/{JULIET}/contact", {"name": "My sun", "groups": "Verona"}),
    "/people/{jid}/subscription": (f"/people/{JULIET}/subscription", {"action": "hide"}),
    "/people/{jid}/block": (f"/people/{JULIET}/block", {}),
    "/people/{jid}/unblock": (f"/people/{JULIET}/unblock", {}),
    "/people/{jid}/report": (f"/people/{JULIET}/report", {"reason": "spam"}),
    "/presence": ("/presence", {"show": "dnd", "status": "Fencing"}),
    "/chats/{jid:path}/close": (f"/chats/{JULIET}/close", {}),
    "/configuration/preferences": ("/configuration/preferences", {"language": "fr", "theme": "dark"}),
    "/configuration/notifications": ("/configuration/notifications", {"notices": "1"}),
    **pushes.FORMS,
    "/configuration/notifications/offer/delete": ("/configuration/notifications/offer/delete", {}),
    "/configuration/public": ("/configuration/public", {"public": "1", "nickname": "romeo"}),
    "/configuration/emoji": ("/configuration/emoji", {"name": "owl", "do": "drop"}),
    "/configuration/theme": ("/configuration/theme", {"theme": "dark"}),
    "/configuration/preferences/undo": ("/configuration/preferences/undo", {"change": "nothing"}),
    "/configuration/archive": ("/configuration/archive", {"default": "always"}),
    "/configuration/archive/exceptions": (
        "/configuration/archive/exceptions",
        {"jid": JULIET, "where": "always"},
    ),
    "/configuration/readers": ("/configuration/readers", {"access": "open"}),
    "/conversations/{jid:path}/notifications": (f"/conversations/{JULIET}/notifications", {"mute": "1h"}),
    "/conversations/read": ("/conversations/read", {}),
    "/messages/{id:int}/unread": ("/messages/1/unread", {}),
    "/configuration/account": ("/configuration/account", {"end": "0" * 64}),
    "/configuration/account/apps/end": ("/configuration/account/apps/end", {"id": "gajim"}),
    **rooms.FORMS,
    **articles.forms(ROMEO),
    **following.FORMS,
    **communities.FORMS,
    **oneself.FORMS,
    **actions.FORMS,
    "/share": ("/share", {"do": "send", "to": JULIET, "text": "A rose", "message_id": "a-share-of-a-rose"}),
    "/share/files": ("/share/files", {"title": "A rose"}),
    "/publish/files": ("/publish/files", {"title": "Night", "publish_at": LATER, "do": "schedule"}),
    "/publish/draft": ("/publish/draft", {"title": "Half a word"}),
    "/publish/drafts": ("/publish/drafts", {"key": "later:nothing", "do": "drop"}),
    "/publish/send": ("/publish/send", {"ref": f"{ROMEO}/urn:xmpp:microblog:0/mine", "to": JULIET}),
    "/admin/end": ("/admin/end", {"jid": "tybalt@capulet.example"}),
    "/admin/block": ("/admin/block", {"who": "capulet.example", "reason": "They quarrel"}),
    "/reports/{about}/{id:int}": ("/reports/message/1", {"reason": "abuse", "text": "He sighs"}),
    "/admin/reports/close": ("/admin/reports/close", {"id": "1"}),
    "/admin/unblock": ("/admin/unblock", {"kind": "domain", "value": "capulet.example"}),
    "/configuration/account/password": (
        "/configuration/account/password",
        {"present": PASSWORD, "password": PASSWORD, "again": PASSWORD},
    ),
    "/configuration/account/delete": ("/configuration/account/delete", {"confirm": ROMEO, "proof": PASSWORD}),
    "/configuration/account/leave": ("/configuration/account/leave", {"confirm": ROMEO}),
    "/logout": ("/logout", {}),
    "/login": ("/login", {"jid": ROMEO, "password": PASSWORD}),
}
"""Route → an address of it and what a form would send, in an order in which one person can do all of it."""


def posts() -> list[str]:
    """All routes that take a POST from people."""
    routes = (route for each in (SHELL, OPERATION, *SLICES) for route in each.routes)
    found = {route.path for route in routes if isinstance(route, Route) and "POST" in (route.methods or ())}
    return sorted(found - MACHINES)


async def answered(_: object, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Element:
    """A server whose archive is empty, and that says nothing else."""
    if payload.tag == f"{{{MAM}}}query":
        return fromstring(f"<iq type='result'><fin xmlns='{MAM}' complete='true'/></iq>")  # noqa: S314
    done = ("{urn:xmpp:blocking}", "{jabber:iq:roster}", "{urn:xmpp:message-moderate:1}")
    if kind == "set" and payload.tag.startswith(done):
        return fromstring("<iq type='result'/>")  # noqa: S314
    if (kept := keeping.answered(kind, payload)) is not None:
        return kept
    if (ran := actions.answered(kind, payload, to)) is not None:
        return ran
    if (told := await communities.answered(kind, payload, to)) is not None:
        return told
    if (said := rooms.answered(kind, payload, to)) is not None:
        return said
    if (known := oneself.answered(kind, payload, to)) is not None:
        return known
    raise Offline


@pytest.fixture
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """The whole site."""
    monkeypatch.setattr(FakeClient, "request", answered, raising=False)
    rooms.open_doors(monkeypatch)
    communities.begin()
    following.begin(monkeypatch)
    monkeypatch.setattr(FakeClient, "queries", {}, raising=False)
    monkeypatch.setattr(FakeClient, "send_xml", lambda *_: True, raising=False)
    async with running(tmp_path, SLICES, admins=ROMEO) as made:
        pushes.begin(monkeypatch, made)
        yield made


@pytest.fixture
async def romeo(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """Romeo's browser: Juliet is a contact and wrote, two people ask, one message of his own came back."""
    browser, me = await site.signed_in()
    inbox = me.session.inbox
    await inbox.handled(RosterReceived((RosterItem(JULIET, "Juliet", "both"),)))
    await inbox.handled(
        MessageReceived(JULIET, f"{JULIET}/balcony", False, "Ay me!", id="j1", stanza_id="a1")
    )
    for name in ("tybalt", "sampson"):
        await inbox.handled(SubscriptionRequested(f"{name}@capulet.example"))
    own = {"message_id": OWN, "text": "Soft!", "draft_version": "0"}
    await browser.post(f"/conversations/{JULIET}/messages", data=own)
    await inbox.handled(MessageFailed(JULIET, OWN, "service-unavailable"))
    await _more_messages(browser, me)
    await pushes.subscribed(me)
    async with me.session.work() as work:
        work.db.add(Gap(conversation_id=1, message_id=1))
    yield browser
    await browser.aclose()


async def _more_messages(browser: httpx.AsyncClient, me: SignedIn) -> None:
    """One that was sent (3), one that waits (4), one in a room in which Romeo is a moderator (5)."""
    sent, waits = "22222222-2222-4333-8444-555555555555", "33333333-2222-4333-8444-555555555555"
    await browser.post(f"/conversations/{JULIET}/messages", data={"message_id": sent, "text": "Soft!"})
    await me.session.inbox.handled(StanzaAcked(sent))
    me.session.preferences = {**me.session.preferences, "undo_send": "30"}
    await browser.post(f"/conversations/{JULIET}/messages", data={"message_id": waits, "text": "Wait"})
    me.session.preferences = {**me.session.preferences, "undo_send": "0"}
    later = {"message_id": "a-message-for-later", "text": "Adieu", "later": "hour"}
    await browser.post(f"/conversations/{JULIET}/later", data=later)
    room = me.session[Rooms].ensure(BALCONY)
    room.phase, room.role, room.features = "in", "moderator", frozenset({"urn:xmpp:message-moderate:1"})
    said = MessageReceived(BALCONY, f"{BALCONY}/tybalt", False, "Villain!", stanza_id="r1", kind="room")
    await me.session.inbox.handled(said)
    await articles.published(me)


class Aims(HTMLParser):
    """Where the links, forms and htmx requests of a page lead: (method, address)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.aims: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note every address."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.aims.add((found.get("method", "get").upper(), found.get("action", "")))
        for name, method in (
            ("href", "GET"),
            ("hx-get", "GET"),
            ("hx-post", "POST"),
            ("hx-sse:connect", "GET"),
        ):
            if name in found:
                self.aims.add((method, found[name]))


def leads_somewhere(site: Site, method: str, address: str) -> bool:
    """Whether the site has a route for this; other sites and places within the page are not asked."""
    if urlsplit(address).scheme or address.startswith("#"):
        return True
    scope = {"type": "http", "method": method, "path": urlsplit(address).path, "headers": [], "root_path": ""}
    return any(route.matches(scope)[0] is Match.FULL for route in site.app.router.routes)


def test_every_action_is_tried_here() -> None:
    """A new action gets a line in FORMS, and with it the proof that it works without scripts."""
    assert not set(posts()) - FORMS.keys(), (
        "Add these to FORMS, with an address and the fields of their form."
    )
    assert not FORMS.keys() - set(posts()), "These routes no longer exist."


async def test_plain_forms_are_answered_by_a_303(romeo: httpx.AsyncClient) -> None:
    """Without scripts the browser is sent to a page, so that reloading it repeats nothing."""
    found = []
    for address, fields in FORMS.values():
        answer = await romeo.post(address, data=fields)
        target = answer.headers.get("location", "")
        if answer.status_code != 303 or urlsplit(target).netloc:
            found.append(f"{address}: {answer.status_code} {target}")
        elif (await romeo.get(target)).status_code not in (200, 303):
            found.append(f"{address} leads to {target}, which does not answer")
    assert not found, sentence("A plain form is answered by 303 and a page of ours:", found)


async def test_forms_of_other_sites_are_refused(romeo: httpx.AsyncClient) -> None:
    """No action can be caused by a page that somebody else wrote."""
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    found = [
        f"{address}: {answer.status_code}"
        for address, fields in FORMS.values()
        if address not in FROM_OUTSIDE
        and (answer := await romeo.post(address, data=fields, headers=headers)).status_code != 403
    ]
    assert not found, sentence("A form of another site is refused with 403:", found)


async def test_forms_without_any_proof_are_refused(romeo: httpx.AsyncClient) -> None:
    """A browser that says nothing of where it comes from needs the token of its login."""
    del romeo.headers["sec-fetch-site"]
    found = [
        f"{address}: {answer.status_code}"
        for address, fields in FORMS.values()
        if address not in FROM_OUTSIDE
        and (answer := await romeo.post(address, data=fields)).status_code != 403
    ]
    assert not found, sentence("A form that proves nothing is refused with 403:", found)


async def test_everything_on_a_page_leads_somewhere(site: Site, romeo: httpx.AsyncClient) -> None:
    """No dead link, no form that nobody takes."""
    found = []
    for page in (*PAGES, "/nowhere"):
        aims = Aims((await romeo.get(page)).text).aims - {("GET", "/nowhere")}
        found += [
            f"{page}: {method} {to}" for method, to in sorted(aims) if not leads_somewhere(site, method, to)
        ]
    assert not found, sentence("These lead nowhere:", found)


async def test_everything_on_the_login_page_leads_somewhere(site: Site) -> None:
    """The same for whoever is not signed in."""
    async with site.browser() as browser:
        aims = Aims((await browser.get("/login")).text).aims
    assert not [aim for aim in aims if not leads_somewhere(site, *aim)]


async def test_pages_are_for_whoever_is_signed_in(site: Site) -> None:
    """Without a login every page leads to the way in."""
    async with site.browser() as browser:
        answers = [await browser.get(page) for page in PAGES]
    assert {urlsplit(answer.headers["location"]).path for answer in answers} == {"/login"}
    assert {answer.status_code for answer in answers} == {303}
