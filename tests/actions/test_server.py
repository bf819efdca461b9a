"""What our server offers, its gateways, and the XML under both."""

from datetime import UTC, datetime, timedelta

from lxml import html

from tests.actions.server import HOME, INFO, IRC, Server
from tests.lab.inside import Browser
from tests.lab.people import Person
from tests.xmpp.cast import FakeStream
from webchat.actions.show.features import GROUPS
from webchat.actions.show.server import server_view, up
from webchat.xmpp import gateways
from webchat.xmpp.disco import Info
from webchat.xmpp.forms import Form
from webchat.xmpp.server import Entity
from webchat.xmpp.server import Server as Told

ACTIONS = "/configuration/actions"
PAGE = f"{ACTIONS}/server"
GATEWAY = f"{ACTIONS}/gateways/{IRC}"


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


async def test_what_the_server_offers_and_lacks(web: Browser, server: Server) -> None:
    page = await web.get(PAGE)
    assert (text(page.cssselect("h1")[0]), text(page.cssselect("header .meta")[0])) == (
        HOME,
        "Prosody 0.12.3",
    )
    rows = {text(row.cssselect("b")[0]): row for row in page.cssselect(".features li")}
    there = [name for name, row in rows.items() if row.get("class") == "there"]
    assert there == [
        "Message archive",
        "All devices at once",
        "Messages wait",
        "Safe over bad lines",
        "Quiet while nobody looks",
        "Files and pictures",
        "Blocking",
        "Profiles and posts of your own",
        "Last activity",
        "Commands",
        "Whom to write to",
        "How long it has been up",
    ]
    assert f"It offers 12 of the {len(rows)} things" in text(page)
    assert "up to 16 MB" in text(rows["Files and pictures"])
    assert f'Component "conference.{HOME}" "muc"' in text(rows["Rooms"])
    assert 'Prosody "cloud_notify" ejabberd mod_push' in text(rows["Waking telephones"])
    prosody, ejabberd = page.cssselect("pre")
    assert '"cloud_notify";' in prosody.text_content()
    assert '"mam";' not in prosody.text_content()
    assert "  mod_pubsub:\n    plugins: [flat, pep]" in ejabberd.text_content()
    assert page.cssselect("details[open] summary")[0].text == "prosody.cfg.lua"


async def test_whom_to_write_to(web: Browser, server: Server) -> None:
    page = await web.get(PAGE)
    links = {text(one): one.get("href") for one in page.cssselect("#contacts-title ~ dl a")}
    assert links == {
        f"abuse@{HOME}": f"mailto:abuse@{HOME}",
        f"prince@{HOME}": f"/people/prince@{HOME}",
    }
    services = {text(one): one.get("href") for one in page.cssselect("#services-title ~ dl a")}
    assert services[IRC] == f"{ACTIONS}/at/{IRC}"
    assert "javascript:alert(1)" in text(page.cssselect(".server-facts")[0])


async def test_a_silent_server_is_said_to_be_silent(web: Browser, server: Server) -> None:
    server.silent |= {HOME, *INFO}
    page = await web.get(PAGE)
    assert "does not say what it offers" in text(page)
    assert "names nobody" in text(page)
    assert not page.cssselect("header .meta")


def test_a_server_that_has_everything_gets_no_lines(romeo: Person) -> None:
    features = frozenset(
        f"{name}"
        for name in (
            *("urn:xmpp:mam:2", "urn:xmpp:carbons:2", "msgoffline", "urn:xmpp:push:0", "urn:xmpp:blocking"),
            *("urn:xmpp:reporting:1", "urn:xmpp:pep-vcard-conversion:0", "urn:xmpp:bookmarks:1#compat"),
            *("jabber:iq:last", "jabber:iq:register", "http://jabber.org/protocol/commands"),
            *("urn:xmpp:extdisco:2", "urn:xmpp:http:upload:0", "http://jabber.org/protocol/muc"),
        )
    )
    account = Entity("romeo@montague.example", Info((("pubsub", "pep", ""),), frozenset()))
    kinds = ((("conference", "text", ""),), (("pubsub", "service", ""),))
    services = tuple(Entity(f"s.{HOME}", Info(one, features)) for one in kinds)
    told = Told(
        Entity(HOME, Info((), features)),
        account,
        services,
        contacts={"admin": ("mailto:x@example.org",)},
        since=datetime.now(UTC) - timedelta(minutes=3),
    )
    view = server_view(romeo.session, told)
    assert (view.there, view.prosody, view.ejabberd) == (view.total, "", "")
    assert view.total == sum(len(features) for _, features in GROUPS)
    assert view.up is not None
    assert (view.up.days, view.up.hours, view.up.minutes) == (0, 0, 3)
    assert up(None) is None


async def test_registering_with_a_gateway(web: Browser, server: Server) -> None:
    """XEP-0100 §4.1 by a person: what it asks (XEP-0077), what it refuses, the end of it."""
    page = await web.get(GATEWAY)
    assert [text(one) for one in page.cssselect(".command label")] == ["Nickname", "Password"]
    assert "Choose a nick" in text(page)
    page = await web.post_page(GATEWAY, {"field.nick": "Romeo"}, 422)
    assert "Password: This field is needed." in text(page.cssselect(".field-error")[0])
    page = await web.post_page(GATEWAY, {"field.nick": "taken", "field.password": "rose"}, 422)
    assert "Somebody is called so <b>" in text(page.cssselect(".trouble")[0])
    assert page.cssselect("[name='field.nick']")[0].get("value") == "taken"
    answer = await web.post(GATEWAY, {"field.nick": "Romeo", "field.password": "rose", "field.key": "k2"})
    query = server.asked[-1][2]
    assert [(child.tag.partition("}")[2], child.text) for child in query] == [
        ("nick", "Romeo"),
        ("password", "rose"),
        ("key", "k1"),
    ]
    page = await web.get(answer.headers["location"])
    assert "You are registered now." in text(page)
    assert page.cssselect("[name='field.nick']")[0].get("value") == "Romeo"
    answer = await web.post(f"{GATEWAY}/delete")
    page = await web.get(answer.headers["location"])
    assert "not registered any more" in text(page)
    assert not page.cssselect(f"form[action='{GATEWAY}/delete']")


async def test_a_gateway_is_a_service(web: Browser, server: Server) -> None:
    await web.get(f"{ACTIONS}/gateways/juliet@capulet.example", 404)
    await web.get(f"{ACTIONS}/gateways/@", 404)
    await web.get(f"{ACTIONS}/gateways/{HOME}", 502)


async def test_a_gateway_with_a_form_and_a_page() -> None:
    answer = (
        "<query xmlns='jabber:iq:register'><registered/>"
        "<x xmlns='jabber:x:oob'><url>https://irc.example/</url></x>"
        "<x xmlns='jabber:x:data' type='form'><field var='code' type='text-single'/></x></query>"
    )
    stream = FakeStream(lambda *_: answer)
    found = await gateways.ask(stream, IRC)
    assert (found.registered, found.plain, found.url) == (True, False, "https://irc.example/")
    await gateways.register(stream, IRC, found, {"code": ["7"]})
    assert stream.asked[-1][1].findtext(".//{jabber:x:data}value") == "7"
    assert await gateways.ask(FakeStream(lambda *_: ""), IRC) == gateways.Registration(False, Form(), True)
