"""This room proves the page about somebody as browsers get it: its words, what is escaped, what it asks."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest

from tests.lab.databases import KINDS
from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from webchat.contacts import store
from webchat.contacts.state import Blocklist
from webchat.db.base import now
from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp.events import (
    NicknameReceived,
    PresenceReceived,
    RosterItem,
    RosterReceived,
    SubscriptionRequested,
)
from webchat.xmpp.verbs import SendPresence

DATABASES = KINDS[:1]

CORPUS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% raw %}",
    "<hx-partial hx-get='/logout'>",
    "&lt;b&gt;",
    "' autofocus onfocus='alert(1)",
)
FIELDS = (
    "fn/text",
    "nickname/text",
    "pronouns/text",
    "title/text",
    "org/text",
    "bday/text",
    "adr/locality",
    "adr/country",
    "note/text",
    "url/uri",
    "email/text",
    "tel/text",
)


class Server:
    """What people's servers answer: by the name of what was asked for."""

    def __init__(self, person: Person) -> None:
        self.answers: dict[str, str | Exception] = {}
        self.asked: list[tuple[str, str]] = []
        person.client.request = self.request  # type: ignore[method-assign]

    async def request(self, kind: str, payload: Element, to: str = "", timeout: float = 20) -> Any:
        """Like webchat.xmpp.client.Client.request."""
        node = payload[0].get("node", "") if len(payload) else ""
        name = node or payload.tag
        self.asked.append((name, to))
        answer = next(
            (each for key, each in self.answers.items() if key in name), XmppError("item-not-found")
        )
        if isinstance(answer, Exception):
            raise answer
        return fromstring(f"<iq xmlns='jabber:client' type='result'>{answer}</iq>")  # noqa: S314


@pytest.fixture
def server(romeo: Person) -> Server:
    return Server(romeo)


@pytest.fixture
async def his(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    romeo.session[Blocklist].offered = True
    items = (RosterItem(JULIET, "My sun", "to", groups=("Love", "Verona")),)
    await romeo.session.handled(RosterReceived(items))
    async with browser(romeo, tmp_path) as his:
        yield his


def vcard4(*fields: tuple[str, str]) -> str:
    card = Element("vcard", {"xmlns": "urn:ietf:params:xml:ns:vcard-4.0"})
    for path, text in fields:
        outer, _, inner = path.partition("/")
        parent = Element(outer)
        child = Element(inner)
        child.text = text
        parent.append(child)
        card.append(parent)
    return in_node(card)


def in_node(card: Element) -> str:
    return (
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:vcard4'><item id='current'>"
        f"{tostring(card, encoding='unicode')}</item></items></pubsub>"
    )


async def test_m112_a_contact(romeo: Person, server: Server, his: Browser) -> None:
    server.answers = {
        "vcard4": vcard4(
            ("fn/text", "Juliet Capulet"), ("url/uri", "https://capulet.example/"), ("note/text", "Ay!")
        ),
        "iq:last": "<query xmlns='jabber:iq:last' seconds='7200'/>",
    }
    await romeo.session.handled(NicknameReceived(JULIET, "Jule"))
    page = await his.get(f"/people/{JULIET}")
    text = page.text_content()
    for words in ("My sun", JULIET, "Jule", "Juliet Capulet", "Ay!", "last seen", "2 hr. ago"):
        assert words in text, words
    assert "You see when they are online." in text
    assert "They do not see when you are online." in text
    assert page.cssselect("a[href='https://capulet.example/'][rel~='nofollow'][rel~='noopener']")
    assert page.cssselect("#contact-groups")[0].get("value") == "Love, Verona"
    assert {to for _, to in server.asked} == {JULIET}
    before = len(server.asked)
    await his.get(f"/people/{JULIET}")
    assert len(server.asked) == before


async def test_h01_twelve_fields_of_a_profile_are_text(server: Server, his: Browser) -> None:
    for sample in CORPUS:
        server.answers = {"vcard4": vcard4(*((field, sample) for field in FIELDS))}
        somebody = f"m{CORPUS.index(sample)}@evil.example"
        page = await his.get(f"/people/{somebody}")
        about = page.cssselect(".somebody")[0]
        assert not about.cssselect("script, img, hx-partial, b, [onerror], [onfocus], [autofocus]")
        # Name and nickname stand above the facts, the note below them.
        assert len([dd for dd in about.cssselect("dd") if sample in dd.text_content()]) == len(FIELDS) - 3
        assert sample in about.cssselect(".lines")[0].text_content()
        assert sample in about.cssselect(".note")[0].text_content()


@pytest.mark.parametrize(
    ("born", "shown"),
    [("1980-02-14", "February 14, 1980"), ("--02-14", "--02-14"), ("in spring", "in spring")],
)
async def test_a_birthday_is_a_date_in_words(server: Server, his: Browser, born: str, shown: str) -> None:
    server.answers = {"vcard4": vcard4(("bday/text", born))}
    page = await his.get(f"/people/{MERCUTIO}")
    assert [dd.text_content().strip() for dd in page.cssselect("dl.facts dd")] == [shown]


@pytest.mark.parametrize(
    "site",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "vbscript:x",
        "java\nscript:alert(1)",
        "file:///etc",
    ],
)
async def test_h07_a_site_that_is_no_address_is_no_link(server: Server, his: Browser, site: str) -> None:
    server.answers = {"vcard4": vcard4(("url/uri", site), ("email/text", f"a@b.example?{site}"))}
    page = await his.get(f"/people/{MERCUTIO}")
    hrefs = [link.get("href") for link in page.cssselect(".facts a")]
    assert all(href.startswith("mailto:a@b.example") for href in hrefs), hrefs


async def test_p14_strangers_are_asked_only_when_their_page_is_opened(
    romeo: Person, server: Server, his: Browser
) -> None:
    await romeo.session.handled(SubscriptionRequested(MERCUTIO, "I am your admin"))
    page = await his.get("/chats")
    assert MERCUTIO in page.text_content()
    assert "admin" not in page.text_content()
    assert not [to for _, to in server.asked if to == MERCUTIO]
    page = await his.get(f"/people/{MERCUTIO}")
    assert "They ask to see when you are online." in page.text_content()
    assert {to for _, to in server.asked} == {MERCUTIO}
    assert len(server.asked) == 6, "four questions about themselves, two for what they write"


async def test_a24_a_stranger_with_the_name_of_a_contact(romeo: Person, server: Server, his: Browser) -> None:
    server.answers = {"vcard4": vcard4(("fn/text", "My sun"))}
    page = await his.get(f"/people/{MERCUTIO}")
    assert page.cssselect("#person-title")[0].text_content() == MERCUTIO
    assert "not in your contacts" in page.text_content()
    async with romeo.session.read() as db:
        assert await store.display_name(db, romeo.session.account_id, MERCUTIO) == MERCUTIO


async def test_a24_a_contact_who_takes_the_name_of_another(
    romeo: Person, server: Server, his: Browser
) -> None:
    items = (RosterItem(JULIET, "My sun", "both"), RosterItem(MERCUTIO, "", "both"))
    await romeo.session.handled(RosterReceived(items))
    await romeo.session.handled(NicknameReceived(MERCUTIO, "My sun"))
    page = await his.get("/chats")
    rows = [" ".join(row.text_content().split()) for row in page.cssselect(".conversation .name")]
    assert sorted(rows) == ["My sun", f"My sun {MERCUTIO}"]


async def test_nobody_answers(server: Server, his: Browser) -> None:
    server.answers = {"": TimedOut()}
    page = await his.get(f"/people/{MERCUTIO}")
    assert "Their server does not answer." in page.text_content()
    server.answers = {}
    page = await his.get(f"/people/{MERCUTIO}")
    assert "does not answer" not in page.text_content()


async def test_nobody_is_there(server: Server, his: Browser) -> None:
    """Of a stranger nothing else is left to show; a contact stays one, whatever became of their server."""
    server.answers = {"": XmppError("remote-server-not-found")}
    page = await his.get(f"/people/{MERCUTIO}", 404)
    assert "no server called verona.example" in page.cssselect(".error .lead")[0].text_content()
    page = await his.get(f"/people/{JULIET}")
    assert "Their server cannot be found." in page.text_content()
    assert page.cssselect("#contact-name")


async def test_idle_and_last_seen(romeo: Person, server: Server, his: Browser) -> None:
    """XEP-0319 while they are here, then when we saw them go."""
    await romeo.session.handled(PresenceReceived(f"{JULIET}/b", True, "away", "Asleep", idle=now()))
    text = (await his.get(f"/people/{JULIET}")).text_content()
    assert "not at the device since" in text
    assert "Asleep" in text
    await romeo.session.handled(PresenceReceived(f"{JULIET}/b", False))
    assert "last seen" in (await his.get(f"/people/{JULIET}")).text_content()


async def test_the_forms_without_scripts(romeo: Person, server: Server, his: Browser) -> None:
    server.answers = {"jabber:iq:roster": "", "urn:xmpp:blocking": ""}
    answer = await his.post(f"/people/{JULIET}/contact", {"name": "Sun", "groups": "a, b,a,"})
    assert answer.headers["location"] == f"/people/{JULIET}?saved=1"
    answer = await his.post(f"/people/{JULIET}/subscription", {"action": "hide"})
    assert answer.headers["location"] == f"/people/{JULIET}"
    await his.post(f"/people/{JULIET}/block")
    page = await his.get(f"/people/{JULIET}")
    assert "You have blocked this address" in page.text_content()
    assert page.cssselect(f"form[action='/people/{JULIET}/unblock']")
    page = await his.get(f"/chats/{JULIET}")
    assert "You have blocked this address" in page.cssselect(".head")[0].text_content()
    await his.post(f"/people/{JULIET}/unblock")
    assert not romeo.session[Blocklist].jids


async def test_what_is_typed_wrongly_is_said_beside_it(server: Server, his: Browser) -> None:
    page = await his.post_page(f"/people/{JULIET}/contact", {"name": "x" * 300, "groups": ""}, 422)
    assert page.cssselect("#contact-name-error")[0].text_content() == "This is too long."
    page = await his.post_page(
        f"/people/{JULIET}/contact", {"groups": ",".join(str(n) for n in range(30))}, 422
    )
    assert page.cssselect("#contact-groups-error")


async def test_our_own_page_and_how_we_show_ourselves(romeo: Person, server: Server, his: Browser) -> None:
    romeo.session.appear()
    answer = await his.post("/presence", {"show": "dnd", "status": "<b>Fencing</b>"})
    assert answer.headers["location"] == f"/people/{ROMEO}"
    assert romeo.client.said[-1] == SendPresence("dnd", "<b>Fencing</b>")
    page = await his.get(f"/people/{ROMEO}")
    assert page.cssselect("#own-status")[0].get("value") == "<b>Fencing</b>"
    assert page.cssselect("#own-show option[selected]")[0].get("value") == "dnd"
    assert page.cssselect("#own-face .presence.dnd")
    assert not page.cssselect(".acts form, .fold")
    await his.post("/presence", {"show": "invisible"}, 422)
    await his.post("/presence", {"status": "x" * 300}, 422)


async def test_a_report_where_the_server_takes_it(romeo: Person, server: Server, his: Browser) -> None:
    romeo.session[Blocklist].reporting = "1"
    form = (
        "<query xmlns='http://jabber.org/protocol/disco#info'><x xmlns='jabber:x:data'>"
        "<field var='FORM_TYPE'><value>http://jabber.org/network/serverinfo</value></field>"
        "<field var='abuse-addresses'><value>mailto:abuse@b.example</value>"
        "<value>javascript:alert(1)</value></field></x></query>"
    )
    server.answers = {"disco#info": form, "urn:xmpp:blocking": "", "urn:xmpp:mam": Offline()}
    page = await his.get(f"/people/{MERCUTIO}/report")
    assert [link.get("href") for link in page.cssselect(".abuse a")] == ["mailto:abuse@b.example"]
    assert page.cssselect("#reason-abuse")
    server.answers["urn:xmpp:mam"] = TimedOut()
    answer = await his.post(f"/people/{MERCUTIO}/report", {"reason": "abuse", "text": "He bites his thumb"})
    assert answer.headers["location"] == f"/people/{MERCUTIO}"
    assert romeo.session[Blocklist].blocks(MERCUTIO)


async def test_a_report_where_nobody_listens(romeo: Person, server: Server, his: Browser) -> None:
    page = await his.get(f"/people/{MERCUTIO}/report")
    assert "Your server takes no reports from here." in page.text_content()
    assert "Neither server says whom to write to." in page.text_content()
    romeo.session[Blocklist].offered = False
    page = await his.get(f"/people/{MERCUTIO}/report")
    assert [button.text_content() for button in page.cssselect("main form button")] == ["Report"]
    assert not (await his.get(f"/people/{MERCUTIO}")).cssselect("form[action$='/block']")


@pytest.mark.parametrize("jid", ["@", "%00", "a%20b@c", f"{'x' * 2000}@y"])
async def test_what_is_no_address_is_not_found(server: Server, his: Browser, jid: str) -> None:
    await his.get(f"/people/{jid}", 404)


async def test_one_spelling_of_an_address(his: Browser) -> None:
    answer = await his.client.get("/people/JULIET@capulet.example/phone%2Fx")
    assert answer.status_code in (303, 404)
    answer = await his.client.get("/people/JULIET@capulet.example")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/people/{JULIET}")
