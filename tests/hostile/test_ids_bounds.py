"""This room sends more than anybody needs: long fields, big documents, streams without end (D11-D13, D15)."""

import asyncio
import contextlib
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import JSON, String, Text

from tests.hostile.lab_certs import Lab
from tests.hostile.logins import dropped, session
from tests.hostile.scene import BALCONY, Scene, chat, in_room, sits
from tests.house.tree import name, text, under
from tests.lab.people import JULIET, ROMEO
from tests.web.site import Tab, running
from webchat.config import BaseUrl
from webchat.db.base import Base
from webchat.errors import Offline
from webchat.operate.doctor import http
from webchat.web import stream
from webchat.xmpp import disco
from webchat.xmpp import namespaces as ns

LONG = "l\u00f6ng " * 20_000
ADDRESS = "a" * 900
SID = "xmlns='urn:xmpp:sid:0'"
ORIGIN = f"<origin-id {SID} id='{LONG}'/>"
REACTIONS = "xmlns='urn:xmpp:reactions:0'"
ERRORS = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"
HATS = f"<hats xmlns='urn:xmpp:hats:0'><hat uri='{LONG}' title='{LONG}'/></hats>"
OCCUPANT = f"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{LONG}'/>"

# ---- D11: every column that keeps what others said has an end

LONGEST = 64 * 1024
"""Characters of a text that nothing else bounds."""

STANZA = 1024 * 1024
WIDER = {
    "message.body": STANZA, "correction.body": STANZA, "message_words.words": STANZA,
    "post.source": 400_000, "post.body": 200_000, "post_words.words": 200_000,
}  # fmt: skip
"""Columns for whole documents: what somebody said is kept as it came, a stanza at the most. What becomes of
them is bounded where they are cleaned and drawn."""

EVENT = "<event xmlns='http://jabber.org/protocol/pubsub#event'>"


def news(node: str, content: str) -> str:
    """A notice of Juliet's account about one of its nodes."""
    item = f"<items node='{node}'><item id='current'>{content}</item></items>"
    return f"<message from='{JULIET}' type='headline'>{EVENT}{item}</event></message>"


def long_stanzas() -> list[str]:
    """Every kind of thing that is written down when somebody says it, with fields of 100,000 characters."""
    person = {"sender": f"{JULIET}/b"}
    file = (
        "<reference xmlns='urn:xmpp:reference:0' type='data'><media-sharing xmlns='urn:xmpp:sims:1'>"
        f"<file xmlns='urn:xmpp:jingle:apps:file-transfer:5'><media-type>{LONG}</media-type>"
        f"<name>{LONG}</name><desc>{LONG}</desc><size>5</size>"
        f"<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>{LONG}</hash></file><sources>"
        f"<reference xmlns='urn:xmpp:reference:0' type='data' uri='https://a.example/{'x' * 90_000}'/>"
        "</sources></media-sharing></reference>"
    )
    atom = (
        f"<entry xmlns='http://www.w3.org/2005/Atom'><title>{LONG}</title><id>{LONG}</id>"
        f"<updated>2025-03-01T12:00:00Z</updated><published>{LONG}</published><summary>{LONG}</summary>"
        f"<author><name>{LONG}</name><uri>xmpp:{LONG}</uri></author><category term='{LONG}'/>"
        f"<link rel='alternate' href='https://a.example/{'x' * 90_000}' title='{LONG}'/>"
        f"<content type='html'>{LONG}</content></entry>"
    )
    return [
        chat(LONG, "l1", **person),
        chat("id", "i" * 100_000, **person),
        chat("ids", "l2", f"<stanza-id {SID} by='{ROMEO}' id='{LONG}'/>{ORIGIN}", **person),
        chat("x", "l3", f"<subject>{LONG}</subject><thread>{LONG}</thread>", **person),
        chat("x", "l4", f"<reply xmlns='urn:xmpp:reply:0' to='{JULIET}/{LONG}' id='{LONG}'/>", **person),
        chat("x", "l5", f"<spoiler xmlns='urn:xmpp:spoiler:0'>{LONG}</spoiler>", **person),
        chat("x", "l6", f"<encryption xmlns='urn:xmpp:eme:0' namespace='{LONG}' name='{LONG}'/>", **person),
        chat("x", "l7", f"<x xmlns='jabber:x:oob'><url>https://a.example/{'x' * 90_000}</url></x>", **person),
        chat("x", "l8", file, **person),
        chat(LONG, "l9", "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>", **person),
        chat("", "l10", f"<reactions {REACTIONS} id='m1'><reaction>{LONG}</reaction></reactions>", **person),
        chat("", "l11", f"<reactions {REACTIONS} id='{LONG}'><reaction>x</reaction></reactions>", **person),
        chat("", "l12", f"<retract xmlns='urn:xmpp:message-retract:1' id='{LONG}'/>", **person),
        chat("", "l13", f"<received xmlns='urn:xmpp:receipts' id='{LONG}'/>", **person),
        chat("", "l14", f"<displayed xmlns='urn:xmpp:chat-markers:0' id='{LONG}'/>", **person),
        chat("x", "l15", sender=f"{JULIET}/{ADDRESS}"),
        chat("x", "l16", sender=f"{ADDRESS}@capulet.example/{ADDRESS}"),
        f"<message from='{JULIET}' type='error' id='11111111-romeos-own'><error type='cancel'>"
        f"<{'e' * 9000} {ERRORS}/><text {ERRORS}>{LONG}</text></error></message>",
        f"<presence from='{JULIET}/b' to='{ROMEO}/web'><status>{LONG}</status></presence>",
        f"<presence from='{ADDRESS}@evil.example' type='subscribe'><status>{LONG}</status></presence>",
        sits("N" * 900),
        sits("Mercutio", f"<status>{LONG}</status>{HATS}"),
        in_room("Mercutio", LONG, "r" * 90_000, who=OCCUPANT),
        f"<message from='{BALCONY}/Mercutio' type='groupchat' id='s1'><subject>{LONG}</subject></message>",
        f"<message from='{BALCONY}' type='groupchat' id='m9'>"
        f"<retract xmlns='urn:xmpp:message-retract:1' id='b-r1'><moderated "
        f"xmlns='urn:xmpp:message-moderate:1' by='{BALCONY}/{ADDRESS}'/><reason>{LONG}</reason></retract>"
        "</message>",
        f"<message from='{ADDRESS}@rooms.evil.example' to='{ROMEO}'><x xmlns='http://jabber.org/protocol/muc#user'>"
        f"<invite from='{ADDRESS}@evil.example/{ADDRESS}'><reason>{LONG}</reason></invite>"
        f"<password>{LONG}</password></x></message>",
        news("http://jabber.org/protocol/nick", f"<nick xmlns='http://jabber.org/protocol/nick'>{LONG}</nick>"),
        news("urn:xmpp:microblog:0", atom),
        news("urn:xmpp:microblog:0", atom.replace("type='html'", "type='text'")),
        news("urn:xmpp:microblog:0", atom.replace(f"<title>{LONG}</title>", "<title>t</title>")),
    ]  # fmt: skip


def longest(kept: dict[str, list[tuple[object, ...]]]) -> dict[str, int]:
    """The longest value that stands in each column of text."""
    found = {}
    for table in Base.metadata.sorted_tables:
        for place, column in enumerate(table.columns):
            if isinstance(column.type, String | Text | JSON):
                values = [len(str(row[place])) for row in kept[table.name] if row[place] is not None]
                found[f"{table.name}.{column.name}"] = max(values, default=0)
    return found


def limit(name: str) -> int:
    """What may stand in a column."""
    table, _, column = name.partition(".")
    kind: Any = Base.metadata.tables[table].c[column].type
    return getattr(kind, "length", None) or WIDER.get(name, LONGEST)


async def test_d11_what_is_kept_of_others_has_an_end(scene: Scene) -> None:
    """Also where the database would not say so: a column of 64 characters is that on SQLite, too."""
    for stanza in long_stanzas():
        await scene.hear(stanza)
    found = longest(await scene.kept())
    assert {name: size for name, size in found.items() if size > limit(name)} == {}
    touched = [name for name, size in found.items() if size > 500]
    assert len(touched) > 12, touched


# ---- D12: documents of others; D13: what others can do


async def test_d12_a_document_is_read_to_its_end_and_no_further(lab: Lab) -> None:
    """Pictures, cards and all else of a server come as stanzas; a longer one ends the stream. Nothing of
    POSH, host-meta or the like is asked for at a domain that somebody names: there is no such reader."""
    async with session(lab) as (romeo, peer):
        asked = asyncio.ensure_future(romeo.client.request("get", ET.Element("{vcard-temp}vCard"), JULIET))
        question = await peer.element()
        await peer.send(
            f"<iq type='result' from='{JULIET}' id='{question.get('id')}'><vCard xmlns='vcard-temp'>"
        )
        sending = asyncio.ensure_future(peer.send(f"<PHOTO><BINVAL>{'A' * 3 * STANZA}</BINVAL></PHOTO>"))
        await dropped(romeo, peer)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        with pytest.raises(Offline):
            await asked
    readers = {
        name(path) for path in under("webchat", ".py") if re.search(r"host-meta|posh", text(path), re.I)
    }
    assert readers <= {"webchat/operate/doctor/domain.py"}, "only the operator's own doctor looks at one"


async def test_d12_the_doctor_reads_no_more_than_it_needs() -> None:
    """It asks addresses that the operator named, and still bounds what comes back."""

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        with contextlib.suppress(OSError):
            while not writer.is_closing():
                writer.write(b"x" * http.LARGEST)
                await writer.drain()

    server = await asyncio.start_server(endless, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    answer = await asyncio.wait_for(http.get(BaseUrl("http", f"127.0.0.1:{port}", ""), "/"), 5)
    assert isinstance(answer, http.Answer)
    assert len(answer.body) <= http.LARGEST + 4096
    server.close()


async def test_d13_nobody_learns_from_one_account_what_another_can_do(lab: Lab) -> None:
    """Answers about abilities are kept for the session that asked, never by the hash that somebody announces:
    a false one (XEP-0115 §9.1) has no cache to get into."""
    async with session(lab) as (romeo, his), session(lab) as (mercutio, other):
        caps = f"<c xmlns='{ns.CAPS}' hash='sha-1' node='urn:x' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>"
        for peer in (his, other):
            await peer.send(f"<presence from='{JULIET}/b'>{caps}</presence>")
        for who, peer, feature in ((romeo, his, "urn:xmpp:sid:0"), (mercutio, other, "")):
            asked = asyncio.ensure_future(disco.own(who.client, anew=True))
            question = await peer.element()
            assert question.find(disco.INFO_QUERY) is not None
            features = f"<feature var='{feature}'/>" if feature else ""
            await peer.send(
                f"<iq type='result' id='{question.get('id')}'><query xmlns='http://jabber.org/protocol/disco#info'>"
                f"{features}</query></iq>"
            )
            assert (await asked).features == frozenset(filter(None, (feature,)))
        assert (await disco.own(romeo.client)).features != (await disco.own(mercutio.client)).features


# ---- D15: streams of one browser

MANY = 30


async def test_d15_however_many_streams_of_one_browser_are_eight(tmp_path: Path) -> None:
    """The others are refused at once, cost nothing that stays, and somebody else's stream is there meanwhile.

    `make attack` does it with two hundred."""
    path = "/stream/plain/"
    async with running(tmp_path) as site:
        browser, me = await site.signed_in()
        other, juliet = await site.signed_in("juliet@example.org")
        tabs = [Tab(site, browser, path, accept_encoding="identity") for _ in range(MANY)]
        for tab in tabs:
            await tab.opened()
        assert sorted(tab.status for tab in tabs) == [200] * stream.MOST_STREAMS + [429] * (
            MANY - stream.MOST_STREAMS
        )
        assert me.session.tabs == stream.MOST_STREAMS
        hers = Tab(site, other, path)
        await hers.opened()
        assert (hers.status, juliet.session.tabs) == (200, 1)
        for tab in [*tabs, hers]:
            await tab.close()
        assert me.session.tabs == juliet.session.tabs == 0
