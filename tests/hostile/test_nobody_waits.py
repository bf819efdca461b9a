"""What anybody sends is bounded in what it costs all others: counted in rows, calls and turns of the loop."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from html import escape
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.hostile.scene import BALCONY, Scene, chat, in_room
from tests.lab.people import JULIET
from webchat.contacts import store as contacts
from webchat.markup import html, links, words
from webchat.messages.commands import mentions
from webchat.messages.commands.mentions import Somebody
from webchat.messages.jobs import cards
from webchat.messages.show.beside import MOST_CHIPS
from webchat.messages.store import facts
from webchat.xmpp import atom, bookmarks, disco, profile, roster
from webchat.xmpp import namespaces as ns
from webchat.xmpp.atom import xhtml
from webchat.xmpp.events import RosterItem, RosterReceived
from webchat.xmpp.pubsub import posts

ELEMENTS = 9_990
"""As many as fit into one stanza (D06)."""


@asynccontextmanager
async def turns() -> AsyncIterator[list[int]]:
    """How often others had their turn meanwhile."""
    counted = [0]

    async def live() -> None:
        while True:
            await asyncio.sleep(0)
            counted[0] += 1

    task = asyncio.create_task(live())
    await asyncio.sleep(0)
    counted[0] = 0
    try:
        yield counted
    finally:
        task.cancel()


def stream(answer: str) -> Any:
    """A server that answers everything with this."""

    async def request(*_: object, **__: object) -> ET.Element:
        return ET.fromstring(f"<iq xmlns='jabber:client'>{answer}</iq>")  # noqa: S314 (ours)

    return SimpleNamespace(request=request, jid="romeo@montague.example", own_features=None)


async def test_d14_a_roster_of_ten_thousand_lets_others_in() -> None:
    """Read in parts; of a contact in ten thousand groups, the first hundred."""
    items = "".join(f"<item jid='guest{n}@\u0430.example' subscription='both'/>" for n in range(5000))
    async with turns() as counted:
        found = await roster.fetch(stream(f"<query xmlns='{ns.ROSTER}'>{items}</query>"))
    assert found is not None
    assert len(found.items) == 5000
    assert counted[0] >= 5000 / roster.AT_ONCE
    groups = "".join(f"<group>{n}</group>" for n in range(ELEMENTS))
    one = await roster.fetch(
        stream(f"<query xmlns='{ns.ROSTER}'><item jid='a@b.example'>{groups}</item></query>")
    )
    assert one is not None
    assert len(one.items[0].groups) == roster.MOST_GROUPS


async def test_d14_pages_of_posts_and_bookmarks_let_others_in(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = f"<entry xmlns='{ns.ATOM}'><title>Hark</title><updated>2025-03-01T12:00:00Z</updated></entry>"
    items = "".join(f"<item id='p{n}'>{entry}</item>" for n in range(2000))
    answer = f"<pubsub xmlns='{ns.PUBSUB}'><items node='n'>{items}</items></pubsub>"
    async with turns() as counted:
        page = await posts.page(stream(answer), "capulet.example", "n")
    assert len(page.items) == posts.MOST <= counted[0]
    room = f"<conference xmlns='{ns.BOOKMARKS}'/>"
    many = "".join(f"<item id='r{n}@rooms.example'>{room}</item>" for n in range(4000))

    async def everything(_: object) -> SimpleNamespace:
        return SimpleNamespace(features=frozenset((bookmarks.COMPAT,)))

    monkeypatch.setattr(disco, "own", everything)
    answer = f"<pubsub xmlns='{ns.PUBSUB}'><items node='{ns.BOOKMARKS}'>{many}</items></pubsub>"
    async with turns() as counted:
        kept = await bookmarks.fetch(stream(answer))
    assert len(kept.bookmarks) == bookmarks.MOST
    assert counted[0] >= bookmarks.MOST / bookmarks.AT_ONCE


def test_d11_cards_and_posts_of_ten_thousand_elements() -> None:
    """Of a card its first fields; of a post as many elements as the cleaner would show."""
    fields = "".join(f"<url><uri>https://a.example/{n}</uri></url>" for n in range(3000))
    vcard = ET.fromstring(f"<vcard xmlns='{ns.VCARD4}'>{fields}</vcard>")  # noqa: S314 (ours)
    assert len(profile._short(vcard)) == profile.MOST_FIELDS
    assert len(profile.read_vcard4(vcard).sites) == profile.MOST
    inside = "<p>a</p>" * ELEMENTS
    content = f"<content type='xhtml'><div xmlns='{ns.XHTML}'>{inside}</div></content>"
    title = "&lt;b&gt;" * 40_000 + "late"
    entry = atom.read(
        ET.fromstring(  # noqa: S314 (ours)
            f"<entry xmlns='{ns.ATOM}'><title type='html'>{title}</title>"
            f"<updated>2025-03-01T12:00:00Z</updated>{content}</entry>"
        )
    )
    assert entry is not None
    assert entry.html.count("<p>") == xhtml.MOST_ELEMENTS
    assert "late" not in entry.title


async def test_a_long_message_is_looked_through_once_and_not_far(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page with it asks for the cards of its links: that costs its beginning, once."""
    read: list[int] = []
    split = links.split

    def counted(text: str) -> Any:
        read.append(len(text))
        return split(text)

    monkeypatch.setattr(links, "split", counted)
    cards._addresses.cache_clear()
    await scene.hear(chat("https://a.example/b " * 40_000, "long", sender=f"{JULIET}/x"))
    for _ in range(3):
        await scene.web.get(f"/chats/{JULIET}")
    assert max(read) <= cards.READ
    first = len(read)
    await scene.web.get(f"/chats/{JULIET}")
    assert len(read) == first
    assert cards.addresses("https://a.example/b " * 40_000) == ["https://a.example/b"]


async def test_a15_reactions_of_a_crowd(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many people, each with a sign of their own: so many are kept, so many drawn, of the rest a number."""
    monkeypatch.setattr(facts, "MOST_REACTORS", 50)
    signs = [chr(0x1F400 + n) for n in range(60)]
    await scene.hear(in_room("Juliet", "Gallop apace", "target"))
    for number in range(60):
        reaction = f"<reaction>{signs[number]}</reaction>"
        xml = f"<reactions xmlns='{ns.REACTIONS}' id='b-target'>{reaction}</reactions>"
        await scene.hear(in_room(f"Guest{number}", "", f"re{number}", xml, who=f"{_who(number)}"))
    page = await scene.web.get(f"/rooms/{BALCONY}")
    chips = page.cssselect(".reactions .chip")
    assert len(chips) == MOST_CHIPS == 30
    assert "and 20 more kinds" in " ".join(page.cssselect(".reactions")[0].text_content().split())


def _who(number: int) -> str:
    return f"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='o-guest{number}'/>"


def test_d16_spaces_that_break_no_line_take_one_pass() -> None:
    """They took minutes: each of them was tried as the beginning of all that follow."""
    assert html.text_of("\u00a0" * 200_000 + "a") == "a"
    assert html.text_of(f"<p>a</p>{chr(0xA0) * 200_000}<p>b</p>") == "a\nb"


def test_d16_many_words_and_many_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each word is judged once, and none far behind the first that was looked for; no name is compared with
    all the others."""
    judged: list[str] = []
    hits = words._hits

    def judge(word: str, wanted: Sequence[words.Term]) -> bool:
        judged.append(word)
        return hits(word, wanted)

    monkeypatch.setattr(words, "_hits", judge)
    text = "romeo " * 2000 + "juliet " + " ".join(f"guest{n}" for n in range(2000))
    found = words.marked(text, words.terms("juliet", 5), 180)
    assert [piece.text for piece in found if piece.hit] == ["juliet"]
    assert len(judged) < 100
    compared = 0

    def same(one: object, other: object) -> bool:
        nonlocal compared
        compared += 1
        return one is other

    monkeypatch.setattr(Somebody, "__eq__", same)
    crowd = [Somebody(f"Guest {n}", str(n), "") for n in range(5000)]
    assert len(mentions.matching(crowd, "guest")) == mentions.MOST
    assert compared == 0


async def test_d14_a_page_reads_no_whole_roster(scene: Scene) -> None:
    """Ten thousand contacts: of them the list reads those that it shows."""
    people = tuple(RosterItem(f"guest{n}@capulet.example", f"G {n}", "both") for n in range(2000))
    await scene.romeo.session.handled(RosterReceived((RosterItem(JULIET, "Juliet", "both"), *people)))
    async with scene.romeo.session.read() as db:
        first = await contacts.first_contacts(db, scene.romeo.session.account_id, 10)
    assert [one.jid for one in first][:2] == ["guest0@capulet.example", "guest1@capulet.example"]
    page = await scene.web.get(f"/chats/{JULIET}")
    assert len(page.cssselect("li.conversation")) <= 500 + 10


@pytest.mark.parametrize("body", ["\u00a0" * 200_000, "*_~`" * 50_000, "> " * 90_000, "\u0301" * 100_000])
async def test_r07_a_body_without_end_is_a_bounded_row(scene: Scene, body: str) -> None:
    await scene.hear(chat(escape(body), "flood", sender=f"{JULIET}/x"))
    answer = await scene.web.client.get(f"/chats/{JULIET}")
    assert answer.status_code == 200
    assert len(answer.content) < 250_000
