"""Cards of links: fetched in the background, for messages of people one knows, once for all (P02-P16)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import delete, update

from tests.lab.databases import KINDS
from tests.lab.inside import browser
from tests.lab.pages import NAME, TlsHost
from tests.lab.people import JULIET, MERCUTIO, Person, signed_in
from tests.messages.looking import befriend, lines
from tests.messages.test_live import carbon, hears
from webchat.contacts import slice as contacts
from webchat.db.base import now
from webchat.db.engine import Database
from webchat.egress import Guard
from webchat.markup.webpage import WebPage
from webchat.media.fetch import Fetcher
from webchat.messages import commands
from webchat.messages import slice as messages
from webchat.messages.changes import MessageChanged
from webchat.messages.jobs import cards
from webchat.messages.models import LinkCard, Message
from webchat.messages.state.occupants import Rooms
from webchat.messages.store import cards as store
from webchat.xmpp.events import MessageReceived

DATABASES = KINDS[:1]

HEAD = (
    "<title>Plain</title><meta property=og:title content='Romeo &amp; &lt;Juliet&gt;'>"
    "<meta property=og:description content='A play'><meta property=og:site_name content='The Globe'>"
)
ROOM = "balcony@conference.capulet.example"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[TlsHost]:
    """A web site."""
    made = await TlsHost().start_in(tmp_path)
    yield made
    await made.stop()


@pytest.fixture(autouse=True)
async def pages(site: TlsHost) -> AsyncIterator[cards.Pages]:
    """Who asks pages, and may go to loopback."""

    async def lookup(name: str) -> list[str]:
        return ["127.0.0.1"] if name == NAME else ["10.1.2.3"]

    fetcher = Fetcher(Guard([ip_network("127.0.0.1/32")]), lookup, str(site.authority))
    made = cards.Pages(fetcher, "https://chat.example/web")
    cards.install(made)
    yield made
    cards.install(None)
    await fetcher.close()


async def settled(person: Person) -> None:
    """Wait until nothing of this goes on in the background."""
    tasks = [task for task in asyncio.all_tasks() if task.get_name() == "link cards"]
    await asyncio.gather(*tasks)


async def shown(person: Person, jid: str = JULIET, kind: str = "chat") -> list[tuple[str, ...]]:
    """Titles of the cards under each message that has some."""
    here = await lines(person, jid)
    async with person.session.read() as db:
        found = await cards.cards_of(db, person.session, kind, jid, here)
    return [tuple(card.title for card in found[line.id]) for line in here if found.get(line.id)]


async def test_a_card_comes_after_the_message(romeo: Person, site: TlsHost, tmp_path: Path) -> None:
    await befriend(romeo)
    url = site.page("/play", HEAD)
    site.pages["/play"].drip = 0.001
    await romeo.session.handled(hears(f"read {url}#act-2, please"))
    (line,) = await lines(romeo)
    assert await shown(romeo) == []
    romeo.changes()
    await settled(romeo)
    assert romeo.changes() == [MessageChanged(JULIET, line.id)]
    assert await shown(romeo) == [("Romeo & <Juliet>",)]
    async with browser(romeo, tmp_path) as web:
        (card,) = (await web.get(f"/chats/{JULIET}")).cssselect(f"#message-{line.id} .link-card")
    assert card.get("href") == url
    assert [span.text_content().strip() for span in card.cssselect(".site, .title, .about")] == [
        "The Globe · 127.0.0.1",
        "Romeo & <Juliet>",
        "A play",
    ]
    assert "noopener" in card.get("rel")


async def test_own_messages_have_cards_too(romeo: Person, site: TlsHost) -> None:
    url = site.page("/play", HEAD)
    await commands.send_message(romeo.session, JULIET, f"look {url}", id="12345678")
    await romeo.session.handled(carbon(f"and {url}"))
    await settled(romeo)
    assert await shown(romeo) == [("Romeo & <Juliet>",)] * 2
    assert len(site.asked) == 1


async def test_p14_strangers_make_us_go_nowhere(romeo: Person, site: TlsHost) -> None:
    await romeo.session.handled(hears(f"look {site.page('/play', HEAD)}"))
    await settled(romeo)
    assert site.asked == []
    # A card that is known from elsewhere is not drawn under a stranger's words either.
    async with romeo.session.work() as work:
        await store.put_card(work.db, f"{site.url}/play", WebPage("Known"), now())
    assert await shown(romeo) == []
    await befriend(romeo)
    assert await shown(romeo) == [("Known",)]


async def test_p14_a_contact_who_is_deleted_is_a_stranger(romeo: Person, site: TlsHost) -> None:
    await befriend(romeo, MERCUTIO)
    await romeo.session.handled(hears(f"look {site.page('/play', HEAD)}"))
    await settled(romeo)
    assert site.asked == []


async def test_p14_switched_off_nothing_is_asked_or_shown(romeo: Person, site: TlsHost) -> None:
    await befriend(romeo)
    url = site.page("/play", HEAD)
    await romeo.session.handled(hears(f"look {url}"))
    await settled(romeo)
    romeo.session.preferences = {"link_cards": "off"}
    await romeo.session.handled(hears(f"look {site.page('/other', HEAD)}"))
    await settled(romeo)
    assert [path for _, path, _ in site.asked] == ["/play"]
    assert await shown(romeo) == []


@pytest.mark.parametrize("values", [{"spoiler": ""}, {"encryption": "OMEMO"}, {"hidden": True}])
async def test_p14_covered_and_encrypted_messages_have_none(
    romeo: Person, site: TlsHost, values: dict[str, object]
) -> None:
    await befriend(romeo)
    cards.install(None)
    await romeo.session.handled(hears(f"look {site.page('/play', HEAD)}"))
    (line,) = await lines(romeo)
    async with romeo.session.work() as work:
        await work.db.execute(update(Message).where(Message.id == line.id).values(**values))
        await store.put_card(work.db, f"{site.url}/play", WebPage("Known"), now())
    await cards.bring(romeo.session, line.id)
    assert site.asked == []
    assert await shown(romeo) == []


async def test_rooms_one_is_in_have_cards(romeo: Person, site: TlsHost, pages: cards.Pages) -> None:
    url = site.page("/play", HEAD)
    event = MessageReceived(ROOM, f"{ROOM}/Tybalt", False, f"look {url}", id="an id", kind="room")
    await romeo.session.handled(event)
    await settled(romeo)
    assert site.asked == []
    romeo.session[Rooms].ensure(ROOM).phase = "in"
    (line,) = await lines(romeo, ROOM)
    await cards.bring(romeo.session, line.id)
    assert await shown(romeo, ROOM, "room") == [("Romeo & <Juliet>",)]


async def test_p13_many_links_and_many_people_are_few_requests(
    romeo: Person, site: TlsHost, database: Database
) -> None:
    await befriend(romeo)
    urls = [site.page(f"/{n}", HEAD) for n in range(50)]
    async with signed_in(database, MERCUTIO, [contacts, messages]) as mercutio:
        await befriend(mercutio)
        for person in (romeo, mercutio):
            await person.session.handled(hears(" ".join(urls)))
        await settled(romeo)
        await romeo.session.handled(hears(" ".join(urls), id="another id of this"))
        await settled(romeo)
    assert len(site.asked) == cards.MOST


async def test_p13_a_negative_answer_is_kept_and_hosts_have_a_limit(
    romeo: Person, site: TlsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    await befriend(romeo)
    for n in range(3):
        await romeo.session.handled(hears(f"{site.url}/missing", id=f"an id number {n}"))
        await settled(romeo)
    assert len(site.asked) == 1
    async with romeo.session.work() as work:
        await work.db.execute(update(LinkCard).values(fetched_at=now() - 2 * cards.FRESH_NOTHING))
    monkeypatch.setattr(cards, "REMEMBERED", -1)
    await romeo.session.handled(hears(f"{site.url}/missing", id="an id of later"))
    await settled(romeo)
    assert len(site.asked) == 2
    for n in range(2 * cards.PER_HOST):
        await romeo.session.handled(hears(f"{site.url}/{n}"))
    await settled(romeo)
    assert len(site.asked) <= cards.PER_HOST


async def test_p16_what_is_kept_is_for_everybody_and_forgotten(romeo: Person, site: TlsHost) -> None:
    await befriend(romeo)
    await romeo.session.handled(hears(site.page("/play", HEAD)))
    await settled(romeo)
    (asked,) = site.asked
    assert not {name.lower() for name in asked[2]} & {"cookie", "authorization", "referer"}
    async with romeo.session.work() as work:
        await work.db.execute(update(LinkCard).values(fetched_at=now() - store.KEPT - timedelta(days=1)))
        await store.put_card(work.db, "https://other.example/", WebPage("Other"), now())
        assert list(await store.cards(work.db, [f"{site.url}/play"])) == []
        await work.db.execute(delete(LinkCard))


@pytest.mark.parametrize(
    ("head", "headers"),
    [
        (HEAD, {"Content_Type": "application/json"}),
        (HEAD, {"Content_Type": "image/svg+xml"}),
        (HEAD, {"Content_Encoding": "gzip"}),
        ("no title", {}),
    ],
)
async def test_p02_what_is_no_page_has_no_card(
    romeo: Person, site: TlsHost, head: str, headers: dict[str, str]
) -> None:
    await befriend(romeo)
    await romeo.session.handled(hears(site.page("/play", head, **headers)))
    await settled(romeo)
    assert len(site.asked) == 1
    assert await shown(romeo) == []


async def test_p06_p08_only_the_beginning_of_a_long_page_is_read(romeo: Person, site: TlsHost) -> None:
    await befriend(romeo)
    long = site.put("/long", (f"<head>{HEAD}" + "<p>" * 10_000_000).encode(), Content_Type="text/html")
    late = site.put("/late", (f"<head>{' ' * 2 * cards.BYTES}" + HEAD).encode(), Content_Type="text/html")
    await romeo.session.handled(hears(f"{long} {late}"))
    await settled(romeo)
    assert await shown(romeo) == [("Romeo & <Juliet>",)]


async def test_p07_a_slow_page_is_given_up(
    romeo: Person, site: TlsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "SECONDS", 0.3)
    await befriend(romeo)
    await romeo.session.handled(hears(site.page("/slow", HEAD)))
    site.pages["/slow"].drip = 0.05
    async with asyncio.timeout(3):
        await settled(romeo)
    assert await shown(romeo) == []


async def test_p04_p05_redirects_and_names_lead_nowhere_inside(romeo: Person, site: TlsHost) -> None:
    """A redirect to an inner address, a name that is one, http: no request, no card."""
    await befriend(romeo)
    for n, target in enumerate(
        [
            "https://10.1.2.3/",
            "https://inner.example/",
            "https://[::ffff:10.1.2.3]/",
            "https://169.254.169.254/",
        ]
    ):
        away = site.page(f"/away{n}", HEAD, Location=target)
        site.pages[f"/away{n}"].status = 302
        await romeo.session.handled(hears(f"{away} {target}"))
        await settled(romeo)
    assert [path for _, path, _ in site.asked] == ["/away0", "/away1", "/away2", "/away3"]
    assert await shown(romeo) == []


async def test_p12_a_picture_is_only_offered_where_we_may_go(romeo: Person, site: TlsHost) -> None:
    await befriend(romeo)
    inner = ("https://10.1.2.3/a.png", "http://pages.example/a.png", "javascript:alert(1)", "/here.png")
    for n, picture in enumerate(inner):
        head = f"{HEAD}<meta property=og:image content='{picture}'>"
        await romeo.session.handled(hears(site.page(f"/{n}", head)))
        await settled(romeo)
    assert len(site.asked) == len(inner)
    async with romeo.session.read() as db:
        known = await store.cards(db, [f"{site.url}/{n}" for n in range(len(inner))])
        found = await cards.cards_of(db, romeo.session, "chat", JULIET, await lines(romeo))
    assert [card.page.picture for _, card in sorted(known.items())] == ["", "", "", f"{site.url}/here.png"]
    drawn = [card.picture for views in found.values() for card in views]
    assert [picture[:7] for picture in drawn] == ["", "", "", "/media/"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("no link", []),
        ("http://plain.example/", []),
        ("https://chat.example/web/chats/a@b", []),
        ("https://chat.example/other", ["https://chat.example/other"]),
        ("https://a.example/#x https://a.example/", ["https://a.example/"]),
        ("(https://a.example/b).", ["https://a.example/b"]),
        (
            "https://a.example/ https://b.example/ https://c.example/",
            ["https://a.example/", "https://b.example/"],
        ),
        ("https://a.example/" + "a" * 3000, []),
    ],
)
def test_which_links_may_have_a_card(body: str, found: list[str]) -> None:
    assert cards.addresses(body) == found


async def test_h06_hostile_words_of_a_page_are_text(romeo: Person, site: TlsHost, tmp_path: Path) -> None:
    await befriend(romeo)
    evil = '"&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x&gt;&#x202e;gnp'
    head = f"<meta property=og:title content='{evil}'><meta name=description content='{evil}'>"
    await romeo.session.handled(hears(site.page("/evil", head)))
    await settled(romeo)
    (line,) = await lines(romeo)
    async with browser(romeo, tmp_path) as web:
        (row,) = (await web.get(f"/chats/{JULIET}")).cssselect(f"#message-{line.id}")
    assert row.cssselect(".link-card")
    assert not row.cssselect("script, .link-card img")
    assert "\u202e" not in html.tostring(row, encoding="unicode")


async def test_the_switch_is_in_configuration(romeo: Person, tmp_path: Path) -> None:
    async with browser(romeo, tmp_path) as web:
        page = await web.get("/configuration/preferences")
        (box,) = page.cssselect("#link_cards")
        assert box.get("checked") is not None
        await web.post("/configuration/preferences", {"theme": "dark"})
        assert romeo.session.preferences["link_cards"] == "off"
        await web.post("/configuration/preferences", {"theme": "dark", "link_cards": "1"})
        assert romeo.session.preferences["link_cards"] == "on"
